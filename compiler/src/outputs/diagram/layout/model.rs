//! What is laid out, and what comes of it.

/// Boxes within boxes, and what connects them.
#[derive(Debug, Clone)]
pub struct Sketch {
    /// Nodes; each parent comes before its children, siblings in the order that is preferred. The first is the
    /// picture itself: a group without a frame.
    pub nodes: Vec<Node>,
    /// What connects them.
    pub nets: Vec<Net>,
    /// Rows are broken where they would be wider than this, in columns.
    pub width: i32,
    /// Lines lead from left to right rather than down. The layout works on such a picture turned by its diagonal.
    pub across: bool,
}

/// A box, or a frame around others.
#[derive(Debug, Clone)]
pub struct Node {
    /// The group that it is in; `None` only for the first node.
    pub parent: Option<usize>,
    /// Its form.
    pub form: Form,
}

/// What a node needs, in cells, borders included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A frame; its title stands at the left of the top border and takes this many columns.
    Group {
        /// Columns of the title, with the blanks around it.
        title: i32,
    },
    /// A box.
    Leaf {
        /// Columns.
        width: i32,
        /// Rows.
        height: i32,
    },
}

/// Lines with one label: from one node to several, or from several to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Net {
    /// Where it starts.
    pub from: Vec<usize>,
    /// Where it ends, with an arrowhead. No node is an ancestor of another end.
    pub to: Vec<usize>,
    /// Columns of its label; 0: none.
    pub label: i32,
}

impl Sketch {
    /// A picture with nothing in it.
    pub fn new(width: i32) -> Self {
        Self {
            nodes: vec![Node { parent: None, form: Form::Group { title: 0 } }],
            nets: Vec::new(),
            width,
            across: false,
        }
    }

    /// Adds a node to a group; the index of the node.
    pub fn add(&mut self, parent: usize, form: Form) -> usize {
        self.nodes.push(Node { parent: Some(parent), form });
        self.nodes.len() - 1
    }

    /// The ancestors of a node from itself up to the picture.
    pub fn path(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(node), |&n| self.nodes[n].parent)
    }

    /// For two nodes, their ancestors (or selves) that are siblings; `None` where one holds the other.
    pub(super) fn siblings(&self, a: usize, b: usize) -> Option<(usize, usize)> {
        let (mut up, mut down): (Vec<usize>, Vec<usize>) = (self.path(a).collect(), self.path(b).collect());
        loop {
            match (up.last(), down.last()) {
                (Some(x), Some(y)) if x == y => {
                    up.pop();
                    down.pop();
                }
                (Some(&x), Some(&y)) => return Some((x, y)),
                _ => return None,
            }
        }
    }

    /// The sketch with columns and rows exchanged. Titles stay as long as they are: they stand along what is then the
    /// left border.
    pub(super) fn turned(&self) -> Self {
        let mut out = self.clone();
        for node in &mut out.nodes {
            if let Form::Leaf { width, height } = &mut node.form {
                std::mem::swap(width, height);
            }
        }
        out
    }

    /// Columns and rows that a label takes, with the blanks at its ends; exchanged where the picture is turned.
    pub(super) fn label(&self, net: usize) -> (i32, i32) {
        let length = self.nets[net].label + 2;
        if self.across { (1, length) } else { (length, 1) }
    }

    /// Every pair of ends that a net connects.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.nets.iter().flat_map(|net| net.from.iter().flat_map(|&f| net.to.iter().map(move |&t| (f, t))))
    }
}

/// Columns from the left and rows from the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// Column.
    pub x: i32,
    /// Row.
    pub y: i32,
}

/// Cells from `x` to `x + w - 1` and from `y` to `y + h - 1`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rect {
    /// First column.
    pub x: i32,
    /// First row.
    pub y: i32,
    /// Columns.
    pub w: i32,
    /// Rows.
    pub h: i32,
}

impl Rect {
    /// The column after its last.
    pub fn right(&self) -> i32 {
        self.x + self.w
    }

    /// The row after its last.
    pub fn bottom(&self) -> i32 {
        self.y + self.h
    }

    /// Twice its middle column: a whole number.
    pub(super) fn middle2(&self) -> i32 {
        2 * self.x + self.w - 1
    }
}

/// A straight line of cells, both ends included; `a` is above or left of `b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Segment {
    /// The upper or left end.
    pub a: Point,
    /// The lower or right end.
    pub b: Point,
}

/// The border of a node that a line ends at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Side {
    Top,
    Bottom,
    Left,
    Right,
}

/// The border of a node as the layout has it, before a picture is turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Face {
    Top,
    Bottom,
}

impl Face {
    /// The border in the finished picture.
    pub fn side(self, across: bool) -> Side {
        match (self, across) {
            (Face::Top, false) => Side::Top,
            (Face::Bottom, false) => Side::Bottom,
            (Face::Top, true) => Side::Left,
            (Face::Bottom, true) => Side::Right,
        }
    }
}

/// Where a line meets its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The node.
    pub node: usize,
    /// The cell on its border.
    pub at: Point,
    /// Which border.
    pub side: Side,
    /// Whether there is an arrowhead.
    pub arrow: bool,
}

/// The lines of a net.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Route {
    /// Straight lines that touch or cross each other.
    pub segments: Vec<Segment>,
    /// Where they meet nodes.
    pub ends: Vec<End>,
    /// Room for its label, one row high: once for each part of the net that hangs together. The line is left out
    /// beneath.
    pub labels: Vec<Rect>,
}

impl Rect {
    fn turn(&mut self) {
        (self.x, self.y, self.w, self.h) = (self.y, self.x, self.h, self.w);
    }
}

impl Point {
    fn turn(&mut self) {
        (self.x, self.y) = (self.y, self.x);
    }
}

impl Drawing {
    /// Exchanges columns and rows.
    pub(super) fn turn(&mut self) {
        (self.width, self.height) = (self.height, self.width);
        self.boxes.iter_mut().for_each(Rect::turn);
        for route in &mut self.routes {
            route.segments.iter_mut().flat_map(|s| [&mut s.a, &mut s.b]).for_each(Point::turn);
            route.ends.iter_mut().for_each(|end| end.at.turn());
            route.labels.iter_mut().for_each(Rect::turn);
        }
    }
}

/// Where everything is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawing {
    /// Columns.
    pub width: i32,
    /// Rows.
    pub height: i32,
    /// The nodes' places, by index.
    pub boxes: Vec<Rect>,
    /// The nets' lines, by index.
    pub routes: Vec<Route>,
}
