//! StatefulSets, Deployments, DaemonSets and Jobs.

use super::Context;
use super::config_maps::Config;
use super::labels::{label_selector, metadata};
use super::object::Packed;
use super::pods::{DATA_VOLUME, template};
use super::services::headless_name;
use super::waivers;
use crate::graph::{Claim, WorkloadKind};
use crate::value::Quantity;
use k8s_openapi::api::apps::v1 as apps;
use k8s_openapi::api::batch::v1::{Job, JobSpec};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, PersistentVolumeClaimSpec, VolumeResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as K8sQuantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::collections::BTreeMap;

/// Old revisions that are kept for a roll-back.
const HISTORY: i32 = 5;
/// Finished Jobs are removed after a day.
const JOB_TTL: i32 = 86_400;

pub(super) fn workload(context: &Context<'_>, configs: &[Config]) -> Vec<Packed> {
    let component = context.component;
    let owner = Some(context.name());
    let mut out = Vec::new();
    let object = match component.workload {
        WorkloadKind::Stateful => Packed::new(&stateful_set(context, configs), owner, component.span),
        WorkloadKind::Deployment => {
            out.extend(claim_of(context));
            Packed::new(&deployment(context, configs), owner, component.span)
        }
        WorkloadKind::Daemon => Packed::new(&daemon_set(context, configs), owner, component.span),
        WorkloadKind::Job => Packed::new(&job(context, configs), owner, component.span),
        WorkloadKind::External => return out,
    };
    out.push(origins(context, object));
    out
}

/// The claim that all instances mount, where there is one.
pub(super) fn claim_of(context: &Context<'_>) -> Option<Packed> {
    let data = context.workload.data.as_ref()?;
    let claim = PersistentVolumeClaim {
        metadata: metadata(context, context.name()),
        spec: Some(claim_spec(data.claim.as_ref()?)),
        status: None,
    };
    Some(Packed::new(&claim, Some(context.name()), data.span))
}

/// What caused the parts that people ask about.
fn origins(context: &Context<'_>, mut object: Packed) -> Packed {
    const CONTAINER: &str = "/spec/template/spec/containers/0";
    let workload = context.workload;
    object = object
        .caused("/spec/replicas", context.component.replicas.origin)
        .caused(format!("{CONTAINER}/image"), workload.image.span)
        .caused(format!("{CONTAINER}/resources"), workload.resources.span);
    let places = &workload.resources.places;
    let parts = [
        ("requests/cpu", places.cpu),
        ("requests/memory", places.memory),
        ("requests/ephemeral-storage", places.ephemeral),
        ("limits/cpu", places.cpu_limit),
        ("limits/memory", places.memory_limit),
        ("limits/ephemeral-storage", places.ephemeral),
    ];
    for (part, place) in parts {
        object = object.caused(format!("{CONTAINER}/resources/{part}"), place);
    }
    for (i, arg) in workload.args.iter().enumerate() {
        object = object.caused(format!("{CONTAINER}/args/{i}"), arg.span);
    }
    for (i, var) in workload.env.iter().enumerate() {
        object = object.caused(format!("{CONTAINER}/env/{i}"), var.span);
    }
    let probes =
        [("readinessProbe", &workload.ready), ("livenessProbe", &workload.live), ("startupProbe", &workload.startup)];
    for (name, probe) in probes {
        if let Some(probe) = probe {
            object = object.caused(format!("{CONTAINER}/{name}"), probe.span);
        }
    }
    for folder in &workload.host_paths {
        object = object.caused("/spec/template/spec/volumes", folder.span);
    }
    if let Some(data) = &workload.data {
        object = object.caused("/spec/volumeClaimTemplates", data.span);
    }
    object
}

/// With what linters are told of it.
pub(super) fn own_metadata(context: &Context<'_>) -> ObjectMeta {
    waived(metadata(context, context.name()), context)
}

/// Metadata with what is accepted of a component's workload.
pub(super) fn waived(mut metadata: ObjectMeta, context: &Context<'_>) -> ObjectMeta {
    let waived = waivers::annotations(context);
    if !waived.is_empty() {
        metadata.annotations.get_or_insert_default().extend(waived);
    }
    metadata
}

fn claim<'a>(context: &'a Context<'_>) -> Option<&'a Claim> {
    context.workload.data.as_ref()?.claim.as_ref()
}

fn claim_spec(claim: &Claim) -> PersistentVolumeClaimSpec {
    let size = K8sQuantity(Quantity::Bytes(claim.size).to_string());
    PersistentVolumeClaimSpec {
        access_modes: Some(vec!["ReadWriteOnce".into()]),
        storage_class_name: claim.class.as_ref().map(ToString::to_string),
        resources: Some(VolumeResourceRequirements {
            requests: Some(BTreeMap::from([("storage".to_owned(), size)])),
            limits: None,
        }),
        ..PersistentVolumeClaimSpec::default()
    }
}

/// The number of instances, left to the autoscaler where there is one.
fn replicas(context: &Context<'_>) -> Option<i32> {
    let replicas = &context.component.replicas;
    replicas.autoscale.is_none().then(|| i32::try_from(replicas.count).unwrap_or(i32::MAX))
}

fn stateful_set(context: &Context<'_>, configs: &[Config]) -> apps::StatefulSet {
    let template_of = |claim: &Claim| PersistentVolumeClaim {
        metadata: ObjectMeta { name: Some(DATA_VOLUME.into()), ..ObjectMeta::default() },
        spec: Some(claim_spec(claim)),
        status: None,
    };
    let policy = if context.workload.parallel { "Parallel" } else { "OrderedReady" };
    apps::StatefulSet {
        metadata: own_metadata(context),
        spec: Some(apps::StatefulSetSpec {
            service_name: Some(headless_name(context.component)),
            replicas: replicas(context),
            selector: label_selector(context.component),
            template: template(context, configs),
            pod_management_policy: Some(policy.into()),
            update_strategy: Some(apps::StatefulSetUpdateStrategy {
                type_: Some("RollingUpdate".into()),
                rolling_update: None,
            }),
            revision_history_limit: Some(HISTORY),
            volume_claim_templates: claim(context).map(|c| vec![template_of(c)]),
            ..apps::StatefulSetSpec::default()
        }),
        status: None,
    }
}

fn deployment(context: &Context<'_>, configs: &[Config]) -> apps::Deployment {
    let strategy = match claim(context) {
        // a volume that one pod at a time can mount
        Some(_) => apps::DeploymentStrategy { type_: Some("Recreate".into()), rolling_update: None },
        None => apps::DeploymentStrategy {
            type_: Some("RollingUpdate".into()),
            rolling_update: Some(apps::RollingUpdateDeployment {
                max_surge: Some(IntOrString::Int(1)),
                max_unavailable: Some(IntOrString::Int(0)),
            }),
        },
    };
    apps::Deployment {
        metadata: own_metadata(context),
        spec: Some(apps::DeploymentSpec {
            replicas: replicas(context),
            selector: label_selector(context.component),
            template: template(context, configs),
            strategy: Some(strategy),
            revision_history_limit: Some(HISTORY),
            ..apps::DeploymentSpec::default()
        }),
        status: None,
    }
}

fn daemon_set(context: &Context<'_>, configs: &[Config]) -> apps::DaemonSet {
    apps::DaemonSet {
        metadata: own_metadata(context),
        spec: Some(apps::DaemonSetSpec {
            selector: label_selector(context.component),
            template: template(context, configs),
            update_strategy: Some(apps::DaemonSetUpdateStrategy {
                type_: Some("RollingUpdate".into()),
                rolling_update: Some(apps::RollingUpdateDaemonSet {
                    max_unavailable: Some(IntOrString::String("10%".into())),
                    max_surge: None,
                }),
            }),
            revision_history_limit: Some(HISTORY),
            ..apps::DaemonSetSpec::default()
        }),
        status: None,
    }
}

fn job(context: &Context<'_>, configs: &[Config]) -> Job {
    Job {
        metadata: own_metadata(context),
        spec: Some(JobSpec {
            template: template(context, configs),
            ttl_seconds_after_finished: Some(JOB_TTL),
            ..JobSpec::default()
        }),
        status: None,
    }
}
