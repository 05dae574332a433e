//! OBS4106: what runs once a node, or elsewhere, isn't scaled.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::WorkloadKind;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for component in &context.graph().components {
        let why = match component.workload {
            WorkloadKind::Daemon => "runs once on every node",
            WorkloadKind::External => "isn't deployed by this program",
            WorkloadKind::Job => "runs to its end",
            WorkloadKind::Deployment | WorkloadKind::Stateful => continue,
        };
        let scale = component.replicas.scale.as_ref().map(|s| s.0);
        let autoscale = component.replicas.autoscale.as_ref().map(|a| a.span);
        for span in scale.into_iter().chain(autoscale) {
            let message = format!("`{}` {why}: it has no number of instances to set", component.name);
            out.push(
                Diagnostic::new(Code::OBS4106, span, message)
                    .help(format!("leave out `{}` here", component.name))
                    .about(component.name.clone()),
            );
        }
    }
}
