//! OBS5102: flows that cross the border of an isolated namespace to pods that the program doesn't deploy.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::Peer;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for flow in &graph.flows {
        let (from, to) = (graph.component(flow.from), graph.component(flow.to));
        let isolated = from.namespace.is_some_and(|n| graph.namespaces[n.0 as usize].isolated);
        let (true, Some(Peer::Pods { namespaces, .. })) = (isolated, &to.peer) else { continue };
        let place = graph.namespace_of(from).map(ToString::to_string).unwrap_or_default();
        let whose = if namespaces.is_empty() { "every namespace".to_owned() } else { "the namespaces".to_owned() };
        let message =
            format!("`{}` reaches out of the isolated namespace `{place}` into {whose} of `{}`", from.name, to.name);
        out.push(
            Diagnostic::new(Code::OBS5102, flow.to_span, message)
                .help(format!(
                    "policies there must let it in: from pods `app.kubernetes.io/name: {}` of namespace `{place}`",
                    from.name
                ))
                .about(from.name.clone())
                .about(to.name.clone()),
        );
    }
}
