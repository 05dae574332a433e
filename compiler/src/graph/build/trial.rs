//! What would come of a flow that isn't there.

use super::asserts::failures_of;
use super::{Builder, Collected, cores};
use crate::db::{Db, SourceFile};
use crate::diagnostics::Diagnostic;
use crate::graph::links::Links;
use crate::graph::model::{Graph, Signal, Target};
use crate::graph::world::GraphWorld;
use crate::names::DefId;
use crate::types::queries;
use crate::value::{ComponentId, FlowId, Record, Spanned, Value};
use std::collections::BTreeSet;

/// A program's graph under its first profile, to which one flow at a time is added.
pub struct Trial<'a> {
    db: &'a dyn Db,
    entry: SourceFile,
    graph: Graph,
}

impl<'a> Trial<'a> {
    /// Starts from a graph of the program.
    pub fn new(db: &'a dyn Db, entry: SourceFile, graph: &Graph) -> Self {
        Self { db, entry, graph: graph.clone() }
    }

    /// Whether a kind asserts something that a flow would break: of an end of it, or of what has a flow with one. `signals`
    /// are those that it names.
    pub fn breaks(&mut self, (from, to): (ComponentId, ComponentId), protocol: DefId, signals: &[Signal]) -> bool {
        let cores = cores(self.db, self.entry);
        let program = Collected::new(self.db, self.entry, &cores, &mut Vec::new());
        let target = Target::Kubernetes;
        let mut builder = Builder { db: self.db, program: &program, target, profile: 0, diagnostics: Vec::new() };
        let near = self.near(from, to);
        let before = failures(&builder, &self.graph, &near);
        let ends = (self.graph.component(from), self.graph.component(to));
        let span = ends.0.span;
        let words = Value::list(signals.iter().map(|s| Value::Str(s.name().into())), span);
        let named = (!signals.is_empty()).then(|| ("signals".into(), Spanned { value: words, span }));
        let own: Record = named.into_iter().collect();
        let world = GraphWorld::new(&self.graph);
        let mut flow = builder.link(&world, &self.graph, ends, queries::protocol_info(self.db, protocol), &own, span);
        flow.id = FlowId(self.graph.flows.len() as u32);
        self.graph.flows.push(flow);
        self.graph.links = Links::new(self.graph.components.len(), &self.graph.flows);
        let after = failures(&builder, &self.graph, &near);
        self.graph.flows.pop();
        self.graph.links = Links::new(self.graph.components.len(), &self.graph.flows);
        after.iter().any(|failure| !before.contains(failure))
    }

    /// Two components, and those that have flows with one of them.
    fn near(&self, from: ComponentId, to: ComponentId) -> BTreeSet<ComponentId> {
        let around = |id: ComponentId| {
            let out = self.graph.outgoing(id).map(|f| f.to);
            out.chain(self.graph.incoming(id).map(|f| f.from)).collect::<Vec<_>>()
        };
        [from, to].into_iter().chain(around(from)).chain(around(to)).collect()
    }
}

fn failures(builder: &Builder<'_>, graph: &Graph, of: &BTreeSet<ComponentId>) -> Vec<Diagnostic> {
    let world = GraphWorld::new(graph);
    let of_one = |id: &ComponentId| {
        let component = graph.component(*id);
        let core = builder.program.by_span.get(&component.span);
        core.map(|core| failures_of(builder.db, graph, &world, component, core, &mut Vec::new())).unwrap_or_default()
    };
    of.iter().flat_map(of_one).collect()
}
