//! What starts before what.

use crate::graph::Graph;
use crate::value::ComponentId;

/// Pairs of a component and one that starts before it: what it pushes to, unless that would make a circle, which
/// Compose refuses.
pub(super) fn order(graph: &Graph) -> Vec<(ComponentId, ComponentId)> {
    let mut out: Vec<(ComponentId, ComponentId)> = Vec::new();
    let runs = |id| graph.has_named_instances(graph.component(id));
    for flow in graph.flows.iter().filter(|f| !f.backward && runs(f.from) && runs(f.to)) {
        let pair = (flow.from, flow.to);
        if !out.contains(&pair) && !leads(&out, flow.to, flow.from) {
            out.push(pair);
        }
    }
    out
}

/// Whether pairs lead from one component to another, or to itself.
fn leads(pairs: &[(ComponentId, ComponentId)], from: ComponentId, to: ComponentId) -> bool {
    let (mut next, mut seen) = (vec![from], Vec::new());
    while let Some(at) = next.pop() {
        if at == to {
            return true;
        }
        if !seen.contains(&at) {
            seen.push(at);
            next.extend(pairs.iter().filter(|(f, _)| *f == at).map(|(_, t)| *t));
        }
    }
    false
}
