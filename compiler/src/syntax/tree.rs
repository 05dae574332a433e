//! The lossless tree: an arena of nodes whose leaves, in order, are the text.

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
    parent: Option<NodeId>,
    children: Vec<NodeId>,
}

/// A parsed text.
#[derive(Debug)]
pub struct Tree {
    text: Box<str>,
    nodes: Vec<Node>,
}

impl Tree {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.into(), nodes: Vec::new() }
    }

    pub(super) fn push(&mut self, kind: Kind, range: TextRange, parent: Option<NodeId>) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node { kind, range, parent, children: Vec::new() });
        if let Some(parent) = parent {
            self.nodes[parent.0 as usize].children.push(id);
        }
        id
    }

    /// Adds the tokens of a stretch that no rule names: trivia and punctuation.
    pub(super) fn push_gap(&mut self, start: u32, end: u32, parent: NodeId) {
        let mut at = start as usize;
        let end = end as usize;
        while at < end {
            let (kind, len) = gap_token(&self.text[at..end]);
            self.push(kind, TextRange::new(at as u32, (at + len) as u32), Some(parent));
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
        self.nodes[id.0 as usize].parent
    }

    /// All children, trivia too.
    pub fn children(&self, id: NodeId) -> &[NodeId] {
        &self.nodes[id.0 as usize].children
    }

    /// The children that are rules.
    pub fn parts(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.children(id).iter().copied().filter(|c| matches!(self.kind(*c), Kind::Node(_)))
    }

    /// The first child of a rule.
    pub fn find(&self, id: NodeId, rule: Rule) -> Option<NodeId> {
        self.parts(id).find(|c| self.rule(*c) == Some(rule))
    }

    /// Whether a node has this punctuation among its own children.
    pub fn has(&self, id: NodeId, mark: &str) -> bool {
        self.children(id).iter().any(|c| self.kind(*c) == Kind::Punctuation && self.text_of(*c) == mark)
    }

    /// The leaves, in order.
    pub fn leaves(&self) -> Vec<NodeId> {
        let mut out = Vec::new();
        let mut stack = if self.nodes.is_empty() { Vec::new() } else { vec![self.root()] };
        while let Some(id) = stack.pop() {
            let children = self.children(id);
            match children.is_empty() {
                true if self.range(id).is_empty() => {}
                true => out.push(id),
                false => stack.extend(children.iter().rev()),
            }
        }
        out
    }

    /// The leaf at an offset: the one that starts there rather than the one that ends there.
    pub fn leaf_at(&self, offset: u32) -> Option<NodeId> {
        let mut at = self.root();
        loop {
            let next = self.children(at).iter().rev().find(|c| {
                let range = self.range(**c);
                range.start <= offset && (offset < range.end || (offset == range.end && !range.is_empty()))
            });
            match next {
                Some(child) => at = *child,
                None => return self.children(at).is_empty().then_some(at),
            }
        }
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
