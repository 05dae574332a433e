//! `obs graph`.

use super::of_profile;
use crate::failure::{Failure, Outcome};
use crate::session::{Session, print};
use obs_compiler::outputs::graph_json;
use obs_compiler::render::Format;
use std::path::Path;

pub fn run(session: &Session, file: &Path, profile: Option<&str>) -> Result<Outcome, Failure> {
    let program = session.open(file)?;
    let Some(stacks) = session.stacks(&program, Format::Text)? else { return Ok(Outcome::Findings) };
    print(&graph_json::to_string(of_profile(&stacks, profile)?))?;
    Ok(Outcome::Clean)
}
