//! `security`: zones from the internet inwards, what is encrypted between them, and what guards them.

use super::parts::{Arrows, BY_CONNECTION, DASHED, Sign, drawn, shape};
use crate::analysis::Fate;
use crate::graph::{Component, Flow, Graph, NamespaceId, Peer, RbacRule, Stack};
use crate::outputs::diagram::picture::{Node, Picture, Shape};
use crate::outputs::words;

pub(super) fn picture(stack: &Stack) -> Picture {
    let graph = &*stack.graph;
    let mut content: Vec<Node> = Vec::new();
    let zone = |wanted: &dyn Fn(&Component) -> bool| -> Vec<Node> {
        graph.components.iter().filter(|c| zone_of(c) != Zone::Inside && wanted(c)).map(|c| outer(graph, c)).collect()
    };
    content.extend(Node::group("Internet", zone(&|c| zone_of(c) == Zone::Internet)));
    content.extend(Node::group("Way in: TLS ends here", zone(&|c| zone_of(c) == Zone::Ingress)));
    for (at, namespace) in graph.namespaces.iter().enumerate() {
        let id = NamespaceId(at as u32);
        let here = graph.components.iter().filter(|c| c.namespace == Some(id) && words::deployed(c));
        let boxes: Vec<Node> = here.map(|c| inner(stack, c)).collect();
        let state = if namespace.isolated { "isolated" } else { "open" };
        if !boxes.is_empty() {
            let guards = guards(stack, id);
            content.extend(Node::group(
                format!("{} ({state})", namespace.title),
                std::iter::once(guards).chain(boxes).collect(),
            ));
        }
    }
    content.extend(Node::group("Other namespaces", zone(&|c| zone_of(c) == Zone::Others)));
    content.extend(Node::group("Outside the cluster's network", zone(&|c| zone_of(c) == Zone::Outside)));
    let mut arrows = Arrows::default();
    for flow in graph.flows.iter().filter(|f| crosses(graph, f)) {
        arrows.connection(graph, flow, words::transport(flow));
    }
    let told = "Only connections between zones are shown. At an arrow stands how it is spoken, and the port.";
    let legend = [BY_CONNECTION, (Sign::Arrows, told), DASHED];
    drawn("Security boundaries", content, arrows.all, &legend, "There is nothing to guard here.")
}

/// Where a component stands, from the outside inwards.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Zone {
    Internet,
    Ingress,
    Inside,
    Others,
    Outside,
}

fn zone_of(component: &Component) -> Zone {
    match &component.peer {
        _ if words::deployed(component) => Zone::Inside,
        _ if component.ingress.is_some() => Zone::Ingress,
        Some(Peer::Outside) => Zone::Internet,
        Some(Peer::Pods { .. }) => Zone::Others,
        _ => Zone::Outside,
    }
}

fn crosses(graph: &Graph, flow: &Flow) -> bool {
    let (from, to) = (graph.component(flow.from), graph.component(flow.to));
    !flow.implicit && (zone_of(from) != zone_of(to) || from.namespace != to.namespace)
}

fn outer(graph: &Graph, component: &Component) -> Node {
    let tls = component.ingress.as_ref().map(|ingress| match (&ingress.issuer, &ingress.certificate) {
        (Some(issuer), _) => format!("Certificates from {issuer}"),
        (None, Some(secret)) => format!("Certificate in the Secret {}", secret.name),
        (None, None) => "No certificate is said".to_owned(),
    });
    let lines = tls.into_iter().chain(logins(graph, component));
    shape(component, lines)
}

/// Who has to show who they are at each public host.
fn logins(graph: &Graph, component: &Component) -> Vec<String> {
    let line = |flow: &Flow| {
        let host = flow.options.get("host")?.value.as_str()?;
        let own = graph.component(flow.to).authenticates;
        let asked = flow.options.get("auth").filter(|a| a.value != crate::value::Value::None);
        let who = if asked.is_some() {
            "asks for a login".to_owned()
        } else if own {
            format!("{} asks for a login", graph.component(flow.to).name)
        } else {
            "no login".to_owned()
        };
        Some(format!("{host}: {who}"))
    };
    graph.outgoing(component.id).filter_map(line).collect()
}

fn inner(stack: &Stack, component: &Component) -> Node {
    let rights = resources(words::rights(stack, component)).map(|r| format!("Kubernetes API: {r}"));
    let saving = words::savings(stack).find(|s| s.saved.id == component.id);
    let saving = saving.and_then(|s| Some(format!("Kubernetes API, {}: {}", s.name(), resources(&s.workload.rbac)?)));
    let asks = component.authenticates.then(|| "Asks for a login".to_owned());
    shape(component, asks.into_iter().chain(rights).chain(saving))
}

/// What rules are about, each once.
fn resources<'a>(rules: impl IntoIterator<Item = &'a RbacRule>) -> Option<String> {
    let mut out: Vec<&str> = Vec::new();
    for resource in rules.into_iter().flat_map(|r| &r.resources) {
        if !out.contains(&resource.as_str()) {
            out.push(resource);
        }
    }
    (!out.is_empty()).then(|| words::list(out))
}

/// What guards a namespace, as a box of its own.
fn guards(stack: &Stack, id: NamespaceId) -> Node {
    let graph = &*stack.graph;
    let namespace = &graph.namespaces[id.0 as usize];
    let here = || graph.components.iter().filter(|c| c.namespace == Some(id) && words::deployed(c));
    let savings: Vec<words::Saving<'_>> = words::savings(stack).filter(|s| s.saved.namespace == Some(id)).collect();
    let all = here().count() + savings.len();
    let with_rights = here().filter(|c| !words::rights(stack, c).is_empty()).count()
        + savings.iter().filter(|s| s.asks_api()).count();
    let (flows, whose) = match savings.is_empty() {
        true => ("the flows", "component"),
        false => ("the flows and the backups", "component and each backup"),
    };
    let policies = if namespace.isolated {
        format!("Network Policies: all denied, then {all} that allow {flows}")
    } else {
        "Network Policies: none, everything may connect".to_owned()
    };
    let lines = vec![
        "What guards it".to_owned(),
        format!("• {policies}"),
        format!("• RBAC: {with_rights} of {all} may ask the Kubernetes API"),
        format!("• Service Accounts: one for each {whose}"),
        format!("• Pod Security: {}", namespace.pod_security),
    ];
    Node::Box(Shape { name: format!("{}/guards", namespace.name), lines, external: false, fate: Fate::Unaffected })
}
