//! `interaction`: people, the ways in, and who asks whom for what people see.

use super::parts::{Arrows, BY_CONNECTION, DASHED, drawn, shape, told};
use crate::graph::{Component, Flow, Graph};
use crate::outputs::diagram::picture::Picture;
use crate::outputs::words;
use crate::value::ComponentId;

pub(super) fn picture(graph: &Graph) -> Picture {
    let reached = reached(graph);
    let shown = |id: ComponentId| reached.contains(&id);
    let stored = |f: &Flow| words::hands_on(graph, graph.component(f.from)).any(|h| h.id == f.id);
    let mut arrows = Arrows::default();
    for flow in graph.flows.iter().filter(|f| shown(f.from) && shown(f.to)) {
        if asks(graph, flow) || stored(flow) {
            arrows.connection(graph, flow, told(flow));
        }
    }
    let boxes = graph.components.iter().filter(|c| shown(c.id)).map(|c| shape(c, words::routes(graph, c)));
    let nothing = "Nobody asks for anything that is kept here.";
    drawn("Who asks whom", boxes.collect(), arrows.all, &[BY_CONNECTION, DASHED], nothing)
}

/// A request: from people, from the ways in, or for what someone else keeps.
fn asks(graph: &Graph, flow: &Flow) -> bool {
    let from = graph.component(flow.from);
    let keeps = graph.component(flow.to).workload != crate::graph::WorkloadKind::External;
    !flow.implicit && !flow.own && (lets_in(from) || (flow.backward && keeps))
}

fn lets_in(component: &Component) -> bool {
    words::is_people(component) || component.ingress.is_some()
}

/// All that requests of people come to; of everyone, where the program has no people.
fn reached(graph: &Graph) -> Vec<ComponentId> {
    let people: Vec<ComponentId> = graph.components.iter().filter(|c| words::is_people(c)).map(|c| c.id).collect();
    let asking = graph.flows.iter().filter(|f| asks(graph, f)).map(|f| f.from);
    let mut next: Vec<ComponentId> = if people.is_empty() { asking.collect() } else { people };
    let mut out = Vec::new();
    while let Some(at) = next.pop() {
        if !out.contains(&at) {
            out.push(at);
            next.extend(graph.outgoing(at).filter(|f| asks(graph, f)).map(|f| f.to));
        }
    }
    // people whom nothing lets in are no picture
    if out.len() < 2 { Vec::new() } else { out }
}
