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
    let section = text.split(&format!("# {heading}\n")).nth(1).expect("the section is there");
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
    let rows = table(&text, "Port mapping");
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

/// The anchors of a page's headings, as hosts make them.
fn anchors(page: &str) -> Vec<String> {
    let mut fenced = false;
    let mut out = Vec::new();
    for line in page.lines() {
        fenced ^= line.starts_with("```");
        if let Some((_, title)) =
            line.split_once(' ').filter(|(s, _)| !fenced && !s.is_empty() && s.bytes().all(|b| b == b'#'))
        {
            let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            out.push(kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect());
        }
    }
    out
}

/// Targets of links outside of code.
fn links(page: &str) -> Vec<&str> {
    let mut fenced = false;
    let prose = page.lines().filter(|l| {
        fenced ^= l.starts_with("```");
        !fenced
    });
    prose.flat_map(|l| l.split("](").skip(1)).filter_map(|rest| rest.split(')').next()).collect()
}

#[test]
fn links_lead_somewhere_on_one_page_and_on_many() {
    for more in [&[][..], &["--pages"]] {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let (program, to) = (observability().display().to_string(), folder.path().display().to_string());
        run(&[&["docs", &program, "-o", &to][..], more].concat());
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a page");
        let all = std::fs::read_dir(folder.path()).expect("the folder").map(|e| e.expect("an entry").file_name());
        let pages: Vec<String> = all.filter_map(|n| n.into_string().ok()).filter(|n| n.ends_with(".md")).collect();
        assert_eq!(pages.len() > 1, !more.is_empty(), "{pages:?}");
        let mut count = 0;
        for page in &pages {
            let text = read(page);
            let own = anchors(&text);
            assert_eq!(own.iter().collect::<BTreeSet<_>>().len(), own.len(), "{page}: a heading twice");
            for target in links(&text).into_iter().filter(|t| !t.starts_with("http")) {
                let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
                assert!(file.is_empty() || folder.path().join(file).is_file(), "{page}: {target}");
                let there = if file.is_empty() || file == page.as_str() { own.clone() } else { anchors(&read(file)) };
                assert!(anchor.is_empty() || there.iter().any(|a| a == anchor), "{page}: {target}");
                count += 1;
            }
        }
        assert!(count > 40, "{count} links");
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
    assert!(alerts.iter().any(|r| r[4].contains("`{{ $labels.")), "{alerts:?}");
}

/// The numbers of ports below a key of a policy, as manifests have them.
fn allowed(policy: &serde_yaml::Value, direction: &str) -> BTreeSet<u64> {
    let rules = policy["spec"][direction].as_sequence().cloned().unwrap_or_default();
    let ports = rules.iter().flat_map(|r| r["ports"].as_sequence().cloned().unwrap_or_default());
    ports.filter_map(|p| p["port"].as_u64()).collect()
}

/// The numbers of ports that a cell tells: `a on 80, 443; b on 53`.
fn told(cell: &str) -> BTreeSet<u64> {
    let lists = cell.split("; ").filter_map(|part| Some(part.rsplit_once(" on ")?.1));
    lists.flat_map(|list| list.split(", ")).filter_map(|n| n.parse().ok()).collect()
}

#[test]
fn words_about_policies_and_autoscalers_are_those_of_the_manifests() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    run(&["build", &observability().display().to_string(), "-o", &folder.path().display().to_string()]);
    let base = folder.path().join("kubernetes/base/observability");
    let manifest = |path: &str| -> serde_yaml::Value {
        serde_yaml::from_str(&std::fs::read_to_string(base.join(path)).expect("a manifest")).expect("YAML")
    };
    let text = guide(&observability());
    let rows = table(&text, "Network Policies in words");
    assert_eq!(rows.len(), 8);
    for row in &rows {
        let policy = manifest(&format!("{}/networkpolicy.yaml", row[0]));
        assert_eq!(told(row[1]), allowed(&policy, "ingress"), "into {}", row[0]);
        assert_eq!(told(row[2]), allowed(&policy, "egress"), "out of {}", row[0]);
    }
    let scaler = manifest("otel/horizontalpodautoscaler.yaml");
    let tolerance = scaler["spec"]["behavior"]["scaleDown"]["tolerance"].as_str().expect("it is said");
    let thousandths: f64 = tolerance.trim_end_matches('m').parse().expect("thousandths");
    let scaling = table(&text, "The autoscaler of otel");
    assert!(scaling[2][2].contains(&format!("{:.1}%", thousandths / 10.0)), "{tolerance}: {}", scaling[2][2]);
}

#[test]
fn where_a_tolerance_cannot_be_said_the_guide_says_so() {
    let program = "import std.{OtelCollector, Loki, Pods}
cluster c { kubernetes: 1.33 }
namespace o {
  component otel: OtelCollector
  component loki: Loki
}
component apps: Pods
apps -> otel: otlp { signals: [logs] }
otel -> loki: otlp { signals: [logs] }
autoscale otel {
  replicas: 2..4
  up: { when: cpu > 70%, by: 100% }
  down: { when: cpu < 30% and memory < 50%, for: 5m, by: 50% }
}
";
    let (_folder, path) = written(program);
    let text = guide(&path);
    let rows = table(&text, "The autoscaler of otel");
    assert!(rows[1][2].contains("by more than the cluster's tolerance, 10% by default"), "{}", rows[1][2]);
    assert!(rows[2][2].contains("low marks can't be said"), "{}", rows[2][2]);
    assert!(rows[2][2].contains("memory isn't looked at: it has no target"), "{}", rows[2][2]);
}

/// Bars that end a cell: those that aren't escaped.
fn bars(line: &str) -> usize {
    line.replace("\\\\", "").replace("\\|", "").matches('|').count()
}

#[test]
fn every_table_of_every_page_has_as_many_cells_in_each_row() {
    let (_folder, hostile) = written(HOSTILE);
    let mut tables = 0;
    for program in [observability(), hostile] {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let to = folder.path().display().to_string();
        run(&["docs", &program.display().to_string(), "-o", &to, "--pages"]);
        for entry in std::fs::read_dir(folder.path()).expect("the folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|e| e != "md") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a page");
            let mut fenced = false;
            let mut columns = None;
            for line in text.lines() {
                fenced ^= line.starts_with("```");
                if fenced || !line.starts_with('|') {
                    columns = None;
                    continue;
                }
                tables += usize::from(columns.is_none());
                let first = *columns.get_or_insert(bars(line));
                assert_eq!(bars(line), first, "{}: {line}", path.display());
                assert!(!line.contains("<i>") && !line.contains("<script>"), "{line}");
            }
        }
    }
    assert!(tables > 40, "{tables} tables");
}

#[test]
fn what_is_on_its_way_to_the_bucket_is_said_to_be_where_it_is() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let file = folder.path().join("stack.obs");
    let program = "\
import std.{Loki, Mimir, Tempo, Bucket}
component bucket: Bucket { endpoint: \"s3.example.com\", credentials: secret(\"s3\") }
namespace n {
  component loki: Loki
  component mimir: Mimir { storage: ephemeral }
  component tempo: Tempo { storage: ephemeral }
}
loki, mimir, tempo -> bucket: s3
backup loki, mimir { schedule: \"0 2 * * *\", keep: 7 }
";
    std::fs::write(&file, program).expect("the file can be written");
    let text = guide(&file);
    for said in [
        "keeps the data of loki for good: their volumes hold what is on its way there.",
        "keeps the data of mimir, tempo for good: what is on its way there from mimir (the last 2h), tempo (the last 30m) is lost with its pod.",
        "with the tools of the object store: its volumes hold what is on its way there.",
        "with the tools of the object store: lost with a pod is what is on its way there.",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}
