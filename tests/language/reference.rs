//! The reference is true: its examples compile or fail as it says, and its lists are those of the compiler.

use crate::support::{Finding, findings};
use obs_compiler::syntax::{ITEM_KEYWORDS, ast::PROTOCOL_ATTRIBUTES, format};
use obs_compiler::types::attributes::{ATTRIBUTES, CLUSTER, COMPONENT_SETTINGS, VIEW};
use obs_compiler::types::builtins::Builtin;
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../compiler/docs/language.md");
const GRAMMAR: &str = include_str!("../../compiler/src/syntax/obs.pest");

/// The fenced blocks of the page: what stands behind the backticks, and the text.
fn fences() -> Vec<(&'static str, String)> {
    let mut out: Vec<(&str, String)> = Vec::new();
    let mut open = false;
    for line in PAGE.lines() {
        match line.strip_prefix("```") {
            Some(_) if open => open = false,
            Some(info) => {
                open = true;
                out.push((info, String::new()));
            }
            None if open => {
                let text = &mut out.last_mut().expect("a block is open").1;
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    out
}

#[test]
fn examples_compile_or_fail_as_the_page_says() {
    let all = fences();
    let town = &all.iter().find(|(info, _)| *info == "obs town").expect("the page starts with a program").1;
    let mut seen = 0;
    for (info, text) in all.iter().filter(|(info, _)| info.split(' ').next() == Some("obs")) {
        seen += 1;
        let words: Vec<&str> = info.split(' ').collect();
        let whole = if info.ends_with("with town") { format!("{town}\n{text}") } else { text.clone() };
        let errors: Vec<Finding> = findings(&whole).into_iter().filter(|f| f.is_error).collect();
        let codes: Vec<&str> = errors.iter().map(|f| f.code).collect();
        match words.iter().position(|w| *w == "error") {
            Some(at) => assert_eq!(codes, [words[at + 1]], "{errors:#?}\nin\n{text}"),
            None => assert_eq!(codes, [""; 0], "{errors:#?}\nin\n{text}"),
        }
        assert_eq!(format(text).as_deref(), Some(text.as_str()), "the example has the form of obs fmt");
    }
    assert!(seen > 20, "the page has examples");
}

/// Every construct has an example that compiles.
#[test]
fn every_construct_has_an_example() {
    let examples: String =
        fences().into_iter().filter(|(i, _)| i.starts_with("obs") && !i.contains("error")).map(|(_, t)| t).collect();
    for keyword in ITEM_KEYWORDS {
        let starts =
            |line: &str| line.trim_start().strip_prefix(keyword).is_some_and(|rest| rest.starts_with([' ', '"']));
        assert!(examples.lines().any(starts), "no example of `{keyword}`");
    }
    for piece in [
        " -> ",
        " extends ",
        "param ",
        "port ",
        "accepts ",
        "emits ",
        "file ",
        "dashboard ",
        "\n  assert ",
        "if ",
        " else ",
        "match ",
        "for ",
        "...",
        "??",
        "all c in",
        "promql\"",
        "\"\"\"",
        "secret(",
        "${",
        "1..",
        "(1Gi..",
        "?: ",
        " as ",
        "import std.{",
    ] {
        assert!(examples.contains(piece), "no example of `{piece}`");
    }
}

/// The words in quotes of a grammar.
fn quoted_words(text: &str) -> BTreeSet<&str> {
    text.split('"').skip(1).step_by(2).filter(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase())).collect()
}

#[test]
fn the_grammar_on_the_page_has_the_words_of_the_parser() {
    let page = &fences().into_iter().find(|(info, _)| *info == "ebnf").expect("the page has a grammar").1;
    // the string rule quotes the quote itself, which would turn everything behind it inside out
    let page: String = page.lines().filter(|l| !l.starts_with("string ")).collect::<Vec<_>>().join("\n");
    let keywords: BTreeSet<&str> = GRAMMAR
        .split("kw_")
        .filter_map(|part| part.split_once(" = @{ \""))
        .filter(|(name, _)| name.bytes().all(|b| b.is_ascii_lowercase()))
        .filter_map(|(_, rest)| rest.split_once('"'))
        .map(|(word, _)| word)
        .collect();
    assert!(keywords.len() > 35, "{keywords:?}");
    let on_page = quoted_words(&page);
    let missing: Vec<&&str> = keywords.difference(&on_page).collect();
    assert!(missing.is_empty(), "the parser knows these, the page doesn't: {missing:?}");
    let others: BTreeSet<&str> = ["all", "any", "not", "true", "false", "none", "string"].into();
    let unknown: Vec<&&str> = on_page.iter().filter(|w| !keywords.contains(*w) && !others.contains(*w)).collect();
    assert!(unknown.is_empty(), "the page knows these, the parser doesn't: {unknown:?}");
    let rules = |text: &str| -> BTreeSet<String> {
        text.lines()
            .filter_map(|l| l.split_once('='))
            .map(|(name, _)| name.trim().to_owned())
            .filter(|n| !n.is_empty())
            .collect()
    };
    let named = rules(&page);
    for item in ITEM_KEYWORDS.iter().filter(|k| !matches!(**k, "autoscale")) {
        assert!(named.contains(*item), "the page has no rule for `{item}`");
    }
}

#[test]
fn the_lists_on_the_page_are_those_of_the_compiler() {
    let has = |name: &str| PAGE.contains(&format!("`{name}`")) || PAGE.contains(&format!("`{name}("));
    for name in ATTRIBUTES.keys() {
        assert!(has(name), "the attribute `{name}`");
    }
    for name in COMPONENT_SETTINGS.iter().chain(PROTOCOL_ATTRIBUTES) {
        assert!(has(name), "the setting `{name}`");
    }
    for name in CLUSTER.fields.keys().chain(VIEW.fields.keys()) {
        assert!(has(name) || PAGE.contains(&format!("  {name}: ")), "the setting `{name}`");
    }
    for builtin in Builtin::ALL {
        assert!(has(builtin.name()), "the function `{}`", builtin.name());
    }
}
