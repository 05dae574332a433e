//! `obs diagram`.

use super::{of_profile, unknown};
use crate::failure::{Failure, Outcome};
use crate::read::Program;
use crate::session::{Session, print};
use crate::{watch, write};
use obs_compiler::outputs::diagram::{self, Format, VIEWS};
use obs_compiler::render::{self, harmless};
use std::path::PathBuf;

/// What is asked for.
pub struct Request {
    pub file: PathBuf,
    pub view: String,
    pub format: Format,
    pub profile: Option<String>,
    pub output: Option<PathBuf>,
}

pub fn run(session: &Session, request: &Request, watched: bool) -> Result<Outcome, Failure> {
    watch::run(session, &request.file, watched, |program| once(session, request, program))
}

fn once(session: &Session, request: &Request, program: &Program) -> Result<Outcome, Failure> {
    let _progress = session.progress("drawing", &request.file);
    let Some(stacks) = session.stacks(program, render::Format::Text)? else { return Ok(Outcome::Findings) };
    let stack = of_profile(&stacks, request.profile.as_deref())?;
    let Some(picture) = diagram::draw(&stack.graph, &request.view, request.format) else {
        let own = stack.graph.views.iter().map(|v| v.name.as_str());
        return Err(unknown("view", &request.view, VIEWS.iter().copied().chain(own)));
    };
    match &request.output {
        None if request.format == Format::Ascii => print(&harmless(&picture))?,
        None => print(&picture)?,
        Some(path) => {
            write::replace(path, &picture)?;
            session.say(&format!("{} written", path.display()));
        }
    }
    Ok(Outcome::Clean)
}
