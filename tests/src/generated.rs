//! Programs made by chance: a choice of the library's kinds, their settings and the flows that they speak. The same seed
//! gives the same program.

use std::fmt::Write;

/// Kinds that are deployed, with settings to choose from.
const COMPONENTS: [Choice; 8] = [
    (
        "prometheus",
        "Prometheus",
        &[
            "",
            "storage: disk(20Gi)",
            "storage: disk(8Gi), retention: 36h",
            "resources.memory: 4Gi",
            "cluster_label: \"a \\\"b\\\" \\$HOME\", evaluation_interval: 1500ms",
        ],
    ),
    ("mimir", "Mimir", &["", "retention: 400d", "storage: disk(5Gi, class: \"fast\")", "replica_label: \"replica\""]),
    (
        "loki",
        "Loki",
        &[
            "",
            "retention: 7d",
            "otlp_labels: [\"service.name\"]",
            "otlp_labels: []",
            "retention: 36h, otlp_labels: [\"a.b\", \"c \\\"d\\\"\", \"e\\$f\"]",
        ],
    ),
    ("tempo", "Tempo", &["", "retention: 2d", "retention: 90m"]),
    ("grafana", "Grafana", &["", "title: \"Portal: \\\"1\\\"\""]),
    (
        "alertmanager",
        "Alertmanager",
        &["", "group_by: [\"cluster\"]", "retention: 90m, group_by: [\"alertname\", \"alertname\", \"a b\"]"],
    ),
    (
        "alloy",
        "Alloy",
        &[
            "",
            "resources: { cpu: 1, memory: 1Gi, ephemeral: 2Gi }",
            "host_metrics: true",
            "collect: files",
            "host_metrics: true, collect: files",
        ],
    ),
    (
        "otel",
        "OtelCollector",
        &["", "spanmetrics: true", "image: \"docker.io/otel/opentelemetry-collector-contrib:0.158.0\""],
    ),
];

/// The cluster, applications and the way in, each one of several.
const CLUSTERS: &[&str] = &[
    "cluster by-chance { profiles: [low, high] }",
    "cluster by-chance { profiles: [low, high], labels: { \"team\": \"on\" }, annotations: { \"example.com/who\": \"a: b # c\" } }",
    "cluster by-chance { profiles: [low, high], api_server: [\"10.0.0.1/32\", \"fd00::1/128\"] }",
];
const APPS: &[&str] = &["", "annotations: {}", "namespaces: { \"team\": \"shop\" }, labels: { \"tier\": \"web\" }"];
const EDGES: &[&str] = &[
    "component edge: IngressController",
    "component edge: IngressController { namespace: \"ways-in\", tls: certificate(secret(\"tls\")) }",
    "component edge: IngressController { class: \"public\", gateway: \"gateways\", namespace: \"gateways\", tls: certificate(secret(\"tls\")) }",
];
/// Autoscalers, in place of a `scale`.
const AUTOSCALED: &[&str] = &[
    "autoscale otel { replicas: 2..6, up: { when: cpu > 70%, by: 100% }, down: { when: cpu < 30%, for: 5m, by: 50% } }\n",
    "autoscale otel { replicas: 2..3, up: { when: cpu > 60% or memory > 80%, by: 50% }, down: { when: cpu < 30% and memory < 50%, for: 10m, by: 50% } }\n",
];

/// Flows that these kinds and their surroundings speak.
const FLOWS: [&str; 44] = [
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
    "alloy -> kubernetes: discover",
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
    "prometheus -> cloud: remote_write { max_shards: 10 }",
    "alloy -> cloud: remote_write",
    "grafana -> cloud: query",
    "alertmanager -> chat: notify",
    "alertmanager -> pager: notify { matchers: [\"severity = critical\"] }",
    "otel -> cloud: remote_write",
    "otel -> mimir: remote_write",
    "otel -> kubernetes: discover",
    "alloy -> logs: push",
    "otel -> otlp: otlp",
];

/// What linters say against root.
const AGAINST_ROOT: [&str; 4] = [
    "kube-linter.run-as-non-root",
    "checkov.CKV_K8S_23",
    "checkov.CKV_K8S_40",
    "kube-score.container-security-context-user-group-id",
];

/// What is there in every program, by the names that flows use.
const SURROUNDINGS: &str = "component kubernetes: KubernetesApi
component bucket: Bucket { endpoint: \"s3.example.com\", credentials: secret(\"s3\") }
component db: Postgres { endpoint: \"db.example.com\", credentials: secret(\"db\") }
component cloud: RemoteMetrics { endpoint: \"metrics.example.com\", login: secret(\"cloud\"), tenant: \"a\\${b}\" }
component logs: RemoteLogs { endpoint: \"logs.example.com\", login: secret(\"logs\"), authority: secret(\"ca\", \"ca.crt\") }
component otlp: RemoteOtlp { endpoint: \"otlp.example.com\", login: secret(\"otlp\") }
component chat: Slack { credentials: secret(\"chat\"), channel: \"#alerts\" }
component pager: Webhook { credentials: secret(\"pager\") }
";

/// What holds for all components of a program.
#[derive(Clone, Copy)]
struct Guard {
    /// They listen with certificates.
    tls: bool,
    /// And let in only clients that have one.
    mutual: bool,
    /// Stores keep tenants apart.
    tenants: bool,
}

impl Guard {
    fn settings(self, name: &str) -> Vec<String> {
        let mut out = Vec::new();
        if self.tls && !["grafana", "apps"].contains(&name) {
            let mutual = if self.mutual { ", mutual: true" } else { "" };
            out.push(format!(
                "tls: {{ certificate: secret(\"{name}-tls\"), authority: secret(\"ca\", \"ca.crt\"){mutual} }}"
            ));
        }
        if self.mutual && ["prometheus", "alloy", "otel", "grafana", "apps"].contains(&name) {
            out.push(format!("identity: secret(\"{name}-client\")"));
        }
        if self.tenants && ["mimir", "loki", "tempo"].contains(&name) {
            out.push("tenant: \"main\"".to_owned());
        }
        out
    }

    /// These settings, and one more.
    fn with(self, name: &str, setting: &str) -> String {
        let mut all = self.settings(name);
        all.push(setting.to_owned());
        all.retain(|setting| !setting.is_empty());
        all.join(", ")
    }

    /// An ingress controller has no certificate to show.
    fn allows(self, flow: &str) -> bool {
        !self.mutual || flow.starts_with("edge -> grafana") || !flow.starts_with("edge")
    }
}

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
         import std.{Pods, KubernetesApi, IngressController, Bucket, Postgres, checkov, kube-score, kube-linter}\n\
         import std.{RemoteMetrics, RemoteLogs, RemoteOtlp, Slack, Webhook}\n",
    );
    out.push_str(SURROUNDINGS);
    let [cluster, apps, edge] = [CLUSTERS, APPS, EDGES].map(|choices| choices[chance.below(choices.len())]);
    let _ = writeln!(out, "{cluster}\n{edge}");
    let there: Vec<_> = COMPONENTS.into_iter().filter(|_| chance.below(4) > 0).collect();
    let tls = chance.below(2) > 0;
    let guard = Guard { tls, mutual: tls && chance.below(2) > 0, tenants: chance.below(2) > 0 };
    let _ = writeln!(out, "component apps: Pods {{ {} }}", guard.with("apps", apps));
    // what may ask more of its node than others has a namespace alone
    let (agents, others): (Vec<Choice>, Vec<Choice>) = there.iter().partition(|(name, ..)| *name == "alloy");
    let (first, second) = others.split_at(others.len() / 2);
    // in namespaces of their own: one cluster takes them all
    for (namespace, components) in [("one", first), ("two", second), ("nodes", &agents[..])] {
        if namespace == "nodes" && components.is_empty() {
            continue;
        }
        // writing to a string can't fail
        let isolated = chance.below(4) > 0;
        let _ = writeln!(out, "namespace {namespace}-{seed} {{\n  isolated: {isolated}");
        for (name, kind, settings) in components {
            let all = guard.with(name, settings[chance.below(settings.len())]);
            if ["host_metrics", "collect: files"].iter().any(|asks| all.contains(asks)) {
                out.push_str("  pod_security: privileged\n");
            }
            let _ = writeln!(out, "  component {name}: {kind} {{ {all} }}");
        }
        out.push_str("}\n");
        let names: Vec<&str> = components.iter().map(|(name, ..)| *name).collect();
        if isolated && names.is_empty() {
            // it denies traffic of pods that others may bring there; kube-score knows only those in the file
            let patch = "{ metadata: { annotations: { \"kube-score/ignore\": \"networkpolicy-targets-pod\" } } }";
            let _ = writeln!(out, "patch NetworkPolicy/default-deny in {namespace}-{seed} {patch}");
        }
        if !isolated && !names.is_empty() {
            let names = names.join(", ");
            let _ = writeln!(out, "waive checkov.CKV2_K8S_6 on {names}, \"open by chance\"");
            let _ = writeln!(out, "waive kube-score.pod-networkpolicy on {names}, \"open by chance\"");
        }
    }
    if out.contains("host_metrics") || out.contains("collect: files") {
        out.push_str("waive kube-linter.sensitive-host-mounts on alloy, \"it reads its node by chance\"\n");
    }
    if out.contains("collect: files") {
        for check in AGAINST_ROOT {
            let _ = writeln!(out, "waive {check} on alloy, \"files of logs are root's\"");
        }
    }
    out.push_str("waive checkov.CKV_K8S_43, \"nobody looked up digests\"\n");
    flows(&mut chance, &there, guard, &mut out);
    scales(&mut chance, &there, &mut out);
    out
}

/// A component to choose: its name, its kind, settings to choose from.
type Choice = (&'static str, &'static str, &'static [&'static str]);

fn flows(chance: &mut Chance, there: &[Choice], guard: Guard, out: &mut String) {
    let around = |name: &str| SURROUNDINGS.contains(&format!("component {name}:")) || ["apps", "edge"].contains(&name);
    let is_there = |name: &str| there.iter().any(|(n, ..)| *n == name) || around(name);
    // the Gateway API has no word for a login, nor for certificates of what is behind it
    let gateway = out.contains("gateway:");
    // only one build has what writes samples
    let writes_samples = out.contains("collector-contrib");
    for flow in FLOWS {
        let (from, rest) = flow.split_once(" -> ").unwrap_or_default();
        let to = rest.split(':').next().unwrap_or_default();
        let built = writes_samples || !(flow.starts_with("otel") && flow.contains("remote_write"));
        let spoken = !(gateway && guard.tls && flow.starts_with("edge -> prometheus"));
        if is_there(from) && is_there(to) && built && spoken && guard.allows(flow) && chance.below(3) > 0 {
            let login = if gateway { ", auth: basic(secret(\"edge\"))" } else { "" };
            let _ = writeln!(out, "{}", if login.is_empty() { flow.to_owned() } else { flow.replace(login, "") });
        }
    }
    if there.iter().any(|(n, ..)| *n == "prometheus") {
        out.push_str("prometheus -> kubernetes: discover\n");
    }
}

/// How many there are of each, and what several need to share.
fn scales(chance: &mut Chance, there: &[Choice], out: &mut String) {
    for (name, ..) in there.iter().filter(|(n, ..)| *n != "alloy") {
        let low = 1 + chance.below(2);
        let high = low + chance.below(2);
        if *name == "otel" && chance.below(2) == 0 {
            out.push_str(AUTOSCALED[chance.below(AUTOSCALED.len())]);
        } else {
            let _ = writeln!(out, "scale {name} {{ low: {low}, high: {high} }}");
        }
        if chance.below(4) == 0 {
            let _ = writeln!(out, "backup {name} {{ schedule: \"0 2 * * *\", keep: 7 }}");
        }
        match *name {
            // one alone may keep its data on its own disk
            "mimir" | "loki" | "tempo" if high > 1 || chance.below(2) > 0 => {
                let _ = writeln!(out, "{name} -> bucket: s3");
            }
            "grafana" => out.push_str("grafana -> db: sql\n"),
            _ => {}
        }
        if low == 1 && ["grafana", "otel"].contains(name) {
            let _ = writeln!(out, "waive kube-score.deployment-replicas on {name}, \"one by chance\"");
        }
    }
}

/// A text as a string of the language.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' | '$' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out + "\""
}
