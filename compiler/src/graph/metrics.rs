//! Which metrics are gathered: what kinds say that they expose, and who collects it.

#![allow(missing_docs, reason = "what salsa generates beside each field has none")]

use super::model::{Component, Graph, Signal};
use crate::db::Db;
use crate::types::embedded;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// A text in `promql`: parsed once, though each profile asks.
#[salsa::interned]
struct Query<'db> {
    #[returns(deref)]
    text: Box<str>,
}

/// The metrics that a query asks for. Empty where it can't be read: that was said.
#[salsa::tracked]
fn metrics<'db>(db: &'db dyn Db, query: Query<'db>) -> Vec<String> {
    embedded::metrics(query.text(db)).unwrap_or_default()
}

fn of_query<'db>(db: &'db dyn Db, query: &str) -> &'db [String] {
    metrics(db, Query::new(db, Box::from(query)))
}

/// Whether something that keeps metrics collects what a component tells of itself.
pub fn is_collected(graph: &Graph, component: &Component) -> bool {
    graph.incoming(component.id).any(|f| f.own && f.backward && f.signals.contains(&Signal::Metrics))
}

/// Whether a list of names, and of beginnings that end in `_`, has a metric.
pub fn has(list: &[SmolStr], metric: &str) -> bool {
    list.iter().any(|name| metric == name.as_str() || (name.ends_with('_') && metric.starts_with(name.as_str())))
}

/// What is known of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// Something that is collected from has it, or may have it.
    Gathered,
    /// Those who have it aren't collected from.
    Left,
    /// Nobody has it.
    Unheard,
}

/// What is exposed by something that nobody collects.
pub struct Left<'g> {
    graph: &'g Graph,
    /// The names of it, and of what is added by those that collect nothing.
    names: FxHashSet<&'g str>,
}

impl<'g> Left<'g> {
    /// Of a graph with all its flows.
    pub fn of(graph: &'g Graph) -> Self {
        let exposed = graph.components.iter().filter(|c| !is_collected(graph, c)).flat_map(|c| &c.exposes).flatten();
        let added = graph.components.iter().filter(|c| !collects(graph, c)).flat_map(|c| &c.adds);
        Self { graph, names: exposed.chain(added).map(SmolStr::as_str).collect() }
    }

    /// Whether a query about a component asks for some of it.
    pub fn has(&self, db: &dyn Db, about: &Component, query: &str) -> bool {
        // most queries have none of the names, and needn't be parsed; one with a backslash may have one in disguise
        let may = query.contains('\\') || self.names.iter().any(|name| query.contains(name));
        may && of_query(db, query).iter().any(|metric| known(self.graph, Some(about), metric) == Known::Left)
    }
}

/// Whether a component collects the metrics of others.
fn collects(graph: &Graph, component: &Component) -> bool {
    graph.outgoing(component.id).any(|f| f.own && f.backward && f.signals.contains(&Signal::Metrics))
}

/// Metrics of a query that nothing has of what is collected from. What no kind says that it exposes may come from any whose
/// kind says nothing of it.
pub fn not_gathered(db: &dyn Db, graph: &Graph, query: &str) -> Vec<String> {
    let missing = |metric: &&String| known(graph, None, metric) != Known::Gathered;
    of_query(db, query).iter().filter(missing).cloned().collect()
}

fn known(graph: &Graph, about: Option<&Component>, metric: &str) -> Known {
    let exposes = |c: &Component| c.exposes.as_ref().is_some_and(|list| has(list, metric));
    let or_left = |gathered: bool| if gathered { Known::Gathered } else { Known::Left };
    // what a query about a component asks for is that component's, where it has it
    if let Some(own) = about.filter(|c| exposes(c)) {
        return or_left(is_collected(graph, own));
    }
    let mut adding = graph.components.iter().filter(|c| has(&c.adds, metric)).peekable();
    if adding.peek().is_some() {
        return or_left(adding.any(|c| collects(graph, c)));
    }
    let mut exposing = graph.components.iter().filter(|c| exposes(c)).peekable();
    if exposing.peek().is_some() {
        return or_left(exposing.any(|c| is_collected(graph, c)));
    }
    let mut collected = graph.components.iter().filter(|c| is_collected(graph, c)).peekable();
    let open = collected.peek().is_none() || collected.any(|c| c.exposes.is_none());
    if open { Known::Gathered } else { Known::Unheard }
}
