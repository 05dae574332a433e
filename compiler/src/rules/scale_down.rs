//! OBS4105: an autoscaler doesn't take from a store what the store can't lose.

use super::{Context, list};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Autoscale, Component, State};
use crate::maps::IndexMap;
use crate::text::Span;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    // one rule may hold for several components, and is one thing to say
    let mut rules: IndexMap<(Span, &str), (u32, Vec<&Component>)> = IndexMap::default();
    for component in &context.graph().components {
        let Some(autoscale) = &component.replicas.autoscale else { continue };
        let holds = match component.state {
            State::Ring => "holds copies of data that a majority is needed of",
            State::Sharded => "holds its share of the data alone",
            State::Stateless | State::Replicated | State::PerNode => continue,
        };
        let removed = removed(autoscale);
        // removing one at a time leaves a ring the time to hand over
        if component.state == State::Sharded || removed > 1 {
            rules.entry((autoscale.down.span, holds)).or_insert((removed, Vec::new())).1.push(component);
        }
    }
    for ((span, holds), (removed, components)) in rules {
        let names = list(components.iter().map(|c| c.name.as_str()));
        let message = format!("the autoscaler of {names} takes up to {removed} instances at once; each {holds}");
        let help = "remove the autoscaler and set the number with `scale`; disruption budgets don't hold it back";
        let mut diagnostic = Diagnostic::new(Code::OBS4105, span, message).help(help);
        for component in components {
            diagnostic = diagnostic.about(component.name.clone());
        }
        out.push(diagnostic);
    }
}

/// The most instances that it removes in one step: a percentage of the largest number there can be.
fn removed(autoscale: &Autoscale) -> u32 {
    (f64::from(autoscale.max) * autoscale.down.by / 100.0).floor() as u32
}
