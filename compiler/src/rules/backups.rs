//! OBS4113 and OBS4114: where backups are made, what is kept for good has one, and what isn't kept has none.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Backup, Component, Graph, WorkloadKind};
use crate::value::Value;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    let Some(first) = graph.backups.first() else { return };
    out.extend(graph.components.iter().filter_map(|c| missing(graph, first, c)));
    out.extend(graph.backups.iter().filter_map(|b| empty(graph, b)));
}

/// A store whose data is nowhere else.
fn missing(graph: &Graph, first: &Backup, component: &Component) -> Option<Diagnostic> {
    let stores = component.workload != WorkloadKind::External && !component.stores.is_empty();
    let backed = graph.backups.iter().any(|b| b.component == component.id);
    let elsewhere = graph.outgoing(component.id).any(|f| graph.keeps_data(f));
    let passed_on = graph.flows.iter().any(|f| {
        f.from == component.id && !f.backward && f.signals.iter().any(|s| graph.component(f.to).stores.contains(s))
    });
    if !stores || backed || elsewhere || passed_on {
        return None;
    }
    let stored: Vec<&str> = component.stores.iter().map(|s| s.name()).collect();
    let message = format!("`{}` is the only place of its {}, and has no backup", component.name, stored.join(" and "));
    let diagnostic = Diagnostic::new(Code::OBS4113, component.name_span, message)
        .label(first.span, "others have one")
        .help(format!("add `backup {} {{ … }}`, or a flow to an object store", component.name));
    Some(diagnostic.about(component.name.clone()))
}

/// A backup of what holds nothing that could come back.
fn empty(graph: &Graph, backup: &Backup) -> Option<Diagnostic> {
    let component = graph.component(backup.component);
    let name = &component.name;
    if component.workload == WorkloadKind::External {
        let message = format!("there is nothing of `{name}` to back up: this program doesn't deploy it");
        let diagnostic = Diagnostic::new(Code::OBS4114, backup.span, message).help("remove the backup");
        return Some(diagnostic.about(name.clone()));
    }
    let storage = component.params.get("storage")?;
    let ephemeral = matches!(&storage.value, Value::Variant(v) if v.name == "ephemeral");
    let shared = |protocol: &_| component.shared_by.contains(protocol);
    let elsewhere = graph.outgoing(component.id).any(|f| graph.keeps_data(f) || shared(&f.protocol));
    if !ephemeral || elsewhere || component.stores.is_empty() {
        return None;
    }
    let message = format!("there is nothing to back up: the data of `{name}` is lost with its pod");
    let diagnostic = Diagnostic::new(Code::OBS4114, backup.span, message)
        .label(component.name_span, "its storage is `ephemeral`")
        .help("give it a volume: `storage: disk(50Gi)`");
    Some(diagnostic.about(name.clone()))
}
