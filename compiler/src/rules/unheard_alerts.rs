//! OBS3114: alerts that fire reach someone.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::value::ComponentId;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for component in &graph.components {
        let ways: Vec<&str> = component.emits.iter().filter(|e| e.notifies).map(|e| e.protocol.as_str()).collect();
        // without data there is nothing to alert on
        let works = graph.flows.iter().any(|f| graph.data_to(f) == component.id && !f.signals.is_empty());
        let heard = graph.flows.iter().any(|f| f.from == component.id && ways.contains(&f.protocol.as_str()));
        if ways.is_empty() || !works || heard || component.stores.is_empty() {
            continue;
        }
        // one that others take over from needs no way of its own
        if graph.flows.iter().any(|f| f.to == component.id && !f.backward && others_alert(context, f.from)) {
            continue;
        }
        let message =
            format!("the alerts of `{}` reach no one: it has no flow by `{}`", component.name, ways.join("` or `"));
        out.push(
            Diagnostic::new(Code::OBS3114, component.name_span, message)
                .help("add a component that takes alerts, and a flow to it")
                .about(component.name.clone()),
        );
    }
}

fn others_alert(context: &Context<'_>, id: ComponentId) -> bool {
    let component = context.graph().component(id);
    component.emits.iter().any(|e| e.notifies)
}
