//! Who watches the stack itself, and every alert with its expression.

use super::Book;
use super::markdown::{Document, Inline, Table, code, told};
use crate::graph::{Alert, Component, Flow, Graph, Probe, ProbeAction};
use crate::maps::IndexMap;
use crate::outputs::words;
use crate::value::Quantity;
use std::collections::BTreeSet;

/// More flows of one protocol than this aren't told one by one.
const SHOWN: usize = 20;

pub(super) fn chapter(book: &Book<'_>) -> Document {
    let graph = &*book.stack.graph;
    let mut doc = Document::default();
    book.picture(&mut doc, "self-monitoring");
    doc.list(&watchers(graph));
    health_checks(book, &mut doc);
    catalogue(book, &mut doc);
    doc
}

/// Who watches whom, in words.
fn watchers(graph: &Graph) -> Vec<Vec<Inline>> {
    let mut out: Vec<Vec<Inline>> = Vec::new();
    let mut say = |text: String| out.push(vec![Inline::Text(text)]);
    let own = |f: &&Flow| f.own && words::deployed(graph.component(f.to));
    for component in graph.components.iter().filter(|c| words::deployed(c)) {
        let watched: Vec<&Component> =
            graph.outgoing(component.id).filter(own).map(|f| graph.component(f.to)).collect();
        let label = graph.outgoing(component.id).find(own).map_or("collects from", |f| f.label.as_str());
        if watched.iter().any(|w| w.id == component.id) {
            say(format!("{} watches itself: {label}.", component.name));
        }
        let others = words::list(watched.iter().filter(|w| w.id != component.id).map(|w| w.name.as_str()));
        if !others.is_empty() {
            say(format!("{} watches {others}: {label}.", component.name));
        }
        let gathers = |id| graph.outgoing(id).any(|f| own(&f));
        let reads = graph.outgoing(component.id).filter(|f| f.backward && !f.own && gathers(f.to) && f.to != f.from);
        let read = words::list(reads.map(|f| graph.component(f.to).name.as_str()));
        if !read.is_empty() {
            say(format!("{} monitors {read}, and shows what is gathered there.", component.name));
        }
        if let Some(stores) = own_logs(graph, component) {
            say(format!(
                "{} reads the logs of all pods, those of this stack too: {stores} collects its own logs.",
                component.name
            ));
        }
        let notified = |f: &&Flow| component.emits.iter().any(|e| e.notifies && e.protocol == f.protocol);
        let told =
            words::list(graph.outgoing(component.id).filter(notified).map(|f| graph.component(f.to).name.as_str()));
        if !told.is_empty() {
            say(format!("Alerts on component failures go from {} to {told}.", component.name));
        }
    }
    out
}

/// Where the logs end that a component reads of all pods.
fn own_logs(graph: &Graph, component: &Component) -> Option<String> {
    let reads = |f: &Flow| f.rbac.iter().any(|r| r.resources.iter().any(|r| r == "pods/log"));
    graph.outgoing(component.id).find(|f| reads(f))?;
    let logs = crate::graph::Signal::Logs;
    let to =
        graph.leaving(component.id).filter(|f| f.signals.contains(&logs)).map(|f| graph.component(graph.data_to(f)));
    let stores: Vec<&str> = to.filter(|c| c.stores.contains(&logs)).map(|c| c.name.as_str()).collect();
    (!stores.is_empty()).then(|| words::list(stores))
}

fn health_checks(book: &Book<'_>, doc: &mut Document) {
    let graph = &*book.stack.graph;
    let told = |c: &Component, probe: &Option<Probe>| {
        let number = |port: &str| c.ports.iter().find(|p| p.name == port).map_or(0, |p| p.number);
        let Some(probe) = probe else { return "–".to_owned() };
        let what = match &probe.action {
            ProbeAction::Http { path, port, tls } => {
                format!("GET {path} on {}{}", number(port), if *tls { " over TLS" } else { "" })
            }
            ProbeAction::Tcp { port } => format!("connects to {}", number(port)),
            ProbeAction::Exec { command } => command.join(" "),
        };
        format!("{what}, every {}, {} failures", words::seconds(probe.period.unsigned_abs()), probe.failures)
    };
    let row = |c: &Component| {
        let w = words::workload(book.stack, c)?;
        Some(vec![c.name.to_string(), told(c, &w.ready), told(c, &w.live), told(c, &w.startup)])
    };
    let rows: Vec<Vec<String>> = graph.components.iter().filter_map(row).collect();
    if rows.is_empty() {
        return;
    }
    book.heading(doc, 3, "Health checks");
    doc.table(&Table::new(["Component", "Ready", "Live", "Started"], rows));
    doc.paragraph(&[
        "Health checks via CI/CD: after each deployment the pipeline waits for these with ".into(),
        code("kubectl rollout status"),
        ", as ".into(),
        Inline::Link("Disaster recovery".to_owned(), book.to("recovery")),
        " does; before it, ".into(),
        code("obs check"),
        " and ".into(),
        code("obs test"),
        " say whether the stack holds together.".into(),
    ]);
}

/// The alerts of all profiles, each once by the title of its part.
fn all<'a>(book: &Book<'a>) -> IndexMap<String, (&'a Component, &'a Alert)> {
    let mut out = IndexMap::default();
    for component in book.stacks.iter().flat_map(|s| &s.graph.components).filter(|c| words::deployed(c)) {
        for alert in &component.alerts {
            out.entry(alert.title(&component.name)).or_insert((component, alert));
        }
    }
    out
}

/// What the parts about alerts are called: what `runbook_url` and its like lead to.
pub(super) fn titles(book: &Book<'_>) -> impl Iterator<Item = String> {
    all(book).into_keys()
}

fn catalogue(book: &Book<'_>, doc: &mut Document) {
    let all = all(book);
    if all.is_empty() {
        return;
    }
    book.heading(doc, 3, "Alerts");
    let row = |(c, a): &(&Component, &Alert)| {
        let hold = Quantity::Duration(a.hold).to_string();
        let about = a.flow.as_ref().unwrap_or(&c.name);
        let plain = [a.name.to_string(), about.to_string(), a.severity.to_string(), hold].map(Inline::Text);
        plain.into_iter().chain([told(a.summary.as_str())]).collect::<Vec<_>>()
    };
    doc.table(&Table::new(["Alert", "About", "Severity", "After", "What it says"], all.values().map(row)));
    unwatched(&book.stack.graph, all.values().filter_map(|(_, alert)| alert.flow.as_deref()).collect(), doc);
    for (title, (component, alert)) in &all {
        // kept for it, so that links end here
        doc.heading(4, title);
        let about = format!("{} · {} · ", component.name, alert.severity);
        doc.paragraph(&[about.into(), told(alert.summary.as_str())]);
        doc.fence("promql", alert.expr.trim());
        if let Some(description) = &alert.description {
            doc.paragraph(&[told(description.as_str())]);
        }
    }
}

/// The flows whose silence raises no alert, by protocol. `watched` are the others, as sentences.
fn unwatched(graph: &Graph, watched: BTreeSet<&str>, doc: &mut Document) {
    let mut quiet: IndexMap<&str, Vec<String>> = IndexMap::default();
    for flow in graph.flows.iter().filter(|flow| !watched.contains(&*graph.sentence(flow))) {
        let ends = format!("{} -> {}", graph.component(flow.from).name, graph.component(flow.to).name);
        let all = quiet.entry(&flow.protocol).or_default();
        if !all.contains(&ends) {
            all.push(ends);
        }
    }
    if quiet.is_empty() {
        return;
    }
    let text = "No alert tells when nothing goes over these flows: people ask when they like, and of the others nothing that \
                is gathered tells.";
    doc.paragraph(&[text.into()]);
    let line = |(protocol, ends): (&str, Vec<String>)| {
        let shown = ends.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = ends.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        vec![Inline::Text(format!("{protocol}: {shown}{more}"))]
    };
    doc.list(&quiet.into_iter().map(line).collect::<Vec<_>>());
}
