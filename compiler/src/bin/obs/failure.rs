//! What ends a command early, and the exit code that tells of it.

use crate::interrupt;
use obs_compiler::disk;
use obs_compiler::render::harmless;
use std::fmt::{self, Display};
use std::path::Path;
use std::process::ExitCode;

/// How a command ended, where it could be carried out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing wrong.
    Clean,
    /// The program has errors, or a `--check` found a difference.
    Findings,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Clean => ExitCode::SUCCESS,
            Outcome::Findings => ExitCode::from(1),
        }
    }
}

/// A command that could not be carried out: exit code 2, or an interrupt's.
#[derive(Debug)]
pub struct Failure {
    message: String,
    help: Option<String>,
    interrupted: bool,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, interrupted: false }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The user ended it.
    pub fn interrupted() -> Self {
        Self { interrupted: true, ..Self::new("interrupted; nothing was changed") }
    }

    /// What the process ends with.
    pub fn code(&self) -> ExitCode {
        if self.interrupted { interrupt::exit_code() } else { ExitCode::from(2) }
    }

    /// `what` could not be done to `path`.
    pub fn io(what: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::new(format!("can't {what} `{}`: {}", path.display(), disk::reason(error)))
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // names of files and what stands in them may steer a terminal
        write!(f, "error: {}", harmless(&self.message))?;
        self.help.iter().try_for_each(|help| write!(f, "\n  help: {}", harmless(help)))
    }
}
