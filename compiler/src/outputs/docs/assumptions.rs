//! What the stack takes for granted, and findings that were accepted.

use super::Book;
use super::markdown::{Document, Inline, Table, code, told};
use crate::graph::{Component, Graph, Peer, Waiver};
use crate::outputs::recovery::secrets;
use crate::outputs::words;

pub(super) fn chapter(book: &Book<'_>) -> Document {
    let graph = &*book.stack.graph;
    let mut doc = Document::default();
    if !graph.components.iter().any(words::deployed) {
        return doc;
    }
    book.heading(&mut doc, 3, "Assumptions");
    doc.list(&cluster(book));
    let around: Vec<Vec<String>> =
        graph.components.iter().filter(|c| !words::deployed(c)).map(|c| place(graph, c)).collect();
    if !around.is_empty() {
        doc.markdown("What is there already, and isn't deployed by this program:");
        doc.table(&Table::new(["Component", "Kind", "Where"], around));
    }
    let needed: Vec<Vec<Inline>> = secrets(book.stack)
        .into_iter()
        .map(|(namespace, secret, users)| {
            let users = words::list(users.iter().map(|c| c.name.as_str()));
            vec![code(secret.name.as_str()), code(namespace), users.into()]
        })
        .collect();
    if !needed.is_empty() {
        doc.markdown("Secrets that someone else puts there; their values never enter this program:");
        doc.table(&Table::new(["Secret", "Namespace", "Used by"], needed));
    }
    if !graph.waivers.is_empty() {
        book.heading(&mut doc, 3, "Accepted findings");
        doc.markdown(
            "Warnings of `obs check` that are accepted, with the reason; `obs explain CODE` says what each means.",
        );
        doc.table(&waivers(graph));
    }
    doc
}

/// What the cluster must have.
fn cluster(book: &Book<'_>) -> Vec<Vec<Inline>> {
    let graph = &*book.stack.graph;
    let mut out: Vec<Vec<Inline>> = Vec::new();
    let mut say = |text: String| out.push(vec![Inline::Text(text)]);
    let (major, minor) = graph.cluster.kubernetes;
    say(format!("The cluster runs Kubernetes {major}.{minor} or later."));
    if graph.namespaces.iter().any(|n| n.isolated) {
        say("Its network plugin enforces Network Policies, and lets the node's own probes through.".to_owned());
        say("DNS answers from pods labelled k8s-app: kube-dns in kube-system.".to_owned());
        if graph.cluster.api_server.is_empty() {
            say("The Kubernetes API may be at any address: the cluster says none (api_server).".to_owned());
        }
    }
    let claims = book.stack.workloads.iter().flatten().filter_map(|w| w.data.as_ref()?.claim.as_ref());
    if claims.clone().any(|c| c.class.is_none()) {
        say("It has a default StorageClass for volumes.".to_owned());
    }
    let classes: std::collections::BTreeSet<&str> = claims.filter_map(|c| c.class.as_deref()).collect();
    if !classes.is_empty() {
        say(format!("It has these StorageClasses: {}.", words::list(classes)));
    }
    if graph.components.iter().any(|c| c.replicas.autoscale.is_some()) {
        say("It has the metrics API (metrics-server): autoscalers ask it.".to_owned());
    }
    for ingress in graph.components.iter().filter_map(|c| c.ingress.as_ref()) {
        let issuer =
            ingress.issuer.as_ref().map(|i| format!(", and cert-manager a ClusterIssuer {i}")).unwrap_or_default();
        match &ingress.gateway {
            Some(namespace) => say(format!("There is a Gateway {} in {namespace}{issuer}.", ingress.class)),
            None => say(format!("There is an IngressClass {}{issuer}.", ingress.class)),
        }
    }
    out
}

fn place(graph: &Graph, c: &Component) -> Vec<String> {
    let labels = |map: &crate::maps::IndexMap<smol_str::SmolStr, smol_str::SmolStr>| {
        words::list(map.iter().map(|(k, v)| format!("{k}: {v}")))
    };
    let host = graph.host(c);
    let host = if host == c.name { String::new() } else { format!("{host}; ") };
    let place = match &c.peer {
        Some(Peer::Pods { namespaces, .. }) if namespaces.is_empty() => "pods of any namespace".to_owned(),
        Some(Peer::Pods { namespaces, .. }) => format!("pods of namespaces with {}", labels(namespaces)),
        Some(Peer::Cidrs { blocks, .. }) if blocks.is_empty() => "any address".to_owned(),
        Some(Peer::Cidrs { blocks, .. }) => words::list(blocks),
        Some(Peer::Outside) => "outside of all".to_owned(),
        None => "not said".to_owned(),
    };
    vec![c.name.to_string(), words::kind(c), format!("{host}{place}")]
}

fn waivers(graph: &Graph) -> Table {
    let row = |w: &Waiver| {
        let until = w.until.as_ref().map_or("—".to_owned(), ToString::to_string);
        vec![w.code.as_str().into(), words::list(&w.on).into(), until.into(), told(w.reason.as_str())]
    };
    Table::new(["Code", "On", "Until", "Reason"], graph.waivers.iter().map(row))
}
