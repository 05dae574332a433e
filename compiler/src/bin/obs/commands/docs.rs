//! `obs docs`.

use super::build::{Mode, deliver};
use crate::failure::{Failure, Outcome};
use crate::read::Program;
use crate::session::Session;
use crate::watch;
use obs_compiler::outputs::docs;
use obs_compiler::render::Format;
use std::path::PathBuf;

/// What is asked for.
pub struct Request {
    pub file: PathBuf,
    pub output: PathBuf,
    pub check: bool,
    pub force: bool,
}

pub fn run(session: &Session, request: &Request, watched: bool) -> Result<Outcome, Failure> {
    watch::run(session, &request.file, watched, |program| once(session, request, program))
}

fn once(session: &Session, request: &Request, program: &Program) -> Result<Outcome, Failure> {
    let _progress = session.progress("documenting", &request.file);
    let Some(stacks) = session.stacks(program, Format::Text)? else { return Ok(Outcome::Findings) };
    let files = docs::markdown(&stacks);
    let mode = if request.check { Mode::Check } else { Mode::Write { force: request.force } };
    let outcome = deliver(session, &request.output, &files, &mode, Format::Text)?;
    if !request.check {
        session.say(&format!("next: read {}", request.output.join("README.md").display()));
    }
    Ok(outcome)
}
