//! OBS5102: flows that cross the border of a namespace which the program calls isolated, to pods that it doesn't
//! deploy.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::Peer;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for flow in &graph.flows {
        let (from, to) = (graph.component(flow.from), graph.component(flow.to));
        let Some(namespace) = from.namespace.map(|n| &graph.namespaces[n.0 as usize]) else { continue };
        // a namespace is isolated of itself; only who asked for it is told of what that takes elsewhere
        let Some(asked) = namespace.isolated_span.filter(|_| namespace.isolated) else { continue };
        let Some(Peer::Pods { namespaces, .. }) = &to.peer else { continue };
        let place = &namespace.name;
        let whose = if namespaces.is_empty() { "every namespace" } else { "the namespaces" };
        let message =
            format!("`{}` reaches out of the isolated namespace `{place}` into {whose} of `{}`", from.name, to.name);
        out.push(
            Diagnostic::new(Code::OBS5102, flow.to_span, message)
                .label(asked, "isolated here")
                .help(format!(
                    "policies there must let it in: from pods `app.kubernetes.io/name: {}` of namespace `{place}`",
                    from.name
                ))
                .about(from.name.clone())
                .about(to.name.clone()),
        );
    }
}
