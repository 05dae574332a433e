//! Where names are, and giving them other ones.

use crate::project::Project;
use serde_json::{Value, json};

const TWO: &str = "//- main.obs
import \"./team.obs\".{shop}
let x = shop
//- team.obs
let sh$0op = \"🦀\"
let other = shop
";

fn versioned() -> Value {
    json!({"workspace": {"workspaceEdit": {"documentChanges": true}}, "textDocument": {"rename": {"prepareSupport": true}}})
}

#[test]
fn references_are_found_in_files_that_nobody_opened() {
    let mut project = Project::open(TWO);
    let mut params = project.at_cursor();
    let mut shown = |declared: bool| {
        params["context"] = json!({"includeDeclaration": declared});
        let found = project.editor.result("textDocument/references", params.clone());
        found.as_array().expect("a list").iter().map(|at| project.location(at)).collect::<String>()
    };
    let uses = "main.obs
import \"./team.obs\".{shop}
                     ^^^^
main.obs
let x = shop
        ^^^^
team.obs
let other = shop
            ^^^^
";
    let mut lines: Vec<String> = blocks(&shown(false));
    lines.sort();
    assert_eq!(lines, blocks(uses));
    assert_eq!(shown(true).lines().count(), uses.lines().count() + 3);
}

/// Three lines each.
fn blocks(text: &str) -> Vec<String> {
    text.lines().collect::<Vec<_>>().chunks(3).map(|block| block.join("\n")).collect()
}

#[test]
fn places_in_this_file_are_highlighted() {
    let mut project = Project::open(TWO);
    let params = project.at_cursor();
    let found = project.editor.result("textDocument/documentHighlight", params);
    let kinds: Vec<&Value> = found.as_array().expect("a list").iter().map(|h| &h["kind"]).collect();
    assert_eq!(kinds, [&json!(3), &json!(2)], "written where it is declared, then read: {found}");
}

#[test]
fn renaming_changes_all_files_with_their_versions() {
    let mut project = Project::open_with(TWO, versioned());
    let params = project.at_cursor();
    let range = project.editor.result("textDocument/prepareRename", params);
    assert_eq!(project.shown(project.text(), &range, ""), "let shop = \"🦀\"\n    ^^^^\n");
    let mut params = project.at_cursor();
    params["newName"] = json!("store");
    let edit = project.editor.result("textDocument/rename", params);
    assert_eq!(
        project.after(&edit),
        "//- main.obs
import \"./team.obs\".{store}
let x = store
//- team.obs
let store = \"🦀\"
let other = store
"
    );
    for change in edit["documentChanges"].as_array().expect("a list") {
        let open = change["textDocument"]["uri"] == project.uri.as_str();
        assert_eq!(change["textDocument"]["version"], if open { json!(1) } else { Value::Null }, "{edit}");
    }
}

#[test]
fn an_editor_without_versions_gets_plain_edits() {
    let mut project = Project::open(TWO);
    let mut params = project.at_cursor();
    params["newName"] = json!("store");
    let edit = project.editor.result("textDocument/rename", params);
    let uri = project.uri.clone();
    assert_eq!(edit["changes"][uri].as_array().map(Vec::len), Some(2), "{edit}");
}

#[test]
fn names_that_cannot_be_are_refused_with_a_reason() {
    let mut project = Project::open(TWO);
    for (name, why) in [("other", "taken by another let"), ("a b", "is no name")] {
        let mut params = project.at_cursor();
        params["newName"] = json!(name);
        let answer = project.editor.ask("textDocument/rename", params);
        assert_eq!(answer["error"]["code"], -32803, "{answer}");
        assert!(answer["error"]["message"].as_str().is_some_and(|m| m.contains(why)), "{answer}");
    }
    let mut project = Project::open_with("import std.{Po$0ds}\n", versioned());
    let params = project.at_cursor();
    let answer = project.editor.ask("textDocument/prepareRename", params);
    assert_eq!(answer["error"]["message"], "the library declares this");
}

#[test]
fn a_document_is_outlined_as_a_tree_or_a_list() {
    let text = "namespace a {\n  let b = 1\n}\n";
    let mut project = Project::open(text);
    let flat = project.about_file("textDocument/documentSymbol");
    assert_eq!((&flat[1]["name"], &flat[1]["containerName"]), (&json!("b"), &json!("a")), "{flat}");
    let tree = json!({"textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": true}}});
    let mut project = Project::open_with(text, tree);
    let tree = project.about_file("textDocument/documentSymbol");
    assert_eq!(tree[0]["children"][0]["name"], "b", "{tree}");
    assert_eq!(project.shown(text, &tree[0]["children"][0]["selectionRange"], ""), "  let b = 1\n      ^\n");
}

#[test]
fn names_of_the_whole_workspace_are_found_by_their_letters() {
    let mut project =
        Project::open("//- main.obs\nlet first = 1\n//- more/other.obs\nkind FirstThing { workload: external }\n");
    let main = project.uri.clone();
    project.change(2, "let first: int = true\n");
    assert!(main.ends_with("main.obs"));
    let mut names = |query: &str| {
        let found = project.editor.result("workspace/symbol", json!({"query": query}));
        let names = found.as_array().expect("a list").iter().map(|s| s["name"].as_str().expect("a name").to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names("fst"), ["first", "FirstThing"]);
    assert_eq!(names("FT"), ["first", "FirstThing"]);
    assert_eq!(names("fthing"), ["FirstThing"]);
    assert_eq!(names("zz"), Vec::<String>::new());
}

#[test]
fn fixes_are_offered_where_the_finding_is() {
    let can = json!({"workspace": {"workspaceEdit": {"documentChanges": true}},
        "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}}}});
    let mut project = Project::open_with("import std.{Pods}\ncomponent a: Pod$0\n", can);
    let uri = project.uri.clone();
    let found = project.editor.diagnostics(&uri)["diagnostics"].clone();
    let at = project.at_cursor()["position"].clone();
    let mut ask = |range: Value| {
        let params = json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": found}});
        project.editor.result("textDocument/codeAction", params)
    };
    let actions = ask(json!({"start": at, "end": at}));
    let start = json!({"line": 0, "character": 0});
    assert_eq!(ask(json!({"start": start, "end": start})), json!([]));
    assert_eq!(actions[0]["title"], "change to `Pods`", "{actions}");
    assert_eq!(actions[0]["diagnostics"][0]["code"], "OBS2104", "it says what it answers");
    assert_eq!(project.after(&actions[0]["edit"]), "//- main.obs\nimport std.{Pods}\ncomponent a: Pods\n");
}
