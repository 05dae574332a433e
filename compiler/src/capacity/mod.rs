//! How much flows where, and what each component needs for it: loads that sources declare, carried along flows and held
//! against the figures that each kind has of itself.

mod loads;
mod needs;

pub use loads::{Amounts, Load, Loads};
pub use needs::{Need, Part, Resource};
pub(crate) use needs::{bytes, short};

use crate::graph::{Component, Stack, WorkloadKind};
use crate::value::ComponentId;

/// What a load comes to under one profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The profile.
    pub profile: String,
    /// What reaches each component, by [`ComponentId`].
    pub loads: Loads,
    /// What each component needs, in the order of components, and of resources within.
    pub needs: Vec<Need>,
    /// What of it gives way first as all loads grow, soonest first: only where it is known when.
    pub limits: Vec<Bound>,
    /// Components whose load isn't known, for it isn't said how many nodes there are.
    pub unknown: Vec<ComponentId>,
}

/// How far one resource of one component reaches.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The component.
    pub component: ComponentId,
    /// Of what it has too little then.
    pub resource: Resource,
    /// The multiple of the declared load at which it is used up; with as many instances as its autoscaler may make.
    pub at: f64,
    /// How many instances that is.
    pub instances: u32,
}

/// Whether any component of a stack says what starts at it.
pub fn is_declared(stack: &Stack) -> bool {
    stack.graph.components.iter().any(|c| !c.capacity.load.is_empty())
}

/// What the declared loads come to, `multiple` times.
pub fn report(stack: &Stack, multiple: f64) -> Report {
    let graph = &*stack.graph;
    let loads = Loads::of(graph);
    let times = loads.times(multiple);
    let counted = |id: ComponentId| graph.component(id).replicas.count;
    let needs = needs::all(stack, &times, &counted);
    let loaded = |c: &Component| !c.capacity.load.is_empty() || !loads.at(c.id).received.is_nothing();
    let unsaid = |c: &&Component| c.workload == WorkloadKind::Daemon && graph.cluster.nodes.is_none() && loaded(c);
    let unknown = graph.components.iter().filter(unsaid).map(|c| c.id).collect();
    Report { profile: graph.profile.to_string(), limits: limits(stack, &loads), loads: times, needs, unknown }
}

/// Needs grow in a straight line with the load: two points of it say where they meet what there is.
fn limits(stack: &Stack, loads: &Loads) -> Vec<Bound> {
    let graph = &*stack.graph;
    let most = |id: ComponentId| {
        let replicas = &graph.component(id).replicas;
        replicas.autoscale.as_ref().map_or(replicas.count, |a| a.max.max(replicas.count))
    };
    let (one, two) = (needs::all(stack, loads, &most), needs::all(stack, &loads.times(2.0), &most));
    let bound = |(need, twice): (&Need, &Need)| {
        let (has, grows) = (need.has?, twice.amount - need.amount);
        let at = if grows > 0.0 { 1.0 + (has - need.amount) / grows } else { return None };
        Some(Bound { component: need.component, resource: need.resource, at: at.max(0.0), instances: need.instances })
    };
    // what is needed for a load is needed for twice of it, so that both lists are of the same things
    let mut out: Vec<Bound> = one.iter().zip(&two).filter_map(bound).collect();
    out.sort_by(|a, b| a.at.total_cmp(&b.at));
    out
}
