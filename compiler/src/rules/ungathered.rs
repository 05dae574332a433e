//! OBS3116: what alerts and dashboards ask for is gathered.

use super::{Context, list};
use crate::db;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::metrics::{has, is_collected, not_gathered};
use crate::graph::{Component, Graph};
use crate::text::Span;
use crate::types::embedded;
use crate::value::Value;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for component in &graph.components {
        for alert in &component.alerts {
            let what = format!("the alert `{}`", alert.name);
            out.extend(told(context, graph, component, &what, &alert.expr, alert.span));
        }
        // what isn't collected has no data to show, and nothing shows its dashboards
        for dashboard in component.dashboards.iter().filter(|_| is_collected(graph, component)) {
            let what = format!("the dashboard `{}`", dashboard.title);
            for query in queries(&dashboard.value) {
                out.extend(told(context, graph, component, &what, query, dashboard.span));
            }
        }
    }
}

/// The queries of a dashboard that ask for metrics: panels of one in another language aren't read.
fn queries(dashboard: &Value) -> impl Iterator<Item = &str> {
    let panels = match dashboard {
        Value::Record(fields) if fields.get("language").is_none() => fields.get("panels").map(|v| v.value.elements()),
        _ => None,
    };
    panels.unwrap_or_default().iter().filter_map(|panel| match &panel.value {
        Value::Record(fields) => fields.get("expr")?.value.as_str().map(|expr| expr.as_str()),
        _ => None,
    })
}

fn told(
    context: &Context<'_>,
    graph: &Graph,
    component: &Component,
    what: &str,
    query: &str,
    place: Span,
) -> Option<Diagnostic> {
    // the library's own are held against each kind by its tests
    if db::is_library(context.db, db::file(context.db, place.file)) {
        return None;
    }
    if let Err(why) = embedded::metrics(query) {
        let message = format!("{what} asks what can't be read: {why}");
        return Some(Diagnostic::new(Code::OBS3116, place, message).about(component.name.clone()));
    }
    let missing = not_gathered(context.db, graph, query);
    if missing.is_empty() {
        return None;
    }
    let metrics = list(missing.iter().map(String::as_str));
    let message = format!("{what} asks for {metrics}, and nothing that is collected from has it");
    let help = match missing.iter().find_map(|metric| owner(graph, metric)) {
        Some(owner) => format!("`{owner}` exposes it: add a flow that collects its metrics"),
        None => "name a metric that a component exposes, or add a flow that collects it".to_owned(),
    };
    Some(Diagnostic::new(Code::OBS3116, place, message).help(help).about(component.name.clone()))
}

/// A component that exposes a metric, whether it is collected or not.
fn owner<'g>(graph: &'g Graph, metric: &str) -> Option<&'g str> {
    let exposes = |c: &&Component| c.exposes.as_ref().is_some_and(|list| has(list, metric));
    graph.components.iter().find(exposes).map(|c| c.name.as_str())
}
