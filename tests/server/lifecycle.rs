//! From the greeting to the end.

use obs_tests::editor::Editor;
use obs_tests::programs;
use serde_json::{Value, json};
use std::process::Command;

fn code(answer: &Value) -> i64 {
    answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("an error was due: {answer}"))
}

#[test]
fn it_says_what_it_can_do() {
    let mut editor = Editor::connect();
    let offered = editor.greet(json!({}));
    assert_eq!(offered["positionEncoding"], "utf-16");
    for feature in ["hoverProvider", "definitionProvider", "completionProvider", "documentFormattingProvider"] {
        assert!(!offered[feature].is_null(), "{feature}");
    }
}

#[test]
fn obs_lsp_of_the_command_is_this_server() {
    let mut command = Command::new(programs::obs());
    command.arg("lsp");
    let mut editor = Editor::connect_to(command);
    assert_eq!(editor.greet(json!({}))["positionEncoding"], "utf-16");
    editor.result("shutdown", Value::Null);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.ended().code(), Some(0));
}

#[test]
fn a_request_before_the_greeting_is_refused() {
    let mut editor = Editor::connect();
    let at = json!({"textDocument": {"uri": "file:///a.obs"}, "position": {"line": 0, "character": 0}});
    assert_eq!(code(&editor.ask("textDocument/hover", at)), -32002);
    editor.greet(json!({}));
}

#[test]
fn a_request_after_shutdown_is_refused() {
    let mut editor = Editor::start(json!({}));
    editor.result("shutdown", Value::Null);
    let at = json!({"textDocument": {"uri": "file:///a.obs"}, "position": {"line": 0, "character": 0}});
    assert_eq!(code(&editor.ask("textDocument/hover", at)), -32600);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.ended().code(), Some(0));
}

#[test]
fn shutdown_with_null_for_its_parameters_is_shutdown() {
    let mut editor = Editor::start(json!({}));
    editor.send_body(r#"{"jsonrpc": "2.0", "id": "bye", "method": "shutdown", "params": null}"#);
    let answer = editor.wait_for("the answer to shutdown", |m| m["id"] == "bye");
    assert!(answer.get("error").is_none(), "{answer}");
}

#[test]
fn exit_ends_it_though_stdin_stays_open() {
    let mut editor = Editor::start(json!({}));
    editor.result("shutdown", Value::Null);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.ended().code(), Some(0));
}

#[test]
fn exit_without_shutdown_is_a_failure() {
    let mut editor = Editor::start(json!({}));
    editor.tell("exit", Value::Null);
    assert_eq!(editor.ended().code(), Some(1));
}

#[test]
fn the_end_of_stdin_ends_it() {
    let mut editor = Editor::start(json!({}));
    editor.hang_up();
    assert_eq!(editor.ended().code(), Some(1), "nobody asked for shutdown");
    let mut editor = Editor::start(json!({}));
    editor.result("shutdown", Value::Null);
    editor.hang_up();
    assert_eq!(editor.ended().code(), Some(0));
}

#[test]
fn what_is_no_json_gets_an_error_and_harms_nothing() {
    let mut editor = Editor::start(json!({}));
    editor.send_body("{\"jsonrpc\": \"2.0\", \"id\": 1,");
    let answer = editor.wait_for("an error without an id", |m| m["error"]["code"] == -32700);
    assert_eq!(answer["id"], Value::Null);
    for body in ["[1, 2]", "7", "null", r#"{"jsonrpc": "1.0", "id": 1, "method": "shutdown"}"#, r#"{"id": 1}"#] {
        editor.send_body(body);
        let answer = editor.wait_for(body, |m| m["error"]["code"] == -32600);
        assert_eq!(answer["id"], Value::Null);
    }
    editor.result("shutdown", Value::Null);
}

#[test]
fn bytes_that_are_no_message_harm_nothing() {
    let mut editor = Editor::start(json!({}));
    editor.send_bytes(b"Content-Length: 2\r\n\r\n\xff\xfe");
    editor.wait_for("an error without an id", |m| m["error"]["code"] == -32700);
    editor.send_bytes(b"Content-Length: many\r\n\r\nContent-Length: 0\r\n\r\n\r\n\r\nno header at all\r\n");
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    editor.send_body(&format!(r#"{{"jsonrpc": "2.0", "id": 1, "method": "shutdown", "params": {deep}}}"#));
    editor.wait_for("an error without an id", |m| m["error"]["code"] == -32700);
    editor.result("shutdown", Value::Null);
}

#[test]
fn all_is_answered_before_the_end() {
    let mut editor = Editor::start(json!({}));
    let id = editor.request("shutdown", Value::Null);
    editor.tell("exit", Value::Null);
    assert!(editor.answer(id).get("error").is_none());
    assert_eq!(editor.ended().code(), Some(0));
}

#[test]
fn an_unknown_method_and_wrong_parameters_get_errors() {
    let mut editor = Editor::start(json!({}));
    assert_eq!(code(&editor.ask("obs/nothing", json!({}))), -32601);
    assert_eq!(code(&editor.ask("textDocument/hover", json!({"textDocument": 7}))), -32602);
    editor.tell("textDocument/didChange", json!({"textDocument": 7}));
    editor.result("shutdown", Value::Null);
}

#[test]
fn an_editor_that_watches_files_is_asked_to() {
    let mut editor = Editor::start(json!({"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}}}));
    let asked = editor.wait_for("a registration", |m| m["method"] == "client/registerCapability");
    let registration = &asked["params"]["registrations"][0];
    assert_eq!(registration["method"], "workspace/didChangeWatchedFiles", "{asked}");
    assert_eq!(registration["registerOptions"]["watchers"][0]["globPattern"], "**/*.obs", "{asked}");
    editor.reply(&asked, Value::Null);
    editor.result("shutdown", Value::Null);
}
