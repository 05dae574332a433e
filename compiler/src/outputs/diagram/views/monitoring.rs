//! `self-monitoring`: who watches the stack's own components, and whom alerts reach.

use super::parts::{Arrows, BY_DATA, DASHED, Sign, drawn, shape, told_of_data};
use crate::graph::{Component, Flow, Graph, ProbeAction, Stack};
use crate::outputs::diagram::picture::{Node, Picture};
use crate::outputs::words;

pub(super) fn picture(stack: &Stack) -> Picture {
    let graph = &*stack.graph;
    let flows: Vec<&Flow> = graph.flows.iter().filter(|f| watches(graph, f)).collect();
    let mut arrows = Arrows::default();
    for flow in &flows {
        let label = if flow.signals.is_empty() { flow.label.to_string() } else { told_of_data(flow) };
        arrows.data(graph, flow, label);
    }
    let takes_part = |c: &Component| flows.iter().any(|f| f.from == c.id || f.to == c.id);
    let shown = graph.components.iter().filter(|c| takes_part(c));
    let content: Vec<Node> = shown.map(|c| shape(c, lines(stack, c))).collect();
    let itself = flows.iter().any(|f| f.from == f.to).then_some((Sign::All, "↻: it watches itself too."));
    let probes = (Sign::Words(": GET :"), "Ready and live: what Kubernetes asks each pod.");
    let legend: Vec<(Sign, &str)> = [BY_DATA].into_iter().chain(itself).chain([probes, DASHED]).collect();
    drawn("Monitoring the monitors", content, arrows.all, &legend, "Nothing here watches what this program deploys.")
}

/// What a component of the stack tells of itself, alerts, and reading what is kept of it.
fn watches(graph: &Graph, flow: &Flow) -> bool {
    let (from, to) = (graph.component(flow.from), graph.component(flow.to));
    let told = flow.own && words::deployed(graph.component(graph.data_from(flow)));
    let notified = from.emits.iter().any(|e| e.notifies && e.protocol == flow.protocol);
    // the store of the stack's own signals is read by whoever reads it
    let gathers = graph.outgoing(to.id).any(|f| f.own && words::deployed(graph.component(f.to)));
    let read = flow.backward && !flow.own && gathers && flow.signals.iter().any(|s| to.stores.contains(s));
    !flow.implicit && (told || notified || read)
}

fn lines(stack: &Stack, component: &Component) -> Vec<String> {
    let mut out = Vec::new();
    match component.alerts.len() {
        0 => {}
        1 => out.push("1 alert".to_owned()),
        count => out.push(format!("{count} alerts")),
    }
    let Some(workload) = words::workload(stack, component) else { return out };
    for (name, probe) in [("Ready", &workload.ready), ("Live", &workload.live)] {
        let Some(probe) = probe else { continue };
        let number = |port: &str| component.ports.iter().find(|p| p.name == port).map_or(0, |p| p.number);
        out.push(match &probe.action {
            ProbeAction::Http { path, port, .. } => format!("{name}: GET :{}{path}", number(port)),
            ProbeAction::Tcp { port } => format!("{name}: connects to :{}", number(port)),
            ProbeAction::Exec { command } => format!("{name}: {}", command.join(" ")),
        });
    }
    out
}
