//! OBS4108: rules that the autoscaler of Kubernetes can't express are said, with what it does instead.

use super::{Context, list};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Autoscale, Component, Waiver};
use crate::text::Span;
use indexmap::IndexMap;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    // one rule may hold for several components, and is one thing to say; a waiver of some doesn't cover the others
    let mut rules: IndexMap<(Span, bool), (&Autoscale, Vec<&Component>)> = IndexMap::new();
    let graph = context.graph();
    let waivers: Vec<&Waiver> =
        graph.waivers.iter().filter(|w| w.code.eq_ignore_ascii_case(Code::OBS4108.id())).collect();
    for component in &graph.components {
        let Some(autoscale) = &component.replicas.autoscale else { continue };
        if autoscale.down.cpu.is_some() || autoscale.down.memory.is_some() {
            let waived = waivers.iter().any(|w| w.on.contains(&component.name));
            rules.entry((autoscale.down.span, waived)).or_insert((autoscale, Vec::new())).1.push(component);
        }
    }
    for ((span, _), (autoscale, components)) in rules {
        let target = |name: &str, at: Option<f64>| at.map(|at| format!("{name} at {at}%"));
        let up = [target("CPU", autoscale.up.cpu), target("memory", autoscale.up.memory)];
        let targets: Vec<String> = up.into_iter().flatten().collect();
        let names = list(components.iter().map(|c| c.name.as_str()));
        let message =
            format!("an autoscaler of Kubernetes has no thresholds of its own for scaling down, as {names} would need");
        let mut diagnostic = Diagnostic::new(Code::OBS4108, span, message).help(format!(
            "it keeps {} and removes instances whenever fewer would do; how fast and how late is as written",
            targets.join(" and ")
        ));
        for component in components {
            diagnostic = diagnostic.about(component.name.clone());
        }
        out.push(diagnostic);
    }
}
