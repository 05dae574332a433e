//! Routes from outside: an Ingress, or an HTTPRoute of the Gateway API.

use super::Context;
use super::labels::metadata;
use super::object::{Custom, Packed};
use crate::graph::{Flow, IngressClass};
use crate::value::Value;
use k8s_openapi::api::networking::v1 as net;
use serde::Serialize;

/// The routes to a component: its flows from ingress controllers that name a host.
pub(super) fn routes(context: &Context<'_>) -> Vec<Packed> {
    let mut out = Vec::new();
    for flow in context.graph.incoming(context.component.id) {
        let from = context.graph.component(flow.from);
        let host = flow.options.get("host").and_then(|h| h.value.as_str());
        let (Some(class), Some(host)) = (&from.ingress, host) else { continue };
        // several controllers or hosts to one component need names of their own
        let name = if out.is_empty() { context.name().to_owned() } else { format!("{}-{}", context.name(), out.len()) };
        out.push(match &class.gateway {
            Some(namespace) => http_route(context, &name, flow, class, namespace, host),
            None => ingress(context, &name, flow, class, host),
        });
    }
    out
}

/// The Secret that holds the host's certificate.
fn certificate(class: &IngressClass, host: &str) -> Option<String> {
    match (&class.certificate, &class.issuer) {
        (Some(secret), _) => Some(secret.name.to_string()),
        (None, Some(_)) => Some(format!("{}-tls", host.replace("*.", "wildcard-").replace('.', "-"))),
        (None, None) => None,
    }
}

fn port_name(flow: &Flow) -> Option<String> {
    flow.ports.first().map(|p| p.name.to_string())
}

fn path(flow: &Flow) -> String {
    let path = flow.options.get("path").and_then(|p| p.value.as_str());
    path.filter(|p| !p.is_empty()).map_or_else(|| "/".to_owned(), ToString::to_string)
}

/// Annotations that make the controller ask for the login that the flow's `auth` wants.
fn login(flow: &Flow, class: &IngressClass) -> Vec<(String, String)> {
    let Some(Value::Variant(auth)) = flow.options.get("auth").map(|a| &a.value) else { return Vec::new() };
    let fill = |template: &str| {
        auth.fields.iter().fold(template.to_owned(), |text, (name, field)| {
            let value = match &field.value {
                Value::Secret(secret) => secret.name.to_string(),
                other => other.to_string(),
            };
            text.replace(&format!("{{{name}}}"), &value)
        })
    };
    let annotations = class.logins.get(&auth.name).into_iter().flatten();
    annotations.map(|(key, template)| (key.to_string(), fill(template))).collect()
}

fn ingress(context: &Context<'_>, name: &str, flow: &Flow, class: &IngressClass, host: &str) -> Packed {
    let mut metadata = metadata(context, name);
    if let Some(issuer) = &class.issuer {
        let annotations = metadata.annotations.get_or_insert_default();
        annotations.insert("cert-manager.io/cluster-issuer".into(), issuer.to_string());
    }
    let mut more = login(flow, class);
    if flow.options.get("tls").is_some_and(|t| t.value == Value::Bool(true)) {
        more.extend(class.encrypted.iter().map(|(key, value)| (key.to_string(), value.to_string())));
    }
    if !more.is_empty() {
        metadata.annotations.get_or_insert_default().extend(more);
    }
    let backend = net::IngressBackend {
        service: Some(net::IngressServiceBackend {
            name: context.name().to_owned(),
            port: Some(net::ServiceBackendPort { name: port_name(flow), number: None }),
        }),
        resource: None,
    };
    let route = net::HTTPIngressPath { path: Some(path(flow)), path_type: "Prefix".into(), backend };
    let object = net::Ingress {
        metadata,
        spec: Some(net::IngressSpec {
            ingress_class_name: Some(class.class.to_string()),
            rules: Some(vec![net::IngressRule {
                host: Some(host.to_owned()),
                http: Some(net::HTTPIngressRuleValue { paths: vec![route] }),
            }]),
            tls: certificate(class, host)
                .map(|secret| vec![net::IngressTLS { hosts: Some(vec![host.to_owned()]), secret_name: Some(secret) }]),
            default_backend: None,
        }),
        status: None,
    };
    Packed::new(&object, Some(context.name()), flow.span)
}

/// What a gateway.networking.k8s.io/v1 HTTPRoute says, as far as it is needed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HttpRouteSpec {
    parent_refs: Vec<ParentRef>,
    hostnames: Vec<String>,
    rules: Vec<RouteRule>,
}

#[derive(Serialize)]
struct ParentRef {
    name: String,
    namespace: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RouteRule {
    matches: Vec<RouteMatch>,
    backend_refs: Vec<BackendRef>,
}

#[derive(Serialize)]
struct RouteMatch {
    path: PathMatch,
}

#[derive(Serialize)]
struct PathMatch {
    #[serde(rename = "type")]
    kind: &'static str,
    value: String,
}

#[derive(Serialize)]
struct BackendRef {
    name: String,
    port: u16,
}

fn http_route(
    context: &Context<'_>,
    name: &str,
    flow: &Flow,
    class: &IngressClass,
    namespace: &str,
    host: &str,
) -> Packed {
    let route = Custom {
        api_version: "gateway.networking.k8s.io/v1",
        kind: "HTTPRoute",
        metadata: metadata(context, name),
        spec: HttpRouteSpec {
            parent_refs: vec![ParentRef { name: class.class.to_string(), namespace: namespace.to_owned() }],
            hostnames: vec![host.to_owned()],
            rules: vec![RouteRule {
                matches: vec![RouteMatch { path: PathMatch { kind: "PathPrefix", value: path(flow) } }],
                backend_refs: vec![BackendRef {
                    name: context.name().to_owned(),
                    port: flow.ports.first().map_or(80, |p| p.number),
                }],
            }],
        },
    };
    Packed::new(&route, Some(context.name()), flow.span)
}
