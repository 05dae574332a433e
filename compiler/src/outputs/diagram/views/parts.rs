//! What several views are made of.

use crate::analysis::Fate;
use crate::graph::{Component, Flow, Graph};
use crate::outputs::diagram::picture::{Arrow, Node, Picture, Shape};
use crate::outputs::words;

/// Which way arrows point, where it is the way of the connection.
pub(super) const BY_CONNECTION: (Sign, &str) =
    (Sign::Arrows, "An arrow points from the side that opens the connection to the side that listens.");
/// Which way arrows point, where it is the way of the data.
pub(super) const BY_DATA: (Sign, &str) = (
    Sign::Arrows,
    "An arrow points the way the data goes. Push: its beginning opens the connection. Pull: its end does.",
);
/// What a dashed box is.
pub(super) const DASHED: (Sign, &str) = (Sign::Dashed, "Dashed box: not deployed by this program.");

/// What a line of a legend explains: it stands below the pictures that have it.
#[derive(Clone, Copy)]
pub(super) enum Sign {
    /// Any picture.
    All,
    /// Lines between boxes.
    Arrows,
    /// A box that isn't deployed.
    Dashed,
    /// These words, in a box or a title.
    Words(&'static str),
}

/// A picture with as much of a legend as it needs; with nothing in it, what `nothing` says.
pub(super) fn drawn(
    title: impl Into<String>,
    content: Vec<Node>,
    arrows: Vec<Arrow>,
    legend: &[(Sign, &str)],
    nothing: impl Into<String>,
) -> Picture {
    let has = |sign: Sign| match sign {
        Sign::All => true,
        Sign::Arrows => arrows.iter().any(|a| a.from != a.to),
        Sign::Dashed => any(&content, &|node| matches!(node, Node::Box(shape) if shape.external)),
        Sign::Words(words) => any(&content, &|node| match node {
            Node::Group { title, .. } => title.contains(words),
            Node::Box(shape) => shape.lines.iter().any(|l| l.contains(words)),
        }),
    };
    let legend = if content.is_empty() {
        vec![nothing.into()]
    } else {
        legend.iter().filter(|(sign, _)| has(*sign)).map(|(_, line)| (*line).to_owned()).collect()
    };
    Picture { title: title.into(), legend, content, arrows, sideways: false }
}

/// Whether something holds of a node at any depth.
fn any(nodes: &[Node], holds: &dyn Fn(&Node) -> bool) -> bool {
    nodes.iter().any(|node| holds(node) || matches!(node, Node::Group { content, .. } if any(content, holds)))
}

/// A component's box: its name, its kind, and these lines.
pub(super) fn shape(component: &Component, lines: impl IntoIterator<Item = String>) -> Node {
    let lines = [component.name.to_string(), words::kind(component)].into_iter().chain(lines).collect();
    Node::Box(Shape {
        name: component.name.to_string(),
        lines,
        external: !words::deployed(component),
        fate: Fate::Unaffected,
    })
}

/// Arrows without repetitions, in the order in which they come.
#[derive(Default)]
pub(super) struct Arrows {
    pub all: Vec<Arrow>,
}

impl Arrows {
    pub(super) fn add(&mut self, from: impl Into<String>, to: impl Into<String>, label: impl Into<String>) {
        let arrow = Arrow { from: from.into(), to: to.into(), label: label.into(), signals: String::new() };
        let same = |a: &Arrow| a.from == arrow.from && a.to == arrow.to && a.label == arrow.label;
        if !self.all.iter().any(same) {
            self.all.push(arrow);
        }
    }

    /// From the side that opens the connection to the side that listens.
    pub(super) fn connection(&mut self, graph: &Graph, flow: &Flow, label: impl Into<String>) {
        self.add(graph.component(flow.from).name.as_str(), graph.component(flow.to).name.as_str(), label);
    }

    /// The way the data goes.
    pub(super) fn data(&mut self, graph: &Graph, flow: &Flow, label: impl Into<String>) {
        let name = |id| graph.component(id).name.as_str();
        self.add(name(graph.data_from(flow)), name(graph.data_to(flow)), label);
    }
}

/// `query (logql)`: the label with what the protocol tells.
pub(super) fn told(flow: &Flow) -> String {
    match &flow.remark {
        Some(remark) => format!("{} ({remark})", flow.label),
        None => flow.label.to_string(),
    }
}

/// `query (logql, pull)`: and which end of a flow of data opens the connection; the ports where there is a choice.
pub(super) fn told_of_data(flow: &Flow) -> String {
    let numbers = |ports: &[u16]| words::list(ports.iter().map(u16::to_string));
    let ports = match words::transports(flow).as_slice() {
        [(_, ports)] if ports.len() > 1 => format!(" to {}", numbers(ports)),
        [_] => String::new(),
        several => {
            let each = several.iter().map(|(word, ports)| format!("{word} {}", numbers(ports)));
            format!(" to {}", words::list(each))
        }
    };
    let way = format!("{}{ports}", if flow.backward { "pull" } else { "push" });
    let parts: Vec<&str> = flow.remark.iter().map(|r| r.as_str()).chain([way.as_str()]).collect();
    format!("{} ({})", flow.label, parts.join(", "))
}
