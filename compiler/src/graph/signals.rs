//! Where signals go: along flows, changed by components, into stores.

use super::model::{Component, Flow, Graph, Signal};
use crate::value::ComponentId;
use rustc_hash::FxHashSet;

impl Graph {
    /// The component that data leaves on this flow.
    pub fn data_from(&self, flow: &Flow) -> ComponentId {
        if flow.backward { flow.to } else { flow.from }
    }

    /// The component that data reaches on this flow.
    pub fn data_to(&self, flow: &Flow) -> ComponentId {
        if flow.backward { flow.from } else { flow.to }
    }

    /// Whether a flow leads to a place that keeps a component's own data (an object store): data without a
    /// signal, sent forward to something external.
    pub fn keeps_data(&self, flow: &Flow) -> bool {
        let to = self.component(flow.to);
        flow.signals.is_empty() && !flow.backward && to.object_store
    }

    /// The signals that leave a component when `signal` reaches it.
    pub fn passes_on(&self, component: &Component, signal: Signal) -> Vec<Signal> {
        let mut out = vec![signal];
        for turn in &component.turns {
            if turn.from.contains(&signal) {
                let new: Vec<Signal> = turn.into.iter().copied().filter(|s| !out.contains(s)).collect();
                out.extend(new);
            }
        }
        out
    }
}

/// Whether every way of `signal` from `start` ends in a component that stores it, and there is one.
pub fn ends_in_store(graph: &Graph, start: ComponentId, signal: Signal) -> bool {
    let mut seen = FxHashSet::default();
    let mut next = vec![(start, signal)];
    let mut found = false;
    while let Some((at, signal)) = next.pop() {
        for flow in graph.leaving(at).filter(|f| f.signals.contains(&signal)) {
            let to = graph.data_to(flow);
            let target = graph.component(to);
            if target.stores.contains(&signal) {
                found = true;
                continue;
            }
            for passed in graph.passes_on(target, signal) {
                if seen.insert((to, passed)) {
                    next.push((to, passed));
                }
            }
        }
    }
    found
}
