//! Evaluation: total, hermetic, deterministic. Reads nothing but checked expressions and the [`World`].

mod builtins;
mod interpret;
pub mod merge;
mod operators;

pub use interpret::{Evaluator, SelfScope};

use crate::text::Span;
use crate::value::{ComponentId, FlowId, Value};
use smol_str::SmolStr;

/// What expressions can see of the graph. The graph implements it; evaluation knows no more of it.
pub trait World {
    /// Whether the graph is there, all of it. While it is made, what isn't known yet is reported.
    fn is_whole(&self) -> bool {
        true
    }
    /// A field of the cluster.
    fn cluster_field(&self, name: &str) -> Value;
    /// A field of the namespace of a component.
    fn namespace_field(&self, of: Option<&SmolStr>, name: &str) -> Value;
    /// The component of this name.
    fn component(&self, name: &str) -> Option<ComponentId>;
    /// All components.
    fn components(&self) -> Vec<ComponentId>;
    /// A built-in field or a parameter of a component.
    fn component_field(&self, id: ComponentId, name: &str, span: Span) -> Value;
    /// A built-in field or an option of a flow.
    fn flow_field(&self, id: FlowId, name: &str, span: Span) -> Value;
    /// The flows of a component, of one protocol or of all.
    fn flows(&self, of: ComponentId, outgoing: bool, protocol: Option<&str>) -> Vec<FlowId>;
    /// Whether a component accepts or emits a protocol.
    fn speaks(&self, id: ComponentId, accepts: bool, protocol: &str) -> bool;
    /// Whether connections lead from one component to another, directly or through others.
    fn reachable(&self, from: ComponentId, to: ComponentId) -> bool;
    /// Whether every way of a signal from a component ends in a store.
    fn path(&self, from: ComponentId, signal: &str) -> bool;
}
