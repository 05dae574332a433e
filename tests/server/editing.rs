//! What the server changes or completes, and what it is told of the workspace.

use crate::project::Project;
use obs_tests::editor::Editor;
use serde_json::{Value, json};

fn able() -> Value {
    json!({
        "workspace": {"workspaceEdit": {"documentChanges": true}, "configuration": true},
        "window": {"workDoneProgress": true},
        "textDocument": {
            "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
            "completion": {"completionItem": {"snippetSupport": true}},
            "diagnostic": {},
        },
    })
}

fn formatted(project: &mut Project, method: &str, more: Value) -> String {
    let mut params = json!({"textDocument": {"uri": project.uri}, "options": {"tabSize": 2, "insertSpaces": true}});
    for (key, value) in more.as_object().expect("parameters") {
        params[key] = value.clone();
    }
    let edits = project.editor.result(method, params);
    project.edited(edits.as_array().map(Vec::as_slice).unwrap_or_default())
}

#[test]
fn a_part_is_formatted_and_the_rest_is_left() {
    let mut project = Project::open("let a   = 1\nlet b   = 2\n\n\n\nlet c   = 3\n");
    let range = json!({"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 3}});
    let found = formatted(&mut project, "textDocument/rangeFormatting", json!({"range": range}));
    assert!(found.contains("let b = 2\n") && found.contains("let c   = 3\n"), "{found}");
}

#[test]
fn what_a_bracket_closes_is_formatted() {
    let mut project = Project::open("let z   = 1\n\nlet a = {\nb:   1\n}$0\n");
    let position = project.at_cursor()["position"].clone();
    let found = formatted(&mut project, "textDocument/onTypeFormatting", json!({"position": position, "ch": "}"}));
    assert_eq!(found, "let z   = 1\n\nlet a = {\n  b: 1\n}\n");
}

#[test]
fn items_are_snippets_and_documentation_comes_when_asked_for() {
    let mut project = Project::open_with(
        "/// Goods.\nprotocol order { transport: http }\nkind A { emits order }\nkind B { accepts order }\n$0",
        able(),
    );
    let items = project.completions();
    let component = items.iter().find(|i| i["label"] == "component").expect("an item");
    assert_eq!(component["insertTextFormat"], 2);
    assert!(component["textEdit"]["newText"].as_str().is_some_and(|t| t.starts_with("component ${1:name}")));
    let mut project = Project::open_with("/// Sells.\nkind Shop {}\ncomponent a: Sh$0\n", able());
    let items = project.completions();
    let kind = items.iter().find(|i| i["label"] == "Shop").expect("a kind").clone();
    assert!(kind["documentation"].is_null());
    let resolved = project.editor.result("completionItem/resolve", kind);
    assert!(resolved["documentation"]["value"].as_str().is_some_and(|d| d.contains("Sells.")), "{resolved}");
    let forged =
        json!({"label": "x", "data": {"uri": project.uri, "file": 4_000_000_000u32, "item": 4_000_000_000u32}});
    assert!(project.editor.result("completionItem/resolve", forged)["documentation"].is_null());
}

#[test]
fn tokens_come_as_differences() {
    let mut project = Project::open("let a = 1\nlet b = 2\nlet c = 3\n");
    let full = project.about_file("textDocument/semanticTokens/full");
    let uri = project.uri.clone();
    project.editor.replace(&uri, 2, "let a = 1\nlet bb = 2\nlet c = 3\n");
    let params = json!({"textDocument": {"uri": uri}, "previousResultId": full["resultId"]});
    let delta = project.editor.result("textDocument/semanticTokens/full/delta", params.clone());
    let edits = delta["edits"].as_array().expect("differences");
    assert_eq!(edits.len(), 1, "{delta}");
    let mut data = full["data"].as_array().expect("a list").clone();
    let (start, deleted) = (edits[0]["start"].as_u64().expect("one"), edits[0]["deleteCount"].as_u64().expect("one"));
    let new = edits[0]["data"].as_array().expect("a list").clone();
    assert!(new.len() < data.len());
    data.splice(start as usize..(start + deleted) as usize, new);
    assert_eq!(json!(data), project.about_file("textDocument/semanticTokens/full")["data"]);
    let stale = project.editor.result("textDocument/semanticTokens/full/delta", params);
    assert!(stale["data"].is_array(), "one that is too old gets them all: {stale}");
}

#[test]
fn what_is_nearer_is_offered_first_and_the_rest_is_imported() {
    let text = "//- main.obs\nlet few = 3\nlet a: int = f$0\n//- b.obs\nlet five = 5\nfn fourfold(n: int): int = n\n";
    let mut project = Project::open_with(text, able());
    let mut items = project.completions();
    items.sort_by_key(|item| item["sortText"].as_str().expect("it is ranked").to_owned());
    let rank = |label: &str| items.iter().position(|i| i["label"] == label).unwrap_or_else(|| panic!("{label}"));
    assert!(rank("few") < rank("five") && rank("five") < rank("fourfold"));
    assert_eq!((&items[rank("few")]["kind"], &items[rank("fourfold")]["kind"]), (&json!(21), &json!(3)));
    assert_eq!(project.complete("fourfold"), "import \"./b.obs\".{fourfold}\n\nlet few = 3\nlet a: int = fourfold(\n");
    let mut project = Project::open_with("component p: Nope\n\nwaive kube-l$0", able());
    let found = project.complete("kube-linter");
    assert_eq!(found, "import std.{kube-linter}\n\ncomponent p: Nope\n\nwaive kube-linter");
}

/// The actions at the cursor, or of a sort.
fn actions(project: &mut Project, only: Option<&str>) -> Vec<Value> {
    let at = project.at_cursor();
    let mut context = json!({"diagnostics": []});
    if let Some(only) = only {
        context["only"] = json!([only]);
    }
    let range = json!({"start": at["position"], "end": at["position"]});
    let params = json!({"textDocument": at["textDocument"], "range": range, "context": context});
    project.editor.result("textDocument/codeAction", params).as_array().expect("a list").clone()
}

#[test]
fn imports_are_organised_and_all_that_is_safe_is_fixed_at_once() {
    let text = "import std.{Pods, Loki, Mimir}\nimport std.{Grafana}\n\ncomponent p: Pods$0\n";
    let mut project = Project::open_with(text, able());
    let found = actions(&mut project, Some("source.organizeImports"));
    assert_eq!(found.len(), 1, "{found:?}");
    let after = project.after(&found[0]["edit"]);
    assert!(after.starts_with("//- main.obs\nimport std.{"), "{after}");
    assert_eq!(after.matches("import").count(), 1, "{after}");
    let found = actions(&mut project, Some("source.fixAll"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["kind"], "source.fixAll.obs");
    assert!(actions(&mut project, None).iter().all(|a| a["kind"] != "source.fixAll.obs"), "only where asked for");
}

#[test]
fn a_let_is_inlined() {
    let mut project = Project::open_with("let o$0ne = 1\nlet two = one + one\n", able());
    let found = actions(&mut project, Some("refactor"));
    let inline = found.iter().find(|a| a["kind"] == "refactor.inline").expect("it can be inlined");
    assert_eq!(inline["title"], "inline `one` (2 places)");
    assert_eq!(project.after(&inline["edit"]), "//- main.obs\nlet two = 1 + 1\n");
}

#[test]
fn the_whole_workspace_is_asked_for_at_once() {
    let mut project = Project::open("//- main.obs\nlet x = 1\n//- other.obs\ncomponent a: Nope\n");
    let other = project.uri_of("other.obs");
    // the folder is read meanwhile
    loop {
        let found = project.editor.result("workspace/diagnostic", json!({"previousResultIds": []}));
        let items = found["items"].as_array().expect("a list");
        if let Some(report) = items.iter().find(|i| i["uri"] == json!(other)) {
            assert_eq!(report["kind"], "full");
            assert!(report["items"][0]["message"].as_str().is_some_and(|m| m.contains("Nope")), "{report}");
            assert_eq!(report["version"], Value::Null, "nobody opened it");
            return;
        }
    }
}

#[test]
fn folders_that_are_closed_are_forgotten() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path().canonicalize().expect("it is there");
    std::fs::write(root.join("obs.toml"), "").expect("it can be written to");
    std::fs::write(root.join("main.obs"), "component a: Nope\n").expect("it can be written to");
    let (uri, mut editor) = (format!("file://{}", root.display()), Editor::connect());
    let folders = json!([{"uri": uri, "name": "a"}]);
    editor.greet_with(json!({"processId": null, "rootUri": null, "workspaceFolders": folders, "capabilities": able()}));
    let main = format!("{uri}/main.obs");
    assert_eq!(editor.diagnostics(&main)["diagnostics"].as_array().map(Vec::len), Some(1));
    editor.tell("workspace/didChangeWorkspaceFolders", json!({"event": {"added": [], "removed": folders}}));
    assert_eq!(editor.diagnostics(&main)["diagnostics"], json!([]));
}

#[test]
fn settings_are_asked_for_and_long_work_is_shown() {
    let mut project = Project::open_with("let x = 1\n", able());
    let asked = project.editor.wait_for("a request for settings", |m| m["method"] == "workspace/configuration");
    assert_eq!(asked["params"]["items"][0]["section"], "obs");
    project.editor.reply(&asked, json!([{"inlayHints": false}]));
    let create = project.editor.wait_for("progress", |m| m["method"] == "window/workDoneProgress/create");
    let token = create["params"]["token"].clone();
    project.editor.reply(&create, Value::Null);
    for kind in ["begin", "end"] {
        let work = project.editor.wait_for(kind, |m| m["method"] == "$/progress");
        assert_eq!((&work["params"]["token"], &work["params"]["value"]["kind"]), (&token, &json!(kind)));
    }
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}});
    let params = json!({"textDocument": {"uri": project.uri}, "range": range});
    assert_eq!(project.editor.result("textDocument/inlayHint", params), Value::Null, "they were turned off");
}

#[test]
fn an_emitted_line_leads_back_to_its_source() {
    let text = "import std.{Mimir, Bucket}
cluster c { domain: \"example.com\" }
namespace n {
  component mim$0ir: Mimir
}
component bucket: Bucket { endpoint: \"s3.example.com\", credentials: secret(\"s3\") }
mimir -> bucket: s3
";
    let mut project = Project::open(text);
    let params = project.at_cursor();
    let files = project.editor.result("obs/emitted", params);
    let is_it = |f: &&Value| f["path"].as_str().is_some_and(|p| p.ends_with("n/mimir/statefulset.yaml"));
    let path = files.as_array().expect("a list").iter().find(is_it).expect("it is deployed")["path"].clone();
    let params = json!({"textDocument": {"uri": project.uri}, "path": path, "line": 0});
    let found = project.editor.result("obs/sourceOf", params);
    assert!(found[0]["uri"] == project.uri.as_str(), "{found}");
    let params = json!({"textDocument": {"uri": project.uri}, "path": "nowhere.yaml", "line": 99});
    assert_eq!(project.editor.result("obs/sourceOf", params), json!([]));
}
