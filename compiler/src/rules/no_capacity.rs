//! OBS4104: more replicas of what does the same work again carry no more load.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::State;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for component in graph.components.iter().filter(|c| c.state == State::Replicated) {
        let (least, most) = match component.replicas.by_profile.iter().copied().fold(None, span_of) {
            Some(bounds) => bounds,
            None => continue,
        };
        let (what, span) = match &component.replicas.autoscale {
            Some(autoscale) => ("an autoscaler of".to_owned(), autoscale.span),
            None if most > least.max(2) => {
                let span = component.replicas.scale.as_ref().map_or(component.replicas.origin, |s| s.0);
                (format!("going from {least} to {most} instances of"), span)
            }
            None => continue,
        };
        let message = format!("{what} `{}` adds no capacity: each instance does all of the work again", component.name);
        out.push(
            Diagnostic::new(Code::OBS4104, span, message)
                .help("give each instance more resources, or share the work between two components; two instances are enough for availability")
                .about(component.name.clone()),
        );
    }
}

fn span_of(bounds: Option<(u32, u32)>, n: u32) -> Option<(u32, u32)> {
    Some(bounds.map_or((n, n), |(least, most)| (least.min(n), most.max(n))))
}
