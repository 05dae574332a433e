//! A Mermaid flowchart.

use super::notation::{Notation, Seat, body};
use super::picture::{Picture, Shape};
use crate::analysis::Fate;
use std::fmt::Write;

pub(super) fn paint(picture: &Picture) -> String {
    let direction = if picture.sideways { "LR" } else { "TB" };
    let head = format!("---\ntitle: {}\n{CONFIG}---\nflowchart {direction}", front_matter(&picture.title));
    let described = described(&picture.legend);
    let body = body(picture, "  ", &Mermaid);
    let mut marks = legend(&picture.legend);
    for (class, colour) in [("lost", "#b3261e"), ("degraded", "#8a5a00")] {
        if body.contains(&format!(":::{class}\n")) {
            marks.push_str(&format!("  classDef {class} stroke:{colour},stroke-width:3px\n"));
        }
    }
    format!("{head}\n{described}{body}  classDef external stroke-dasharray: 4 3\n{marks}")
}

/// Boxes and labels wrap where they are wider than this, rather than at 200 pixels. Titles of frames would wrap there
/// all the same, into what is below them: their blanks and hyphens don't break.
const CONFIG: &str =
    "config:\n  flowchart:\n    wrappingWidth: 600\n    subGraphTitleMargin:\n      top: 4\n      bottom: 8\n";

struct Mermaid;

impl Notation for Mermaid {
    fn open(&self, number: usize, title: &str, _: &str) -> String {
        format!("subgraph g{number}[\"{}\"]", text(title).replace(' ', "\u{a0}").replace('-', "-\u{2060}"))
    }

    fn close(&self) -> &str {
        "end"
    }

    fn shape(&self, number: usize, shape: &Shape) -> String {
        let mut lines = shape.lines.iter().map(|l| text(l));
        let heading = lines.next().map(|l| format!("<b>{l}</b>"));
        let label: Vec<String> = heading.into_iter().chain(lines).collect();
        let class = match (shape.fate, shape.external) {
            (Fate::Lost, _) => ":::lost",
            (Fate::Degraded, _) => ":::degraded",
            (Fate::Unaffected, true) => ":::external",
            (Fate::Unaffected, false) => "",
        };
        format!("c{number}[\"{}\"]{class}", label.join("<br/>"))
    }

    fn arrow(&self, from: &Seat, to: &Seat, told: &str) -> String {
        format!("c{} -->|\"{}\"| c{}", from.number, text(told), to.number)
    }
}

/// The legend as the description for those who don't see the picture; it ends at the line.
fn described(legend: &[String]) -> String {
    if legend.is_empty() { String::new() } else { format!("  accDescr: {}\n", legend.join(" ")) }
}

/// The legend as a box that nothing leads to: hosts show no description.
fn legend(lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = lines.iter().map(|l| text(l)).collect();
    let style = "fill:none,stroke:none,text-align:left";
    format!("  legend[\"{}\"]:::legend\n  classDef legend {style}\n", lines.join("<br/>"))
}

/// A title in YAML's front matter: JSON's strings are YAML's.
fn front_matter(title: &str) -> String {
    serde_json::Value::from(title).to_string()
}

/// Text within quotes, as Mermaid's entity codes have it: `#quot;` is a quote, `#35;` the sign itself. What
/// Mermaid would read as HTML or Markdown is written as codes too. A backslash takes what follows it along, code or not
/// (a line break before an `n`, an escape before a sign or the end): a word joiner, which has no width, keeps them apart.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '\\' => out.push_str("#92;#8288;"),
            '#' | '<' | '>' | '&' | '`' | '*' | '_' | '~' | '[' | ']' | '{' | '}' | '|' => {
                // writing to a string can't fail
                let _ = write!(out, "#{};", c as u32);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
