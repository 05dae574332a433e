//! One command, one file.

mod build;
mod capacity;
mod check;
pub mod diagram;
mod diff;
mod docs;
mod explain;
mod fmt;
mod graph;
mod health;
mod init;
mod lsp;
mod shell;
pub mod simulate;
mod test;
mod whatif;
mod why;

use crate::args::{AnswerFormat, Arguments, Command};
use crate::failure::{Failure, Outcome};
use crate::session::Session;
use obs_compiler::diagnostics::nearest;
use obs_compiler::graph::Stack;
use obs_compiler::outputs::docs::Pages;

/// Carries out what the command line asks for.
pub fn run(arguments: Arguments) -> Result<Outcome, Failure> {
    let session = Session { global: arguments.global };
    match arguments.command {
        Command::Check { paths, shown, watch } => check::run(&session, &paths, shown.format, watch),
        Command::Build { file, output, profile, target, stdout, check, dry_run, force, shown, watch } => {
            let mode = match (stdout, check, dry_run) {
                (true, ..) => build::Mode::Stdout,
                (_, true, _) => build::Mode::Check,
                (_, _, true) => build::Mode::DryRun,
                _ => build::Mode::Write { force },
            };
            build::run(&session, &build::Request { file, output, profile, target, mode, format: shown.format }, watch)
        }
        Command::Diagram { file, view, format, profile, output, kill, watch } => {
            diagram::run(&session, &diagram::Request { file, view, form: format, profile, output, kill }, watch)
        }
        Command::Docs { file, std: _, output, format, pages, check, force, watch } => {
            let pages = if pages { Pages::Chapters } else { Pages::One };
            let request = docs::Request { output, form: format, pages, check, force };
            match file {
                Some(file) => docs::run(&session, &file, &request, watch),
                None => docs::library(&session, &request),
            }
        }
        Command::Fmt { paths, check, diff } => fmt::run(&session, &paths, check, diff),
        Command::Explain { code, list } => explain::run(&session, code, list),
        Command::Why { file, object, target, profile } => {
            why::run(&session, &file, &object, target, profile.as_deref())
        }
        Command::Graph { file, format: _, profile } => graph::run(&session, &file, profile.as_deref()),
        Command::Diff { old, new, profile, format } => {
            diff::run(&session, &diff::Request { old, new, profiles: profile, format })
        }
        Command::Health {
            file,
            at,
            addresses,
            profile,
            wait,
            timeout,
            cacert,
            cert,
            key,
            insecure,
            partial,
            format,
        } => {
            let json = format == AnswerFormat::Json;
            let identity = cert.zip(key);
            let request = health::Request {
                file,
                at,
                addresses,
                profile,
                wait,
                timeout,
                cacert,
                identity,
                insecure,
                partial,
                json,
            };
            health::run(&session, &request)
        }
        Command::Whatif { file, kill, format, profile } => {
            let json = format == AnswerFormat::Json;
            whatif::run(&session, &whatif::Request { file: &file, kill: &kill, json, profile: profile.as_deref() })
        }
        Command::Test { file, shown } => test::run(&session, &file, shown.format),
        Command::Capacity { file, load, profile, format } => {
            capacity::run(&session, &file, &load, profile.as_deref(), format)
        }
        Command::Simulate { file, load, component, profile, format, output, replicas, sync, startup } => {
            let request =
                simulate::Request { file, load, component, profile, form: format, output, replicas, sync, startup };
            simulate::run(&session, &request)
        }
        Command::Init { dir } => init::run(&session, &dir),
        Command::Lsp => lsp::run(),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man => shell::man(),
    }
}

/// The stack of a profile: the first one without a name.
fn of_profile<'a>(stacks: &'a [Stack], profile: Option<&str>) -> Result<&'a Stack, Failure> {
    at_profile(stacks, profile).map(|at| &stacks[at])
}

/// Where the stack of a profile is among all.
fn at_profile(stacks: &[Stack], profile: Option<&str>) -> Result<usize, Failure> {
    let known = || stacks.iter().map(|s| s.graph.profile.as_str());
    let found = match profile {
        None => (!stacks.is_empty()).then_some(0),
        Some(name) => known().position(|known| known == name),
    };
    found.ok_or_else(|| unknown("profile", profile.unwrap_or_default(), known()))
}

/// A failure that names what is nearest to what was asked for, and what there is.
fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Failure {
    let meant = nearest(name, known.clone()).map(|n| format!("did you mean `{n}`? ")).unwrap_or_default();
    let mut all: Vec<&str> = known.collect();
    let more = if all.len() > KNOWN { format!(" and {} more", all.len() - KNOWN) } else { String::new() };
    all.truncate(KNOWN);
    let failure = Failure::new(format!("there is no {what} `{name}`"));
    if all.is_empty() {
        return failure.help("the program has none");
    }
    failure.help(format!("{meant}known: {}{more}", all.join(", ")))
}

/// Longer lists help nobody.
const KNOWN: usize = 40;
