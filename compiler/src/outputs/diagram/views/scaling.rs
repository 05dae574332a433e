//! `scaling`: the profiles side by side, and the bounds of autoscalers.

use super::parts::{Sign, drawn};
use crate::analysis::Fate;
use crate::graph::{Component, Graph, WorkloadKind};
use crate::outputs::diagram::picture::{Node, Picture, Shape};
use crate::outputs::words;

pub(super) fn picture(graph: &Graph) -> Picture {
    let counted: Vec<&Component> = graph.components.iter().filter(|c| words::deployed(c)).collect();
    let profile = |(at, name): (usize, &smol_str::SmolStr)| {
        let line = |c: &&Component| match c.workload {
            WorkloadKind::Daemon => format!("{}: DaemonSet", c.name),
            WorkloadKind::Job => format!("{}: Job", c.name),
            _ => format!("{}: {}", c.name, c.replicas.by_profile.get(at).copied().unwrap_or_default()),
        };
        let lines = std::iter::once(name.to_string()).chain(counted.iter().map(line)).collect();
        Node::Box(Shape { name: format!("profile {name}"), lines, external: false, fate: Fate::Unaffected })
    };
    let profiles: Vec<Node> =
        if counted.is_empty() { Vec::new() } else { graph.profiles.iter().enumerate().map(profile).collect() };
    let scaler = |c: &&Component| {
        let a = c.replicas.autoscale.as_ref()?;
        let lines = std::iter::once(c.name.to_string()).chain(words::autoscaling(a)).collect();
        Some(Node::Box(Shape { name: c.name.to_string(), lines, external: false, fate: Fate::Unaffected }))
    };
    let scalers: Vec<Node> = counted.iter().filter_map(scaler).collect();
    let content = Node::group("Replicas in each profile", profiles).into_iter();
    let content = content.chain(Node::group("Autoscaling, as it is asked for", scalers)).collect();
    let daemons = "A DaemonSet has one pod on each node: it grows with the cluster.";
    let legend = [(Sign::Words(": DaemonSet"), daemons)];
    drawn("Scaling", content, Vec::new(), &legend, "This program deploys nothing that could be scaled.")
}
