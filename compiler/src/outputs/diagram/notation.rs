//! Languages that draw graphs themselves: nested groups, boxes and arrows as lines of text.

use super::picture::{Node, Picture, Shape};

/// How a language writes the parts of a picture. What is within a group is indented by two spaces more.
pub(super) trait Notation {
    /// The beginning of a group.
    fn open(&self, number: usize, title: &str, indent: &str) -> String;
    /// The end of a group.
    fn close(&self) -> &str;
    /// A box.
    fn shape(&self, number: usize, shape: &Shape) -> String;
    /// An arrow between two boxes.
    fn arrow(&self, from: usize, to: usize, told: &str) -> String;
}

/// Writes boxes and arrows, a line each. Ids are numbers: no name of the user's can be a keyword of the language's.
pub(super) fn body(picture: &Picture, notation: &impl Notation) -> String {
    let mut writer = Writer { notation, out: String::new(), names: Vec::new(), groups: 0 };
    writer.nodes(&picture.content, "  ");
    for arrow in &picture.arrows {
        let number = |name: &str| writer.names.iter().position(|n| *n == name);
        if let (Some(from), Some(to)) = (number(&arrow.from), number(&arrow.to)) {
            writer.line("  ", &notation.arrow(from, to, &arrow.told()));
        }
    }
    writer.out
}

struct Writer<'a, N> {
    notation: &'a N,
    out: String,
    /// Names of the boxes so far, by their number.
    names: Vec<&'a str>,
    groups: usize,
}

impl<'a, N: Notation> Writer<'a, N> {
    fn line(&mut self, indent: &str, text: &str) {
        self.out.extend([indent, text, "\n"]);
    }

    fn nodes(&mut self, nodes: &'a [Node], indent: &str) {
        for node in nodes {
            match node {
                Node::Group { title, content } => {
                    self.line(indent, &self.notation.open(self.groups, title, indent));
                    self.groups += 1;
                    self.nodes(content, &format!("{indent}  "));
                    self.line(indent, self.notation.close());
                }
                Node::Box(shape) => {
                    self.line(indent, &self.notation.shape(self.names.len(), shape));
                    self.names.push(&shape.name);
                }
            }
        }
    }
}
