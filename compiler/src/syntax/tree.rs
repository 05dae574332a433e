//! The lossless tree: an arena of nodes whose leaves, in order, are the text.
//!
//! A node stands before all that is in it, and knows where that ends: no node holds a list.

use super::parse::Rule;
use crate::text::TextRange;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A rule of the grammar; a token where it has no children.
    Node(Rule),
    /// Blanks and tabs.
    Space,
    /// One end of a line.
    Newline,
    /// `// …`.
    Comment,
    /// Brackets, commas, colons and the like.
    Punctuation,
}

/// A node's index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

#[derive(Debug)]
struct Node {
    kind: Kind,
    range: TextRange,
    /// The root is its own.
    parent: NodeId,
    /// The first node behind all that is in this one.
    end: NodeId,
}

/// A parsed text.
#[derive(Debug)]
pub struct Tree {
    text: Box<str>,
    nodes: Vec<Node>,
}

impl Tree {
    pub(super) fn new(text: &str) -> Self {
        // programs were seen to have about a node a byte
        Self { text: text.into(), nodes: Vec::with_capacity(text.len()) }
    }

    /// Adds a node behind all others. What is pushed until it is closed is in it.
    pub(super) fn open(&mut self, kind: Kind, range: TextRange, parent: Option<NodeId>) -> NodeId {
        let id = self.next();
        self.nodes.push(Node { kind, range, parent: parent.unwrap_or(id), end: NodeId(id.0 + 1) });
        id
    }

    /// Nothing more is in the node.
    pub(super) fn close(&mut self, id: NodeId) {
        self.nodes[id.0 as usize].end = self.next();
    }

    fn next(&self) -> NodeId {
        NodeId(self.nodes.len() as u32)
    }

    /// Adds the tokens of a stretch that no rule names: trivia and punctuation.
    pub(super) fn push_gap(&mut self, start: u32, end: u32, parent: NodeId) {
        let mut at = start as usize;
        let end = end as usize;
        while at < end {
            let (kind, len) = gap_token(&self.text[at..end]);
            self.open(kind, TextRange::new(at as u32, (at + len) as u32), Some(parent));
            at += len;
        }
    }

    /// The text that was parsed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file's node.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// What a node is.
    pub fn kind(&self, id: NodeId) -> Kind {
        self.nodes[id.0 as usize].kind
    }

    /// The rule of a node, if it is one.
    pub fn rule(&self, id: NodeId) -> Option<Rule> {
        match self.kind(id) {
            Kind::Node(rule) => Some(rule),
            _ => None,
        }
    }

    /// Where a node is.
    pub fn range(&self, id: NodeId) -> TextRange {
        self.nodes[id.0 as usize].range
    }

    /// A node's text.
    pub fn text_of(&self, id: NodeId) -> &str {
        let range = self.range(id);
        &self.text[range.start as usize..range.end as usize]
    }

    /// The node around a node.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        Some(self.nodes[id.0 as usize].parent).filter(|parent| *parent != id)
    }

    /// All children, trivia too.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.nodes[id.0 as usize].end;
        let within = move |at: NodeId| (at < end).then_some(at);
        std::iter::successors(within(NodeId(id.0 + 1)), move |at| within(self.nodes[at.0 as usize].end))
    }

    /// Whether there is nothing in a node.
    pub fn is_leaf(&self, id: NodeId) -> bool {
        self.nodes[id.0 as usize].end.0 == id.0 + 1
    }

    /// The children that are rules.
    pub fn parts(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.children(id).filter(|c| matches!(self.kind(*c), Kind::Node(_)))
    }

    /// The first child of a rule.
    pub fn find(&self, id: NodeId, rule: Rule) -> Option<NodeId> {
        self.parts(id).find(|c| self.rule(*c) == Some(rule))
    }

    /// Whether something that was opened isn't closed, or what had to follow something isn't there.
    pub fn has_missing(&self) -> bool {
        self.nodes.iter().any(|node| node.kind == Kind::Node(Rule::missing))
    }

    /// Whether a node has this punctuation among its own children.
    pub fn has(&self, id: NodeId, mark: &str) -> bool {
        self.children(id).any(|c| self.kind(c) == Kind::Punctuation && self.text_of(c) == mark)
    }

    /// The leaves, in order, save those without text.
    pub fn leaves(&self) -> impl Iterator<Item = NodeId> + '_ {
        (0..self.next().0).map(NodeId).filter(|id| self.is_leaf(*id) && !self.range(*id).is_empty())
    }

    /// The leaf at an offset: the one that starts there rather than the one that ends there.
    pub fn leaf_at(&self, offset: u32) -> Option<NodeId> {
        let around = |id: &NodeId| {
            let range = self.range(*id);
            range.start <= offset && (offset < range.end || (offset == range.end && !range.is_empty()))
        };
        let mut at = self.root();
        while let Some(child) = self.children(at).filter(around).last() {
            at = child;
        }
        self.is_leaf(at).then_some(at)
    }

    /// The node and all around it, innermost first.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(id), |at| self.parent(*at))
    }
}

fn gap_token(text: &str) -> (Kind, usize) {
    let line_end = |text: &str| text.find(['\n', '\r']).unwrap_or(text.len());
    let blank = |c: char| c == ' ' || c == '\t' || c == '\u{feff}';
    match text.as_bytes()[0] {
        b'\r' if text.starts_with("\r\n") => (Kind::Newline, 2),
        b'\n' | b'\r' => (Kind::Newline, 1),
        _ if text.starts_with(blank) => (Kind::Space, text.find(|c| !blank(c)).unwrap_or(text.len())),
        _ if text.starts_with("//") => (Kind::Comment, line_end(text)),
        _ => {
            let marks = ["\"\"\"", "...", "${"];
            let len = marks.iter().find(|m| text.starts_with(**m)).map(|m| m.len());
            let one = text.chars().next().map_or(1, char::len_utf8);
            (Kind::Punctuation, len.unwrap_or(one))
        }
    }
}
