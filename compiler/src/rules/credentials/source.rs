//! Literals of a text that look like credentials.

use super::forms::{self, ADDRESSES, BEGINNINGS};
use super::naming;
use crate::syntax::Rule;
use crate::syntax::tree::{Kind, NodeId, Tree};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Where lines start that may have a credential, or the name of one: all that [`why`] finds, and more. Passes over the
/// whole text, not line by line: an editor asks at each keystroke.
pub(super) fn suspicious_lines(text: &str) -> impl Iterator<Item = usize> + '_ {
    let words = text.split(|c| !forms::in_token(c)).filter(|word| forms::is_mixed(word) || forms::is_hexadecimal(word));
    let mixed = words.map(|word| word.as_ptr() as usize - text.as_ptr() as usize);
    let mut last = None;
    marked(text).chain(mixed).filter_map(move |at| {
        let line = text[..at].rfind('\n').map_or(0, |at| at + 1);
        (last.replace(line) != Some(line)).then_some(line)
    })
}

/// Where a text names or begins a credential, in whatever case.
fn marked(text: &str) -> impl Iterator<Item = usize> + '_ {
    let (bytes, marks) = (text.as_bytes(), &*MARKS);
    bytes.iter().enumerate().filter_map(move |(at, byte)| {
        let here =
            |mark: &&&str| bytes[at..].get(..mark.len()).is_some_and(|b| b.eq_ignore_ascii_case(mark.as_bytes()));
        let mark = marks[usize::from(byte.to_ascii_lowercase())].iter().find(here)?;
        // most addresses log nobody in
        let is_login = || text[at..].split('\n').next().is_some_and(|line| line.contains('@'));
        (*mark != "://" || is_login()).then_some(at)
    })
}

/// Constants of ASCII, by their first byte as a small letter: the command needs them at each start, where a regular
/// expression of them takes longer to compile than to run.
static MARKS: LazyLock<[Vec<&str>; 256]> = LazyLock::new(|| {
    let words = naming::WORDS.iter().chain(&["key", "auth", "-----begin ", "://", "@tcp(", "@unix(", "eyj", "sg."]);
    let words = words.chain(&["bearer ", "basic ", "ls0t"]).chain(forms::HASHES).copied();
    let beginnings = BEGINNINGS.iter().chain(ADDRESSES).map(|(start, _)| *start);
    let mut out = [const { Vec::new() }; 256];
    for mark in words.chain(beginnings) {
        out[usize::from(mark.as_bytes()[0].to_ascii_lowercase())].push(mark);
    }
    out
});

/// Each string, number and comment, by its first leaf.
pub(super) fn literals(tree: &Tree) -> impl Iterator<Item = NodeId> + '_ {
    let mut last = None;
    tree.leaves().filter_map(move |leaf| {
        let literal = match tree.kind(leaf) {
            Kind::Comment | Kind::Node(Rule::doc | Rule::inner_doc) => leaf,
            _ => tree.ancestors(leaf).find(|n| matches!(tree.rule(*n), Some(Rule::string | Rule::number)))?,
        };
        (last.replace(literal) != Some(literal)).then_some(literal)
    })
}

/// Why a literal looks like a credential, if it does.
pub(super) fn why(tree: &Tree, literal: NodeId) -> Option<String> {
    match tree.rule(literal) {
        Some(Rule::string) => why_string(tree, literal),
        Some(Rule::number) => {
            let (name, text) = (named(tree, literal)?, tree.text_of(literal));
            forms::is_number_of(&name.text, text).then(|| forms::of(&name.text))
        }
        _ => forms::in_comment(tree.text_of(literal)).map(|found| found.what),
    }
}

fn why_string(tree: &Tree, string: NodeId) -> Option<String> {
    let text = unescaped(tree.text_of(string).trim_matches('"'));
    // what stands in a list, or is said by an assertion, has no name
    let found = match named(tree, string) {
        _ if is_reference(tree, string) => forms::by_form(&text),
        // what is put together is judged when its value is known
        _ if text.contains("${") => forms::by_form(&text).or_else(|| forms::pair(&text)),
        Some(name) if name.of_all => forms::held_by(&name.text, &text),
        Some(name) => forms::under(&name.text, &text),
        None => forms::under("", &text),
    };
    found.map(|found| found.what)
}

/// Line ends, quotes and backslashes as they are meant: enough to tell words.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let (mut out, mut chars) = (String::with_capacity(text.len()), text.chars());
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                other => other.unwrap_or('\\'),
            },
            c => c,
        });
    }
    Cow::Owned(out)
}

/// The text of a literal, without what is put into it.
pub(super) fn pieces(tree: &Tree, literal: NodeId) -> impl Iterator<Item = String> + '_ {
    let number = tree.is_leaf(literal).then(|| tree.text_of(literal).to_owned());
    let text = move |part| matches!(tree.rule(part), Some(Rule::line_text | Rule::block_text | Rule::escape));
    let whole = tree.find(literal, Rule::interpolation).is_none();
    let whole = (whole && number.is_none()).then(|| unescaped(tree.text_of(literal).trim_matches('"')).into_owned());
    let parts = tree.parts(literal).filter(move |part| text(*part)).map(|part| tree.text_of(part).to_owned());
    number.into_iter().chain(whole).chain(parts)
}

/// Whether a string is part of a `secret(…)`, of a name or of a type, or encrypted.
fn is_reference(tree: &Tree, string: NodeId) -> bool {
    tree.ancestors(string).skip(1).any(|node| match tree.rule(node) {
        Some(Rule::key | Rule::type_literal | Rule::pattern) => true,
        Some(Rule::field_entry) => key_of(tree, node).is_some_and(naming::is_sealed),
        Some(Rule::postfix) => tree.text_of(node).starts_with("secret("),
        _ => false,
    })
}

/// What a literal is given to.
struct Name {
    text: String,
    /// All that is in it is such.
    of_all: bool,
}

/// Functions that hand on what they are given.
const PASSES: &[&str] = &["trim", "join", "lower", "upper", "quote", "string", "replace", "reverse", "text"];

/// The name that a literal is given to. `None` where it has none, and where it is only compared.
fn named(tree: &Tree, literal: NodeId) -> Option<Name> {
    let simple = |text: &str| Some(Name { text: text.to_owned(), of_all: false });
    let mut below = literal;
    for node in tree.ancestors(literal).skip(1) {
        let within = tree.rule(below);
        match tree.rule(node)? {
            Rule::field_entry => return entry_name(tree, node),
            Rule::param | Rule::option | Rule::let_item | Rule::let_member | Rule::fn_item => {
                return simple(tree.text_of(tree.find(node, Rule::ident)?));
            }
            Rule::arg => match tree.find(node, Rule::ident) {
                Some(name) => return simple(tree.text_of(name)),
                None if !is_passed_on(tree, node) => return None,
                None => {}
            },
            Rule::list => {
                if let Some(flag) = flag_before(tree, node, below) {
                    return simple(flag);
                }
            }
            Rule::binary
                if tree.parts(node).any(|op| {
                    matches!(tree.rule(op), Some(Rule::op | Rule::leading_op)) && compares(tree.text_of(op))
                }) =>
            {
                return None;
            }
            // conditions, what is looked at, and what is made text of
            Rule::if_expr | Rule::match_expr if within == Some(Rule::expr) => return None,
            Rule::for_head | Rule::quantified | Rule::index | Rule::interpolation | Rule::pattern => return None,
            _ => {}
        }
        below = node;
    }
    None
}

fn compares(op: &str) -> bool {
    matches!(op, "==" | "!=" | "<" | ">" | "<=" | ">=" | "in" | "and" | "or")
}

/// Whether an argument is what a call comes to.
fn is_passed_on(tree: &Tree, arg: NodeId) -> bool {
    let postfix = tree.ancestors(arg).find(|node| tree.rule(*node) == Some(Rule::postfix));
    let called = postfix.and_then(|postfix| tree.text_of(postfix).split('(').next());
    called.is_some_and(|name| PASSES.contains(&name.trim()))
}

/// The name of the flag that stands before an element: `["--password", "…"]`.
fn flag_before(tree: &Tree, list: NodeId, element: NodeId) -> Option<&str> {
    let before = tree.parts(list).take_while(|part| *part != element).last()?;
    let (flag, element) = (tree.text_of(before), tree.text_of(element));
    forms::flag(flag.trim_matches('"')).filter(|_| !element.starts_with("\"-"))
}

/// The last of an entry's keys: of `a.b.c` the last one.
fn key_of(tree: &Tree, entry: NodeId) -> Option<&str> {
    let key = tree.parts(entry).filter(|part| tree.rule(*part) == Some(Rule::key)).last()?;
    Some(tree.text_of(key).trim_matches('"'))
}

fn entry_name(tree: &Tree, entry: NodeId) -> Option<Name> {
    let key = key_of(tree, entry)?;
    if key == "value"
        && let Some(name) = beside(tree, entry).find(|(key, _)| matches!(*key, "name" | "key"))
    {
        return Some(Name { text: name.1.to_owned(), of_all: false });
    }
    let holder = holder(tree, entry).and_then(|holder| key_of(tree, holder));
    match holder.filter(|name| *name == "stringData" || naming::says_of_entries(name)) {
        Some(holder) => Some(Name { text: format!("{holder}.{key}"), of_all: true }),
        None => Some(Name { text: key.to_owned(), of_all: false }),
    }
}

/// The entries beside an entry that are strings, and the strings.
fn beside(tree: &Tree, entry: NodeId) -> impl Iterator<Item = (&str, &str)> {
    let block = tree.parent(entry);
    let entries = block.into_iter().flat_map(|block| tree.parts(block));
    entries.filter_map(|entry| {
        let text = tree.text_of(tree.find(entry, Rule::expr)?);
        Some((key_of(tree, entry)?, text.strip_prefix('"')?.strip_suffix('"')?))
    })
}

/// The entry whose value is the block that an entry is in.
fn holder(tree: &Tree, entry: NodeId) -> Option<NodeId> {
    let around = tree.ancestors(entry).skip(1);
    let mut only = around.skip_while(|node| {
        matches!(tree.rule(*node), Some(Rule::block | Rule::postfix | Rule::operand | Rule::binary | Rule::expr))
    });
    only.next().filter(|node| tree.rule(*node) == Some(Rule::field_entry))
}
