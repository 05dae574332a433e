//! `obs diagram` as text and as SVG, and the forms that other tools draw.

use crate::programs::{HOSTILE, diagram, observability, run, written};
use obs_tests::programs::root;
use unicode_width::UnicodeWidthStr;

#[test]
fn text_is_aligned_in_every_line() {
    for text in [diagram(&observability(), "ascii"), diagram(&written(HOSTILE).1.clone(), "ascii")] {
        let lines: Vec<&str> = text.lines().collect();
        let top = lines.iter().position(|l| l.contains("┌─ ")).expect("there is a frame");
        let bottom = lines.iter().rposition(|l| l.starts_with('└')).expect("there is its end");
        let width = lines[top].width();
        for line in &lines[top..=bottom] {
            assert_eq!(line.width(), width, "{line}\n{text}");
        }
    }
}

#[test]
fn every_component_and_every_label_is_in_the_text() {
    let text = diagram(&observability(), "ascii");
    let json = run(&["graph", &observability().display().to_string()]);
    let graph: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    for component in graph["components"].as_array().expect("a list") {
        let name = component["name"].as_str().expect("a name");
        assert!(text.contains(&format!(" {name} ")), "{name}\n{text}");
    }
    for label in
        ["scrape", "discover", "remote_write", "alerts", "query", "pod logs", "push logs", "OTLP", "S3", "SQL", "HTTP"]
    {
        assert!(text.contains(label), "{label}\n{text}");
    }
    let frames = ["Kubernetes cluster: production", "Observability Namespace", "Monitoring layer", "Collection layer"];
    let left = |title: &str| {
        let (before, _) = text.lines().find_map(|l| l.split_once(&format!("┌─ {title} ")))?;
        Some(before.chars().count())
    };
    let columns = frames.map(|f| left(f).expect("a frame"));
    assert!(columns[0] == 0 && columns[1..3].is_sorted_by(|a, b| 0 < *a && a < b), "{columns:?}\n{text}");
    assert!(columns[1] < columns[3], "{columns:?}\n{text}");
}

/// Elements open and close as XML has it, and text holds no bare sign of it.
fn well_formed(svg: &str) {
    let mut open = Vec::new();
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        assert!(!rest[..start].contains('>'), "a bare `>`: {}", &rest[..start]);
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) => assert_eq!(open.pop(), Some(name)),
            (_, true) => {}
            _ => open.push(name),
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn svg_is_told_and_stands_alone() {
    let (_folder, hostile) = written(HOSTILE);
    for path in [observability(), hostile] {
        let svg = diagram(&path, "svg");
        well_formed(&svg);
        assert!(svg.contains("role=\"img\" aria-labelledby=\"title desc\""));
        assert!(svg.contains("<title id=\"title\">System architecture</title>"));
        assert!(svg.contains("prefers-color-scheme:dark"));
        for never in ["<script", "href=", "url(", "@import", "<image", "onload"] {
            assert!(!svg.contains(never), "{never}");
        }
    }
}

#[test]
fn the_readmes_picture_is_what_obs_draws() {
    let place = root().join("examples/observability/out/system.svg");
    let drawn = diagram(&observability(), "svg");
    if obs_tests::fixture::update() {
        std::fs::write(&place, &drawn).expect("the example's folder can be written");
    }
    let kept = std::fs::read_to_string(place).expect("the README shows it");
    assert!(
        kept == drawn,
        "look at what changed, then keep it: `OBS_UPDATE=1 cargo test -p obs_tests --test documents`"
    );
}

#[test]
fn a_signals_view_shows_its_way_alone() {
    let path = observability().display().to_string();
    let text = run(&["diagram", &path, "--view", "traces"]);
    for there in ["apps", "alloy", "otel", "tempo", "grafana"] {
        assert!(text.contains(&format!("│ {there} ")) || text.contains(&format!("┆ {there} ")), "{there}\n{text}");
    }
    for absent in ["prometheus", "loki", "bucket", "remote_write"] {
        assert!(!text.contains(&format!(" {absent} ")), "{absent}\n{text}");
    }
}

#[test]
fn dot_quotes_what_it_is_given() {
    let (_folder, path) = written(HOSTILE);
    let text = diagram(&path, "dot");
    for line in text.lines().filter(|l| l.contains('"')) {
        let bare = line.replace("\\\\", "").replace("\\\"", "");
        assert_eq!(bare.matches('"').count() % 2, 0, "{line}");
    }
    let opened = text.lines().filter(|l| l.ends_with('{')).count();
    let closed = text.lines().filter(|l| l.trim() == "}").count();
    // the graph, the cluster, its namespace, its layer
    assert_eq!((opened, closed), (4, 4), "{text}");
}
