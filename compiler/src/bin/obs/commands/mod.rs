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
    let known = || stacks.iter().map(|s| s.graph.profile.as_str()).collect::<Vec<_>>();
    let found = match profile {
        None => stacks.first(),
        Some(name) => stacks.iter().find(|s| s.graph.profile == name),
    };
    found.ok_or_else(|| {
        Failure::new(format!("there is no profile `{}`", profile.unwrap_or_default()))
            .help(format!("one of: {}", known().join(", ")))
    })
}
