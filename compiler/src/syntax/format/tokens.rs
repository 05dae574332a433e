//! The tree's leaves as the formatter sees them.

use crate::syntax::parse::{Rule, is_keyword};
use crate::syntax::tree::{Kind, NodeId, Tree};

/// A token, and how it stands.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub text: &'a str,
    /// Its own rule; `None` for punctuation and plain comments.
    pub rule: Option<Rule>,
    /// The rule of what it stands in.
    pub parent: Rule,
    pub is_comment: bool,
    pub is_keyword: bool,
    pub opens: bool,
    /// A brace with room within: `{ a: 1 }`, but `std.{A, B}` and `{string: int}`.
    pub roomy: bool,
    pub closes: bool,
    /// It starts something that may stand on a line of its own, rather than going on with what came before.
    pub head: bool,
    /// Line breaks to write before it; more than one is a blank line.
    pub lines_before: usize,
}

/// What holds a list of things, one to a line if the author likes.
fn is_container(rule: Rule) -> bool {
    use Rule::*;
    matches!(
        rule,
        file | import_names
            | params
            | protocol_body
            | kind_body
            | group_body
            | block
            | test_body
            | arms
            | list
            | call
            | group
            | index
            | computed
            | accept_signals
            | type_record
            | type_list
            | refinement
    )
}

/// Containers with braces: over several lines, each brace has its own.
fn is_body(rule: Rule) -> bool {
    use Rule::*;
    matches!(rule, protocol_body | kind_body | group_body | block | test_body | arms | type_record)
}

/// All tokens, line breaks counted, needless commas left out.
pub(super) fn tokens(tree: &Tree) -> Vec<Token<'_>> {
    let mut walk = Walk { tree, out: Vec::new(), lines: 0 };
    walk.node(tree.root(), Rule::file, true);
    walk.out
}

struct Walk<'a> {
    tree: &'a Tree,
    out: Vec<Token<'a>>,
    /// Line breaks since the last token.
    lines: usize,
}

impl<'a> Walk<'a> {
    fn node(&mut self, id: NodeId, parent: Rule, head: bool) {
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Newline => self.lines += 1,
            Kind::Space => {}
            Kind::Comment => self.push(id, None, parent, true),
            Kind::Punctuation => self.push(id, None, parent, head),
            // strings are theirs who wrote them, blanks and all
            Kind::Node(rule @ (Rule::string | Rule::tagged)) => self.push(id, Some(rule), parent, head),
            Kind::Node(rule) if tree.is_leaf(id) => {
                let head = head || matches!(rule, Rule::doc | Rule::inner_doc);
                self.push(id, Some(rule), parent, head);
            }
            Kind::Node(rule) => self.inner(id, rule, head),
        }
    }

    /// A node with nodes in it. The first token of a thing within a container is a head, and so is the first token
    /// of its first part.
    fn inner(&mut self, id: NodeId, rule: Rule, head: bool) {
        let children = &self.tree.children(id).collect::<Vec<_>>()[..];
        let container = is_container(rule);
        let spread = is_body(rule) && children.iter().any(|c| self.tree.kind(*c) == Kind::Newline);
        let broken_open = matches!(rule, Rule::list | Rule::call | Rule::group) && self.breaks_after_open(children);
        let (mut first, mut opened) = (true, rule == Rule::file);
        for (at, &child) in children.iter().enumerate() {
            let kind = self.tree.kind(child);
            if self.needless_comma(rule, children, at) {
                continue;
            }
            let is_open = container && !opened && matches!(self.tree.text_of(child), "{" | "[" | "(");
            opened |= is_open;
            let close = matches!(kind, Kind::Node(Rule::r_brace | Rule::r_bracket | Rule::r_paren));
            if (spread || broken_open) && close {
                self.lines = self.lines.max(1);
            }
            let child_head = if container { !is_open || head } else { head && first };
            self.node(child, rule, child_head);
            if spread && is_open {
                self.break_after_brace(&children[1..]);
            }
            first &= matches!(kind, Kind::Space | Kind::Newline | Kind::Comment);
        }
    }

    /// The line break after a brace, save where a comment stands behind it: that keeps its place.
    fn break_after_brace(&mut self, rest: &[NodeId]) {
        let next = rest.iter().map(|c| self.tree.kind(*c)).find(|k| *k != Kind::Space);
        if next != Some(Kind::Comment) {
            self.lines = self.lines.max(1);
        }
    }

    fn breaks_after_open(&self, children: &[NodeId]) -> bool {
        let mut inner = children.iter().skip(1).map(|c| self.tree.kind(*c)).filter(|k| *k != Kind::Space);
        inner.next() == Some(Kind::Newline)
    }

    /// A comma at the end of a line, or before the end, within what line breaks divide too.
    fn needless_comma(&self, parent: Rule, children: &[NodeId], at: usize) -> bool {
        if !is_container(parent) || self.tree.text_of(children[at]) != "," {
            return false;
        }
        let next = children[at + 1..].iter().map(|c| self.tree.kind(*c)).find(|k| *k != Kind::Space);
        matches!(
            next,
            Some(Kind::Newline | Kind::Comment | Kind::Node(Rule::r_brace | Rule::r_bracket | Rule::r_paren))
        )
    }

    fn push(&mut self, id: NodeId, rule: Option<Rule>, parent: Rule, head: bool) {
        let text = self.tree.text_of(id);
        if text.is_empty() {
            return;
        }
        let is_comment = self.tree.kind(id) == Kind::Comment || matches!(rule, Some(Rule::doc | Rule::inner_doc));
        let closes = matches!(rule, Some(Rule::r_brace | Rule::r_bracket | Rule::r_paren));
        let opens = rule.is_none() && matches!(text, "{" | "[" | "(");
        let holder = self.tree.parent(id).and_then(|p| self.tree.parent(p)).and_then(|p| self.tree.rule(p));
        let tight = parent == Rule::import_names || (parent == Rule::type_record && holder != Some(Rule::type_variant));
        let after_comment = self.out.last().is_some_and(|t| t.is_comment);
        self.out.push(Token {
            text: if is_comment { text.trim_end() } else { text },
            rule,
            parent,
            is_comment,
            is_keyword: rule.is_some_and(is_keyword),
            opens,
            roomy: matches!(text, "{" | "}") && !tight,
            closes,
            head,
            // nothing can follow a comment on its line
            lines_before: if after_comment { self.lines.max(1) } else { self.lines },
        });
        self.lines = 0;
    }
}
