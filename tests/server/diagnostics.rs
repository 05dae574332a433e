//! What is wrong, as it is typed.

use crate::project::Project;
use obs_tests::editor::Editor;
use serde_json::{Value, json};

#[test]
fn they_come_on_opening_and_after_edits() {
    let mut project = Project::open("component a: Nope\n");
    let found = project.diagnostics();
    assert!(
        found.starts_with("component a: Nope\n             ^^^^ error[OBS2104]: there is no kind `Nope` | "),
        "{found}"
    );
    assert_eq!(project.change(2, "let x = 1\n"), "nothing\n");
    assert_eq!(
        project.change(3, "let x: int = true\n"),
        "let x: int = true\n             ^^^^ error[OBS2101]: expected `int`, found `bool`\n"
    );
}

#[test]
fn what_is_as_before_is_not_said_again() {
    let mut project = Project::open("let x = 1\ncomponent a: Nope\n");
    let uri = project.uri.clone();
    project.editor.diagnostics(&uri);
    project.editor.replace(&uri, 2, "let y = 2\ncomponent a: Nope\n");
    project.editor.replace(&uri, 3, "let y = 2\ncomponent a: Nope2\n");
    let found = project.editor.diagnostics(&uri);
    assert_eq!(found["version"], 3, "version 2 has the same ones as version 1: {found}");
}

/// A file that declares a component of a kind, and one that imports it.
const TWO: &str = "//- main.obs
import \"./team.obs\".{shop}
let x = shop
//- team.obs
component shop: Pods
";

#[test]
fn imports_are_read_from_disk_and_the_whole_project_is_looked_at() {
    let mut project = Project::open(TWO);
    let team = project.uri_of("team.obs");
    let found = project.editor.diagnostics(&team);
    assert_eq!(found["version"], Value::Null, "nobody has it open");
    let (_, text) = project.file(&team);
    let shown = project.annotated(&text, &found["diagnostics"]);
    assert!(shown.starts_with("component shop: Pods\n                ^^^^ error[OBS2104]"), "{shown}");
}

#[test]
fn unsaved_text_of_an_imported_file_counts() {
    let mut project = Project::open(TWO);
    let (main, team) = (project.uri.clone(), project.uri_of("team.obs"));
    project.editor.diagnostics(&team);
    assert_eq!(project.editor.diagnostics(&main)["diagnostics"], json!([]), "on opening it is said that all is well");
    project.editor.open(&team, "import std.{Pods}\ncomponent store: Pods\n");
    let found = project.editor.diagnostics(&main);
    assert_eq!(found["diagnostics"][0]["code"], "OBS1004", "`shop` isn't there any more: {found}");
    // closed without being saved, it is again as on disk
    project.editor.tell("textDocument/didClose", json!({"textDocument": {"uri": team}}));
    let found = project.editor.diagnostics(&main);
    assert_eq!(found["diagnostics"], json!([]), "{found}");
}

#[test]
fn an_imported_file_is_checked_as_part_of_the_programs_that_import_it() {
    // alone, the component would take part in no flow
    let mut project = Project::open(
        "//- stack.obs
import std.{Prometheus}
import \"./team/shop.obs\".{shop}
component prometheus: Prometheus
prometheus -> shop: scrape
//- team/shop.obs
import std.{Pods}
component shop: Pods$0
",
    );
    let stack = project.uri_of("stack.obs");
    project.editor.diagnostics(&stack);
    let uri = project.uri.clone();
    assert_eq!(project.editor.diagnostics(&uri)["diagnostics"], json!([]), "nothing to say of it");
    project.editor.replace(&uri, 2, "component shop: Nope\n");
    let found = project.editor.diagnostics(&uri);
    assert_eq!(found["version"], 2, "{found}");
}

#[test]
fn files_that_change_on_disk_are_read_again() {
    let mut project = Project::open("import \"./team.obs\".{shop}\nlet x = shop\n");
    assert!(project.diagnostics().contains("error[OBS1001]"), "it isn't there yet");
    let tell = |project: &mut Project, kind: u32| {
        let changes = json!([{"uri": project.uri_of("team.obs"), "type": kind}]);
        project.editor.tell("workspace/didChangeWatchedFiles", json!({"changes": changes}));
        project.diagnostics()
    };
    let team = project.path("team.obs");
    std::fs::write(&team, "let shop = 1\n").expect("it can be written");
    assert_eq!(tell(&mut project, 1), "nothing\n");
    std::fs::write(&team, "let store = 1\n").expect("it can be written");
    assert!(tell(&mut project, 2).contains("error[OBS1004]"));
    std::fs::remove_file(&team).expect("it can be removed");
    assert!(tell(&mut project, 3).contains("error[OBS1001]"));
}

#[test]
fn saving_reads_the_disk_again_for_editors_that_tell_of_nothing() {
    let mut project = Project::open("import \"./team.obs\".{shop}\nlet x = shop\n");
    assert!(project.diagnostics().contains("error[OBS1001]"));
    std::fs::write(project.path("team.obs"), "let shop = 1\n").expect("it can be written");
    project.editor.tell("textDocument/didSave", json!({"textDocument": {"uri": project.uri}}));
    assert_eq!(project.diagnostics(), "nothing\n");
}

#[test]
fn nothing_outside_of_the_project_is_read() {
    let outside = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(outside.path().join("secret.obs"), "let shop = 1\n").expect("it can be written");
    let mut project = Project::open("import \"../secret.obs\".{shop}\nlet x = shop\n");
    assert!(project.diagnostics().contains("error[OBS1002]"));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outside.path().join("secret.obs"), project.path("link.obs"))
            .expect("it can be made");
        let text = "import \"./link.obs\".{shop}\nlet x = shop\nlet y = 1\n";
        assert!(project.change(2, text).contains("leads out of the project through a link"));
    }
}

#[test]
fn a_document_that_is_on_no_disk_is_checked_alone() {
    let mut project = Project::open("let x = 1\n");
    let uri = "untitled:Untitled-1";
    project.editor.open(uri, "import \"./main.obs\".{x}\n");
    let found = project.editor.diagnostics(uri);
    assert_eq!(found["diagnostics"][0]["code"], "OBS1001", "{found}");
    project.editor.tell("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    assert_eq!(project.editor.diagnostics(uri)["diagnostics"], json!([]), "what is closed has nothing wrong");
}

#[test]
fn an_editor_gets_what_it_can_show() {
    let text = "component a: Nope\ncomponent a: Nope\n";
    let code = |d: &Value| d["code"] == "OBS1005";
    let mut project = Project::open(text);
    let uri = project.uri.clone();
    let found = project.editor.diagnostics(&uri);
    let plain = found["diagnostics"].as_array().and_then(|d| d.iter().find(|d| code(d))).expect("two have one name");
    assert!(plain.get("relatedInformation").is_none() && plain.get("codeDescription").is_none(), "{plain}");
    let can = json!({"relatedInformation": true, "codeDescriptionSupport": true, "tagSupport": {"valueSet": [1, 2]}});
    let mut project = Project::open_with(text, json!({"textDocument": {"publishDiagnostics": can}}));
    let uri = project.uri.clone();
    let found = project.editor.diagnostics(&uri);
    let rich = found["diagnostics"].as_array().and_then(|d| d.iter().find(|d| code(d))).expect("two have one name");
    let related = &rich["relatedInformation"][0];
    assert_eq!(project.location(&related["location"]), "main.obs\ncomponent a: Nope\n          ^\n", "{rich}");
    assert_eq!(related["message"], "declared here first");
    let page = rich["codeDescription"]["href"].as_str().expect("a link");
    assert!(page.ends_with("/OBS1005.md"), "{page}");
}

/// Of no use: an import, a parameter, a component, a waiver. Deprecated: what its documentation calls so.
const TAGGED: &str = "import std.{Pods, Loki}

/// Deprecated: use `Pods`.
kind Old {
  workload: external
  param unread: int = 1
}

component apps: Pods
component old: Old

waive OBS5108 on old, \"it is old\"
waive OBS4102 on apps, \"there is none\"
";

#[test]
fn what_is_of_no_use_or_deprecated_is_tagged() {
    let tags = |can: Value| {
        let mut project = Project::open_with(TAGGED, json!({"textDocument": {"publishDiagnostics": can}}));
        let uri = project.uri.clone();
        let found = project.editor.diagnostics(&uri)["diagnostics"].as_array().expect("a list").clone();
        let tag = |d: &Value| (d["code"].as_str().expect("a code").to_owned(), d["tags"].clone());
        found.iter().map(tag).collect::<std::collections::BTreeMap<_, _>>()
    };
    let found = tags(json!({"tagSupport": {"valueSet": [1, 2]}}));
    let (unnecessary, deprecated) = (json!([1]), json!([2]));
    for code in ["OBS5109", "OBS5110", "OBS5103", "OBS5108"] {
        assert_eq!(found.get(code), Some(&unnecessary), "{code}: {found:?}");
    }
    assert_eq!(found.get("OBS5112"), Some(&deprecated), "{found:?}");
    assert!(tags(json!({})).values().all(Value::is_null), "an editor that knows no tags gets none");
}

#[test]
fn too_many_findings_are_cut_and_it_is_said() {
    let text: String = (0..600).map(|i| format!("component c{i}: Nope\n")).collect();
    let mut project = Project::open(&text);
    let uri = project.uri.clone();
    let found = project.editor.diagnostics(&uri);
    let found = found["diagnostics"].as_array().expect("a list");
    assert_eq!(found.len(), 501);
    let last = found[500]["message"].as_str().expect("a message");
    assert!(last.contains("`obs check` shows all"), "{last}");
}

#[test]
fn folders_of_the_editor_are_looked_at_without_opening_a_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("a")).expect("it can be made");
    std::fs::write(folder.path().join("a/stack.obs"), "component a: Nope\n").expect("it can be written");
    let root = format!("file://{}", folder.path().canonicalize().expect("it is there").display());
    let mut editor = Editor::connect();
    editor.greet_with(json!({"capabilities": {}, "workspaceFolders": [{"uri": root, "name": "x"}]}));
    let found = editor.diagnostics(&format!("{root}/a/stack.obs"));
    assert_eq!(found["diagnostics"][0]["code"], "OBS2104", "{found}");
}

#[test]
fn an_editor_that_would_rather_ask_is_not_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path().canonicalize().expect("it is there");
    std::fs::write(root.join("obs.toml"), "").expect("it can be written");
    std::fs::write(root.join("team.obs"), "let shop = 1\n").expect("it can be written");
    let uri = |name: &str| format!("file://{}/{name}", root.display());
    let mut editor = Editor::connect();
    let can = json!({"textDocument": {"diagnostic": {}}, "workspace": {"diagnostic": {"refreshSupport": true}}});
    let offered = editor.greet_with(json!({"capabilities": can, "initializationOptions": {"diagnostics": "pull"}}));
    assert_eq!(offered["diagnosticProvider"]["interFileDependencies"], true, "{offered}");
    editor.open(&uri("main.obs"), "import \"./team.obs\".{shop}\nlet x: string = shop\n");
    let ask = |editor: &mut Editor| {
        let params = json!({"textDocument": {"uri": uri("main.obs")}});
        editor.result("textDocument/diagnostic", params)["items"].as_array().map(Vec::len)
    };
    assert_eq!(ask(&mut editor), Some(1));
    // an edit elsewhere: the editor is told to ask again
    let asked = editor.wait_for("a refresh", |m| m["method"] == "workspace/diagnostic/refresh");
    editor.reply(&asked, Value::Null);
    editor.open(&uri("team.obs"), "let shop = \"a\"\n");
    let asked = editor.wait_for("a refresh", |m| m["method"] == "workspace/diagnostic/refresh");
    editor.reply(&asked, Value::Null);
    assert_eq!(ask(&mut editor), Some(0));
    // what isn't open is told as to everyone; that this comes first says that nothing else was
    std::fs::write(root.join("more.obs"), "component a: Nope\n").expect("it can be written");
    let changes = json!([{"uri": uri("more.obs"), "type": 1}]);
    editor.tell("workspace/didChangeWatchedFiles", json!({"changes": changes}));
    let told = editor.wait_for("diagnostics", |m| m["method"] == "textDocument/publishDiagnostics");
    assert_eq!(told["params"]["uri"], uri("more.obs"), "{told}");
}
