//! `obs whatif`: what is lost, degraded and unaffected, and why.

use crate::run::Folder;
use serde_json::Value;

/// Two scrapers, a ring, a bucket, a portal with a database, an agent that takes logs and spans by different ways.
const STACK: &str = "\
import std.{Prometheus, Mimir, Loki, Grafana, Alloy, OtelCollector, Alertmanager, Tempo}
import std.{Pods, KubernetesApi, IngressController, Bucket, Postgres, People, Webhook}

cluster c { domain: \"example.com\", profiles: [normal, high, peak] }

namespace obs {
  component prometheus: Prometheus { storage: disk(50Gi) }
  component mimir: Mimir
  component loki: Loki
  component tempo: Tempo
  component grafana: Grafana
  component alertmanager: Alertmanager
  component alloy: Alloy
  component otel: OtelCollector
}

component apps: Pods
component kubernetes: KubernetesApi
component bucket: Bucket { endpoint: \"s3.example.com\", credentials: secret(\"s3\") }
component db: Postgres { endpoint: \"db.example.com\", credentials: secret(\"db\") }
component edge: IngressController
component people: People
component pager: Webhook { credentials: secret(\"pager\") }

prometheus -> apps: scrape
prometheus -> kubernetes: discover
prometheus -> mimir: remote_write
prometheus -> alertmanager: alert
alertmanager -> pager: notify
alloy -> kubernetes: pod_logs
alloy -> loki: push
apps -> alloy -> otel: otlp { signals: [logs, traces] }
otel -> loki: otlp { signals: [logs] }
otel -> tempo: otlp { signals: [traces] }
grafana -> prometheus, mimir, loki, tempo: query
mimir, loki, tempo -> bucket: s3
grafana -> db: sql
people -> edge: https
edge -> grafana: http { host: \"grafana.example.com\" }

scale mimir { normal: 1, high: 2, peak: 3 }
scale grafana { normal: 2, high: 2, peak: 2 }
";

/// The fates under some failures, as `obs whatif` tells them.
fn fates(profile: &str, kill: &[&str]) -> Fates {
    fates_of(STACK, profile, kill)
}

fn fates_of(stack: &str, profile: &str, kill: &[&str]) -> Fates {
    let folder = Folder::with(&[("stack.obs", stack)]);
    let mut arguments = vec!["whatif", "stack.obs", "--format", "json", "--profile", profile];
    kill.iter().for_each(|name| arguments.extend(["--kill", name]));
    let told: Value = serde_json::from_str(&folder.run(&arguments).exits(0).stdout).expect("JSON");
    Fates { told }
}

struct Fates {
    told: Value,
}

impl Fates {
    fn tells_of(&self, about: &str) -> bool {
        self.told["outcomes"].as_array().is_some_and(|all| all.iter().any(|o| o["about"] == about))
    }

    fn of(&self, about: &str) -> &Value {
        let outcomes = self.told["outcomes"].as_array().expect("outcomes");
        outcomes.iter().find(|o| o["about"] == about).unwrap_or_else(|| panic!("nothing about {about}: {}", self.told))
    }

    #[track_caller]
    fn is(&self, about: &str, fate: &str, why: &str) -> &Self {
        let outcome = self.of(about);
        assert_eq!(outcome["fate"], fate, "{about}: {outcome}");
        let because = outcome["because"].as_array().expect("reasons");
        let said = because.iter().any(|b| b.as_str().is_some_and(|b| b.contains(why)));
        assert!(said || (why.is_empty() && because.is_empty()), "{about}: no `{why}` in {because:?}");
        self
    }
}

#[test]
fn rings_go_by_quorums() {
    // metrics are kept at two places: the scraper's own, and the ring
    fates("normal", &["mimir-0"]).is("metrics of apps (scrape)", "degraded", "the only instance of mimir is gone");
    let two = fates("high", &["mimir-0"]);
    two.is("metrics of apps (scrape)", "degraded", "a write needs 2 of its 2 copies, and may find 1");
    assert_eq!(two.of("metrics of apps (scrape)")["ends"][1]["fate"], "lost");
    let three = fates("peak", &["mimir-0"]);
    three.is("metrics of apps (scrape)", "degraded", "a write needs 2 of its 3 copies, and finds 2");
    assert_eq!(three.of("metrics of apps (scrape)")["ends"][1]["fate"], "degraded");
    let gone = fates("peak", &["mimir-0", "mimir-2"]);
    assert_eq!(gone.of("metrics of apps (scrape)")["ends"][1]["fate"], "lost");
    // the same instance twice is one
    let once = fates("peak", &["mimir-0", "mimir-0"]);
    assert_eq!(once.of("metrics of apps (scrape)")["ends"][1]["fate"], "degraded");
}

#[test]
fn replicas_do_the_same_work() {
    fates("normal", &["prometheus-1"])
        .is("metrics of apps (scrape)", "degraded", "1 of 2 instances of prometheus is gone: the rest does the same")
        .is("alerts of prometheus", "degraded", "it is the last one")
        .is("traces of apps (otlp)", "unaffected", "");
    fates("normal", &["prometheus"])
        .is("metrics of apps (scrape)", "lost", "prometheus is gone")
        .is("alerts of prometheus", "lost", "prometheus is gone")
        .is("reading metrics", "degraded", "prometheus is gone");
}

#[test]
fn what_holds_state_elsewhere_needs_it() {
    fates("normal", &["db"])
        .is("people reach grafana", "lost", "grafana has its state in db, which isn't there")
        .is("reading logs", "lost", "grafana has its state in db")
        .is("metrics of apps (scrape)", "unaffected", "");
    fates("normal", &["bucket"])
        .is("traces of apps (otlp)", "degraded", "tempo can't reach bucket: it keeps what is new until")
        .is("people reach grafana", "unaffected", "");
    fates("normal", &["kubernetes"])
        .is("metrics of apps (scrape)", "degraded", "prometheus can't ask kubernetes: it goes on with what it knew")
        .is("logs of kubernetes (pod_logs)", "lost", "kubernetes doesn't answer");
}

#[test]
fn ways_that_a_kind_keeps_apart_are_no_way_out() {
    // spans and logs by OTLP go on by OTLP alone, logs of pods by pushes alone
    fates("normal", &["alloy -> loki: push"])
        .is("logs of kubernetes (pod_logs)", "lost", "alloy can't connect to loki (push)")
        .is("logs of apps (otlp)", "unaffected", "");
    fates("normal", &["otel"]).is("logs of apps (otlp)", "lost", "").is(
        "logs of kubernetes (pod_logs)",
        "unaffected",
        "",
    );
}

#[test]
fn what_is_pushed_is_told_beside_what_is_scraped() {
    // one signal by two ways, and what a conversion makes of another; the agent is scraped for what it tells of itself,
    // and by OTLP it hands on what is others'
    let pushed = STACK
        .replace("apps -> alloy -> otel: otlp { signals: [logs, traces] }", "apps -> alloy -> otel: otlp")
        .replace("OtelCollector\n", "OtelCollector { spanmetrics: true }\n")
        .replace("prometheus -> apps:", "otel -> mimir: otlp { signals: [metrics] }\nprometheus -> apps, alloy:");
    let metrics = |kill| fates_of(&pushed, "normal", &[kill]);
    let cut = metrics("otel -> mimir: otlp");
    cut.is("metrics of apps (otlp)", "lost", "otel can't connect to mimir")
        .is("traces of apps (otlp as metrics)", "lost", "otel can't connect to mimir")
        .is("traces of apps (otlp)", "unaffected", "")
        .is("metrics of apps (scrape)", "unaffected", "");
    let made = cut.of("traces of apps (otlp as metrics)");
    assert_eq!((&made["signal"], &made["as"]), (&"traces".into(), &"metrics".into()), "{made}");
    assert!(!cut.tells_of("metrics of alloy (otlp)"), "{}", cut.told);
    metrics("tempo").is("traces of apps (otlp)", "lost", "tempo is gone").is(
        "traces of apps (otlp as metrics)",
        "unaffected",
        "",
    );
    // its own way by pushes is one of its own, whoever scrapes it too
    let writes = pushed.replace("alloy -> loki: push", "alloy -> loki: push\nalloy -> mimir: remote_write");
    fates_of(&writes, "normal", &["alloy -> mimir: remote_write"])
        .is("metrics of alloy (remote_write)", "lost", "alloy can't connect to mimir")
        .is("metrics of alloy (scrape)", "unaffected", "");
}

#[test]
fn alerts_are_followed_to_those_who_are_told() {
    fates("normal", &["pager"]).is("alerts of prometheus", "lost", "pager doesn't answer");
    // who hears nothing but that alerting works is told of no alert
    let watched = format!(
        "{STACK}component deadman: Webhook {{ credentials: secret(\"deadman\") }}\n\
         alertmanager -> deadman: notify {{ watchdog: true }}\n"
    );
    fates_of(&watched, "normal", &["pager"]).is("alerts of prometheus", "lost", "pager doesn't answer");
    fates_of(&watched, "normal", &["deadman"]).is("alerts of prometheus", "unaffected", "");
    fates("normal", &["alertmanager-0", "alertmanager-1"]).is(
        "alerts of prometheus",
        "degraded",
        "2 of 3 instances of alertmanager are gone",
    );
}

#[test]
fn nodes_and_zones_take_their_share() {
    // one of each on a node: of three copies two are left, of one instance none
    fates("peak", &["node"])
        .is("metrics of apps (scrape)", "degraded", "1 of 3 instances of mimir is gone")
        .is("traces of apps (otlp)", "lost", "the only instance of tempo is gone")
        .is("logs of kubernetes (pod_logs)", "lost", "alloy is gone on one node");
    fates("peak", &["zone"]).is("logs of kubernetes (pod_logs)", "lost", "alloy is gone on the nodes of a zone").is(
        "alerts of prometheus",
        "degraded",
        "1 of 3 instances of alertmanager is gone",
    );
}

#[test]
fn a_node_can_be_without_its_own() {
    let logs = "logs of kubernetes (pod_logs)";
    fates("peak", &["alloy-0"]).is(logs, "degraded", "alloy is gone on one node: what it does for their pods stops");
    let six = STACK.replace("profiles:", "nodes: 6, profiles:");
    let of_six = |kill: &[&str], fate: &str, why: &str| {
        fates_of(&six, "peak", kill).is(logs, fate, why);
    };
    of_six(&["alloy-5"], "degraded", "alloy is gone on 1 of 6 nodes");
    of_six(&["alloy-0", "node"], "lost", "alloy is gone on 2 of 6 nodes");
    of_six(&["zone"], "lost", "alloy is gone on 2 of 6 nodes");
    let all: Vec<String> = (0..6).map(|n| format!("alloy-{n}")).collect();
    of_six(&all.iter().map(String::as_str).collect::<Vec<_>>(), "lost", "alloy is gone");
}

#[test]
fn what_a_node_gathers_is_others() {
    // read in files of the node, logs of its pods start at the agent
    let files = STACK
        .replace("alloy -> kubernetes: pod_logs", "alloy -> kubernetes: discover")
        .replace("namespace obs {", "namespace obs { pod_security: \"privileged\"")
        .replace("component alloy: Alloy", "component alloy: Alloy { collect: files }");
    let folder = Folder::with(&[("stack.obs", &files)]);
    let told = folder.run(&["whatif", "stack.obs"]).exits(0).stdout;
    let lost = told.split("\nall of alloy\n").nth(1).and_then(|t| t.lines().next()).unwrap_or_default();
    assert!(lost.contains("lost") && lost.contains("logs of alloy (push)"), "{told}");
}

#[test]
fn single_points_are_listed() {
    let folder = Folder::with(&[("stack.obs", STACK)]);
    let told = folder.run(&["whatif", "stack.obs", "--format", "json", "--profile", "peak"]).exits(0).stdout;
    let told: Value = serde_json::from_str(&told).expect("JSON");
    let points: Vec<&str> =
        told["singlePoints"].as_array().expect("a list").iter().filter_map(|p| p["kill"].as_str()).collect();
    assert_eq!(points, ["loki", "tempo", "kubernetes", "db", "edge", "pager"], "{told}");
    // an API through which others' logs go is more than a source of its own; a node's agent is one of many
    let of = |list: &str, kill: &str| {
        told[list]
            .as_array()
            .into_iter()
            .flatten()
            .find(|p| p["kill"] == kill)
            .unwrap_or_else(|| panic!("{kill}: {told}"))
    };
    assert_eq!(of("singlePoints", "kubernetes")["lost"][0], "logs of kubernetes (pod_logs)");
    assert_eq!(of("failures", "alloy-0")["lost"].as_array().map(Vec::len), Some(0));
    assert_eq!(of("failures", "alloy-0")["degraded"][0], "logs of apps (otlp)");
    let text = folder.run(&["whatif", "stack.obs", "--profile", "peak"]).exits(0).stdout;
    assert!(text.contains("\nSingle points of failure\n  loki, its only instance: "), "{text}");
    let text = folder.run(&["whatif", "stack.obs", "--kill", "loki"]).exits(0).stdout;
    insta::assert_snapshot!(text);
}

#[test]
fn names_that_mean_nothing_are_told_with_what_is_near() {
    let folder = Folder::with(&[("stack.obs", STACK)]);
    let kill = |name: &str| folder.run(&["whatif", "stack.obs", "--kill", name]).exits(2);
    kill("lokki").says("did you mean `loki`?");
    kill("prometheus-2").says("`prometheus` has 2 in profile `normal`, counted from 0");
    kill("alloy-1").says("how many instances `alloy` has isn't known");
    kill("bucket-0").says("how many instances `bucket` has isn't known");
    kill("loki -> mimir").says("there is no such flow from `loki` to `mimir`");
    kill("alloy -> loki: otlp").says("known: push");
    folder.run(&["whatif", "stack.obs", "--profile", "hihg"]).exits(2).says("did you mean `high`?");
}

#[test]
fn a_failure_is_drawn_over_any_view() {
    let folder = Folder::with(&[("stack.obs", STACK)]);
    let draw = |view: &str, form: &str, kill: &str| {
        folder.run(&["diagram", "stack.obs", "--view", view, "--format", form, "--kill", kill]).exits(0).stdout
    };
    let text = draw("system", "ascii", "bucket");
    assert!(text.contains("× lost") && text.contains("~ degraded") && text.contains("without bucket"), "{text}");
    let svg = draw("logs", "svg", "loki");
    assert!(svg.contains("class=\"b x\"") && svg.contains("× push logs"), "{svg}");
    let plain = folder.run(&["diagram", "stack.obs", "--view", "logs", "--format", "svg"]).exits(0).stdout;
    assert!(!plain.contains(".b.x"), "a picture without failures has none of it");
    assert!(draw("system", "mermaid", "db").contains(":::lost"));
    assert!(draw("availability", "ascii", "prometheus-1").contains("× lost"));
    folder.run(&["diagram", "stack.obs", "--format", "html", "--kill", "db"]).exits(2).says("shows no failures");
    folder.run(&["diagram", "stack.obs", "--kill", "dbb"]).exits(2).says("did you mean `db`?");
}
