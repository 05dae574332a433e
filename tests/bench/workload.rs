//! Generated programs: so many components with ports, a config file, an autoscaler, and flows to the next three. Seven
//! Kubernetes objects each, as the peers make of the same architecture.

use std::fmt::Write;

const PROTOCOLS: [&str; 5] = ["remote_write", "query", "scrape", "push", "otlp"];

/// Who sends to whom.
#[derive(Clone, Copy)]
pub enum Shape {
    /// Each to the next three: one long chain.
    Band,
    /// Rows of about as many as there are rows, each component to up to three of the next row by chance: wide, and lines
    /// cross much.
    Layered,
}

/// The program of so many components.
pub fn program(components: usize) -> String {
    shaped(components, Shape::Band)
}

/// The same with flows of a shape.
pub fn shaped(components: usize, shape: Shape) -> String {
    let mut out = String::new();
    PROTOCOLS.iter().for_each(|name| protocol(&mut out, name));
    for workload in ["deployment", "stateful"] {
        for (grpc, metrics) in [(false, false), (false, true), (true, false), (true, true)] {
            kind(&mut out, workload, grpc, metrics);
        }
    }
    out.push_str("cluster c { domain: \"example.com\" }\n\nnamespace observability {\n");
    (0..components).for_each(|i| component(&mut out, i));
    out.push_str("}\n\n");
    match shape {
        Shape::Band => (0..components).for_each(|i| (i + 1..components).take(3).for_each(|j| flow(&mut out, i, j))),
        Shape::Layered => layered(&mut out, components),
    }
    (0..components).for_each(|i| autoscaler(&mut out, i));
    out
}

// writing to a string can't fail, here and below

fn protocol(out: &mut String, name: &str) {
    let _ = writeln!(
        out,
        "protocol via_{name} {{\n  transport: http\n  carries: []\n  path: string = \"/api/{name}\"\n}}\n"
    );
}

fn kind_name(workload: &str, grpc: bool, metrics: bool) -> String {
    let mark = |on, text| if on { text } else { "" };
    format!(
        "{}{}{}",
        if workload == "stateful" { "Store" } else { "App" },
        mark(grpc, "Grpc"),
        mark(metrics, "Metrics")
    )
}

fn kind(out: &mut String, workload: &str, grpc: bool, metrics: bool) {
    let ways: Vec<String> = PROTOCOLS.iter().map(|p| format!("via_{p}")).collect();
    let ways = ways.join(", ");
    let upstreams: Vec<String> = PROTOCOLS
        .iter()
        .map(|p| format!("      ...[for f in flows.out(via_{p}): {{ name: f.to.name, via: \"{p}\", url: f.url }}]\n"))
        .collect();
    let _ = writeln!(
        out,
        "kind {} {{\n  workload: {workload}\n  param number: int = 8000\n  param tag: string = \"1.0.0\"\n  \
         param cpu: cpu = 100m\n  param mem: bytes = 128Mi\n  image: \"registry.example.com/obs/${{self.name}}:${{tag}}\"\n  \
         port http: number \"API\"\n{}{}  accepts {ways} on http\n  emits {ways}\n  user: 10001\n  \
         resources: {{ cpu: cpu, memory: mem }}\n  args: [\"--config=/etc/app/config.yaml\"]\n  ready: http(\"/ready\")\n  \
         file \"/etc/app/config.yaml\": yaml({{\n    server: {{ http_listen_port: number }}\n    upstreams: [\n{}    ]\n  }})\n}}\n",
        kind_name(workload, grpc, metrics),
        if grpc { "  port grpc: 4317 \"gRPC\"\n" } else { "" },
        if metrics { "  port metrics: 9090 \"Metrics\"\n" } else { "" },
        upstreams.concat(),
    );
}

fn component(out: &mut String, i: usize) {
    let kind = kind_name(
        if i.is_multiple_of(5) { "stateful" } else { "deployment" },
        i.is_multiple_of(3),
        i.is_multiple_of(2),
    );
    let (replicas, number, tag) = (1 + i % 3, 8000 + i % 1000, i % 20);
    let (cpu, mem) = (100 + 50 * (i % 4), 128 * (1 + i % 4));
    let _ = writeln!(
        out,
        "  component c{i:05}: {kind} {{ replicas: {replicas}, number: {number}, tag: \"1.{tag}.0\", cpu: {cpu}m, mem: {mem}Mi }}"
    );
}

fn flow(out: &mut String, i: usize, j: usize) {
    let _ = writeln!(out, "c{i:05} -> c{j:05}: via_{}", PROTOCOLS[(i + j) % 5]);
}

fn layered(out: &mut String, components: usize) {
    let row = components.isqrt().max(3);
    // a linear congruential generator: the same on every machine
    let mut chance: usize = 12_345;
    for i in 0..components {
        let next = (i / row + 1) * row;
        let below = next..components.min(next + row);
        let mut ends = std::collections::BTreeSet::new();
        for _ in 0..if below.is_empty() { 0 } else { 3 } {
            chance = (1_103_515_245 * chance + 12_345) % (1 << 31);
            ends.insert(below.start + (chance >> 8) % below.len());
        }
        ends.into_iter().for_each(|j| flow(out, i, j));
    }
}

fn autoscaler(out: &mut String, i: usize) {
    let _ = writeln!(
        out,
        "autoscale c{i:05} {{\n  replicas: {}..10\n  up: {{ when: cpu > 70% or memory > 80%, by: 100% }}\n}}",
        1 + i % 3
    );
}
