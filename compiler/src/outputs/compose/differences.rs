//! What the cluster has and one machine hasn't: a row for each, so that nothing is left out without a word.

use super::{Context, service};
use crate::graph::{Component, Graph, Stack, WorkloadKind};
use smol_str::SmolStr;

/// What is different, what the cluster has, and what stands for it here.
pub(super) type Row = [String; 3];

fn names<'a>(components: impl Iterator<Item = &'a Component>) -> String {
    let all: Vec<&str> = components.map(|c| c.name.as_str()).collect();
    all.join(", ")
}

/// All differences between what runs here and what runs in the cluster under the same profile.
pub(super) fn rows(stack: &Stack, cluster: &Stack) -> Vec<Row> {
    let (here, there) = (&*stack.graph, &*cluster.graph);
    let mut out = Vec::new();
    missing(here, &mut out);
    deployed(here, there, &mut out);
    instances(here, there, &mut out);
    network(there, &mut out);
    health(stack, &mut out);
    objects(there, &mut out);
    out
}

/// What isn't there, with the flows that end there.
fn missing(here: &Graph, out: &mut Vec<Row>) {
    for component in here.components.iter().filter(|c| !c.present) {
        let of = here.left_out.iter().filter(|f| f.from == component.id || f.to == component.id);
        let flow = |f: &crate::graph::LeftOut| {
            format!("{} → {}: {}", here.component(f.from).name, here.component(f.to).name, f.label)
        };
        let flows: Vec<String> = of.map(flow).collect();
        out.push([
            component.name.to_string(),
            component.kind_title.to_string(),
            match flows.is_empty() {
                true => "isn't there".to_owned(),
                false => format!("isn't there; left out: {}", flows.join("; ")),
            },
        ]);
    }
}

fn deployed(here: &Graph, there: &Graph, out: &mut Vec<Row>) {
    for (component, cluster) in here.components.iter().zip(&there.components) {
        let outside = cluster.workload == WorkloadKind::External;
        if outside && component.workload != WorkloadKind::External {
            let what = "deployed by someone else".to_owned();
            out.push([component.name.to_string(), what, "a sample in its place".to_owned()]);
        }
        if component.workload == WorkloadKind::Daemon {
            let what = "one on every node".to_owned();
            out.push([component.name.to_string(), what, "one: there is one machine".to_owned()]);
        }
    }
}

fn instances(here: &Graph, there: &Graph, out: &mut Vec<Row>) {
    for (component, cluster) in here.components.iter().zip(&there.components) {
        let (own, theirs) = (component.replicas.count, cluster.replicas.count);
        if own < theirs && component.workload != WorkloadKind::Daemon {
            let what = format!("{theirs} instances");
            let why = format!("{own}: what they would share their state in isn't there");
            out.push([component.name.to_string(), what, why]);
        }
        if let Some(autoscale) = &cluster.replicas.autoscale {
            let what = format!("an autoscaler, {} to {} instances", autoscale.min, autoscale.max);
            out.push([component.name.to_string(), what, format!("always {own}")]);
        }
    }
}

fn network(there: &Graph, out: &mut Vec<Row>) {
    let row = |what: &str, cluster: &str, here: &str| [what.to_owned(), cluster.to_owned(), here.to_owned()];
    if there.namespaces.iter().any(|n| n.isolated) {
        out.push(row("network", "traffic that no flow declares is denied", "all services reach each other"));
    }
    let routed = there.flows.iter().filter(|f| there.component(f.from).ingress.is_some());
    let hosts: Vec<String> =
        routed.filter_map(|f| f.options.get("host")?.value.as_str().cloned()).map(String::from).collect();
    if !hosts.is_empty() {
        let what = format!("routes, TLS and logins for {}", hosts.join(", "));
        out.push(["routes".to_owned(), what, "ports of this machine, on its loopback address alone".to_owned()]);
    }
    out.push(row(
        "rights",
        "a ServiceAccount each, with the rights that its flows need",
        "none: there is no API to ask",
    ));
}

fn health(stack: &Stack, out: &mut Vec<Row>) {
    let graph = &*stack.graph;
    let contexts = super::running(stack).map(|(component, workload)| Context {
        graph,
        component,
        workload,
        order: &[],
        published: &[],
    });
    let unasked = contexts.filter(|c| c.workload.ready.is_some() && !service::is_asked(c)).map(|c| c.component);
    let unasked = names(unasked);
    if !unasked.is_empty() {
        let what = "readiness and liveness probes".to_owned();
        let here = "no health check: their images have nothing that could ask";
        out.push([unasked, what, here.to_owned()]);
    }
    let row = |what: &str, cluster: &str, here: &str| [what.to_owned(), cluster.to_owned(), here.to_owned()];
    out.push(row("restarts", "by liveness probes too", "when a process ends"));
    out.push(row("resources", "requests and limits of CPU, memory and disk", "limits of memory"));
}

/// What is made of objects of the cluster alone.
fn objects(there: &Graph, out: &mut Vec<Row>) {
    let spread = there.components.iter().filter(|c| c.replicas.most() > 1);
    let spread = names(spread);
    if !spread.is_empty() {
        let what = "instances on different nodes, and disruption budgets";
        out.push([spread, what.to_owned(), "on one machine".to_owned()]);
    }
    if !there.backups.is_empty() {
        let of = names(there.backups.iter().map(|b| there.component(b.component)));
        out.push([of, "backups".to_owned(), "none".to_owned()]);
    }
    if !there.patches.is_empty() {
        let what: Vec<String> =
            there.patches.iter().map(|p| format!("{}/{}", p.object_kind.value, p.object_name.value)).collect();
        out.push(["patches".to_owned(), what.join(", "), "not applied: they are about Kubernetes' objects".to_owned()]);
    }
    if !there.objects.is_empty() {
        let name = |o: &crate::value::Spanned<crate::value::Value>| {
            let text = |v: &crate::value::Value, f: &str| v.field(f).and_then(|v| v.value.as_str().cloned());
            let name = o.value.field("metadata").and_then(|m| text(&m.value, "name"));
            let kind: SmolStr = text(&o.value, "kind").unwrap_or_default();
            format!("{kind}/{}", name.unwrap_or_default())
        };
        let what: Vec<String> = there.objects.iter().map(name).collect();
        out.push(["objects".to_owned(), what.join(", "), "left out".to_owned()]);
    }
}
