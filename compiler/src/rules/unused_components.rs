//! OBS5108: a component takes part in a flow.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for component in &graph.components {
        let used = graph.outgoing(component.id).chain(graph.incoming(component.id)).any(|f| !f.implicit);
        // what neither sends nor takes anything has no flow to be missed
        let silent = component.emits.is_empty() && component.accepts.is_empty();
        if !used && !silent {
            let message = format!("`{}` takes part in no flow", component.name);
            let diagnostic = Diagnostic::new(Code::OBS5108, component.name_span, message);
            out.push(diagnostic.help("add a flow from or to it, or remove it").about(component.name.clone()));
        }
    }
}
