//! The ways that lines can take: channels above and below each row, gaps between the boxes of a row, and borders.

use super::layering::Rows;
use super::model::{Face, Form, Rect, Sketch};

/// Rows of boxes and the channels between them. The channels of a group are numbered from top to bottom: one above
/// each row, and one below the last.
pub(super) struct Channels {
    /// Rows of children by group.
    pub rows: Rows,
    /// The first channel of each group.
    first: Vec<usize>,
    /// The group that each channel is in.
    group: Vec<usize>,
    /// The row of each node in its parent, and its place in that row.
    place: Vec<(usize, usize)>,
}

/// Where a vertical piece of a line goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Passage {
    /// Between a channel and the border of a node beside it.
    Pin { node: usize, side: Face },
    /// Between two boxes of a row: the one before `at` and the one at it.
    Gap { group: usize, row: usize, at: usize },
    /// Through the border of a group.
    Border { group: usize, side: Face },
}

impl Channels {
    pub(super) fn new(sketch: &Sketch, rows: Rows) -> Self {
        let mut out = Self { first: Vec::new(), group: Vec::new(), place: vec![(0, 0); rows.len()], rows };
        for (group, node) in sketch.nodes.iter().enumerate() {
            out.first.push(out.group.len());
            if matches!(node.form, Form::Group { .. }) {
                out.group.extend(std::iter::repeat_n(group, out.rows[group].len() + 1));
            }
            for (row, children) in out.rows[group].iter().enumerate() {
                for (at, &child) in children.iter().enumerate() {
                    out.place[child] = (row, at);
                }
            }
        }
        out
    }

    /// How many channels there are.
    pub(super) fn count(&self) -> usize {
        self.group.len()
    }

    /// The group that a channel is in.
    pub(super) fn group(&self, channel: usize) -> usize {
        self.group[channel]
    }

    /// The channel above a row of a group, or below its last row.
    pub(super) fn channel(&self, group: usize, row: usize) -> usize {
        self.first[group] + row
    }

    /// The channel beside a node on the outside.
    pub(super) fn beside(&self, sketch: &Sketch, node: usize, side: Face) -> usize {
        // the picture itself is no end of a line
        let parent = sketch.nodes[node].parent.unwrap_or(0);
        let (row, _) = self.place[node];
        self.channel(parent, row + usize::from(side == Face::Bottom))
    }

    /// The outermost channel within a group.
    pub(super) fn inside(&self, group: usize, side: Face) -> usize {
        self.channel(group, if side == Face::Top { 0 } else { self.rows[group].len() })
    }

    /// The channels above and below a piece; a pin has one of them.
    pub(super) fn ends(&self, sketch: &Sketch, passage: Passage) -> (Option<usize>, Option<usize>) {
        match passage {
            Passage::Pin { node, side: Face::Top } => (Some(self.beside(sketch, node, Face::Top)), None),
            Passage::Pin { node, side: Face::Bottom } => (None, Some(self.beside(sketch, node, Face::Bottom))),
            Passage::Gap { group, row, .. } => (Some(self.channel(group, row)), Some(self.channel(group, row + 1))),
            Passage::Border { group, side } => {
                let (outer, inner) = (self.beside(sketch, group, side), self.inside(group, side));
                if side == Face::Top { (Some(outer), Some(inner)) } else { (Some(inner), Some(outer)) }
            }
        }
    }

    /// The first and last column that a piece may have. A line keeps clear of corners and titles.
    pub(super) fn range(&self, sketch: &Sketch, boxes: &[Rect], passage: Passage) -> (i32, i32) {
        match passage {
            Passage::Pin { node, side } | Passage::Border { group: node, side } => {
                let title = match sketch.nodes[node].form {
                    Form::Group { title } if side == Face::Top && !sketch.across => title + 2,
                    _ => 2,
                };
                (boxes[node].x + title, boxes[node].right() - 3)
            }
            Passage::Gap { group, row, at } => {
                let frame = i32::from(group != 0);
                let children = &self.rows[group][row];
                let left = if at == 0 { boxes[group].x + frame } else { boxes[children[at - 1]].right() + 1 };
                let right = match children.get(at) {
                    Some(&child) => boxes[child].x - 2,
                    None => boxes[group].right() - frame - 1,
                };
                (left, right)
            }
        }
    }
}
