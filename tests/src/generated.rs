//! Programs made by chance: a choice of the library's kinds, their settings and the flows that they speak. The same seed
//! gives the same program.

use std::fmt::Write;

/// Kinds that are deployed, with settings to choose from.
const COMPONENTS: [(&str, &str, &[&str]); 8] = [
    (
        "prometheus",
        "Prometheus",
        &["", "storage: disk(20Gi)", "storage: disk(8Gi), retention: 36h", "replica_label: \"replica\""],
    ),
    ("mimir", "Mimir", &["", "retention: 400d", "storage: disk(5Gi, class: \"fast\")", "max_series: 5000000"]),
    ("loki", "Loki", &["", "retention: 7d", "otlp_labels: [\"service.name\"]"]),
    ("tempo", "Tempo", &["", "retention: 2d"]),
    ("grafana", "Grafana", &["", "title: \"Portal: \\\"1\\\"\""]),
    (
        "alertmanager",
        "Alertmanager",
        &["", "receiver: webhook(secret(\"hook\"), key: \"url\")", "group_by: [\"cluster\"]"],
    ),
    ("alloy", "Alloy", &["", "resources: { cpu: 1, memory: 1Gi, ephemeral: 2Gi }"]),
    ("otel", "OtelCollector", &["", "spanmetrics: true"]),
];

/// Flows that these kinds and their surroundings speak.
const FLOWS: [&str; 33] = [
    "prometheus -> apps: scrape",
    "prometheus -> prometheus: scrape",
    "prometheus -> mimir: scrape { interval: 15s }",
    "prometheus -> loki: scrape",
    "prometheus -> tempo: scrape",
    "prometheus -> grafana: scrape",
    "prometheus -> alertmanager: scrape",
    "prometheus -> alloy: scrape",
    "prometheus -> otel: scrape",
    "prometheus -> mimir: remote_write",
    "prometheus -> alertmanager: alert",
    "grafana -> prometheus: query",
    "grafana -> mimir: query",
    "grafana -> loki: query",
    "grafana -> tempo: query",
    "grafana -> alertmanager: query",
    "alloy -> kubernetes: pod_logs",
    "alloy -> loki: push",
    "alloy -> mimir: remote_write",
    "apps -> alloy: otlp",
    "apps -> otel: otlp { encoding: \"http\" }",
    "alloy -> otel: otlp",
    "alloy -> mimir: otlp { signals: [metrics] }",
    "alloy -> loki: otlp { signals: [logs] }",
    "alloy -> tempo: otlp { signals: [traces] }",
    "otel -> mimir: otlp { signals: [metrics] }",
    "otel -> prometheus: otlp { signals: [metrics] }",
    "otel -> loki: otlp { signals: [logs] }",
    "otel -> tempo: otlp { signals: [traces], encoding: \"http\" }",
    "otel -> tempo: otlp { signals: [traces] }",
    "edge -> grafana: http { host: \"grafana.example.com\" }",
    "edge -> prometheus: http { host: \"metrics.example.com\", auth: basic(secret(\"edge\")) }",
    "apps -> loki: push",
];

/// Numbers by chance, always the same ones: a linear congruential generator with Knuth's constants.
struct Chance(u64);

impl Chance {
    /// A number below `n`.
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

/// The program of a seed. It may have errors: not every choice makes sense.
pub fn program(seed: u64) -> String {
    let mut chance = Chance(seed);
    let mut out = String::from(
        "import std.{Prometheus, Mimir, Loki, Tempo, Grafana, Alertmanager, Alloy, OtelCollector}\n\
         import std.{Pods, KubernetesApi, IngressController, Bucket, Postgres}\n\
         cluster by-chance { profiles: [low, high] }\n\
         component apps: Pods\ncomponent kubernetes: KubernetesApi\ncomponent edge: IngressController\n\
         component bucket: Bucket { endpoint: \"s3.example.com\", credentials: secret(\"s3\") }\n\
         component db: Postgres { endpoint: \"db.example.com\", credentials: secret(\"db\") }\n",
    );
    let there: Vec<_> = COMPONENTS.into_iter().filter(|_| chance.below(4) > 0).collect();
    let (first, second) = there.split_at(there.len() / 2);
    // in namespaces of their own: one cluster takes them all
    for (namespace, components) in [("one", first), ("two", second)] {
        // writing to a string can't fail
        let _ = writeln!(out, "namespace {namespace}-{seed} {{\n  isolated: {}", chance.below(4) > 0);
        for (name, kind, settings) in components {
            let _ = writeln!(out, "  component {name}: {kind} {{ {} }}", settings[chance.below(settings.len())]);
        }
        out.push_str("}\n");
    }
    let is_there =
        |name: &str| there.iter().any(|(n, ..)| *n == name) || ["apps", "kubernetes", "edge"].contains(&name);
    for flow in FLOWS {
        let (from, rest) = flow.split_once(" -> ").unwrap_or_default();
        let to = rest.split(':').next().unwrap_or_default();
        if is_there(from) && is_there(to) && chance.below(3) > 0 {
            let _ = writeln!(out, "{flow}");
        }
    }
    if is_there("prometheus") {
        out.push_str("prometheus -> kubernetes: discover\n");
    }
    for (name, ..) in there.iter().filter(|(n, ..)| *n != "alloy") {
        let low = 1 + chance.below(2);
        let _ = writeln!(out, "scale {name} {{ low: {low}, high: {} }}", low + chance.below(2));
        match *name {
            "mimir" | "loki" | "tempo" => {
                let _ = writeln!(out, "{name} -> bucket: s3");
            }
            "grafana" => out.push_str("grafana -> db: sql\n"),
            _ => {}
        }
    }
    out
}
