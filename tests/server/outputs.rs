//! The server's own requests: what becomes of the text.

use crate::project::Project;
use serde_json::{Value, json};

const TEXT: &str = "import std.{Mimir, Bucket}
cluster c { domain: \"example.com\" }
namespace n {
  component mim$0ir: Mimir
}
component bucket: Bucket { endpoint: \"s3.example.com\", credentials: secret(\"s3\") }
mimir -> bucket: s3
";

#[test]
fn a_picture_follows_the_unsaved_text() {
    let mut project = Project::open(TEXT);
    let uri = project.uri.clone();
    let mut draw = |params: Value| project.editor.ask("obs/preview", params);
    let of = |view: &str, format: &str| json!({"textDocument": {"uri": uri}, "view": view, "format": format});
    let found = draw(json!({"textDocument": {"uri": uri}}));
    assert_eq!((&found["result"]["view"], &found["result"]["format"]), (&json!("system"), &json!("mermaid")));
    assert!(found["result"]["text"].as_str().is_some_and(|t| t.contains("mimir")), "{found}");
    assert!(draw(of("system", "ascii"))["result"]["text"].as_str().is_some_and(|t| t.contains("mimir")));
    let none = draw(of("nowhere", "ascii"));
    assert_eq!(none["error"]["message"], "there is no view `nowhere`");
    let none = draw(of("system", "gif"));
    assert!(none["error"]["message"].as_str().is_some_and(|m| m.contains("mermaid")), "{none}");
    assert_eq!(draw(json!({"textDocument": {"uri": "file:///nowhere.obs"}}))["result"], Value::Null);
    let (uri, text) = (project.uri.clone(), project.text().replace("mimir", "store"));
    project.editor.replace(&uri, 2, &text);
    let found = project.editor.ask("obs/preview", json!({"textDocument": {"uri": uri}}));
    assert!(found["result"]["text"].as_str().is_some_and(|t| t.contains("store")), "{found}");
}

#[test]
fn views_are_named_with_what_they_show() {
    let mut project = Project::open(TEXT);
    let found = project.editor.result("obs/views", json!({"textDocument": {"uri": project.uri}}));
    let found = found.as_array().expect("a list");
    assert!(found.contains(&json!({"name": "system", "title": "System architecture"})), "{found:?}");
    assert!(found.iter().all(|view| view["name"] != "logs"), "no logs flow: {found:?}");
}

#[test]
fn what_an_item_gives_is_shown() {
    let mut project = Project::open(TEXT);
    let params = project.at_cursor();
    let found = project.editor.result("obs/emitted", params);
    let files = found.as_array().expect("a list");
    let paths: Vec<&str> = files.iter().filter_map(|f| f["path"].as_str()).collect();
    let workload = files.iter().find(|f| f["path"].as_str().is_some_and(|p| p.ends_with("n/mimir/statefulset.yaml")));
    let text = workload.unwrap_or_else(|| panic!("{paths:?}"))["text"].as_str().expect("text");
    assert!(text.contains("kind: StatefulSet"), "{text}");
}
