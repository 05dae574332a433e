//! `obs whatif`.

use super::{of_profile, unknown};
use crate::failure::{Failure, Outcome};
use crate::session::{Session, print};
use obs_compiler::analysis::{self, Unknown};
use obs_compiler::graph::Graph;
use obs_compiler::outputs::failures;
use obs_compiler::render::{Format, harmless};
use std::path::Path;

/// What is asked for.
pub struct Request<'a> {
    pub file: &'a Path,
    pub kill: &'a [String],
    pub json: bool,
    pub profile: Option<&'a str>,
}

pub fn run(session: &Session, request: &Request<'_>) -> Result<Outcome, Failure> {
    let program = session.open(request.file)?;
    let Some(stacks) = session.stacks(&program, Format::Text)? else { return Ok(Outcome::Findings) };
    let graph = &*of_profile(&stacks, request.profile)?.graph;
    let answer = if request.kill.is_empty() {
        let scenarios = analysis::single_failures(graph);
        if request.json { failures::all_json(graph, &scenarios) } else { failures::all_text(graph, &scenarios) }
    } else {
        let killed = killed(graph, request.kill)?;
        let outcomes = analysis::what_if(graph, &killed);
        if request.json { failures::json(graph, &killed, &outcomes) } else { failures::text(graph, &killed, &outcomes) }
    };
    print(&if request.json { answer } else { harmless(&answer) })?;
    Ok(Outcome::Clean)
}

/// What `--kill` names.
pub fn killed(graph: &Graph, names: &[String]) -> Result<Vec<analysis::Failure>, Failure> {
    let mut out = Vec::new();
    for name in names {
        out.extend(analysis::parse(graph, name).map_err(|why| told(graph, why))?);
    }
    Ok(out)
}

fn told(graph: &Graph, why: Unknown) -> Failure {
    let name = |id| &graph.component(id).name;
    match why {
        Unknown::Name(wanted) => unknown("component", &wanted, graph.components.iter().map(|c| c.name.as_str())),
        Unknown::Instance { of, there } => {
            Failure::new(format!("`{}` has {there} in profile `{}`, counted from 0", name(of), graph.profile))
        }
        Unknown::Uncounted(of) => Failure::new(format!("how many instances `{}` has isn't known", name(of)))
            .help(format!("`--kill {}` is all of it, `--kill node` what is on one node", name(of))),
        Unknown::Flow(from, to) => {
            let between = graph.outgoing(from).filter(|f| f.to == to).map(|f| f.protocol.as_str());
            let protocols: Vec<&str> = between.collect();
            let failure = Failure::new(format!("there is no such flow from `{}` to `{}`", name(from), name(to)));
            if protocols.is_empty() { failure } else { failure.help(format!("known: {}", protocols.join(", "))) }
        }
    }
}
