//! `system`, and the views of the program's own: components nested as they are declared, and who connects to whom.

use super::filter::Filter;
use super::parts::{BY_CONNECTION, DASHED, drawn, shape};
use crate::graph::{Component, Graph, LayerId, NamespaceId, View};
use crate::outputs::diagram::picture::{Arrow, Node, Picture};
use crate::outputs::words;
use crate::value::{ComponentId, Record};

/// How components are grouped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grouping {
    Layers,
    Namespaces,
    None,
}

/// All of the graph, nested as it is declared.
pub(super) fn whole(graph: &Graph) -> Picture {
    let filter = Filter::new(graph, &Record::default());
    filtered(graph, "System architecture".to_owned(), &filter, Grouping::Layers)
}

/// A view of the program's own.
pub(super) fn own(graph: &Graph, view: &View) -> Picture {
    let title = view.title.as_ref().unwrap_or(&view.name).to_string();
    let word = |setting: &str| view.settings.get(setting).and_then(|s| s.value.as_str());
    let grouping = match word("group").map(|g| g.as_str()) {
        Some("none") => Grouping::None,
        Some("namespace") => Grouping::Namespaces,
        _ => Grouping::Layers,
    };
    let sideways = word("direction").is_some_and(|d| d == "right");
    Picture { sideways, ..filtered(graph, title, &Filter::new(graph, &view.settings), grouping) }
}

fn filtered(graph: &Graph, title: String, filter: &Filter<'_>, grouping: Grouping) -> Picture {
    let shown: Vec<&Component> = graph.components.iter().filter(|c| filter.shows(c) && filter.takes_part(c)).collect();
    let content = match grouping {
        Grouping::None => shown.iter().map(|c| whole_shape(graph, c)).collect(),
        _ => {
            let (inside, outside): (Vec<_>, Vec<_>) = shown.into_iter().partition(|c| words::in_cluster(c));
            let cluster = Node::group(cluster_title(graph), namespaces(graph, &inside, grouping));
            cluster.into_iter().chain(outside.iter().map(|c| whole_shape(graph, c))).collect()
        }
    };
    drawn(title, content, arrows(graph, filter), &[BY_CONNECTION, DASHED], "Nothing of the program is shown here.")
}

/// `Kubernetes cluster: production`; a program without a cluster item gives it no name.
pub(super) fn cluster_title(graph: &Graph) -> String {
    let cluster = &graph.cluster;
    if cluster.name == "default" { cluster.title.to_string() } else { format!("{}: {}", cluster.title, cluster.name) }
}

fn namespaces(graph: &Graph, shown: &[&Component], grouping: Grouping) -> Vec<Node> {
    let mut out = Vec::new();
    for (at, namespace) in graph.namespaces.iter().enumerate() {
        let id = Some(NamespaceId(at as u32));
        let here: Vec<&Component> = shown.iter().copied().filter(|c| c.namespace == id).collect();
        out.extend(Node::group(namespace.title.as_str(), layers(graph, &here, grouping)));
    }
    let homeless: Vec<&Component> = shown.iter().copied().filter(|c| c.namespace.is_none()).collect();
    out.extend(layers(graph, &homeless, grouping));
    out
}

fn layers(graph: &Graph, shown: &[&Component], grouping: Grouping) -> Vec<Node> {
    let layered = |c: &Component| grouping == Grouping::Layers && c.layer.is_some();
    let mut out = Vec::new();
    for (at, layer) in graph.layers.iter().enumerate() {
        let id = Some(LayerId(at as u32));
        let here = shown.iter().filter(|c| layered(c) && c.layer == id).map(|c| whole_shape(graph, c)).collect();
        out.extend(Node::group(layer.title.as_str(), here));
    }
    out.extend(shown.iter().filter(|c| !layered(c)).map(|c| whole_shape(graph, c)));
    out
}

/// All that a box can say.
fn whole_shape(graph: &Graph, component: &Component) -> Node {
    let notes = component.notes.iter().map(|n| format!("• {n}"));
    let lines = words::instances(component)
        .into_iter()
        .chain(words::ports(component, |_| true))
        .chain(notes)
        .chain(words::routes(graph, component));
    shape(component, lines)
}

fn arrows(graph: &Graph, filter: &Filter<'_>) -> Vec<Arrow> {
    let mut seen: Vec<(ComponentId, ComponentId, &str)> = Vec::new();
    let mut out = Vec::new();
    for flow in graph.flows.iter().filter(|f| !f.implicit && filter.shows_flow(f)) {
        let key = (flow.from, flow.to, flow.protocol.as_str());
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let signals: Vec<&str> = flow.signals.iter().map(|s| s.name()).collect();
        let told = matches!(signals.len(), 1..3) && !flow.label.contains(signals[0]);
        let signals = if told { signals.join(", ") } else { String::new() };
        let name = |id| graph.component(id).name.to_string();
        out.push(Arrow { from: name(flow.from), to: name(flow.to), label: flow.label.to_string(), signals });
    }
    out
}
