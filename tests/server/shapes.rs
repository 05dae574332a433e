//! Tokens, folds, and what is shown between the words.

use crate::project::Project;
use serde_json::{Value, json};

/// The tokens of the open file, one a line.
fn tokens(project: &mut Project, offered: &Value) -> Vec<String> {
    let types = offered["semanticTokensProvider"]["legend"]["tokenTypes"].as_array().expect("a legend").clone();
    let data = project.about_file("textDocument/semanticTokens/full")["data"].clone();
    let numbers: Vec<u64> = data.as_array().expect("a list").iter().map(|n| n.as_u64().expect("numbers")).collect();
    let text: Vec<Vec<u16>> = project.text().lines().map(|l| l.encode_utf16().collect()).collect();
    let (mut line, mut column) = (0, 0);
    let mut out = Vec::new();
    for token in numbers.chunks(5) {
        column = if token[0] > 0 { token[1] } else { column + token[1] };
        line += token[0];
        let word = &text[line as usize][column as usize..(column + token[2]) as usize];
        let kind = types[token[3] as usize].as_str().expect("a name");
        out.push(format!("{} {kind}", String::from_utf16(word).expect("characters stay whole")));
    }
    out
}

#[test]
fn tokens_say_what_names_mean() {
    let mut project = Project::open("let s = \"🦀\" // all\nlet t = \"\"\"\n  a\n  b\"\"\"\nlet u = s\n");
    let offered = project.offered.clone();
    assert_eq!(
        tokens(&mut project, &offered),
        [
            "let keyword",
            "s variable",
            "\" string",
            "🦀 string",
            "\" string",
            "// all comment",
            "let keyword",
            "t variable",
            "\"\"\" string",
            "  a string",
            "  b string",
            "\"\"\" string",
            "let keyword",
            "u variable",
            "s variable",
        ]
    );
}

#[test]
fn tokens_of_a_part_are_those_of_the_whole() {
    let mut project = Project::open("let a = 1\nlet b = 2\nlet c = 3\n");
    let range = json!({"start": {"line": 1, "character": 0}, "end": {"line": 2, "character": 0}});
    let params = json!({"textDocument": {"uri": project.uri}, "range": range});
    let found = project.editor.result("textDocument/semanticTokens/range", params);
    assert_eq!(found["data"].as_array().map(Vec::len), Some(3 * 5), "{found}");
    assert_eq!(found["data"][0], 1, "counted from the start of the file");
}

#[test]
fn folds_leave_the_line_of_the_closing_bracket_to_editors_that_fold_lines() {
    let text = "namespace a {\n  let b = 1\n}\n// one\n// two\nlet c = {\n}\n";
    let lines = |project: &mut Project| {
        let found = project.about_file("textDocument/foldingRange");
        let fold = |f: &Value| (f["startLine"].as_u64().expect("a line"), f["endLine"].as_u64().expect("a line"));
        found.as_array().expect("a list").iter().map(fold).collect::<Vec<_>>()
    };
    assert_eq!(lines(&mut Project::open(text)), [(0, 2), (3, 4), (5, 6)]);
    let can = json!({"textDocument": {"foldingRange": {"lineFoldingOnly": true}}});
    assert_eq!(lines(&mut Project::open_with(text, can)), [(0, 1), (3, 4)]);
}

#[test]
fn hints_can_be_written_where_they_are_shown() {
    let text = "import std.{Prometheus, Mimir}
component prometheus: Prometheus
component mimir: Mimir
mimir -> prometheus
prometheus -> mimir: remote_write
scale mimir { default: 3 }
";
    let mut project = Project::open(text);
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}});
    let params = json!({"textDocument": {"uri": project.uri}, "range": range});
    let found = project.editor.result("textDocument/inlayHint", params);
    let labels: Vec<&str> = found.as_array().expect("a list").iter().filter_map(|h| h["label"].as_str()).collect();
    assert!(labels.contains(&"×3, tolerates 1"), "{labels:?}");
}
