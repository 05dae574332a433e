//! OBS3107: what is pushed doesn't come back to where it was.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Flow, Graph, Signal};
use crate::value::{ComponentId, FlowId};
use indexmap::IndexMap;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    // one circle is one thing to say, however many signals go round
    let mut circles: IndexMap<Vec<FlowId>, (Vec<&Flow>, Vec<&str>)> = IndexMap::new();
    for &signal in Signal::ALL {
        let pushes: Vec<&Flow> =
            graph.flows.iter().filter(|f| !f.backward && !f.implicit && f.signals.contains(&signal)).collect();
        let mut told: Vec<ComponentId> = Vec::new();
        for start in &pushes {
            if told.contains(&start.from) {
                continue;
            }
            let Some(path) = way_back(&pushes, start) else { continue };
            told.extend(path.iter().map(|f| f.from));
            let key = path.iter().map(|f| f.id).collect();
            circles.entry(key).or_insert((path, Vec::new())).1.push(signal.name());
        }
    }
    out.extend(circles.values().map(|(path, signals)| report(graph, path, signals)));
}

fn report(graph: &Graph, path: &[&Flow], signals: &[&str]) -> Diagnostic {
    let names: Vec<&str> = path.iter().map(|f| graph.component(f.from).name.as_str()).collect();
    let circle = format!("{} → {}", names.join(" → "), names[0]);
    let signals = match signals.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => "data".to_owned(),
    };
    let message = format!("{signals} are pushed in a circle: {circle}");
    let help = "leave out one of the flows, or name the `signals` that it is for";
    let mut diagnostic = Diagnostic::new(Code::OBS3107, path[0].span, message).help(help);
    for flow in path.iter().skip(1).filter(|f| f.span != path[0].span) {
        diagnostic = diagnostic.label(flow.span, "and on from here");
    }
    diagnostic.subjects.extend(names.iter().map(ToString::to_string));
    diagnostic
}

/// The shortest way of pushes from a flow's object back to its subject, the flow itself first.
fn way_back<'a>(pushes: &[&'a Flow], start: &'a Flow) -> Option<Vec<&'a Flow>> {
    let mut seen = vec![start.to];
    let mut ways = std::collections::VecDeque::from([vec![start]]);
    while let Some(way) = ways.pop_front() {
        let at = way.last().map_or(start.to, |f| f.to);
        if at == start.from {
            return Some(way);
        }
        for next in pushes.iter().filter(|f| f.from == at) {
            if next.to == start.from || !seen.contains(&next.to) {
                seen.push(next.to);
                ways.push_back(way.iter().copied().chain([*next]).collect());
            }
        }
    }
    None
}
