//! What a program lacks or could have otherwise, as the editor offers it: each result is in its form and has no error.

use crate::project::Project;
use obs_compiler::db::FileText;
use obs_compiler::ide::{Analysis, Host};
use obs_compiler::text::TextRange;
use obs_tests::programs;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn able() -> Value {
    json!({
        "workspace": {"workspaceEdit": {"documentChanges": true}},
        "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}},
    })
}

/// An action: its title, its sort, and what it answers.
#[derive(Debug, Clone)]
struct Offer {
    title: String,
    kind: String,
    answers: Vec<String>,
    edit: Value,
}

fn asked(project: &mut Project, range: &Value, diagnostics: Value) -> Vec<Offer> {
    let params = json!({"textDocument": {"uri": project.uri}, "range": range, "context": {"diagnostics": diagnostics}});
    let found = project.editor.result("textDocument/codeAction", params);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let codes = |a: &Value| a["diagnostics"].as_array().map(|d| d.iter().map(|d| text(&d["code"])).collect());
    let offer = |a: &Value| Offer {
        title: text(&a["title"]),
        kind: text(&a["kind"]),
        answers: codes(a).unwrap_or_default(),
        edit: a["edit"].clone(),
    };
    found.as_array().expect("a list").iter().map(offer).collect()
}

/// What is offered at the cursor, once it is known what is wrong.
fn offers(project: &mut Project) -> Vec<Offer> {
    let uri = project.uri.clone();
    let found = project.editor.diagnostics(&uri)["diagnostics"].clone();
    let at = project.at_cursor()["position"].clone();
    asked(project, &json!({"start": at, "end": at}), found)
}

/// The open file after what is offered at the cursor of a program under a title.
fn after(text: &str, title: &str) -> String {
    let mut project = Project::open_with(text, able());
    let found = offers(&mut project);
    let titles: Vec<&String> = found.iter().map(|o| &o.title).collect();
    let offer = found.iter().find(|o| o.title == title).unwrap_or_else(|| panic!("{title} isn't in {titles:#?}"));
    let after = project.after(&offer.edit);
    let (_, text) = after.split_once('\n').expect("a header is a line");
    text.to_owned()
}

fn titles(text: &str) -> Vec<String> {
    let mut project = Project::open_with(text, able());
    offers(&mut project).into_iter().map(|o| o.title).collect()
}

/// What is wrong with a program of one file, by codes; it must be in its form.
fn wrong(text: &str) -> Vec<&'static str> {
    assert_eq!(obs_compiler::syntax::format(text).as_deref(), Some(text), "it is in its form");
    let mut host = Host::new();
    host.set_file("main.obs", FileText::Text(text.into()));
    host.analysis().check("main.obs").iter().map(|d| d.code.id()).collect()
}

/// A place where logs are kept, without what the tests add.
const LOGS: &str = "import std.{Loki, Grafana, Pods, Prometheus}

cluster c { domain: \"example.com\" }

namespace logs {
  component loki: Loki
  component grafana: Grafana
}

component apps: Pods

apps -> loki: push
";

fn logs(from: &str, to: &str) -> String {
    assert!(LOGS.contains(from), "{from}");
    LOGS.replacen(from, to, 1)
}

#[test]
fn a_store_that_nothing_reads_is_offered_its_readers() {
    let text = logs("component loki", "component lo$0ki");
    let found = after(&text, "add the flow `grafana -> loki: query`");
    assert_eq!(found, LOGS.replace("loki: push\n", "loki: push\ngrafana -> loki: query\n"));
    assert!(!wrong(&found).contains(&"OBS3109") && wrong(LOGS).contains(&"OBS3109"));
    let mut project = Project::open_with(&text, able());
    let offer = offers(&mut project).into_iter().find(|o| o.title.contains("query")).expect("it is offered");
    assert_eq!((offer.kind.as_str(), &offer.answers[..]), ("quickfix", &["OBS3109".to_owned()][..]));
}

#[test]
fn a_component_without_flows_is_offered_those_that_fit() {
    let text = logs("component grafana", "component gra$0fana");
    let found = titles(&text);
    assert!(found.contains(&"add the flow `grafana -> loki: query`".to_owned()), "{found:#?}");
    let found = after(&text, "add the flow `grafana -> loki: query`");
    assert_eq!(wrong(&found), wrong(&LOGS.replace("push\n", "push\ngrafana -> loki: query\n")));
}

#[test]
fn an_end_that_nothing_uses_is_offered_flows_without_a_finding() {
    let text = format!("{LOGS}prometheus -> loki: scrape\ngrafana -> prometheus, loki: query\n");
    let text = text.replace("  component grafana", "  component prometheus: Prometheus\n  component gra$0fana");
    let found = after(&text, "add the flow `prometheus -> grafana: scrape`");
    assert_eq!(wrong(&found), wrong(&text.replace("$0", "")), "{found}");
    let used = titles(&text.replace("gra$0fana", "grafana").replace("component lo", "component lo$0"));
    assert!(!used.iter().any(|t| t.starts_with("add the flow")), "its ends have flows: {used:#?}");
}

#[test]
fn a_component_that_a_flow_names_is_declared_where_it_belongs() {
    let text = format!("{LOGS}viewer$0 -> loki: query\n");
    let found = after(&text, "add the component `viewer: Grafana`");
    assert!(found.contains("  component loki: Loki\n  component viewer: Grafana\n"), "{found}");
    assert_eq!(wrong(&found), ["OBS5109", "OBS5108"], "the other one has no flow");
    let text = format!("{LOGS}grafana -> loki: query\nmim$0ir -> loki: scrape\n");
    let none = titles(&text);
    assert!(!none.iter().any(|t| t.starts_with("add the component `mimir: Mimir`")), "it asks for nothing: {none:#?}");
}

#[test]
fn a_kind_that_is_offered_is_imported_and_one_outside_stands_outside() {
    let text = format!("{LOGS}grafana -> loki: query\nloki -> buc$0ket: s3\n");
    let found = after(&text, "add the component `bucket: Bucket`");
    assert!(found.starts_with("import std.{Loki, Grafana, Pods, Prometheus, Bucket}\n"), "{found}");
    assert!(found.contains("\ncomponent apps: Pods\ncomponent bucket: Bucket {"), "{found}");
    assert!(wrong(&found).iter().all(|code| *code == "OBS5109"), "{:?}", wrong(&found));
    let alone = "cluster c { domain: \"example.com\" }\n\nlo$0ki <-> loki: query\n";
    assert!(titles(alone).iter().all(|t| !t.contains(": Pods")));
}

#[test]
fn a_namespace_is_made_where_there_is_none() {
    let text = "import std.{Loki, Pods}\n\ncomponent apps: Pods\n\napps -> lo$0ki: push\n";
    let found = after(text, "add the component `loki: Loki`");
    assert!(found.contains("\nnamespace loki {\n  component loki: Loki\n}\n\napps -> loki: push\n"), "{found}");
    assert_eq!(wrong(&found), ["OBS3109"]);
}

#[test]
fn names_of_other_files_are_imported() {
    let two = "//- main.obs\nimport std.{Grafana}\n\nnamespace n {\n  component grafana: Grafana\n}\n\ngrafana -> lo$0ki: query\n//- team.obs\nimport std.{Loki}\n\nnamespace n {\n  component loki: Loki\n}\n";
    let found = after(two, "import `loki` from `./team.obs`");
    assert!(found.starts_with("import std.{Grafana}\nimport \"./team.obs\".{loki}\n\n"), "{found}");
    let value = "//- main.obs\nlet a: int = fe$0w\n//- team.obs\nlet few = 3\n";
    let found = after(value, "import `few` from `./team.obs`");
    assert_eq!(found, "import \"./team.obs\".{few}\n\nlet a: int = few\n");
    let linter = "let a = check$0ov.value\n";
    assert_eq!(after(linter, "import `checkov` from `std`"), "import std.{checkov}\n\nlet a = checkov.value\n");
}

#[test]
fn a_flow_and_a_component_are_tested() {
    let whole = format!("{LOGS}grafana -> loki: query\n");
    let found = after(
        &whole.replace("grafana -> loki: query", "grafana ->$0 loki: query"),
        "add the test \"grafana reaches loki\"",
    );
    let test = "\ntest \"grafana reaches loki\" {\n  assert reachable(grafana, loki)\n}\n";
    assert_eq!(found, format!("{whole}{test}"));
    assert_eq!(wrong(&found), wrong(&whole));
    let again = found.replace("component apps", "component ap$0ps");
    let found = after(&again, "add the test \"apps has its flows\"");
    assert!(
        found.ends_with(
            "}\n\ntest \"apps has its flows\" {\n  assert path(apps, logs)\n  assert reachable(apps, loki)\n}\n"
        ),
        "{found}"
    );
    let mut host = Host::new();
    host.set_file("main.obs", FileText::Text(found.as_str().into()));
    let results = host.analysis().tests("main.obs");
    assert_eq!(results.len(), 2);
    assert!(results.iter().all(|r| r.failures().is_empty()), "{results:?}");
    assert!(!titles(&found.replace("component apps", "component ap$0ps")).iter().any(|t| t.contains("add the test")));
}

#[test]
fn what_a_component_sets_becomes_a_kind() {
    let with = "  component loki: Loki {\n    // long enough for the audit\n    retention: 60d\n    title: \"Kept\"\n\n    resources.memory: 2Gi\n  }\n";
    let whole = format!("{LOGS}grafana -> loki: query\n").replace("  component loki: Loki\n", with);
    let found = after(&whole.replace("component loki", "component lo$0ki"), "extract to the kind `LogsLoki`");
    assert!(found.contains("\nkind LogsLoki extends Loki {\n  // long enough for the audit\n"), "{found}");
    assert!(found.contains("\n  component loki: LogsLoki {\n    title: \"Kept\"\n  }\n"), "{found}");
    assert_eq!(wrong(&found), wrong(&whole), "{found}");
    // objects are labelled with their kind's name, and nothing else of them changes
    let label = |kind: &str| format!("\"app.kubernetes.io/name\":\"{kind}\"");
    assert_eq!(manifests(&found).replace(&label("logs-loki"), &label("loki")), manifests(&whole));
}

/// The Kubernetes objects of a program of one file.
fn manifests(text: &str) -> String {
    let mut host = Host::new();
    host.set_file("main.obs", FileText::Text(text.into()));
    let analysis = host.analysis();
    let objects: Vec<_> = analysis.objects("main.obs").iter().flatten().map(|o| o.value().to_string()).collect();
    assert!(!objects.is_empty());
    objects.join("\n")
}

/// What adds something, of all that is offered.
fn adds(title: &str) -> bool {
    ["add the ", "extract to the kind "].iter().any(|start| title.starts_with(start))
}

/// The places of a text at which things are offered: the names of components, and arrows.
fn places(text: &str) -> impl Iterator<Item = (usize, usize)> {
    text.lines().enumerate().filter_map(|(number, line)| {
        let starts = line.trim_start();
        let name = starts.starts_with("component ").then(|| line.len() - starts.len() + 10);
        Some((number, name.or_else(|| line.find("->"))? + 1))
    })
}

/// Whether each is no error, its code, and its message.
type Found = BTreeSet<(bool, &'static str, String)>;

/// A program of one file that is changed again and again.
struct Changing {
    host: Host,
}

impl Changing {
    fn new() -> Self {
        Self { host: Host::new() }
    }

    fn set(&mut self, text: &str) -> Analysis {
        self.host.set_file("main.obs", FileText::Text(text.into()));
        self.host.analysis()
    }

    /// What is wrong, by what is said of it, errors first.
    fn found(&mut self, text: &str) -> Found {
        let found = self.set(text).check("main.obs").into_iter();
        found.map(|d| (!d.is_error(), d.code.id(), d.message)).collect()
    }

    /// What is offered anywhere in a text: titles, what each answers, and the text after it.
    fn offered(&mut self, text: &str) -> BTreeMap<String, (Option<&'static str>, String)> {
        let analysis = self.set(text);
        let mut out = BTreeMap::new();
        let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        for (line, column) in places(text) {
            let at = (starts[line] + column) as u32;
            let range = TextRange::new(at, at);
            let changes = analysis.changes("main.obs", range).into_iter().map(|c| (c.title, None, c.edits));
            let additions = analysis.additions("main.obs", range).into_iter();
            let additions = additions.map(|a| (a.title, Some(a.code.id()), a.edits));
            for (title, answers, edits) in changes.chain(additions).filter(|(title, ..)| adds(title)) {
                let mut edits: Vec<_> = edits.into_iter().map(|(at, new)| (at.range, new)).collect();
                edits.sort();
                let mut after = text.to_owned();
                for (at, new) in edits.into_iter().rev() {
                    after.replace_range(at.start as usize..at.end as usize, &new);
                }
                out.insert(title, (answers, after));
            }
        }
        out
    }

    /// What a change did that none may do: `before` are the findings without it.
    fn harm(&mut self, title: &str, before: &Found, after: &str) -> Vec<String> {
        let mut out = Vec::new();
        if obs_compiler::syntax::format(after).as_deref() != Some(after) {
            out.push(format!("{title}: not in its form:\n{after}"));
        }
        let found = self.found(after);
        out.extend(found.difference(before).map(|(_, code, message)| format!("{title}: {code} {message}")));
        if title.starts_with("add the test") {
            let results = self.host.analysis().tests("main.obs");
            let failed = results.iter().filter(|r| !r.failures().is_empty());
            out.extend(failed.map(|r| format!("{title}: {} fails", r.name)));
        }
        out
    }
}

fn stack(path: &str) -> String {
    std::fs::read_to_string(programs::root().join(path)).expect("it is there")
}

/// Does all that is offered for programs below a folder, and says what comes of it.
fn try_all(folder: &str, names: &[&str]) {
    let mut changing = Changing::new();
    for name in names {
        let text = stack(&format!("{folder}/{name}.obs"));
        let before = changing.found(&text);
        let offered = changing.offered(&text);
        let harm: Vec<String> =
            offered.iter().flat_map(|(title, (_, after))| changing.harm(title, &before, after)).collect();
        assert!(harm.is_empty(), "{name}:\n{}", harm.join("\n"));
        assert!(offered.len() > 5, "{name}: {:?}", offered.keys());
    }
}

#[test]
fn what_is_offered_for_the_example_that_people_read_is_sound() {
    try_all("examples/observability", &["stack"]);
}

#[test]
fn what_is_offered_for_stacks_of_all_sorts_is_sound() {
    try_all("tests/kubernetes/stacks", &["agents", "nodes", "odd", "remote", "scaled", "single", "secured"]);
}

/// Without one of its flows a stack has findings that new flows answer. What then comes to light, such as that alerts
/// which are now evaluated reach no one, is no error.
#[test]
fn what_is_offered_where_a_flow_is_missing_is_sound() {
    let mut changing = Changing::new();
    let mut answered = 0;
    for name in ["pair", "agents", "single"] {
        let text = stack(&format!("tests/kubernetes/stacks/{name}.obs"));
        let known = changing.offered(&text);
        for flow in text.lines().filter(|line| line.contains(" -> ")) {
            let text = text.replace(&format!("{flow}\n"), "");
            let before = changing.found(&text);
            let offered = changing.offered(&text).into_iter().filter(|(title, _)| !known.contains_key(title));
            for (title, (answers, text)) in offered {
                let after = changing.found(&text);
                let new: Vec<_> = after.difference(&before).filter(|(warns, ..)| !warns).collect();
                assert!(new.is_empty(), "{name} without {flow}: {title}: {new:?}");
                let Some(answers) = answers else { continue };
                let count = |found: &Found| found.iter().filter(|(_, code, _)| *code == answers).count();
                assert!(count(&after) < count(&before), "{name} without {flow}: {title} doesn't answer {answers}");
                answered += 1;
            }
        }
    }
    assert!(answered > 10, "{answered}");
}

/// What a kind asserts of its flows is kept.
#[test]
fn a_flow_that_breaks_what_a_kind_asserts_is_not_offered() {
    let kind = "protocol order { transport: http, carries: [metrics] }

kind Shop {
  workload: deployment
  image: \"example.com/shop:1\"
  port http: 8080
  accepts order on http
  assert len(flows.in(order)) < 2, \"`${self.name}` serves one\"
}

kind Customer {
  workload: external
  emits order
}

namespace town {
  component shop: Shop
  component stall: Shop
}

component first: Customer
component sec$0ond: Customer

first -> shop: order
";
    let found = titles(kind);
    let flows: Vec<&String> = found.iter().filter(|t| t.starts_with("add the flow")).collect();
    assert_eq!(flows, ["add the flow `second -> stall: order`"], "{found:?}");
    let free = titles(&kind.replace("< 2", "< 3"));
    assert!(free.contains(&"add the flow `second -> shop: order`".to_owned()), "{free:?}");
}
