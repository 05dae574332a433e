//! What the emitted NetworkPolicies let through is what flows say, and a short list besides. The policies are
//! evaluated here from their JSON, by the rules of the Kubernetes documentation, without the emitter's help.

use crate::inspection::as_job;
use obs_compiler::graph::{Component, Flow, Graph, Peer, PortTransport, Stack, WorkloadKind};
use obs_compiler::outputs::kubernetes::Object;
use obs_tests::stacks::{objects, programs};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// Someone who could open a connection, or take one.
#[derive(Debug, Clone)]
struct Endpoint {
    name: String,
    /// The component that it is, for those that are deployed.
    component: Option<String>,
    at: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Pod { namespace: String, namespace_labels: Json, labels: Json },
    Address([u8; 4]),
}

/// From, to, port and transport.
type Way = (String, String, u16, &'static str);

fn endpoints(stack: &Stack, objects: &[Object]) -> Vec<Endpoint> {
    let mut out: Vec<Endpoint> = objects.iter().filter_map(|o| workload(o, objects)).collect();
    for component in &stack.graph.components {
        out.extend(outside(component));
    }
    out.push(pod("dns", "kube-system", json!({ "k8s-app": "kube-dns" }), json!({})));
    out.push(pod("other system pod", "kube-system", json!({ "k8s-app": "other" }), json!({})));
    out.push(pod("stranger", "elsewhere", json!({ "app.kubernetes.io/name": "prometheus" }), json!({})));
    for namespace in &stack.graph.namespaces {
        out.push(pod(&format!("stranger in {}", namespace.name), &namespace.name, json!({}), json!({})));
    }
    out.push(Endpoint { name: "internet".into(), component: None, at: Place::Address([203, 0, 113, 9]) });
    out
}

fn pod(name: &str, namespace: &str, labels: Json, mut namespace_labels: Json) -> Endpoint {
    namespace_labels["kubernetes.io/metadata.name"] = namespace.into();
    let at = Place::Pod { namespace: namespace.to_owned(), namespace_labels, labels };
    Endpoint { name: name.to_owned(), component: None, at }
}

fn workload(object: &Object, all: &[Object]) -> Option<Endpoint> {
    let object = &as_job(object);
    let labels = object.json.pointer("/spec/template/metadata/labels")?.clone();
    let namespace = object.namespace()?;
    let own = all.iter().find(|o| o.kind() == "Namespace" && o.name() == namespace)?;
    let pod = pod(object.name(), namespace, labels, own.json["metadata"]["labels"].clone());
    Some(Endpoint { component: Some(object.name().to_owned()), ..pod })
}

/// An external component as one endpoint that fits what is said of it.
fn outside(component: &Component) -> Option<Endpoint> {
    match component.peer.as_ref()? {
        Peer::Pods { namespaces, pods } => {
            let place = namespaces.get("kubernetes.io/metadata.name").map_or("theirs", |n| n.as_str());
            Some(pod(&component.name, place, json!(pods), json!(namespaces)))
        }
        Peer::Cidrs { blocks, .. } => {
            let address = blocks.first().map_or([203, 0, 113, 1], |b| network(b).0);
            Some(Endpoint { name: component.name.to_string(), component: None, at: Place::Address(address) })
        }
        Peer::Outside => None,
    }
}

fn network(cidr: &str) -> ([u8; 4], u32) {
    let (address, bits) = cidr.split_once('/').expect("a block has a length");
    let parts: Vec<u8> = address.split('.').map(|p| p.parse().expect("a number")).collect();
    (parts.try_into().expect("four of them"), bits.parse().expect("a number"))
}

fn inside(address: [u8; 4], cidr: &str) -> bool {
    // addresses here are of IPv4: none is in a block of IPv6
    if cidr.contains(':') {
        return false;
    }
    let (network, bits) = network(cidr);
    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
    u32::from_be_bytes(address) & mask == u32::from_be_bytes(network) & mask
}

/// A label selector of policies as emitted: `matchLabels` only.
fn selects(selector: &Json, labels: &Json) -> bool {
    assert!(selector.get("matchExpressions").is_none(), "this evaluator knows matchLabels only");
    selector["matchLabels"].as_object().is_none_or(|wanted| wanted.iter().all(|(k, v)| labels[k] == *v))
}

fn peer_fits(peer: &Json, other: &Endpoint, own_namespace: &str) -> bool {
    match (&other.at, peer.get("ipBlock")) {
        (Place::Address(address), Some(block)) => inside(*address, block["cidr"].as_str().expect("a block")),
        (Place::Address(_), None) | (Place::Pod { .. }, Some(_)) => false,
        (Place::Pod { namespace, namespace_labels, labels }, None) => {
            let there = match peer.get("namespaceSelector") {
                Some(selector) => selects(selector, namespace_labels),
                None => namespace == own_namespace,
            };
            there && peer.get("podSelector").is_none_or(|selector| selects(selector, labels))
        }
    }
}

fn rule_fits(rule: &Json, side: &str, other: &Endpoint, own_namespace: &str, port: u16, transport: &str) -> bool {
    let peers = rule[side].as_array();
    let from = peers.is_none_or(|peers| peers.iter().any(|p| peer_fits(p, other, own_namespace)));
    let ports = rule["ports"].as_array();
    let on = ports.is_none_or(|ports| {
        ports.iter().any(|p| p["protocol"].as_str().unwrap_or("TCP") == transport && p["port"] == port)
    });
    from && on
}

/// Whether the policies of `of` let it talk (`Egress`) or listen (`Ingress`) to `other`.
fn allowed(policies: &[Object], kind: &str, of: &Endpoint, other: &Endpoint, port: u16, transport: &str) -> bool {
    let Place::Pod { namespace, labels, .. } = &of.at else { return true };
    let (rules, side) = if kind == "Egress" { ("egress", "to") } else { ("ingress", "from") };
    let own: Vec<&Object> = policies
        .iter()
        .filter(|p| p.namespace() == Some(namespace) && selects(&p.json["spec"]["podSelector"], labels))
        .filter(|p| p.json["spec"]["policyTypes"].as_array().is_some_and(|t| t.iter().any(|t| t == kind)))
        .collect();
    let rules = || own.iter().flat_map(|p| p.json["spec"][rules].as_array().into_iter().flatten());
    own.is_empty() || rules().any(|rule| rule_fits(rule, side, other, namespace, port, transport))
}

/// Whether a component is this endpoint.
fn is(component: &Component, endpoint: &Endpoint) -> bool {
    endpoint.component.as_deref() == Some(component.name.as_str())
}

/// Whether a component of the graph is this endpoint, or may be as far as the program says.
fn may_be(component: &Component, endpoint: &Endpoint) -> bool {
    if component.workload != WorkloadKind::External {
        return is(component, endpoint);
    }
    match (component.peer.as_ref(), &endpoint.at) {
        (Some(Peer::Pods { namespaces, pods }), Place::Pod { namespace_labels, labels, .. }) => {
            namespaces.iter().all(|(k, v)| namespace_labels[k.as_str()] == v.as_str())
                && pods.iter().all(|(k, v)| labels[k.as_str()] == v.as_str())
        }
        // no addresses: it could be anywhere
        (Some(Peer::Cidrs { blocks, .. }), at) => {
            blocks.is_empty() || matches!(at, Place::Address(a) if blocks.iter().any(|b| inside(*a, b)))
        }
        _ => false,
    }
}

/// Whether a flow goes over a port; one to applications, whose ports nobody declares, over any.
fn goes_over(graph: &Graph, flow: &Flow, port: u16, transport: &str) -> bool {
    if let Some(Peer::Cidrs { ports, .. }) = &graph.component(flow.to).peer {
        return ports.contains(&port) && transport == "TCP";
    }
    let speaks = |p: &PortTransport| match p {
        PortTransport::Tcp => transport == "TCP",
        PortTransport::Udp => transport == "UDP",
        PortTransport::Both => true,
    };
    flow.ports.is_empty() || flow.ports.iter().any(|p| p.number == port && speaks(&p.transport))
}

/// What jobs that carry out backups are let do, in words of the program: who saves by a port of the component's, and who
/// by the Kubernetes API. Each asks for names first.
fn saves(stack: &Stack, kind: &str, from: &Endpoint, to: &Endpoint, port: u16, transport: &str) -> bool {
    let graph = &stack.graph;
    let job = from.component.as_deref().and_then(|n| n.strip_suffix("-backup"));
    let saved = job.and_then(|n| graph.components.iter().find(|c| c.name == n));
    let Some(saved) = saved.filter(|c| graph.backups.iter().any(|b| b.component == c.id)) else { return false };
    let Some(saver) = stack.workloads[saved.id.0 as usize].as_ref().and_then(|w| w.saver.as_ref()) else {
        return false;
    };
    let asked = saver.asks.as_ref().and_then(|a| saved.ports.iter().find(|p| p.name == *a));
    let the_component = asked.is_some_and(|p| p.number == port) && is(saved, to) && transport == "TCP";
    let blocks = &graph.cluster.api_server;
    let there = match &to.at {
        Place::Address(address) => blocks.is_empty() || blocks.iter().any(|b| inside(*address, b)),
        Place::Pod { .. } => blocks.is_empty(),
    };
    let the_api = !saver.workload.rbac.is_empty() && [443, 6443].contains(&port) && transport == "TCP" && there;
    the_component || (kind == "Egress" && (the_api || (to.name == "dns" && port == 53)))
}

/// What is allowed besides flows, and why.
fn besides(graph: &Graph, from: &Endpoint, to: &Endpoint, port: u16) -> Option<&'static str> {
    let component = graph.components.iter().find(|c| from.component.as_deref() == Some(c.name.as_str()))?;
    let calls_someone = graph.flows.iter().any(|f| f.from == component.id);
    (calls_someone && to.name == "dns" && port == 53).then_some("names of what it calls")
}

#[test]
fn policies_let_through_what_flows_say_and_no_more() {
    for program in programs() {
        for stack in program.stacks.iter() {
            let name = format!("{} at {}", program.name, stack.graph.profile);
            let objects = objects(stack);
            let policies: Vec<Object> = objects.iter().filter(|o| o.kind() == "NetworkPolicy").cloned().collect();
            let endpoints = endpoints(stack, &objects);
            for kind in ["Egress", "Ingress"] {
                let (through, said) = compare(stack, &policies, &endpoints, kind);
                let more: Vec<_> = through.difference(&said).take(20).collect();
                let less: Vec<_> = said.difference(&through).take(20).collect();
                assert!(more.is_empty(), "{name}: {kind} lets through what no flow says: {more:?}");
                assert!(less.is_empty(), "{name}: {kind} stops what a flow says: {less:?}");
            }
        }
    }
}

/// What one direction's policies let through, and what flows say, over all pairs that a policy is about.
fn compare(stack: &Stack, policies: &[Object], endpoints: &[Endpoint], kind: &str) -> (BTreeSet<Way>, BTreeSet<Way>) {
    let graph = &*stack.graph;
    let (mut through, mut said) = (BTreeSet::new(), BTreeSet::new());
    for from in endpoints {
        for to in endpoints {
            let of = if kind == "Egress" { from } else { to };
            let other = if kind == "Egress" { to } else { from };
            let Some(isolated) = isolation(graph, of) else { continue };
            for port in ports(graph) {
                for transport in ["TCP", "UDP"] {
                    let way = || (from.name.clone(), to.name.clone(), port, transport);
                    if allowed(policies, kind, of, other, port, transport) {
                        through.insert(way());
                    }
                    // the policy's own side is this component; the other is whoever fits what the program says of it
                    let ends = |f: &&Flow| match kind {
                        "Egress" => is(graph.component(f.from), from) && may_be(graph.component(f.to), to),
                        _ => may_be(graph.component(f.from), from) && is(graph.component(f.to), to),
                    };
                    let flows = graph.flows.iter().filter(ends).any(|f| goes_over(graph, f, port, transport));
                    let named = kind == "Egress" && besides(graph, from, to, port).is_some();
                    // in a namespace that isn't isolated all may talk
                    if !isolated || flows || named || saves(stack, kind, from, to, port, transport) {
                        said.insert(way());
                    }
                }
            }
        }
    }
    (through, said)
}

/// Whether what is in a namespace of the program, ours or not, is isolated.
fn isolation(graph: &Graph, endpoint: &Endpoint) -> Option<bool> {
    let Place::Pod { namespace, .. } = &endpoint.at else { return None };
    graph.namespaces.iter().find(|n| n.name == *namespace).map(|n| n.isolated)
}

/// Every port that anyone declares, and some that nobody does.
fn ports(graph: &Graph) -> BTreeSet<u16> {
    let declared = graph.components.iter().flat_map(|c| c.ports.iter().map(|p| p.number));
    declared.chain([22, 53, 80, 443, 6443, 8081]).collect()
}

#[test]
fn the_evaluator_sees_a_missing_and_a_needless_rule() {
    let program = programs().iter().find(|p| p.name == "observability").expect("the example");
    let stack = &program.stacks[0];
    let objects = objects(stack);
    let endpoints = endpoints(stack, &objects);
    let policies: Vec<Object> = objects.iter().filter(|o| o.kind() == "NetworkPolicy").cloned().collect();
    let with = |change: &dyn Fn(&mut Json)| {
        let mut changed = policies.clone();
        changed.iter_mut().filter(|p| p.name() == "loki").for_each(|p| change(&mut p.json));
        compare(stack, &changed, &endpoints, "Ingress")
    };
    let rules = |policy: &mut Json| policy["spec"]["ingress"].as_array().cloned().expect("it has rules");
    let (through, said) = with(&|policy| policy["spec"]["ingress"] = rules(policy)[1..].into());
    assert!(said.difference(&through).next().is_some(), "a missing rule is seen");
    let (through, said) = with(&|policy| policy["spec"]["ingress"] = [rules(policy), vec![json!({})]].concat().into());
    assert!(through.difference(&said).next().is_some(), "a needless rule is seen");
}
