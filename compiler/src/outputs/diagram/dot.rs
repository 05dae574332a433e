//! Graphviz's DOT: groups as clusters.

use super::picture::{Node, Picture};
use std::fmt::Write;

// writing to a string can't fail: results of `writeln!` are dropped throughout

/// Ids by number: no name of the user's can be a keyword of DOT's.
struct Painter {
    out: String,
    ids: Vec<String>,
    groups: usize,
}

pub(super) fn paint(picture: &Picture) -> String {
    let mut painter = Painter { out: String::new(), ids: Vec::new(), groups: 0 };
    let direction = if picture.sideways { "LR" } else { "TB" };
    let _ = writeln!(painter.out, "digraph {{\n  label=\"{}\"; labelloc=t; rankdir={direction};", text(&picture.title));
    painter.out.push_str("  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n");
    painter.out.push_str("  edge [fontname=\"sans-serif\"];\n");
    painter.nodes(&picture.content, 1);
    for arrow in &picture.arrows {
        if let (Some(from), Some(to)) = (painter.id(&arrow.from), painter.id(&arrow.to)) {
            let _ = writeln!(painter.out, "  c{from} -> c{to} [label=\"{}\"];", text(&arrow.told()));
        }
    }
    painter.out.push_str("}\n");
    painter.out
}

impl Painter {
    fn id(&self, name: &str) -> Option<usize> {
        self.ids.iter().position(|id| id == name)
    }

    fn nodes(&mut self, nodes: &[Node], depth: usize) {
        let indent = "  ".repeat(depth);
        for node in nodes {
            match node {
                Node::Group { title, content } => {
                    let number = self.groups;
                    self.groups += 1;
                    let _ = writeln!(
                        self.out,
                        "{indent}subgraph cluster_{number} {{\n{indent}  label=\"{}\";",
                        text(title)
                    );
                    self.nodes(content, depth + 1);
                    let _ = writeln!(self.out, "{indent}}}");
                }
                Node::Box(shape) => {
                    let number = self.ids.len();
                    self.ids.push(shape.name.clone());
                    // `\l` ends a line that stands at the left
                    let label: String = shape.lines.iter().map(|l| format!("{}\\l", text(l))).collect();
                    let style = if shape.external { ", style=\"rounded,dashed\"" } else { "" };
                    let _ = writeln!(self.out, "{indent}c{number} [label=\"{label}\"{style}];");
                }
            }
        }
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
