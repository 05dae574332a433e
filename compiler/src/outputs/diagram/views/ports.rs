//! `ports`: which port each component listens on, and who connects to it.

use super::parts::{Arrows, BY_CONNECTION, DASHED, Sign, drawn, shape};
use crate::graph::{Component, Graph};
use crate::outputs::diagram::picture::Picture;
use crate::outputs::words;

pub(super) fn picture(graph: &Graph) -> Picture {
    let listens = |c: &Component| !c.ports.is_empty();
    let calls = |c: &Component| graph.outgoing(c.id).any(|f| !f.implicit && !f.ports.is_empty() && f.from != f.to);
    let line = |c: &Component| -> Vec<String> {
        let purpose = |p: &crate::graph::Port| {
            if p.purpose.is_empty() { String::new() } else { format!(" · {}", p.purpose) }
        };
        c.ports.iter().map(|p| format!("{} · {}{}", p.number, p.protocol, purpose(p))).collect()
    };
    let shown = graph.components.iter().filter(|c| listens(c) || calls(c));
    let mut arrows = Arrows::default();
    for flow in graph.flows.iter().filter(|f| !f.implicit && !f.ports.is_empty() && f.from != f.to) {
        arrows.connection(graph, flow, words::list(flow.ports.iter().map(|p| p.number.to_string())));
    }
    let content = shown.map(|c| shape(c, line(c))).collect();
    let number = (Sign::Arrows, "The number at an arrow is the port that it leads to.");
    drawn("Ports", content, arrows.all, &[BY_CONNECTION, number, DASHED], "Nothing here listens on a port.")
}
