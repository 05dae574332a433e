//! Many messages at once.

use crate::project::Project;
use serde_json::json;

#[test]
fn every_request_sees_exactly_the_edits_before_it() {
    let mut project = Project::open("let x0 = 1\n");
    let uri = project.uri.clone();
    let mut asked = Vec::new();
    for i in 1..=200 {
        // the name grows, and with it the place that a hover tells
        project.editor.replace(&uri, i + 1, &format!("let {} = 1\n", "x".repeat(i as usize)));
        let at = json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 4}});
        asked.push((i, project.editor.request("textDocument/hover", at)));
    }
    let mut answered = 0;
    for (length, id) in asked {
        let answer = project.editor.answer(id);
        // an edit may overtake a request: then it says so instead of answering from another text
        if answer["error"]["code"] == json!(-32801) {
            continue;
        }
        assert_eq!(answer["result"]["range"]["end"]["character"], json!(4 + length), "{answer}");
        answered += 1;
    }
    assert!(answered > 0, "the last one at least is overtaken by nothing");
}

#[test]
fn diagnostics_are_of_the_last_version_only() {
    let mut project = Project::open("component a: Nope\n");
    let uri = project.uri.clone();
    for version in 2..=50 {
        project.editor.replace(&uri, version, &format!("component a: Nope{version}\n"));
    }
    let found = project.editor.diagnostics_of(&uri, 50);
    let message = found["diagnostics"][0]["message"].as_str().expect("a message");
    assert!(message.contains("Nope50"), "{message}");
}

#[test]
fn a_cancelled_request_is_answered_and_the_server_goes_on() {
    let mut project = Project::open("import std.{Pods}\ncomponent a$0: Pods\n");
    for _ in 0..50 {
        let params = project.at_cursor();
        let id = project.editor.request("textDocument/hover", params);
        project.editor.tell("$/cancelRequest", json!({"id": id}));
        let answer = project.editor.answer(id);
        let cancelled = answer["error"]["code"] == json!(-32800);
        assert!(cancelled || answer["result"]["range"].is_object(), "cancelled, or too late for that: {answer}");
    }
    assert!(project.hover().contains("component a: Pods"));
}

#[test]
fn versions_out_of_order_do_no_harm() {
    let mut project = Project::open("let x = 1\n");
    let uri = project.uri.clone();
    project.editor.replace(&uri, 9, "component a: Nope\n");
    project.editor.replace(&uri, 3, "component b: Nope\n");
    let found = project.editor.diagnostics_of(&uri, 3);
    assert_eq!(found["diagnostics"][0]["range"]["start"]["character"], 13, "{found}");
}
