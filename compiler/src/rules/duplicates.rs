//! OBS3106: a flow is declared once.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::Flow;
use crate::syntax::ast::{FlowDef, ItemKind};
use crate::value::ComponentId;
use rustc_hash::FxHashMap;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    let declared: Vec<&Flow> = graph.flows.iter().filter(|f| !f.implicit).collect();
    let mut first: FxHashMap<(ComponentId, ComponentId, &str), Vec<&Flow>> = FxHashMap::default();
    for flow in declared {
        let same = first.entry((flow.from, flow.to, flow.protocol.as_str())).or_default();
        if let Some(before) = same.iter().find(|before| same_route(before, flow)) {
            let (from, to) = (&graph.component(flow.from).name, &graph.component(flow.to).name);
            let message = format!("`{from} -> {to}: {}` is declared twice", flow.protocol);
            let diagnostic = Diagnostic::new(Code::OBS3106, flow.span, message);
            let diagnostic = diagnostic.label(before.span, "declared here first").help("remove one of them");
            let alone = |def: &FlowDef| def.ends.len() == 2 && def.ends.iter().all(|e| e.len() == 1);
            let whole = context.item(flow.span).is_some_and(|i| matches!(&i.kind, ItemKind::Flow(def) if alone(def)));
            let diagnostic = if whole { diagnostic.fix("remove this one", flow.span, "", true) } else { diagnostic };
            out.push(diagnostic.about(from.clone()).about(to.clone()));
        }
        same.push(flow);
    }
}

/// Two flows by one protocol are two routes where they carry different signals or differ in an option.
fn same_route(a: &Flow, b: &Flow) -> bool {
    let options = a.options.iter().all(|(name, e)| b.options.get(name).is_some_and(|o| o.value == e.value));
    options && a.signals.iter().any(|s| b.signals.contains(s)) != a.signals.is_empty()
}
