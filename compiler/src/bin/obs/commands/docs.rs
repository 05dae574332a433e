//! `obs docs`.

use super::build::{Mode, deliver};
use crate::args::DocsForm;
use crate::failure::{Failure, Outcome};
use crate::read::Program;
use crate::session::Session;
use crate::watch;
use obs_compiler::ide::Host;
use obs_compiler::outputs::OutputFile;
use obs_compiler::outputs::docs::{self, Home, Pages};
use obs_compiler::render::Format;
use std::path::{Component, Path, PathBuf};

/// What is asked for.
pub struct Request {
    pub output: PathBuf,
    pub form: DocsForm,
    pub pages: Pages,
    pub check: bool,
    pub force: bool,
}

/// The guide of a program.
pub fn run(session: &Session, file: &Path, request: &Request, watched: bool) -> Result<Outcome, Failure> {
    watch::run(session, file, watched, |program| once(session, file, request, program))
}

fn once(session: &Session, file: &Path, request: &Request, program: &Program) -> Result<Outcome, Failure> {
    let _progress = session.progress("documenting", file);
    let Some(stacks) = session.stacks(program, Format::Text)? else { return Ok(Outcome::Findings) };
    let home = Home { program: &program.entry, root: way(&request.output, &program.root) };
    let files = match request.form {
        DocsForm::Md => docs::markdown(&stacks, request.pages, &home, &program.host.analysis()),
        DocsForm::Html => docs::site(&stacks, &home, &program.host.analysis()),
    };
    write(session, request, &file.display().to_string(), &files)
}

/// The way from an output folder, which need not exist yet, to the project's root, where the folder is within it.
fn way(output: &Path, root: &Path) -> Option<String> {
    let output = std::path::absolute(output).ok()?;
    // what there is of it, without links; the rest is still to be made
    let there = output.ancestors().find(|p| p.exists())?;
    let rest = output.strip_prefix(there).ok()?;
    let folder = there.canonicalize().ok()?.join(rest);
    let below = folder.strip_prefix(root).ok()?;
    let plain = below.components().all(|c| matches!(c, Component::Normal(_)));
    plain.then(|| "../".repeat(below.components().count()))
}

/// The pages of the library.
pub fn library(session: &Session, request: &Request) -> Result<Outcome, Failure> {
    write(session, request, "--std", &Host::new().analysis().library_pages())
}

/// Brings the pages of a program, or of `--std`, to where they are wanted.
fn write(session: &Session, request: &Request, of: &str, files: &[OutputFile]) -> Result<Outcome, Failure> {
    let mode = if request.check { Mode::Check } else { Mode::Write { force: request.force } };
    let outcome = deliver(session, &request.output, files, &mode, Format::Text)?;
    let output = request.output.display();
    match (request.check, outcome) {
        (false, _) => {
            let first = if request.form == DocsForm::Html { "index.html" } else { "README.md" };
            session.next(&format!("read {}", request.output.join(first).display()));
        }
        (true, Outcome::Clean) => session.say(&format!("{output}: nothing would change")),
        (true, Outcome::Findings) => {
            let form = if request.form == DocsForm::Html { " --format html" } else { "" };
            let pages = if request.pages == Pages::Chapters { " --pages" } else { "" };
            session.next(&format!("obs docs {of} -o {output}{form}{pages}"));
        }
    }
    Ok(outcome)
}
