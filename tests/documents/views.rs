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
view nothing { hide: [metrics, logs, prometheus, mimir, loki, grafana, alloy, apps, kubernetes] }
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
        let d2 = picture(&observability(), view, "d2");
        let legend = ascii.lines().next_back().expect("it has lines");
        for (form, text) in [("svg", svg), ("mermaid", mermaid), ("dot", dot), ("d2", d2)] {
            assert!(text.contains(legend), "{view} as {form} has no legend `{legend}`:\n{text}");
        }
    }
}

/// Each line of a legend tells of something that is in the drawing above it, and what needs one has one.
#[test]
fn legends_tell_of_what_is_there_and_of_nothing_else() {
    let bare = "import std.{Loki, Grafana}\nnamespace o {\n  component loki: Loki { replicas: 1 }\n  \
                component grafana: Grafana\n}\ngrafana -> loki: query\n";
    let (_folder, bare) = written(bare);
    let (_own, own) = written(OWN);
    let mut missing = 0;
    for program in [observability(), own, bare] {
        for view in VIEWS {
            let drawn = text(&program, view);
            let (drawing, legend) = drawn.trim_end().rsplit_once("\n\n").expect("a legend");
            let boxes: Vec<&str> = drawing.lines().skip(1).collect();
            if boxes.iter().all(|l| l.is_empty()) {
                continue;
            }
            let any = |signs: &[char]| drawing.contains(signs);
            for (told, there) in [
                ("Dashed box", any(&['╌', '┆'])),
                ("An arrow points", any(&['▼', '▲', '▶', '◀'])),
                ("A DaemonSet has", drawing.contains(": DaemonSet")),
                ("Active-active:", drawing.contains(", active-active")),
                ("Load balanced:", drawing.contains(", load balanced")),
                ("PVC: a claim", drawing.contains("PVC of ")),
                ("emptyDir: gone", drawing.contains("emptyDir:")),
                ("↻: ", *view == "self-monitoring" && drawing.contains('↻')),
            ] {
                // a word of one view's legend may stand in another's boxes
                let said = legend.contains(told);
                let elsewhere = !["Dashed box", "An arrow points"].contains(&told);
                assert!(said == there || (elsewhere && !said), "{view}: `{told}` of\n{drawn}");
                missing += usize::from(!said);
            }
        }
    }
    assert!(missing > 100, "each is left out somewhere");
}

#[test]
fn a_view_of_nothing_says_so_in_every_form() {
    let bare = "import std.{Pods}\ncomponent apps: Pods\nview none { hide: [apps] }\n";
    let (folder, path) = written(bare);
    for (view, says) in [
        ("nodes", "Nothing here runs on every node."),
        ("logs", "No logs go anywhere here."),
        ("storage", "Nothing here keeps data."),
        ("none", "Nothing of the program is shown here."),
    ] {
        for form in ["ascii", "svg", "mermaid", "dot", "d2"] {
            let text = picture(&path, view, form);
            assert!(text.contains(says), "{view} as {form}:\n{text}");
            assert!(!text.contains("Dashed box"), "{view} as {form}:\n{text}");
        }
        let page = folder.path().join("page.html");
        let (program, page) = (path.display().to_string(), page.display().to_string());
        run(&["diagram", &program, "--view", view, "--format", "html", "-o", &page]);
        assert!(std::fs::read_to_string(&page).expect("the page").contains(says), "{view} as a page");
    }
}

/// Where a label stands upon a line, the line leaves as much room on either side of its text.
#[test]
fn lines_leave_the_same_room_on_both_sides_of_their_label() {
    let svg = picture(&observability(), "system", "svg");
    let number =
        |text: &str, before: &str| -> Option<f64> { text.split(before).nth(1)?.split(['"', ' ']).next()?.parse().ok() };
    let mut upon = 0;
    for net in svg.split("<g class=\"net\"").skip(1) {
        let net = net.split("</g>").next().expect("its end");
        for label in net.split("<text ").skip(1).filter(|t| t.starts_with("class=\"c") && t.contains(" m\"")) {
            let (x, y) = (number(label, " x=\"").expect("x"), number(label, " y=\"").expect("y") - 4.0);
            let ends: Vec<f64> = net
                .split(['M', 'L'])
                .filter_map(|point| {
                    let (px, py) = point.split(['"', ' ']).next().zip(point.split(['"', ' ']).nth(1))?;
                    (py.parse::<f64>().ok()? == y).then(|| px.parse().ok())?
                })
                .collect();
            let left = ends.iter().copied().filter(|e| *e < x).fold(f64::MIN, f64::max);
            let right = ends.iter().copied().filter(|e| *e > x).fold(f64::MAX, f64::min);
            assert!((x - left - (right - x)).abs() <= 1.0, "{left} … {x} … {right}: {net}");
            let text = label.split(['>', '<']).nth(1).expect("its text");
            let most = 10.0 * text.len() as f64 + 12.0;
            assert!((1.0..most).contains(&(right - left)), "`{text}`: {left} … {right}");
            upon += 1;
        }
    }
    assert!(upon > 0, "{svg}");
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
