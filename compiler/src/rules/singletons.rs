//! OBS4109: nothing that a promised-available component needs is a single instance.

use super::{Context, list};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Component, Graph, WorkloadKind};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for promised in graph.components.iter().filter(|c| c.available) {
        for needed in reached(graph, promised) {
            let counts = graph.profiles.iter().zip(&needed.replicas.by_profile);
            let single: Vec<&str> = counts.filter(|(_, n)| **n == 1).map(|(p, _)| p.as_str()).collect();
            let deployed = matches!(needed.workload, WorkloadKind::Deployment | WorkloadKind::Stateful);
            if single.is_empty() || !deployed {
                continue;
            }
            let whose =
                if needed.id == promised.id { String::new() } else { format!("needs `{}`, which ", needed.name) };
            let profiles = list(single.iter().copied());
            let message = format!(
                "`{}` is promised to be available, and {whose}is a single instance in profile {profiles}",
                promised.name
            );
            let span = context.counted(needed);
            out.push(
                Diagnostic::new(Code::OBS4109, span, message)
                    .label(promised.name_span, "promised here")
                    .help("give it two instances or more, or take back `available`")
                    .about(needed.name.clone())
                    .about(promised.name.clone()),
            );
        }
    }
}

/// The component itself and all that it opens connections to, and they in turn.
fn reached<'a>(graph: &'a Graph, start: &'a Component) -> Vec<&'a Component> {
    let mut out = vec![start];
    let mut at = 0;
    while let Some(component) = out.get(at).copied() {
        for flow in graph.outgoing(component.id) {
            let to = graph.component(flow.to);
            if !out.iter().any(|c| c.id == to.id) {
                out.push(to);
            }
        }
        at += 1;
    }
    out
}
