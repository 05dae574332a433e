//! The words of every grammar are those of the compiler. Where a grammar lists words, `words: NAME` in a comment before
//! says which; `OBS_UPDATE=1` writes the compiler's there.

use obs_compiler::syntax::{ITEM_KEYWORDS, MEMBER_KEYWORDS, ast::PROTOCOL_ATTRIBUTES, keywords};
use obs_compiler::types::builtins::Builtin;
use obs_compiler::types::{BUILTIN_NAMES, BUILTIN_TYPES, TAGS};
use obs_tests::fixture::update;
use obs_tests::programs::root;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Keywords behind the start of an item or a member.
const CLAUSES: &[&str] = &["as", "by", "extends", "into", "on", "until"];
const CONTROL: &[&str] = &["else", "for", "if", "match"];
const OPERATORS: &[&str] = &["all", "and", "any", "in", "not", "or"];
const CONSTANTS: &[&str] = &["false", "none", "true"];

/// The lists that a grammar must have.
const GRAMMARS: &[(&str, &[&str])] = &[
    ("tree-sitter-obs/grammar.js", &["items", "members", "attributes"]),
    ("tree-sitter-obs/queries/highlights.scm", &["keywords", "control", "operators"]),
    (
        "vscode/syntaxes/obs.tmLanguage.json",
        &["keywords", "control", "operators", "constants", "types", "names", "functions"],
    ),
    ("emacs/obs-mode.el", &["keywords", "control", "operators", "constants", "types", "functions"]),
];

/// The words of each class, in the order of the compiler.
fn lists() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut declaring = ITEM_KEYWORDS.to_vec();
    declaring.extend(MEMBER_KEYWORDS.iter().filter(|word| !ITEM_KEYWORDS.contains(word)));
    declaring.extend(CLAUSES);
    BTreeMap::from([
        ("items", ITEM_KEYWORDS.to_vec()),
        ("members", MEMBER_KEYWORDS.to_vec()),
        ("attributes", PROTOCOL_ATTRIBUTES.to_vec()),
        ("keywords", declaring),
        ("control", CONTROL.to_vec()),
        ("operators", OPERATORS.to_vec()),
        ("constants", CONSTANTS.to_vec()),
        ("types", BUILTIN_TYPES.to_vec()),
        ("functions", Builtin::ALL.iter().map(|b| b.name()).collect()),
        ("names", BUILTIN_NAMES.concat()),
        ("tags", TAGS.to_vec()),
    ])
}

/// Files of the editors that were written by hand, or stand in for what was.
pub fn files() -> Vec<PathBuf> {
    let (mut out, mut folders) = (Vec::new(), vec![root().join("editors")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of the source") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match path.is_dir() {
                true if !["node_modules", "dist", "target", "src"].contains(&name.as_str()) => folders.push(path),
                false => out.push(path),
                true => {}
            }
        }
    }
    out.sort();
    out
}

/// A list within a file: its name, where its words stand, and its words as the compiler has them.
fn written(path: &Path, text: &str) -> Vec<(String, std::ops::Range<usize>, String)> {
    let marker = Regex::new(r"\bwords: ([a-z]+)").expect("a pattern");
    let list = Regex::new(r#"\(([a-z_]+(?:\|[a-z_]+)*)\)|[\[(](\s*(?:"[a-z_]+"[\s,]*)+)[\])]"#).expect("a pattern");
    let lists = lists();
    let mut out = Vec::new();
    for found in marker.captures_iter(text) {
        let (all, name) = (found.get(0).expect("it matched"), &found[1]);
        let place = format!("{}: `{}`", path.display(), all.as_str());
        let words = lists.get(name).unwrap_or_else(|| panic!("{place}: there is no such list"));
        let list = list.captures(&text[all.end()..]).unwrap_or_else(|| panic!("{place}: no list behind it"));
        let (group, now) = match (list.get(1), list.get(2)) {
            (Some(plain), _) => (plain, words.join("|")),
            (None, quoted) => (quoted.expect("one of them"), quoted_words(path, words)),
        };
        let at = all.end() + group.start();
        out.push((name.to_owned(), at..at + group.len(), now));
    }
    out
}

fn quoted_words(path: &Path, words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    match path.extension().and_then(|e| e.to_str()) {
        Some("scm") => format!("\n  {}\n", quoted.join("\n  ")),
        Some("el") => {
            let mut lines = vec![String::new()];
            for word in quoted {
                if lines.last().is_some_and(|line| line.len() + word.len() > 70) {
                    lines.push(String::new());
                }
                let line = lines.last_mut().expect("there is one");
                line.push_str(if line.is_empty() { "" } else { " " });
                line.push_str(&word);
            }
            lines.join("\n    ")
        }
        _ => quoted.join(", "),
    }
}

#[test]
fn the_words_of_grammars_are_those_of_the_compiler() {
    let mut behind = Vec::new();
    for path in GRAMMARS.iter().map(|(path, _)| root().join("editors").join(path)) {
        let mut text = std::fs::read_to_string(&path).expect("the grammar is there");
        let lists = written(&path, &text);
        let wrong: Vec<_> = lists.into_iter().filter(|(_, at, now)| text[at.clone()] != **now).collect();
        if wrong.is_empty() {
            continue;
        }
        behind.extend(wrong.iter().map(|(name, ..)| format!("{}: {name}", path.display())));
        wrong.into_iter().rev().for_each(|(_, at, now)| text.replace_range(at, &now));
        if update() {
            std::fs::write(&path, text).expect("it can be written");
        }
    }
    assert!(behind.is_empty() || update(), "OBS_UPDATE=1 writes them: {behind:#?}");
}

#[test]
fn every_grammar_has_the_lists_it_needs() {
    for (path, needed) in GRAMMARS {
        let path = root().join("editors").join(path);
        let text = std::fs::read_to_string(&path).expect("the grammar is there");
        let has: BTreeSet<String> = written(&path, &text).into_iter().map(|(name, ..)| name).collect();
        let lacking: Vec<_> = needed.iter().filter(|name| !has.contains(**name)).collect();
        assert!(lacking.is_empty(), "{}: no list of {lacking:?}", path.display());
    }
}

#[test]
fn every_keyword_has_a_class() {
    let classes = [ITEM_KEYWORDS, MEMBER_KEYWORDS, CLAUSES, CONTROL, OPERATORS, CONSTANTS];
    let classed: BTreeSet<&str> = classes.concat().into_iter().collect();
    let all = keywords();
    assert_eq!(classed, all.iter().map(String::as_str).collect(), "a new keyword has its place in a list above");
}

/// The parser was generated after the last word was added.
#[test]
fn the_generated_parser_has_all_words() {
    let path = root().join("editors/tree-sitter-obs/src/grammar.json");
    let grammar = std::fs::read_to_string(path).expect("it is there");
    let keywords = keywords();
    let words = keywords.iter().map(String::as_str).chain(PROTOCOL_ATTRIBUTES.iter().copied());
    let lacking: Vec<_> = words.filter(|word| !grammar.contains(&format!("\"value\": \"{word}\""))).collect();
    assert!(lacking.is_empty(), "`tree-sitter generate` was not run since: {lacking:?}");
}
