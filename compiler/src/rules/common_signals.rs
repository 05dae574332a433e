//! OBS3105: a flow that could carry signals carries at least one.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::Signal;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for flow in graph.flows.iter().filter(|f| f.signals.is_empty() && !f.implicit) {
        let (from, to) = (graph.component(flow.from), graph.component(flow.to));
        let sent = from.emits.iter().find(|e| e.protocol == flow.protocol).map(|e| e.signals.as_slice());
        let taken: Vec<Signal> =
            to.accepts.iter().filter(|a| a.protocol == flow.protocol).flat_map(|a| a.signals.clone()).collect();
        let Some(sent) = sent.filter(|s| !s.is_empty()) else { continue };
        if taken.is_empty() {
            continue;
        }
        let names = |signals: &[Signal]| signals.iter().map(|s| s.name()).collect::<Vec<_>>().join(", ");
        let message = format!("no signal goes from `{}` to `{}` by `{}`", from.name, to.name, flow.protocol);
        let help = format!("`{}` sends {}; `{}` takes {}", from.name, names(sent), to.name, names(&taken));
        let diagnostic = Diagnostic::new(Code::OBS3105, flow.span, message).help(help);
        out.push(diagnostic.about(from.name.clone()).about(to.name.clone()));
    }
}
