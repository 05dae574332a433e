//! OBS4104: more replicas of what does the same work again carry no more load.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Component, State};
use crate::text::Span;

/// What a replicated component needs to go on without one of its instances.
const ENOUGH: u32 = 2;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for component in graph.components.iter().filter(|c| c.state == State::Replicated) {
        let grows = growth(context, component);
        let (what, span) = match (&component.replicas.autoscale, &grows) {
            (Some(autoscale), _) => ("an autoscaler of".to_owned(), autoscale.span),
            (None, Some((what, span))) => (what.clone(), *span),
            (None, None) => continue,
        };
        let message = format!("{what} `{}` adds no capacity: each instance does all of the work again", component.name);
        let mut diagnostic = Diagnostic::new(Code::OBS4104, span, message);
        if let Some((_, scale)) = grows.filter(|(_, scale)| *scale != span) {
            diagnostic = diagnostic.label(scale, "nor does this");
        }
        let help = "give each instance more resources, or share the work between two components; two instances are \
                    enough for availability";
        out.push(diagnostic.help(help).about(component.name.clone()));
    }
}

/// From how many to how many instances it goes with the profiles, where that is more than availability needs.
fn growth(context: &Context<'_>, component: &Component) -> Option<(String, Span)> {
    let counts = &component.replicas.by_profile;
    let (least, most) = (*counts.iter().min()?, *counts.iter().max()?);
    let span = context.counted(component);
    (most > least.max(ENOUGH)).then(|| (format!("going from {least} to {most} instances of"), span))
}
