//! The typed graph as data, for `obs graph`. Additions are compatible; a change raises `version`.
//!
//! ```text
//! { version: 1, profile, profiles: [name],
//!   cluster: { name, title, domain|null, kubernetes: "1.35" },
//!   namespaces: [{ name, title, isolated }], layers: [{ name, title, namespace|null }],
//!   components: [{ name, kind, title|null, namespace|null, layer|null, workload, state, image|null,
//!     replicas: { count, profiles: {PROFILE: number}, autoscale: { min, max }|null },
//!     ports: [{ name, number, protocol, purpose }],
//!     accepts: [{ protocol, signals, port }], emits: [{ protocol, signals }],
//!     stores: [signal], produces: [signal], params: {NAME: effective} }],
//!   flows: [{ from, to, protocol, transport, signals, data: "forward"|"backward", ports: [number], url|null,
//!     implicit, options: {NAME: effective} }],
//!   backups: [{ component, schedule, keep, method }], waivers: [{ code, on: [component], until, reason }] }
//! effective: { value, chain: [{ source, value }] }, from the weakest (a default) to what holds
//! ```
//!
//! An arrow points from the side that opens the connection; `data` says which way the data goes. Components and flows
//! are in the order of the source. Quantities and secrets are strings, as the language writes them.

use crate::graph::{Component, Effective, Flow, Graph, LinkSource, Port, Signal, Stack, Workload};
use crate::value::Value;
use serde_json::{Value as Json, json};

/// A stack as JSON, indented, with a line feed at its end.
pub fn to_string(stack: &Stack) -> String {
    let graph = &stack.graph;
    let components = graph.components.iter().zip(stack.workloads.iter()).map(|(c, w)| component(graph, c, w.as_ref()));
    let value = json!({
        "version": 1,
        "profile": graph.profile,
        "profiles": graph.profiles,
        "cluster": {"name": graph.cluster.name, "title": graph.cluster.title, "domain": graph.cluster.domain,
            "kubernetes": format!("{}.{}", graph.cluster.kubernetes.0, graph.cluster.kubernetes.1)},
        "namespaces": graph.namespaces.iter().map(|n| json!({"name": n.name, "title": n.title, "isolated": n.isolated})).collect::<Vec<_>>(),
        "layers": graph.layers.iter().map(|l| json!({"name": l.name, "title": l.title,
            "namespace": l.namespace.map(|n| &graph.namespaces[n.0 as usize].name)})).collect::<Vec<_>>(),
        "components": components.collect::<Vec<_>>(),
        "flows": graph.flows.iter().map(|f| flow(graph, f)).collect::<Vec<_>>(),
        "backups": graph.backups.iter().map(|b| json!({"component": graph.component(b.component).name,
            "schedule": b.schedule, "keep": b.keep, "method": b.method})).collect::<Vec<_>>(),
        "waivers": graph.waivers.iter().map(|w| json!({"code": w.code, "on": w.on, "until": w.until,
            "reason": w.reason})).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn names(signals: &[Signal]) -> Vec<&'static str> {
    signals.iter().map(|s| s.name()).collect()
}

fn component(graph: &Graph, c: &Component, workload: Option<&Workload>) -> Json {
    json!({
        "name": c.name,
        "kind": c.kind,
        "title": c.title,
        "namespace": graph.namespace_of(c),
        "layer": c.layer.map(|l| &graph.layers[l.0 as usize].name),
        "workload": c.workload.word(),
        "state": c.state.word(),
        "image": workload.map(|w| &w.image.value),
        "replicas": replicas(graph, c),
        "ports": c.ports.iter().map(port).collect::<Vec<_>>(),
        "accepts": c.accepts.iter().map(|a| json!({"protocol": a.protocol, "signals": names(&a.signals), "port": a.port})).collect::<Vec<_>>(),
        "emits": c.emits.iter().map(|e| json!({"protocol": e.protocol, "signals": names(&e.signals)})).collect::<Vec<_>>(),
        "stores": names(&c.stores),
        "produces": names(&c.produces),
        "params": c.params.iter().map(|(k, v)| (k.to_string(), effective(v))).collect::<serde_json::Map<_, _>>(),
    })
}

fn replicas(graph: &Graph, c: &Component) -> Json {
    let by_profile: serde_json::Map<String, Json> =
        graph.profiles.iter().zip(&c.replicas.by_profile).map(|(p, n)| (p.to_string(), json!(n))).collect();
    let autoscale = c.replicas.autoscale.as_ref().map(|a| json!({"min": a.least, "max": a.max}));
    json!({"count": c.replicas.count, "profiles": by_profile, "autoscale": autoscale})
}

fn port(p: &Port) -> Json {
    json!({"name": p.name, "number": p.number, "protocol": p.protocol, "purpose": p.purpose})
}

fn flow(graph: &Graph, f: &Flow) -> Json {
    json!({
        "from": graph.component(f.from).name,
        "to": graph.component(f.to).name,
        "protocol": f.protocol,
        "transport": f.transport,
        "signals": names(&f.signals),
        "data": if f.backward { "backward" } else { "forward" },
        "ports": f.ports.iter().map(|p| p.number).collect::<Vec<_>>(),
        "url": f.url,
        "implicit": f.implicit,
        "options": f.options.iter().map(|(k, v)| (k.to_string(), effective(v))).collect::<serde_json::Map<_, _>>(),
    })
}

fn effective(e: &Effective) -> Json {
    let source = |s: &LinkSource| match s {
        LinkSource::Default => "default".to_owned(),
        LinkSource::Kind(name) => format!("kind {name}"),
        LinkSource::Acceptor => "acceptor".to_owned(),
        LinkSource::Own => "own".to_owned(),
        LinkSource::Scale => "scale".to_owned(),
        LinkSource::Profile(name) => format!("profile {name}"),
    };
    json!({
        "value": plain(&e.value),
        "chain": e.chain.iter().map(|l| json!({"source": source(&l.source), "value": plain(&l.value)})).collect::<Vec<_>>(),
    })
}

/// Quantities and what has no JSON of its own are written as the language writes them.
fn plain(value: &Value) -> Json {
    match value {
        Value::None | Value::Error => Json::Null,
        Value::Bool(b) => json!(b),
        Value::Int(n) => json!(n),
        Value::Float(n) => json!(n),
        Value::List(list) => list.iter().map(|e| plain(&e.value)).collect(),
        Value::Record(record) => Json::Object(record.iter().map(|(k, v)| (k.to_string(), plain(&v.value))).collect()),
        other => json!(other.to_string()),
    }
}
