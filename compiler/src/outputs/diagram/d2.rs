//! D2: groups as containers.

use super::notation::{Notation, Seat, body};
use super::picture::{Picture, Shape};

pub(super) fn paint(picture: &Picture) -> String {
    let direction = if picture.sideways { "right" } else { "down" };
    let style = "near: top-center; shape: text; style.font-size: 24; style.bold: true";
    let head = format!("direction: {direction}\ntitle: \"{}\" {{ {style} }}", text(&picture.title));
    let legend: Vec<String> = picture.legend.iter().map(|l| text(l)).collect();
    let style = "near: bottom-center; shape: text; style.font-size: 16";
    let legend =
        if legend.is_empty() { String::new() } else { format!("legend: \"{}\" {{ {style} }}\n", legend.join("\\n")) };
    format!("{head}\n{legend}{}", body(picture, "", &D2))
}

struct D2;

impl Notation for D2 {
    fn open(&self, number: usize, title: &str, _: &str) -> String {
        format!("g{number}: \"{}\" {{", text(title))
    }

    fn close(&self) -> &str {
        "}"
    }

    fn shape(&self, number: usize, shape: &Shape) -> String {
        let label: Vec<String> = shape.lines.iter().map(|l| text(l)).collect();
        let style = if shape.external { " { style.stroke-dash: 4 }" } else { "" };
        format!("c{number}: \"{}\"{style}", label.join("\\n"))
    }

    fn arrow(&self, from: &Seat, to: &Seat, told: &str) -> String {
        format!("{} -> {}: \"{}\"", path(from), path(to), text(told))
    }
}

/// A box by the containers that it is in, from the outermost on.
fn path(seat: &Seat) -> String {
    let groups: String = seat.groups.iter().map(|g| format!("g{g}.")).collect();
    format!("{groups}c{}", seat.number)
}

/// Text within double quotes: a backslash takes the meaning from a quote, a backslash and the `$` of a variable.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
