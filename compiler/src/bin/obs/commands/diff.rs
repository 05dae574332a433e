//! `obs diff`.

use super::at_profile;
use crate::args::ReportFormat;
use crate::failure::{Failure, Outcome};
use crate::read::Program;
use crate::session::{Session, print};
use obs_compiler::graph::Stack;
use obs_compiler::outputs::diff::{self, Pair, Side};
use obs_compiler::outputs::kubernetes::{self, Packed};
use obs_compiler::render::{Format, harmless};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is asked for.
pub struct Request {
    pub old: String,
    pub new: Option<String>,
    pub profiles: Vec<String>,
    pub format: ReportFormat,
}

/// A program that was opened, and what it makes.
struct Opened {
    program: Program,
    stacks: Arc<Vec<Stack>>,
}

pub fn run(session: &Session, request: &Request) -> Result<Outcome, Failure> {
    let difference = match &request.new {
        None => of_profiles(session, request)?,
        Some(new) => of_programs(session, request, new)?,
    };
    let Some(difference) = difference else { return Ok(Outcome::Findings) };
    match request.format {
        ReportFormat::Text => print(&harmless(&diff::text(&difference)))?,
        ReportFormat::Json => print(&diff::json(&difference))?,
        ReportFormat::Markdown => print(&diff::markdown(&difference))?,
    }
    Ok(Outcome::Clean)
}

/// Two profiles of one program.
fn of_profiles(session: &Session, request: &Request) -> Result<Option<diff::Difference>, Failure> {
    let [from, to] = &request.profiles[..] else {
        return Err(Failure::new("there is nothing to compare it with")
            .help("name a second program, or two profiles: `--profile A --profile B`"));
    };
    let Some(opened) = open(session, &request.old, None)? else { return Ok(None) };
    let analysis = opened.program.host.analysis();
    let objects = analysis.objects(&opened.program.entry);
    let side = |name: &str| -> Result<Side<'_>, Failure> {
        let at = at_profile(&opened.stacks, Some(name))?;
        Ok(Side { stack: &opened.stacks[at], objects: &objects[at] })
    };
    let (old, new) = (side(from)?, side(to)?);
    let name = format!("{from} → {to}");
    let files = [kubernetes::flat(old.objects), kubernetes::flat(new.objects)];
    Ok(Some(diff::difference(&[Pair { name: &name, old, new }], None, [&files[0], &files[1]])))
}

/// Two programs, profile by profile.
fn of_programs(session: &Session, request: &Request, new: &str) -> Result<Option<diff::Difference>, Failure> {
    let old = open(session, &request.old, Some(new))?;
    let new = open(session, new, Some(&request.old))?;
    // what is wrong with both is told
    let (Some(old), Some(new)) = (old, new) else { return Ok(None) };
    let (old_analysis, new_analysis) = (old.program.host.analysis(), new.program.host.analysis());
    let (was, is) = (old_analysis.objects(&old.program.entry), new_analysis.objects(&new.program.entry));
    for name in &request.profiles {
        at_profile(&new.stacks, Some(name))?;
    }
    let wanted = |name: &str| request.profiles.is_empty() || request.profiles.iter().any(|p| p == name);
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    for (at, stack) in new.stacks.iter().enumerate().filter(|(_, s)| wanted(&s.graph.profile)) {
        let before = old.stacks.iter().position(|s| s.graph.profile == stack.graph.profile);
        if let Some(before) = before {
            let old = Side { stack: &old.stacks[before], objects: &was[before] };
            pairs.push(Pair { name: &stack.graph.profile, old, new: Side { stack, objects: &is[at] } });
        }
    }
    if pairs.is_empty() {
        // no profile by the same name: the ones that are built by default
        let old = Side { stack: &old.stacks[0], objects: &was[0] };
        let new = Side { stack: &new.stacks[0], objects: &is[0] };
        pairs.push(Pair { name: &new.stack.graph.profile, old, new });
    }
    let files = |stacks: &[Stack], objects: &[Vec<Packed>]| kubernetes::files(stacks, objects);
    let (before, after) = (files(&old.stacks, was), files(&new.stacks, is));
    Ok(Some(diff::difference(&pairs, Some((&old.stacks, &new.stacks)), [&before, &after])))
}

/// A program by a file, a folder with one, or `git:REV` with the path of the other side or `git:REV:PATH`. `None` where it
/// has errors, which were told.
fn open(session: &Session, name: &str, other: Option<&str>) -> Result<Option<Opened>, Failure> {
    let program = match name.strip_prefix("git:") {
        Some(revision) => {
            let (revision, path) = revision.split_once(':').map_or((revision, None), |(r, p)| (r, Some(p)));
            let there = other.filter(|o| !o.starts_with("git:"));
            let path = path.or(there).ok_or_else(|| {
                Failure::new(format!("which file of `{name}` is meant?"))
                    .help(format!("add its path: `{name}:stack.obs`"))
            })?;
            Program::open_at(&entry(Path::new(path)), revision)?
        }
        None => session.open(&entry(Path::new(name)))?,
    };
    let stacks = session.stacks(&program, Format::Text)?;
    Ok(stacks.map(|stacks| Opened { program, stacks }))
}

/// The program in a folder is called as `obs init` calls it.
fn entry(path: &Path) -> PathBuf {
    if path.is_dir() { path.join("stack.obs") } else { path.to_path_buf() }
}
