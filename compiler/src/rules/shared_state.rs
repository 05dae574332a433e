//! OBS4103: more than one instance of what keeps state needs it in a place that all reach.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for component in &graph.components {
        let (most, ways) = (component.replicas.most(), &component.shared_by);
        let shared = graph.outgoing(component.id).any(|f| ways.contains(&f.protocol));
        if most < 2 || ways.is_empty() || shared {
            continue;
        }
        let message = format!("up to {most} instances of `{}` need a place for what they share", component.name);
        let span = context.counted(component);
        out.push(
            Diagnostic::new(Code::OBS4103, span, message)
                .label(component.name_span, format!("has no flow by `{}`", ways.join("` or `")))
                .help(format!(
                    "add a component that accepts `{}`, and a flow `{} -> …`",
                    ways.join("` or `"),
                    component.name
                ))
                .about(component.name.clone()),
        );
    }
}
