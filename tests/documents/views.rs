//! `obs diagram --view`: what each view shows, and views of the program's own.

use crate::programs::{observability, run, written};
use obs_compiler::outputs::diagram::VIEWS;
use std::path::Path;

fn picture(program: &Path, view: &str, format: &str) -> String {
    run(&["diagram", &program.display().to_string(), "--view", view, "--format", format])
}

fn text(program: &Path, view: &str) -> String {
    picture(program, view, "ascii")
}

/// A stack with one of each sort and views of its own.
const OWN: &str = r#"
import std.{Prometheus, Mimir, Loki, Grafana, Alloy, Pods, KubernetesApi}
namespace o {
  layer keep "Stores" {
    component prometheus: Prometheus
    component mimir: Mimir
    component loki: Loki
  }
  layer see "Seen" { component grafana: Grafana }
  component alloy: Alloy
}
component apps: Pods
component kubernetes: KubernetesApi
prometheus -> apps, alloy: scrape
prometheus -> kubernetes: discover
prometheus -> mimir: remote_write
grafana -> prometheus, mimir, loki: query
alloy -> kubernetes: pod_logs
alloy -> loki: push
view by_name "Names" { show: [grafana, loki] }
view by_kind { show: [Mimir, Grafana] }
view by_layer { hide: [keep] }
view by_protocol { show: [remote_write] }
view by_signal { show: [logs] }
view without { hide: [query, Pods, alloy] }
view flat { group: none }
view spaces { group: namespace }
view across { group: none, direction: right, show: [prometheus, mimir, remote_write] }
view system "Mine" { show: [loki] }
"#;

#[test]
fn every_view_has_a_picture_in_every_form() {
    for view in VIEWS {
        let (ascii, svg) = (text(&observability(), view), picture(&observability(), view, "svg"));
        assert!(ascii.lines().count() > 15, "{view} is next to empty:\n{ascii}");
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{view}");
        let (mermaid, dot) = (picture(&observability(), view, "mermaid"), picture(&observability(), view, "dot"));
        assert_eq!(mermaid.matches("[\"<b>").count(), dot.matches("\\l\"").count(), "{view}: boxes of two forms");
        assert!(ascii.trim_end().ends_with('.') && mermaid.contains("accDescr: "), "{view} has no legend");
    }
}

#[test]
fn arrows_point_the_way_of_the_connection_or_of_the_data_as_the_legend_says() {
    let edges = |view| -> Vec<String> {
        let text = picture(&observability(), view, "dot");
        let names: Vec<&str> = text
            .lines()
            .filter_map(|l| l.trim().split_once(" [label=\""))
            .filter(|(id, _)| !id.contains(' '))
            .map(|(_, rest)| rest.split("\\l").next().unwrap_or_default())
            .collect();
        let name = |id: &str| names[id.trim_start_matches('c').parse::<usize>().expect("a number")];
        let edge = |l: &str| {
            let (from, rest) = l.trim().split_once(" -> ")?;
            let (to, label) = rest.split_once(" [label=\"")?;
            Some(format!("{} -> {}: {}", name(from), name(to), label.trim_end_matches("\"];")))
        };
        text.lines().filter_map(edge).collect()
    };
    assert!(edges("system").contains(&"prometheus -> apps: scrape (metrics)".to_owned()));
    assert!(text(&observability(), "system").contains("from the side that opens the connection"));
    assert!(edges("metrics").contains(&"apps -> prometheus: scrape (pull)".to_owned()));
    assert!(text(&observability(), "metrics").contains("the way the data goes"));
    // what the stack tells of itself is no part of the applications' metrics
    assert!(!edges("metrics").iter().any(|e| e.starts_with("loki -> ")));
    assert!(edges("self-monitoring").contains(&"loki -> prometheus: scrape (pull)".to_owned()));
    assert!(!edges("self-monitoring").iter().any(|e| e.starts_with("apps -> ")));
    assert!(edges("ports").contains(&"edge -> grafana: 3000".to_owned()));
    // only what crosses a boundary
    assert!(!edges("security").iter().any(|e| e.starts_with("grafana -> loki")));
}

#[test]
fn numbers_are_those_of_the_profile() {
    let path = observability().display().to_string();
    let at = |profile: &str| run(&["diagram", &path, "--view", "availability", "--profile", profile]);
    assert!(at("normal").contains("prometheus: 2 replicas") && !at("normal").contains("prometheus-2"));
    assert!(at("peak").contains("prometheus: 3 replicas") && at("peak").contains("prometheus-2"));
    assert!(at("peak").contains("loki: 3 replicas, a ring"));
}

#[test]
fn a_stack_without_daemons_has_no_nodes_to_show_and_its_guide_leaves_them_out() {
    let program = "import std.{Loki, Grafana}\nnamespace o {\n  component loki: Loki\n  component grafana: Grafana\n}\ngrafana -> loki: query\n";
    let (folder, path) = written(program);
    let to = folder.path().join("docs");
    run(&["docs", &path.display().to_string(), "-o", &to.display().to_string()]);
    assert!(!to.join("nodes.svg").exists() && to.join("logs.svg").exists() && !to.join("traces.svg").exists());
    let page = std::fs::read_to_string(to.join("README.md")).expect("the guide");
    assert!(!page.contains("nodes.svg") && !page.contains("### Traces flow") && page.contains("### Logs flow"));
    assert!(!page.contains("## Further views"));
}

#[test]
fn views_of_the_programs_own_show_and_hide_by_name_kind_layer_protocol_and_signal() {
    let (_folder, path) = written(OWN);
    let shown = |view: &str| -> Vec<String> {
        let boxes = picture(&path, view, "mermaid");
        let names = boxes.split("[\"<b>").skip(1).filter_map(|rest| rest.split("</b>").next());
        names.map(str::to_owned).collect()
    };
    assert_eq!(shown("by_name"), ["loki", "grafana"]);
    assert_eq!(shown("by_kind"), ["mimir", "grafana"]);
    assert_eq!(shown("by_layer"), ["grafana", "alloy", "apps", "kubernetes"]);
    assert_eq!(shown("by_protocol"), ["prometheus", "mimir"]);
    assert_eq!(shown("by_signal"), ["loki", "grafana", "alloy", "kubernetes"]);
    assert_eq!(shown("without"), ["prometheus", "mimir", "loki", "grafana", "kubernetes"]);
    assert!(!text(&path, "without").contains("query"));
    // one of its own takes the place of one that always exists
    assert_eq!(shown("system"), ["loki"]);
    assert!(text(&path, "system").starts_with("Mine\n"));
}

#[test]
fn groups_and_direction_hold_in_text_and_in_svg_too() {
    let (_folder, path) = written(OWN);
    for form in ["ascii", "svg"] {
        let has = |view: &str, title: &str| picture(&path, view, form).contains(title);
        assert!(!has("flat", "Stores") && !has("flat", "Kubernetes cluster"));
        assert!(!has("spaces", "Stores") && has("spaces", "Kubernetes cluster"));
        assert!(has("by_kind", "Stores") && has("by_kind", "Seen"));
    }
    // from left to right: the beginning of the arrow first
    let across = text(&path, "across");
    let column = |name: &str| across.lines().find_map(|l| Some(l[..l.find(&format!("│ {name} "))?].chars().count()));
    assert!(column("prometheus").expect("the box") < column("mimir").expect("the box"), "{across}");
    assert!(across.contains('▶'), "{across}");
    let svg = picture(&path, "across", "svg");
    let place = |heading: &str| -> i32 {
        let before = svg.split(&format!(">{heading}</text>")).next().expect("the heading");
        let tag = before.rsplit_once("<text ").expect("its tag").1;
        tag.split("x=\"").nth(1).and_then(|x| x.split('"').next()?.parse().ok()).expect("a place")
    };
    assert!(place("prometheus") < place("mimir"));
}
