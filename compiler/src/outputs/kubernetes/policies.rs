//! NetworkPolicies: deny all, then allow exactly the flows.

use super::Context;
use super::backups::{as_component, saving};
use super::labels::{label_selector, metadata, plain_metadata, selector};
use super::object::Packed;
use super::services::transports;
use crate::graph::{Component, Flow, Graph, Peer, WorkloadKind};
use crate::maps::IndexMap;
use crate::outputs::words::API_PORTS;
use crate::text::Span;
use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use smol_str::SmolStr;

pub(super) fn both_directions() -> Option<Vec<String>> {
    Some(vec!["Ingress".into(), "Egress".into()])
}

/// Denies all traffic in each isolated namespace.
pub(super) fn default_policies(graph: &Graph) -> Vec<Packed> {
    let deny = |namespace: &crate::graph::Namespace| {
        let policy = NetworkPolicy {
            metadata: plain_metadata(graph, "default-deny", Some(&namespace.name)),
            spec: Some(NetworkPolicySpec {
                pod_selector: Some(LabelSelector::default()),
                policy_types: both_directions(),
                ..NetworkPolicySpec::default()
            }),
        };
        Packed::new(&policy, None, namespace.span)
    };
    graph.namespaces.iter().filter(|n| n.isolated).map(deny).collect()
}

/// Allows a component its flows.
pub(super) fn component_policy(context: &Context<'_>) -> Option<Packed> {
    let namespace = context.component.namespace?;
    if !context.graph.namespaces[namespace.0 as usize].isolated {
        return None;
    }
    let id = context.component.id;
    let saver = saver_rule(context);
    let ingress = merged(context.graph.incoming(id).filter_map(|f| ingress_rule(context, f)).chain(saver));
    let mut egress = merged(context.graph.outgoing(id).filter_map(|f| egress_rule(context, f)));
    if !egress.is_empty() {
        // whoever calls someone by name asks for the name first
        egress.push((dns(), Vec::new()));
    }
    let caused = |list: &'static str, at: usize, spans: &[Span]| -> Vec<(String, Span)> {
        spans.iter().map(|span| (format!("/spec/{list}/{at}"), *span)).collect()
    };
    let origins: Vec<(String, Span)> = (ingress.iter().enumerate().flat_map(|(i, r)| caused("ingress", i, &r.1)))
        .chain(egress.iter().enumerate().flat_map(|(i, r)| caused("egress", i, &r.1)))
        .collect();
    let policy = NetworkPolicy {
        metadata: metadata(context, context.name()),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(label_selector(context.component)),
            policy_types: both_directions(),
            // an empty list is stored as none: sent each time, it would be a change each time
            ingress: some(ingress.into_iter().map(|(rule, _)| rule).collect()),
            egress: some(egress.into_iter().map(|(rule, _)| rule).collect()),
        }),
    };
    let object = Packed::new(&policy, Some(context.name()), context.component.span);
    Some(origins.into_iter().fold(object, |object, (pointer, span)| object.caused(pointer, span)))
}

/// Each rule once, with all the flows that ask for it.
fn merged<R: PartialEq>(rules: impl Iterator<Item = (R, Span)>) -> Vec<(R, Vec<Span>)> {
    let mut out: Vec<(R, Vec<Span>)> = Vec::new();
    for (rule, span) in rules {
        match out.iter_mut().find(|(known, _)| *known == rule) {
            Some((_, spans)) => spans.push(span),
            None => out.push((rule, vec![span])),
        }
    }
    out
}

fn ingress_rule(context: &Context<'_>, flow: &Flow) -> Option<(NetworkPolicyIngressRule, Span)> {
    let from = peers(context, context.graph.component(flow.from))?;
    let rule = NetworkPolicyIngressRule { from: some(from), ports: some(ports(flow, &[])) };
    Some((rule, flow.span))
}

/// What carries out the component's backup asks one of its ports.
fn saver_rule(context: &Context<'_>) -> Option<(NetworkPolicyIngressRule, Span)> {
    let saving = saving(context)?;
    let from = pods_of(&as_component(&saving));
    let rule = NetworkPolicyIngressRule { from: Some(vec![from]), ports: Some(vec![ask_port(saving.asks?)]) };
    Some((rule, saving.backup.span))
}

/// Pods of a component of the same namespace.
pub(super) fn pods_of(component: &Component) -> NetworkPolicyPeer {
    NetworkPolicyPeer { pod_selector: Some(label_selector(component)), ..NetworkPolicyPeer::default() }
}

/// One port, over TCP.
pub(super) fn ask_port(port: &crate::graph::Port) -> NetworkPolicyPort {
    tcp(port.number)
}

fn tcp(number: u16) -> NetworkPolicyPort {
    NetworkPolicyPort { port: Some(IntOrString::Int(i32::from(number))), protocol: Some("TCP".into()), end_port: None }
}

/// The Kubernetes API: no label selects it.
pub(super) fn api_server(graph: &Graph) -> NetworkPolicyEgressRule {
    let block = |cidr: &SmolStr| NetworkPolicyPeer {
        ip_block: Some(IPBlock { cidr: cidr.to_string(), except: None }),
        ..NetworkPolicyPeer::default()
    };
    NetworkPolicyEgressRule {
        to: some(graph.cluster.api_server.iter().map(block).collect()),
        ports: Some(API_PORTS.map(tcp).to_vec()),
    }
}

fn egress_rule(context: &Context<'_>, flow: &Flow) -> Option<(NetworkPolicyEgressRule, Span)> {
    let target = context.graph.component(flow.to);
    let to = peers(context, target)?;
    let own = match &target.peer {
        Some(Peer::Cidrs { ports, .. }) => ports.as_slice(),
        _ => &[],
    };
    let rule = NetworkPolicyEgressRule { to: some(to), ports: some(ports(flow, own)) };
    Some((rule, flow.span))
}

pub(super) fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

/// Who is at the other end; an empty list is anyone. `None` where a policy can't see them.
fn peers(context: &Context<'_>, other: &Component) -> Option<Vec<NetworkPolicyPeer>> {
    if other.workload != WorkloadKind::External {
        let foreign = other.namespace != context.component.namespace;
        let namespace = context.graph.namespace_of(other).filter(|_| foreign);
        return Some(vec![NetworkPolicyPeer {
            pod_selector: Some(LabelSelector { match_labels: Some(selector(other)), match_expressions: None }),
            namespace_selector: namespace.map(|n| LabelSelector {
                match_labels: Some([("kubernetes.io/metadata.name".to_owned(), n.to_string())].into()),
                match_expressions: None,
            }),
            ip_block: None,
        }]);
    }
    match &other.peer {
        Some(Peer::Pods { namespaces, pods }) => Some(vec![NetworkPolicyPeer {
            namespace_selector: Some(labelled(namespaces)),
            pod_selector: (!pods.is_empty()).then(|| labelled(pods)),
            ip_block: None,
        }]),
        Some(Peer::Cidrs { blocks, .. }) => Some(
            blocks
                .iter()
                .map(|cidr| NetworkPolicyPeer {
                    ip_block: Some(IPBlock { cidr: cidr.to_string(), except: None }),
                    ..NetworkPolicyPeer::default()
                })
                .collect(),
        ),
        Some(Peer::Outside) | None => None,
    }
}

fn labelled(labels: &IndexMap<SmolStr, SmolStr>) -> LabelSelector {
    let map = labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    LabelSelector { match_labels: (!labels.is_empty()).then_some(map), match_expressions: None }
}

/// The flow's ports as numbers: names are those of the other end's pods. No port at all means any.
fn ports(flow: &Flow, own: &[u16]) -> Vec<NetworkPolicyPort> {
    let port = |number: u16, protocol: &str| NetworkPolicyPort {
        port: Some(IntOrString::Int(i32::from(number))),
        protocol: Some(protocol.into()),
        end_port: None,
    };
    if !own.is_empty() {
        return own.iter().map(|n| port(*n, "TCP")).collect();
    }
    let each = |p: &crate::graph::Port| -> Vec<NetworkPolicyPort> {
        transports(p).into_iter().map(|(_, protocol)| port(p.number, protocol)).collect()
    };
    flow.ports.iter().flat_map(each).collect()
}

pub(super) fn dns() -> NetworkPolicyEgressRule {
    let map = |key: &str, value: &str| {
        Some(LabelSelector { match_labels: Some([(key.to_owned(), value.to_owned())].into()), match_expressions: None })
    };
    let port = |protocol: &str| NetworkPolicyPort {
        port: Some(IntOrString::Int(53)),
        protocol: Some(protocol.into()),
        end_port: None,
    };
    NetworkPolicyEgressRule {
        to: Some(vec![NetworkPolicyPeer {
            namespace_selector: map("kubernetes.io/metadata.name", "kube-system"),
            pod_selector: map("k8s-app", "kube-dns"),
            ip_block: None,
        }]),
        ports: Some(vec![port("UDP"), port("TCP")]),
    }
}
