//! One emitted object: its value, where it goes, and what caused it.

use crate::outputs::config::yaml;
use crate::outputs::{Origin, OutputFile};
use crate::text::Span;
use serde::Serialize;
use serde_json::Value as Json;

/// An object on its way out.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// All of it, as serde wrote the typed struct.
    pub json: Json,
    /// The component it belongs to; `None` for what belongs to a namespace or the cluster.
    pub component: Option<String>,
    /// What caused it, and parts of it.
    pub origins: Vec<Origin>,
}

impl Object {
    /// From a typed object. k8s-openapi's types serialise without fail: their maps have string keys.
    pub(super) fn new(object: &impl Serialize, component: Option<&str>, span: Span) -> Self {
        let json = serde_json::to_value(object).unwrap_or(Json::Null);
        let origins = vec![Origin { pointer: String::new(), span }];
        Self { json, component: component.map(str::to_owned), origins }
    }

    /// Says what caused the part at a JSON pointer.
    pub(super) fn caused(mut self, pointer: impl Into<String>, span: Span) -> Self {
        self.origins.push(Origin { pointer: pointer.into(), span });
        self
    }

    fn text(&self, pointer: &str) -> &str {
        self.json.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
    }

    /// `Deployment`.
    pub fn kind(&self) -> &str {
        self.text("/kind")
    }

    /// `apps/v1`.
    pub fn api_version(&self) -> &str {
        self.text("/apiVersion")
    }

    /// `metadata.name`.
    pub fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    /// `metadata.namespace`, if it has one.
    pub fn namespace(&self) -> Option<&str> {
        self.json.pointer("/metadata/namespace").and_then(Json::as_str)
    }

    /// Where it stands in an order that can be applied.
    pub(super) fn rank(&self) -> u8 {
        match self.kind() {
            "Namespace" | "CustomResourceDefinition" => 0,
            "ServiceAccount" => 1,
            "Role" | "ClusterRole" => 2,
            "RoleBinding" | "ClusterRoleBinding" => 3,
            "ConfigMap" | "Secret" => 4,
            "PersistentVolumeClaim" => 5,
            "NetworkPolicy" => 6,
            "Service" => 7,
            "StatefulSet" | "Deployment" | "DaemonSet" | "Job" | "CronJob" => 8,
            "HorizontalPodAutoscaler" | "PodDisruptionBudget" => 9,
            _ => 10,
        }
    }

    /// The file's path below a folder: `NAMESPACE/COMPONENT/KIND[-NAME].yaml`, `cluster/…` outside namespaces.
    /// The name is left out where it is the component's own.
    pub(super) fn path(&self) -> String {
        let kind = file_name(&self.kind().to_lowercase());
        let folder = match (self.namespace(), &self.component) {
            (Some(namespace), Some(component)) => format!("{}/{component}", file_name(namespace)),
            (Some(namespace), None) => file_name(namespace),
            (None, _) => "cluster".to_owned(),
        };
        let own = self.component.as_deref() == Some(self.name()) && self.namespace().is_some();
        let suffix = if own { String::new() } else { format!("-{}", file_name(self.name())) };
        format!("{folder}/{kind}{suffix}.yaml")
    }

    /// As a YAML document.
    pub(super) fn yaml(&self) -> String {
        // a serde_json value always has a YAML form
        yaml::document(&self.json).unwrap_or_default()
    }

    pub(super) fn file(&self, folder: &str) -> OutputFile {
        OutputFile { path: format!("{folder}{}", self.path()), text: self.yaml(), origins: self.origins.clone() }
    }
}

/// A name as part of a path: Kubernetes allows `:` in some, file systems don't; and none leads out of its folder.
fn file_name(name: &str) -> String {
    let plain = |(i, c): (usize, char)| c.is_ascii_alphanumeric() || c == '-' || c == '_' || (c == '.' && i > 0);
    name.chars().enumerate().map(|(i, c)| if plain((i, c)) { c } else { '-' }).collect()
}
