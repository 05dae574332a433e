//! The editors' grammars against the compiler's list of keywords.

use obs_compiler::syntax;
use obs_tests::programs::root;
use serde_json::Value;
use std::collections::BTreeSet;

/// Scopes whose words are keywords.
const SCOPES: &[&str] =
    &["keyword.declaration", "keyword.control", "keyword.other.obs", "keyword.operator.word", "constant.language"];

/// The words of groups such as `(if|else)` in patterns of these scopes.
fn words(grammar: &Value, out: &mut BTreeSet<String>) {
    match grammar {
        Value::Array(items) => items.iter().for_each(|item| words(item, out)),
        Value::Object(fields) => {
            fields.values().for_each(|field| words(field, out));
            let captures = fields.get("captures").and_then(Value::as_object);
            let named = captures.into_iter().flat_map(|c| c.values()).filter_map(|c| c["name"].as_str());
            let mut scopes = fields.get("name").and_then(Value::as_str).into_iter().chain(named);
            if scopes.any(|scope| SCOPES.iter().any(|s| scope.starts_with(s))) {
                // a capture only gives the scope: the pattern is around it
                out.extend(fields.get("match").and_then(Value::as_str).into_iter().flat_map(groups));
            }
        }
        _ => {}
    }
}

fn groups(pattern: &str) -> impl Iterator<Item = String> {
    let plain = |text: &&str| text.chars().all(|c| c.is_ascii_lowercase() || c == '|');
    let inner = pattern.split('(').filter_map(|rest| rest.split_once(')')).map(|(inner, _)| inner);
    inner.filter(plain).flat_map(|group| group.split('|')).map(str::to_owned).filter(|word| !word.is_empty())
}

#[test]
fn the_textmate_grammar_has_the_keywords_of_the_compiler() {
    let path = root().join("editors/vscode/syntaxes/obs.tmLanguage.json");
    let text = std::fs::read_to_string(path).expect("the grammar is there");
    let grammar: Value = serde_json::from_str(&text).expect("it is JSON");
    let mut found = BTreeSet::new();
    words(&grammar, &mut found);
    assert_eq!(found, syntax::keywords().into_iter().collect());
}

#[test]
fn keywords_of_items_are_keywords() {
    let all = syntax::keywords();
    let unknown: Vec<_> = syntax::ITEM_KEYWORDS.iter().filter(|k| !all.iter().any(|word| word == *k)).collect();
    assert!(unknown.is_empty(), "the grammar has no rule for {unknown:?}");
}
