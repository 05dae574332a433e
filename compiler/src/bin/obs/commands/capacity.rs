//! `obs capacity`.

use super::of_profile;
use crate::args::ReportFormat;
use crate::failure::{Failure, Outcome};
use crate::session::{Session, print};
use obs_compiler::outputs::capacity::{Capacity, MULTIPLES};
use obs_compiler::render::{Format, harmless};
use std::path::Path;

pub fn run(
    session: &Session,
    file: &Path,
    multiples: &[f64],
    profile: Option<&str>,
    form: ReportFormat,
) -> Result<Outcome, Failure> {
    let program = session.open(file)?;
    let Some(stacks) = session.stacks(&program, Format::Text)? else { return Ok(Outcome::Findings) };
    let multiples = if multiples.is_empty() { &MULTIPLES } else { multiples };
    let Some(capacity) = Capacity::of(of_profile(&stacks, profile)?, multiples) else {
        let failure = Failure::new("no component declares a load");
        return Err(
            failure.help("say what starts where: `component apps: Pods { load: { scrape: { series: 50000 } } }`")
        );
    };
    print(&match form {
        ReportFormat::Text => harmless(&capacity.text()),
        ReportFormat::Json => capacity.json(),
        ReportFormat::Markdown => capacity.markdown(),
    })?;
    Ok(Outcome::Clean)
}
