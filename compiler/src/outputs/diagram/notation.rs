//! Languages that draw graphs themselves: nested groups, boxes and arrows as lines of text.

use super::picture::{Node, Picture, Shape};
use std::collections::BTreeMap;

/// How a language writes the parts of a picture. What is within a group is indented by two spaces more.
pub(super) trait Notation {
    /// The beginning of a group.
    fn open(&self, number: usize, title: &str, indent: &str) -> String;
    /// The end of a group.
    fn close(&self) -> &str;
    /// A box.
    fn shape(&self, number: usize, shape: &Shape) -> String;
    /// An arrow between two boxes.
    fn arrow(&self, from: &Seat, to: &Seat, told: &str) -> String;
}

/// A box's number, and the numbers of the groups that it is in, the outermost first.
pub(super) struct Seat {
    pub number: usize,
    pub groups: Vec<usize>,
}

/// Writes boxes and arrows, a line each, indented by this at least. Ids are numbers: no name of the user's can be a
/// keyword of the language's.
pub(super) fn body(picture: &Picture, indent: &str, notation: &impl Notation) -> String {
    let mut writer = Writer { notation, out: String::new(), seats: BTreeMap::new(), boxes: 0, groups: 0 };
    writer.nodes(&picture.content, indent, &[]);
    for arrow in &picture.arrows {
        if let (Some(from), Some(to)) = (writer.seats.get(arrow.from.as_str()), writer.seats.get(arrow.to.as_str())) {
            let line = notation.arrow(from, to, &arrow.told());
            writer.line(indent, &line);
        }
    }
    writer.out
}

struct Writer<'a, N> {
    notation: &'a N,
    out: String,
    /// The boxes so far, by name.
    seats: BTreeMap<&'a str, Seat>,
    boxes: usize,
    groups: usize,
}

impl<'a, N: Notation> Writer<'a, N> {
    fn line(&mut self, indent: &str, text: &str) {
        self.out.extend([indent, text, "\n"]);
    }

    fn nodes(&mut self, nodes: &'a [Node], indent: &str, groups: &[usize]) {
        for node in nodes {
            match node {
                Node::Group { title, content } => {
                    self.line(indent, &self.notation.open(self.groups, title, indent));
                    let inner: Vec<usize> = groups.iter().copied().chain([self.groups]).collect();
                    self.groups += 1;
                    self.nodes(content, &format!("{indent}  "), &inner);
                    self.line(indent, self.notation.close());
                }
                Node::Box(shape) => {
                    self.line(indent, &self.notation.shape(self.boxes, shape));
                    self.seats.insert(&shape.name, Seat { number: self.boxes, groups: groups.to_vec() });
                    self.boxes += 1;
                }
            }
        }
    }
}
