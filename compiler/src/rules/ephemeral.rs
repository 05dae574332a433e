//! OBS4115: what is to be kept, or isn't in its object store yet, isn't on a folder that is lost with its pod.

use super::Context;
use crate::db;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Component, Effective, Flow, Graph, Stack, stacks};
use crate::text::Span;
use crate::value::{ComponentId, Quantity, Value};
use std::collections::BTreeSet;

/// What is kept for so long may go with a pod: who asks for no more than that has answered.
const SHORT: i64 = 24 * 60 * 60 * 1000;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let mut told: BTreeSet<ComponentId> = BTreeSet::new();
    for stack in stacks(context.db, context.entry).stacks.iter() {
        for component in &stack.graph.components {
            if let Some(found) = lost(context, stack, component)
                && told.insert(component.id)
            {
                out.push(found.about(component.name.clone()));
            }
        }
    }
}

fn lost(context: &Context<'_>, stack: &Stack, component: &Component) -> Option<Diagnostic> {
    let graph = &*stack.graph;
    let workload = stack.workloads.get(component.id.0 as usize)?.as_ref()?;
    if !workload.forgets() || component.stores.is_empty() {
        return None;
    }
    if let Some(bucket) = graph.outgoing(component.id).find(|f| graph.keeps_data(f)) {
        return on_its_way(context, graph, component, bucket);
    }
    let handed_on = |f: &Flow| {
        let stored = f.signals.iter().any(|s| component.stores.contains(s) && graph.component(f.to).stores.contains(s));
        (stored && !f.backward && f.to != f.from) || component.shared_by.contains(&f.protocol)
    };
    // that there is nothing to back up is said where a backup is asked for
    let backed = graph.backups.iter().any(|b| b.component == component.id);
    if backed || graph.outgoing(component.id).any(handed_on) { None } else { kept(context, component) }
}

/// Data that is nowhere else, where the program says something of how it is kept: who takes all as it comes has promised
/// nobody anything.
fn kept(context: &Context<'_>, component: &Component) -> Option<Diagnostic> {
    let retention = component.params.get("retention")?;
    let Value::Quantity(Quantity::Duration(ms)) = retention.value else { return None };
    let storage = component.params.get("storage").and_then(|s| said(context, s));
    let span = said(context, retention).or(storage).filter(|_| ms > SHORT)?;
    let message = format!(
        "`{}` keeps {} of data on a folder that is lost with its pod, and nowhere else",
        component.name, retention.value
    );
    let help = "give it a volume (`storage: disk(50Gi)`), let it hand its data on, or keep a day of it at most";
    Some(Diagnostic::new(Code::OBS4115, span, message).help(help))
}

/// What is on the folder alone until it is in the object store.
fn on_its_way(context: &Context<'_>, graph: &Graph, component: &Component, bucket: &Flow) -> Option<Diagnostic> {
    let within = Quantity::Duration(component.ships_within?);
    let span = component.params.get("storage").and_then(|s| said(context, s)).unwrap_or(component.name_span);
    let message = format!(
        "what `{}` took in within the last {within} is on a folder that is lost with its pod, and may not be in `{}` yet",
        component.name,
        graph.component(bucket.to).name
    );
    Some(Diagnostic::new(Code::OBS4115, span, message).help("give it a volume: `storage: disk(20Gi)`"))
}

/// Where the program says what a setting is; `None` where only the library does.
fn said(context: &Context<'_>, of: &Effective) -> Option<Span> {
    let span = of.chain.last()?.span;
    (!db::is_library(context.db, db::file(context.db, span.file))).then_some(span)
}
