//! OBS3103 and OBS3104: the subject of a flow speaks its protocol, and the object takes it.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Component, Flow};
use crate::text::Span;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for flow in graph.flows.iter().filter(|f| !f.implicit) {
        let (from, to) = (graph.component(flow.from), graph.component(flow.to));
        if !from.emits.iter().any(|e| e.protocol == flow.protocol) {
            let message = format!("`{}` ({}) doesn't speak `{}`", from.name, from.kind, flow.protocol);
            out.push(finish(Code::OBS3103, flow, from, to, message, flow.from_span));
        }
        if !to.accepts.iter().any(|a| a.protocol == flow.protocol) {
            let message = format!("`{}` ({}) doesn't accept `{}`", to.name, to.kind, flow.protocol);
            out.push(finish(Code::OBS3104, flow, from, to, message, flow.to_span));
        }
    }
}

fn finish(code: Code, flow: &Flow, from: &Component, to: &Component, message: String, span: Span) -> Diagnostic {
    let mut help = match common(from, to)[..] {
        [] => format!("`{}` has no protocol for `{}`", from.name, to.name),
        ref fit => format!("from `{}` to `{}` fits {}", from.name, to.name, names(fit)),
    };
    let back = common(to, from);
    if back.contains(&flow.protocol.as_str()) {
        help = format!("the arrow points from the side that opens the connection: `{} -> {}`", to.name, from.name);
    }
    Diagnostic::new(code, span, message).help(help).about(from.name.clone()).about(to.name.clone())
}

/// Protocols that fit both ends.
fn common<'a>(from: &'a Component, to: &Component) -> Vec<&'a str> {
    let taken = |protocol: &str| to.accepts.iter().any(|a| a.protocol == protocol);
    from.emits.iter().map(|e| e.protocol.as_str()).filter(|p| taken(p)).collect()
}

fn names(protocols: &[&str]) -> String {
    protocols.iter().map(|p| format!("`{p}`")).collect::<Vec<_>>().join(" or ")
}
