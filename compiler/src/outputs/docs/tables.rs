//! The guide's tables, each a function of the graph.

use super::markdown::Table;
use crate::eval::value::{Quantity, Value};
use crate::graph::{Component, Flow, Graph, Port, Stack, WorkloadKind};

fn join<T: AsRef<str>>(parts: &[T]) -> String {
    parts.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
}

fn first_line(doc: Option<&String>) -> String {
    doc.and_then(|d| d.lines().next()).unwrap_or_default().trim().to_owned()
}

pub(super) fn components(stack: &Stack) -> Table {
    let graph = &stack.graph;
    let row = |(c, workload): (&Component, &Option<crate::graph::Workload>)| {
        let what = first_line(c.doc.as_ref().or(c.kind_doc.as_ref()));
        let place = graph.namespace_of(c).map_or("—".to_owned(), ToString::to_string);
        let runs = match c.workload {
            WorkloadKind::External => "not deployed here".to_owned(),
            WorkloadKind::Daemon => "DaemonSet".to_owned(),
            WorkloadKind::Deployment => format!("Deployment × {}", c.replicas.count),
            WorkloadKind::Stateful => format!("StatefulSet × {}", c.replicas.count),
            WorkloadKind::Job => "Job".to_owned(),
        };
        let image = workload.as_ref().map(|w| w.image.value.to_string()).unwrap_or_default();
        vec![c.name.to_string(), c.kind_title.to_string(), place, runs, image, what]
    };
    Table::new(
        ["Component", "Kind", "Namespace", "Runs as", "Image", "What it does"],
        graph.components.iter().zip(&stack.workloads).map(row),
    )
}

pub(super) fn ports(graph: &Graph) -> Table {
    let row = |c: &Component, p: &Port| {
        vec![c.name.to_string(), p.number.to_string(), p.protocol.to_string(), p.purpose.to_string()]
    };
    let deployed = graph.components.iter().filter(|c| c.workload != WorkloadKind::External);
    Table::new(
        ["Component", "Port", "Protocol", "Purpose"],
        deployed.flat_map(|c| c.ports.iter().map(move |p| row(c, p))),
    )
}

pub(super) fn flows(graph: &Graph) -> Table {
    let row = |f: &Flow| {
        let signals: Vec<&str> = f.signals.iter().map(|s| s.name()).collect();
        let data = if f.backward { "← answers" } else { "→" };
        let ports: Vec<String> = f.ports.iter().map(|p| p.number.to_string()).collect();
        vec![
            graph.component(f.from).name.to_string(),
            graph.component(f.to).name.to_string(),
            f.protocol.to_string(),
            if ports.is_empty() { "any".to_owned() } else { join(&ports) },
            join(&signals),
            data.to_owned(),
            f.doc
                .as_deref()
                .map(|d| d.lines().next().unwrap_or_default().trim().to_owned())
                .unwrap_or_default(),
        ]
    };
    Table::new(
        ["From", "To", "Protocol", "Port", "Signals", "Data goes", "Remark"],
        graph.flows.iter().map(row),
    )
}

pub(super) fn hosts(graph: &Graph) -> Table {
    let text = |f: &Flow, option: &str| {
        f.options.get(option).and_then(|o| o.value.as_str().map(ToString::to_string))
    };
    let row = |f: &Flow| {
        let host = text(f, "host")?;
        let path = text(f, "path").unwrap_or_default();
        let auth = f.options.get("auth").map_or("none".to_owned(), |a| match &a.value {
            Value::Variant(variant) => variant.name.to_string(),
            other => other.to_string(),
        });
        Some(vec![
            format!("{host}{path}"),
            graph.component(f.from).name.to_string(),
            graph.component(f.to).name.to_string(),
            auth,
        ])
    };
    Table::new(["Address", "Through", "To", "Authentication"], graph.flows.iter().filter_map(row))
}

pub(super) fn scaling(stacks: &[Stack]) -> Table {
    let profiles = stacks.iter().map(|s| s.graph.profile.as_str());
    let components = stacks.first().map(|s| s.graph.components.as_slice()).unwrap_or_default();
    let deployed = components.iter().filter(|c| c.workload != WorkloadKind::External);
    let row = |c: &Component| {
        let cell =
            |n: &u32| if c.workload == WorkloadKind::Daemon { "DaemonSet".to_owned() } else { n.to_string() };
        std::iter::once(c.name.to_string()).chain(c.replicas.by_profile.iter().map(cell)).collect()
    };
    Table::new(std::iter::once("Component").chain(profiles), deployed.map(row))
}

pub(super) fn autoscaling(graph: &Graph) -> Table {
    let row = |c: &Component| {
        let a = c.replicas.autoscale.as_ref()?;
        let rule = |r: &crate::graph::ScaleRule, sign: &str| {
            let part = |name: &str, at: Option<f64>| at.map(|at| format!("{name} {sign} {at}%"));
            let parts: Vec<String> =
                [part("CPU", r.cpu), part("memory", r.memory)].into_iter().flatten().collect();
            let hold = if r.hold > 0 {
                format!(" for {}", Quantity::Duration(i64::from(r.hold) * 1000))
            } else {
                String::new()
            };
            format!("{}{hold}, by {}%", parts.join(if r.both { " and " } else { " or " }), r.by)
        };
        let bounds = format!("{} to {}", a.min, a.max);
        Some(vec![c.name.to_string(), bounds, rule(&a.up, ">"), rule(&a.down, "<")])
    };
    Table::new(["Component", "Replicas", "Grows at", "Shrinks at"], graph.components.iter().filter_map(row))
}

pub(super) fn storage(stack: &Stack) -> Table {
    let graph = &stack.graph;
    let row = |(c, workload): (&Component, &Option<crate::graph::Workload>)| {
        let data = workload.as_ref()?.data.as_ref()?;
        let volume = match &data.claim {
            Some(claim) => {
                let class = claim.class.as_ref().map(|c| format!(" ({c})")).unwrap_or_default();
                format!("claim of {}{class} each", Quantity::Bytes(claim.size))
            }
            None => "emptyDir: lost with the pod".to_owned(),
        };
        let stores: Vec<&str> = c.stores.iter().map(|s| s.name()).collect();
        let behind: Vec<&str> = graph
            .flows
            .iter()
            .filter(|f| f.from == c.id && graph.keeps_data(f))
            .map(|f| graph.component(f.to).name.as_str())
            .collect();
        let kept = c.params.get("retention").map(|p| p.value.to_string()).unwrap_or_default();
        Some(vec![c.name.to_string(), join(&stores), kept, volume, join(&behind)])
    };
    Table::new(
        ["Component", "Stores", "Kept for", "Volume", "Object store"],
        graph.components.iter().zip(&stack.workloads).filter_map(row),
    )
}

pub(super) fn backups(graph: &Graph) -> Table {
    let row = |b: &crate::graph::Backup| {
        let method = b.method.as_ref().map(ToString::to_string).unwrap_or_default();
        vec![
            graph.component(b.component).name.to_string(),
            b.schedule.to_string(),
            b.keep.to_string(),
            method,
        ]
    };
    Table::new(
        ["Component", "Schedule", "Kept", "How it is saved and comes back"],
        graph.backups.iter().map(row),
    )
}

pub(super) fn alerts(graph: &Graph) -> Table {
    let row = |a: &crate::graph::Alert| {
        let hold = Quantity::Duration(a.hold).to_string();
        vec![a.name.to_string(), a.severity.to_string(), hold, a.summary.to_string()]
    };
    let all =
        graph.components.iter().filter(|c| c.workload != WorkloadKind::External).flat_map(|c| &c.alerts);
    Table::new(["Alert", "Severity", "After", "What it says"], all.map(row))
}

pub(super) fn waivers(graph: &Graph) -> Table {
    let row = |w: &crate::graph::Waiver| {
        let until = w.until.as_ref().map_or("—".to_owned(), ToString::to_string);
        vec![w.code.to_string(), join(&w.on), until, w.reason.to_string()]
    };
    Table::new(["Code", "On", "Until", "Reason"], graph.waivers.iter().map(row))
}
