//! What a view shows, before anything is placed: groups, boxes with lines of text, arrows.

use crate::analysis::Fate;

/// A picture without places.
pub(super) struct Picture {
    /// What it shows.
    pub title: String,
    /// What its signs mean, a sentence a line.
    pub legend: Vec<String>,
    /// What stands in it, outermost first.
    pub content: Vec<Node>,
    /// Arrows, one for each pair of boxes and label, in the order of the source.
    pub arrows: Vec<Arrow>,
    /// Left to right rather than top to bottom.
    pub sideways: bool,
}

/// A box, or boxes within a frame.
pub(super) enum Node {
    Group { title: String, content: Vec<Node> },
    Box(Shape),
}

impl Node {
    /// A frame around some boxes; none around nothing.
    pub(super) fn group(title: impl Into<String>, content: Vec<Node>) -> Option<Node> {
        (!content.is_empty()).then(|| Node::Group { title: title.into(), content })
    }
}

/// A box: a component, an instance of one, or a step.
pub(super) struct Shape {
    /// Unique in its picture, and what arrows refer to: a component's name wherever the box is that component.
    pub name: String,
    /// What it says, the heading first.
    pub lines: Vec<String>,
    /// Not deployed by the program.
    pub external: bool,
    /// What becomes of it, where the picture shows a failure.
    pub fate: Fate,
}

/// An arrow between two boxes; which way it points the legend says.
pub(super) struct Arrow {
    pub from: String,
    pub to: String,
    /// How it is spoken: the protocol's label. Empty where it only leads on to the next.
    pub label: String,
    /// What it carries, where that is one or two signals that the label doesn't name.
    pub signals: String,
}

impl Arrow {
    /// Label and signals.
    pub(super) fn told(&self) -> String {
        if self.label.is_empty() {
            return "then".to_owned();
        }
        if self.signals.is_empty() { self.label.clone() } else { format!("{} ({})", self.label, self.signals) }
    }
}
