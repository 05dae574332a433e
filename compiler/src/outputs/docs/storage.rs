//! What is kept, how long, and on what.

use super::Book;
use super::markdown::{Document, Inline, Table};
use crate::graph::{Component, Workload};
use crate::outputs::words;
use crate::value::Quantity;

pub(super) fn chapter(book: &Book<'_>) -> Document {
    let mut doc = Document::default();
    if !book.picture(&mut doc, "storage") {
        return doc;
    }
    let graph = &*book.stack.graph;
    let rooms = words::rooms(book.stack);
    let known = rooms.iter().any(Option::is_some);
    let row = |c: &Component| {
        let volume = words::volume(words::workload(book.stack, c)?)?;
        let term = words::term(graph, c).unwrap_or("–").to_owned();
        let behind = words::list(words::elsewhere(graph, c).map(|f| graph.component(f.to).name.as_str()));
        let mut cells = vec![
            c.name.to_string(),
            words::list(c.stores.iter().map(|s| s.name())),
            term,
            words::kept(c).unwrap_or_else(|| "–".to_owned()),
            volume,
            if behind.is_empty() { "–".to_owned() } else { behind },
        ];
        if known {
            cells.push(rooms[c.id.0 as usize].clone().unwrap_or_else(|| "–".to_owned()));
        }
        Some(cells)
    };
    let head = ["Component", "Stores", "Term", "Kept for", "Volume", "Object store or database"];
    doc.table(&Table::new(
        head.into_iter().chain(known.then_some("Estimated need")),
        graph.components.iter().filter_map(row),
    ));
    doc.list(&remarks(book));
    doc
}

/// What follows from where data is.
fn remarks(book: &Book<'_>) -> Vec<Vec<Inline>> {
    let graph = &*book.stack.graph;
    let mut out = Vec::new();
    for component in graph.components.iter().filter(|c| words::deployed(c)) {
        for flow in words::hands_on(graph, component) {
            let to = graph.component(flow.to);
            let kept = |c: &Component| words::kept(c).map(|k| format!(" ({k})")).unwrap_or_default();
            out.push(vec![Inline::Text(format!(
                "{}{} writes on to {}{}: what is older than its own term is there.",
                component.name,
                kept(component),
                to.name,
                kept(to)
            ))]);
        }
    }
    let stores: Vec<&Component> = graph.components.iter().filter(|c| c.object_store).collect();
    for store in stores {
        let users = graph.incoming(store.id).filter(|f| graph.keeps_data(f)).map(|f| graph.component(f.from));
        let forgets = |c: &&Component| words::workload(book.stack, c).is_some_and(Workload::forgets);
        let (forgetful, others): (Vec<&Component>, Vec<&Component>) = users.partition(forgets);
        let keeps = |of: &[&Component]| {
            let names = words::list(of.iter().map(|c| c.name.as_str()));
            format!("{} ({}) keeps the data of {names} for good: ", store.name, words::kind(store))
        };
        if !others.is_empty() {
            out.push(vec![Inline::Text(format!("{}their volumes hold what is on its way there.", keeps(&others)))]);
        }
        if !forgetful.is_empty() {
            let last = |c: &&Component| {
                let within = c.ships_within.map(|ms| format!(" (the last {})", Quantity::Duration(ms)));
                format!("{}{}", c.name, within.unwrap_or_default())
            };
            let lost = words::list(forgetful.iter().map(last));
            out.push(vec![Inline::Text(format!(
                "{}what is on its way there from {lost} is lost with its pod.",
                keeps(&forgetful)
            ))]);
        }
    }
    out
}
