//! Loads along flows.

use crate::graph::{Component, Flow, Graph, Measure, OwnLoad, Signal, State, WorkloadKind};
use crate::value::{ComponentId, Quantity, Value};
use std::ops::{AddAssign, Mul};

/// The option of a flow that says how often samples are taken.
const INTERVAL: &str = "interval";

/// An amount of each measure.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Amounts {
    /// Series.
    pub series: f64,
    /// Samples a second.
    pub samples: f64,
    /// Bytes of log lines a second.
    pub logs: f64,
    /// Spans a second.
    pub spans: f64,
}

impl Amounts {
    /// The amount of one measure.
    pub fn of(&self, measure: Measure) -> f64 {
        match measure {
            Measure::Series => self.series,
            Measure::Samples => self.samples,
            Measure::Logs => self.logs,
            Measure::Spans => self.spans,
        }
    }

    /// Whether there is none of anything.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Of each signal a part.
    fn parts(self, part: impl Fn(Signal) -> f64) -> Self {
        let metrics = part(Signal::Metrics);
        Self {
            series: self.series * metrics,
            samples: self.samples * metrics,
            logs: self.logs * part(Signal::Logs),
            spans: self.spans * part(Signal::Traces),
        }
    }
}

impl Mul<f64> for Amounts {
    type Output = Self;

    fn mul(self, times: f64) -> Self {
        self.parts(|_| times)
    }
}

impl AddAssign for Amounts {
    fn add_assign(&mut self, more: Self) {
        self.series += more.series;
        self.samples += more.samples;
        self.logs += more.logs;
        self.spans += more.spans;
    }
}

/// What reaches a component, and what starts there. Where each instance does all of the work again it is what reaches one
/// of them, else what reaches all of them together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Load {
    /// With all that replicas of senders send again.
    pub received: Amounts,
    /// Each sample, line and span once.
    pub distinct: Amounts,
}

impl AddAssign for Load {
    fn add_assign(&mut self, more: Self) {
        self.received += more.received;
        self.distinct += more.distinct;
    }
}

/// What reaches each component, and what each flow carries.
#[derive(Debug, Clone, PartialEq)]
pub struct Loads {
    components: Vec<Load>,
    flows: Vec<Load>,
}

impl Loads {
    /// The loads of a graph, as it declares them.
    pub fn of(graph: &Graph) -> Self {
        let mut out = Self {
            components: vec![Load::default(); graph.components.len()],
            flows: vec![Load::default(); graph.flows.len()],
        };
        // each round carries loads one flow further. No way is longer than there are components; a circle, which is
        // an error elsewhere, ends there too
        for _ in 0..graph.components.len() {
            let flows: Vec<Load> = graph.flows.iter().map(|f| out.carried(graph, f)).collect();
            let mut components = vec![Load::default(); graph.components.len()];
            for (flow, load) in graph.flows.iter().zip(&flows) {
                components[graph.data_to(flow).0 as usize] += arrives(graph, flow, *load);
            }
            let settled = components == out.components && flows == out.flows;
            (out.components, out.flows) = (components, flows);
            if settled {
                break;
            }
        }
        out
    }

    /// What reaches a component.
    pub fn at(&self, id: ComponentId) -> Load {
        self.components.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// What all instances of its sender together put on a flow.
    pub fn on(&self, flow: &Flow) -> Load {
        self.flows.get(flow.id.0 as usize).copied().unwrap_or_default()
    }

    /// So many times as much of everything.
    pub fn times(&self, multiple: f64) -> Self {
        let times = |l: &Load| Load { received: l.received * multiple, distinct: l.distinct * multiple };
        Self { components: self.components.iter().map(times).collect(), flows: self.flows.iter().map(times).collect() }
    }

    /// What reached a component and may go on by a flow.
    fn relayed(&self, graph: &Graph, from: &Component, flow: &Flow) -> Load {
        let mut out = Load::default();
        graph
            .arriving(from.id)
            .filter(|came| from.relays(came, flow))
            .for_each(|came| out += arrives(graph, came, self.on(came)));
        out
    }

    /// What leaves on a flow: what starts at its sender for its protocol, and what reached it before.
    fn carried(&self, graph: &Graph, flow: &Flow) -> Load {
        let from = graph.component(graph.data_from(flow));
        let reads = flow.backward && !flow.own && flow.signals.iter().any(|s| from.stores.contains(s));
        let to_itself = graph.data_to(flow) == from.id && !flow.own;
        if reads || to_itself || flow.implicit || flow.signals.is_empty() {
            return Load::default();
        }
        let of_flow = |signal: Signal| if flow.signals.contains(&signal) { 1.0 } else { 0.0 };
        let mut out = Load::default();
        if let Some(own) = from.capacity.load.get(&flow.protocol) {
            let own = started(own, flow).parts(of_flow) * f64::from(sources(graph, from));
            out += Load { received: own, distinct: own };
        }
        if !flow.own {
            let before = self.relayed(graph, from, flow);
            let passed = |signal: Signal| of_flow(signal) * from.capacity.passes.get(&signal).copied().unwrap_or(1.0);
            // each of the replicas sends all that reached it
            let again = if from.state == State::Replicated { f64::from(from.replicas.count.max(1)) } else { 1.0 };
            let received = if from.capacity.deduplicates { before.distinct } else { before.received };
            out += Load { received: received.parts(passed) * again, distinct: before.distinct.parts(passed) };
        }
        out
    }
}

/// What starts at one instance, for a flow.
fn started(own: &OwnLoad, flow: &Flow) -> Amounts {
    let interval = match flow.options.get(INTERVAL).map(|o| &o.value) {
        Some(Value::Quantity(Quantity::Duration(ms))) if *ms > 0 => Some(*ms as f64 / 1000.0),
        _ => None,
    };
    let samples = own.samples.or(interval.map(|seconds| own.series / seconds)).unwrap_or(0.0);
    Amounts { series: own.series, samples, logs: own.logs, spans: own.spans }
}

/// At how many places a load starts: what isn't deployed here says it for all of its own.
fn sources(graph: &Graph, component: &Component) -> u32 {
    match component.workload {
        WorkloadKind::External => 1,
        _ => instances(graph, component, component.replicas.count),
    }
}

/// How many instances there are, of so many replicas.
pub(super) fn instances(graph: &Graph, component: &Component, replicas: u32) -> u32 {
    match component.workload {
        WorkloadKind::Daemon => graph.cluster.nodes.unwrap_or(1),
        _ => replicas.max(1),
    }
}

/// What of a flow's load reaches its other end. One that asks, or that each of which must be reached, gets all of it
/// in each of its replicas; of that it is what reaches one.
fn arrives(graph: &Graph, flow: &Flow, load: Load) -> Load {
    let to = graph.component(graph.data_to(flow));
    let shared = to.state == State::Replicated && !flow.backward && !flow.every_instance;
    let part = if shared { 1.0 / f64::from(to.replicas.count.max(1)) } else { 1.0 };
    Load { received: load.received * part, distinct: load.distinct * part }
}
