//! `obs test`.

use crate::failure::{Failure, Outcome};
use crate::session::{Session, locator, many};
use obs_compiler::graph::TestResult;
use obs_compiler::render::Format;
use std::path::Path;

pub fn run(session: &Session, file: &Path, format: Format) -> Result<Outcome, Failure> {
    let program = session.open(file)?;
    if session.stacks(&program, Format::Text)?.is_none() {
        return Ok(Outcome::Findings);
    }
    let analysis = program.host.analysis();
    let results = analysis.tests(&program.entry);
    let mut locator = locator(&analysis, &program.root);
    let failures: Vec<_> = results.iter().flat_map(TestResult::failures).map(|d| locator.finding(&d)).collect();
    let outcome = session.report(&failures, format)?;
    for result in &results {
        session.say(&format!("{} {}", if result.failures().is_empty() { "ok    " } else { "FAILED" }, result.name));
    }
    let failed = results.iter().filter(|r| !r.failures().is_empty()).count();
    session.say(&format!("{}, {failed} failed", many(results.len(), "test")));
    match (results.len(), failed) {
        _ if !format.for_people() => {}
        (0, _) => session.next("say with `test` what must stay true of the stack"),
        (_, 0) => session.next(&format!("obs build {}", file.display())),
        // the summary has said where to read on
        _ => {}
    }
    Ok(outcome)
}
