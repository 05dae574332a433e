//! OBS4108: rules that the autoscaler of Kubernetes can't express are said, with what it does instead.

use super::{Context, list};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::autoscaling::TOLERANCE_SINCE;
use crate::graph::{Component, Graph, Waiver};
use crate::maps::IndexMap;
use crate::text::Span;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    // one rule may hold for several components, and is one thing to say; a waiver of some doesn't cover the others
    let mut rules: IndexMap<(Span, bool), (Found, Vec<&Component>)> = IndexMap::default();
    let graph = context.graph();
    let waivers: Vec<&Waiver> =
        graph.waivers.iter().filter(|w| w.code.eq_ignore_ascii_case(Code::OBS4108.id())).collect();
    for component in &graph.components {
        let waived = waivers.iter().any(|w| w.on.contains(&component.name));
        for found in differences(graph, component) {
            rules.entry((found.span, waived)).or_insert((found, Vec::new())).1.push(component);
        }
    }
    for (found, components) in rules.into_values() {
        let names = list(components.iter().map(|c| c.name.as_str()));
        let message = format!("an autoscaler of Kubernetes {}, as {names} would need", found.lacks);
        let mut diagnostic = Diagnostic::new(Code::OBS4108, found.span, message).help(found.instead);
        for component in components {
            diagnostic = diagnostic.about(component.name.clone());
        }
        out.push(diagnostic);
    }
}

/// A rule that can't be expressed.
struct Found {
    span: Span,
    /// What the autoscaler hasn't got.
    lacks: String,
    /// What it does.
    instead: String,
}

fn differences(graph: &Graph, component: &Component) -> Vec<Found> {
    // whatever else carries the rules out has them as they are written
    let Some(autoscale) = component.replicas.autoscale.as_ref().filter(|a| a.via.is_none()) else { return Vec::new() };
    let tolerance = graph.cluster.has_tolerance();
    let grows = autoscale.unlike_up().map(|instead| Found {
        span: autoscale.up.span,
        lacks: "grows for any of its metrics and can't wait for all".to_owned(),
        instead,
    });
    let shrinks = autoscale.unlike_down(tolerance).map(|instead| {
        let (major, minor) = TOLERANCE_SINCE;
        let (lacks, more) = match tolerance {
            true if !autoscale.down.both && autoscale.down.thresholds().len() > 1 => {
                ("shrinks only when all of its metrics are low and not for one of them".to_owned(), String::new())
            }
            true => ("has no mark of its own for each metric when it scales down".to_owned(), String::new()),
            false => (
                "has no thresholds of its own for scaling down".to_owned(),
                format!("; from `kubernetes: {major}.{minor}` on it has a tolerance for it"),
            ),
        };
        let instead = format!("{instead}; how fast and how late is as written{more}");
        Found { span: autoscale.down.span, lacks, instead }
    });
    grows.into_iter().chain(shrinks).collect()
}
