//! `obs fmt`.

use crate::failure::{Failure, Outcome};
use crate::read::Program;
use crate::session::{Session, many, print, tell};
use crate::{files, interrupt, write};
use obs_compiler::db::FileText;
use obs_compiler::disk;
use obs_compiler::render::Format;
use obs_compiler::syntax;
use similar::TextDiff;
use std::path::{Path, PathBuf};

pub fn run(session: &Session, paths: &[PathBuf], check: bool, diff: bool) -> Result<Outcome, Failure> {
    if let [only] = paths
        && only.as_os_str() == "-"
    {
        return stdin(session, check, diff);
    }
    let (files, mut failures) = files::expand(paths);
    let (mut broken, mut changed) = (0, 0);
    for path in files.iter().take_while(|_| !interrupt::pending()) {
        match one(session, path, check, diff) {
            Ok(Formatted::Same) => {}
            Ok(Formatted::Changed) => changed += 1,
            Ok(Formatted::Broken) => broken += 1,
            // the others can be formatted all the same
            Err(failure) => failures.push(failure),
        }
    }
    let done = if check || diff { "would change" } else { "changed" };
    session.say(&format!("{}, {changed} {done}", many(files.len(), "file")));
    if changed > 0 {
        let command = if check || diff { "fmt" } else { "check" };
        let named: String = paths.iter().map(|path| format!(" {}", path.display())).collect();
        session.next(&format!("obs {command}{named}"));
    }
    let outcome = if broken > 0 || (check && changed > 0) { Outcome::Findings } else { Outcome::Clean };
    let Some(last) = failures.pop() else { return Ok(outcome) };
    failures.iter().for_each(|failure| tell(&format!("{failure}\n")));
    Err(last)
}

enum Formatted {
    Same,
    Changed,
    /// Has syntax errors, which were shown.
    Broken,
}

fn one(session: &Session, path: &Path, check: bool, diff: bool) -> Result<Formatted, Failure> {
    let before = match disk::read(path) {
        FileText::Text(text) => text,
        FileText::Missing => {
            return Err(Failure::new(format!("can't read `{}`: no such file", path.display())));
        }
        FileText::Unreadable(why) => {
            return Err(Failure::new(format!("can't read `{}`: {why}", path.display())));
        }
        FileText::NotUtf8 { .. } | FileText::TooLarge { .. } | FileText::OutsideRoot => {
            return broken(session, path);
        }
    };
    let Some(after) = syntax::format(&before) else { return broken(session, path) };
    if *before == *after {
        return Ok(Formatted::Same);
    }
    if diff {
        print(&unified(&path.display().to_string(), &before, &after))?;
    } else if check {
        print(&format!("{}\n", path.display()))?;
    } else {
        write::replace(path, after.as_bytes())?;
        session.detail(&format!("{}", path.display()));
    }
    Ok(Formatted::Changed)
}

/// Shows why a file can't be formatted.
fn broken(session: &Session, path: &Path) -> Result<Formatted, Failure> {
    let program = Program::open(path)?;
    let mut findings = session.findings(&program);
    findings.retain(|f| f.code.is_syntax());
    session.report(&findings, Format::Text)?;
    session.say(&format!("{} is left as it is", path.display()));
    Ok(Formatted::Broken)
}

fn stdin(session: &Session, check: bool, diff: bool) -> Result<Outcome, Failure> {
    let text = disk::read_text(std::io::stdin().lock());
    let before = match text {
        FileText::Text(text) => text,
        FileText::Unreadable(why) => return Err(Failure::new(format!("can't read stdin: {why}"))),
        other => return refused(session, other),
    };
    let Some(after) = syntax::format(&before) else {
        return refused(session, FileText::Text(before));
    };
    let same = *before == *after;
    match (check, diff) {
        (_, true) => print(&unified("stdin", &before, &after))?,
        (true, false) => {}
        (false, false) => print(&after)?,
    }
    Ok(if check && !same { Outcome::Findings } else { Outcome::Clean })
}

/// Says why what came from stdin can't be formatted; nothing goes to stdout.
fn refused(session: &Session, text: FileText) -> Result<Outcome, Failure> {
    let program = Program::of_text("stdin", text);
    let mut findings = session.findings(&program);
    findings.retain(|f| f.code.is_syntax());
    session.report(&findings, Format::Text)
}

fn unified(name: &str, before: &str, after: &str) -> String {
    TextDiff::from_lines(before, after).unified_diff().header(name, name).to_string()
}
