//! Each construct does what the reference says: it is written, and the graph or the output shows it.

use crate::support::{all_true, fails, findings, holds, manifests, stack};
use obs_compiler::graph::Graph;

/// Two bakeries in a namespace, and what they need.
const TOWN: &str = r#"
import "./kit.obs".{Bakery, Mill, order, deliver, Shelf}
namespace town {
  component corner: Bakery
  component market: Bakery { ovens: 4 }
}
component mill: Mill
"#;

fn town(more: &str) -> String {
    format!("{TOWN}\n{more}\n")
}

/// `FROM -> TO: PROTOCOL`, in the order of the graph.
fn flows(graph: &Graph) -> Vec<String> {
    let name = |id| graph.component(id).name.as_str();
    graph.flows.iter().map(|f| format!("{} -> {}: {}", name(f.from), name(f.to), f.protocol)).collect()
}

#[track_caller]
fn graph(text: &str, profile: &str) -> std::sync::Arc<Graph> {
    stack(text, profile).graph
}

#[test]
fn imports_take_names_and_whole_files() {
    holds(&town("mill -> corner: deliver"));
    let whole = r#"
import "./kit.obs" as kit
import "./shops.obs" as shops
namespace town { component corner: kit.Bakery { shelf: shops.small, ovens: shops.twice(2) } }
component mill: kit.Mill
let size: shops.Size = 3Gi
let same: kit.Shelf = closed(size)
kind Patisserie extends kit.Bakery {
  accepts kit.order on http
  args: [for f in flows.in(kit.deliver): f.from.name]
  param others: component(kit.Bakery)?
}
mill -> corner, shops.side: kit.deliver
scale shops.side { default: 3 }
profile default { shops.side.ovens: 7, corner.ovens: 1 }
assert shops.side.ovens == 7, "set through the file's name"
assert corner.ovens == 1 and size == 3Gi, "set plainly"
//- shops.obs
import "./kit.obs".{Bakery}
type Size = bytes(1Gi..)
let small = closed_shelf(1Gi)
fn closed_shelf(size: Size): Shelf = closed(size)
fn twice(n: int): int = n * 2
import "./kit.obs".{Shelf}
namespace side { component side: Bakery }
"#;
    let graph = graph(whole, "default");
    assert_eq!(flows(&graph), ["mill -> corner: deliver", "mill -> side: deliver"]);
    assert_eq!(graph.components.iter().map(|c| c.replicas.count).collect::<Vec<_>>(), [1, 0, 3]);
    holds("import std as lib\ncomponent people: lib.People\ncomponent more: lib.People");
}

#[test]
fn what_imports_lack_is_said() {
    fails("import \"./kit.obs\".{Bakry}", &[("OBS1004", "Bakry", "did you mean `Bakery`?")]);
    fails("import \"./kot.obs\".{A}", &[("OBS1001", "\"./kot.obs\"", "there is no file `kot.obs`")]);
    fails("import \"../kit.obs\".{A}", &[("OBS1002", "\"../kit.obs\"", "leads out of the project")]);
    fails("import stt.{A}", &[("OBS1001", "stt", "there is no library `stt`")]);
    fails(
        "import \"./kit.obs\" as kit\ncomponent a: kit.Bakry",
        &[("OBS2104", "kit.Bakry", "did you mean `kit.Bakery`?")],
    );
    fails(
        "import \"./kit.obs\" as kit\nlet x = kit.nothing",
        &[("OBS1004", "nothing", "`kit` has no value `nothing`")],
    );
    fails("import \"./kit.obs\" as kit\nlet kit = 1", &[("OBS1005", "kit", "is taken by another let")]);
    let circle = "import \"./a.obs\" as a\n//- a.obs\nimport \"./main.obs\" as main\n";
    fails(circle, &[("OBS1003", "\"./main.obs\"", "main.obs → a.obs → main.obs")]);
}

#[test]
fn names_are_declared_once() {
    fails("let a = 1\nlet a = 2", &[("OBS1005", "a", "taken by another let")]);
    fails("let a = 1\nfn a(): int = 2", &[("OBS1005", "a", "taken by another let")]);
    holds("let a = 1\ntype a = int");
    let two = "import \"./other.obs\" as other\nimport std.{People}\nITEM\n//- other.obs\nimport std.{People}\nITEM\n";
    for (item, name) in [
        ("component someone: People", "someone"),
        ("profile night { }", "night"),
        ("view sight { }", "sight"),
        ("protocol talk { transport: tcp }", "talk"),
    ] {
        fails(&two.replace("ITEM", item), &[("OBS1005", name, "is taken by another")]);
    }
    fails(&two.replace("ITEM", "cluster one { }"), &[("OBS1005", "one", "a program has one cluster")]);
    // what is seen in one file only may have its name in another too
    holds(&two.replace("ITEM", "let n = 1\ntype T = int\nfn f(): int = n\nkind K { workload: external }"));
}

#[test]
fn the_cluster_holds_for_all() {
    let text = town(
        "cluster east { title: \"East\", domain: \"example.com\", kubernetes: 1.34, profiles: [day, night], labels: { team: \"bread\" } }
assert domain == \"example.com\" and cluster.name == \"east\" and cluster.kubernetes >= 1.34, \"the cluster\"
assert profile in [\"day\", \"night\"], \"the profile\"",
    );
    let graph = graph(&text, "night");
    assert_eq!((graph.cluster.title.as_str(), graph.cluster.kubernetes), ("East", (1, 34)));
    assert_eq!(graph.profiles, ["day", "night"]);
    assert!(manifests(&text, "day").contains("team: bread"));
}

#[test]
fn namespaces_and_layers_group_and_open_again() {
    let text = r#"
import "./kit.obs".{Bakery}
namespace town "Town" {
  isolated: false
  labels: { a: "1" }
  layer old "Old town" { component corner: Bakery }
}
namespace town {
  pod_security: baseline
  labels: { b: "2" }
  layer old { title: "The old town"; }
  layer old { component market: Bakery }
  component loose: Bakery
}
"#;
    let graph = graph(&text.replace(';', ""), "default");
    let town = &graph.namespaces[0];
    assert_eq!((town.title.as_str(), town.isolated, town.pod_security.as_str()), ("Town", false, "baseline"));
    assert_eq!(town.labels.keys().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!((graph.namespaces.len(), graph.layers.len(), graph.layers[0].title.as_str()), (1, 1, "The old town"));
    let in_layer: Vec<bool> = graph.components.iter().map(|c| c.layer.is_some()).collect();
    assert_eq!(in_layer, [true, true, false]);
    fails("namespace a { namespace b { } }", &[("OBS1006", "b", "can't lie within `a`")]);
    fails("namespace n { layer a { layer b { } } }", &[("OBS1006", "b", "can't lie within `a`")]);
}

#[test]
fn components_set_what_their_kind_offers() {
    let text = town(
        r#"
namespace town {
  component third: Bakery {
    fresh: forever, shelf: closed(50Gi, lid: "oak"), ovens: 8, oven.heat: 220, oven.name: "big"
    tags: { a: "b" }, tags."c.d": "e"
    title: "Third", notes: ["one"], image: "example.com/bakery:2.0.0", resources.cpu: 1
    labels: { tier: "gold" }, annotations: { "a/b": "c" }, env: { EXTRA: "x" }, args: ["--more"]
    files."/etc/bakery.yml".tags.x: "why"
    files."/etc/bakery.yml"."new key".deep: [1, 2]
  }
}
"#,
    );
    let yaml = manifests(&text, "default");
    for part in [
        "name: big",
        "heat: 220",
        "fan: true",
        "closed, 50Gi, oak",
        "c.d: e",
        "x: why",
        "new key:",
        "fresh: forever",
        "tier: gold",
        "a/b: c",
        "example.com/bakery:2.0.0",
        "--more",
        "--ovens=8",
        "name: EXTRA",
    ] {
        assert!(yaml.contains(part), "{part} is not in\n{yaml}");
    }
    let graph = graph(&text, "default");
    let third = graph.components.iter().find(|c| c.name == "third").expect("it is there");
    assert_eq!(third.title.as_deref(), Some("Third"));
}

#[test]
fn flows_are_lists_chains_and_both_ways() {
    let lists = town("mill -> corner, market: deliver\ncorner, market -> corner: order");
    assert_eq!(
        flows(&graph(&lists, "default")),
        ["mill -> corner: deliver", "mill -> market: deliver", "corner -> corner: order", "market -> corner: order"]
    );
    let chain = town("mill -> corner -> market: deliver { signals: [logs] }");
    assert_eq!(flows(&graph(&chain, "default")), ["mill -> corner: deliver", "corner -> market: deliver"]);
    let both = town("corner <-> market: order");
    assert_eq!(flows(&graph(&both, "default")), ["corner -> market: order", "market -> corner: order"]);
    let mixed = town("corner,\n  market ->\n  corner, market: order");
    assert_eq!(graph(&mixed, "default").flows.len(), 4);
}

#[test]
fn the_only_protocol_may_be_left_out() {
    assert_eq!(flows(&graph(&town("mill -> corner"), "default")), ["mill -> corner: deliver"]);
    fails(&town("corner -> market"), &[("OBS3102", "corner -> market", "say which: `order`, `deliver`")]);
    fails(&town("corner -> mill"), &[("OBS3101", "corner -> mill", "`mill -> corner`")]);
    fails(&town("corner -> markt: order"), &[("OBS2117", "markt", "did you mean `market`?")]);
    fails(&town("corner -> market: ordr"), &[("OBS2105", "ordr", "did you mean `order`?")]);
}

#[test]
fn options_come_from_the_default_the_acceptor_and_the_flow() {
    let text = r#"
import "./kit.obs".{Bakery, order}
kind Slow extends Bakery { accepts order on http { every: 5m, path: "/slow" } }
namespace town {
  component a: Bakery
  component b: Bakery
  component slow: Slow
}
a -> b: order { every: 10s }
a -> slow: order { every: 20s }
"#;
    let yaml = manifests(text, "default");
    assert!(yaml.contains("every: 10s") && yaml.contains("path: /bread"), "{yaml}");
    fails(&text.replace("every: 20s", "evry: 20s"), &[("OBS2106", "evry", "did you mean `every`?")]);
    fails(&text.replace("every: 20s", "every: 20ms"), &[("OBS2108", "20ms", "it must be at least 1s")]);
}

#[test]
fn scale_says_how_many_in_each_profile() {
    let text = town(
        "cluster c { profiles: [day, night, feast] }
let base = 2
fn more(n: int): int = n + 1
scale corner, market { day: base, night: 1, feast: more(base) }
profile holiday extends feast { market.replicas: 7 }",
    );
    let counts =
        |profile: &str| graph(&text, profile).components.iter().take(2).map(|c| c.replicas.count).collect::<Vec<_>>();
    assert_eq!(counts("day"), [2, 2]);
    assert_eq!(counts("night"), [1, 1]);
    assert_eq!(counts("feast"), [3, 3]);
    assert_eq!(counts("holiday"), [3, 7]);
    assert!(!findings(&text).iter().any(|f| f.code == "OBS4107"), "a profile takes over what it extends");
    fails(&town("scale corner { default: -1 }"), &[("OBS2108", "-1", "0 to 10000")]);
    fails(&town("scale corner { default: \"two\" }"), &[("OBS2101", "\"two\"", "expected `int")]);
    fails(&town("scale corner { defult: 1 }"), &[("OBS1009", "defult", "did you mean `default`?")]);
    fails(&town("scale corner { default: 1, default: 2 }"), &[("OBS2111", "default", "set twice")]);
    fails(&town("scale corner { ...{ default: 1 } }"), &[("OBS2106", "...{ default: 1 }", "`name: value` only")]);
    fails(&town("scale corner { a.b: 1 }"), &[("OBS2106", "a.b: 1", "`name: value` only")]);
}

#[test]
fn autoscale_has_bounds_and_rules() {
    let oven = "import \"./kit.obs\".{deliver}\nkind Oven { image: \"example.com/oven:1\", port http: 80, accepts deliver on http, stores: [metrics, logs] }\nnamespace n { component oven: Oven }\n";
    let text = format!(
        "{oven}autoscale oven {{
  replicas: 2..10
  up: {{ when: cpu > 70% or memory > 80%, by: 100%, for: 1m }}
  down: {{ when: cpu < 30% and memory < 50%, for: 5m, by: 50% }}
}}"
    );
    let autoscale = graph(&text, "default").components[0].replicas.autoscale.clone().expect("it is there");
    assert_eq!((autoscale.min, autoscale.max), (2, 10));
    assert_eq!(
        (autoscale.up.cpu, autoscale.up.memory, autoscale.up.by, autoscale.up.hold),
        (Some(70.0), Some(80.0), 100.0, 60)
    );
    assert_eq!((autoscale.down.cpu, autoscale.down.both, autoscale.down.hold), (Some(30.0), true, 300));
    let with = |rule: &str| format!("{oven}autoscale oven {{ replicas: 2..3, {rule} }}");
    fails(&with("up: { when: cpu < 70% }"), &[("OBS2101", "cpu < 70%", "compare with `>`")]);
    fails(&with("up: { when: cpu > 70% }, down: { when: cpu > 70% }"), &[("OBS2101", "cpu > 70%", "compare with `<`")]);
    fails(
        &with("up: { when: cpu > 70% and memory > 1% or cpu > 2% }"),
        &[("OBS2101", "cpu > 70% and memory > 1%", "can't mix")],
    );
    fails(&with("up: { when: cpu > 70% or cpu > 2% }"), &[("OBS2101", "cpu > 2%", "two thresholds")]);
    fails(&with("up: { when: disk > 70% }"), &[("OBS2101", "disk > 70%", "compares `cpu` or `memory`")]);
    fails(&with("up: { when: cpu > 70m }"), &[("OBS2103", "70m", "percent")]);
    fails(&with("up: { wen: cpu > 70% }"), &[("OBS2106", "wen", "did you mean `when`?")]);
    fails(&with("upp: { when: cpu > 70% }"), &[("OBS2106", "upp", "did you mean `up`?")]);
    fails(&with("up: 3"), &[("OBS2101", "3", "`up` is a rule")]);
    fails(&with("up: { when: cpu > 70%, by: 1%, by: 2% }"), &[("OBS2111", "by", "set twice")]);
    fails(&with("replicas: 3..4, up: { when: cpu > 70% }"), &[("OBS2111", "replicas", "set twice")]);
    fails(
        &format!("{oven}autoscale oven {{ }}"),
        &[("OBS2107", "autoscale oven { }", "lacks `replicas`"), ("OBS2107", "autoscale oven { }", "lacks `up`")],
    );
    fails(
        &format!("{oven}autoscale oven {{ replicas: 2.., up: {{ when: cpu > 70% }} }}"),
        &[("OBS2107", "autoscale oven { replicas: 2.., up: { when: cpu > 70% } }", "no upper end")],
    );
}

#[test]
fn profiles_override_anything_and_extend_each_other() {
    let text = town(
        r#"
cluster c { profiles: [day] }
profile night {
  corner.ovens: 3, corner.oven.heat: 100, corner.fresh: 1h, corner.image: "example.com/bakery:9.9"
  corner.files."/etc/bakery.yml".night.low: true
}
profile winter extends night { corner.ovens: 5, corner.files."/etc/bakery.yml".night.cold: 1, market.env.SNOW: "yes" }
"#,
    );
    let day = manifests(&text, "day");
    assert!(day.contains("--ovens=2") && !day.contains("night:"), "{day}");
    let night = manifests(&text, "night");
    for part in ["--ovens=3", "heat: 100", "fan: true", "fresh: 1h", "bakery:9.9", "low: true"] {
        assert!(night.contains(part), "{part} is not in\n{night}");
    }
    let winter = manifests(&text, "winter");
    for part in ["--ovens=5", "heat: 100", "low: true", "cold: 1", "SNOW"] {
        assert!(winter.contains(part), "{part} is not in\n{winter}");
    }
    fails(&town("profile p { corner.ovns: 3 }"), &[("OBS2106", "ovns", "did you mean `ovens`?")]);
    fails(&town("profile p { cornr.ovens: 3 }"), &[("OBS2117", "cornr", "did you mean `corner`?")]);
    fails(&town("profile p { corner: 3 }"), &[("OBS2106", "corner", "`corner.param: value`")]);
    fails(&town("profile p { corner.ovens: 3, corner.ovens: 4 }"), &[("OBS2111", "ovens", "set twice")]);
    fails(&town("profile p { ...{ a: 1 } }"), &[("OBS2106", "...{ a: 1 }", "have names")]);
    fails(
        &town("profile p { corner.files.\"/etc/x\".a: 1 }"),
        &[("OBS2106", "corner.files.\"/etc/x\".a: 1", "/etc/bakery.yml")],
    );
    fails(&town("profile p extends q { }"), &[("OBS1009", "q", "no profile `q`")]);
    fails(&town("profile p extends p { }"), &[("OBS2112", "p", "extends itself")]);
}

#[test]
fn backups_say_what_is_saved_and_when() {
    let text = town("backup corner, market { schedule: \"0 2 * * *\", keep: 7 }");
    assert_eq!(graph(&text, "default").backups.len(), 2);
    fails(&town("backup corner { schedule: \"at two\" }"), &[("OBS2108", "\"at two\"", "cron")]);
    fails(&town("backup corner { schedul: \"0 2 * * *\" }"), &[("OBS2106", "schedul", "did you mean `schedule`?")]);
}

#[test]
fn alerts_of_the_users_own_are_evaluated() {
    let text = r#"
import std.{Prometheus, Alertmanager, People}
namespace n { component prometheus: Prometheus, component manager: Alertmanager }
component people: People
prometheus -> manager: alert, 
prometheus -> manager: scrape
alert SlowShop on manager { expr: promql"rate(http_requests_total[5m]) > 1", for: 5m, severity: critical, summary: "It is slow" }
alert Lost on people { expr: promql"up == 0" }
alert Anywhere { expr: promql"vector(1)" }
alert Never { expr: promql"vector(2)", when: profile == "other" }
"#;
    let yaml = manifests(&text.replace("alert, \n", "alert\n").replace(", component", "\n component"), "default");
    for part in ["alert: SlowShop", "for: 5m", "It is slow", "alert: Lost", "alert: Anywhere"] {
        assert!(yaml.contains(part), "{part} is not in\n{yaml}");
    }
    assert!(!yaml.contains("Never"));
    let alone = findings(&town("alert Quiet on corner { expr: promql\"up\" }"));
    assert!(
        alone.iter().any(|f| f.code == "OBS3114" && f.says.contains("nothing evaluates the alert `Quiet`")),
        "{alone:?}"
    );
    fails(&town("alert A { expr: promql\"sum(\" }"), &[("OBS2114", "sum(", "this is no promql")]);
    fails(&town("alert A { for: 5m }"), &[("OBS2107", "{ for: 5m }", "lacks `expr`")]);
    fails(&town("alert A { expr: \"up\", severity: bad }"), &[("OBS2101", "bad", "expected")]);
    fails(&town("alert A { expr: \"up\", summry: \"s\" }"), &[("OBS2106", "summry", "did you mean `summary`?")]);
}

#[test]
fn views_are_pictures_of_the_users_own() {
    use obs_compiler::outputs::diagram::{Format, draw};
    let text = town(
        "mill -> corner: deliver
corner -> market: order
view few \"A few\" { show: [corner, market], direction: right }
view rest { hide: [mill] }
view brought { protocols: [deliver] }
view kinds { kinds: [Mill] }",
    );
    let graph = graph(&text, "default");
    let stack = obs_compiler::graph::Stack { graph, workloads: [].into() };
    let picture = |view| draw(&stack, view, Format::Mermaid).expect("there is such a view");
    assert!(picture("few").contains("corner") && !picture("few").contains("mill") && picture("few").contains("LR"));
    assert!(!picture("rest").contains("mill"));
    assert!(!picture("brought").contains("market") && picture("brought").contains("deliver"));
    assert!(picture("kinds").contains("mill") && !picture("kinds").contains("corner"));
    for (setting, name, code) in [
        ("show: [cornr]", "cornr", "OBS2117"),
        ("hide: [\"cornr\"]", "\"cornr\"", "OBS2117"),
        ("kinds: [Bakry]", "Bakry", "OBS2104"),
        ("layers: [nowhere]", "nowhere", "OBS2102"),
        ("protocols: [delver]", "delver", "OBS2105"),
    ] {
        fails(&town(&format!("mill -> corner: deliver\nview v {{ {setting} }}")), &[(code, name, "there is no")]);
    }
    fails(&town("view v { shw: [corner] }"), &[("OBS2106", "shw", "did you mean `show`?")]);
    fails(&town("view v { direction: up }"), &[("OBS2101", "up", "expected")]);
}

#[test]
fn assertions_are_policies_over_the_graph() {
    let items = town("mill -> corner -> market: deliver { signals: [logs] }");
    all_true(
        &items,
        &[
            "all c in components: len(c.name) > 3",
            "any c in components: c.kind == \"Mill\"",
            "not (any c in components if c.kind == \"Bakery\": c.replicas > 1)",
            "reachable(mill, market)",
            "not reachable(market, mill)",
            "path(mill, logs)",
            "corner.accepts(order) and not mill.accepts(order)",
            "mill.emits(deliver)",
            "corner.ovens + market.ovens == 6",
            "corner.workload == stateful and mill.workload == external",
            "len([for c in components if c.kind == \"Bakery\": c]) == 2",
        ],
    );
    fails(
        &town("assert corner.ovens > 3, \"more ovens\""),
        &[("OBS2118", "assert corner.ovens > 3, \"more ovens\"", "more ovens")],
    );
    fails(&town("assert corner.ovens, \"x\""), &[("OBS2101", "corner.ovens", "expected `bool`")]);
    fails(&town("assert corner.ovns > 1"), &[("OBS2106", "ovns", "did you mean `ovens`?")]);
}

#[test]
fn tests_are_run_under_their_profile() {
    let text = town(
        "cluster c { profiles: [day, night] }
profile night { corner.ovens: 1 }
test \"night is quiet\" { profile: night, assert corner.ovens == 1, \"few ovens\" }
test \"day isn't\" {
  profile: day
  assert corner.ovens == 2
  assert corner.ovens == 1, \"wrong on purpose\"
}",
    );
    holds(&text);
    let results = crate::support::host(&text).analysis().tests("main.obs");
    let verdicts: Vec<Vec<Option<bool>>> =
        results.iter().map(|r| r.verdicts.iter().map(|v| v.holds).collect()).collect();
    assert_eq!(verdicts, [vec![Some(true)], vec![Some(true), Some(false)]]);
    fails(&town("test \"t\" { profile: nigt, assert true }"), &[("OBS1009", "nigt", "no profile `nigt`")]);
    fails(&town("test \"t\" { profle: day, assert true }"), &[("OBS2106", "profle", "did you mean `profile`?")]);
}

#[test]
fn waivers_accept_findings() {
    let unused = |more: &str| findings(&town(&format!("mill -> corner: deliver\n{more}")));
    let code = "OBS5108";
    assert!(unused("").iter().any(|f| f.code == code));
    assert!(
        !unused("waive OBS5108 on market until 2999-01-01, \"opens later\"")
            .iter()
            .any(|f| f.code == code || f.is_error)
    );
    assert!(unused("waive OBS5108 on corner, \"other\"").iter().any(|f| f.code == code));
    fails(&town("waive OBS9999 on market, \"x\""), &[("OBS5104", "OBS9999", "there is no code")]);
    fails(&town("waive OBS5108 on market, \"\""), &[("OBS5104", "waive OBS5108 on market, \"\"", "needs a reason")]);
    fails(&town("waive OBS5108 on markt, \"x\""), &[("OBS2117", "markt", "did you mean `market`?")]);
    fails(&town("waive OBS5108 until 2027-13-01, \"x\""), &[("OBS2108", "2027-13-01", "no date")]);
    fails(&town("waive OBS5108 until tomorrow, \"x\""), &[("OBS0001", "tomorrow", "expected a date")]);
}

#[test]
fn patches_and_objects_travel_along() {
    let text = town(
        "patch StatefulSet/corner in town { spec: { revisionHistoryLimit: 4 } }
object { apiVersion: \"v1\", kind: \"ConfigMap\", metadata: { name: \"raw\", namespace: \"town\" }, data: { a: \"b${1 + 1}\" } }",
    );
    let yaml = manifests(&text, "default");
    assert!(yaml.contains("revisionHistoryLimit: 4") && yaml.contains("a: b2"), "{yaml}");
    fails(
        &town("patch StatefulSet/corner { spec: { revisionHistryLimit: 4 } }"),
        &[("OBS6102", "4", "did you mean `revisionHistoryLimit`")],
    );
    let lost = findings(&town("patch StatefulSet/cornr { spec: { } }"));
    assert!(lost.iter().any(|f| f.code == "OBS6103" && f.says.contains("StatefulSet/corner")), "{lost:?}");
    fails(&town("object { kind: \"ConfigMap\" }"), &[("OBS6104", "object { kind: \"ConfigMap\" }", "apiVersion")]);
}

#[test]
fn kinds_extend_kinds() {
    let text = r#"
import "./kit.obs".{Bakery, order}
kind Cake extends Bakery {
  param sugar: bool = true
  param ovens: int(1..2) = 1
  resources.memory: 1Gi
  port extra: 9000 "Side door"
  accepts order on extra { path: "/cake" }
  args: ["--sugar=${sugar}", "--ovens=${ovens}"]
  file "/etc/cake.yml": yaml({ sugar: sugar })
}
kind Tart extends Cake { replicas: 3, title: "Tarts" }
fn count(all: [component(Bakery)]): int = sum([for b in all: b.ovens])
namespace n { component cake: Cake, component tart: Tart { sugar: false } }
assert count([cake, tart]) == 2, "a Cake is a Bakery"
assert tart.title == "Tarts" and tart.replicas == 3, "inherits and overrides"
"#
    .replace("Cake, component", "Cake\n component");
    let yaml = manifests(&text, "default");
    for part in ["--sugar=false", "cake.yml: |", "bakery.yml: |", "memory: 1Gi", "cpu: 100m", "containerPort: 9000"] {
        assert!(yaml.contains(part), "{part} is not in\n{yaml}");
    }
    fails(
        "kind A extends B { }\nkind B extends A { }",
        &[("OBS2112", "kind A extends B { }", "through itself"), ("OBS2112", "kind B extends A { }", "through itself")],
    );
    fails("kind A extends Bkery { }", &[("OBS2104", "Bkery", "no kind `Bkery`")]);
    fails(&text.replace("param ovens: int(1..2) = 1", "param ovens: int(1..2) = 3"), &[("OBS2108", "3", "1 to 2")]);
}

#[test]
fn components_are_expected_by_what_they_accept() {
    let text = |more: &str| {
        format!(
            r#"
import "./kit.obs".{{Bakery, Mill, deliver, order}}
kind Cake extends Bakery {{ }}
/// Asks for its neighbour, which asks for it: no circle.
kind Stall {{
  image: "example.com/stall:1"
  param from: component(order)?
  port http: 80
  accepts deliver on http
}}
kind Cart {{
  workload: external
  peer: outside
  param to: component(deliver)
  param from: component(Stall)?
}}
fn first(all: [component(deliver)]): string = all[0].name
fn one(c: component(deliver)): component(deliver) = c
namespace n {{
  component bakery: Bakery
  component cake: Cake
  component stall: Stall
}}
component mill: Mill
{more}
"#
        )
    };
    all_true(
        &text("component cart: Cart { to: stall, from: stall }"),
        &[
            "first([bakery, cake, stall]) == \"bakery\"",
            "one(one(cake)).kind == \"Cake\" and one(stall).accepts(deliver)",
            "\"${one(stall).name}\" == \"stall\"",
            "cart.to.port == 80 and cart.to.host == stall.host",
        ],
    );
    fails(
        &text("component cart: Cart { to: mill }\ncomponent other: Cart { to: bakery, from: cake }"),
        &[
            ("OBS2101", "mill", "`mill`, of kind `Mill`, doesn't accept `deliver` | `Mill` accepts nothing"),
            ("OBS2101", "cake", "expected `component(Stall)?`, found `component(Cake)`"),
        ],
    );
    fails(
        &text("fn near(c: component(order)): string = c.name\nlet name = near(stall)"),
        &[("OBS2101", "stall", "`stall`, of kind `Stall`, doesn't accept `order` | `Stall` accepts `deliver`")],
    );
    fails(
        &text("fn near(c: component(order)): string = c.name\nfn far(s: Stall): string = near(s)"),
        &[("OBS2101", "s", "a component of kind `Stall` doesn't accept `order`")],
    );
    fails(
        &text("fn exact(b: component(Bakery)): string = b.name\nlet name = exact(one(cake))"),
        &[("OBS2101", "one(cake)", "expected `component(Bakery)`, found `component(deliver)`")],
    );
    fails(
        &text("fn far(c: component): string = one(c).name"),
        &[("OBS2101", "c", "expected `component(deliver)`, found `component`")],
    );
    fails(&text("fn text(c: component(deliver)): string = \"${c}\""), &[("OBS2101", "c", "its name is `.name`")]);
}

#[test]
fn what_a_component_is_expected_by_exists() {
    let text =
        |by: &str| format!("import \"./kit.obs\".{{Bakery, deliver}}\nfn f(c: component({by})): string = c.name");
    holds(&text("deliver"));
    holds(&text("remote_write"));
    holds(&text("deliver").replace(".{Bakery, deliver}", " as kit").replace("(deliver)", "(kit.deliver)"));
    fails(&text("delivr"), &[("OBS2104", "delivr", "there is no kind or protocol `delivr` | did you mean `deliver`?")]);
    fails(&text("Bakry"), &[("OBS2104", "Bakry", "there is no kind or protocol `Bakry` | did you mean `Bakery`?")]);
    fails(&text("Prometheus"), &[("OBS2104", "Prometheus", "import it: `import std.{Prometheus}`")]);
    fails(&text("zzzzzzzz"), &[("OBS2104", "zzzzzzzz", "kinds are declared with `kind`")]);
    // a kind comes first where both have the name
    let both = "kind both { workload: external, peer: outside }\nprotocol both { transport: tcp }
component c: both\nfn f(c: component(both)): string = c.kind\nassert f(c) == \"both\", \"by kind\"";
    holds(&both.replace("external, peer", "external\n peer"));
}

#[test]
fn members_of_kinds_stand_once_in_any_order() {
    let kind =
        |members: &str| format!("import \"./kit.obs\".{{order}}\nkind K {{\n  image: \"a/b:1\"\n  {members}\n}}");
    holds(&kind("accepts order on http\n  port http: 80"));
    for (members, name) in [
        ("port a: 1\n  port a: 2", "a"),
        ("let a = 1\n  let a = 2", "a"),
        ("param a: int = 1\n  param a: int = 2", "a"),
        ("user: 1\n  user: 2", "user"),
        ("file \"/a\": text(\"\")\n  file \"/a\": text(\"\")", "\"/a\""),
        ("alert A { expr: \"up\" }\n  alert A { expr: \"up\" }", "A"),
        ("dashboard \"A\" { }\n  dashboard \"A\" { }", "\"A\""),
    ] {
        fails(&kind(members), &[("OBS2111", name, "set twice")]);
    }
    fails(&kind("accepts order on htp\n  port http: 80"), &[("OBS2106", "htp", "did you mean `http`?")]);
    fails(&kind("emits ordr"), &[("OBS2105", "ordr", "did you mean `order`?")]);
    fails(&kind("emits order(logs)"), &[("OBS2106", "logs", "doesn't carry logs")]);
    fails(&kind("stores: [metrcs]"), &[("OBS2101", "metrcs", "metrics")]);
    fails(&kind("turns traces into metrcs"), &[("OBS2106", "metrcs", "did you mean `metrics`?")]);
    fails(&kind("usr: 3"), &[("OBS2106", "usr", "did you mean `user`?")]);
    fails(&kind("resources.cp: 3"), &[("OBS2106", "cp", "did you mean `cpu`?")]);
    fails(&kind("port a: 70000"), &[("OBS2108", "70000", "1 to 65535")]);
    fails(&kind("alert A { exp: \"up\" }"), &[("OBS2106", "exp", "did you mean `expr`?")]);
    fails(&kind("for x in [1]: a: x"), &[("OBS2106", "for x in [1]: a: x", "have names")]);
}

#[test]
fn turns_tells_how_signals_change() {
    let text = |condition: &str| {
        format!(
            "protocol span {{ transport: grpc, carries: [traces] }}
protocol point {{ transport: http, carries: [metrics] }}
kind App {{ workload: external, peer: outside, produces: [traces], emits span }}
kind Turner {{ image: \"a/b:1\", param on: bool = true, port p: 80, accepts span on p, emits point
  turns traces into metrics by counting {condition} }}
kind Store {{ image: \"a/b:1\", workload: stateful, stores: [metrics], port p: 80, accepts point on p }}
component app: App
namespace n {{
  component turner: Turner
  component store: Store
}}
app -> turner: span
turner -> store: point"
        )
    };
    holds(&text(""));
    holds(&text("if on"));
    assert!(findings(&text("if not on")).iter().any(|f| f.code == "OBS3108"), "without it traces are lost");
}
