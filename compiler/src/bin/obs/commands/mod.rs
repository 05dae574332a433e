//! One command, one file.

mod build;
mod check;
mod diagram;
mod docs;
mod explain;
mod fmt;
mod graph;
mod init;
mod lsp;
mod shell;
mod test;
mod why;

use crate::args::{Arguments, Command};
use crate::failure::{Failure, Outcome};
use crate::session::Session;
use obs_compiler::diagnostics::nearest;
use obs_compiler::graph::Stack;

/// Carries out what the command line asks for.
pub fn run(arguments: Arguments) -> Result<Outcome, Failure> {
    let session = Session { global: arguments.global };
    match arguments.command {
        Command::Check { paths, shown, watch } => check::run(&session, &paths, shown.format, watch),
        Command::Build { file, output, profile, target: _, stdout, check, dry_run, force, shown, watch } => {
            let mode = match (stdout, check, dry_run) {
                (true, ..) => build::Mode::Stdout,
                (_, true, _) => build::Mode::Check,
                (_, _, true) => build::Mode::DryRun,
                _ => build::Mode::Write { force },
            };
            build::run(&session, &build::Request { file, output, profile, mode, format: shown.format }, watch)
        }
        Command::Diagram { file, view, format, profile, output, watch } => {
            diagram::run(&session, &diagram::Request { file, view, format, profile, output }, watch)
        }
        Command::Docs { file, output, check, force, watch } => {
            docs::run(&session, &docs::Request { file, output, check, force }, watch)
        }
        Command::Fmt { paths, check, diff } => fmt::run(&session, &paths, check, diff),
        Command::Explain { code, list } => explain::run(code, list),
        Command::Why { file, object, profile } => why::run(&session, &file, &object, profile.as_deref()),
        Command::Graph { file, format: _, profile } => graph::run(&session, &file, profile.as_deref()),
        Command::Test { file, shown } => test::run(&session, &file, shown.format),
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
    Failure::new(format!("there is no {what} `{name}`")).help(format!("{meant}known: {}{more}", all.join(", ")))
}

/// Longer lists help nobody.
const KNOWN: usize = 40;
