//! The kinds that every cluster has, and objects read as what they are.

use k8s_openapi::{Resource, api};
use rustc_hash::FxHashMap;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Map, Value as Json};
use std::cell::RefCell;

/// The fields that the type of each record has; a map, and what any value may be in, isn't among them.
#[derive(Default)]
pub(super) struct Fields(FxHashMap<*const Json, &'static [&'static str]>);

impl Fields {
    /// Those of a record in the object that was read.
    pub(super) fn of(&self, record: &Json) -> Option<&'static [&'static str]> {
        self.0.get(&std::ptr::from_ref(record)).copied()
    }
}

/// Reads an object as its kind. `None` for kinds that aren't built in (custom resources): those are the cluster's to judge.
pub(super) fn read(object: &Json) -> Option<Result<Fields, String>> {
    let (version, kind) = (object["apiVersion"].as_str()?, object["kind"].as_str()?);
    CHECKED.iter().find(|k| k.api_version == version && k.name == kind).map(|k| (k.read)(object))
}

/// What is wrong with an object's kind, and what would be right, where its API group is one that every cluster has.
pub(super) fn misplaced(api_version: &str, kind: &str) -> Option<(String, String)> {
    let group = group_of(api_version);
    let all = || CHECKED.iter().map(|k| (k.api_version, k.name)).chain(NAMED.iter().copied());
    // what isn't final yet comes and goes with the version of the cluster
    if !is_built_in(group) || is_draft(api_version) || all().any(|k| k == (api_version, kind)) {
        return None;
    }
    let help = match all().find(|(_, name)| *name == kind) {
        Some((version, _)) => format!("`{kind}` is in `{version}`"),
        None => {
            let here = all().filter(|(version, _)| group_of(version) == group).map(|(_, name)| name);
            crate::diagnostics::nearest(kind, here).map_or_else(
                || "`kubectl api-resources` lists what there is".to_owned(),
                |near| format!("did you mean `{near}`?"),
            )
        }
    };
    Some((format!("Kubernetes has no `{kind}` in `{api_version}`"), help))
}

/// Whether names of this kind are domain names in lower case, as nearly all are.
pub(super) fn has_plain_names(api_version: &str, kind: &str) -> bool {
    let group = group_of(api_version);
    is_built_in(group)
        && group != "rbac.authorization.k8s.io"
        && !["CertificateSigningRequest", "ClusterTrustBundle", "IPAddress"].contains(&kind)
}

fn is_built_in(group: &str) -> bool {
    let here = CHECKED.iter().map(|k| k.api_version).chain(NAMED.iter().map(|(version, _)| *version));
    here.map(group_of).any(|built_in| built_in == group)
}

/// The API group of `apps/v1`; the first one has no name.
pub(super) fn group_of(api_version: &str) -> &str {
    api_version.rsplit_once('/').map_or("", |(group, _)| group)
}

/// Whether a version is `v1beta1` or the like.
fn is_draft(api_version: &str) -> bool {
    let version = api_version.rsplit('/').next().unwrap_or_default();
    version.contains("alpha") || version.contains("beta")
}

/// A kind whose objects are checked.
struct Kind {
    api_version: &'static str,
    name: &'static str,
    read: fn(&Json) -> Result<Fields, String>,
}

const fn kind<T: Resource + DeserializeOwned>() -> Kind {
    Kind { api_version: T::API_VERSION, name: T::KIND, read: read_as::<T> }
}

/// The kinds that people write.
const CHECKED: &[Kind] = &[
    kind::<api::core::v1::Namespace>(),
    kind::<api::core::v1::ServiceAccount>(),
    kind::<api::core::v1::ConfigMap>(),
    kind::<api::core::v1::Secret>(),
    kind::<api::core::v1::Service>(),
    kind::<api::core::v1::Pod>(),
    kind::<api::core::v1::PersistentVolume>(),
    kind::<api::core::v1::PersistentVolumeClaim>(),
    kind::<api::core::v1::ResourceQuota>(),
    kind::<api::core::v1::LimitRange>(),
    kind::<api::apps::v1::Deployment>(),
    kind::<api::apps::v1::StatefulSet>(),
    kind::<api::apps::v1::DaemonSet>(),
    kind::<api::batch::v1::Job>(),
    kind::<api::batch::v1::CronJob>(),
    kind::<api::rbac::v1::Role>(),
    kind::<api::rbac::v1::RoleBinding>(),
    kind::<api::rbac::v1::ClusterRole>(),
    kind::<api::rbac::v1::ClusterRoleBinding>(),
    kind::<api::networking::v1::NetworkPolicy>(),
    kind::<api::networking::v1::Ingress>(),
    kind::<api::networking::v1::IngressClass>(),
    kind::<api::policy::v1::PodDisruptionBudget>(),
    kind::<api::autoscaling::v2::HorizontalPodAutoscaler>(),
    kind::<api::storage::v1::StorageClass>(),
    kind::<api::scheduling::v1::PriorityClass>(),
];

/// The others: what they hold isn't looked at.
const NAMED: &[(&str, &str)] = &[
    ("v1", "Binding"),
    ("v1", "ComponentStatus"),
    ("v1", "Endpoints"),
    ("v1", "Event"),
    ("v1", "Node"),
    ("v1", "PodTemplate"),
    ("v1", "ReplicationController"),
    ("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy"),
    ("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ("apiregistration.k8s.io/v1", "APIService"),
    ("apps/v1", "ControllerRevision"),
    ("apps/v1", "ReplicaSet"),
    ("authentication.k8s.io/v1", "SelfSubjectReview"),
    ("authentication.k8s.io/v1", "TokenReview"),
    ("authorization.k8s.io/v1", "LocalSubjectAccessReview"),
    ("authorization.k8s.io/v1", "SelfSubjectAccessReview"),
    ("authorization.k8s.io/v1", "SelfSubjectRulesReview"),
    ("authorization.k8s.io/v1", "SubjectAccessReview"),
    ("autoscaling/v1", "HorizontalPodAutoscaler"),
    ("certificates.k8s.io/v1", "CertificateSigningRequest"),
    ("coordination.k8s.io/v1", "Lease"),
    ("discovery.k8s.io/v1", "EndpointSlice"),
    ("events.k8s.io/v1", "Event"),
    ("flowcontrol.apiserver.k8s.io/v1", "FlowSchema"),
    ("flowcontrol.apiserver.k8s.io/v1", "PriorityLevelConfiguration"),
    ("networking.k8s.io/v1", "IPAddress"),
    ("networking.k8s.io/v1", "ServiceCIDR"),
    ("node.k8s.io/v1", "RuntimeClass"),
    ("policy/v1", "Eviction"),
    ("resource.k8s.io/v1", "DeviceClass"),
    ("resource.k8s.io/v1", "ResourceClaim"),
    ("resource.k8s.io/v1", "ResourceClaimTemplate"),
    ("resource.k8s.io/v1", "ResourceSlice"),
    ("storage.k8s.io/v1", "CSIDriver"),
    ("storage.k8s.io/v1", "CSINode"),
    ("storage.k8s.io/v1", "CSIStorageCapacity"),
    ("storage.k8s.io/v1", "VolumeAttachment"),
    ("storage.k8s.io/v1", "VolumeAttributesClass"),
];

fn read_as<T: DeserializeOwned>(object: &Json) -> Result<Fields, String> {
    let fields = RefCell::default();
    T::deserialize(Reader { value: object, fields: &fields }).map_err(|e| e.to_string())?;
    Ok(fields.into_inner())
}

/// Gives a value to who reads it, and notes which fields records are asked for.
#[derive(Clone, Copy)]
struct Reader<'a> {
    value: &'a Json,
    fields: &'a RefCell<Fields>,
}

impl<'de> IntoDeserializer<'de, Error> for Reader<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let inner = |value| Self { value, ..self };
        match self.value {
            Json::Array(list) => visitor.visit_seq(SeqDeserializer::new(list.iter().map(inner))),
            Json::Object(map) => visitor.visit_map(MapDeserializer::new(entries(map).map(|(k, v)| (k, inner(v))))),
            plain => plain.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if self.value.is_object() {
            self.fields.borrow_mut().0.insert(std::ptr::from_ref(self.value), fields);
        }
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map enum identifier ignored_any
    }
}

fn entries(map: &Map<String, Json>) -> impl Iterator<Item = (&str, &Json)> {
    map.iter().map(|(key, value)| (key.as_str(), value))
}
