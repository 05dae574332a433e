//! What follows from a graph by reasoning alone: what goes on, and what doesn't, when parts of it fail.
//!
//! A function of the graph: no format, no words, no product. What a second instance means is a component's state model,
//! what it does without something that it needs follows from how it is connected.

mod conditions;
mod failures;
mod outcomes;
pub mod quorum;
mod ways;

use conditions::Needs;
pub use conditions::{Condition, Conditions, Need, Why, least_instances, tolerated};
pub use failures::{Failure, Unknown, ZONES, every, parse};
use outcomes::Plan;
pub use outcomes::{End, Outcome, Part, Subject};

use crate::graph::{Graph, WorkloadKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What becomes of something; ordered from the worst on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It stops.
    Lost,
    /// It goes on with less: fewer instances, fewer places, or nothing left to lose.
    Degraded,
    /// Nothing changes.
    Unaffected,
}

impl Fate {
    /// `lost`, `degraded`, `unaffected`.
    pub const fn word(self) -> &'static str {
        match self {
            Fate::Lost => "lost",
            Fate::Degraded => "degraded",
            Fate::Unaffected => "unaffected",
        }
    }
}

/// What becomes of all that the stack does when these fail at once.
pub fn what_if(graph: &Graph, failures: &[Failure]) -> Vec<Outcome> {
    Plan::of(graph).under(&Conditions::under(graph, failures))
}

/// One failure alone, and what it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// What fails.
    pub failure: Failure,
    /// What becomes of all that it touches or that is touched anyway, in the order of [`what_if`]. The rest is unaffected.
    pub outcomes: Vec<Arc<Outcome>>,
}

impl Scenario {
    /// What it does to others: outcomes of this fate. That a source that is gone tells nothing of itself is no news.
    pub fn hits<'a>(&'a self, graph: &'a Graph, fate: Fate) -> impl Iterator<Item = &'a Outcome> {
        let own = self.failure.component();
        let of_others = move |o: &Outcome| own.is_none() || o.subject.about(graph) != own;
        self.outcomes.iter().map(Arc::as_ref).filter(move |o| o.fate == fate && of_others(o))
    }

    /// Whether it is a single thing that something depends on: an instance without a second, or what someone else runs.
    pub fn is_single_point(&self, graph: &Graph) -> bool {
        let single = match self.failure {
            Failure::Component(id) => {
                let component = graph.component(id);
                component.workload == WorkloadKind::External || least_instances(graph, component) == Some(1)
            }
            Failure::Instance(..) => true,
            Failure::Node | Failure::Zone | Failure::Flow(_) => false,
        };
        single && self.hits(graph, Fate::Lost).next().is_some()
    }
}

/// Every failure of a single thing, in the order of the source. What a failure doesn't reach isn't looked at again.
pub fn single_failures(graph: &Graph) -> Vec<Scenario> {
    let (plan, needs) = (Plan::of(graph), Needs::of(graph));
    let before = needs.under(graph, &[]);
    let mut of_part: BTreeMap<Part, Vec<usize>> = BTreeMap::new();
    for (task, at) in plan.tasks.iter().zip(0..) {
        task.parts().into_iter().for_each(|part| of_part.entry(part).or_default().push(at));
    }
    let outcomes = plan.under(&before).into_iter().enumerate();
    let anyway: BTreeMap<usize, Arc<Outcome>> =
        outcomes.filter(|(_, o)| o.fate < Fate::Unaffected).map(|(at, o)| (at, Arc::new(o))).collect();
    let scenario = |failure| {
        let conditions = needs.under(graph, &[failure]);
        let parts = conditions.differing(&before);
        let touched: BTreeSet<usize> = parts.flat_map(|p| of_part.get(&p).into_iter().flatten().copied()).collect();
        let mut outcomes = anyway.clone();
        outcomes.extend(touched.into_iter().map(|at| (at, Arc::new(plan.tasks[at].under(&conditions)))));
        Scenario { failure, outcomes: outcomes.into_values().collect() }
    };
    every(graph).into_iter().map(scenario).collect()
}
