//! `obs docs`: the guide in Markdown.

use crate::programs::{HOSTILE, observability, run, written};
use std::collections::BTreeSet;
use std::path::Path;

fn guide(program: &Path) -> String {
    let folder = tempfile::tempdir().expect("a folder for the test");
    run(&["docs", &program.display().to_string(), "-o", &folder.path().display().to_string()]);
    std::fs::read_to_string(folder.path().join("README.md")).expect("the guide was written")
}

/// The cells of the table under a heading, row by row, without its head.
fn table<'a>(text: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let section = text.split(&format!("\n## {heading}\n")).nth(1).expect("the section is there");
    let rows = section.lines().skip_while(|l| !l.starts_with('|')).take_while(|l| l.starts_with('|')).skip(2);
    rows.map(|l| l.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

/// The guide's own port table; what each component is called there is its name here.
const PORTS: &[(&str, &str, &str, &str)] = &[
    ("prometheus", "9090", "HTTP", "UI &amp; API"),
    ("grafana", "3000", "HTTP", "Web UI"),
    ("loki", "3100", "HTTP", "API"),
    ("mimir", "8080", "HTTP", "API"),
    ("alloy", "12345", "HTTP", "Metrics"),
    ("otel", "4317", "gRPC", "OTLP"),
    ("otel", "4318", "HTTP", "OTLP"),
    ("otel", "8888", "HTTP", "Metrics"),
    ("otel", "13133", "HTTP", "Health"),
];

/// Ports that the guide leaves out and its stack needs.
const LEFT_OUT: &[(&str, &str)] = &[
    ("alloy", "4317"),
    ("alloy", "4318"),
    ("mimir", "9095"),
    ("mimir", "7946"),
    ("loki", "9095"),
    ("loki", "7946"),
    ("alertmanager", "9094"),
];

#[test]
fn the_port_table_is_the_guides_and_what_it_leaves_out() {
    let text = guide(&observability());
    let rows = table(&text, "Ports");
    for &(component, port, protocol, purpose) in PORTS {
        assert!(rows.contains(&vec![component, port, protocol, purpose]), "{component} {port}\n{rows:?}");
    }
    for (component, port) in LEFT_OUT {
        assert!(rows.iter().any(|r| r[0] == *component && r[1] == *port), "{component} {port}");
    }
    let places: BTreeSet<(&str, &str)> = rows.iter().map(|r| (r[0], r[1])).collect();
    assert_eq!(places.len(), rows.len(), "a port twice");
}

#[test]
fn the_flow_table_has_every_flow() {
    let text = guide(&observability());
    let rows = table(&text, "Flows");
    let json = run(&["graph", &observability().display().to_string()]);
    let graph: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let flows = graph["flows"].as_array().expect("a list");
    assert_eq!(rows.len(), flows.len());
    for flow in flows {
        let text = |key: &str| flow[key].as_str().expect("text");
        let found = rows.iter().any(|r| r[..3] == [text("from"), text("to"), text("protocol")]);
        assert!(found, "{flow}");
    }
}

#[test]
fn links_lead_to_files_that_were_written() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    run(&["docs", &observability().display().to_string(), "-o", &folder.path().display().to_string()]);
    let text = std::fs::read_to_string(folder.path().join("README.md")).expect("the guide was written");
    for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(folder.path().join(target).is_file(), "{target}");
    }
}

#[test]
fn tables_keep_their_columns_whatever_stands_in_them() {
    let (_folder, path) = written(HOSTILE);
    let text = guide(&path);
    let fences = text.matches("\n```").count();
    assert_eq!(fences % 2, 0);
    for line in text.lines().filter(|l| l.starts_with("| ")) {
        assert!(!line.contains("<i>"), "{line}");
    }
    let what = table(&text, "Components")[0][5];
    assert_eq!(what, r"Keeps \| pipes, &lt;i&gt;tags&lt;/i&gt; and \`ticks\`.");
}

#[test]
fn placeholders_of_templates_are_code() {
    let text = guide(&observability());
    assert!(!text.contains(r"\$"), "a dollar with a backslash shows it on some hosts");
    let alerts = table(&text, "Alerts");
    assert!(alerts.iter().any(|r| r[3].contains("`{{ $labels.")), "{alerts:?}");
}
