//! `obs check`.

use crate::failure::{Failure, Outcome};
use crate::files;
use crate::read::Program;
use crate::session::{Session, many};
use crate::watch;
use obs_compiler::render::{Finding, Format};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

pub fn run(session: &Session, paths: &[PathBuf], format: Format, watched: bool) -> Result<Outcome, Failure> {
    let files = files::expand(paths)?;
    if watched {
        let [file] = &files[..] else {
            return Err(Failure::new(format!("--watch follows one program; {} were named", files.len())));
        };
        let mut program = session.open(file)?;
        return watch::watch(&mut program, |program| finish(session, &session.findings(program), 1, format));
    }
    let programs = files.iter().map(|f| session.open(f)).collect::<Result<Vec<_>, _>>()?;
    let entries = entries(&programs);
    let mut findings: Vec<Finding> = Vec::new();
    for program in &entries {
        let _progress = session.progress("checking", Path::new(&program.entry));
        let new = session.findings(program);
        // a file that two programs share is reported once
        findings.extend(new.into_iter().filter(|f| !findings.iter().any(|known| same(known, f))).collect::<Vec<_>>());
    }
    finish(session, &findings, entries.len(), format)
}

fn same(a: &Finding, b: &Finding) -> bool {
    (a.code, &a.message, a.place.short()) == (b.code, &b.message, b.place.short())
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
    if findings.is_empty() && format.for_people() {
        session.say(&format!("{}: nothing wrong; `obs build` writes what it needs to run", many(programs, "program")));
    }
    Ok(outcome)
}
