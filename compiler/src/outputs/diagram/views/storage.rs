//! `storage`: what keeps data, how long, and on what.

use super::parts::{Arrows, DASHED, Sign, drawn, shape};
use crate::graph::{Component, Flow, Graph, Stack};
use crate::outputs::diagram::picture::{Node, Picture};
use crate::outputs::words;

pub(super) fn picture(stack: &Stack) -> Picture {
    let graph = &*stack.graph;
    let mut arrows = Arrows::default();
    for component in graph.components.iter().filter(|c| keeps(stack, c)) {
        for flow in words::hands_on(graph, component) {
            arrows.data(graph, flow, flow.label.as_str());
        }
        for flow in words::elsewhere(graph, component) {
            arrows.add(component.name.as_str(), graph.component(flow.to).name.as_str(), flow.label.as_str());
        }
    }
    let ends = |c: &Component| arrows.all.iter().any(|a| a.from == c.name.as_str() || a.to == c.name.as_str());
    let shown = graph.components.iter().filter(|c| keeps(stack, c) || ends(c));
    let rooms = words::rooms(stack);
    let content: Vec<Node> = shown.map(|c| shape(c, lines(stack, c, rooms[c.id.0 as usize].as_ref()))).collect();
    let legend = [
        (Sign::Arrows, "An arrow points the way data is written."),
        (Sign::Words("PVC of "), "PVC: a claim of its own for each instance."),
        (Sign::Words("emptyDir:"), "emptyDir: gone with its pod."),
        DASHED,
    ];
    drawn("Storage", content, arrows.all, &legend, "Nothing here keeps data.")
}

/// What stores a signal, has a volume that outlives it, or keeps its state elsewhere.
fn keeps(stack: &Stack, component: &Component) -> bool {
    let workload = words::workload(stack, component);
    let claim = workload.and_then(|w| w.data.as_ref()).is_some_and(|d| d.claim.is_some());
    words::deployed(component)
        && (!component.stores.is_empty() || claim || words::elsewhere(&stack.graph, component).next().is_some())
}

fn lines(stack: &Stack, component: &Component, room: Option<&String>) -> Vec<String> {
    let graph: &Graph = &stack.graph;
    let workload = words::workload(stack, component);
    let mut out = Vec::new();
    if component.object_store {
        out.push("Keeps objects of others".to_owned());
    }
    if !component.stores.is_empty() {
        let term = words::term(graph, component).map(|t| format!(", {t}")).unwrap_or_default();
        out.push(format!("Stores {}{term}", words::list(component.stores.iter().map(|s| s.name()))));
    }
    out.extend(words::kept(component).map(|k| format!("Kept: {k}")));
    out.extend(workload.and_then(words::volume));
    out.extend(room.map(|room| format!("Estimated need: {room}")));
    let there = |f: &Flow| format!("For good: in {}", graph.component(f.to).name);
    if component.stores.is_empty() {
        return out;
    }
    out.extend(words::elsewhere(graph, component).map(there));
    out
}
