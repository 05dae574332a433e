//! How each component and flow is when parts fail: by its own instances first, then by what it needs.

use super::failures::{Failure, ZONES};
use super::{Fate, Part, quorum};
use crate::graph::{Component, Flow, Graph, State, WorkloadKind};
use crate::value::{ComponentId, FlowId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How something is, and why it isn't as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// Whether it goes on.
    pub fate: Fate,
    /// The reason; `None` for what is unaffected.
    pub why: Option<Why>,
}

impl Condition {
    const WELL: Condition = Condition { fate: Fate::Unaffected, why: None };

    fn of(fate: Fate, why: Why) -> Self {
        Self { fate, why: Some(why) }
    }
}

/// Why something is lost or degraded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// All of it is gone.
    Gone,
    /// The connection is cut.
    Cut,
    /// The profile runs none of it.
    SwitchedOff,
    /// Instances that share the load: the rest takes it over.
    Fewer {
        /// Instances that are gone.
        lost: u32,
        /// Of so many.
        of: u32,
    },
    /// Instances that do the same work: the rest goes on doing it.
    Twin {
        /// Instances that are gone.
        lost: u32,
        /// Of so many.
        of: u32,
    },
    /// Instances of a ring.
    Ring {
        /// Instances that are gone.
        lost: u32,
        /// Of so many.
        of: u32,
    },
    /// Instances that hold their share alone.
    Share {
        /// Instances that are gone.
        lost: u32,
        /// Of so many.
        of: u32,
    },
    /// What belongs to one node, or to one zone's nodes.
    OfNodes {
        /// Nodes that have none; `None`: as many as a zone has.
        lost: Option<u32>,
        /// Of so many; `None`: it isn't said.
        of: Option<u32>,
    },
    /// It needs something that is away.
    Without(FlowId, Need),
}

/// What a component does without something that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Its state is there: it stops.
    State,
    /// Its older data is there: it keeps what is new on its own volume, and answers from that.
    Storage,
    /// It finds others by it: it goes on with those that it knows.
    Discovery,
    /// It asks it: what it asks fails.
    Answers,
}

/// How many instances a component has at the least in this profile; `None` where that isn't known: one on every node of
/// nobody says how many, or run by someone else.
pub fn least_instances(graph: &Graph, component: &Component) -> Option<u32> {
    let replicas = &component.replicas;
    match component.workload {
        WorkloadKind::External => None,
        WorkloadKind::Daemon => graph.cluster.nodes,
        _ => Some(replicas.autoscale.as_ref().map_or(replicas.count, |a| a.least)),
    }
}

/// Whether this profile runs none of it.
pub(super) fn absent(graph: &Graph, component: &Component) -> bool {
    !component.present || least_instances(graph, component) == Some(0)
}

/// How all components and flows are.
#[derive(Debug, Clone, PartialEq)]
pub struct Conditions {
    /// How components are by themselves while nothing fails, the same for all conditions of a graph.
    alone: Arc<[Condition]>,
    /// Those that are otherwise.
    changed: BTreeMap<ComponentId, Condition>,
    cut: BTreeSet<FlowId>,
}

impl Conditions {
    /// When these fail at once.
    pub fn under(graph: &Graph, failures: &[Failure]) -> Self {
        Needs::of(graph).under(graph, failures)
    }

    /// How a component is.
    pub fn component(&self, id: ComponentId) -> Condition {
        let alone = || self.alone.get(id.0 as usize);
        self.changed.get(&id).or_else(alone).copied().unwrap_or(Condition::WELL)
    }

    /// How the network is that a flow takes; its ends have conditions of their own.
    pub fn flow(&self, id: FlowId) -> Condition {
        if self.cut.contains(&id) { Condition::of(Fate::Lost, Why::Cut) } else { Condition::WELL }
    }

    /// What is in another condition here than there.
    pub(super) fn differing<'a>(&'a self, other: &'a Conditions) -> impl Iterator<Item = Part> + 'a {
        let either: BTreeSet<ComponentId> = self.changed.keys().chain(other.changed.keys()).copied().collect();
        let components = either.into_iter().filter(|id| self.component(*id) != other.component(*id));
        components.map(Part::Component).chain(self.cut.symmetric_difference(&other.cut).copied().map(Part::Flow))
    }
}

/// What components need of each other: worked out once, for any failures.
pub(super) struct Needs {
    alone: Arc<[Condition]>,
    /// What its subject needs its object for, by flow.
    needs: Vec<Option<Need>>,
    /// Flows to what isn't there while nothing fails.
    to_absent: Vec<FlowId>,
}

impl Needs {
    pub(super) fn of(graph: &Graph) -> Self {
        let alone: Arc<[Condition]> = graph.components.iter().map(|c| alone(graph, c, &[])).collect();
        let to_absent = graph.flows.iter().filter(|f| alone[f.to.0 as usize] != Condition::WELL);
        Self {
            needs: graph.flows.iter().map(|f| if f.from == f.to { None } else { need(graph, f) }).collect(),
            to_absent: to_absent.map(|f| f.id).collect(),
            alone,
        }
    }

    /// How all is when these fail at once.
    pub(super) fn under(&self, graph: &Graph, failures: &[Failure]) -> Conditions {
        let hosts = failures.iter().any(|f| matches!(f, Failure::Node | Failure::Zone));
        let hit: Vec<ComponentId> = if hosts {
            graph.components.iter().map(|c| c.id).collect()
        } else {
            failures.iter().filter_map(|f| f.component()).collect()
        };
        let changed = hit.iter().map(|id| (*id, alone(graph, graph.component(*id), failures)));
        let cut = failures.iter().filter_map(|f| if let Failure::Flow(id) = f { Some(*id) } else { None });
        let mut out = Conditions { alone: self.alone.clone(), changed: changed.collect(), cut: cut.collect() };
        let to_hit = hit.iter().flat_map(|id| graph.incoming(*id)).map(|f| f.id);
        let first: Vec<FlowId> = self.to_absent.iter().copied().chain(to_hit).chain(out.cut.iter().copied()).collect();
        self.spread(graph, &mut out, first);
        out
    }

    /// Carries on what components need, from flows whose object or network isn't as it was, until nothing gets worse: each
    /// component can only get worse twice. Of several reasons the one counts whose flow comes first: rounds go through
    /// flows in the order of the graph, and only through those with news.
    fn spread(&self, graph: &Graph, conditions: &mut Conditions, first: Vec<FlowId>) {
        let mut open: BTreeSet<(usize, FlowId)> = first.into_iter().map(|id| (0, id)).collect();
        while let Some((round, id)) = open.pop_first() {
            let flow = graph.flow(id);
            let Some(worse) = self.without(conditions, flow) else { continue };
            if worse.fate < conditions.component(flow.from).fate {
                conditions.changed.insert(flow.from, worse);
                open.extend(graph.incoming(flow.from).map(|f| (if f.id > id { round } else { round + 1 }, f.id)));
            }
        }
    }

    /// How a flow's subject is for want of its object.
    fn without(&self, conditions: &Conditions, flow: &Flow) -> Option<Condition> {
        let need = self.needs.get(flow.id.0 as usize).copied().flatten()?;
        let there = conditions.component(flow.to).fate.min(conditions.flow(flow.id).fate);
        let fate = match (need, there) {
            (_, Fate::Unaffected) => return None,
            (Need::State, there) => there,
            (_, Fate::Degraded) => return None,
            (_, Fate::Lost) => Fate::Degraded,
        };
        Some(Condition::of(fate, Why::Without(flow.id, need)))
    }
}

/// What a flow's subject needs its object for; nothing where signals, alerts or people go: they are followed by themselves.
fn need(graph: &Graph, flow: &Flow) -> Option<Need> {
    let (from, to) = (graph.component(flow.from), graph.component(flow.to));
    let way_in = from.ingress.is_some() || matches!(from.peer, Some(crate::graph::Peer::Outside));
    if !flow.signals.is_empty() || flow.implicit || way_in || is_told(graph, flow) {
        return None;
    }
    Some(if graph.keeps_data(flow) || (to.object_store && from.shared_by.contains(&flow.protocol)) {
        Need::Storage
    } else if from.shared_by.contains(&flow.protocol) {
        Need::State
    } else if !flow.rbac.is_empty() {
        Need::Discovery
    } else {
        Need::Answers
    })
}

/// Whether a flow brings alerts: from who evaluates them, or from who was told and tells on.
pub(super) fn is_told(graph: &Graph, flow: &Flow) -> bool {
    let notifies = |f: &Flow| graph.component(f.from).emits.iter().any(|e| e.notifies && e.protocol == f.protocol);
    let onward = |f: &Flow| {
        f.signals.is_empty()
            && !f.backward
            && !f.implicit
            && f.rbac.is_empty()
            && !graph.keeps_data(f)
            && !graph.component(f.from).shared_by.contains(&f.protocol)
    };
    notifies(flow) || (onward(flow) && graph.incoming(flow.from).any(notifies))
}

/// How a component is by its own instances.
fn alone(graph: &Graph, component: &Component, failures: &[Failure]) -> Condition {
    if absent(graph, component) {
        return Condition::of(Fate::Lost, Why::SwitchedOff);
    }
    if failures.contains(&Failure::Component(component.id)) {
        return Condition::of(Fate::Lost, Why::Gone);
    }
    let named: BTreeSet<u32> = failures
        .iter()
        .filter_map(|f| match f {
            Failure::Instance(id, number) if *id == component.id => Some(*number),
            _ => None,
        })
        .collect();
    let named = named.len() as u32;
    let Some(of) = least_instances(graph, component) else {
        return on_nodes(component, named, failures);
    };
    // the worst case: a node or zone that fails takes others than those that are gone
    let taken = failures.iter().map(|f| match f {
        Failure::Node => 1,
        Failure::Zone => of.div_ceil(ZONES),
        _ => 0,
    });
    let state = if component.workload == WorkloadKind::Daemon { State::PerNode } else { component.state };
    by_state(state, taken.fold(named, u32::saturating_add).min(of), of)
}

/// How something is that has one on every node, where nobody says how many there are; what others run is as it was.
fn on_nodes(component: &Component, named: u32, failures: &[Failure]) -> Condition {
    let lost = named.saturating_add(failures.iter().filter(|f| **f == Failure::Node).count() as u32);
    let zone = failures.contains(&Failure::Zone);
    if component.workload != WorkloadKind::Daemon || (lost == 0 && !zone) {
        return Condition::WELL;
    }
    Condition::of(Fate::Degraded, Why::OfNodes { lost: (!zone).then_some(lost), of: None })
}

/// How many of so many instances can be lost, whichever they are, with the component doing all that it does. What only
/// one of them has is gone with it.
pub fn tolerated(state: State, of: u32) -> u32 {
    match state {
        State::Ring => quorum::tolerates(of),
        State::Stateless | State::Replicated => of.saturating_sub(1),
        State::Sharded | State::PerNode => 0,
    }
}

fn by_state(state: State, lost: u32, of: u32) -> Condition {
    if lost == 0 {
        return Condition::WELL;
    }
    let ring = Why::Ring { lost, of };
    match state {
        State::Ring if lost > quorum::tolerates(of) => Condition::of(Fate::Lost, ring),
        _ if lost == of => Condition::of(Fate::Lost, Why::Gone),
        State::Ring => Condition::of(Fate::Degraded, ring),
        State::Stateless => Condition::of(Fate::Degraded, Why::Fewer { lost, of }),
        State::Replicated => Condition::of(Fate::Degraded, Why::Twin { lost, of }),
        State::Sharded => Condition::of(Fate::Degraded, Why::Share { lost, of }),
        State::PerNode => Condition::of(Fate::Degraded, Why::OfNodes { lost: Some(lost), of: Some(of) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tolerated_is_what_goes_on() {
        for of in 1..=5 {
            for state in [State::Ring, State::Stateless, State::Replicated] {
                let most = tolerated(state, of);
                assert_ne!(by_state(state, most, of).fate, Fate::Lost, "{state:?} {most} of {of}");
                assert_eq!(by_state(state, most + 1, of).fate, Fate::Lost, "{state:?} {most} of {of}");
            }
            assert_eq!(tolerated(State::Sharded, of), 0, "each has a part that no other one has");
        }
    }
}
