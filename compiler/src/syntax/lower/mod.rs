//! Tree → abstract syntax, and what is wrong with the text: what is missing, what is too much.

mod expressions;
mod items;
mod types;

use super::ast::{File, Ident, Parts};
use super::parse::{Parse, Rule};
use super::parts::is_setting;
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
    /// Whether what follows the text would be read the same with and without it.
    pub complete: bool,
    /// Whether the text would be read the same within a group, with items before and behind it.
    pub closed: bool,
    /// Pieces that were read on their own.
    pub pieces: Vec<Piece>,
}

/// A piece of a text that was read on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Its place.
    pub range: TextRange,
    /// Items before it.
    pub before: u32,
}

impl Piece {
    /// The same within a text that starts so much before.
    pub fn moved(self, by: u32) -> Piece {
        Piece { range: TextRange::new(self.range.start + by, self.range.end + by), ..self }
    }
}

/// What is put back into a hole of a text. Places count from the hole's start.
#[derive(Debug, Default)]
#[allow(missing_docs)]
pub struct Filling {
    pub parts: Parts,
    /// Where its items start.
    pub anchors: Vec<u32>,
    pub errors: Vec<Diagnostic>,
    pub pieces: Vec<Piece>,
}

/// Gives what is put back into the hole of this number, which has so many items before it; nothing, where that can't be
/// read on its own.
pub type Fill<'a> = dyn FnMut(usize, u32) -> Option<Filling> + 'a;

/// What was taken out of a text, and how it is put back.
pub struct Outer<'a> {
    /// The places of the holes in the whole text, in order.
    pub holes: Vec<TextRange>,
    /// Fills them.
    pub fill: &'a mut Fill<'a>,
}

impl Outer<'_> {
    /// Where something of what is left is in the whole text.
    fn place(&self, at: u32) -> u32 {
        self.holes.iter().fold(at, |at, hole| if at >= hole.start { at + hole.len() } else { at })
    }
}

/// Lowers a parsed text.
pub fn lower(parse: &Parse, file: FileId) -> Lowered {
    lower_part(parse, file, 0)
}

/// Lowers a part of a text that has so many items before it. Places outside of items, and where items start, count
/// from the part's start.
pub fn lower_part(parse: &Parse, file: FileId, before: u32) -> Lowered {
    lower_with(parse, file, before, None).0
}

/// The same of a text with holes; nothing where one of them isn't all that stands at the end of a group.
pub fn lower_outer<'a>(parse: &'a Parse, file: FileId, before: u32, outer: Outer<'a>) -> Option<Lowered> {
    let holes = outer.holes.len();
    let (lowered, filled) = lower_with(parse, file, before, Some(outer));
    (filled == holes).then_some(lowered)
}

/// Lowers a text, and tells how many of its holes were filled.
fn lower_with<'a>(parse: &'a Parse, file: FileId, before: u32, outer: Option<Outer<'a>>) -> (Lowered, usize) {
    let mut lowerer = Lowerer {
        tree: &parse.tree,
        file,
        before,
        item: 0,
        base: 0,
        anchors: vec![0],
        errors: Vec::new(),
        complained: FxHashSet::default(),
        open_strings: Vec::new(),
        open_brackets: Vec::new(),
        depth: 0,
        outer,
        filled: 0,
        pieces: Vec::new(),
    };
    if let Some(place) = parse.too_deep {
        let span = lowerer.span_of(place);
        let message = format!("nesting is deeper than {} levels", super::MAX_DEPTH);
        let diagnostic = Diagnostic::new(Code::OBS0003, span, message);
        lowerer.errors.push(diagnostic.help("give inner parts names with `let` or `fn`"));
        let anchors = Anchors(vec![0]);
        let (errors, pieces) = (lowerer.errors, Vec::new());
        return (Lowered { file: Arc::default(), anchors, errors, complete: true, closed: false, pieces }, 0);
    }
    lowerer.hidden_characters();
    let root = lowerer.tree.root();
    let ast = lowerer.file(root);
    lowerer.tell_unclosed();
    let (complete, closed) = (lowerer.is_complete(root), lowerer.is_closed(root));
    let (anchors, mut errors) = (Anchors(lowerer.anchors), lowerer.errors);
    let place =
        |d: &Diagnostic| anchors.resolve(Span { item: d.primary.item.saturating_sub(before), ..d.primary }).range;
    errors.sort_by_key(place);
    let errors = without_repeats(errors, place);
    let lowered = Lowered { file: Arc::new(ast), anchors, errors, complete, closed, pieces: lowerer.pieces };
    (lowered, lowerer.filled)
}

/// A character that nobody sees and that isn't understood is one mistake: its remedy goes to the error.
fn without_repeats(errors: Vec<Diagnostic>, place: impl Fn(&Diagnostic) -> TextRange) -> Vec<Diagnostic> {
    let of = |code, errors: &[Diagnostic]| -> FxHashSet<u32> {
        errors.iter().filter(|d| d.code == code).map(|d| place(d).start).collect()
    };
    let wrong = of(Code::OBS0001, &errors);
    let is_repeat = |d: &Diagnostic| d.code == Code::OBS0006 && wrong.contains(&place(d).start);
    let (repeats, mut errors): (Vec<_>, Vec<_>) = errors.into_iter().partition(is_repeat);
    for repeat in repeats {
        let start = place(&repeat).start;
        for error in errors.iter_mut().filter(|d| d.code == Code::OBS0001 && place(d).start == start) {
            (error.help, error.fixes) = (repeat.help.clone(), repeat.fixes.clone());
        }
    }
    errors
}

/// A finding of a piece of a text, whose places outside of items count from the piece's start.
pub fn moved(mut error: Diagnostic, by: u32) -> Diagnostic {
    let shift = |span: &mut Span| {
        if span.item == 0 {
            span.range = TextRange::new(span.range.start + by, span.range.end + by);
        }
    };
    shift(&mut error.primary);
    error.labels.iter_mut().for_each(|label| shift(&mut label.span));
    error.fixes.iter_mut().flat_map(|fix| &mut fix.edits).for_each(|edit| shift(&mut edit.span));
    error
}

struct Lowerer<'a> {
    tree: &'a Tree,
    file: FileId,
    /// Items before the text.
    before: u32,
    /// The item that spans belong to, and where it starts.
    item: u32,
    base: u32,
    anchors: Vec<u32>,
    errors: Vec<Diagnostic>,
    /// Nodes of which something was said: one mistake, one message.
    complained: FxHashSet<NodeId>,
    /// Strings without an end.
    open_strings: Vec<OpenString<'a>>,
    /// Brackets without a partner: the place of what is in them, what would close them, and what is to be said of it.
    open_brackets: Vec<(TextRange, char, Diagnostic)>,
    depth: usize,
    /// What was taken out of the text.
    outer: Option<Outer<'a>>,
    filled: usize,
    pieces: Vec<Piece>,
}

/// A string without an end.
struct OpenString<'a> {
    start: u32,
    /// What is in it, to the end of the last token.
    text: &'a str,
    /// How many brackets would be closed by what is in it.
    taken: usize,
    /// Its end.
    end: Span,
    diagnostic: Diagnostic,
}

impl OpenString<'_> {
    /// How far from its end it was meant to: before what closes brackets, where there is nothing else behind.
    fn rest(&self) -> usize {
        let (mut left, mut rest) = (self.taken, 0);
        for c in self.text.chars().rev() {
            match c {
                '}' | ')' | ']' if left > 0 => (left, rest) = (left - 1, rest + 1),
                ' ' | '\t' if left > 0 || rest > 0 => rest += 1,
                _ => break,
            }
        }
        if left == 0 { rest } else { 0 }
    }
}

impl<'a> Lowerer<'a> {
    /// Whether nothing is open at the end that reaches over the start of another item: no string of several lines, no
    /// group, and no block of an item that isn't understood.
    fn is_complete(&self, root: NodeId) -> bool {
        let mut opened = 0_u32;
        for part in self.tree.parts(root) {
            let text = self.tree.text_of(part).trim_end();
            match self.tree.rule(part) {
                Some(Rule::bad_item) if text.ends_with('{') => opened += 1,
                Some(Rule::stray) if text == "}" => opened = opened.saturating_sub(1),
                _ => {}
            }
        }
        let last = |node: NodeId| self.tree.parts(node).filter(|p| !self.tree.range(*p).is_empty()).last();
        let reaches = |node: &NodeId| {
            let long = match self.tree.rule(*node) {
                Some(Rule::group_body) => true,
                Some(Rule::string) => self.tree.text_of(*node).starts_with("\"\"\""),
                _ => false,
            };
            long && self.tree.find(*node, Rule::missing).is_some()
        };
        opened == 0 && !std::iter::successors(Some(root), |node| last(*node)).any(|node| reaches(&node))
    }

    /// Whether nothing of the text's end, nor anything that isn't an item, would be read otherwise within a group.
    fn is_closed(&self, root: NodeId) -> bool {
        let tree = self.tree;
        let alien = |node: NodeId| match tree.rule(node) {
            Some(Rule::stray | Rule::inner_doc) => true,
            Some(Rule::bad_item) => tree.text_of(node).trim_end().ends_with('{') || is_setting(tree.text_of(node)),
            Some(_) => is_setting(tree.text_of(node)),
            None => false,
        };
        let last = self.before + self.anchors.len() as u32 - 1;
        // what it lacks the next line might give
        let lacking = self.errors.iter().any(|e| e.primary.item == last);
        !lacking && !tree.parts(root).any(alien) && !tree.has_missing()
    }

    /// Puts back what was taken out of a group right before its closing brace; says of itself if it can't.
    fn fill(&mut self, body: NodeId, parts: &mut Parts) -> Option<()> {
        let brace = self.tree.range(self.tree.find(body, Rule::r_brace)?).start;
        let before = self.before + self.anchors.len() as u32 - 1;
        let outer = self.outer.as_mut()?;
        let taken = outer.holes[..self.filled].iter().map(|hole| hole.len()).sum::<u32>();
        let hole = *outer.holes.get(self.filled)?;
        let left = self.tree.text().get((hole.start - taken) as usize..brace as usize)?;
        if !left.trim().is_empty() {
            return None;
        }
        let filling = (outer.fill)(self.filled, before)?;
        self.filled += 1;
        parts.extend(filling.parts);
        self.anchors.extend(filling.anchors.iter().map(|at| at + hole.start));
        self.errors.extend(filling.errors.into_iter().map(|error| moved(error, hole.start)));
        self.pieces.extend(filling.pieces.iter().map(|piece| piece.moved(hole.start)));
        Some(())
    }

    /// Where something is in the whole text.
    fn place(&self, at: u32) -> u32 {
        self.outer.as_ref().map_or(at, |outer| outer.place(at))
    }

    fn span_of(&self, range: TextRange) -> Span {
        // what stands before its item (doc comments) is never asked for
        let rel = |at: u32| self.place(at).saturating_sub(self.base);
        Span { file: self.file, item: self.item, range: TextRange::new(rel(range.start), rel(range.end)) }
    }

    fn span(&self, id: NodeId) -> Span {
        self.span_of(self.trimmed(id))
    }

    /// A node's range without the trivia at its end.
    fn trimmed(&self, id: NodeId) -> TextRange {
        let range = self.tree.range(id);
        let mut trivia = None;
        for child in self.tree.children(id) {
            let at = self.tree.range(child);
            let blank = matches!(self.tree.kind(child), Kind::Space | Kind::Newline | Kind::Comment);
            let doc = matches!(self.tree.kind(child), Kind::Node(Rule::doc | Rule::inner_doc));
            trivia = if blank || doc || at.is_empty() { trivia.or(Some(at.start)) } else { None };
        }
        TextRange::new(range.start, trivia.unwrap_or(range.end).max(range.start))
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
            let diagnostic = Diagnostic::new(Code::OBS0007, self.span_of(line), message).help("add the closing `\"`");
            let text = &self.tree.text()[start as usize..end.max(start) as usize];
            self.open_strings.push(OpenString { start, text, taken: 0, end: place, diagnostic });
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
        let diagnostic = diagnostic.fix(format!("add `{close}`"), place, close.to_string(), false);
        self.open_brackets.push((TextRange::new(start, self.tree.range(missing).start), close, diagnostic));
    }

    /// Says which strings aren't closed, and which brackets, but for those whose partner is in a string that isn't closed either.
    fn tell_unclosed(&mut self) {
        for (inside, close, diagnostic) in std::mem::take(&mut self.open_brackets) {
            let holder = self.open_strings.iter_mut().find(|string| {
                let has = || string.text.matches([')', ']', '}']).count() > string.taken && string.text.contains(close);
                inside.start < string.start && string.start < inside.end && has()
            });
            match holder {
                Some(string) => string.taken += 1,
                None => self.errors.push(diagnostic),
            }
        }
        for string in std::mem::take(&mut self.open_strings) {
            // the rest of a line is far below 4 GiB
            let at = string.end.range.start.saturating_sub(string.rest() as u32);
            let place = Span { range: TextRange::new(at, at), ..string.end };
            self.errors.push(string.diagnostic.fix("add `\"`", place, "\"", false));
        }
    }

    fn last_token_before(&self, at: u32, from: u32) -> u32 {
        let text = &self.tree.text()[from as usize..at as usize];
        from + text.trim_end().len() as u32
    }

    /// Characters that make source read otherwise than it is.
    fn hidden_characters(&mut self) {
        for (at, c) in self.tree.text().char_indices().filter(|(_, c)| is_hidden(*c)) {
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

/// The words that members of a kind start with.
pub const MEMBER_KEYWORDS: &[&str] =
    &["param", "port", "accepts", "emits", "turns", "file", "alert", "dashboard", "let", "assert"];

/// With room for what is in it, and no more: there are many of these, and a vector starts with room for four.
fn exact<T>(mut all: Vec<T>) -> Vec<T> {
    all.shrink_to_fit();
    all
}

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

/// Whether nobody sees a character, or it changes how others are seen.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' | '\u{2060}')
        || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// Fit for a message: not too long, and in one line.
fn shown(text: &str) -> String {
    let text = text.lines().next().unwrap_or_default();
    if let Some(c) = text.chars().next().filter(|c| is_hidden(*c)) {
        return format!("U+{:04X}", c as u32);
    }
    if text.chars().count() <= 40 { text.to_owned() } else { text.chars().take(39).chain(['…']).collect() }
}
