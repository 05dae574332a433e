//! What can fail, and how it is named.

use super::conditions::{absent, least_instances};
use crate::graph::{Graph, Peer, WorkloadKind};
use crate::value::{ComponentId, FlowId};

/// Zones that a cluster is taken to have: what most regions of clouds offer. Instances are spread over them evenly.
pub const ZONES: u32 = 3;

/// A part that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failure {
    /// One instance of a component, counted from 0.
    Instance(ComponentId, u32),
    /// All of a component, or something that others run.
    Component(ComponentId),
    /// A node: one instance of each component is taken to be on it.
    Node,
    /// A zone: of each component, its share of [`ZONES`], rounded up.
    Zone,
    /// The network between two ends, for one flow.
    Flow(FlowId),
}

impl Failure {
    /// The component that it is of, or of an instance of.
    pub(super) fn component(self) -> Option<ComponentId> {
        match self {
            Failure::Component(id) | Failure::Instance(id, _) => Some(id),
            Failure::Node | Failure::Zone | Failure::Flow(_) => None,
        }
    }
}

/// Every single failure: instances where there are several, components, the node, the zone, flows. People don't fail.
pub fn every(graph: &Graph) -> Vec<Failure> {
    let mut out = Vec::new();
    for component in graph.components.iter().filter(|c| !absent(graph, c) && !matches!(c.peer, Some(Peer::Outside))) {
        // which of them makes no difference; of nodes there are several where nobody says how many
        let several = match least_instances(graph, component) {
            None => component.workload == WorkloadKind::Daemon,
            Some(count) => count > 1,
        };
        if several {
            out.push(Failure::Instance(component.id, 0));
        }
        out.push(Failure::Component(component.id));
    }
    if graph.components.iter().any(|c| c.workload != WorkloadKind::External) {
        out.extend([Failure::Node, Failure::Zone]);
    }
    out.extend(graph.flows.iter().filter(|f| !f.implicit && f.from != f.to).map(|f| Failure::Flow(f.id)));
    out
}

/// What a name means: a component, an instance of one (`NAME-N`), a flow (`FROM->TO` or `FROM->TO: PROTOCOL`), `node`, `zone`.
/// Several flows may go by one name. A component goes before all else that is called the same.
///
/// # Errors
/// Says what there is no such thing of: the name that is unknown, and what it would name.
pub fn parse(graph: &Graph, name: &str) -> Result<Vec<Failure>, Unknown> {
    let component = |name: &str| graph.components.iter().find(|c| c.name == name);
    if let Some(found) = component(name) {
        return Ok(vec![Failure::Component(found.id)]);
    }
    if let Some((from, rest)) = name.split_once("->") {
        return flows(graph, from.trim(), rest);
    }
    match name {
        "node" => return Ok(vec![Failure::Node]),
        "zone" => return Ok(vec![Failure::Zone]),
        _ => {}
    }
    let instance = name.rsplit_once('-').and_then(|(of, number)| Some((component(of)?, number.parse::<u32>().ok()?)));
    match instance {
        Some((of, number)) => match least_instances(graph, of) {
            Some(there) if number < there => Ok(vec![Failure::Instance(of.id, number)]),
            Some(there) => Err(Unknown::Instance { of: of.id, there }),
            // there is a first node, however many there are
            None if number == 0 && of.workload == WorkloadKind::Daemon => Ok(vec![Failure::Instance(of.id, 0)]),
            None => Err(Unknown::Uncounted(of.id)),
        },
        None => Err(Unknown::Name(name.to_owned())),
    }
}

fn flows(graph: &Graph, from: &str, rest: &str) -> Result<Vec<Failure>, Unknown> {
    let (to, protocol) = rest.split_once(':').map_or((rest, None), |(to, protocol)| (to, Some(protocol.trim())));
    let find = |name: &str| {
        let found = graph.components.iter().find(|c| c.name == name);
        found.map(|c| c.id).ok_or_else(|| Unknown::Name(name.to_owned()))
    };
    let (from, to) = (find(from)?, find(to.trim())?);
    let between = graph.outgoing(from).filter(|f| f.to == to && protocol.is_none_or(|p| f.protocol == p));
    let found: Vec<Failure> = between.map(|f| Failure::Flow(f.id)).collect();
    if found.is_empty() { Err(Unknown::Flow(from, to)) } else { Ok(found) }
}

/// Why a name means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unknown {
    /// No component has this name.
    Name(String),
    /// It has fewer instances.
    Instance {
        /// The component.
        of: ComponentId,
        /// How many there are.
        there: u32,
    },
    /// How many instances it has isn't known: one on every node, or someone else's.
    Uncounted(ComponentId),
    /// There is no such flow between these.
    Flow(ComponentId, ComponentId),
}
