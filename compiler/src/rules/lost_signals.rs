//! OBS3108 and OBS3110: every signal that starts to flow reaches a store; what a conversion loses is said.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::signals::ends_in_store;
use crate::graph::{Component, Flow, Graph, Signal};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    let sources: Vec<&Component> = graph.components.iter().filter(|c| !c.produces.is_empty()).collect();
    for source in sources {
        for &signal in &source.produces {
            // the first one as written
            let leaves = graph.leaving(source.id).filter(|f| f.signals.contains(&signal));
            let Some(first) = leaves.min_by_key(|f| f.id) else { continue };
            let fate = follow(graph, source, signal);
            if fate.stored {
                continue;
            }
            let told = |d: &Diagnostic| {
                d.code == Code::OBS3108
                    && d.subjects.first() == Some(&source.name.to_string())
                    && d.message.starts_with(signal.name())
            };
            match (fate.turned, fate.ends.last()) {
                (Some((at, into)), _) => out.push(converted(source, signal, at, into, first)),
                (None, Some((end, flow))) if !out.iter().any(told) => out.push(lost(source, signal, end, flow)),
                _ => {}
            }
        }
    }
}

fn lost(source: &Component, signal: Signal, end: &Component, last: &Flow) -> Diagnostic {
    let name = signal.name();
    let message = format!("{name} of `{}` reach no store: they end at `{}`", source.name, end.name);
    Diagnostic::new(Code::OBS3108, last.span, message)
        .label(end.name_span, format!("`{}` sends {name} nowhere", end.name))
        .help(format!(
            "add a component that stores {name}, and a flow to it; or name the `signals` that the flow is for"
        ))
        .about(source.name.clone())
        .about(end.name.clone())
}

fn converted(source: &Component, signal: Signal, at: &Component, into: Signal, first: &Flow) -> Diagnostic {
    let (name, kept) = (signal.name(), into.name());
    let message = format!("{name} of `{}` are kept only as {kept}, which `{}` makes of them", source.name, at.name);
    Diagnostic::new(Code::OBS3110, first.span, message)
        .help(format!("add a component that stores {name} if single ones matter"))
        .about(source.name.clone())
        .about(at.name.clone())
}

/// What becomes of a signal.
#[derive(Default)]
struct Fate<'a> {
    stored: bool,
    /// Where it was made into another one that is stored.
    turned: Option<(&'a Component, Signal)>,
    /// Components that pass it on to none, and the flow that it came by.
    ends: Vec<(&'a Component, &'a Flow)>,
}

fn follow<'a>(graph: &'a Graph, source: &'a Component, signal: Signal) -> Fate<'a> {
    let mut fate = Fate::default();
    let mut seen = vec![source.id];
    let mut next = vec![source.id];
    while let Some(at) = next.pop() {
        let mut flows: Vec<&Flow> = graph.leaving(at).filter(|f| f.signals.contains(&signal)).collect();
        flows.sort_by_key(|f| f.id);
        for flow in flows {
            let to = graph.component(graph.data_to(flow));
            if to.stores.contains(&signal) {
                fate.stored = true;
            } else if !seen.contains(&to.id) {
                seen.push(to.id);
                next.push(to.id);
                let turned =
                    graph.passes_on(to, signal).into_iter().find(|s| *s != signal && ends_in_store(graph, to.id, *s));
                fate.turned = fate.turned.or(turned.map(|into| (to, into)));
                if !graph.leaving(to.id).any(|f| f.signals.contains(&signal)) {
                    fate.ends.push((to, flow));
                }
            }
        }
    }
    fate
}
