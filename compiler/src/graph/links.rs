//! Which flows leave and reach each component: look-ups that would otherwise walk all flows.

use super::model::{Flow, Graph};
use crate::value::{ComponentId, FlowId};

/// Flows by component.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Links {
    outgoing: Vec<Vec<FlowId>>,
    incoming: Vec<Vec<FlowId>>,
}

impl Links {
    /// Of flows between so many components; a flow's id is its index.
    pub fn new(components: usize, flows: &[Flow]) -> Self {
        let mut outgoing = vec![Vec::new(); components];
        let mut incoming = outgoing.clone();
        for flow in flows {
            outgoing[flow.from.0 as usize].push(flow.id);
            incoming[flow.to.0 as usize].push(flow.id);
        }
        Self { outgoing, incoming }
    }

    /// Flows whose connections a component opens, in the graph's order.
    pub fn outgoing(&self, of: ComponentId) -> &[FlowId] {
        self.outgoing.get(of.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// Flows whose connections a component accepts, in the graph's order.
    pub fn incoming(&self, of: ComponentId) -> &[FlowId] {
        self.incoming.get(of.0 as usize).map_or(&[], Vec::as_slice)
    }
}

impl Graph {
    /// The flow of this id.
    pub fn flow(&self, id: FlowId) -> &Flow {
        &self.flows[id.0 as usize]
    }

    /// Flows whose connections a component opens.
    pub fn outgoing(&self, of: ComponentId) -> impl Iterator<Item = &Flow> + Clone {
        self.links.outgoing(of).iter().map(|id| self.flow(*id))
    }

    /// Flows by the same protocol between the same two, declared before this one.
    pub fn earlier(&self, flow: &Flow) -> impl Iterator<Item = &Flow> {
        let (out, into) = (self.links.outgoing(flow.from), self.links.incoming(flow.to));
        let few = if out.len() < into.len() { out } else { into };
        let same = |f: &&Flow| f.from == flow.from && f.to == flow.to && f.protocol == flow.protocol;
        few.iter().take_while(|id| **id < flow.id).map(|id| self.flow(*id)).filter(same)
    }

    /// Flows whose connections a component accepts.
    pub fn incoming(&self, of: ComponentId) -> impl Iterator<Item = &Flow> + Clone {
        self.links.incoming(of).iter().map(|id| self.flow(*id))
    }

    /// Flows on which data leaves a component.
    pub fn leaving(&self, of: ComponentId) -> impl Iterator<Item = &Flow> + Clone {
        let asked = self.incoming(of).filter(|f| f.backward);
        self.outgoing(of).filter(|f| !f.backward).chain(asked)
    }

    /// Flows on which data reaches a component.
    pub fn arriving(&self, of: ComponentId) -> impl Iterator<Item = &Flow> + Clone {
        let asked = self.outgoing(of).filter(|f| f.backward);
        self.incoming(of).filter(|f| !f.backward).chain(asked)
    }
}
