//! `nodes`: what runs on every node, and where its data goes.

use super::parts::{Arrows, BY_DATA, DASHED, Sign, drawn, shape, told_of_data};
use crate::analysis::Fate;
use crate::graph::{Component, Flow, Graph, WorkloadKind};
use crate::outputs::diagram::picture::{Node, Picture, Shape};

/// So many nodes stand for all.
const NODES: [&str; 3] = ["Node 1", "Node 2", "Node 3, and so on"];

pub(super) fn picture(graph: &Graph) -> Picture {
    let daemons: Vec<&Component> = graph.components.iter().filter(|c| is_daemon(c)).collect();
    let flows: Vec<&Flow> = graph.flows.iter().filter(|f| matters(graph, f)).collect();
    let mut content: Vec<Node> = Vec::new();
    for (at, title) in NODES.iter().enumerate() {
        content.extend(Node::group(*title, daemons.iter().map(|c| pod(c, at)).collect()));
    }
    let touches = |c: &Component| flows.iter().any(|f| f.from == c.id || f.to == c.id);
    content.extend(graph.components.iter().filter(|c| !is_daemon(c) && touches(c)).map(|c| shape(c, [])));
    let mut arrows = Arrows::default();
    for flow in flows {
        let (from, to) = (graph.component(graph.data_from(flow)), graph.component(graph.data_to(flow)));
        for at in 0..NODES.len() {
            let name = |c: &Component| if is_daemon(c) { on_node(c, at) } else { c.name.to_string() };
            arrows.add(name(from), name(to), told_of_data(flow));
        }
    }
    let stands = "Each node of the cluster runs one pod of these: three nodes stand for all.";
    let legend = [(Sign::All, stands), BY_DATA, DASHED];
    drawn("On every node", content, arrows.all, &legend, "Nothing here runs on every node.")
}

fn is_daemon(component: &Component) -> bool {
    component.workload == WorkloadKind::Daemon
}

/// A flow of data to or from a daemon.
fn matters(graph: &Graph, flow: &Flow) -> bool {
    let ends = [flow.from, flow.to].map(|id| is_daemon(graph.component(id)));
    !flow.implicit && !flow.signals.is_empty() && ends != [false, false] && flow.from != flow.to
}

fn on_node(component: &Component, node: usize) -> String {
    format!("{}@{}", component.name, node + 1)
}

fn pod(component: &Component, node: usize) -> Node {
    let lines = vec![component.name.to_string(), component.kind_title.to_string(), "one pod".to_owned()];
    Node::Box(Shape { name: on_node(component, node), lines, external: false, fate: Fate::Unaffected })
}
