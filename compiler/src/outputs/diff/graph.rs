//! What differs in the graph: profiles, the cluster, namespaces, components, flows, alerts, backups.

use super::facts::{self, Facts};
use super::{Change, Detail, Kind, Pair};
use crate::graph::{Component, Graph, Stack, WorkloadKind};
use crate::maps::IndexMap;
use crate::outputs::words;

/// Profiles that one side alone has.
pub(super) fn profiles(old: &[Stack], new: &[Stack]) -> Vec<Change> {
    let names = |stacks: &[Stack]| -> IndexMap<String, Facts> {
        stacks.iter().map(|s| (format!("profile {}", s.graph.profile), Facts::default())).collect()
    };
    compare(names(old), names(new))
}

/// What differs in the graphs of a pair.
pub(super) fn changes(old: &Graph, new: &Graph, pair: &Pair<'_>) -> Vec<Change> {
    let parts = |graph: &Graph, stack: &Stack| {
        let mut out: IndexMap<String, Facts> = IndexMap::default();
        let mut add = |what: String, facts: Facts| {
            // what is there twice has a number
            let mut name = what.clone();
            let mut number = 1;
            while out.contains_key(&name) {
                number += 1;
                name = format!("{what} ({number})");
            }
            out.insert(name, facts);
        };
        add("cluster".to_owned(), facts::cluster(graph));
        for namespace in &graph.namespaces {
            add(format!("namespace {}", namespace.name), facts::namespace(namespace));
        }
        for component in &graph.components {
            let image = words::workload(stack, component).map(|w| w.image.value.as_str());
            add(format!("component {}", component.name), facts::component(graph, component, image));
        }
        for flow in graph.flows.iter().filter(|f| !f.implicit) {
            let name = |id| &graph.component(id).name;
            add(format!("flow {} -> {}: {}", name(flow.from), name(flow.to), flow.protocol), facts::flow(flow));
        }
        for component in &graph.components {
            for alert in &component.alerts {
                add(format!("alert {}", alert.title(&component.name)), facts::alert(alert));
            }
        }
        for backup in &graph.backups {
            add(format!("backup {}", graph.component(backup.component).name), facts::backup(backup));
        }
        out
    };
    let mut out = compare(parts(old, pair.old.stack), parts(new, pair.new.stack));
    out.iter_mut().for_each(|change| change.notes = notes(change, old, new));
    out
}

/// Parts by name: what only one side has, and what differs in those of both.
fn compare(mut old: IndexMap<String, Facts>, new: IndexMap<String, Facts>) -> Vec<Change> {
    let mut out = Vec::new();
    for (what, is) in new {
        let change = |kind, details| Change {
            kind,
            what: what.clone(),
            details,
            notes: Vec::new(),
            recreation: Vec::new(),
            pairs: Vec::new(),
        };
        match old.shift_remove(&what) {
            None => out.push(change(Kind::Added, Vec::new())),
            Some(was) => {
                let details = details(was, is);
                if !details.is_empty() {
                    out.push(change(Kind::Changed, details));
                }
            }
        }
    }
    let gone = old.into_keys().map(|what| Change {
        kind: Kind::Removed,
        what,
        details: Vec::new(),
        notes: Vec::new(),
        recreation: Vec::new(),
        pairs: Vec::new(),
    });
    out.extend(gone);
    out
}

fn details(mut was: Facts, is: Facts) -> Vec<Detail> {
    let mut out = Vec::new();
    for (field, new) in is {
        let old = was.shift_remove(&field);
        if old.as_ref() != Some(&new) {
            out.push(Detail { field, old, new: Some(new) });
        }
    }
    out.extend(was.into_iter().map(|(field, old)| Detail { field, old: Some(old), new: None }));
    out
}

/// What should be known of a change: who reaches what they didn't.
fn notes(change: &Change, old: &Graph, new: &Graph) -> Vec<String> {
    let changed_to =
        |field: &str, to: &str| change.details.iter().any(|d| d.field == field && d.new.as_deref() == Some(to));
    if change.what.starts_with("namespace ") && changed_to("isolated", "false") {
        return vec!["traffic that no flow declares is let through now".to_owned()];
    }
    let Some(ends) = change.what.strip_prefix("flow ") else { return Vec::new() };
    let opened = change.kind == Kind::Added;
    let Some((from, rest)) = ends.split_once(" -> ") else { return Vec::new() };
    let to = rest.split(':').next().unwrap_or_default();
    let graph = if opened { new } else { old };
    let find = |name: &str| graph.components.iter().find(|c| c.name == name);
    match find(from).zip(find(to)) {
        Some((from, to)) if opened => opens(from, to).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Whether a new flow crosses a boundary that policies and people care about.
fn opens(from: &Component, to: &Component) -> Option<String> {
    let outside = |c: &Component| c.workload == WorkloadKind::External;
    match (outside(from), outside(to)) {
        (true, false) => Some(format!("{} is reached from outside of this program", to.name)),
        (false, true) => Some(format!("{} reaches out of this program", from.name)),
        (false, false) if from.namespace != to.namespace => Some("it crosses from one namespace to another".to_owned()),
        _ => None,
    }
}
