//! What words and signs mean.

use super::Book;
use super::components::first_line;
use super::markdown::{Document, Inline, Table, code, told};
use crate::graph::Signal;
use crate::outputs::words;

/// Words of graphs and of Kubernetes that the guide uses.
const WORDS: &[(&str, &str)] = &[
    ("component", "Something that runs, here or elsewhere: a node of the graph, a box in the pictures."),
    ("flow", "Who connects to whom, and what goes along: an edge of the graph, an arrow in the pictures."),
    ("signal", "A kind of data about how things run: metrics, logs, traces, profiles."),
    ("push, pull", "Who opens the connection on which data goes: the side that gives it, or the side that gets it."),
    ("layer", "A group of components, for pictures and documents."),
    ("profile", "A set of numbers and settings under a name: one size of the stack."),
    ("replica", "One of several equal instances of a component."),
    ("PVC", "PersistentVolumeClaim: a volume that outlives the pod."),
    ("emptyDir", "A folder that goes with its pod."),
    ("DaemonSet", "One pod on every node."),
    ("StatefulSet", "Pods with names and volumes of their own."),
    ("HPA", "HorizontalPodAutoscaler: sets the number of pods by how much they use."),
    ("RBAC", "Who may ask the Kubernetes API for what."),
    ("waiver", "A warning that someone accepts, with a reason and often an end."),
];

pub(super) fn chapter(book: &Book<'_>) -> Document {
    let graph = &*book.stack.graph;
    let first = |doc: &Option<String>| first_line(doc.as_ref());
    let mut rows: Vec<(String, String)> = WORDS.iter().map(|(w, m)| ((*w).to_owned(), (*m).to_owned())).collect();
    for signal in Signal::ALL {
        let kept = words::list(graph.components.iter().filter(|c| c.stores.contains(signal)).map(|c| c.name.as_str()));
        if !kept.is_empty() {
            rows.push((signal.name().to_owned(), format!("A signal; stored in {kept}.")));
        }
    }
    for flow in &graph.flows {
        rows.push((flow.protocol.to_string(), format!("A protocol. {}", first(&flow.protocol_doc))));
    }
    for component in &graph.components {
        rows.push((component.kind.to_string(), format!("A kind. {}", first(&component.kind_doc))));
    }
    rows.sort_by_key(|(word, _)| word.to_lowercase());
    rows.dedup_by(|a, b| a.0 == b.0);
    let mut doc = Document::default();
    doc.table(&Table::new(["Word", "Meaning"], rows.into_iter().map(|(w, m)| vec![Inline::Text(w), told(m.trim())])));
    doc
}

pub(super) fn legend(_: &Book<'_>) -> Document {
    let rows = [
        ("┌─┐ box", "A component or service. Its name stands first, then its kind, then what matters in that picture."),
        ("┌╌┐ dashed box", "A component that this program doesn't deploy."),
        ("┌─ title ─┐ frame", "Components that belong together: cluster, namespace, layer, zone, replicas, node."),
        (
            "──► arrow",
            "A flow. The line below each picture says whether arrows point the way of the connection or of the data.",
        ),
        ("▼ ▲ arrowhead", "Where it leads to. An arrow has one head: what goes both ways is two flows."),
        ("│ ─ line", "A connection; lines that branch have the same label."),
        ("↻", "A flow of a component to itself."),
        ("•", "What a component does."),
    ];
    let mut doc = Document::default();
    doc.table(&Table::new(["Sign", "Meaning"], rows.map(|(sign, meaning)| vec![code(sign), meaning.into()])));
    doc
}
