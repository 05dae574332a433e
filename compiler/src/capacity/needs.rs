//! What components need for their loads, by the figures of their kinds.

use super::loads::{Amounts, Load, Loads, instances};
use crate::analysis::quorum;
use crate::graph::{Component, Factor, Flow, Graph, Kept, Measure, Stack, State, Workload, WorkloadKind};
use crate::value::{ComponentId, Quantity, Value};
use smol_str::SmolStr;

/// A volume is called full at this part of its size: stores need room to compact.
const USABLE: f64 = 0.8;

/// What a component needs of one resource, in each of its instances.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// The component.
    pub component: ComponentId,
    /// What it needs.
    pub resource: Resource,
    /// How many instances share the load.
    pub instances: u32,
    /// How much of it each needs; of a bucket and of a rate, all of them together.
    pub amount: f64,
    /// How much there is for each; `None`: it isn't bounded.
    pub has: Option<f64>,
    /// What it is made of.
    pub parts: Vec<Part>,
    /// For how many milliseconds data is to stay there, where that is what takes the room.
    pub keeps: Option<i64>,
}

/// One summand of a need.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What needs it.
    pub name: SmolStr,
    /// How much.
    pub amount: f64,
    /// Where the figure is from.
    pub source: SmolStr,
}

/// What a component may have too little of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// Requested CPU, in thousandths of a core.
    Cpu,
    /// Requested memory, in bytes.
    Memory,
    /// Room on the volume, in bytes.
    Volume,
    /// Room in the bucket, in bytes: what there is isn't bounded.
    Bucket,
    /// Requests at once on a flow.
    Senders,
    /// What the kind takes at all of a measure.
    Rate(Measure),
}

impl Resource {
    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Resource::Cpu => "CPU",
            Resource::Memory => "memory",
            Resource::Volume => "volume",
            Resource::Bucket => "bucket",
            Resource::Senders => "senders",
            Resource::Rate(_) => "rate",
        }
    }

    /// What tables call it.
    pub const fn title(self) -> &'static str {
        match self {
            Resource::Senders => "requests at once",
            Resource::Rate(_) => "intake",
            other => other.name(),
        }
    }

    /// An amount of it, as people read it.
    pub fn told(self, amount: f64) -> String {
        match self {
            Resource::Cpu => Quantity::Cpu((amount / 10.0).ceil() as i64 * 10).to_string(),
            Resource::Memory | Resource::Volume | Resource::Bucket => bytes(amount),
            Resource::Senders => format!("{}", amount.ceil()),
            Resource::Rate(Measure::Logs) => format!("{}/s", bytes(amount)),
            Resource::Rate(Measure::Series) => short(amount),
            Resource::Rate(Measure::Samples | Measure::Spans) => format!("{}/s", short(amount)),
        }
    }
}

/// `6.2Gi`, in the largest unit that has a whole number before the point.
pub(crate) fn bytes(amount: f64) -> String {
    const UNITS: [(&str, f64); 5] = [
        ("Pi", 1_125_899_906_842_624.0),
        ("Ti", 1_099_511_627_776.0),
        ("Gi", 1_073_741_824.0),
        ("Mi", 1_048_576.0),
        ("Ki", 1024.0),
    ];
    match UNITS.iter().find(|(_, size)| amount >= *size) {
        Some((unit, size)) => format!("{}{unit}", tenths(amount / size)),
        None => format!("{}", amount.ceil()),
    }
}

/// `2.5k`: a number that needs no more digits.
pub(crate) fn short(amount: f64) -> String {
    const UNITS: [(&str, f64); 3] = [("G", 1e9), ("M", 1e6), ("k", 1e3)];
    match UNITS.iter().find(|(_, size)| amount >= *size) {
        Some((unit, size)) => format!("{}{unit}", tenths(amount / size)),
        None => tenths(amount),
    }
}

fn tenths(number: f64) -> String {
    format!("{}", (number * 10.0).round() / 10.0)
}

/// What all deployed components need; `replicas` says how many of each there are.
pub(super) fn all(stack: &Stack, loads: &Loads, replicas: &dyn Fn(ComponentId) -> u32) -> Vec<Need> {
    let graph = &*stack.graph;
    let mut out = Vec::new();
    for (component, workload) in graph.components.iter().zip(stack.workloads.iter()) {
        let Some(workload) = workload else { continue };
        // how the load of nodes is shared isn't known where it isn't said how many there are
        let unknown = component.workload == WorkloadKind::Daemon && graph.cluster.nodes.is_none();
        let load = loads.at(component.id);
        if unknown || load.received.is_nothing() {
            continue;
        }
        let count = instances(graph, component, replicas(component.id));
        let one = Sized { graph, component, workload, count, load };
        out.extend(one.needs());
        out.extend(graph.outgoing(component.id).filter_map(|f| one.senders(f, loads)));
    }
    out
}

/// A component with the load that reaches it.
struct Sized<'a> {
    graph: &'a Graph,
    component: &'a Component,
    workload: &'a Workload,
    /// Its instances.
    count: u32,
    load: Load,
}

impl Sized<'_> {
    fn needs(&self) -> Vec<Need> {
        let room = self.workload.room().map(|bytes| bytes as f64 * USABLE);
        let resources = &self.workload.resources;
        let mut out = vec![
            self.need(Resource::Cpu, Some(resources.cpu as f64)),
            self.need(Resource::Memory, Some(resources.memory as f64)),
            self.need(Resource::Volume, room),
            self.need(Resource::Bucket, None),
        ];
        out.retain(|n| n.amount > 0.0);
        out.extend(self.component.capacity.sizing.iter().filter_map(|f| self.rate(f)));
        out
    }

    fn need(&self, resource: Resource, has: Option<f64>) -> Need {
        let factors = &self.component.capacity.sizing;
        let mut parts: Vec<Part> = factors
            .iter()
            .map(|f| Part { name: f.part.clone(), amount: self.takes(f, resource), source: f.source.clone() })
            .filter(|p| p.amount > 0.0)
            .collect();
        let sum: f64 = parts.iter().map(|p| p.amount).sum();
        // room for what is kept is what it is; work has peaks
        if matches!(resource, Resource::Cpu | Resource::Memory) && sum > 0.0 {
            let more = factors.iter().filter(|f| f.more > 0.0);
            let more: Vec<Part> = more
                .map(|f| Part { name: f.part.clone(), amount: sum * f.more / 100.0, source: f.source.clone() })
                .collect();
            parts.extend(more);
        }
        let amount = parts.iter().map(|p| p.amount).sum();
        let here = |f: &&Factor| self.place(f) == resource;
        let keeps = factors.iter().filter(here).find_map(|f| match f.keeps {
            Some(Kept::For(ms)) => Some(ms),
            _ => None,
        });
        Need { component: self.component.id, resource, instances: self.count, amount, has, parts, keeps }
    }

    /// Where the data that a factor is about is kept.
    fn place(&self, factor: &Factor) -> Resource {
        let away = self.graph.outgoing(self.component.id).any(|f| self.graph.keeps_data(f));
        if factor.keeps.is_some() && away { Resource::Bucket } else { Resource::Volume }
    }

    /// How much of a resource a factor takes in one instance.
    fn takes(&self, factor: &Factor, resource: Resource) -> f64 {
        let units = self.units(factor);
        match resource {
            Resource::Cpu => units * factor.cpu,
            Resource::Memory => units * factor.memory,
            Resource::Volume | Resource::Bucket if self.place(factor) == resource => {
                let all = if resource == Resource::Bucket { self.sharers() } else { 1.0 };
                match factor.keeps {
                    None => units * factor.disk,
                    Some(Kept::For(ms)) => units * all * factor.disk * ms as f64 / 1000.0,
                    // no number says how much that is
                    Some(Kept::Always) => 0.0,
                }
            }
            _ => 0.0,
        }
    }

    /// How often one instance needs what a factor says.
    fn units(&self, factor: &Factor) -> f64 {
        let Some(by) = factor.by.filter(|_| factor.most.is_none()) else {
            return if factor.by.is_none() { 1.0 } else { 0.0 };
        };
        let amounts = if factor.kept { self.kept() } else { self.load.received };
        amounts.of(by) / factor.each / self.sharers()
    }

    /// What it keeps: once of what replicas sent, in all copies.
    fn kept(&self) -> Amounts {
        let once = if self.component.capacity.deduplicates { self.load.distinct } else { self.load.received };
        let copies = if self.component.state == State::Ring { quorum::copies(self.count.max(1)) } else { 1 };
        once * f64::from(copies)
    }

    /// Among how many the load is shared.
    fn sharers(&self) -> f64 {
        if self.component.state == State::Replicated { 1.0 } else { f64::from(self.count.max(1)) }
    }

    /// What the kind takes at all.
    fn rate(&self, factor: &Factor) -> Option<Need> {
        let (by, most) = (factor.by?, factor.most?);
        let amounts = if factor.kept { self.kept() } else { self.load.received };
        let part = Part { name: factor.part.clone(), amount: amounts.of(by), source: factor.source.clone() };
        Some(Need {
            component: self.component.id,
            resource: Resource::Rate(by),
            instances: self.count,
            amount: part.amount,
            has: Some(most),
            parts: vec![part],
            keeps: None,
        })
    }

    /// How many requests at once a flow takes: amounts in a request over the time that it takes.
    fn senders(&self, flow: &Flow, loads: &Loads) -> Option<Need> {
        let sender = self.component.capacity.sends.get(&flow.protocol)?;
        let rate = loads.on(flow).received.of(sender.by) / f64::from(self.count.max(1));
        let part = Part {
            name: format!("to {}", self.graph.component(flow.to).name).into(),
            amount: rate * sender.takes / 1000.0 / option(flow, &sender.batch),
            source: sender.source.clone(),
        };
        Some(Need {
            component: self.component.id,
            resource: Resource::Senders,
            instances: self.count,
            amount: part.amount,
            has: Some(option(flow, &sender.most)),
            parts: vec![part],
            keeps: None,
        })
    }
}

/// What the flow's option says, else what the sender has of itself.
fn option(flow: &Flow, (default, name): &(f64, Option<SmolStr>)) -> f64 {
    let said = name.as_ref().and_then(|n| flow.options.get(n));
    match said.map(|o| &o.value) {
        Some(Value::Int(n)) if *n > 0 => *n as f64,
        _ => *default,
    }
}
