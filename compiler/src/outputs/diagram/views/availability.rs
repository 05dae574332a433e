//! `availability`: how many of each there are, what a second one means, and who is balanced over them.

use super::parts::{Arrows, BY_CONNECTION, DASHED, Sign, drawn, shape};
use crate::analysis::Fate;
use crate::graph::{Component, Flow, Graph, Stack, WorkloadKind};
use crate::outputs::diagram::picture::{Node, Picture, Shape};
use crate::outputs::words;

/// More boxes than this say no more.
const SHOWN: u32 = 5;

pub(super) fn picture(stack: &Stack) -> Picture {
    let graph = &*stack.graph;
    let takes_part = |c: &&Component| counted(c) || c.ingress.is_some();
    let content: Vec<Node> = if graph.components.iter().any(counted) {
        let (ways_in, counted): (Vec<_>, Vec<_>) =
            graph.components.iter().filter(takes_part).partition(|c| c.ingress.is_some());
        ways_in.into_iter().chain(counted).map(|c| node(stack, c)).collect()
    } else {
        Vec::new()
    };
    let mut arrows = Arrows::default();
    for flow in graph.flows.iter().filter(|f| matters(graph, f)) {
        let (from, to) = (graph.component(flow.from), graph.component(flow.to));
        for from in boxes(from) {
            for to in boxes(to) {
                arrows.add(from.clone(), to, flow.label.as_str());
            }
        }
    }
    let active = "Active-active: each does the same work, and data is told apart or merged behind them.";
    let balanced = "Load balanced: each takes a share.";
    let legend =
        [BY_CONNECTION, (Sign::Words(", active-active"), active), (Sign::Words(", load balanced"), balanced), DASHED];
    drawn(
        "High availability",
        content,
        arrows.all,
        &legend,
        "This program deploys nothing that there could be several of.",
    )
}

/// Components whose number means something.
fn counted(component: &Component) -> bool {
    matches!(component.workload, WorkloadKind::Deployment | WorkloadKind::Stateful)
}

fn several(component: &Component) -> bool {
    counted(component) && component.replicas.count > 1
}

/// What goes to or from several instances, but for what each tells of itself; and what comes from outside.
fn matters(graph: &Graph, flow: &Flow) -> bool {
    let (from, to) = (graph.component(flow.from), graph.component(flow.to));
    let shown = |c: &Component| counted(c) || c.ingress.is_some();
    !flow.implicit
        && !flow.own
        && flow.from != flow.to
        && shown(from)
        && shown(to)
        && (several(from) || several(to) || from.ingress.is_some())
}

/// Names of the boxes that stand for a component.
fn boxes(component: &Component) -> Vec<String> {
    if several(component) {
        (0..component.replicas.count.min(SHOWN)).map(|i| format!("{}-{i}", component.name)).collect()
    } else {
        vec![component.name.to_string()]
    }
}

fn node(stack: &Stack, component: &Component) -> Node {
    if component.ingress.is_some() {
        return shape(component, ["Balances over the instances behind it".to_owned()]);
    }
    let (how, each) = words::sharing(component.state);
    let range =
        component.replicas.autoscale.as_ref().map(|a| format!(" ({} to {})", a.least, a.max)).unwrap_or_default();
    let count = component.replicas.count;
    if !several(component) {
        let alone = if count == 0 { "switched off in this profile" } else { "1 instance: away while it restarts" };
        return shape(component, [format!("{alone}{range}")]);
    }
    let volume = words::workload(stack, component).and_then(words::volume);
    let instance = |(i, name): (usize, String)| {
        let more = if i + 1 == SHOWN as usize && count > SHOWN { format!(" … {}", count) } else { String::new() };
        let heading = match component.workload {
            WorkloadKind::Stateful => format!("{}-{i}{more}", component.name),
            _ => format!("{} {}{more}", component.name, i + 1),
        };
        let lines = [heading, each.to_owned()].into_iter().chain(volume.clone()).collect();
        Node::Box(Shape { name, lines, external: false, fate: Fate::Unaffected })
    };
    let title = format!("{}: {count} replicas{range}, {how}", component.name);
    Node::Group { title, content: boxes(component).into_iter().enumerate().map(instance).collect() }
}
