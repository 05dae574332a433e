//! OBS4122: components have what the declared load needs, by the figures of their kinds.

use super::{Context, list};
use crate::capacity::{Need, Resource, is_declared, report};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Graph, Stack, Workload, stacks};
use crate::maps::IndexMap;
use crate::text::Span;
use crate::value::ComponentId;

/// A need is met to this part of it: published figures aren't more exact.
const NEARLY: f64 = 1.02;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let stacks = &stacks(context.db, context.entry).stacks;
    // the same in several profiles is one thing to say
    let mut found: IndexMap<(ComponentId, String), Vec<&str>> = IndexMap::default();
    for stack in stacks.iter().filter(|s| is_declared(s)) {
        for (component, what) in lacking(stack) {
            found.entry((component, what)).or_default().push(stack.graph.profile.as_str());
        }
    }
    let graph = context.graph();
    for ((id, what), profiles) in found {
        let component = graph.component(id);
        let plural = if profiles.len() == 1 { "" } else { "s" };
        let place = match graph.profiles.len() {
            1 => String::new(),
            _ => format!(" in profile{plural} {}", list(profiles)),
        };
        let message = format!("`{}` lacks what the declared load needs{place}: {what}", component.name);
        let mut diagnostic = Diagnostic::new(Code::OBS4122, component.name_span, message)
            .help("ask for more (`resources`, `storage`, `replicas`), or let less reach it; `obs capacity` shows each factor")
            .about(component.name.clone());
        for source in sources(graph, id) {
            diagnostic = diagnostic.label(source, "a load is declared here");
        }
        out.push(diagnostic);
    }
}

/// Where the loads are declared that reach a component.
fn sources(graph: &Graph, of: ComponentId) -> Vec<Span> {
    let mut seen = vec![of];
    let mut at = 0;
    while let Some(&id) = seen.get(at) {
        for flow in graph.arriving(id) {
            let from = graph.data_from(flow);
            if !seen.contains(&from) {
                seen.push(from);
            }
        }
        at += 1;
    }
    seen.into_iter().filter_map(|id| graph.component(id).capacity.load_span).collect()
}

/// What each component has too little of, in words.
fn lacking(stack: &Stack) -> Vec<(ComponentId, String)> {
    let report = report(stack, 1.0);
    let mut out: Vec<(ComponentId, Vec<String>)> = Vec::new();
    for need in report.needs.iter().filter(|n| n.has.is_some_and(|has| n.amount > has * NEARLY)) {
        let told = told(stack, need);
        match out.last_mut().filter(|(id, _)| *id == need.component) {
            Some((_, all)) => all.push(told),
            None => out.push((need.component, vec![told])),
        }
    }
    out.into_iter().map(|(id, all)| (id, all.join("; "))).collect()
}

fn told(stack: &Stack, need: &Need) -> String {
    let workload = stack.workloads.get(need.component.0 as usize).and_then(Option::as_ref);
    let place = if workload.is_some_and(Workload::forgets) { "folder" } else { "volume" };
    let told = |amount: f64| need.resource.told(amount);
    let (amount, has) = (told(need.amount), told(need.has.unwrap_or_default()));
    match need.resource {
        Resource::Cpu => format!("{amount} CPU an instance, and it asks for {has}"),
        Resource::Memory => format!("{amount} of memory an instance, and it asks for {has}"),
        Resource::Volume | Resource::Bucket => format!("{amount} on the {place} of each, of which {has} can be used"),
        Resource::Senders => format!("{amount} requests at once, and it makes {has} at most"),
        Resource::Rate(_) => format!("{amount} reach it, and it takes {has} at most"),
    }
}
