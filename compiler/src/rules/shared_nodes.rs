//! OBS4116: instances that stand in for each other don't have to share a node.

use super::{Context, list};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Component, State, WorkloadKind};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    // they are spread where there is room; how much there is is known where it was said
    let Some(nodes) = graph.cluster.nodes else { return };
    for component in graph.components.iter().filter(|c| stands_in(c)) {
        let counts = graph.profiles.iter().zip(&component.replicas.by_profile);
        let crowded: Vec<(&str, u32)> = counts.filter(|(_, n)| **n > nodes).map(|(p, n)| (p.as_str(), *n)).collect();
        let Some(most) = crowded.iter().map(|(_, n)| *n).max() else { continue };
        let profiles = list(crowded.iter().map(|(profile, _)| *profile));
        let (name, plural) = (&component.name, if nodes == 1 { "" } else { "s" });
        let message = format!(
            "`{name}` has {most} instances in profile {profiles}, and the cluster {nodes} node{plural}: some share one"
        );
        let help = "give it no more instances than there are nodes: those on one node are lost together";
        let diagnostic = Diagnostic::new(Code::OBS4116, context.counted(component), message).help(help);
        out.push(diagnostic.about(name.clone()));
    }
}

/// Whether it has several instances so that others are left when one is lost; more of the rest are there for their work.
fn stands_in(component: &Component) -> bool {
    let counted = matches!(component.workload, WorkloadKind::Deployment | WorkloadKind::Stateful);
    counted && (component.available || matches!(component.state, State::Ring | State::Replicated))
}
