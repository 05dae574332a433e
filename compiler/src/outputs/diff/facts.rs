//! What is said of the parts of a graph, by name, as text that can be compared.

use crate::graph::{Alert, Backup, Component, Effective, Flow, Graph, Namespace};
use crate::maps::IndexMap;
use crate::value::{Quantity, Value};

/// Facts by name. A fact whose text is empty isn't there.
pub(super) type Facts = IndexMap<String, String>;

fn facts<const N: usize>(list: [(&str, String); N]) -> Facts {
    list.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name.to_owned(), text)).collect()
}

fn list<T: ToString>(parts: impl IntoIterator<Item = T>) -> String {
    parts.into_iter().map(|p| p.to_string()).collect::<Vec<_>>().join(", ")
}

fn effective(out: &mut Facts, values: &IndexMap<smol_str::SmolStr, Effective>) {
    let there = values.iter().filter(|(_, e)| !matches!(e.value, Value::None | Value::Error));
    out.extend(there.map(|(name, e)| (name.to_string(), e.value.to_string())));
}

pub(super) fn cluster(graph: &Graph) -> Facts {
    let cluster = &graph.cluster;
    let pairs = |map: &IndexMap<_, _>| {
        list(map.iter().map(|(k, v): (&smol_str::SmolStr, &smol_str::SmolStr)| format!("{k}: {v}")))
    };
    facts([
        ("name", cluster.name.to_string()),
        ("domain", list(&cluster.domain)),
        ("runbooks", list(&cluster.runbooks)),
        ("kubernetes", format!("{}.{}", cluster.kubernetes.0, cluster.kubernetes.1)),
        ("labels", pairs(&cluster.labels)),
        ("annotations", pairs(&cluster.annotations)),
        ("api_server", list(&cluster.api_server)),
    ])
}

pub(super) fn namespace(namespace: &Namespace) -> Facts {
    facts([
        ("isolated", namespace.isolated.to_string()),
        ("pod_security", namespace.pod_security.to_string()),
        ("labels", list(namespace.labels.iter().map(|(k, v)| format!("{k}: {v}")))),
    ])
}

pub(super) fn component(graph: &Graph, component: &Component, image: Option<&str>) -> Facts {
    let replicas = &component.replicas;
    let scaled = replicas.autoscale.as_ref().map(|a| format!("{} to {}", a.least, a.max)).unwrap_or_default();
    let mut out = facts([
        ("kind", component.kind.to_string()),
        ("namespace", list(graph.namespace_of(component))),
        ("layer", list(component.layer.map(|l| &graph.layers[l.0 as usize].name))),
        ("title", list(&component.title)),
        ("workload", component.workload.word().to_owned()),
        ("state", component.state.word().to_owned()),
        ("replicas", replicas.count.to_string()),
        ("autoscaler", scaled),
        ("image", image.unwrap_or_default().to_owned()),
        ("ports", list(component.ports.iter().map(|p| format!("{} {}", p.name, p.number)))),
        ("stores", list(component.stores.iter().map(|s| s.name()))),
        ("available", if component.available { "true".to_owned() } else { String::new() }),
    ]);
    effective(&mut out, &component.params);
    // told by the number under this profile
    out.insert("replicas".to_owned(), replicas.count.to_string());
    out
}

pub(super) fn flow(flow: &Flow) -> Facts {
    let mut out = facts([
        ("signals", list(flow.signals.iter().map(|s| s.name()))),
        ("ports", list(flow.ports.iter().map(|p| p.number))),
    ]);
    effective(&mut out, &flow.options);
    out
}

pub(super) fn alert(alert: &Alert) -> Facts {
    facts([
        ("expr", alert.expr.to_string()),
        ("for", if alert.hold == 0 { String::new() } else { Quantity::Duration(alert.hold).to_string() }),
        ("severity", alert.severity.to_string()),
        ("summary", alert.summary.to_string()),
        ("description", list(&alert.description)),
    ])
}

pub(super) fn backup(backup: &Backup) -> Facts {
    facts([("schedule", backup.schedule.to_string()), ("keep", backup.keep.to_string())])
}
