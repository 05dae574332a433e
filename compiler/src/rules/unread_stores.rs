//! OBS3109: what is stored is read by something.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::WorkloadKind;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for component in graph.components.iter().filter(|c| c.workload != WorkloadKind::External) {
        for &signal in &component.stores {
            let filled = graph.arriving(component.id).any(|f| f.signals.contains(&signal));
            // data leaves a store when it is asked for, or when it is passed on to another one
            let read = graph.leaving(component.id).any(|f| f.signals.contains(&signal) && f.to != f.from);
            if filled && !read {
                let message = format!("nothing reads the {} that `{}` stores", signal.name(), component.name);
                let diagnostic = Diagnostic::new(Code::OBS3109, component.name_span, message);
                out.push(
                    diagnostic
                        .help(format!("add a flow that asks `{}`, such as a query", component.name))
                        .about(component.name.clone()),
                );
            }
        }
    }
}
