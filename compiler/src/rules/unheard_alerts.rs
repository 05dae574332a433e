//! OBS3114: alerts that fire reach someone.

use super::{Context, list};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Component, Graph};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    let notifies = |c: &Component, protocol: &str| c.emits.iter().any(|e| e.notifies && e.protocol == protocol);
    if graph.flows.iter().any(|f| notifies(graph.component(f.from), &f.protocol)) {
        return;
    }
    // one place where alerts are evaluated is enough to say that none is heard
    let evaluates = |c: &&Component| c.emits.iter().any(|e| e.notifies) && !watched(graph, c).is_empty();
    let Some(component) = graph.components.iter().find(evaluates) else { return };
    let ways = list(component.emits.iter().filter(|e| e.notifies).map(|e| e.protocol.as_str()));
    let of = list(watched(graph, component));
    let message =
        format!("`{}` evaluates the alerts of {of}, and tells no one: it has no flow by {ways}", component.name);
    out.push(
        Diagnostic::new(Code::OBS3114, component.name_span, message)
            .help("add a component that takes alerts, and a flow to it")
            .about(component.name.clone()),
    );
}

/// Components with alerts that this one asks for data.
fn watched<'a>(graph: &'a Graph, by: &Component) -> Vec<&'a str> {
    let speaks = |protocol: &str| by.emits.iter().any(|e| e.protocol == protocol);
    let asks = |c: &Component| {
        let mut between = graph.incoming(c.id).filter(|f| f.from == by.id);
        between.any(|f| f.backward && !f.signals.is_empty() && speaks(&f.protocol))
    };
    graph.components.iter().filter(|c| !c.alerts.is_empty() && asks(c)).map(|c| c.name.as_str()).collect()
}
