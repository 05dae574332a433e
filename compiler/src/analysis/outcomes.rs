//! What a stack does for people, and what becomes of each part of that: signals are kept and read, alerts are told,
//! pages are reached.

use super::conditions::{absent, is_told};
use super::ways::{Leg, Legs, Load, Reached, Way, Ways};
use super::{Condition, Conditions, Fate};
use crate::graph::{Component, Flow, Graph, Peer, Signal, State};
use crate::value::{ComponentId, FlowId, Value};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The option of a flow that brings the alert that always fires, and no other.
const WATCHDOG: &str = "watchdog";

/// Something that a stack does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A signal of a source, as it leaves it by one protocol, is kept: as itself, or as what it is turned into.
    Kept {
        /// Where it starts.
        source: ComponentId,
        /// Which.
        signal: Signal,
        /// As what.
        stored: Signal,
        /// How it leaves.
        protocol: SmolStr,
    },
    /// A signal that is kept can be read.
    Read(Signal),
    /// Alerts that a component evaluates are told.
    Told(ComponentId),
    /// People reach a component.
    Reached(ComponentId),
}

impl Subject {
    /// The component that it tells of: where that is gone, there is nothing to tell. What a component is asked for that
    /// isn't about itself, and what one gathers on its node, is others'.
    pub(super) fn about(&self, graph: &Graph) -> Option<ComponentId> {
        let Subject::Kept { source, signal, protocol, .. } = self else { return None };
        let node = graph.component(*source).state == State::PerNode;
        let others = |f: &Flow| !f.own && (f.backward || node) && f.protocol == *protocol && f.signals.contains(signal);
        (!graph.leaving(*source).any(others)).then_some(*source)
    }
}

/// What becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Of what.
    pub subject: Subject,
    /// The worst that is true of all of it: lost where no end is left, unaffected where all are as they were.
    pub fate: Fate,
    /// Where it ends: stores, readers, those who are told.
    pub ends: Vec<End>,
    /// What on its ways isn't as it was, components first.
    pub causes: Vec<(Part, Condition)>,
}

/// An end of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The component.
    pub at: ComponentId,
    /// What becomes of it there.
    pub fate: Fate,
    /// A way there: one that goes on where there is one, else one that did.
    pub path: Vec<ComponentId>,
}

/// A part of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A component.
    Component(ComponentId),
    /// A flow.
    Flow(FlowId),
}

/// All that a stack does and the ways it takes, in the order of the graph: worked out once, for any conditions.
pub(super) struct Plan {
    pub tasks: Vec<Task>,
}

/// Something that a stack does.
pub(super) struct Task {
    subject: Subject,
    /// Where it ends, at least once, and how it comes there.
    ends: Vec<(ComponentId, Way)>,
}

impl Plan {
    pub(super) fn of(graph: &Graph) -> Self {
        let mut tasks = kept(graph);
        tasks.extend(Signal::ALL.iter().filter_map(|s| read(graph, *s)));
        tasks.extend(told(graph));
        tasks.extend(reached(graph));
        Self { tasks }
    }

    /// What becomes of all of it.
    pub(super) fn under(&self, conditions: &Conditions) -> Vec<Outcome> {
        self.tasks.iter().map(|task| task.under(conditions)).collect()
    }
}

impl Task {
    /// `None` where there is no end at all.
    fn new(subject: Subject, ends: Vec<(ComponentId, Way)>) -> Option<Self> {
        (!ends.is_empty()).then_some(Self { subject, ends })
    }

    /// What it depends on, each part once.
    pub(super) fn parts(&self) -> BTreeSet<Part> {
        let of =
            |way: &Way| way.components().map(Part::Component).chain(way.flows().map(Part::Flow)).collect::<Vec<_>>();
        self.ends.iter().flat_map(|(_, way)| of(way)).collect()
    }

    /// What becomes of it.
    pub(super) fn under(&self, conditions: &Conditions) -> Outcome {
        let reached: Vec<(ComponentId, Reached)> =
            self.ends.iter().map(|(at, way)| (*at, way.under(conditions))).collect();
        let best = reached.iter().map(|(_, r)| r.fate).max().unwrap_or(Fate::Unaffected);
        let worst = reached.iter().map(|(_, r)| r.fate).min().unwrap_or(Fate::Unaffected);
        let fate = if best == worst { best } else { Fate::Degraded };
        let components: BTreeSet<ComponentId> =
            reached.iter().flat_map(|(_, r)| r.components.iter().copied()).collect();
        let flows: BTreeSet<FlowId> = reached.iter().flat_map(|(_, r)| r.flows.iter().copied()).collect();
        let of_component = |id: ComponentId| (Part::Component(id), conditions.component(id));
        let of_flow = |id: FlowId| (Part::Flow(id), conditions.flow(id));
        let causes = components.into_iter().map(of_component).chain(flows.into_iter().map(of_flow)).collect();
        let ends = reached.into_iter().map(|(at, r)| End { at, fate: r.fate, path: r.path }).collect();
        Outcome { subject: self.subject.clone(), fate, ends, causes }
    }
}

/// Each signal of each source, by each protocol that takes it away.
fn kept(graph: &Graph) -> Vec<Task> {
    let legs = signal_legs(graph);
    let mut out = Vec::new();
    for source in graph.components.iter().filter(|c| !absent(graph, c)) {
        for &signal in &source.produces {
            let mut first = starting(graph, source, signal);
            first.sort_by_key(|f| f.id);
            let mut protocols: Vec<&SmolStr> = Vec::new();
            first.iter().for_each(|f| {
                if !protocols.contains(&&f.protocol) {
                    protocols.push(&f.protocol)
                }
            });
            for protocol in protocols {
                let by: Vec<&Flow> = first.iter().copied().filter(|f| f.protocol == *protocol).collect();
                let task = |(stored, ends)| {
                    let subject = Subject::Kept { source: source.id, signal, stored, protocol: protocol.clone() };
                    Task::new(subject, ends)
                };
                out.extend(stores(graph, &legs, source, signal, &by).into_iter().filter_map(task));
            }
        }
    }
    out
}

/// The flows on which a signal leaves its source as its own. What goes by a flow that hands others' data on, where the
/// signal has a way of its own, is that of others.
fn starting<'a>(graph: &'a Graph, source: &Component, signal: Signal) -> Vec<&'a Flow> {
    let leaving: Vec<&Flow> =
        graph.leaving(source.id).filter(|f| f.signals.contains(&signal) && f.from != f.to).collect();
    let hands_on = |goes: &Flow| {
        let brings = |came: &&Flow| !came.signals.is_empty() && came.from != came.to && source.relays(came, goes);
        graph.arriving(source.id).any(|came| brings(&came))
    };
    let own: Vec<&Flow> = leaving.iter().copied().filter(|f| f.own || !hands_on(f)).collect();
    if own.is_empty() { leaving } else { own }
}

/// How the stores are reached that a signal ends in: as itself, then as each that it is turned into.
fn stores(
    graph: &Graph,
    legs: &Legs,
    source: &Component,
    signal: Signal,
    first: &[&Flow],
) -> Vec<(Signal, Vec<(ComponentId, Way)>)> {
    let start = (source.id, Load::Any);
    let begin = first.iter().flat_map(|f| arrivals(graph, f, signal).map(|to| Leg { from: start, to, flow: f.id }));
    let ways = Ways::of(start, &begin.collect::<Vec<_>>(), legs);
    let reach = |signal: Signal| {
        let storing = ways.arriving(Load::Kept(signal)).filter(|id| !absent(graph, graph.component(*id)));
        (signal, storing.filter_map(|id| Some((id, ways.to((id, Load::Kept(signal)))?))).collect())
    };
    let others = Signal::ALL.iter().copied().filter(|s| *s != signal);
    std::iter::once(signal).chain(others).map(reach).collect()
}

/// Where a signal is once a flow has brought it: kept there, and on its way on, as itself and as what it is turned into.
fn arrivals<'a>(
    graph: &'a Graph,
    flow: &'a Flow,
    signal: Signal,
) -> impl Iterator<Item = (ComponentId, Load)> + use<'a> {
    let to = graph.component(graph.data_to(flow));
    graph.passes_on(to, signal).into_iter().flat_map(move |s| {
        let kept = to.stores.contains(&s).then_some(Load::Kept(s));
        kept.into_iter().chain([Load::Passing(s, flow.id)]).map(|load| (to.id, load))
    })
}

/// The steps that signals take between components; not what a component tells of itself.
fn signal_legs(graph: &Graph) -> Legs {
    let mut out = Vec::new();
    for flow in graph.flows.iter().filter(|f| !f.own && f.from != f.to) {
        let from = graph.component(graph.data_from(flow));
        // who asks a store reads; what it reads doesn't flow on
        if flow.backward && flow.signals.iter().any(|s| from.stores.contains(s)) {
            continue;
        }
        for came in graph.arriving(from.id).filter(|came| from.relays(came, flow)) {
            for &signal in &flow.signals {
                let leg = |to| Leg { from: (from.id, Load::Passing(signal, came.id)), to, flow: flow.id };
                out.extend(arrivals(graph, flow, signal).map(leg));
            }
        }
    }
    out.into_iter().collect()
}

/// Whether a kept signal can be read: by any reader from any store.
fn read(graph: &Graph, signal: Signal) -> Option<Task> {
    let asks = |f: &&Flow| {
        let (reader, store) = (graph.component(f.from), graph.component(f.to));
        f.backward
            && !f.own
            && f.signals.contains(&signal)
            && store.stores.contains(&signal)
            && !absent(graph, reader)
            && !absent(graph, store)
    };
    let mut ends = Vec::new();
    for flow in graph.flows.iter().filter(asks) {
        let (store, reader) = ((flow.to, Load::Any), (flow.from, Load::Any));
        let ways = Ways::of(store, &[Leg { from: store, to: reader, flow: flow.id }], &Legs::default());
        ends.extend(ways.to(reader).map(|way| (flow.to, way)));
    }
    Task::new(Subject::Read(signal), ends)
}

/// Whether the alerts that components evaluate reach those who are told last.
fn told(graph: &Graph) -> Vec<Task> {
    let watches = |f: &Flow| f.options.get(WATCHDOG).is_some_and(|o| o.value == Value::Bool(true));
    let telling: Vec<&Flow> =
        graph.flows.iter().filter(|f| is_told(graph, f) && f.from != f.to && !watches(f)).collect();
    let teller: BTreeSet<ComponentId> = telling.iter().map(|f| f.from).collect();
    let last: BTreeSet<ComponentId> = telling.iter().map(|f| f.to).filter(|to| !teller.contains(to)).collect();
    let legs = telling.iter().map(|f| passed(f)).collect();
    let of = |evaluator: &Component| {
        let notifies = |f: &Flow| evaluator.emits.iter().any(|e| e.notifies && e.protocol == f.protocol);
        if absent(graph, evaluator) || !graph.outgoing(evaluator.id).any(notifies) {
            return None;
        }
        let ways = Ways::over(vec![(evaluator.id, Load::Any)], &legs);
        let ends = ways.arriving(Load::Any).filter(|id| last.contains(id) && !absent(graph, graph.component(*id)));
        let ends = ends.filter_map(|id| Some((id, ways.to((id, Load::Any))?))).collect();
        Task::new(Subject::Told(evaluator.id), ends)
    };
    graph.components.iter().filter_map(of).collect()
}

/// Whether people reach what the ways in lead to.
fn reached(graph: &Graph) -> Vec<Task> {
    let people = |c: &Component| matches!(c.peer, Some(Peer::Outside));
    let way_in = |id: ComponentId| people(graph.component(id)) || graph.component(id).ingress.is_some();
    let legs = graph.flows.iter().filter(|f| way_in(f.from) && !f.implicit).map(passed).collect();
    let starts = graph.components.iter().filter(|c| people(c)).map(|c| (c.id, Load::Any)).collect();
    let ways = Ways::over(starts, &legs);
    let ends = ways.arriving(Load::Any).filter(|id| !way_in(*id) && !absent(graph, graph.component(*id)));
    ends.filter_map(|id| Task::new(Subject::Reached(id), vec![(id, ways.to((id, Load::Any))?)])).collect()
}

/// The step that a flow is where it doesn't matter what goes along it.
fn passed(flow: &Flow) -> Leg {
    Leg { from: (flow.from, Load::Any), to: (flow.to, Load::Any), flow: flow.id }
}
