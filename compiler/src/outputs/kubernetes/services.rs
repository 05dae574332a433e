//! Services: one to reach a component by, and one that answers with each instance where that is needed.

use super::Context;
use super::labels::{metadata, selector};
use super::object::Packed;
use crate::graph::{Component, Port, PortTransport, WorkloadKind};
use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// Whether a component has a headless Service: instances with names of their own, peers that look for each
/// other, and gRPC, which a ClusterIP doesn't balance.
pub(super) fn has_headless(context: &Context<'_>) -> bool {
    let component = context.component;
    let grpc = context.graph.incoming(component.id).any(|f| f.transport == "grpc");
    component.workload == WorkloadKind::Stateful
        || (grpc && component.workload == WorkloadKind::Deployment && component.replicas.most() > 1)
}

pub(super) fn headless_name(component: &Component) -> String {
    format!("{}-headless", component.name)
}

/// The transports of a port as Kubernetes names them, with a name for each.
pub(super) fn transports(port: &Port) -> Vec<(String, &'static str)> {
    match port.transport {
        PortTransport::Tcp => vec![(port.name.to_string(), "TCP")],
        PortTransport::Udp => vec![(port.name.to_string(), "UDP")],
        PortTransport::Both => {
            vec![(port.name.to_string(), "TCP"), (format!("{}-udp", port.name), "UDP")]
        }
    }
}

fn ports(context: &Context<'_>) -> Vec<ServicePort> {
    let port = |port: &Port| {
        let number = i32::from(port.number);
        transports(port).into_iter().map(move |(name, protocol)| ServicePort {
            target_port: Some(IntOrString::String(name.clone())),
            name: Some(name),
            port: number,
            protocol: Some(protocol.into()),
            ..ServicePort::default()
        })
    };
    context.component.ports.iter().flat_map(port).collect()
}

pub(super) fn services(context: &Context<'_>) -> Vec<Packed> {
    if context.component.ports.is_empty() {
        return Vec::new();
    }
    let spec = ServiceSpec {
        type_: Some("ClusterIP".into()),
        selector: Some(selector(context.component)),
        ports: Some(ports(context)),
        session_affinity: context.workload.sticky.then(|| "ClientIP".to_owned()),
        internal_traffic_policy: context.workload.node_local.then(|| "Local".to_owned()),
        ..ServiceSpec::default()
    };
    let mut out = vec![service(context, context.name(), spec)];
    if has_headless(context) {
        let spec = ServiceSpec {
            cluster_ip: Some("None".into()),
            selector: Some(selector(context.component)),
            ports: Some(ports(context)),
            publish_not_ready_addresses: context.workload.publish_not_ready.then_some(true),
            ..ServiceSpec::default()
        };
        out.push(service(context, &headless_name(context.component), spec));
    }
    out
}

fn service(context: &Context<'_>, name: &str, spec: ServiceSpec) -> Packed {
    let service = Service { metadata: metadata(context, name), spec: Some(spec), status: None };
    let mut object = Packed::new(&service, Some(context.name()), context.component.span);
    let mut at = 0;
    for port in &context.component.ports {
        for _ in transports(port) {
            object = object.caused(format!("/spec/ports/{at}"), port.span);
            at += 1;
        }
    }
    object
}
