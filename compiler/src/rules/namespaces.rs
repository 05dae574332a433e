//! OBS1008: what is deployed lives in a namespace.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::WorkloadKind;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for component in &context.graph().components {
        if component.namespace.is_none() && component.workload != WorkloadKind::External {
            let message = format!("`{}` is deployed and stands in no namespace", component.name);
            let diagnostic = Diagnostic::new(Code::OBS1008, component.name_span, message);
            out.push(diagnostic.help("move it into a `namespace NAME { … }`").about(component.name.clone()));
        }
    }
}
