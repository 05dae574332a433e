//! Ways through a directed graph, and how they are when parts of it fail.

use super::{Condition, Conditions, Fate};
use crate::graph::Signal;
use crate::value::{ComponentId, FlowId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A place on a way: a component, and what is there, where that matters.
pub(super) type Stop = (ComponentId, Load);

/// What is on its way at a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Load {
    /// Whatever it is; where ways begin.
    #[default]
    Any,
    /// A signal that came by this flow and goes on as this one.
    Passing(Signal, FlowId),
    /// A signal that is kept here.
    Kept(Signal),
}

/// A step of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leg {
    pub from: Stop,
    pub to: Stop,
    pub flow: FlowId,
}

/// Steps by where they begin, each list in the order in which they came.
#[derive(Default)]
pub(super) struct Legs(BTreeMap<Stop, Vec<Leg>>);

impl FromIterator<Leg> for Legs {
    fn from_iter<T: IntoIterator<Item = Leg>>(legs: T) -> Self {
        let mut out = Self::default();
        legs.into_iter().for_each(|leg| out.0.entry(leg.from).or_default().push(leg));
        out
    }
}

impl Legs {
    fn from(&self, at: Stop) -> &[Leg] {
        self.0.get(&at).map_or(&[], Vec::as_slice)
    }
}

/// All ways from where they begin. What is found depends on the graph alone, and serves for any conditions.
pub(super) struct Ways {
    starts: Vec<Stop>,
    /// Stops that are reached.
    ahead: BTreeSet<Stop>,
    /// Steps between them.
    legs: Legs,
    /// Where the steps to a stop begin.
    back: BTreeMap<Stop, Vec<Stop>>,
}

/// All ways to one end.
pub(super) struct Way {
    /// A shortest one.
    shortest: Vec<ComponentId>,
    starts: Vec<Stop>,
    end: Stop,
    stops: BTreeSet<Stop>,
    legs: Legs,
}

/// What is on the ways to one end.
pub(super) struct Reached {
    pub fate: Fate,
    /// A shortest way: one that goes on where there is one, else one that did.
    pub path: Vec<ComponentId>,
    /// Components and flows on any of the ways that aren't as they were.
    pub components: BTreeSet<ComponentId>,
    pub flows: BTreeSet<FlowId>,
}

impl Ways {
    /// Ways over steps between any stops.
    pub(super) fn over(starts: Vec<Stop>, legs: &Legs) -> Self {
        Self::new(starts, |at| legs.from(at))
    }

    /// Ways of what starts at a component: `first` are all steps that it takes from there, even where it is met again.
    pub(super) fn of(start: Stop, first: &[Leg], legs: &Legs) -> Self {
        Self::new(vec![start], |at| match at {
            at if at == start => first,
            at if at.0 == start.0 => &[],
            at => legs.from(at),
        })
    }

    fn new<'a>(starts: Vec<Stop>, from: impl Fn(Stop) -> &'a [Leg]) -> Self {
        let mut ahead: BTreeSet<Stop> = starts.iter().copied().collect();
        let mut next: Vec<Stop> = ahead.iter().copied().collect();
        let mut legs = Legs::default();
        let mut back: BTreeMap<Stop, Vec<Stop>> = BTreeMap::new();
        while let Some(at) = next.pop() {
            legs.0.insert(at, from(at).to_vec());
            for leg in from(at) {
                back.entry(leg.to).or_default().push(at);
                if ahead.insert(leg.to) {
                    next.push(leg.to);
                }
            }
        }
        Self { starts, ahead, legs, back }
    }

    /// Components where a load arrives, in the order of the graph.
    pub(super) fn arriving(&self, load: Load) -> impl Iterator<Item = ComponentId> + '_ {
        self.ahead.iter().filter(move |stop| stop.1 == load).map(|stop| stop.0)
    }

    /// The ways to an end; `None` where it is never reached.
    pub(super) fn to(&self, end: Stop) -> Option<Way> {
        if !self.ahead.contains(&end) {
            return None;
        }
        let mut stops = BTreeSet::from([end]);
        let mut next = vec![end];
        while let Some(at) = next.pop() {
            next.extend(self.back.get(&at).into_iter().flatten().filter(|from| stops.insert(**from)));
        }
        let starts = self.starts.iter().copied().filter(|s| stops.contains(s)).collect();
        // in the order in which they came: it decides between ways of one length
        let leading = stops.iter().flat_map(|stop| self.legs.from(*stop)).filter(|leg| stops.contains(&leg.to));
        let legs = leading.copied().collect();
        let mut way = Way { shortest: Vec::new(), starts, end, stops, legs };
        way.shortest = way.path(|_| true, |_| true)?;
        Some(way)
    }
}

impl Way {
    /// How the end is reached under conditions.
    pub(super) fn under(&self, conditions: &Conditions) -> Reached {
        let goes_on = |c: Condition| c.fate > Fate::Lost;
        let still = self.path(|id| goes_on(conditions.component(id)), |id| goes_on(conditions.flow(id)));
        let components = self.components().filter(|id| conditions.component(*id).fate < Fate::Unaffected);
        let flows = self.flows().filter(|id| conditions.flow(*id).fate < Fate::Unaffected);
        let (components, flows): (BTreeSet<_>, BTreeSet<_>) = (components.collect(), flows.collect());
        let fate = match &still {
            None => Fate::Lost,
            Some(_) if components.is_empty() && flows.is_empty() => Fate::Unaffected,
            Some(_) => Fate::Degraded,
        };
        Reached { fate, path: still.unwrap_or_else(|| self.shortest.clone()), components, flows }
    }

    /// Components on any of the ways; one may come more than once.
    pub(super) fn components(&self) -> impl Iterator<Item = ComponentId> + '_ {
        self.stops.iter().map(|stop| stop.0)
    }

    /// Flows on any of the ways; one may come more than once.
    pub(super) fn flows(&self) -> impl Iterator<Item = FlowId> + '_ {
        self.legs.0.values().flatten().map(|leg| leg.flow)
    }

    /// A shortest way over components and flows that can be used.
    fn path(&self, component: impl Fn(ComponentId) -> bool, flow: impl Fn(FlowId) -> bool) -> Option<Vec<ComponentId>> {
        let mut came: BTreeMap<Stop, Option<Stop>> = BTreeMap::new();
        let mut next: VecDeque<Stop> = VecDeque::new();
        for start in self.starts.iter().filter(|s| component(s.0)) {
            came.entry(*start).or_insert_with(|| {
                next.push_back(*start);
                None
            });
        }
        while let Some(at) = next.pop_front() {
            if at == self.end {
                let back = std::iter::successors(Some(at), |s| came.get(s).copied().flatten());
                let mut out: Vec<ComponentId> = back.map(|s| s.0).collect();
                out.reverse();
                return Some(out);
            }
            for leg in self.legs.from(at) {
                if component(leg.to.0) && flow(leg.flow) && !came.contains_key(&leg.to) {
                    came.insert(leg.to, Some(at));
                    next.push_back(leg.to);
                }
            }
        }
        None
    }
}
