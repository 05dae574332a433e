//! The graph while it is made: what expressions can see of it so far. What they can't see yet is an error, never
//! an empty value.

use crate::eval::World;
use crate::graph::model::{Cluster, Graph};
use crate::graph::world::{cluster_field, component_field, namespace_field, speaks};
use crate::text::Span;
use crate::value::{ComponentId, FlowId, Value};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// What the settings of the cluster, of namespaces and of layers can see: the cluster, but for itself.
pub(super) struct Settings<'a> {
    /// None while the cluster's own settings are read.
    pub cluster: Option<&'a Cluster>,
}

impl World for Settings<'_> {
    fn is_whole(&self) -> bool {
        false
    }
    fn cluster_field(&self, name: &str) -> Value {
        self.cluster.map_or(Value::Error, |cluster| cluster_field(cluster, name))
    }
    fn namespace_field(&self, _: Option<&SmolStr>, _: &str) -> Value {
        Value::Error
    }
    fn component(&self, _: &str) -> Option<ComponentId> {
        None
    }
    fn components(&self) -> Vec<ComponentId> {
        Vec::new()
    }
    fn component_field(&self, _: ComponentId, _: &str, _: Span) -> Value {
        Value::Error
    }
    fn flow_field(&self, _: FlowId, _: &str, _: Span) -> Value {
        Value::Error
    }
    fn flows(&self, _: ComponentId, _: bool, _: Option<&str>) -> Vec<FlowId> {
        Vec::new()
    }
    fn speaks(&self, _: ComponentId, _: bool, _: &str) -> bool {
        false
    }
    fn reachable(&self, _: ComponentId, _: ComponentId) -> bool {
        false
    }
    fn path(&self, _: ComponentId, _: &str) -> bool {
        false
    }
}

/// What components can see while they are made: those above them, under a profile.
pub(super) struct Early<'a> {
    /// The graph so far.
    pub graph: &'a Graph,
    /// Its components by name.
    pub by_name: &'a FxHashMap<SmolStr, ComponentId>,
    /// Index of the profile: also another than the graph's, to know numbers of instances in all.
    pub profile: usize,
}

impl World for Early<'_> {
    fn is_whole(&self) -> bool {
        false
    }
    fn cluster_field(&self, name: &str) -> Value {
        let list = || self.graph.profiles.iter().cloned().map(Value::Str);
        match name {
            "target" => Value::Str(self.graph.target.word().into()),
            "profile" => Value::Str(self.graph.profiles.get(self.profile).cloned().unwrap_or_default()),
            "profiles" => Value::list(list(), self.graph.cluster.span),
            _ => cluster_field(&self.graph.cluster, name),
        }
    }
    fn namespace_field(&self, of: Option<&SmolStr>, name: &str) -> Value {
        namespace_field(self.graph, of, name)
    }
    fn component(&self, name: &str) -> Option<ComponentId> {
        self.by_name.get(name).copied()
    }
    fn components(&self) -> Vec<ComponentId> {
        Vec::new()
    }
    fn component_field(&self, id: ComponentId, name: &str, span: Span) -> Value {
        let component = self.graph.component(id);
        match (name, component.replicas.by_profile.get(self.profile)) {
            ("replicas", Some(count)) => Value::Int(i64::from(*count)),
            _ => component_field(self.graph, component, name, span),
        }
    }
    fn flow_field(&self, _: FlowId, _: &str, _: Span) -> Value {
        Value::Error
    }
    fn flows(&self, _: ComponentId, _: bool, _: Option<&str>) -> Vec<FlowId> {
        Vec::new()
    }
    fn speaks(&self, id: ComponentId, accepts: bool, protocol: &str) -> bool {
        speaks(self.graph.component(id), accepts, protocol)
    }
    fn reachable(&self, _: ComponentId, _: ComponentId) -> bool {
        false
    }
    fn path(&self, _: ComponentId, _: &str) -> bool {
        false
    }
}
