//! What a view shows, before anything is placed: groups, boxes with lines of text, arrows.

use crate::graph::{Component, Flow, Graph, LayerId, NamespaceId, Peer, Signal, View, WorkloadKind};
use crate::value::{ComponentId, Record};

/// A picture without places.
pub(super) struct Picture {
    /// What it shows.
    pub title: String,
    /// What stands in it, outermost first.
    pub content: Vec<Node>,
    /// Arrows, one for each pair of boxes and protocol, in the order of the source.
    pub arrows: Vec<Arrow>,
    /// Left to right rather than top to bottom.
    pub sideways: bool,
}

/// A box, or boxes within a frame.
pub(super) enum Node {
    Group { title: String, content: Vec<Node> },
    Box(Shape),
}

/// A component's box.
pub(super) struct Shape {
    /// The component's name: unique, and what arrows refer to.
    pub name: String,
    /// What it says, the heading first.
    pub lines: Vec<String>,
    /// Not deployed by the program.
    pub external: bool,
}

/// An arrow from the side that opens the connection to the one that listens.
pub(super) struct Arrow {
    pub from: String,
    pub to: String,
    /// How it is spoken: the protocol's label.
    pub label: String,
    /// What it carries, where that is one or two signals that the label doesn't name.
    pub signals: String,
}

impl Arrow {
    /// Label and signals.
    pub(super) fn told(&self) -> String {
        if self.signals.is_empty() { self.label.clone() } else { format!("{} ({})", self.label, self.signals) }
    }
}

/// Which components and flows a view shows.
struct Filter<'a> {
    graph: &'a Graph,
    settings: Option<&'a Record>,
    /// Only flows that carry this.
    signal: Option<Signal>,
}

impl Filter<'_> {
    fn words(&self, setting: &str) -> Option<Vec<String>> {
        let value = &self.settings?.get(setting)?.value;
        Some(value.strings().iter().map(ToString::to_string).collect())
    }

    fn lists(&self, setting: &str, word: &str) -> Option<bool> {
        self.words(setting).map(|words| words.iter().any(|w| w == word))
    }

    fn shows_flow(&self, flow: &Flow) -> bool {
        let signal = |words: Vec<String>| flow.signals.iter().any(|s: &Signal| words.iter().any(|w| w == s.name()));
        self.lists("protocols", &flow.protocol).unwrap_or(true)
            && self.signal.is_none_or(|s| flow.signals.contains(&s))
            && self.words("signals").is_none_or(signal)
            && self.shows(self.graph.component(flow.from))
            && self.shows(self.graph.component(flow.to))
    }

    fn shows(&self, component: &Component) -> bool {
        let layer = component.layer.map(|l| self.graph.layers[l.0 as usize].name.as_str()).unwrap_or_default();
        let kind = |words: Vec<String>| component.kinds.iter().any(|k| words.iter().any(|w| w == k));
        self.lists("show", &component.name).unwrap_or(true)
            && !self.lists("hide", &component.name).unwrap_or(false)
            && self.words("kinds").is_none_or(kind)
            && self.lists("layers", layer).unwrap_or(true)
    }

    /// A view by signals or protocols shows only what takes part.
    fn takes_part(&self, component: &Component) -> bool {
        let by_flow = self.signal.is_some()
            || self.settings.is_some_and(|s| s.contains_key("signals") || s.contains_key("protocols"));
        let touches = |f: &&Flow| f.from == component.id || f.to == component.id;
        !by_flow || self.graph.flows.iter().filter(touches).any(|f| self.shows_flow(f))
    }
}

impl Picture {
    /// All of the graph, nested as it is declared.
    pub(super) fn system(graph: &Graph) -> Self {
        Self::filtered(graph, "System architecture".to_owned(), &Filter { graph, settings: None, signal: None })
    }

    /// The ways of one signal, and what takes part in them.
    pub(super) fn of_signal(graph: &Graph, signal: Signal) -> Self {
        let (first, rest) = signal.name().split_at(1);
        let title = format!("{}{rest}", first.to_uppercase());
        Self::filtered(graph, title, &Filter { graph, settings: None, signal: Some(signal) })
    }

    /// A view of the program's own.
    pub(super) fn of_view(graph: &Graph, view: &View) -> Self {
        let title = view.title.as_ref().unwrap_or(&view.name).to_string();
        let mut out = Self::filtered(graph, title, &Filter { graph, settings: Some(&view.settings), signal: None });
        let direction = view.settings.get("direction").and_then(|d| d.value.as_str());
        out.sideways = direction.is_some_and(|d| d == "right");
        out
    }

    fn filtered(graph: &Graph, title: String, filter: &Filter<'_>) -> Self {
        let shown: Vec<&Component> =
            graph.components.iter().filter(|c| filter.shows(c) && filter.takes_part(c)).collect();
        let (inside, outside): (Vec<_>, Vec<_>) = shown.into_iter().partition(|c| in_cluster(c));
        let mut content = Vec::new();
        let cluster = namespaces(graph, &inside);
        if !cluster.is_empty() {
            content.push(Node::Group { title: cluster_title(graph), content: cluster });
        }
        content.extend(outside.iter().map(|c| Node::Box(shape(graph, c))));
        Self { title, content, arrows: arrows(graph, filter), sideways: false }
    }
}

/// Whether it runs in the cluster, deployed by this program or not.
fn in_cluster(component: &Component) -> bool {
    component.workload != WorkloadKind::External
        || component.namespace.is_some()
        || matches!(component.peer, Some(Peer::Pods { .. }))
}

/// `Kubernetes cluster: production`; a program without a cluster item gives it no name.
fn cluster_title(graph: &Graph) -> String {
    let cluster = &graph.cluster;
    match cluster.name.as_str() {
        "default" => cluster.title.to_string(),
        name => format!("{}: {name}", cluster.title),
    }
}

fn namespaces(graph: &Graph, shown: &[&Component]) -> Vec<Node> {
    let mut out = Vec::new();
    for (at, namespace) in graph.namespaces.iter().enumerate() {
        let id = Some(NamespaceId(at as u32));
        let here: Vec<&Component> = shown.iter().copied().filter(|c| c.namespace == id).collect();
        if !here.is_empty() {
            out.push(Node::Group { title: namespace.title.to_string(), content: layers(graph, &here) });
        }
    }
    let homeless: Vec<&Component> = shown.iter().copied().filter(|c| c.namespace.is_none()).collect();
    out.extend(layers(graph, &homeless));
    out
}

fn layers(graph: &Graph, shown: &[&Component]) -> Vec<Node> {
    let mut out = Vec::new();
    for (at, layer) in graph.layers.iter().enumerate() {
        let id = Some(LayerId(at as u32));
        let here: Vec<Node> = shown.iter().filter(|c| c.layer == id).map(|c| Node::Box(shape(graph, c))).collect();
        if !here.is_empty() {
            out.push(Node::Group { title: layer.title.to_string(), content: here });
        }
    }
    out.extend(shown.iter().filter(|c| c.layer.is_none()).map(|c| Node::Box(shape(graph, c))));
    out
}

fn shape(graph: &Graph, component: &Component) -> Shape {
    let mut lines = vec![component.name.to_string()];
    let remark = component.title.as_ref().map(|t| format!(" ({t})")).unwrap_or_default();
    lines.push(format!("{}{remark}", component.kind_title));
    lines.extend(instances(component));
    let port =
        |p: &crate::graph::Port| format!("{}: {}", if p.purpose.is_empty() { &p.name } else { &p.purpose }, p.number);
    lines.extend(component.ports.iter().map(port));
    lines.extend(component.notes.iter().map(|n| format!("• {n}")));
    lines.extend(routes(graph, component));
    Shape { name: component.name.to_string(), lines, external: component.workload == WorkloadKind::External }
}

/// How many there are, in words.
fn instances(component: &Component) -> Option<String> {
    let range = component.replicas.autoscale.as_ref().map(|a| format!(" ({}–{})", a.min, a.max)).unwrap_or_default();
    match (component.workload, component.replicas.count) {
        (WorkloadKind::External, _) => None,
        (WorkloadKind::Daemon, _) => Some("DaemonSet: on every node".to_owned()),
        (_, 1) if range.is_empty() => None,
        (_, count) => Some(format!("{count} replicas{range}")),
    }
}

/// The public hosts that an ingress controller leads to.
fn routes(graph: &Graph, component: &Component) -> Vec<String> {
    let route = |flow: &Flow| {
        let host = flow.options.get("host")?.value.as_str()?.clone();
        let port = flow.ports.first().map(|p| format!(":{}", p.number)).unwrap_or_default();
        Some(format!("{host} → {}{port}", graph.component(flow.to).name))
    };
    if component.ingress.is_none() {
        return Vec::new();
    }
    graph.outgoing(component.id).filter_map(route).collect()
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
