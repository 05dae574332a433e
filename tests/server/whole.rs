//! What the server does with the example that people read, `examples/observability/stack.obs`, sort by sort.

use crate::project::{Project, position};
use obs_tests::programs;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The example in an editor that can do everything.
struct Stack {
    project: Project,
    text: String,
    version: i64,
}

fn stack() -> Stack {
    let text = std::fs::read_to_string(programs::root().join("examples/observability/stack.obs")).expect("it is there");
    let able = json!({
        "workspace": {"workspaceEdit": {"documentChanges": true}},
        "textDocument": {
            "hover": {"contentFormat": ["markdown"]},
            "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
            "completion": {"completionItem": {"snippetSupport": true}},
            "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
            "rename": {"prepareSupport": true},
            "publishDiagnostics": {"relatedInformation": true, "versionSupport": true},
        },
    });
    let mut project = Project::open_with(&text, able);
    let uri = project.uri.clone();
    let found = project.editor.diagnostics(&uri);
    assert_eq!(found["diagnostics"], json!([]), "nothing is wrong with it");
    Stack { project, text, version: 1 }
}

impl Stack {
    /// Parameters for a place: where the `|` is in a piece of the text.
    fn at(&self, piece: &str) -> Value {
        let start = self.text.find(&piece.replace('|', "")).unwrap_or_else(|| panic!("{piece} isn't there"));
        let offset = start + piece.find('|').expect("a place is marked");
        json!({"textDocument": {"uri": self.project.uri}, "position": position(&self.text, offset, false)})
    }

    fn ask(&mut self, method: &str, piece: &str) -> Value {
        let params = self.at(piece);
        self.project.editor.result(method, params)
    }

    fn about(&mut self, method: &str) -> Value {
        self.project.about_file(method)
    }

    fn hover(&mut self, piece: &str) -> String {
        let found = self.ask("textDocument/hover", piece);
        found["contents"]["value"].as_str().unwrap_or_else(|| panic!("{piece}: {found}")).to_owned()
    }

    /// Writes another text in place of a piece.
    fn edit(&mut self, from: &str, to: &str) {
        assert!(self.text.contains(from), "{from}");
        self.text = self.text.replacen(from, to, 1);
        self.version += 1;
        let uri = self.project.uri.clone();
        self.project.editor.replace(&uri, self.version, &self.text);
    }

    /// Writes a line with a cursor in place of a piece, gives what could stand there, and takes it back.
    fn completions(&mut self, piece: &str, line: &str) -> Vec<Value> {
        let before = self.text.clone();
        let start = before.find(piece).unwrap_or_else(|| panic!("{piece} isn't there"));
        self.edit(piece, &line.replace('|', ""));
        let at = position(&self.text, start + line.find('|').expect("a place is marked"), false);
        let params = json!({"textDocument": {"uri": self.project.uri}, "position": at});
        let found = self.project.editor.result("textDocument/completion", params);
        let now = self.text.clone();
        self.edit(&now, &before);
        found["items"].as_array().or(found.as_array()).unwrap_or_else(|| panic!("{line}: {found}")).clone()
    }

    fn labels(&mut self, piece: &str, line: &str) -> BTreeSet<String> {
        texts(&json!(self.completions(piece, line)), "/label")
    }

    /// Titles of what is offered for a piece of the text, whole or where its `|` is.
    fn actions(&mut self, piece: &str) -> BTreeSet<String> {
        let (start, end) = match piece.contains('|') {
            true => (self.at(piece), self.at(piece)),
            false => (self.at(&format!("|{piece}")), self.at(&format!("{piece}|"))),
        };
        let range = json!({"start": start["position"], "end": end["position"]});
        let context = json!({"diagnostics": []});
        let params = json!({"textDocument": {"uri": self.project.uri}, "range": range, "context": context});
        texts(&self.project.editor.result("textDocument/codeAction", params), "/title")
    }
}

/// What a pointer leads to in each of a list.
fn texts(list: &Value, pointer: &str) -> BTreeSet<String> {
    let all = list.as_array().unwrap_or_else(|| panic!("no list: {list}")).iter();
    all.filter_map(|item| item.pointer(pointer)?.as_str()).map(str::to_owned).collect()
}

fn has(found: &BTreeSet<String>, wanted: &[&str]) {
    let missing: Vec<_> = wanted.iter().filter(|w| !found.contains(**w)).collect();
    assert!(missing.is_empty(), "{missing:?} of {found:#?}");
}

#[test]
fn a_hover_tells_what_is_known() {
    let mut stack = stack();
    let found = stack.hover("prometheus -> mim|ir: remote_write");
    for part in [
        "component mimir: Mimir",
        "Runs as a stateful in namespace `observability`",
        "Instances: normal 1, high 2, peak 3",
        "Ports: ",
        "Becomes under `normal`:",
        "\n- StatefulSet `mimir`\n",
        "\n- NetworkPolicy `mimir`\n",
        "Reached by `prometheus` (scrape)",
        "- `retention: unlimited` (here: `unlimited`",
    ] {
        assert!(found.contains(part), "{part} isn't in\n{found}");
    }
    let found = stack.hover("otel -> mimir: ot|lp { signals: [metrics] }");
    assert!(found.contains("`otel` connects to `") && found.contains("`mimir` listens on port "), "{found}");
    let found = stack.hover("retent|ion: 15d");
    assert!(found.contains("`15d` (here: `15d`"), "the value with who said so: {found}");
    assert!(stack.hover("memory: 6|Gi").contains("- bytes: 6442450944 bytes"));
    assert!(stack.hover("component prometheus: Prom|etheus").contains("kind Prometheus"));
    stack.edit("resources.memory: 2Gi", "resources.cpu: 500m");
    assert!(stack.hover("cpu: 50|0m").contains("half a core"));
}

/// Each object that a hover names is emitted for the component, and the other way round.
#[test]
fn a_hover_names_the_objects_that_are_emitted() {
    let mut stack = stack();
    for name in ["prometheus", "mimir", "grafana", "alloy", "otel"] {
        let place = format!("component {}|{}: ", &name[..2], &name[2..]);
        let hover = stack.hover(&place);
        let files = stack.ask("obs/emitted", &place);
        let list = hover.split("Becomes under `normal`:\n\n").nth(1).and_then(|l| l.split("\n\n").next());
        let told: usize = list.unwrap_or_else(|| panic!("{hover}")).matches('`').count() / 2;
        // what other components owe to this one is shown beside it
        let own = [format!("/base/observability/{name}/"), format!("-observability.{name}.yaml")];
        let base = |f: &&Value| f["path"].as_str().is_some_and(|p| own.iter().any(|own| p.contains(own)));
        let emitted: Vec<&Value> = files.as_array().expect("a list").iter().filter(base).collect();
        assert_eq!(told, emitted.len(), "{hover}\n{:?}", texts(&files, "/path"));
        for file in emitted {
            let text = file["text"].as_str().expect("a text");
            let kind = text.lines().find_map(|l| l.strip_prefix("kind: ")).expect("an object has a kind");
            let named = text.lines().find_map(|l| l.strip_prefix("  name: ")).expect("and a name");
            let line = hover.lines().find(|l| l.starts_with(&format!("- {kind} "))).unwrap_or_else(|| panic!("{kind}"));
            assert!(line.contains(&format!("`{named}`")), "{line}: {named}");
        }
    }
}

#[test]
fn what_could_stand_somewhere_is_offered() {
    let mut stack = stack();
    let flow = "prometheus -> mimir: remote_write";
    has(&stack.labels("// Metrics\n", "|\n"), &["component", "scale", "waive", "prometheus"]);
    let nested = stack.labels("    component prometheus:", "    |\n    component prometheus:");
    has(&nested, &["component", "let", "title"]);
    assert!(!nested.contains("layer") && !nested.contains("namespace"), "{nested:?}");
    has(&stack.labels(flow, "component x: |"), &["Prometheus", "Webhook"]);
    has(&stack.labels(flow, "prometheus -> |"), &["mimir", "loki"]);
    let protocols = stack.labels(flow, "prometheus -> mimir: |");
    assert_eq!(protocols, ["remote_write", "scrape"].map(str::to_owned).into(), "those that fit this pair");
    let fields = stack.completions("retention: 15d", "|");
    let retention = fields.iter().find(|f| f["label"] == "retention").expect("a parameter");
    assert!(retention["detail"].is_string() && retention["documentation"]["value"].is_string(), "{retention}");
    has(&stack.labels("isolated: true", "pod_security: |"), &["restricted", "privileged"]);
    has(&stack.labels("retention: 15d", "retention: 3|"), &["3d", "3h"]);
    has(&stack.labels("[metrics] }", "[|] }"), &["metrics", "traces"]);
    has(&stack.labels("import std.{checkov, kube-score}", "import std.{|}"), &["Loki", "Webhook"]);
    let paths = stack.labels("retention: 15d", "files.\"/|");
    assert!(paths.iter().any(|p| p.ends_with(".yml") || p.ends_with(".yaml")), "{paths:?}");
    let kinds = stack.completions(flow, "component x: Web|");
    let webhook = kinds.iter().find(|k| k["label"] == "Webhook").expect("the library has it").clone();
    assert!(webhook["additionalTextEdits"][0]["newText"].as_str().is_some_and(|t| t.contains("Webhook")));
    assert!(webhook["documentation"].is_null() && webhook["sortText"].is_string());
    let resolved = stack.project.editor.result("completionItem/resolve", webhook);
    assert!(resolved["documentation"]["value"].as_str().is_some_and(|d| d.contains("Webhook")), "{resolved}");
    let items = stack.completions("// Metrics\n", "comp|\n");
    let component = items.iter().find(|i| i["label"] == "component").expect("a keyword");
    assert_eq!(component["insertTextFormat"], 2, "a whole item as a snippet");
    let signature =
        stack.ask("textDocument/signatureHelp", "otel -> tempo: otlp { signals: [traces], encoding: |\"grpc\"");
    let label = signature["signatures"][0]["label"].as_str().expect("a signature");
    assert!(label.starts_with("otlp { ") && label.contains("encoding: "), "{label}");
}

#[test]
fn ways_lead_through_it() {
    let mut stack = stack();
    let text = stack.text.clone();
    let line = |found: &Value| text.lines().nth(found["range"]["start"]["line"].as_u64().expect("one") as usize);
    let definition = stack.ask("textDocument/definition", "prometheus -> mim|ir: remote_write");
    assert_eq!(line(&definition).map(str::trim), Some("component mimir: Mimir {"));
    let kind = stack.ask("textDocument/typeDefinition", "prometheus -> mim|ir: remote_write");
    assert!(kind["uri"].as_str().is_some_and(|u| u.ends_with("std/mimir.obs")), "{kind}");
    let found = stack.ask("textDocument/implementation", "component mimir: Mim|ir");
    assert_eq!(line(&found[0]).map(str::trim), Some("component mimir: Mimir {"));
    let mut params = stack.at("component mim|ir");
    params["context"] = json!({"includeDeclaration": true});
    let references = stack.project.editor.result("textDocument/references", params);
    let words = |word: &str| text.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|w| *w == word).count();
    assert_eq!(references.as_array().map(Vec::len), Some(words("mimir") - 1), "all but the one in a host");
    let highlights = stack.ask("textDocument/documentHighlight", "component mim|ir");
    assert_eq!(highlights.as_array().map(Vec::len), references.as_array().map(Vec::len));
    let linked = stack.ask("textDocument/linkedEditingRange", "component mim|ir");
    assert_eq!(linked["ranges"].as_array().map(Vec::len), references.as_array().map(Vec::len));
    let item = stack.ask("textDocument/prepareCallHierarchy", "component mim|ir")[0].clone();
    let up = stack.project.editor.result("callHierarchy/incomingCalls", json!({"item": item}));
    has(&texts(&up, "/from/name"), &["prometheus", "otel", "grafana", "edge"]);
    let down = stack.project.editor.result("callHierarchy/outgoingCalls", json!({"item": item}));
    has(&texts(&down, "/to/name"), &["bucket"]);
    let symbols = stack.about("textDocument/documentSymbol").to_string();
    assert!(symbols.contains("\"prometheus\"") && symbols.contains("\"children\""));
    let found = stack.project.editor.result("workspace/symbol", json!({"query": "mimir"}));
    has(&texts(&found, "/name"), &["mimir"]);
    let mut params = stack.at("component mim|ir");
    params["positions"] = json!([params["position"]]);
    let grown = stack.project.editor.result("textDocument/selectionRange", params);
    assert!(grown[0]["parent"]["parent"].is_object(), "{grown}");
    let mut rename = stack.at("component mim|ir");
    rename["newName"] = json!("store");
    let edit = stack.project.editor.result("textDocument/rename", rename.clone());
    assert!(stack.project.after(&edit).contains("component store: Mimir"));
    rename["newName"] = json!("loki");
    assert!(stack.project.editor.ask("textDocument/rename", rename)["error"]["message"].is_string(), "it is taken");
}

#[test]
fn it_is_shown_as_what_it_is() {
    let mut stack = stack();
    let full = stack.about("textDocument/semanticTokens/full");
    let uri = stack.project.uri.clone();
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 20, "character": 0}});
    let params = json!({"textDocument": {"uri": uri}, "range": range});
    let part = stack.project.editor.result("textDocument/semanticTokens/range", params);
    let count = |tokens: &Value| tokens["data"].as_array().map_or(0, Vec::len);
    assert!(count(&part) > 50 && count(&part) < count(&full));
    stack.edit("retention: 15d", "retention: 16d");
    let params = json!({"textDocument": {"uri": uri}, "previousResultId": full["resultId"]});
    let delta = stack.project.editor.result("textDocument/semanticTokens/full/delta", params);
    assert_eq!(delta["edits"], json!([]), "the same tokens");
    let folds = stack.about("textDocument/foldingRange");
    assert!(folds.as_array().is_some_and(|f| f.len() > 10), "{folds}");
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 200, "character": 0}});
    let params = json!({"textDocument": {"uri": uri}, "range": range});
    let hints = texts(&stack.project.editor.result("textDocument/inlayHint", params.clone()), "/label");
    // instances of rings and of what is stateless under each profile with what they can lose, and where flows lead
    has(&hints, &["×1/2/3, tolerates 0/0/1", "×2/3/5, tolerates 1/2/4", "port 3100"]);
    stack.edit("internet -> edge: https", "internet -> edge");
    let hints = texts(&stack.project.editor.result("textDocument/inlayHint", params), "/label");
    has(&hints, &[": https"]);
    let lenses = texts(&stack.about("textDocument/codeLens"), "/command/title");
    has(&lenses, &["preview", "why"]);
    assert!(lenses.iter().any(|l| l.ends_with(" objects")) && lenses.iter().any(|l| l.contains("polic")), "{lenses:?}");
}

#[test]
fn what_can_be_done_is_offered() {
    let mut stack = stack();
    has(&stack.actions("component mim|ir"), &["add the test \"mimir has its flows\""]);
    let found = stack.actions("component prom|etheus");
    assert!(found.iter().any(|t| t.starts_with("extract to the kind `")), "{found:?}");
    has(&stack.actions("100Gi"), &["extract `100Gi` to the let `storage`"]);
    stack.edit("// Metrics\n", "let kept = 30d\n\n// Metrics\n");
    stack.edit("retention: 30d", "retention: kept");
    has(&stack.actions("let ke|pt"), &["inline `kept` (1 place)"]);
    stack.edit("import std.{checkov, kube-score}\n", "");
    let found = stack.actions("waive check|ov.");
    assert!(found.iter().any(|t| t.contains("checkov") && t.contains("import")), "{found:?}");
    stack.edit("prometheus -> mimir: remote_write\n", "");
    stack.edit("component otel: OtelCollector", "component otel: OtelColector");
    has(&stack.actions("OtelCol|ector {"), &["change to `OtelCollector`"]);
    stack.edit("component otel: OtelColector", "component otel: OtelCollector");
    stack.edit("internet -> edge: https", "visitors -> edge: https");
    let found = stack.actions("vis|itors -> edge");
    assert!(found.iter().any(|t| t.starts_with("add the component `visitors: ")), "{found:?}");
}

#[test]
fn what_is_said_of_it_can_be_answered() {
    let mut stack = stack();
    let waiver = stack.text.lines().find(|l| l.starts_with("waive OBS4104")).expect("it has one").to_owned();
    stack.edit(&format!("{waiver}\n"), "");
    has(&stack.actions("scale prom|etheus"), &["waive OBS4104 on prometheus"]);
    stack.edit("import std.{checkov, kube-score}", "import std.{checkov, kube-score, Slack, Webhook}");
    has(&stack.actions("Sl|ack"), &["fix all OBS5109 in this file", "organise the imports"]);
    stack.edit("// Metrics\n", "kind Own extends Pods {\n  title: \"Own\"\n}\n\n// Metrics\n");
    has(&stack.actions("title: \"O|wn\""), &["turn `\"Own\"` into the parameter `own_title`"]);
    stack.edit("grafana -> tempo: query\n", "");
    has(&stack.actions("component tem|po"), &["add the flow `grafana -> tempo: query`"]);
}

#[test]
fn it_is_read_otherwise_on_request() {
    let mut stack = stack();
    let picture = stack.about("obs/preview");
    assert!(picture["text"].as_str().is_some_and(|t| t.contains("mimir")), "{picture}");
    let uri = stack.project.uri.clone();
    let svg = json!({"textDocument": {"uri": uri}, "view": "system", "format": "svg"});
    assert!(stack.project.editor.result("obs/preview", svg)["text"].as_str().is_some_and(|t| t.starts_with("<svg")));
    let files = stack.ask("obs/emitted", "component mim|ir");
    let path = texts(&files, "/path").into_iter().find(|p| p.ends_with("mimir/statefulset.yaml")).expect("it runs");
    let found =
        stack.project.editor.result("obs/sourceOf", json!({"textDocument": {"uri": uri}, "path": path, "line": 0}));
    assert_eq!(found[0]["uri"], json!(uri), "{found}");
    stack.edit("retention: 15d\n", "retention:   15d\n");
    let params = json!({"textDocument": {"uri": uri}, "options": {"tabSize": 2, "insertSpaces": true}});
    let edits = stack.project.editor.result("textDocument/formatting", params);
    assert_eq!(edits.as_array().map(Vec::len), Some(1), "{edits}");
}
