//! `obs diagram`.

use super::whatif::killed;
use super::{at_profile, unknown};
use crate::failure::{Failure, Outcome};
use crate::read::Program;
use crate::session::{Session, print, print_bytes};
use crate::{watch, write};
use obs_compiler::graph::Stack;
use obs_compiler::outputs::diagram::{self, Format, VIEWS};
use obs_compiler::render::{self, harmless};
use std::path::PathBuf;

/// What is asked for.
pub struct Request {
    pub file: PathBuf,
    pub view: String,
    pub form: Form,
    pub profile: Option<String>,
    pub output: Option<PathBuf>,
    /// What fails in it.
    pub kill: Vec<String>,
}

/// How a picture is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One view as text.
    Text(Format),
    /// One view as pixels.
    Png,
    /// All views under all profiles.
    Page,
}

impl Form {
    /// The form with this name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "png" => Some(Self::Png),
            "html" => Some(Self::Page),
            _ => Format::parse(name).map(Self::Text),
        }
    }

    /// The names of all forms.
    pub fn names() -> Vec<&'static str> {
        Format::NAMES.iter().copied().chain(["png", "html"]).collect()
    }
}

pub fn run(session: &Session, request: &Request, watched: bool) -> Result<Outcome, Failure> {
    watch::run(session, &request.file, watched, |program| once(session, request, program))
}

fn once(session: &Session, request: &Request, program: &Program) -> Result<Outcome, Failure> {
    let _progress = session.progress("drawing", &request.file);
    let Some(stacks) = session.stacks(program, render::Format::Text)? else { return Ok(Outcome::Findings) };
    let Some(picture) = drawn(request, program, &stacks)? else {
        let own = stacks[0].graph.views.iter().map(|v| v.name.as_str());
        return Err(unknown("view", &request.view, VIEWS.iter().copied().chain(own)));
    };
    match (&request.output, request.form) {
        (Some(path), _) => {
            write::output(path, &picture, &program.sources())?;
            session.say(&format!("{} written", path.display()));
            session.next(&match request.form {
                Form::Png | Form::Page | Form::Text(Format::Svg) => format!("open {}", path.display()),
                Form::Text(_) => format!("obs docs {} puts all views into a guide", request.file.display()),
            });
        }
        (None, Form::Png) => print_bytes(&picture)?,
        (None, Form::Text(Format::Ascii)) => print(&harmless(&String::from_utf8_lossy(&picture)))?,
        (None, _) => print(&String::from_utf8_lossy(&picture))?,
    }
    Ok(Outcome::Clean)
}

/// The picture's bytes; `None` where there is no such view.
fn drawn(request: &Request, program: &Program, stacks: &[Stack]) -> Result<Option<Vec<u8>>, Failure> {
    let at = at_profile(stacks, request.profile.as_deref())?;
    let stack = &stacks[at];
    let killed = killed(&stack.graph, &request.kill)?;
    Ok(match request.form {
        Form::Text(format) => diagram::draw_without(stack, &request.view, format, &killed).map(String::into_bytes),
        Form::Png => diagram::png(stack, &request.view, &killed),
        Form::Page if !killed.is_empty() => {
            return Err(Failure::new("the page of all views shows no failures")
                .help("another form of one view does: `--format svg`"));
        }
        Form::Page => {
            let first = diagram::First { view: &request.view, profile: at };
            diagram::page(stacks, first, &program.host.analysis()).map(String::into_bytes)
        }
    })
}
