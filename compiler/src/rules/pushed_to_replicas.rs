//! OBS3115: what is pushed to replicas that de-duplicate behind them isn't lost.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for flow in graph.flows.iter().filter(|f| f.every_instance && graph.component(f.to).replicas.most() > 1) {
        let (from, to) = (graph.component(flow.from), graph.component(flow.to));
        let behind = graph.flows.iter().find(|f| {
            f.from == to.id && f.to != to.id && !f.backward && f.signals.iter().any(|s| flow.signals.contains(s))
        });
        let Some(store) = behind.map(|f| graph.component(f.to)) else { continue };
        let message = format!(
            "`{}` pushes into `{}`, whose {} replicas pass everything on to `{}`, which keeps that of one of them",
            from.name,
            to.name,
            to.replicas.most(),
            store.name
        );
        out.push(
            Diagnostic::new(Code::OBS3115, flow.span, message)
                .help(format!("push to `{}` directly: whatever fails to reach one of the replicas is lost", store.name))
                .about(from.name.clone())
                .about(to.name.clone()),
        );
    }
}
