//! Ports, flows, and where to reach what.

use super::Book;
use super::components::{said_at, said_by, shown};
use super::markdown::{Document, Inline, Table, code, told};
use crate::graph::{Component, Effective, Flow, Graph, LinkSource, Port};
use crate::outputs::words;

pub(super) fn chapter(book: &Book<'_>) -> Document {
    let graph = &*book.stack.graph;
    let mut doc = Document::default();
    let ports = port_table(graph);
    book.heading(&mut doc, 3, "Port mapping");
    book.picture(&mut doc, "ports");
    doc.table(&ports);
    if !graph.flows.is_empty() {
        book.heading(&mut doc, 3, "Flows");
        doc.markdown(
            "From: the side that opens the connection. To: the side that listens. Where the data goes back (←), the \
             side that opens the connection pulls it; else it pushes.",
        );
        doc.table(&flow_table(graph));
        let settings: Vec<Vec<Inline>> = graph.flows.iter().flat_map(|f| settings(book, f)).collect();
        if !settings.is_empty() {
            book.heading(&mut doc, 3, "Settings of flows");
            doc.markdown("What differs from the defaults of the protocol, and who said so:");
            doc.table(&Table::new(["From", "To", "Protocol", "Setting", "Value", "Said by", "Where"], settings));
        }
    }
    doc
}

fn port_table(graph: &Graph) -> Table {
    let row = |c: &Component, p: &Port| {
        vec![c.name.to_string(), p.number.to_string(), p.protocol.to_string(), p.purpose.to_string()]
    };
    let deployed = graph.components.iter().filter(|c| words::deployed(c));
    Table::new(
        ["Component", "Port", "Protocol", "Purpose"],
        deployed.flat_map(|c| c.ports.iter().map(move |p| row(c, p))),
    )
}

fn flow_table(graph: &Graph) -> Table {
    let row = |f: &Flow| {
        let data = if f.backward { "←" } else { "→" };
        let ports = words::list(f.ports.iter().map(|p| p.number.to_string()));
        let doc = f.doc.as_deref().map(|d| d.lines().next().unwrap_or_default().trim().to_owned());
        let peers = f.implicit.then(|| "Among its own instances".to_owned());
        let each = (f.urls.len() > 1).then(|| "To every instance".to_owned());
        let plain = [
            graph.component(f.from).name.to_string(),
            graph.component(f.to).name.to_string(),
            f.protocol.to_string(),
            if ports.is_empty() { "any".to_owned() } else { ports },
            words::spoken(f),
            words::list(f.signals.iter().map(|s| s.name())),
            data.to_owned(),
        ];
        let remark = told(words::list(doc.into_iter().chain(each).chain(peers)));
        plain.into_iter().map(Inline::Text).chain([remark]).collect::<Vec<_>>()
    };
    Table::new(
        ["From", "To", "Protocol", "Port", "Transport", "Signals", "Data", "Remark"],
        graph.flows.iter().map(row),
    )
}

/// Options that the flow or the side that listens has set.
fn settings(book: &Book<'_>, flow: &Flow) -> Vec<Vec<Inline>> {
    let graph = &*book.stack.graph;
    let name = |id| Inline::Text(graph.component(id).name.to_string());
    let differs = |value: &Effective| match value.chain.as_slice() {
        [] => false,
        // what is said again is no other value
        [first, .., last] if first.source == LinkSource::Default => first.value != last.value,
        [.., last] => last.source != LinkSource::Default,
    };
    let set = flow.options.iter().filter(|(_, value)| !flow.implicit && differs(value));
    let row = |(option, value): (&smol_str::SmolStr, &Effective)| {
        vec![
            name(flow.from),
            name(flow.to),
            flow.protocol.as_str().into(),
            code(option.as_str()),
            code(shown(&value.value)),
            said_by(value, "the flow").into(),
            said_at(book, value),
        ]
    };
    set.map(row).collect()
}

pub(super) fn quick_reference(book: &Book<'_>) -> Document {
    let graph = &*book.stack.graph;
    let mut doc = Document::default();
    let deployed = || graph.components.iter().filter(|c| words::deployed(c));
    let rows: Vec<Vec<Inline>> = deployed().flat_map(|c| addresses(graph, c)).collect();
    if !rows.is_empty() {
        doc.markdown("From a machine with kubectl: run the command, then open the address.");
        doc.table(&Table::new(["What", "Address", "Command"], rows));
    }
    let public = |f: &Flow| {
        let host = f.options.get("host")?.value.as_str()?;
        let path = f.options.get("path").and_then(|p| p.value.as_str()).map_or("/", |p| p.as_str());
        let address = format!("https://{host}{path}");
        Some(vec![Inline::Text(graph.component(f.to).name.to_string()), Inline::Link(address.clone(), address)])
    };
    let public: Vec<Vec<Inline>> = graph.flows.iter().filter_map(public).collect();
    if !public.is_empty() {
        doc.markdown("Public addresses:");
        doc.table(&Table::new(["What", "Address"], public));
    }
    let inside = |c: &Component| {
        let port = c.ports.first()?;
        Some(vec![Inline::Text(c.name.to_string()), code(format!("{}:{}", graph.host(c), port.number))])
    };
    let inside: Vec<Vec<Inline>> = deployed().filter_map(inside).collect();
    if !inside.is_empty() {
        doc.markdown("From within the cluster, where a flow allows it:");
        doc.table(&Table::new(["What", "Address"], inside));
    }
    doc
}

/// Ports for browsers and the pages that a kind names, on this machine.
fn addresses(graph: &Graph, component: &Component) -> Vec<Vec<Inline>> {
    let Some(namespace) = graph.namespace_of(component) else { return Vec::new() };
    let ports = component.ports.iter().filter(|p| p.protocol == "HTTP");
    let ports = ports.map(|p| (p.purpose.to_string(), p.number, String::new()));
    let pages = component.pages.iter().map(|p| (p.title.to_string(), p.port, p.path.to_string()));
    let row = |(what, port, path): (String, u16, String)| {
        let address = format!("http://localhost:{port}{path}");
        let run = format!("kubectl -n {namespace} port-forward service/{} {port}:{port}", component.name);
        vec![
            Inline::Text(format!("{} {what}", component.kind_title)),
            Inline::Link(address.clone(), address),
            code(run),
        ]
    };
    ports.chain(pages).map(row).collect()
}
