//! The architecture guide in Markdown: pictures and tables of the graph.

mod markdown;
mod tables;

use super::OutputFile;
use super::diagram::{self, Format};
use crate::graph::{Graph, Stack};
use markdown::{Document, Table};

/// The guide and its pictures; the first stack is the default profile. At least one stack.
pub fn markdown(stacks: &[Stack]) -> Vec<OutputFile> {
    let Some(stack) = stacks.first() else { return Vec::new() };
    let graph = &stack.graph;
    let mut doc = Document::default();
    introduction(graph, &mut doc);
    let mut files = pictures(graph, &mut doc);
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
    files.insert(0, OutputFile { path: "README.md".to_owned(), text: doc.finish(), origins: Vec::new() });
    files
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

/// Each view with its picture: a file beside the guide. The system also as text and for Mermaid, where
/// pictures don't show.
fn pictures(graph: &Graph, doc: &mut Document) -> Vec<OutputFile> {
    let own = graph.views.iter().map(|v| (v.name.as_str(), v.title.as_ref().unwrap_or(&v.name).to_string()));
    let known = [("system", "System architecture"), ("metrics", "Metrics"), ("logs", "Logs"), ("traces", "Traces")];
    let shown: Vec<(&str, String)> =
        known.map(|(view, title)| (view, title.to_owned())).into_iter().chain(own).collect();
    let mut files: Vec<OutputFile> = Vec::new();
    for (view, title) in &shown {
        let path = format!("{view}.svg");
        if !diagram::shows(graph, view) {
            continue;
        }
        // a program's own view takes the place of one that always exists
        let Some(text) = diagram::draw(graph, view, Format::Svg).filter(|_| files.iter().all(|f| f.path != path))
        else {
            continue;
        };
        doc.heading(2, title);
        doc.image(title, &path);
        files.push(OutputFile { path, text, origins: Vec::new() });
        if *view == "system" {
            doc.markdown(
                "An arrow points from the side that opens the connection to the side that listens. What stands in a \
                 dashed box is not deployed by this program. The same as text, and for Mermaid:",
            );
            doc.fence("text", &diagram::draw(graph, view, Format::Ascii).unwrap_or_default());
            doc.fence("mermaid", &diagram::draw(graph, view, Format::Mermaid).unwrap_or_default());
        }
    }
    files
}

fn section(doc: &mut Document, title: &str, table: Table) {
    if !table.is_empty() {
        doc.heading(2, title);
        doc.table(&table);
    }
}
