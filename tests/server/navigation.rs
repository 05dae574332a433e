//! Ways through a program: to kinds and components, along flows, to what is around and behind a place.

use crate::project::Project;
use serde_json::{Value, json};

const TOWN: &str = "protocol order { transport: http, carries: [metrics] }
kind Shop {
  workload: deployment
  image: \"example.com/shop:1\"
  port http: 8080
  accepts order on http
}
kind Customer {
  workload: external
  emits order
}
namespace town {
  component shop: Shop
}
component customer: Customer
";

fn town(more: &str) -> Project {
    Project::open(&format!("{TOWN}{more}"))
}

#[test]
fn a_component_leads_to_its_kind_and_back() {
    let mut project = town("customer -> sh$0op: order\n");
    let params = project.at_cursor();
    let kind = project.editor.result("textDocument/typeDefinition", params);
    assert_eq!(project.location(&kind), "main.obs\nkind Shop {\n     ^^^^\n");
    let at = json!({"textDocument": {"uri": project.uri}, "position": kind["range"]["start"]});
    let found = project.editor.result("textDocument/implementation", at);
    assert_eq!(project.location(&found[0]), "main.obs\n  component shop: Shop\n            ^^^^\n");
}

#[test]
fn flows_are_a_hierarchy_of_calls() {
    let mut project = town("cust$0omer -> shop: order\n");
    let params = project.at_cursor();
    let items = project.editor.result("textDocument/prepareCallHierarchy", params);
    assert_eq!((&items[0]["name"], &items[0]["detail"]), (&json!("customer"), &json!("Customer")));
    let calls = project.editor.result("callHierarchy/outgoingCalls", json!({"item": items[0]}));
    assert_eq!((&calls[0]["to"]["name"], &calls[0]["to"]["detail"]), (&json!("shop"), &json!("Shop, order")));
    let text = project.text().to_owned();
    assert_eq!(project.shown(&text, &calls[0]["fromRanges"][0], ""), "customer -> shop: order\n            ^^^^\n");
    let back = project.editor.result("callHierarchy/incomingCalls", json!({"item": calls[0]["to"]}));
    assert_eq!(back[0]["from"]["name"], "customer");
    let none = project.editor.result("callHierarchy/incomingCalls", json!({"item": items[0]}));
    assert_eq!(none, json!([]));
}

#[test]
fn selections_grow_and_links_lead_on() {
    let mut project = Project::open(
        "//- main.obs\nimport \"./a.obs\".{x}\n// https://example.com\nlet y = [x$0, 2]\n//- a.obs\nlet x = 1\n",
    );
    let at = project.at_cursor();
    let params = json!({"textDocument": at["textDocument"], "positions": [at["position"]]});
    let found = project.editor.result("textDocument/selectionRange", params);
    let text = project.text().to_owned();
    assert_eq!(project.shown(&text, &found[0]["range"], ""), "let y = [x, 2]\n         ^\n");
    assert_eq!(project.shown(&text, &found[0]["parent"]["range"], ""), "let y = [x, 2]\n        ^^^^^^\n");
    let links = project.about_file("textDocument/documentLink");
    let targets: Vec<&str> = links.as_array().expect("a list").iter().filter_map(|l| l["target"].as_str()).collect();
    assert_eq!(targets, [project.uri_of("a.obs").as_str(), "https://example.com/"]);
}

#[test]
fn calls_and_bodies_have_signatures() {
    let mut project = Project::open("/// Adds é.\nfn add(a: int, b: int = 1): int = a + b\nlet x = add(1, $0)\n");
    let params = project.at_cursor();
    let found = project.editor.result("textDocument/signatureHelp", params);
    assert_eq!(found["signatures"][0]["label"], "add(a: int, b?: int): int");
    assert_eq!(found["activeParameter"], 1);
    assert_eq!(found["signatures"][0]["parameters"][1]["label"], json!([12, 19]));
    assert_eq!(found["signatures"][0]["documentation"]["value"], "Adds é.");
}

#[test]
fn a_component_s_name_is_edited_in_all_its_places() {
    let mut project = town("customer -> sh$0op: order\n");
    let params = project.at_cursor();
    let found = project.editor.result("textDocument/linkedEditingRange", params);
    assert_eq!(found["ranges"].as_array().map(Vec::len), Some(2), "{found}");
    let mut project = town("customer -> shop: or$0der\n");
    let params = project.at_cursor();
    assert_eq!(project.editor.result("textDocument/linkedEditingRange", params), Value::Null, "only components");
}

#[test]
fn lenses_tell_what_comes_of_components() {
    let titles = |project: &mut Project| -> Vec<String> {
        let found = project.about_file("textDocument/codeLens");
        let lenses = found.as_array().expect("a list").iter();
        lenses.map(|l| l["command"]["title"].as_str().expect("a title").to_owned()).collect()
    };
    let mut project = town("customer -> shop: order\n");
    let found = titles(&mut project);
    assert_eq!(found[0], "preview");
    assert!(found[1].ends_with(" objects"), "{found:?}");
    assert_eq!(found.last().map(String::as_str), Some("why"));
    let settings = json!({"settings": {"obs": {"codeLenses": false}}});
    project.editor.tell("workspace/didChangeConfiguration", settings);
    assert_eq!(project.about_file("textDocument/codeLens"), Value::Null, "they were turned off");
}
