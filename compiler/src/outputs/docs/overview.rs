//! What the stack is, its main pictures, and what to do next.

use super::Book;
use super::markdown::{Document, Inline, Table, code};
use crate::graph::{Component, Flow, Graph, Signal, WorkloadKind};
use crate::outputs::words;

pub(super) fn introduction(book: &Book<'_>) -> Document {
    let graph = &*book.stack.graph;
    let told = graph.doc.as_deref().unwrap_or_default();
    let (title, rest) = told.split_once('\n').unwrap_or((told, ""));
    let title = title.trim().trim_end_matches('.');
    let default = format!("The stack of {}", graph.cluster.name);
    let mut doc = Document::default();
    doc.heading(1, if title.is_empty() { &default } else { title });
    // doc lines are Markdown, as in other languages
    doc.markdown(rest.trim());
    doc.markdown(graph.cluster.doc.as_deref().unwrap_or_default().trim());
    doc.markdown(
        "*An architecture guide, written by `obs docs` from the source of the stack; changes here are lost. Pictures \
         and tables show one graph: they can't disagree.*",
    );
    let count = |wanted: &dyn Fn(&&Component) -> bool| graph.components.iter().filter(wanted).count().to_string();
    let signals = Signal::ALL.iter().filter(|s| graph.components.iter().any(|c| c.stores.contains(s)));
    let flows = graph.flows.iter().filter(|f| !f.implicit).count().to_string();
    doc.table(&Table::new(
        ["In short", ""],
        [
            vec!["Cluster".to_owned(), graph.cluster.name.to_string()],
            vec!["Components deployed".to_owned(), count(&|c| words::deployed(c))],
            vec!["What is around them".to_owned(), count(&|c| !words::deployed(c))],
            vec!["Flows".to_owned(), flows],
            vec!["Signals stored".to_owned(), words::list(signals.map(|s| s.name()))],
            vec!["Profiles".to_owned(), words::list(&graph.profiles)],
            vec!["Profile shown".to_owned(), graph.profile.to_string()],
        ],
    ));
    doc
}

pub(super) fn system(book: &Book<'_>) -> Document {
    let graph = &*book.stack.graph;
    let mut doc = Document::default();
    book.picture(&mut doc, "system");
    let told =
        graph.namespaces.iter().map(|n| (&n.title, &n.doc)).chain(graph.layers.iter().map(|l| (&l.title, &l.doc)));
    for (title, text) in told {
        if let Some(text) = text {
            book.heading(&mut doc, 3, title);
            doc.markdown(text.trim());
        }
    }
    let routes: Vec<Vec<Inline>> =
        graph.components.iter().flat_map(|c| words::routes(graph, c)).map(|r| vec![Inline::Text(r)]).collect();
    if !routes.is_empty() {
        doc.markdown("Public hosts, and the Services that they lead to:");
        doc.list(&routes);
    }
    doc
}

pub(super) fn data_flow(book: &Book<'_>) -> Document {
    let graph = &*book.stack.graph;
    let mut doc = Document::default();
    for signal in Signal::ALL {
        let mut part = Document::default();
        if book.picture(&mut part, signal.name()) {
            let (first, rest) = signal.name().split_at(1);
            book.heading(&mut doc, 3, &format!("{}{rest} flow", first.to_uppercase()));
            doc.append(part);
            doc.list(&stages(graph, *signal));
        }
    }
    doc
}

/// Where a signal starts, what changes it, where it is kept, who reads it.
fn stages(graph: &Graph, signal: Signal) -> Vec<Vec<Inline>> {
    let named = |wanted: &dyn Fn(&&Component) -> bool| {
        words::list(graph.components.iter().filter(wanted).map(|c| c.name.as_str()))
    };
    let sends = |c: &Component| graph.leaving(c.id).any(|f| !f.implicit && f.signals.contains(&signal));
    let starts = named(&|c| c.produces.contains(&signal) && sends(c));
    let kept = graph.components.iter().filter(|c| c.stores.contains(&signal)).map(|c| {
        let long = words::term(graph, c).map(|t| format!(", {t}")).unwrap_or_default();
        let kept = words::kept(c).map(|k| format!(", kept: {k}")).unwrap_or_default();
        format!("{} ({}{long}{kept})", c.name, c.kind_title)
    });
    let reads = |f: &&Flow| f.backward && !f.own && f.signals.contains(&signal);
    let readers =
        named(&|c| graph.outgoing(c.id).filter(reads).any(|f| graph.component(f.to).stores.contains(&signal)));
    let line = |what: &str, who: String| (!who.is_empty()).then(|| vec![Inline::Text(format!("{what}: {who}."))]);
    let kept = words::list(kept);
    [line("Starts at", starts), line("Stored in", kept), line("Read by", readers)].into_iter().flatten().collect()
}

pub(super) fn interaction(book: &Book<'_>) -> Document {
    let graph = &*book.stack.graph;
    let mut doc = Document::default();
    if !book.picture(&mut doc, "interaction") {
        return doc;
    }
    let asks = |f: &&Flow| f.backward && !f.own && words::deployed(graph.component(f.to));
    let line = |c: &Component| {
        let mut seen: Vec<String> = Vec::new();
        for flow in graph.outgoing(c.id).filter(asks) {
            let remark = flow.remark.as_ref().map(|r| format!(" ({r})")).unwrap_or_default();
            let what = format!("{}{remark}", graph.component(flow.to).name);
            if !seen.contains(&what) {
                seen.push(what);
            }
        }
        (!seen.is_empty()).then(|| vec![Inline::Text(format!("{} queries {}.", c.name, seen.join(", ")))])
    };
    doc.list(&graph.components.iter().filter_map(line).collect::<Vec<_>>());
    doc
}

pub(super) fn deployment(book: &Book<'_>) -> Document {
    let mut doc = Document::default();
    let mut part = Document::default();
    if book.picture(&mut part, "availability") {
        book.heading(&mut doc, 3, "High availability");
        doc.append(part);
        doc.table(&availability(book));
    }
    let mut part = Document::default();
    if book.picture(&mut part, "nodes") {
        book.heading(&mut doc, 3, "Distribution over nodes");
        doc.append(part);
        let daemons = book.stack.graph.components.iter().filter(|c| c.workload == WorkloadKind::Daemon);
        let line = |c: &Component| {
            let workload = words::workload(book.stack, c);
            let taints = if workload.is_some_and(|w| w.tolerate_all) { ", whatever its taints" } else { "" };
            let local =
                if workload.is_some_and(|w| w.node_local) { "; clients reach the one on their own node" } else { "" };
            vec![Inline::Text(format!("{}: a DaemonSet, one pod on every node{taints}{local}.", c.name))]
        };
        doc.list(&daemons.map(line).collect::<Vec<_>>());
    }
    super::failures::section(book, &mut doc);
    doc
}

fn availability(book: &Book<'_>) -> Table {
    let graph = &*book.stack.graph;
    let counted = |c: &&Component| matches!(c.workload, WorkloadKind::Deployment | WorkloadKind::Stateful);
    let row = |c: &Component| {
        let (how, each) = words::sharing(c.state);
        let bounds = c.replicas.autoscale.as_ref().map(|a| format!(" ({} to {})", a.least, a.max)).unwrap_or_default();
        let loss = match c.replicas.count {
            0 => "switched off in this profile",
            1 => "it is away until its pod runs again",
            _ => "the others go on; one at a time is taken away on purpose",
        };
        let (how, each) = if c.replicas.count > 1 { (how, each) } else { ("alone", "does all of the work") };
        [&c.name, &*format!("{}{bounds}", c.replicas.count), how, each, loss].map(str::to_owned).to_vec()
    };
    Table::new(
        ["Component", "Replicas", "They are", "Each", "When one is lost"],
        graph.components.iter().filter(counted).map(row),
    )
}

pub(super) fn own_views(book: &Book<'_>) -> Document {
    let mut doc = Document::default();
    for view in book.own_views() {
        let Some(title) = crate::outputs::diagram::title(book.stack, view) else { continue };
        book.heading(&mut doc, 3, &title);
        book.picture(&mut doc, view);
    }
    doc
}

pub(super) fn next_steps(book: &Book<'_>) -> Document {
    let (profile, program) = (&book.stack.graph.profile, book.program());
    let mut doc = Document::default();
    let steps = [
        ("Check the program, and carry out its tests", format!("obs check {program} && obs test {program}")),
        (
            "Build the manifests, and look at what would change",
            format!("obs build {program} -o out\nkubectl diff -k out/kubernetes/overlays/{profile}"),
        ),
        ("Apply them", format!("kubectl apply --server-side -k out/kubernetes/overlays/{profile}")),
        (
            "In CI: is all that is committed what the source says?",
            format!("obs build {program} --check && obs docs {program} --check"),
        ),
    ];
    for (at, (say, run)) in steps.into_iter().enumerate() {
        doc.paragraph(&[Inline::Text(format!("{}. {say}:", at + 1))]);
        doc.fence("sh", &run);
    }
    doc.paragraph(&[
        "Then read ".into(),
        Inline::Link("how it is run".to_owned(), book.to("recovery")),
        ", and ".into(),
        Inline::Link("what it takes for granted".to_owned(), book.to("assumptions")),
        ". A component, a flow or a view more is a line in the source; ".into(),
        code("obs explain"),
        " has a page for each finding.".into(),
    ]);
    doc
}
