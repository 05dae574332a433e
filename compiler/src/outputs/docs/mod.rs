//! The architecture guide in Markdown: pictures and tables of the graph.

mod markdown;
mod tables;

use super::OutputFile;
use super::diagram::{self, Format};
use crate::graph::{Graph, Stack};
use markdown::{Document, Table};

/// The guide, one file; the first stack is the default profile. At least one stack.
pub fn markdown(stacks: &[Stack]) -> Vec<OutputFile> {
    let Some(stack) = stacks.first() else { return Vec::new() };
    let graph = &stack.graph;
    let mut doc = Document::default();
    introduction(graph, &mut doc);
    pictures(graph, &mut doc);
    section(&mut doc, "Components", tables::components(stack));
    section(&mut doc, "Ports", tables::ports(graph));
    section(&mut doc, "Flows", tables::flows(graph));
    section(&mut doc, "Public addresses", tables::hosts(graph));
    section(&mut doc, "Scaling", tables::scaling(stacks));
    section(&mut doc, "Autoscaling", tables::autoscaling(graph));
    section(&mut doc, "Storage", tables::storage(stack));
    section(&mut doc, "Backups", tables::backups(graph));
    section(&mut doc, "Alerts", tables::alerts(graph));
    section(&mut doc, "Accepted findings", tables::waivers(graph));
    vec![OutputFile { path: "README.md".to_owned(), text: doc.finish(), origins: Vec::new() }]
}

fn introduction(graph: &Graph, doc: &mut Document) {
    let told = graph.doc.as_deref().unwrap_or_default();
    let (title, rest) = told.split_once('\n').unwrap_or((told, ""));
    let title = title.trim().trim_end_matches('.');
    let default = format!("The stack of {}", graph.cluster.name);
    doc.heading(1, if title.is_empty() { &default } else { title });
    // doc lines are Markdown, as in other languages
    doc.markdown(rest.trim());
    doc.markdown("*Written by `obs docs` from the source of the stack; changes here are lost.*");
}

fn pictures(graph: &Graph, doc: &mut Document) {
    doc.heading(2, "System architecture");
    // the view exists, always
    doc.fence("text", &diagram::draw(graph, "system", Format::Ascii).unwrap_or_default());
    doc.markdown(
        "An arrow points from the side that opens the connection to the side that listens. What stands in a dashed \
         box is not deployed by this program.",
    );
    doc.fence("mermaid", &diagram::draw(graph, "system", Format::Mermaid).unwrap_or_default());
    for view in &graph.views {
        doc.heading(2, view.title.as_ref().unwrap_or(&view.name));
        doc.fence("mermaid", &diagram::draw(graph, &view.name, Format::Mermaid).unwrap_or_default());
    }
}

fn section(doc: &mut Document, title: &str, table: Table) {
    if !table.is_empty() {
        doc.heading(2, title);
        doc.table(&table);
    }
}
