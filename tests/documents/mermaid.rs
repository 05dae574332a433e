//! `obs diagram --format mermaid`.

use crate::programs::{HOSTILE, diagram, observability, run, written};
use std::collections::BTreeSet;

/// Ids of the nodes that are declared (`c3["…"]`).
fn declared(text: &str) -> Vec<&str> {
    text.lines()
        .map(str::trim)
        .filter(|l| l.starts_with('c') && l.contains("[\""))
        .filter_map(|l| l.split('[').next())
        .collect()
}

#[test]
fn every_component_and_every_connection_once() {
    let text = diagram(&observability(), "mermaid");
    let graph: serde_json::Value =
        serde_json::from_str(&run(&["graph", &observability().display().to_string()])).expect("JSON");
    let components = graph["components"].as_array().expect("a list");
    let nodes = declared(&text);
    assert_eq!(nodes.len(), components.len());
    assert_eq!(nodes.iter().collect::<BTreeSet<_>>().len(), nodes.len(), "an id twice");
    for component in components {
        let name = component["name"].as_str().expect("a name");
        assert_eq!(text.matches(&format!("[\"<b>{name}</b>")).count(), 1, "{name} is not there once");
    }
    let edges: Vec<&str> = text.lines().map(str::trim).filter(|l| l.contains("-->")).collect();
    assert_eq!(edges.iter().collect::<BTreeSet<_>>().len(), edges.len(), "an edge twice");
    let drawn: BTreeSet<(&str, &str)> =
        edges.iter().filter_map(|e| Some((e.split_whitespace().next()?, e.split_whitespace().next_back()?))).collect();
    let named = |v: &serde_json::Value| v.as_str().expect("a name").to_owned();
    let wanted: BTreeSet<(String, String)> = graph["flows"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|f| f["implicit"] != true)
        .map(|f| (named(&f["from"]), named(&f["to"])))
        .collect();
    assert_eq!(drawn.len(), wanted.len(), "{wanted:?}");
}

#[test]
fn groups_nest_as_in_the_source() {
    let text = diagram(&observability(), "mermaid");
    let mut open: Vec<String> = Vec::new();
    let mut paths = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with("subgraph") {
            open.push(line.split('"').nth(1).expect("a title").replace('\u{a0}', " "));
        } else if line == "end" {
            open.pop().expect("no `end` too many");
        } else if line.contains("[\"<b>alloy</b>")
            || line.contains("[\"<b>apps</b>")
            || line.contains("[\"<b>bucket</b>")
        {
            paths.push(open.join(" > "));
        }
    }
    assert!(open.is_empty());
    let cluster = "Kubernetes cluster: production";
    let inside = |frames: &str| format!("{cluster} > {frames}");
    assert_eq!(
        paths,
        [inside("Observability Namespace > Collection layer"), inside("Application namespaces"), String::new()]
    );
}

#[test]
fn text_of_the_program_cannot_leave_its_quotes() {
    let (_folder, path) = written(HOSTILE);
    let text = diagram(&path, "mermaid");
    for line in text.lines().filter(|l| l.contains("[\"")) {
        let inside = line.split_once("[\"").and_then(|(_, r)| r.rsplit_once("\"]")).expect("quoted").0;
        let own = inside.replace("<b>", "").replace("</b>", "").replace("<br/>", "");
        assert!(!own.contains(['"', '<', '>', '`', '[', ']', '{', '}', '|']), "{own}");
    }
    assert!(text.contains("語"));
}
