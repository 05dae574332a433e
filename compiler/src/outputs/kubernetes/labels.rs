//! Names and labels that all objects of a component share.

use super::Context;
use crate::graph::{Component, Graph};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use std::collections::BTreeMap;

pub(super) const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

/// `WebShop` → `web-shop`.
fn kebab(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (i, c) in name.chars().enumerate() {
        if c.is_ascii_uppercase() && i > 0 {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// What selects a component's pods. Never changes for a live object: name and instance only.
pub(super) fn selector(component: &Component) -> BTreeMap<String, String> {
    [
        ("app.kubernetes.io/name".to_owned(), kebab(&component.kind)),
        ("app.kubernetes.io/instance".to_owned(), component.name.to_string()),
    ]
    .into()
}

pub(super) fn label_selector(component: &Component) -> LabelSelector {
    LabelSelector { match_labels: Some(selector(component)), match_expressions: None }
}

/// The labels of the cluster and of the tool.
pub(super) fn common(graph: &Graph) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> =
        graph.cluster.labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    out.insert("app.kubernetes.io/part-of".into(), graph.cluster.name.to_string());
    out.insert(MANAGED_BY.into(), "obs".into());
    out
}

pub(super) fn labels(context: &Context<'_>) -> BTreeMap<String, String> {
    let mut out = common(context.graph);
    out.extend(selector(context.component));
    if let Some(layer) = context.component.layer {
        let layer = &context.graph.layers[layer.0 as usize].name;
        out.insert("app.kubernetes.io/component".into(), layer.to_string());
    }
    if let Some(version) = &context.workload.version {
        out.insert("app.kubernetes.io/version".into(), version.to_string());
    }
    out
}

fn annotations(graph: &Graph) -> Option<BTreeMap<String, String>> {
    let map: BTreeMap<String, String> =
        graph.cluster.annotations.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    (!map.is_empty()).then_some(map)
}

/// Metadata of a component's object in its namespace.
pub(super) fn metadata(context: &Context<'_>, name: &str) -> ObjectMeta {
    ObjectMeta { namespace: Some(context.namespace()), ..cluster_metadata(context, name) }
}

/// Metadata of a component's object outside of namespaces.
pub(super) fn cluster_metadata(context: &Context<'_>, name: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        labels: Some(labels(context)),
        annotations: annotations(context.graph),
        ..ObjectMeta::default()
    }
}

/// Metadata of an object that belongs to no component.
pub(super) fn plain_metadata(graph: &Graph, name: &str, namespace: Option<&str>) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        namespace: namespace.map(str::to_owned),
        labels: Some(common(graph)),
        annotations: annotations(graph),
        ..ObjectMeta::default()
    }
}
