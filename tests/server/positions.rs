//! Columns, line ends, and what lies past the end.

use crate::project::Project;
use serde_json::{Value, json};

fn utf8() -> Value {
    json!({"general": {"positionEncodings": ["utf-8", "utf-16"]}})
}

#[test]
fn diagnostics_count_as_the_editor_does() {
    let text = "import std.{Pods}\ncomponent a: Pods { title: \"🦀🦀\", colour: 1 }\n";
    let bytes = text.lines().nth(1).expect("it has two lines").find("colour").expect("it is in it") as u64;
    for (capabilities, column) in [(json!({}), bytes - 4), (utf8(), bytes)] {
        let mut project = Project::open_with(text, capabilities);
        let uri = project.uri.clone();
        let found = project.editor.diagnostics(&uri);
        let found = found["diagnostics"].as_array().expect("a list");
        let field = found.iter().find(|d| d["code"] == "OBS2106").expect("there is no such field");
        assert_eq!(field["range"]["start"], json!({"line": 1, "character": column}));
    }
}

#[test]
fn what_comes_first_is_not_what_counts() {
    let project =
        Project::open_with("let x = 1", json!({"general": {"positionEncodings": ["utf-16", "utf-32", "utf-8"]}}));
    assert_eq!(project.offered["positionEncoding"], "utf-8", "UTF-8 whenever it is offered");
    let project = Project::open_with("let x = 1", json!({"general": {"positionEncodings": ["utf-32"]}}));
    assert_eq!(project.offered["positionEncoding"], "utf-16", "what every editor knows, if not");
}

#[test]
fn edits_behind_an_emoji_land_where_they_should() {
    for (capabilities, column) in [(json!({}), 32), (utf8(), 36)] {
        let mut project =
            Project::open_with("import std.{Pods}\ncomponent a: Pods { title: \"🦀🦀\" }\n", capabilities);
        let uri = project.uri.clone();
        project.editor.diagnostics(&uri);
        let at = json!({"line": 1, "character": column + 1});
        project.editor.change(&uri, 2, json!([{"range": {"start": at, "end": at}, "text": ", colour: 1"}]));
        let found = project.editor.diagnostics_of(&uri, 2);
        let found = found["diagnostics"].as_array().expect("a list");
        assert!(found.iter().any(|d| d["message"].as_str().is_some_and(|m| m.contains("colour"))), "{found:?}");
    }
}

#[test]
fn line_ends_of_windows_and_old_macs_count_as_one() {
    let mut project = Project::open("import std.{Pods}\r\n\rcomponent a: Pods\r\ncomponent b: Nope\r\n");
    let uri = project.uri.clone();
    let found = project.editor.diagnostics(&uri);
    let found = found["diagnostics"].as_array().expect("a list");
    let unknown = found.iter().find(|d| d["code"] == "OBS2104").expect("there is no such kind");
    assert_eq!(unknown["range"], json!({"start": {"line": 3, "character": 13}, "end": {"line": 3, "character": 17}}));
}

#[test]
fn positions_past_the_end_are_moved_to_it() {
    let mut project = Project::open("import std.{Pods}\r\ncomponent a: Pods");
    let uri = project.uri.clone();
    let hover = |project: &mut Project, line: u32, character: u32| {
        let params = json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}});
        project.editor.result("textDocument/hover", params)
    };
    let kind = hover(&mut project, 1, 16)["range"].clone();
    assert_eq!(kind, json!({"start": {"line": 1, "character": 13}, "end": {"line": 1, "character": 17}}));
    assert_eq!(hover(&mut project, 1, 9999)["range"], kind, "the end of the line touches the kind's name");
    assert_eq!(hover(&mut project, 9999, 0)["range"], kind, "the end of the text");
    assert_eq!(hover(&mut project, u32::MAX, u32::MAX)["range"], kind);
    // a column past the end of a line is its end, not the next line's start
    assert_eq!(hover(&mut project, 0, 9999), Value::Null);
}

#[test]
fn a_document_that_nobody_opened_is_answered() {
    let mut project = Project::open("let x = 1\n");
    for uri in ["file:///nowhere/at/all.obs", "untitled:Untitled-1", "git:/x.obs?ref", "file:///%FF.obs"] {
        let at = json!({"textDocument": {"uri": uri}, "position": {"line": 3, "character": 3}});
        assert_eq!(project.editor.result("textDocument/hover", at.clone()), Value::Null, "{uri}");
        assert_eq!(project.editor.result("textDocument/completion", at), Value::Null, "{uri}");
        project.editor.replace(uri, 2, "x");
        project.editor.tell("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    }
}
