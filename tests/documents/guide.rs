//! `obs docs`: the guide in Markdown.

use crate::programs::{HOSTILE, observability, run, written};
use serde_yaml::Value;
use std::collections::{BTreeMap, BTreeSet};
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
    assert_eq!(what, r"Keeps \| pipes, &lt;i&gt;tags&lt;/i&gt; and `ticks`.");
}

#[test]
fn code_of_docs_is_code_in_cells_and_alerts_too() {
    let program = r#"
import std.{checkov}
/// Serves `a|b` and ``c`d``, and one ` alone.
protocol call { transport: http }
/// Answers `GET /`.
kind K {
  workload: deployment
  image: "example.com/k:1"
  /// Like `x`.
  param size: int = 1
  port http: 80
  accepts call on http
  emits call
  alert Down {
    expr: promql"up == 0"
    for: 5m
    severity: warning
    summary: "`k` is down"
    description: "See `kubectl get pods`."
  }
}
namespace n {
  component a: K
  component b: K
}
/// Asks `b`.
a -> b: call
waive checkov.CKV_K8S_43, "since `b` is there"
"#;
    let (_folder, path) = written(program);
    let text = guide(&path);
    let glossary = table(&text, "Glossary");
    let meaning = |word: &str| glossary.iter().find(|r| r[0] == word).unwrap_or_else(|| panic!("no {word}"))[1];
    assert_eq!(meaning("K"), "A kind. Answers `GET /`.");
    assert_eq!(meaning("call"), r"A protocol. Serves `a\|b` and ``c`d``, and one \` alone.");
    assert!(text.contains("| Like `x`. |") && text.contains("| Asks `b`. |"), "{text}");
    assert!(text.contains("| since `b` is there |"));
    assert!(text.contains("| `k` is down |") && text.contains(" · warning · `k` is down\n"));
    assert!(text.contains("\nSee `kubectl get pods`.\n"));
}

#[test]
fn storage_says_the_need_that_capacity_works_out() {
    let text = guide(&observability());
    let needs = text.split("\n| Component | Resource | ").nth(1).expect("the table of needs");
    let needs: Vec<Vec<&str>> = needs
        .lines()
        .skip(2)
        .take_while(|l| l.starts_with('|'))
        .map(|l| l.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let rows = table(&text, "Storage architecture");
    let mut compared = 0;
    for need in needs.iter().filter(|n| ["volume", "bucket"].contains(&n[1])) {
        let component = need[0].split(' ').next().expect("a name");
        let row = rows.iter().find(|r| r[0] == component).unwrap_or_else(|| panic!("no {component} in {rows:?}"));
        assert!(row[6].split(", ").any(|part| part.starts_with(need[2])), "{need:?} isn't in {row:?}");
        let drawn = run(&["diagram", &observability().display().to_string(), "--view", "storage"]);
        assert!(drawn.contains(&format!("Estimated need: {}", row[6])), "{drawn}");
        compared += 1;
    }
    assert!(compared > 3, "{needs:?}");
    // nothing is known where no load is declared
    let (_folder, path) =
        written("import std.{Loki}\nnamespace o {\n  component loki: Loki { storage: disk(10Gi) }\n}\n");
    assert!(!guide(&path).contains("Estimated need"));
}

#[test]
fn each_port_has_its_own_transport() {
    let text = guide(&observability());
    let flow = table(&text, "Flows").into_iter().find(|r| r[..3] == ["apps", "alloy", "otlp"]).expect("the flow");
    assert_eq!(flow[3..5], ["4317, 4318", "gRPC (4317), HTTP (4318)"]);
    let label =
        |view: &str| run(&["diagram", &observability().display().to_string(), "--view", view, "--format", "dot"]);
    assert!(label("security").contains("[label=\"gRPC (4317), HTTP (4318)\"]"), "{}", label("security"));
    assert!(label("traces").contains("[label=\"OTLP (push to gRPC 4317, HTTP 4318)\"]"), "{}", label("traces"));
}

#[test]
fn placeholders_of_templates_are_code() {
    let text = guide(&observability());
    assert!(!text.contains(r"\$"), "a dollar with a backslash shows it on some hosts");
    let alerts = table(&text, "Alerts");
    assert!(alerts.iter().any(|r| r[4].contains("`{{ $labels.")), "{alerts:?}");
}

/// Who is let in or out, and on which ports.
type Peers = BTreeMap<String, BTreeSet<String>>;

/// What a policy allows in one direction, as manifests have it. No ports are any port.
fn allowed(policy: &Value, direction: &str) -> Peers {
    let mut out = Peers::new();
    for rule in policy["spec"][direction].as_sequence().into_iter().flatten() {
        let ends = if direction == "ingress" { &rule["from"] } else { &rule["to"] };
        let ports: BTreeSet<String> = match rule["ports"].as_sequence() {
            Some(ports) => ports.iter().map(|p| p["port"].as_u64().expect("a number").to_string()).collect(),
            None => BTreeSet::from(["any port".to_owned()]),
        };
        let who = match ends.as_sequence() {
            Some(ends) => ends.iter().map(peer).collect::<Vec<_>>().join(", "),
            None => "any address".to_owned(),
        };
        out.entry(who).or_default().extend(ports);
    }
    out
}

/// One end of a rule.
fn peer(end: &Value) -> String {
    if let Some(cidr) = end["ipBlock"]["cidr"].as_str() {
        return cidr.to_owned();
    }
    let labels = |key: &str| -> Vec<(&str, &str)> {
        let labels = end[key]["matchLabels"].as_mapping().into_iter().flatten();
        labels.map(|(label, value)| (label.as_str().expect("text"), value.as_str().expect("text"))).collect()
    };
    let (namespace, pods) = (labels("namespaceSelector"), labels("podSelector"));
    if let Some((_, instance)) = pods.iter().find(|(label, _)| *label == "app.kubernetes.io/instance") {
        return (*instance).to_owned();
    }
    if pods == [("k8s-app", "kube-dns")] {
        return "DNS".to_owned();
    }
    let which: Vec<String> = pods.iter().map(|(label, value)| format!("{label}={value}")).collect();
    let which = if which.is_empty() { "pods".to_owned() } else { format!("pods with {}", which.join(", ")) };
    match namespace.as_slice() {
        [] => format!("{which} of any namespace"),
        [(_, name)] => format!("{which} of the namespace {name}"),
        more => panic!("{more:?}"),
    }
}

/// What a cell tells: `a on 80, 443; b (any address) on any port`. Names of what policies can't select stand before what
/// they do select.
fn told(cell: &str) -> Peers {
    let mut out = Peers::new();
    for (who, ports) in cell.split("; ").filter_map(|part| part.rsplit_once(" on ")) {
        let who = who.split_once(" (").map_or(who, |(_, rest)| rest.trim_end_matches(')'));
        out.entry(who.replace("\\_", "_")).or_default().extend(ports.split(", ").map(str::to_owned));
    }
    out
}

/// Where backups ask components and the Kubernetes API, at addresses and in namespaces of several sorts.
const GUARDED: &str = r#"
import std.{Prometheus, Grafana, Loki, Pods, KubernetesApi, IngressController, People, Keda}
cluster c { domain: "example.com", api_server: ["10.0.0.1/32", "10.0.0.2/32"] }
namespace a {
  isolated: true
  component prometheus: Prometheus { storage: disk(10Gi) }
  component loki: Loki { storage: disk(10Gi), replicas: 1 }
}
namespace b {
  isolated: true
  component grafana: Grafana
}
namespace d {
  isolated: false
  component other: Prometheus { storage: disk(1Gi), replicas: 1 }
}
component apps: Pods
component kubernetes: KubernetesApi { addresses: ["10.0.0.9/32"] }
component edge: IngressController
component internet: People
component keda: Keda
prometheus -> apps, loki, grafana: scrape
prometheus -> kubernetes: discover
other -> other: scrape
grafana -> prometheus, loki, other: query
keda -> prometheus: query
internet -> edge: https
edge -> grafana: http { host: "grafana.example.com" }
backup prometheus { schedule: "0 2 * * *", keep: 7 }
backup other { schedule: "0 2 * * *", keep: 7 }
backup grafana { schedule: "0 3 * * *", keep: 30 }
backup grafana { schedule: "0 4 * * *", keep: 20 }
"#;

/// All objects of a build.
fn built(program: &Path) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder for the test");
    run(&["build", &program.display().to_string(), "-o", &folder.path().display().to_string()]);
    let mut folders = vec![folder.path().join("kubernetes/base")];
    let mut out = Vec::new();
    while let Some(at) = folders.pop() {
        for path in std::fs::read_dir(&at).expect("a folder").map(|e| e.expect("an entry").path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).expect("a manifest");
                out.push(serde_yaml::from_str(&text).expect("YAML"));
            }
        }
    }
    out
}

#[test]
fn words_about_policies_and_rights_are_those_of_all_objects() {
    let (_folder, guarded) = written(GUARDED);
    for program in [observability(), guarded] {
        let objects = built(&program);
        let of = |kind: &str| objects.iter().filter(|o| o["kind"] == kind).collect::<Vec<_>>();
        let name = |object: &Value| object["metadata"]["name"].as_str().expect("a name").to_owned();
        let text = guide(&program);
        let rows = table(&text, "Network Policies in words");
        let policies: BTreeMap<String, (Peers, Peers)> = of("NetworkPolicy")
            .into_iter()
            .filter(|p| name(p) != "default-deny")
            .map(|p| (name(p), (allowed(p, "ingress"), allowed(p, "egress"))))
            .collect();
        let words: BTreeMap<String, (Peers, Peers)> =
            rows.iter().map(|r| (r[0].to_owned(), (told(r[1]), told(r[2])))).collect();
        assert_eq!(words.len(), rows.len());
        assert_eq!(words, policies);
        assert!(policies.contains_key("prometheus-backup") && policies["grafana"].0.contains_key("grafana-backup"));
        let list = |rule: &Value, keys: &[&str]| {
            let lists = keys.iter().flat_map(|key| rule[key].as_sequence().into_iter().flatten());
            lists.map(|v| v.as_str().expect("text")).collect::<Vec<_>>().join(", ")
        };
        let mut rights: BTreeSet<[String; 4]> = BTreeSet::new();
        for role in of("Role").into_iter().chain(of("ClusterRole")) {
            let place = match role["metadata"]["namespace"].as_str() {
                Some(namespace) => format!("the namespace {namespace}"),
                None => "the whole cluster".to_owned(),
            };
            for rule in role["rules"].as_sequence().expect("rules") {
                let who = name(role).rsplit('.').next().expect("a name").to_owned();
                let on = list(rule, &["resources", "nonResourceURLs"]);
                rights.insert([who, list(rule, &["verbs"]), on, place.clone()]);
            }
        }
        let rows = table(&text, "Rights on the Kubernetes API (RBAC)");
        let told: BTreeSet<[String; 4]> =
            rows.iter().map(|r| [r[0], r[1], r[2], r[3]].map(|cell| cell.replace('\\', ""))).collect();
        assert_eq!(told, rights);
        // the picture counts the same
        let picture = run(&["diagram", &program.display().to_string(), "--view", "security"]);
        let holders: BTreeSet<&String> = rights.iter().map(|r| &r[0]).collect();
        let counted = |before: &str, after: &str| -> usize {
            let numbers = picture.split(before).skip(1).filter_map(|rest| rest.split(after).next());
            numbers.filter_map(|n| n.trim().parse::<usize>().ok()).sum()
        };
        assert_eq!(counted("all denied, then ", " that allow"), policies.len(), "{picture}");
        assert_eq!(counted("RBAC: ", " of "), holders.len(), "{picture}");
    }
}

#[test]
fn words_about_autoscalers_are_those_of_the_manifests() {
    let text = guide(&observability());
    let objects = built(&observability());
    let scaler = objects.iter().find(|o| o["kind"] == "HorizontalPodAutoscaler").expect("it is there");
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
