//! OBS4112: a long-term store keeps data longer than the store that fills it.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::Component;
use crate::value::{Quantity, Value};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for flow in graph.flows.iter().filter(|f| !f.backward && !f.signals.is_empty() && f.from != f.to) {
        let (near, far) = (graph.component(flow.from), graph.component(flow.to));
        let both = flow.signals.iter().any(|s| near.stores.contains(s) && far.stores.contains(s));
        let (Some(near_kept), Some(far_kept)) = (kept(near), kept(far)) else { continue };
        if both && far_kept < near_kept {
            let span = far
                .params
                .get("retention")
                .and_then(|r| r.chain.last())
                .map_or(far.span, |l| context.said(far, l.span));
            let (near_kept, far_kept) = (Quantity::Duration(near_kept), Quantity::Duration(far_kept));
            let message = format!(
                "`{}` keeps data for {far_kept}, less than `{}`, which fills it and keeps {near_kept}",
                far.name, near.name
            );
            out.push(
                Diagnostic::new(Code::OBS4112, span, message)
                    .help("let the long-term store keep data longer, or leave it out")
                    .about(far.name.clone())
                    .about(near.name.clone()),
            );
        }
    }
}

/// Milliseconds; `None` where it has no `retention`, or one without end.
fn kept(component: &Component) -> Option<i64> {
    match component.params.get("retention")?.value {
        Value::Quantity(Quantity::Duration(ms)) => Some(ms),
        _ => None,
    }
}
