//! OBS3107: what is pushed doesn't come back to where it was.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Flow, Graph, Signal};
use crate::maps::IndexMap;
use crate::value::{ComponentId, FlowId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    // one circle is one thing to say, however many signals go round
    let mut circles: IndexMap<Vec<FlowId>, (Vec<&Flow>, Vec<&str>)> = IndexMap::default();
    for &signal in Signal::ALL {
        let pushes = Pushes::of(graph, signal);
        let mut told: FxHashSet<ComponentId> = FxHashSet::default();
        for start in pushes.flows() {
            if told.contains(&start.from) {
                continue;
            }
            let Some(path) = pushes.way_back(start) else { continue };
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

/// The pushes of one signal that lead on to a circle, by their subject: in most programs none.
struct Pushes<'a> {
    leaving: IndexMap<ComponentId, Vec<&'a Flow>>,
}

impl<'a> Pushes<'a> {
    /// Takes away what ends, from the ends on: what is left can go round for ever.
    fn of(graph: &'a Graph, signal: Signal) -> Self {
        let mut leaving: IndexMap<ComponentId, Vec<&Flow>> = IndexMap::default();
        let mut arriving: FxHashMap<ComponentId, Vec<&Flow>> = FxHashMap::default();
        for flow in graph.flows.iter().filter(|f| !f.backward && !f.implicit && f.signals.contains(&signal)) {
            leaving.entry(flow.from).or_default().push(flow);
            arriving.entry(flow.to).or_default().push(flow);
        }
        let mut onward: FxHashMap<ComponentId, usize> = leaving.iter().map(|(c, flows)| (*c, flows.len())).collect();
        let mut ends: Vec<ComponentId> = arriving.keys().filter(|c| !onward.contains_key(c)).copied().collect();
        while let Some(end) = ends.pop() {
            for flow in arriving.get(&end).into_iter().flatten() {
                let Some(left) = onward.get_mut(&flow.from) else { continue };
                *left -= 1;
                if *left == 0 {
                    onward.remove(&flow.from);
                    ends.push(flow.from);
                }
            }
        }
        leaving.retain(|from, _| onward.contains_key(from));
        Self { leaving }
    }

    fn flows(&self) -> impl Iterator<Item = &'a Flow> {
        self.leaving.values().flatten().copied()
    }

    /// The shortest way from a flow's object back to its subject, the flow itself first.
    fn way_back(&self, start: &'a Flow) -> Option<Vec<&'a Flow>> {
        let mut by: FxHashMap<ComponentId, &Flow> = FxHashMap::from_iter([(start.to, start)]);
        let mut next = VecDeque::from([start.to]);
        while let Some(at) = next.pop_front() {
            if at == start.from {
                // what was reached was reached from something reached, `start.to` first
                let mut way: Vec<&Flow> =
                    std::iter::successors(Some(by[&at]), |f| (f.id != start.id).then(|| by[&f.from])).collect();
                way.reverse();
                return Some(way);
            }
            for &flow in self.leaving.get(&at).into_iter().flatten() {
                by.entry(flow.to).or_insert_with(|| {
                    next.push_back(flow.to);
                    flow
                });
            }
        }
        None
    }
}
