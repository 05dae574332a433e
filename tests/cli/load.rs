//! `obs simulate` and `obs capacity`: what loads come to, as people ask for it.

use crate::run::Folder;
use serde_json::Value as Json;

/// Kinds of its own, so that all numbers can be worked out by hand.
const PROGRAM: &str = r#"//! Two agents send to a ring.

protocol send {
  transport: http
  carries: [metrics, logs]
  interval: duration(1s..) = 10s
}
kind Source {
  workload: external
  produces: [metrics, logs]
  peer: outside
  emits send
}
kind Agent {
  workload: stateful
  state: replicated
  image: "registry.example.com/agent:1.0"
  replicas: 2
  port http: 80
  accepts send on http
  emits send
  passes: { logs: 50% }
  sends: { send: { by: "samples", batch: 100, takes: 500ms, most: 4, source: "the agent's manual" } }
}
kind Ring {
  workload: stateful
  state: ring
  image: "registry.example.com/ring:1.0"
  stores: [metrics, logs]
  replicas: 3
  deduplicates: true
  resources: { cpu: 1, memory: 1Gi }
  param keep: duration(1h..) = 10d
  port http: 80
  accepts send on http
  data: { path: "/data", storage: disk(10Gi) }
  sizing: [
    { part: "index", by: "series", of: "kept", each: 1000, cpu: 500m, memory: 100Mi, source: "the ring's manual" }
    { part: "intake", by: "samples", each: 100/s, cpu: 100m, source: "the ring's manual" }
    { part: "blocks", by: "samples", of: "kept", each: 1/s, disk: 4, keeps: keep, source: "measured" }
    { part: "peaks", more: 50%, source: "experience" }
    { part: "lines", by: "logs", most: 1Mi, source: "the ring's manual" }
  ]
}
namespace n {
  component agent: Agent
  component ring: Ring
}
component source: Source { load: { send: { series: 1000, logs: 1Mi } } }
source -> agent -> ring: send
"#;

fn program() -> Folder {
    Folder::with(&[("stack.obs", PROGRAM)])
}

fn json(folder: &Folder, arguments: &[&str]) -> Json {
    serde_json::from_str(&folder.run(arguments).exits(0).stdout).expect("one document")
}

fn need<'j>(report: &'j Json, component: &str, resource: &str) -> &'j Json {
    let all = report["needs"].as_array().expect("a list");
    let found = all.iter().find(|n| n["component"] == component && n["resource"] == resource);
    found.unwrap_or_else(|| panic!("{component} needs {resource}: {report:#}"))
}

fn near(json: &Json, number: f64) {
    let found = json.as_f64().unwrap_or(f64::NAN);
    assert!((found - number).abs() < 1e-6 * number.max(1.0), "{found}, not {number}");
}

#[test]
fn loads_are_carried_along_flows() {
    let report = json(&program(), &["capacity", "stack.obs", "--format", "json"]);
    let load = |name: &str| {
        let all = report["loads"].as_array().expect("a list");
        all.iter().find(|l| l["component"] == name).unwrap_or_else(|| panic!("{name}: {report:#}")).clone()
    };
    // each of the two agents has all of it: 1,000 series, one sample each in ten seconds
    let agent = load("agent");
    near(&agent["received"]["series"], 1000.0);
    near(&agent["received"]["samples"], 100.0);
    near(&agent["received"]["logBytes"], 1_048_576.0);
    // both send all of it, half of the lines
    let ring = load("ring");
    near(&ring["received"]["samples"], 200.0);
    near(&ring["received"]["logBytes"], 1_048_576.0);
    near(&ring["distinct"]["samples"], 100.0);
}

#[test]
fn needs_are_what_the_factors_say() {
    let report = json(&program(), &["capacity", "stack.obs", "--format", "json", "--load", "3x"]);
    // kept once and in three copies on three instances: 1,000 series on each, half a core; 200/3 samples a second arrive
    // at each, 1/15 of a core; and half as much again
    near(&need(&report, "ring", "CPU")["needs"], (500.0 + 200.0 / 3.0) * 1.5);
    near(&need(&report, "ring", "memory")["needs"], 100.0 * 1_048_576.0 * 1.5);
    let volume = need(&report, "ring", "volume");
    near(&volume["needs"], 100.0 * 4.0 * 864_000.0);
    near(&volume["has"], 0.8 * 10_737_418_240.0);
    // 100 samples a second of each agent, 100 in a request of half a second: half a request at once, of four
    let senders = need(&report, "agent", "senders");
    near(&senders["needs"], 0.5);
    near(&senders["reaches"], 8.0);
    assert_eq!(senders["parts"][0]["source"], "the agent's manual");
    // lines are at their bound already; CPU is at 1.18 times the load
    let exceeded = report["bottlenecks"][0]["exceeded"].as_array().expect("a list");
    assert_eq!(report["bottlenecks"][0]["load"], 3.0);
    let order: Vec<&str> = exceeded.iter().filter_map(|e| e["resource"].as_str()).collect();
    assert_eq!(order, ["rate", "CPU"], "{report:#}");
}

#[test]
fn capacity_has_three_forms_and_says_what_it_can_not_know() {
    let folder = program();
    let text = folder.run(&["capacity", "stack.obs"]).exits(0).stdout;
    assert!(text.contains("the ring's manual") && text.contains("No figures are known of what agent needs."), "{text}");
    let markdown = folder.run(&["capacity", "stack.obs", "--format", "markdown"]).exits(0).stdout;
    assert!(markdown.contains("| ring × 3 | CPU | 850m | 1 | 85% | 1.1× |"), "{markdown}");
    folder.run(&["capacity", "stack.obs", "--load", "nothing"]).exits(2).says("a multiple, such as 2x");
    // what is used up long before the declared load isn't so at none of it; and what is made on the way isn't known
    let much = PROGRAM
        .replace("series: 1000", "series: 30000")
        .replace("passes:", "turns logs into metrics by counts\n  passes:");
    folder.write("stack.obs", much);
    let text = folder.run(&["capacity", "stack.obs"]).exits(0).stdout;
    assert!(text.contains("first CPU of ring, used up at 0.03× the load; "), "{text}");
    assert!(text.contains("agent makes metrics of logs: no figure says how much that is."), "{text}");
    folder.write("stack.obs", PROGRAM.replace(" { load: { send: { series: 1000, logs: 1Mi } } }", ""));
    folder.run(&["capacity", "stack.obs"]).exits(2).says("no component declares a load");
}

#[test]
fn what_runs_on_every_node_needs_the_number_of_nodes() {
    let on_nodes = PROGRAM.replace("workload: stateful\n  state: replicated", "workload: daemon\n  state: per-node");
    let on_nodes = on_nodes.replace("  replicas: 2\n", "");
    let folder = Folder::with(&[("stack.obs", &on_nodes)]);
    let report = json(&folder, &["capacity", "stack.obs", "--format", "json"]);
    assert!(report["notCounted"][0].as_str().is_some_and(|s| s.starts_with("agent runs on every node")), "{report:#}");
    folder.write("stack.obs", format!("{on_nodes}cluster c {{ nodes: 4 }}\n"));
    let report = json(&folder, &["capacity", "stack.obs", "--format", "json"]);
    // a quarter of 100 samples a second
    near(&need(&report, "agent", "senders")["needs"], 0.125);
    near(&need(&report, "ring", "CPU")["needs"], (500.0 + 100.0 / 3.0) * 1.5);
    assert_eq!(report["notCounted"].as_array().map(Vec::len), Some(1), "no figures are known of the agent: {report:#}");
}

/// Scaled, by hand: 100m of CPU each, and no more than it can count to.
pub const SCALED: &str = r#"cluster c { kubernetes: 1.35 }
kind Worker {
  image: "registry.example.com/worker:1.0"
  port http: 80
  accepts http on http
  resources: { cpu: 100m, memory: 100Mi }
}
namespace n {
  component worker: Worker
  component idle: Worker
}
autoscale worker {
  replicas: 2..8
  up: { when: cpu > 50%, by: 100% }
  down: { when: cpu < 25%, for: 2m, by: 50% }
}
"#;

const CURVE: &str = "\u{feff}# an hour\r\ntime,cpu\r\n0s,0.1\r\n2m,0.3\r\n10m,0.02\r\n\r\n40m,0.02\r\n";

#[test]
fn an_autoscaler_is_simulated_as_it_is_emitted() {
    let folder = Folder::with(&[("stack.obs", SCALED), ("load.csv", CURVE)]);
    let run = folder.run(&["simulate", "stack.obs", "--load", "load.csv"]).exits(0);
    insta::assert_snapshot!(run.stdout);
    let data = json(&folder, &["simulate", "stack.obs", "--load", "load.csv", "--format", "json"]);
    let steps = data["steps"].as_array().expect("a list");
    assert_eq!(steps.len(), 40 * 4 + 1);
    assert_eq!(data["summary"]["most"], 6, "0.3 cores over pods at 50% of 100m");
    assert_eq!(steps.last().map(|s| s["desired"].clone()), Some(2.into()));
    // a patch counts: it is a part of what is emitted
    folder.write(
        "stack.obs",
        format!("{SCALED}patch HorizontalPodAutoscaler/worker in n {{ spec: {{ maxReplicas: 3 }} }}\n"),
    );
    let data = json(&folder, &["simulate", "stack.obs", "--load", "load.csv", "--format", "json"]);
    assert_eq!(data["summary"]["most"], 3);
    folder.run(&["simulate", "stack.obs", "--load", "load.csv", "--format", "svg", "-o", "a.svg"]).exits(0);
    folder.run(&["simulate", "stack.obs", "--load", "load.csv", "--format", "svg", "-o", "b.svg"]).exits(0);
    let svg = folder.read("a.svg");
    assert_eq!(svg, folder.read("b.svg"));
    roxmltree::Document::parse(&svg).expect("it is XML");
    assert!(svg.contains("prefers-color-scheme:dark") && svg.contains("CPU target 50%"), "{svg}");
}

#[test]
fn a_curve_that_can_not_be_read_is_a_finding() {
    let folder = Folder::with(&[("stack.obs", SCALED)]);
    for (curve, what) in [
        ("", "the curve is empty"),
        ("cpu\n1\n", "no column is called `time`"),
        ("time,cpus\n0,1\n", "did you mean `cpu`?"),
        ("time,cpu,cpu\n0,1,1\n", "two columns are called `cpu`"),
        ("time,cpu\n0,1\n", "a curve of one row has no length"),
        ("time,cpu\n0,1\n0,1\n", "isn't later than the one before"),
        ("time,cpu\n0,1\n1,2,3\n", "this row has 3 values"),
        ("time,cpu\nsoon,1\n2,2\n", "`soon` is no time"),
        ("time,cpu\n-1,1\n2,2\n", "`-1` is no time"),
        ("time,cpu\n0,-1\n2,2\n", "`-1` is no amount"),
        ("time,unready\n0,1.5\n2,2\n", "`1.5` is no number of pods"),
        ("time,cpu\n0,99999999999999999999\n2,2\n", "is no amount"),
    ] {
        folder.write("load.csv", curve);
        folder.run(&["simulate", "stack.obs", "--load", "load.csv"]).exits(1).says(what).says("OBS4121");
    }
    folder.write("load.csv", [0xff, 0xfe]);
    folder.run(&["simulate", "stack.obs", "--load", "load.csv"]).exits(2).says("not UTF-8");
    folder.run(&["simulate", "stack.obs", "--load", "none.csv"]).exits(2).says("none.csv");
    folder.write("load.csv", CURVE);
    folder
        .run(&["simulate", "stack.obs", "--load", "load.csv", "--component", "workr"])
        .exits(2)
        .says("did you mean `worker`?");
    folder.run(&["simulate", "stack.obs", "--load", "load.csv", "--sync", "1ms"]).exits(2).says("a second or longer");
    folder.write("stack.obs", SCALED.split("autoscale").next().unwrap_or_default());
    folder.run(&["simulate", "stack.obs", "--load", "load.csv"]).exits(2).says("the program scales nothing");
}
