//! Tree → abstract syntax, and what is wrong with the text: what is missing, what is too much.

mod expressions;
mod items;
mod types;

use super::ast::{File, Ident};
use super::parse::{Parse, Rule};
use super::tree::{Kind, NodeId, Tree};
use crate::diagnostics::{Code, Diagnostic};
use crate::text::{Anchors, FileId, Span, TextRange};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::sync::Arc;

/// A file's abstract syntax.
#[derive(Debug)]
pub struct Lowered {
    /// Its items.
    pub file: Arc<File>,
    /// Where each item starts.
    pub anchors: Anchors,
    /// What is wrong with the text.
    pub errors: Vec<Diagnostic>,
}

/// Lowers a parsed text.
pub fn lower(parse: &Parse, file: FileId) -> Lowered {
    let mut lowerer = Lowerer {
        tree: &parse.tree,
        file,
        item: 0,
        base: 0,
        anchors: vec![0],
        errors: Vec::new(),
        complained: FxHashSet::default(),
        depth: 0,
    };
    if let Some(place) = parse.too_deep {
        let span = lowerer.span_of(place);
        let message = format!("nesting is deeper than {} levels", super::MAX_DEPTH);
        let diagnostic = Diagnostic::new(Code::OBS0003, span, message);
        lowerer.errors.push(diagnostic.help("give inner parts names with `let` or `fn`"));
        return Lowered { file: Arc::default(), anchors: Anchors(vec![0]), errors: lowerer.errors };
    }
    lowerer.hidden_characters();
    let root = lowerer.tree.root();
    let ast = lowerer.file(root);
    let (anchors, mut errors) = (Anchors(lowerer.anchors), lowerer.errors);
    errors.sort_by_key(|d| anchors.resolve(d.primary).range);
    Lowered { file: Arc::new(ast), anchors, errors }
}

struct Lowerer<'a> {
    tree: &'a Tree,
    file: FileId,
    /// The item that spans belong to, and where it starts.
    item: u32,
    base: u32,
    anchors: Vec<u32>,
    errors: Vec<Diagnostic>,
    /// Nodes of which something was said: one mistake, one message.
    complained: FxHashSet<NodeId>,
    depth: usize,
}

impl<'a> Lowerer<'a> {
    fn span_of(&self, range: TextRange) -> Span {
        // what stands before its item (doc comments) is never asked for
        let rel = |at: u32| at.saturating_sub(self.base);
        Span { file: self.file, item: self.item, range: TextRange::new(rel(range.start), rel(range.end)) }
    }

    fn span(&self, id: NodeId) -> Span {
        self.span_of(self.trimmed(id))
    }

    /// A node's range without the trivia at its end.
    fn trimmed(&self, id: NodeId) -> TextRange {
        let range = self.tree.range(id);
        let mut end = range.end;
        for child in self.tree.children(id).iter().rev() {
            let kind = self.tree.kind(*child);
            let empty = self.tree.range(*child).is_empty();
            let doc = matches!(kind, Kind::Node(Rule::doc | Rule::inner_doc));
            if !doc && !empty && !matches!(kind, Kind::Space | Kind::Newline | Kind::Comment) {
                break;
            }
            end = self.tree.range(*child).start;
        }
        TextRange::new(range.start, end.max(range.start))
    }

    fn ident(&self, id: NodeId) -> Ident {
        Ident { name: SmolStr::new(self.tree.text_of(id)), span: self.span(id) }
    }

    /// An empty name behind the last token of a node.
    fn no_ident(&self, owner: NodeId) -> Ident {
        Ident { name: SmolStr::default(), span: self.span(owner).end() }
    }

    /// Says what a node lacks, unless something was said of it before.
    fn lacks(&mut self, owner: NodeId, what: &str) {
        if !self.complained.insert(owner) {
            return;
        }
        let bad = self.tree.parts(owner).find(|c| is_bad(self.tree.rule(*c)));
        let (place, message) = match bad {
            Some(bad) => {
                let found = first_word(self.tree.text_of(bad));
                let start = self.tree.range(bad).start;
                let range = TextRange::new(start, start + found.len() as u32);
                (self.span_of(range), format!("expected {what}, found `{}`", shown(found)))
            }
            None => {
                let end = self.trimmed(owner).end;
                (self.span_of(TextRange::new(end, end)), format!("expected {what}"))
            }
        };
        self.errors.push(Diagnostic::new(Code::OBS0001, place, message));
    }

    /// Says what is too much in a node: bad tails and arguments, closers that are missing.
    fn leftovers(&mut self, owner: NodeId) {
        // blocks that items opened which aren't understood: what is in them isn't either
        let mut opened = 0_u32;
        for child in self.tree.parts(owner).collect::<Vec<_>>() {
            let text = self.tree.text_of(child).trim_end();
            let rule = self.tree.rule(child);
            let within = opened > 0;
            match rule {
                Some(Rule::bad_item) if text.ends_with('{') => opened += 1,
                Some(Rule::stray) if text == "}" => opened = opened.saturating_sub(1),
                _ => {}
            }
            if within && matches!(rule, Some(Rule::bad_item | Rule::stray)) {
                continue;
            }
            match rule {
                Some(Rule::bad_tail | Rule::bad_tail_in) if self.complained.insert(owner) => {
                    let found = first_word(self.tree.text_of(child));
                    let range = self.tree.range(child);
                    let range = TextRange::new(range.start, range.start + found.len() as u32);
                    let message = format!("expected the end of the line, found `{}`", shown(found));
                    self.errors.push(Diagnostic::new(Code::OBS0001, self.span_of(range), message));
                }
                Some(Rule::bad_arg | Rule::bad_entry | Rule::bad_item | Rule::stray) => self.unexpected(child),
                Some(Rule::missing) => self.unclosed(owner, child),
                _ => {}
            }
        }
    }

    fn unexpected(&mut self, bad: NodeId) {
        let text = self.tree.text_of(bad).trim_end();
        let start = self.tree.range(bad).start;
        let word = first_word(text);
        // of a whole line that isn't understood the first word says why
        let marked = if self.tree.rule(bad) == Some(Rule::bad_item) { word } else { text };
        let range = TextRange::new(start, start + marked.len() as u32);
        let found = shown(word);
        let message = match self.tree.rule(bad) {
            Some(Rule::stray) => format!("this `{found}` closes nothing"),
            Some(Rule::bad_item) => format!("expected an item, found `{found}`"),
            Some(Rule::bad_entry) => format!("expected `name: value`, found `{found}`"),
            _ => format!("`{found}` can't stand here"),
        };
        let mut diagnostic = Diagnostic::new(Code::OBS0001, self.span_of(range), message);
        if self.tree.rule(bad) == Some(Rule::bad_item) {
            let word = text.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            diagnostic = match crate::diagnostics::nearest(word, ITEM_KEYWORDS.iter().copied()) {
                Some(near) => {
                    let word_range = TextRange::new(start, start + word.len() as u32);
                    let span = self.span_of(word_range);
                    let fix = format!("change to `{near}`");
                    diagnostic.help(format!("did you mean `{near}`?")).fix(fix, span, near, false)
                }
                None => {
                    diagnostic.help("items start with a keyword such as `component`, or are flows: `a -> b: protocol`")
                }
            };
        }
        self.errors.push(diagnostic);
    }

    /// A bracket without its partner: said at the end of the last good token, with the opener labelled.
    fn unclosed(&mut self, owner: NodeId, missing: NodeId) {
        let start = self.tree.range(owner).start;
        let opener = self.tree.text_of(owner).chars().next().unwrap_or('{');
        let end = self.last_token_before(self.tree.range(missing).start, start);
        let place = self.span_of(TextRange::new(end, end));
        if opener == '"' {
            let line = TextRange::new(start, end.max(start + 1));
            let message = "this string is never closed";
            let diagnostic = Diagnostic::new(Code::OBS0007, self.span_of(line), message);
            let fix = diagnostic.help("add the closing `\"`").fix("add `\"`", place, "\"", false);
            self.errors.push(fix);
            return;
        }
        let (open, close) = match opener {
            '(' => ('(', ')'),
            '[' => ('[', ']'),
            _ => ('{', '}'),
        };
        let opened = self.span_of(TextRange::new(start, start + 1));
        let message = format!("expected `{close}` to close the `{open}`");
        let diagnostic = Diagnostic::new(Code::OBS0002, place, message).label(opened, "opened here");
        self.errors.push(diagnostic.fix(format!("add `{close}`"), place, close.to_string(), false));
    }

    fn last_token_before(&self, at: u32, from: u32) -> u32 {
        let text = &self.tree.text()[from as usize..at as usize];
        from + text.trim_end().len() as u32
    }

    /// Characters that make source read otherwise than it is.
    fn hidden_characters(&mut self) {
        let hidden = |c: char| {
            matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' | '\u{2060}')
                || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        };
        for (at, c) in self.tree.text().char_indices().filter(|(_, c)| hidden(*c)) {
            let range = TextRange::new(at as u32, (at + c.len_utf8()) as u32);
            let message = format!("the hidden character U+{:04X} makes this read otherwise than it is", c as u32);
            let diagnostic = Diagnostic::new(Code::OBS0006, self.span_of(range), message);
            let span = self.span_of(range);
            self.errors.push(diagnostic.help("remove it, or write it as `\\u{…}` within a string").fix(
                "remove it",
                span,
                "",
                true,
            ));
        }
    }

    /// The `///` lines right before a node, joined.
    fn doc_before(&self, siblings: &[NodeId], at: usize) -> Option<String> {
        let mut lines: Vec<&str> = Vec::new();
        let mut newlines = 0;
        for sibling in siblings[..at].iter().rev() {
            match self.tree.kind(*sibling) {
                Kind::Node(Rule::doc) => {
                    let text = self.tree.text_of(*sibling).strip_prefix("///").unwrap_or_default();
                    lines.push(text.strip_prefix(' ').unwrap_or(text).trim_end());
                    newlines = 0;
                }
                Kind::Space => {}
                Kind::Newline => {
                    newlines += 1;
                    // an empty line parts a comment from what follows
                    if newlines > 1 {
                        break;
                    }
                }
                _ => break,
            }
        }
        lines.reverse();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

/// The words that items start with.
pub const ITEM_KEYWORDS: &[&str] = &[
    "import",
    "let",
    "fn",
    "type",
    "protocol",
    "kind",
    "cluster",
    "namespace",
    "layer",
    "component",
    "scale",
    "autoscale",
    "profile",
    "backup",
    "alert",
    "view",
    "assert",
    "test",
    "waive",
    "patch",
    "object",
];

fn is_bad(rule: Option<Rule>) -> bool {
    matches!(rule, Some(Rule::bad_tail | Rule::bad_tail_in | Rule::bad_arg | Rule::bad_entry))
}

/// The first word or string of broken text, or its first character.
fn first_word(text: &str) -> &str {
    let text = text.trim_end();
    if let Some(end) = text.strip_prefix('"').and_then(|rest| rest.find('"')) {
        return &text[..end + 2];
    }
    let word = text.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(text.len());
    let one = text.chars().next().map_or(0, char::len_utf8);
    &text[..word.max(one)]
}

/// Fit for a message: not too long, and in one line.
fn shown(text: &str) -> String {
    let text = text.lines().next().unwrap_or_default();
    if text.chars().count() <= 40 { text.to_owned() } else { text.chars().take(39).chain(['…']).collect() }
}
