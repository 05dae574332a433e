//! OBS5118: no password and no key stands in the program itself.
//!
//! Found by form (a URL with a user and a password, a private key, tokens with a known beginning), by the name of what is set,
//! and by how little pattern there is. What is found is never repeated in a message.

use super::Context;
use crate::db::{self, Db, SourceFile};
use crate::diagnostics::{Code, Diagnostic};
use crate::names;
use crate::syntax::tree::{NodeId, Tree};
use crate::syntax::{self, Rule};
use crate::text::{Span, TextRange};
use regex::Regex;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for &id in &names::program(context.db, context.entry).files {
        let file = db::file(context.db, id);
        if !db::is_library(context.db, file) {
            out.extend(found(context.db, file).iter().map(|(span, what)| told(*span, what)));
        }
    }
}

fn told(span: Span, what: &str) -> Diagnostic {
    let message = format!("this looks like a credential: {what}");
    Diagnostic::new(Code::OBS5118, span, message)
        .help("keep it in a Secret, and refer to it: `secret(\"NAME\", \"KEY\")`; whoever reads the program, its outputs or its history has it")
}

/// Messages with asterisks in place of what looks like a credential: types and words are told with what was found instead.
pub(super) fn hide(db: &dyn Db, entry: SourceFile, diagnostics: &mut [Diagnostic]) {
    for &id in &names::program(db, entry).files {
        let file = db::file(db, id);
        if db::is_library(db, file) {
            continue;
        }
        for (span, _) in found(db, file) {
            let range = db::anchors(db, file).resolve(*span).range;
            let literal = db::text(db, file).get(range.start as usize..range.end as usize).unwrap_or_default();
            let literal = literal.trim_matches('"');
            diagnostics.iter_mut().for_each(|d| without(literal, d));
        }
    }
}

/// What is shorter than this is only hidden where it stands by itself: it may be part of any word.
const LONG: usize = 6;

fn without(literal: &str, diagnostic: &mut Diagnostic) {
    let hide = |text: &mut String| {
        for quoted in [format!("`{literal}`"), format!("\"{literal}\"")] {
            if text.contains(&quoted) {
                *text = text.replace(&quoted, "`***`");
            }
        }
        if literal.len() >= LONG && text.contains(literal) {
            *text = text.replace(literal, "***");
        }
    };
    hide(&mut diagnostic.message);
    diagnostic.help.iter_mut().for_each(hide);
    diagnostic.primary_label.iter_mut().for_each(hide);
    diagnostic.labels.iter_mut().for_each(|label| hide(&mut label.message));
}

/// Strings of a file that look like credentials, and why. Only what stands around suspicious lines is parsed.
#[salsa::tracked]
fn found(db: &dyn Db, file: SourceFile) -> Vec<(Span, String)> {
    let anchors = db::anchors(db, file);
    let place = |range: TextRange, start: u32| {
        anchors.span(file.id(db), TextRange::new(range.start + start, range.end + start))
    };
    let (mut out, mut seen) = (Vec::new(), BTreeSet::new());
    for line in suspicious_lines(db::text(db, file)) {
        let (parse, start) = db::parse_around(db, file, line as u32);
        if seen.insert(start) {
            let strings = strings(&parse.tree);
            let why = |node| Some((place(parse.tree.range(node), start), why(&parse.tree, node)?));
            out.extend(strings.filter_map(why));
        }
    }
    // a piece may be within another one that was looked at
    out.sort();
    out.dedup();
    out
}

/// A text with what looks like a credential in it as asterisks, as long as before in bytes: places stay right.
pub fn masked(text: &str) -> Cow<'_, str> {
    if suspicious_lines(text).next().is_none() {
        return Cow::Borrowed(text);
    }
    let parse = syntax::parse(text);
    let found = strings(&parse.tree).filter(|node| why(&parse.tree, *node).is_some());
    let mut out = text.as_bytes().to_vec();
    for range in found.map(|node| parse.tree.range(node)) {
        let hidden = out.get_mut(range.start as usize..range.end as usize).unwrap_or_default();
        // lines and quotes stay where they are
        hidden.iter_mut().filter(|b| !matches!(**b, b'"' | b'\n')).for_each(|b| *b = b'*');
    }
    // a string's whole characters are gone, so that what is left is text
    String::from_utf8(out).map_or(Cow::Borrowed(""), Cow::Owned)
}

/// Where lines start that may have a credential, or the name of one: all that [`why`] finds, and more. Passes over the
/// whole text, not line by line: an editor asks at each keystroke.
fn suspicious_lines(text: &str) -> impl Iterator<Item = usize> + '_ {
    let named = NAMED.find_iter(text).filter_map(|found| {
        let line = text[found.end()..].split('\n').next().unwrap_or_default();
        (found.as_str() != "://" || line.contains('@')).then_some(found.start())
    });
    let words = text.split(|c| !in_token(c)).filter(|word| is_mixed(word));
    let mixed = words.map(|word| word.as_ptr() as usize - text.as_ptr() as usize);
    let mut last = None;
    named.chain(mixed).filter_map(move |at| {
        let line = text[..at].rfind('\n').map_or(0, |at| at + 1);
        (last.replace(line) != Some(line)).then_some(line)
    })
}

/// What names or begins a credential. Constants of letters, digits, `_` and `-`: nothing to escape. Of ASCII alone: the
/// command compiles it at each start.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let words = SECRET_WORDS.iter().copied().chain(SECRET_PAIRS.iter().map(|[_, last]| *last)).collect::<Vec<_>>();
    let beginnings = BEGINNINGS.iter().map(|(start, _)| *start).collect::<Vec<_>>();
    let (words, beginnings) = (words.join("|"), beginnings.join("|"));
    Regex::new(&format!("(?i-u:{words})|-----BEGIN |://|{beginnings}")).expect("a regular expression of constants")
});

/// Each string, by its first leaf.
fn strings(tree: &Tree) -> impl Iterator<Item = NodeId> + '_ {
    let mut last = None;
    tree.leaves().filter_map(move |leaf| {
        let string = tree.ancestors(leaf).find(|n| tree.rule(*n) == Some(Rule::string))?;
        (last.replace(string) != Some(string)).then_some(string)
    })
}

/// Why a string looks like a credential, if it does.
fn why(tree: &Tree, string: NodeId) -> Option<String> {
    let text = tree.text_of(string).trim_matches('"');
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some("a private key".to_owned());
    }
    if has_login(text) {
        return Some("a URL with a user and a password".to_owned());
    }
    if has_known_beginning(text) {
        return Some("a token of a well-known form".to_owned());
    }
    // what is put together is no literal
    if text.contains("${") || is_reference(tree, string) {
        return None;
    }
    // what stands in a list, or is said by an assertion, has no name
    let (name, value) = named(tree, string, text).unwrap_or_else(|| (String::new(), text));
    if is_secret_name(&name) && is_value(value) {
        return Some(format!("the value of `{name}`"));
    }
    is_random(value).then(|| "letters and digits without a pattern".to_owned())
}

/// `https://user:password@host`.
fn has_login(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let rest = &text[at + 3..];
        let authority = rest.split(['/', '?', '#', ' ', '\n', '"', '\'']).next().unwrap_or_default();
        let Some((login, host)) = authority.rsplit_once('@') else { return false };
        let password = login.split_once(':').map(|(_, password)| password).unwrap_or_default();
        !host.is_empty() && !password.is_empty() && !password.starts_with(['$', '<', '{', '*'])
    })
}

/// Beginnings of tokens that their issuers document, and how long what follows is at the least.
const BEGINNINGS: &[(&str, usize)] = &[
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 36),
    ("github_pat_", 22),
    ("glpat-", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("sk_live_", 16),
];

fn has_known_beginning(text: &str) -> bool {
    let token = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    text.split(|c| !token(c)).any(|word| {
        BEGINNINGS.iter().any(|(start, length)| word.strip_prefix(start).is_some_and(|rest| rest.len() >= *length))
    })
}

/// Whether a string is part of a `secret(…)`, of a name or of a type.
fn is_reference(tree: &Tree, string: NodeId) -> bool {
    tree.ancestors(string).skip(1).any(|node| match tree.rule(node) {
        Some(Rule::key | Rule::type_literal | Rule::pattern) => true,
        Some(Rule::postfix) => tree.text_of(node).starts_with("secret("),
        _ => false,
    })
}

/// The name that a string is given to, and the value: of `"--token=abc"` those within it. `None` where it has none.
fn named<'t>(tree: &'t Tree, string: NodeId, text: &'t str) -> Option<(String, &'t str)> {
    if let Some((flag, value)) = text.strip_prefix('-').and_then(|flag| flag.split_once('=')) {
        return Some((flag.trim_start_matches('-').to_owned(), value));
    }
    let holder = tree.ancestors(string).find(|node| {
        matches!(
            tree.rule(*node),
            Some(Rule::field_entry | Rule::arg | Rule::param | Rule::let_item | Rule::let_member)
        )
    })?;
    let keys = tree.parts(holder).filter(|part| matches!(tree.rule(*part), Some(Rule::key | Rule::ident)));
    // of `a.b.c` the last one
    let name = keys.last().map(|key| tree.text_of(key).trim_matches('"').to_owned()).unwrap_or_default();
    Some((name, text))
}

/// Last words of names that hold what nobody may read.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pass",
    "token",
    "secret",
    "apikey",
    "credential",
    "credentials",
    "authtoken",
];
/// And pairs of words.
const SECRET_PAIRS: &[[&str; 2]] = &[["api", "key"], ["access", "key"], ["secret", "key"], ["private", "key"]];

fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    match words.as_slice() {
        [.., before, last] => {
            SECRET_WORDS.contains(&last.as_str()) || SECRET_PAIRS.iter().any(|[a, b]| before == a && last == b)
        }
        [only] => SECRET_WORDS.contains(&only.as_str()),
        [] => false,
    }
}

/// `adminPassword`, `ADMIN_PASSWORD` and `admin.password` as words.
fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && small) {
            out.push(String::new());
        }
        small = c.is_ascii_lowercase();
        if c.is_ascii_alphanumeric() {
            out.last_mut().into_iter().for_each(|word| word.push(c.to_ascii_lowercase()));
        }
    }
    out.retain(|word| !word.is_empty());
    out
}

/// Whether text can be a credential: no path, no variable, no sentence.
fn is_value(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace) && !text.starts_with(['/', '$', '<', '{', '%'])
}

/// Bits a character that text with no pattern has at the least: words have fewer.
const ENTROPY: f64 = 4.0;
const SHORTEST: usize = 20;

fn in_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/=_-".contains(c)
}

fn is_random(text: &str) -> bool {
    text.chars().all(in_token) && is_mixed(text) && entropy(text) >= ENTROPY
}

/// Whether a text is long, and has digits and letters of both cases: what has a random text in it is so too.
fn is_mixed(text: &str) -> bool {
    let count = |of: fn(&char) -> bool| text.chars().filter(of).count();
    text.len() >= SHORTEST
        && count(char::is_ascii_digit) >= 3
        && count(char::is_ascii_uppercase) >= 3
        && count(char::is_ascii_lowercase) >= 3
}

/// Shannon's, in bits a character.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 128];
    // only ASCII is asked for
    text.bytes().for_each(|b| counts[usize::from(b & 127)] += 1);
    let all = text.len() as f64;
    counts.iter().filter(|n| **n > 0).map(|n| f64::from(*n) / all).map(|p| -p * p.log2()).sum()
}
