//! Namespaces, with their Pod Security levels.

use super::labels;
use super::object::Packed;
use crate::graph::Graph;
use k8s_openapi::api::core::v1::Namespace;

pub(super) fn namespaces(graph: &Graph) -> Vec<Packed> {
    let one = |namespace: &crate::graph::Namespace| {
        let mut metadata = labels::plain_metadata(graph, &namespace.name, None);
        let all = metadata.labels.get_or_insert_default();
        for mode in ["enforce", "audit", "warn"] {
            all.insert(format!("pod-security.kubernetes.io/{mode}"), namespace.pod_security.to_string());
            all.insert(format!("pod-security.kubernetes.io/{mode}-version"), "latest".into());
        }
        all.extend(namespace.labels.iter().map(|(k, v)| (k.to_string(), v.to_string())));
        Packed::new(&Namespace { metadata, ..Namespace::default() }, None, namespace.span)
    };
    graph.namespaces.iter().map(one).collect()
}
