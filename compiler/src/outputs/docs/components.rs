//! Components one by one: what they are, how they run, every value with where it came from.

use super::Book;
use super::markdown::{Document, Inline, Table, code, told};
use crate::graph::{Component, Effective, Flow, LinkSource, State, WorkloadKind};
use crate::outputs::words;
use crate::value::{Quantity, Value};

/// The heading of a component's part.
pub(super) fn heading(name: &str) -> String {
    format!("Component {name}")
}

pub(super) fn chapter(book: &Book<'_>) -> Document {
    let graph = &*book.stack.graph;
    let mut doc = Document::default();
    let row = |c: &Component| {
        let what = first_line(c.doc.as_ref().or(c.kind_doc.as_ref()));
        let place = graph.namespace_of(c).map_or("—".to_owned(), ToString::to_string);
        let image = words::workload(book.stack, c).map(|w| w.image.value.to_string()).unwrap_or_default();
        let words = [words::kind(c), place, words::runs_as(c), image].map(Inline::Text);
        std::iter::once(book.component(&c.name)).chain(words).chain([told(what)]).collect::<Vec<_>>()
    };
    doc.table(&Table::new(
        ["Component", "Kind", "Namespace", "Runs as", "Image", "What it does"],
        graph.components.iter().map(row),
    ));
    doc.paragraph(&[
        "All lines behind a value: ".into(),
        code(format!("obs why {} COMPONENT.SETTING", book.program())),
        "; behind an object: ".into(),
        code(format!("obs why {} KIND/NAME", book.program())),
        ".".into(),
    ]);
    for component in &graph.components {
        one(book, &mut doc, component);
    }
    doc
}

pub(super) fn first_line(doc: Option<&String>) -> String {
    doc.and_then(|d| d.lines().next()).unwrap_or_default().trim().to_owned()
}

fn one(book: &Book<'_>, doc: &mut Document, component: &Component) {
    book.heading(doc, 3, &heading(&component.name));
    doc.markdown(component.doc.as_deref().unwrap_or_default().trim());
    doc.markdown(component.kind_doc.as_deref().unwrap_or_default().trim());
    doc.list(&component.notes.iter().map(|n| vec![Inline::Text(n.to_string())]).collect::<Vec<_>>());
    doc.table(&Table::new(["At a glance", ""], facts(book, component)));
    let values: Vec<Vec<Inline>> = component.params.iter().map(|(name, value)| effective(book, name, value)).collect();
    if !values.is_empty() {
        doc.markdown("Values that hold, and who said so:");
        doc.table(&Table::new(["Setting", "Value", "Said by", "Where", "Meaning"], values));
    }
}

/// What there is to know at a glance.
fn facts(book: &Book<'_>, c: &Component) -> Vec<Vec<String>> {
    let graph = &*book.stack.graph;
    let mut out: Vec<Vec<String>> = Vec::new();
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            out.push(vec![name.to_owned(), value]);
        }
    };
    fact("Kind", words::list(&c.kinds));
    fact("Runs as", words::runs_as(c));
    let scaled = matches!(c.workload, WorkloadKind::Deployment | WorkloadKind::Stateful) && graph.profiles.len() > 1;
    let replicas = graph.profiles.iter().zip(&c.replicas.by_profile).map(|(profile, n)| format!("{profile}: {n}"));
    fact("Replicas", if scaled { words::list(replicas) } else { String::new() });
    if words::deployed(c) && c.state != State::PerNode {
        fact("A second instance", words::sharing(c.state).1.to_owned());
    }
    fact("Layer", c.layer.map(|l| graph.layers[l.0 as usize].title.to_string()).unwrap_or_default());
    fact("Ports", words::list(words::ports(c, |_| true)));
    fact("Stores", words::list(c.stores.iter().map(|s| s.name())));
    fact("Connects to", ends(book, graph.outgoing(c.id), |f| f.to));
    fact("Is connected to by", ends(book, graph.incoming(c.id), |f| f.from));
    if let Some(w) = words::workload(book.stack, c) {
        let r = &w.resources;
        let (cpu, memory, limit) = (Quantity::Cpu(r.cpu), Quantity::Bytes(r.memory), Quantity::Bytes(r.memory_limit));
        fact("Requests", format!("{cpu} CPU, {memory} of memory (limit {limit})"));
        fact("Volume", words::volume(w).unwrap_or_default());
        fact("Files", words::list(w.files.iter().map(|f| f.path.as_str())));
        fact("Runs with", format!("user {}, group {}", w.user, w.group));
    }
    out
}

fn ends<'a>(
    book: &Book<'_>,
    flows: impl Iterator<Item = &'a Flow>,
    end: impl Fn(&Flow) -> crate::value::ComponentId,
) -> String {
    let mut out: Vec<String> = Vec::new();
    for flow in flows.filter(|f| !f.implicit) {
        let told = format!("{} ({})", book.stack.graph.component(end(flow)).name, flow.protocol);
        if !out.contains(&told) {
            out.push(told);
        }
    }
    words::list(out)
}

fn effective(book: &Book<'_>, name: &str, value: &Effective) -> Vec<Inline> {
    vec![
        code(name),
        code(shown(&value.value)),
        said_by(value, "the component").into(),
        said_at(book, value),
        told(first_line(value.doc.as_ref())),
    ]
}

/// Who said a value, and instead of what; `own` is what it belongs to.
pub(super) fn said_by(value: &Effective, own: &str) -> String {
    let who = |source: &LinkSource| match source {
        LinkSource::Default => "the protocol".to_owned(),
        LinkSource::Kind(kind) => format!("the kind {kind}"),
        LinkSource::Acceptor => "the side that listens".to_owned(),
        LinkSource::Own => own.to_owned(),
        LinkSource::Scale => "scale".to_owned(),
        LinkSource::Profile(profile) => format!("the profile {profile}"),
    };
    match value.chain.as_slice() {
        [] => String::new(),
        [only] => who(&only.source),
        [.., before, last] => {
            format!("{}, instead of {} by {}", who(&last.source), shown(&before.value), who(&before.source))
        }
    }
}

/// The line that a value stands in.
pub(super) fn said_at(book: &Book<'_>, value: &Effective) -> Inline {
    value.chain.last().map_or_else(|| "".into(), |link| book.line(link.span))
}

/// A value on one line; empty text is said.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Str(text) if text.is_empty() => "\"\"".to_owned(),
        other => other.to_string(),
    }
}
