//! `obs build`.

use super::at_profile;
use crate::args;
use crate::failure::{Failure, Outcome};
use crate::read::Program;
use crate::session::{Session, many, print, tell};
use crate::watch;
use crate::write::{self, Done, Plan, Target};
use obs_compiler::graph::Stack;
use obs_compiler::outputs::{OutputFile, kubernetes};
use obs_compiler::render::{Format, harmless};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What is asked for.
pub struct Request {
    pub file: PathBuf,
    pub output: PathBuf,
    pub profile: Option<String>,
    pub target: args::Target,
    pub mode: Mode,
    pub format: Format,
}

/// What happens to what is emitted.
pub enum Mode {
    Write { force: bool },
    Stdout,
    Check,
    DryRun,
}

pub fn run(session: &Session, request: &Request, watched: bool) -> Result<Outcome, Failure> {
    watch::run(session, &request.file, watched, |program| once(session, request, program))
}

fn once(session: &Session, request: &Request, program: &Program) -> Result<Outcome, Failure> {
    let _progress = session.progress("compiling", &request.file);
    let stacks = session.stacks_for(program, request.format, request.target)?;
    let Some(stacks) = stacks else { return Ok(Outcome::Findings) };
    if request.target == args::Target::Compose {
        return compose(session, request, program, &stacks);
    }
    let analysis = program.host.analysis();
    let objects = analysis.objects(&program.entry);
    let profile = at_profile(&stacks, request.profile.as_deref())?;
    if matches!(request.mode, Mode::Stdout) {
        kubernetes::stream(&objects[profile]).try_for_each(|part| print(&part))?;
        return Ok(Outcome::Clean);
    }
    let files = match &request.profile {
        Some(_) => kubernetes::flat(&objects[profile]),
        None => kubernetes::files(&stacks, objects),
    };
    let next = match &request.profile {
        Some(_) => "kubernetes".to_owned(),
        None => format!("kubernetes/overlays/{}", stacks[0].graph.profile),
    };
    let outcome = deliver(session, &request.output, &files, &request.mode, request.format)?;
    match request.mode {
        Mode::Write { .. } if objects[profile].is_empty() => session.say(NOTHING),
        Mode::Write { .. } => {
            session.next(&format!("kubectl apply --server-side -k {}", request.output.join(next).display()));
        }
        _ => advise_to_write(session, request, outcome),
    }
    Ok(outcome)
}

/// Said where `kubectl` would find nothing to do, and call it an error.
const NOTHING: &str = "nothing to run: the program deploys no component; next: add one to a namespace";

/// The command that does what was only looked at.
fn advise_to_write(session: &Session, request: &Request, outcome: Outcome) {
    if outcome == Outcome::Clean && matches!(request.mode, Mode::Check) {
        return session.say(&format!("{}: nothing would change", request.output.display()));
    }
    let target = if request.target == args::Target::Compose { " --target compose" } else { "" };
    let profile = request.profile.as_ref().map(|p| format!(" --profile {p}")).unwrap_or_default();
    let (file, output) = (request.file.display(), request.output.display());
    session.next(&format!("obs build {file} -o {output}{profile}{target}"));
}

/// One profile for one machine.
fn compose(session: &Session, request: &Request, program: &Program, stacks: &[Stack]) -> Result<Outcome, Failure> {
    let profile = at_profile(stacks, request.profile.as_deref())?;
    let analysis = program.host.analysis();
    let files = &analysis.compose(&program.entry)[profile].files;
    if matches!(request.mode, Mode::Stdout) {
        // the Compose file comes first
        files.iter().take(1).try_for_each(|file| print(&file.text))?;
        return Ok(Outcome::Clean);
    }
    // a folder of its own: neither target removes what the other wrote
    let folder = request.output.join("compose");
    let outcome = deliver(session, &folder, files, &request.mode, request.format)?;
    match request.mode {
        Mode::Write { .. } if stacks[profile].workloads.iter().all(Option::is_none) => session.say(NOTHING),
        Mode::Write { .. } => {
            let (page, file) = (folder.join("README.md"), folder.join("compose.yaml"));
            session.next(&format!("read {}, then docker compose -f {} up", page.display(), file.display()));
        }
        _ => advise_to_write(session, request, outcome),
    }
    Ok(outcome)
}

/// Brings files into a folder, or says what would happen: on stdout, unless that has a document for a machine.
pub fn deliver(
    session: &Session,
    folder: &Path,
    files: &[OutputFile],
    mode: &Mode,
    format: Format,
) -> Result<Outcome, Failure> {
    let show = |plan: &Plan| {
        let list = list(folder, plan);
        if format.for_people() {
            return print(&list);
        }
        tell(&harmless(&list));
        Ok(())
    };
    for path in write::case_clashes(files) {
        session.say(&format!(
            "note: `{path}` differs from another file only in case; some file systems take them for one"
        ));
    }
    match mode {
        Mode::Check => {
            let plan = Target::new(folder, files)?.plan()?;
            show(&plan)?;
            Ok(if plan.is_empty() { Outcome::Clean } else { Outcome::Findings })
        }
        Mode::DryRun => {
            let plan = Target::new(folder, files)?.plan()?;
            show(&plan)?;
            session.say(&format!("{}: nothing was written; {}", folder.display(), counts(&plan)));
            Ok(Outcome::Clean)
        }
        Mode::Write { force } => {
            let done = write::write(folder, files, *force)?;
            tell_done(session, folder, &done);
            Ok(Outcome::Clean)
        }
        Mode::Stdout => Ok(Outcome::Clean),
    }
}

fn counts(plan: &Plan) -> String {
    let changed = plan.create.len() + plan.change.len() + plan.foreign.len();
    format!("{} to write, {} unchanged, {} to remove", many(changed, "file"), plan.same, plan.remove.len())
}

fn tell_done(session: &Session, folder: &Path, done: &Done) {
    let plan = &done.plan;
    let changed = plan.create.iter().chain(&plan.change).chain(&plan.foreign);
    session.say(&format!(
        "{}: {} written, {} unchanged, {} removed",
        folder.display(),
        many(changed.clone().count(), "file"),
        plan.same,
        plan.remove.len()
    ));
    for path in &plan.left {
        session.say(&format!("left alone: `{}` is no longer emitted, but was changed", folder.join(path).display()));
    }
    for path in &done.saved {
        session.say(&format!("saved: `{path}` was written by somebody else during the build"));
    }
    changed.for_each(|path| session.detail(&format!("  {}", folder.join(path).display())));
}

/// What a plan does, a line for each file.
fn list(folder: &Path, plan: &Plan) -> String {
    let mut out = String::new();
    let groups = [
        ("create", &plan.create),
        ("change", &plan.change),
        ("remove", &plan.remove),
        ("changed by hand, needs --force:", &plan.foreign),
        ("in the way, move it:", &plan.blocked),
        ("changed by hand, left alone:", &plan.left),
    ];
    for (what, paths) in groups {
        for path in paths {
            // writing to a string can't fail
            let _ = writeln!(out, "{what} {}", folder.join(path).display());
        }
    }
    out
}
