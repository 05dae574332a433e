//! Programs to start from, and what generators do to them.

use obs_tests::programs::root;
use proptest::prelude::*;
use std::path::{Path, PathBuf};

/// Every `.obs` file of the repository, sorted by path: library, examples, fixtures.
pub fn sources() -> Vec<(PathBuf, String)> {
    let mut out = Vec::new();
    for folder in ["std", "examples", "tests/language"] {
        walk(&root().join(folder), &mut out);
    }
    out.sort();
    assert!(out.len() > 10, "the repository has programs");
    out
}

fn walk(folder: &Path, out: &mut Vec<(PathBuf, String)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|e| e.path()) {
        if path.is_dir() {
            walk(&path, out);
        } else if path.extension().is_some_and(|e| e == "obs") {
            out.push((path.clone(), std::fs::read_to_string(&path).expect("sources are UTF-8")));
        }
    }
}

/// Pieces that grammars stumble over.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "\"\"\"",
    "${",
    "\\",
    "//",
    "///",
    "//!",
    "\n",
    "\r\n",
    "\r",
    "\t",
    ",",
    ":",
    ".",
    "..",
    "...",
    "->",
    "<->",
    "-",
    "?",
    "??",
    "|",
    "=",
    "==",
    "/",
    "%",
    "_",
    "é",
    "\u{feff}",
    "\u{202e}",
    "\u{0}",
    "🜁",
    "if ",
    "else ",
    "for ",
    "in ",
    "match ",
    "all x in ",
    "kind ",
    "component ",
    "flow",
    "not ",
    "1h30m",
    "2027-01-01",
    "10k/s",
    "0.5",
    "extends ",
];

/// What is done to a text: at a place (a fraction of its length), something is put in, taken out, doubled or swapped.
#[derive(Debug, Clone)]
pub enum Mutation {
    Insert(f64, usize),
    Delete(f64, usize),
    Repeat(f64, usize),
    Truncate(f64),
    Swap(f64, f64),
}

pub fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        4 => (0.0..1.0, 0..PIECES.len()).prop_map(|(at, piece)| Mutation::Insert(at, piece)),
        3 => (0.0..1.0, 1usize..40).prop_map(|(at, n)| Mutation::Delete(at, n)),
        1 => (0.0..1.0, 1usize..200).prop_map(|(at, n)| Mutation::Repeat(at, n)),
        1 => (0.0..1.0).prop_map(Mutation::Truncate),
        1 => (0.0..1.0, 0.0..1.0).prop_map(|(a, b)| Mutation::Swap(a, b)),
    ]
}

/// A source of the repository with some mutations.
pub fn mutant(most: usize) -> impl Strategy<Value = String> {
    let sources: Vec<String> = sources().into_iter().map(|(_, text)| text).collect();
    (prop::sample::select(sources), prop::collection::vec(mutation(), 1..=most)).prop_map(|(mut text, mutations)| {
        for mutation in mutations {
            text = mutate(&text, &mutation);
        }
        text
    })
}

fn place(text: &str, at: f64) -> usize {
    let mut at = (text.len() as f64 * at) as usize;
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn after(text: &str, at: usize, len: usize) -> usize {
    let mut end = (at + len).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    end
}

pub fn mutate(text: &str, mutation: &Mutation) -> String {
    match *mutation {
        Mutation::Insert(at, piece) => {
            let at = place(text, at);
            format!("{}{}{}", &text[..at], PIECES[piece], &text[at..])
        }
        Mutation::Delete(at, len) => {
            let at = place(text, at);
            format!("{}{}", &text[..at], &text[after(text, at, len)..])
        }
        Mutation::Repeat(at, len) => {
            let at = place(text, at);
            let end = after(text, at, len);
            format!("{}{}{}", &text[..end], &text[at..end], &text[end..])
        }
        Mutation::Truncate(at) => text[..place(text, at)].to_owned(),
        Mutation::Swap(a, b) => {
            let (a, b) = (place(text, a.min(b)), place(text, a.max(b)));
            format!("{}{}", &text[b..], &text[..a])
        }
    }
}
