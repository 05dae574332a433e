//! A Mermaid flowchart.

use super::notation::{Notation, body};
use super::picture::{Picture, Shape};
use std::fmt::Write;

pub(super) fn paint(picture: &Picture) -> String {
    let direction = if picture.sideways { "LR" } else { "TB" };
    let head = format!("---\ntitle: {}\n---\nflowchart {direction}", front_matter(&picture.title));
    format!("{head}\n{}  classDef external stroke-dasharray: 4 3\n", body(picture, &Mermaid))
}

struct Mermaid;

impl Notation for Mermaid {
    fn open(&self, number: usize, title: &str, _: &str) -> String {
        format!("subgraph g{number}[\"{}\"]", text(title))
    }

    fn close(&self) -> &str {
        "end"
    }

    fn shape(&self, number: usize, shape: &Shape) -> String {
        let mut lines = shape.lines.iter().map(|l| text(l));
        let heading = lines.next().map(|l| format!("<b>{l}</b>"));
        let label: Vec<String> = heading.into_iter().chain(lines).collect();
        let class = if shape.external { ":::external" } else { "" };
        format!("c{number}[\"{}\"]{class}", label.join("<br/>"))
    }

    fn arrow(&self, from: usize, to: usize, told: &str) -> String {
        format!("c{from} -->|\"{}\"| c{to}", text(told))
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
                // writing to a string can't fail
                let _ = write!(out, "#{};", c as u32);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
