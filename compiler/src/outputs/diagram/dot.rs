//! Graphviz's DOT: groups as clusters.

use super::notation::{Notation, Seat, body};
use super::picture::{Picture, Shape};

pub(super) fn paint(picture: &Picture) -> String {
    let direction = if picture.sideways { "LR" } else { "TB" };
    // the legend stands below the title: a graph has one label
    let lines: Vec<String> = std::iter::once(&picture.title).chain(&picture.legend).map(|l| text(l)).collect();
    let title = lines.join("\\n");
    let node = "node [shape=box, style=rounded, fontname=\"sans-serif\"];";
    let head = format!(
        "label=\"{title}\"; labelloc=t; fontname=\"sans-serif\"; rankdir={direction};\n  {node}\n  edge [fontname=\"sans-serif\"];"
    );
    format!("digraph {{\n  {head}\n{}}}\n", body(picture, "  ", &Dot))
}

struct Dot;

impl Notation for Dot {
    fn open(&self, number: usize, title: &str, indent: &str) -> String {
        format!("subgraph cluster_{number} {{\n{indent}  label=\"{}\";", text(title))
    }

    fn close(&self) -> &str {
        "}"
    }

    fn shape(&self, number: usize, shape: &Shape) -> String {
        // `\l` ends a line that stands at the left
        let label: String = shape.lines.iter().map(|l| format!("{}\\l", text(l))).collect();
        let style = if shape.external { ", style=\"rounded,dashed\"" } else { "" };
        format!("c{number} [label=\"{label}\"{style}];")
    }

    fn arrow(&self, from: &Seat, to: &Seat, told: &str) -> String {
        format!("c{} -> c{} [label=\"{}\"];", from.number, to.number, text(told))
    }
}

/// Text within quotes: labels read backslashes and HTML's entities.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
