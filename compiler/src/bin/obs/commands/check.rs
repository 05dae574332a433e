//! `obs check`.

use crate::failure::{Failure, Outcome};
use crate::files;
use crate::read::Program;
use crate::session::{Session, many, tell};
use crate::watch;
use obs_compiler::diagnostics::Code;
use obs_compiler::render::{Finding, Format};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

pub fn run(session: &Session, paths: &[PathBuf], format: Format, watched: bool) -> Result<Outcome, Failure> {
    let found = files::expand(paths);
    if watched {
        return follow(session, found, format);
    }
    let (files, mut failures) = found;
    let mut programs = Vec::new();
    for file in &files {
        match session.open(file) {
            Ok(program) => programs.push(program),
            Err(failure) => failures.push(failure),
        }
    }
    let entries = entries(&programs);
    let mut seen = HashSet::new();
    let mut findings: Vec<Finding> = Vec::new();
    for program in &entries {
        let _progress = session.progress("checking", Path::new(&program.entry));
        // a file that two programs share is reported once
        findings.extend(session.findings(program).into_iter().filter(|f| seen.insert(identity(f))));
    }
    // what could be read is reported, and in a machine's form the document is there in any case
    let outcome = finish(session, &findings, entries.len(), format)?;
    let Some(last) = failures.pop() else { return Ok(outcome) };
    failures.iter().for_each(|failure| tell(&format!("{failure}\n")));
    Err(last)
}

/// The same again after each change.
fn follow(session: &Session, found: (Vec<PathBuf>, Vec<Failure>), format: Format) -> Result<Outcome, Failure> {
    match found {
        (_, mut failures) if !failures.is_empty() => Err(failures.remove(0)),
        (files, _) => {
            let [file] = &files[..] else {
                return Err(Failure::new(format!("--watch follows one program; {} were named", files.len())));
            };
            let mut program = session.open(file)?;
            watch::watch(session, &mut program, |program| finish(session, &session.findings(program), 1, format))
        }
    }
}

fn identity(f: &Finding) -> (Code, String, String) {
    (f.code, f.message.clone(), f.place.short())
}

/// Those that no other one imports: an imported file is checked as part of its program. In a circle, all.
fn entries(programs: &[Program]) -> Vec<&Program> {
    let path = |p: &Program, file: &str| p.root.join(file);
    let imported: HashSet<PathBuf> =
        programs.iter().flat_map(|p| p.files().into_iter().skip(1).map(|f| path(p, &f))).collect();
    let free: Vec<&Program> = programs.iter().filter(|p| !imported.contains(&path(p, &p.entry))).collect();
    if free.is_empty() { programs.iter().collect() } else { free }
}

fn finish(session: &Session, findings: &[Finding], programs: usize, format: Format) -> Result<Outcome, Failure> {
    let outcome = session.report(findings, format)?;
    if findings.is_empty() && programs > 0 && format.for_people() {
        session.say(&format!("{}: nothing wrong; `obs build` writes what it needs to run", many(programs, "program")));
    }
    Ok(outcome)
}
