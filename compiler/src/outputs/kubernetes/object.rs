//! One emitted object: its value, where it goes, and what caused it.
//!
//! A program has many, for each profile, and few are ever looked into: all rest as text.

use crate::outputs::config::{json as json_text, yaml};
use crate::outputs::{Origin, OutputFile};
use crate::text::Span;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;
use serde_json::Value as Json;
use smol_str::SmolStr;

/// An object to look into.
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
    pub(super) fn new(value: &impl Serialize, span: Span) -> Self {
        // what is emitted serialises without fail: its maps have string keys
        let json = serde_json::to_value(value).unwrap_or(Json::Null);
        Self { json, component: None, origins: vec![Origin { pointer: String::new(), span }] }
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

    /// To rest.
    pub(super) fn pack(self) -> Packed {
        let (name, namespace) = (self.name().into(), self.namespace().map(SmolStr::new));
        let head = Head { api_version: self.api_version().into(), kind: self.kind().into(), name, namespace };
        let json = self.json.to_string().into_boxed_str();
        Packed { head, json, component: self.component, origins: self.origins }
    }
}

/// What names an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Head {
    api_version: SmolStr,
    kind: SmolStr,
    name: SmolStr,
    namespace: Option<SmolStr>,
}

impl Head {
    fn of(api_version: &str, kind: &str, metadata: &ObjectMeta) -> Self {
        let name = metadata.name.as_deref().unwrap_or_default().into();
        let namespace = metadata.namespace.as_deref().map(SmolStr::new);
        Self { api_version: api_version.into(), kind: kind.into(), name, namespace }
    }
}

/// A typed object: it is asked what names it, so that its text needn't be read again for that.
pub(super) trait Typed: Serialize {
    /// What names it.
    fn head(&self) -> Head;
}

impl<T: Serialize + k8s_openapi::Metadata<Ty = ObjectMeta>> Typed for T {
    fn head(&self) -> Head {
        Head::of(T::API_VERSION, T::KIND, self.metadata())
    }
}

/// An object of a type that isn't built in: k8s-openapi holds only those.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Custom<Spec> {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub metadata: ObjectMeta,
    pub spec: Spec,
}

impl<Spec: Serialize> Typed for Custom<Spec> {
    fn head(&self) -> Head {
        Head::of(self.api_version, self.kind, &self.metadata)
    }
}

/// An object at rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Packed {
    head: Head,
    /// All of it as JSON, without blanks: a fraction of what a value takes.
    json: Box<str>,
    /// The component it belongs to; `None` for what belongs to a namespace or the cluster.
    pub component: Option<String>,
    /// What caused it, and parts of it.
    pub origins: Vec<Origin>,
}

impl Packed {
    /// From a typed object. These serialise without fail: their maps have string keys.
    pub(super) fn new(object: &impl Typed, component: Option<&str>, span: Span) -> Self {
        let json = serde_json::to_string(object).unwrap_or_default().into_boxed_str();
        let origins = vec![Origin { pointer: String::new(), span }];
        Self { head: object.head(), json, component: component.map(str::to_owned), origins }
    }

    /// To look into.
    pub fn open(&self) -> Object {
        Object { json: self.value(), component: self.component.clone(), origins: self.origins.clone() }
    }

    /// All of it.
    pub fn value(&self) -> Json {
        // it was written by serde_json
        json_text::read(&self.json).unwrap_or(Json::Null)
    }

    /// Whether all of it is as in the other.
    pub(in crate::outputs) fn same(&self, other: &Packed) -> bool {
        self.json == other.json
    }

    /// Says what caused the part at a JSON pointer.
    pub(super) fn caused(mut self, pointer: impl Into<String>, span: Span) -> Self {
        self.origins.push(Origin { pointer: pointer.into(), span });
        self
    }

    /// `Deployment`.
    pub fn kind(&self) -> &str {
        &self.head.kind
    }

    /// `apps/v1`.
    pub fn api_version(&self) -> &str {
        &self.head.api_version
    }

    /// `metadata.name`.
    pub fn name(&self) -> &str {
        &self.head.name
    }

    /// `metadata.namespace`, if it has one.
    pub fn namespace(&self) -> Option<&str> {
        self.head.namespace.as_deref()
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
    pub(crate) fn path(&self) -> String {
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
        // JSON always has a YAML form
        yaml::of_json(&self.json).unwrap_or_default()
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
