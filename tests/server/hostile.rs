//! Editors that mean harm or are broken: the server answers, or ends as the protocol says, and goes on.

use crate::project::Project;
use obs_tests::editor::Editor;
use obs_tests::programs;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Every request about a place in a document.
const REQUESTS: [&str; 14] = [
    "hover",
    "definition",
    "typeDefinition",
    "implementation",
    "completion",
    "signatureHelp",
    "documentHighlight",
    "prepareRename",
    "prepareCallHierarchy",
    "linkedEditingRange",
    "documentSymbol",
    "documentLink",
    "codeLens",
    "diagnostic",
];

fn alive(project: &mut Project) {
    let hover = project.about_file("textDocument/documentSymbol");
    assert!(hover.is_array(), "{hover}");
}

#[test]
fn places_that_are_none_are_answered() {
    let mut project = Project::open("let x = \"🦀\"\n");
    let uris = [project.uri.clone(), "file:///nowhere/else.obs".to_owned(), "untitled:1".to_owned()];
    for uri in &uris {
        for (line, character) in [(0, 9), (0, 10), (0, 4_000_000_000u32), (4_000_000_000u32, 0), (u32::MAX, u32::MAX)] {
            let position = json!({"line": line, "character": character});
            let params = json!({"textDocument": {"uri": uri}, "position": position});
            for request in REQUESTS {
                let answer = project.editor.ask(&format!("textDocument/{request}"), params.clone());
                let code = answer["error"]["code"].as_i64();
                // a name that isn't there can't be changed
                assert!(code.is_none() || code == Some(-32803), "{request} at {position}: {answer}");
            }
            let range = json!({"start": position, "end": {"line": 0, "character": 0}});
            let more = json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": []}});
            for request in ["codeAction", "inlayHint", "semanticTokens/range"] {
                let answer = project.editor.ask(&format!("textDocument/{request}"), more.clone());
                assert!(answer.get("error").is_none(), "{request}: {answer}");
            }
        }
    }
    alive(&mut project);
}

#[test]
fn numbers_that_are_no_positions_are_refused() {
    let mut project = Project::open("let x = 1\n");
    for position in [json!({"line": -1, "character": 0}), json!({"line": 1.5, "character": 0}), json!({"line": 1e30})] {
        let params = json!({"textDocument": {"uri": project.uri}, "position": position});
        let answer = project.editor.ask("textDocument/hover", params);
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
    alive(&mut project);
}

#[test]
fn half_a_surrogate_pair_in_json_harms_nothing() {
    let mut project = Project::open("let x = 1\n");
    let uri = project.uri.clone();
    project.editor.send_body(&format!(
        r#"{{"jsonrpc":"2.0","method":"textDocument/didChange","params":{{"textDocument":{{"uri":"{uri}","version":2}},"contentChanges":[{{"text":"let y = \"\ud83e\""}}]}}}}"#
    ));
    alive(&mut project);
}

#[test]
fn a_message_of_five_megabytes_is_read() {
    let mut project = Project::open("let x = 1\n");
    let uri = project.uri.clone();
    project.editor.replace(&uri, 2, &format!("// {}\nlet long = 1\n", "x".repeat(5 << 20)));
    let symbols = project.about_file("textDocument/documentSymbol");
    assert!(symbols[0]["name"] == "long" || symbols == json!([]), "read, or over the limit: {symbols}");
    project.editor.replace(&uri, 3, "let x = 1\n");
    alive(&mut project);
}

#[test]
fn a_storm_of_requests_with_cancellations_is_answered_each_once() {
    let mut project = Project::open("import std.{Pods}\ncomponent a$0: Pods\n");
    let at = project.at_cursor();
    let uri = project.uri.clone();
    let mut asked = Vec::new();
    for i in 0..1000 {
        let method = format!("textDocument/{}", REQUESTS[i % REQUESTS.len()]);
        let id = project.editor.request(&method, at.clone());
        if i % 2 == 0 {
            project.editor.tell("$/cancelRequest", json!({"id": id}));
        }
        if i % 50 == 0 {
            project.editor.replace(&uri, i as i64 + 2, &format!("import std.{{Pods}}\ncomponent a{i}: Pods\n"));
        }
        asked.push(id);
    }
    for id in asked {
        let answer = project.editor.answer(id);
        let code = answer["error"]["code"].as_i64();
        let fine = [None, Some(-32800), Some(-32801), Some(-32803)];
        assert!(fine.contains(&code), "{answer}");
    }
    let ids: Vec<Value> = project.editor.unasked().into_iter().filter(|m| m["method"].is_null()).collect();
    assert_eq!(ids, Vec::<Value>::new(), "no answer twice");
    alive(&mut project);
}

#[test]
fn documents_that_are_opened_twice_closed_twice_or_never_opened_harm_nothing() {
    let mut project = Project::open("let x = 1\n");
    let uri = project.uri.clone();
    project.editor.open(&uri, "let x = 2\n");
    for _ in 0..2 {
        project.editor.tell("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    }
    project.editor.replace(&uri, 7, "let x = 3\n");
    project.editor.open(&uri, "let x = 4\n");
    project.editor.change(
        &uri,
        -5,
        json!([{"range": {"start": {"line": 9, "character": 9}, "end": {"line": 0, "character": 0}}, "text": ""}]),
    );
    alive(&mut project);
}

#[test]
fn an_editor_that_never_reads_takes_no_more_than_it_sent() {
    let mut server = Command::new(programs::obs_lsp())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the server was built and starts");
    let mut stdin = server.stdin.take().expect("it is piped");
    let mut stderr = server.stderr.take().expect("it is piped");
    // nobody reads this
    let stdout = server.stdout.take();
    let writer = std::thread::spawn(move || {
        let mut send = |message: Value| {
            let body = message.to_string();
            stdin.write_all(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes())
        };
        let _ = send(json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"capabilities": {}}}));
        for id in 1..200_000 {
            // the pipes fill, and this waits: what the server can't say it needn't hear
            if send(json!({"jsonrpc": "2.0", "id": id, "method": "workspace/symbol", "params": {"query": ""}})).is_err()
            {
                return;
            }
        }
    });
    std::thread::sleep(Duration::from_millis(500));
    let statm = std::fs::read_to_string(format!("/proc/{}/statm", server.id())).unwrap_or_default();
    let pages: u64 = statm.split(' ').nth(1).and_then(|n| n.parse().ok()).unwrap_or(0);
    assert!(pages * 4096 < 600 << 20, "it takes {} MB", (pages * 4096) >> 20);
    drop(stdout);
    let end = Instant::now() + Duration::from_secs(20);
    while server.try_wait().expect("it is our child").is_none() {
        assert!(Instant::now() < end, "it ends when nobody can hear it any more");
        std::thread::sleep(Duration::from_millis(20));
    }
    writer.join().expect("it only writes");
    let mut said = String::new();
    stderr.read_to_string(&mut said).expect("it says UTF-8");
    assert_eq!(said, "", "an editor that has left is no accident");
}

#[test]
fn a_closed_pipe_ends_it() {
    let mut editor = Editor::start(json!({}));
    editor.hang_up();
    assert_eq!(editor.ended().code(), Some(1), "without `shutdown` that is no orderly end");
}
