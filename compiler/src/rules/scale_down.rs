//! OBS4105: an autoscaler doesn't take from a store what the store can't lose.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::State;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for component in &graph.components {
        let Some(autoscale) = &component.replicas.autoscale else { continue };
        let holds = match component.state {
            State::Ring => "holds copies of data that a majority is needed of",
            State::Sharded => "holds its share of the data alone",
            State::Stateless | State::Replicated | State::PerNode => continue,
        };
        // removing one at a time leaves a ring the time to hand over
        let removed = (f64::from(autoscale.max) * autoscale.down.by / 100.0).floor();
        if component.state == State::Ring && removed <= 1.0 {
            continue;
        }
        let message =
            format!("the autoscaler of `{}` takes up to {removed} instances at once; each {holds}", component.name);
        out.push(
            Diagnostic::new(Code::OBS4105, autoscale.down.span, message)
                .help("remove the autoscaler and set the number with `scale`; disruption budgets don't hold it back")
                .about(component.name.clone()),
        );
    }
}
