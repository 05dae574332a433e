//! A Mermaid flowchart.

use super::picture::{Node, Picture, Shape};
use std::fmt::Write;

// writing to a string can't fail: results of `writeln!` are dropped throughout

/// Ids by number: no name of the user's can be a keyword of Mermaid's.
struct Painter {
    out: String,
    ids: Vec<String>,
    groups: usize,
}

pub(super) fn paint(picture: &Picture) -> String {
    let mut painter = Painter { out: String::new(), ids: Vec::new(), groups: 0 };
    let direction = if picture.sideways { "LR" } else { "TB" };
    let _ = writeln!(painter.out, "---\ntitle: {}\n---\nflowchart {direction}", front_matter(&picture.title));
    painter.nodes(&picture.content, 1);
    for arrow in &picture.arrows {
        if let (Some(from), Some(to)) = (painter.id(&arrow.from), painter.id(&arrow.to)) {
            let _ = writeln!(painter.out, "  c{from} -->|\"{}\"| c{to}", text(&arrow.told()));
        }
    }
    painter.out.push_str("  classDef external stroke-dasharray: 4 3\n");
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
                    let _ = writeln!(self.out, "{indent}subgraph g{}[\"{}\"]", self.groups, text(title));
                    self.groups += 1;
                    self.nodes(content, depth + 1);
                    let _ = writeln!(self.out, "{indent}end");
                }
                Node::Box(shape) => self.shape(shape, &indent),
            }
        }
    }

    fn shape(&mut self, shape: &Shape, indent: &str) {
        let number = self.ids.len();
        self.ids.push(shape.name.clone());
        let mut lines = shape.lines.iter().map(|l| text(l));
        let heading = lines.next().map(|l| format!("<b>{l}</b>"));
        let label: Vec<String> = heading.into_iter().chain(lines).collect();
        let class = if shape.external { ":::external" } else { "" };
        let _ = writeln!(self.out, "{indent}c{number}[\"{}\"]{class}", label.join("<br/>"));
    }
}

/// A title in YAML's front matter: JSON's strings are YAML's.
fn front_matter(title: &str) -> String {
    serde_json::Value::from(title).to_string()
}

/// Text within quotes, as Mermaid's entity codes have it: `#quot;` is a quote, `#35;` the sign itself. What
/// Mermaid would read as HTML or Markdown is written as codes too.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '#' | '<' | '>' | '&' | '`' | '*' | '_' | '~' | '[' | ']' | '{' | '}' | '|' | '\\' => {
                let _ = write!(out, "#{};", c as u32);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
