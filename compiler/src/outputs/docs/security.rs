//! Zones, and what guards them: policies in words, rights, logins, certificates.

use super::Book;
use super::markdown::{Document, Inline, Table};
use crate::graph::{Component, Flow, Graph, Peer, RbacRule, Stack, Workload};
use crate::maps::IndexMap;
use crate::outputs::words::{self, API_PORTS, Saving};
use crate::value::Value;
use smol_str::SmolStr;

pub(super) fn chapter(book: &Book<'_>) -> Document {
    let graph = &*book.stack.graph;
    let mut doc = Document::default();
    if !book.picture(&mut doc, "security") {
        return doc;
    }
    ways_in(book, &mut doc);
    let isolated: Vec<&str> = graph.namespaces.iter().filter(|n| n.isolated).map(|n| n.name.as_str()).collect();
    if !isolated.is_empty() {
        book.heading(&mut doc, 3, "Network Policies in words");
        let jobs = if words::savings(book.stack).any(|s| guarded(graph, s.saved)) {
            ", and each job that carries out a backup one for what it asks"
        } else {
            ""
        };
        doc.paragraph(&[Inline::Text(format!(
            "All traffic to and from the pods of {} is denied. Then each component has a policy that allows its \
             flows{jobs}, on these ports and no other:",
            words::list(isolated)
        ))]);
        doc.table(&policies(book.stack));
    }
    rights(book, &mut doc);
    let rows = threats(graph);
    if !rows.is_empty() {
        book.heading(&mut doc, 3, "What each boundary lets through");
        doc.paragraph(&[
            "Each row is a way from one zone to another, or within one. Whoever can listen there reads what isn't encrypted; \
             whoever can send there is taken for the client where nobody asks who it is."
                .into(),
        ]);
        doc.table(&Table::new(["From", "To", "Flows", "Not encrypted", "Nobody asks who it is"], rows));
    }
    doc
}

/// Flows between zones: how many, which aren't encrypted, and whose listening end asks for no proof.
fn threats(graph: &Graph) -> Vec<Vec<String>> {
    let mut pairs: Vec<((String, String), Vec<&Flow>)> = Vec::new();
    for flow in &graph.flows {
        let key = (zone(graph, graph.component(flow.from)), zone(graph, graph.component(flow.to)));
        match pairs.iter_mut().find(|(known, _)| *known == key) {
            Some((_, flows)) => flows.push(flow),
            None => pairs.push((key, vec![flow])),
        }
    }
    let told = |flows: &[&Flow], wanted: &dyn Fn(&Flow) -> bool| {
        let mut out: Vec<String> = Vec::new();
        for flow in flows.iter().filter(|f| wanted(f)) {
            let name = |id| &graph.component(id).name;
            let text = format!("{} → {}: {}", name(flow.from), name(flow.to), flow.label);
            if !out.contains(&text) {
                out.push(text);
            }
        }
        if out.is_empty() { "none".to_owned() } else { out.join("; ") }
    };
    let row = |((from, to), flows): ((String, String), Vec<&Flow>)| {
        let plain = told(&flows, &|f| !encrypted(f));
        let open = told(&flows, &|f| !asks(graph, f));
        vec![from, to, flows.len().to_string(), plain, open]
    };
    pairs.into_iter().map(row).collect()
}

/// Where a component is, as far as trust goes.
fn zone(graph: &Graph, component: &Component) -> String {
    match (graph.namespace_of(component), &component.peer) {
        (Some(namespace), _) => format!("namespace {namespace}"),
        (None, Some(Peer::Outside)) => "the internet".to_owned(),
        (None, Some(Peer::Pods { .. })) => "other pods of the cluster".to_owned(),
        (None, _) => "addresses that others run".to_owned(),
    }
}

fn given(flow: &Flow, option: &str) -> bool {
    flow.options.get(option).is_some_and(|o| !matches!(o.value, Value::None | Value::Error | Value::Bool(false)))
}

fn encrypted(flow: &Flow) -> bool {
    flow.transport == "https"
        || given(flow, "tls")
        || flow.options.get("ssl_mode").is_some_and(|m| m.value.as_str().is_some_and(|m| m != "disable"))
}

/// Whether the end that listens, or who lets in, asks who it is.
fn asks(graph: &Graph, flow: &Flow) -> bool {
    let proof = ["login", "mutual", "auth", "credentials"].iter().any(|option| given(flow, option));
    proof || !flow.rbac.is_empty() || graph.component(flow.to).authenticates
}

fn ways_in(book: &Book<'_>, doc: &mut Document) {
    let graph = &*book.stack.graph;
    let mut items: Vec<Vec<Inline>> = Vec::new();
    for component in graph.components.iter().filter(|c| c.ingress.is_some()) {
        let tls = match component.ingress.as_ref().map(|i| (&i.issuer, &i.certificate)) {
            Some((Some(issuer), _)) => format!(" with certificates from {issuer}"),
            Some((None, Some(secret))) => format!(" with the certificate in the Secret {}", secret.name),
            _ => String::new(),
        };
        items.push(vec![format!("TLS ends at {} ({}){tls}.", component.name, component.kind_title).into()]);
    }
    items.extend(on_nodes(book));
    let plain: Vec<String> = graph.flows.iter().filter(|f| is_plain(graph, f)).map(|f| arrow(graph, f)).collect();
    if !plain.is_empty() {
        let told = format!("Not encrypted: {}. Keep them within a network that you trust.", plain.join("; "));
        items.push(vec![told.into()]);
    }
    let within = |f: &&Flow| words::deployed(graph.component(f.from)) && words::deployed(graph.component(f.to));
    let inside: Vec<&Flow> = graph.flows.iter().filter(within).collect();
    let open = inside.iter().filter(|f| f.transport != "https").count();
    if open > 0 {
        let told = format!("Of {} flows among the components themselves, {open} are not encrypted.", inside.len());
        items.push(vec![told.into()]);
    }
    doc.list(&items);
    let hosts = hosts(graph);
    if !hosts.is_empty() {
        book.heading(doc, 3, "Logins");
        doc.table(&Table::new(["Address", "Through", "To", "Login"], hosts));
    }
}

/// What pods have of their nodes, and what their namespaces are open for.
fn on_nodes(book: &Book<'_>) -> Vec<Vec<Inline>> {
    let graph = &*book.stack.graph;
    let deployed = graph.components.iter().zip(book.stack.workloads.iter());
    let one = |(component, workload): (&Component, &Option<Workload>)| {
        let workload = workload.as_ref()?;
        let mut has = Vec::new();
        if !workload.host_paths.is_empty() {
            let folders = words::list(workload.host_paths.iter().map(|f| f.host.as_str()));
            has.push(format!("reads {folders} of its node"));
        }
        if workload.user == 0 {
            has.push("runs as root".to_owned());
        }
        let namespace = graph.namespaces.get(component.namespace?.0 as usize)?;
        let told = format!(
            "{} {}: Pod Security is {} in its namespace, {}.",
            component.name,
            has.join(" and "),
            namespace.pod_security,
            namespace.name
        );
        (!has.is_empty()).then(|| vec![told.into()])
    };
    deployed.filter_map(one).collect()
}

fn arrow(graph: &Graph, flow: &Flow) -> String {
    format!("{} → {}, {}", graph.component(flow.from).name, graph.component(flow.to).name, words::transport(flow))
}

/// Between different zones of the cluster and not over TLS.
fn is_plain(graph: &Graph, flow: &Flow) -> bool {
    let (from, to) = (graph.component(flow.from), graph.component(flow.to));
    !flow.implicit && flow.transport != "https" && words::deployed(from) != words::deployed(to)
}

fn hosts(graph: &Graph) -> Vec<Vec<String>> {
    let row = |f: &Flow| {
        let host = f.options.get("host")?.value.as_str()?;
        let path = f.options.get("path").and_then(|p| p.value.as_str().cloned()).unwrap_or_default();
        let to = graph.component(f.to);
        let login = match f.options.get("auth").map(|a| &a.value) {
            Some(Value::Variant(variant)) => format!("{} at the ingress", variant.name),
            _ if to.authenticates => "its own".to_owned(),
            _ => "none".to_owned(),
        };
        Some(vec![format!("{host}{path}"), graph.component(f.from).name.to_string(), to.name.to_string(), login])
    };
    graph.flows.iter().filter_map(row).collect()
}

/// Whether policies hold for a component's pods.
fn guarded(graph: &Graph, component: &Component) -> bool {
    let isolated = component.namespace.is_some_and(|n| graph.namespaces[n.0 as usize].isolated);
    words::deployed(component) && isolated
}

fn policies(stack: &Stack) -> Table {
    let graph = &*stack.graph;
    let savings: Vec<Saving<'_>> = words::savings(stack).filter(|s| guarded(graph, s.saved)).collect();
    let row = |name: String, lets_in: String, mut out: String| {
        if !out.is_empty() {
            out.push_str("; DNS on 53");
        }
        let none = |text: String| if text.is_empty() { "nobody".to_owned() } else { text };
        vec![name, none(lets_in), none(out)]
    };
    let of_component = |c: &Component| {
        let saver =
            savings.iter().filter(|s| s.saved.id == c.id).filter_map(|s| Some((s.name(), vec![s.asks?.number])));
        let lets_in = graph.incoming(c.id).filter_map(|f| Some((who(graph.component(f.from))?, ports(graph, f))));
        let out = graph.outgoing(c.id).filter_map(|f| Some((who(graph.component(f.to))?, ports(graph, f))));
        row(c.name.to_string(), merged(lets_in.chain(saver)), merged(out))
    };
    let of_saving = |s: &Saving<'_>| {
        let saved = s.asks.map(|port| (s.saved.name.to_string(), vec![port.number]));
        let api = at("the Kubernetes API", &graph.cluster.api_server);
        let api = s.asks_api().then(|| (api, API_PORTS.to_vec()));
        row(s.name(), String::new(), merged(saved.into_iter().chain(api)))
    };
    let components = graph.components.iter().filter(|c| guarded(graph, c)).map(of_component);
    Table::new(
        ["Component", "Who may connect to it", "What it may connect to"],
        components.chain(savings.iter().map(of_saving)),
    )
}

/// Who is at the other end, as a policy can say it.
fn who(component: &Component) -> Option<String> {
    match &component.peer {
        Some(Peer::Outside) => None,
        Some(Peer::Pods { namespaces, pods }) => {
            let with = |labels: &IndexMap<SmolStr, SmolStr>| {
                words::list(labels.iter().map(|(label, value)| format!("{label}={value}")))
            };
            let which = if pods.is_empty() { "pods".to_owned() } else { format!("pods with {}", with(pods)) };
            let place = match namespaces.len() {
                0 => "any namespace".to_owned(),
                _ => match namespaces.get(NAMESPACE_NAME) {
                    Some(name) if namespaces.len() == 1 => format!("the namespace {name}"),
                    _ => format!("namespaces with {}", with(namespaces)),
                },
            };
            Some(format!("{} ({which} of {place})", component.name))
        }
        Some(Peer::Cidrs { blocks, .. }) => Some(at(&component.name, blocks)),
        None => Some(component.name.to_string()),
    }
}

/// The label that each namespace has its name in.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// Someone at addresses; none means any.
fn at(who: &str, blocks: &[SmolStr]) -> String {
    let blocks = if blocks.is_empty() { "any address".to_owned() } else { words::list(blocks) };
    format!("{who} ({blocks})")
}

/// The ports that the policy names: the peer's own where it says some.
fn ports(graph: &Graph, flow: &Flow) -> Vec<u16> {
    match &graph.component(flow.to).peer {
        Some(Peer::Cidrs { ports, .. }) if !ports.is_empty() => ports.clone(),
        _ => flow.ports.iter().map(|p| p.number).collect(),
    }
}

/// `a on 80, 443; b on any port`: each once, in the order in which they come.
fn merged(all: impl Iterator<Item = (String, Vec<u16>)>) -> String {
    let mut out: Vec<(String, Vec<u16>)> = Vec::new();
    for (who, ports) in all {
        match out.iter_mut().find(|(known, _)| *known == who) {
            // no port at all means any
            Some((_, known)) if known.is_empty() || ports.is_empty() => known.clear(),
            Some((_, known)) => known.extend(ports.iter().filter(|p| !known.contains(p)).copied().collect::<Vec<_>>()),
            None => out.push((who, ports)),
        }
    }
    let one = |(who, ports): &(String, Vec<u16>)| match ports.is_empty() {
        true => format!("{who} on any port"),
        false => format!("{who} on {}", words::list(ports.iter().map(u16::to_string))),
    };
    out.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn rights(book: &Book<'_>, doc: &mut Document) {
    let graph = &*book.stack.graph;
    let deployed: Vec<&Component> = graph.components.iter().filter(|c| words::deployed(c)).collect();
    if deployed.is_empty() {
        return;
    }
    book.heading(doc, 3, "Rights on the Kubernetes API (RBAC)");
    let savings: Vec<Saving<'_>> = words::savings(book.stack).collect();
    let whose = if savings.is_empty() { "Each component" } else { "Each component and each job that saves one" };
    doc.markdown(&format!(
        "{whose} has a Service Account of its own. These may ask the Kubernetes API; all others may not:"
    ));
    let row = |name: String, rule: &RbacRule, place: String, why: String| {
        vec![name, words::list(&rule.verbs), words::list(rule.resources.iter().chain(&rule.paths)), place, why]
    };
    let of_component = |c: &Component, rule: &RbacRule| {
        let why = words::list(graph.outgoing(c.id).filter(|f| f.rbac.contains(rule)).map(|f| f.protocol.as_str()));
        let why = if why.is_empty() { "its kind".to_owned() } else { format!("flow {why}") };
        row(c.name.to_string(), rule, "the whole cluster".to_owned(), why)
    };
    let of_saving = |s: &Saving<'_>, rule: &RbacRule| {
        let place = graph.namespace_of(s.saved).map(|n| format!("the namespace {n}")).unwrap_or_default();
        row(s.name(), rule, place, format!("backup {}", s.saved.name))
    };
    let rows = deployed.iter().flat_map(|c| words::rights(book.stack, c).into_iter().map(|r| of_component(c, r)));
    let saving = savings.iter().flat_map(|s| s.workload.rbac.iter().map(|r| of_saving(s, r)));
    let rows: Vec<Vec<String>> = rows.chain(saving).collect();
    if rows.is_empty() {
        doc.markdown("None.");
    }
    doc.table(&Table::new(["Component", "May", "On", "In", "Because of"], rows));
}
