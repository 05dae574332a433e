//! The pod of a component: one container, hardened so that Pod Security's `restricted` level takes it.

use super::Context;
use super::config_maps::Config;
use super::labels::{label_selector, labels};
use super::rbac::needs_token;
use super::services::transports;
use crate::graph::{Probe, ProbeAction, Resources, WorkloadKind};
use crate::value::{Quantity, Value};
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as K8sQuantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::collections::BTreeMap;

/// The user whom nothing on the node keeps out.
const ROOT: i64 = 0;

/// Room for what a program writes to `/tmp` and other scratch folders.
const SCRATCH_LIMIT: &str = "64Mi";

/// Where a kind has no start-up probe of its own: ten minutes, asked every ten seconds.
const START_UP_PERIOD: i32 = 10;
const START_UP_FAILURES: i32 = 60;

/// The name of the volume that holds a component's data.
pub(super) const DATA_VOLUME: &str = "data";

/// The account's token where a component talks to the Kubernetes API: the volume, and where clients look for it.
const TOKEN_VOLUME: &str = "kubernetes-api";
const TOKEN_FOLDER: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
/// Seconds until a token ends, as automounting asks for; it is renewed well before that.
const TOKEN_LIFE: i64 = 3607;
/// The ConfigMap that Kubernetes keeps in every namespace.
const AUTHORITY: &str = "kube-root-ca.crt";

pub(super) fn template(context: &Context<'_>, configs: &[Config]) -> core::PodTemplateSpec {
    let mut pod_labels = labels(context);
    let workload = context.workload;
    pod_labels.extend(workload.labels.iter().map(|(k, v)| (k.to_string(), v.to_string())));
    let mut annotations: BTreeMap<String, String> =
        configs.iter().map(|c| (format!("checksum/{}", c.name), c.checksum.clone())).collect();
    annotations.extend(workload.annotations.iter().map(|(k, v)| (k.to_string(), v.to_string())));
    let metadata = ObjectMeta {
        labels: Some(pod_labels),
        annotations: (!annotations.is_empty()).then_some(annotations),
        ..ObjectMeta::default()
    };
    core::PodTemplateSpec { metadata: Some(metadata), spec: Some(spec(context, configs)) }
}

fn spec(context: &Context<'_>, configs: &[Config]) -> core::PodSpec {
    let workload = context.workload;
    let spread = context.component.replicas.most() > 1 && context.component.workload != WorkloadKind::Daemon;
    core::PodSpec {
        service_account_name: Some(context.name().to_owned()),
        // where a token is needed, it is a volume of the one container
        automount_service_account_token: Some(false),
        enable_service_links: Some(false),
        termination_grace_period_seconds: workload.grace,
        security_context: Some(core::PodSecurityContext {
            run_as_non_root: Some(workload.user != ROOT),
            run_as_user: Some(workload.user),
            run_as_group: Some(workload.group),
            fs_group: Some(workload.group),
            fs_group_change_policy: Some("OnRootMismatch".into()),
            seccomp_profile: Some(core::SeccompProfile { type_: "RuntimeDefault".into(), localhost_profile: None }),
            ..core::PodSecurityContext::default()
        }),
        containers: vec![container(context, configs)],
        volumes: Some(volumes(context, configs)),
        affinity: spread.then(|| anti_affinity(context)),
        topology_spread_constraints: spread.then(|| constraints(context)),
        tolerations: workload
            .tolerate_all
            .then(|| vec![core::Toleration { operator: Some("Exists".into()), ..core::Toleration::default() }]),
        restart_policy: (context.component.workload == WorkloadKind::Job).then(|| "OnFailure".to_owned()),
        ..core::PodSpec::default()
    }
}

fn anti_affinity(context: &Context<'_>) -> core::Affinity {
    let term = core::PodAffinityTerm {
        label_selector: Some(label_selector(context.component)),
        topology_key: "kubernetes.io/hostname".into(),
        ..core::PodAffinityTerm::default()
    };
    core::Affinity {
        pod_anti_affinity: Some(core::PodAntiAffinity {
            preferred_during_scheduling_ignored_during_execution: Some(vec![core::WeightedPodAffinityTerm {
                weight: 100,
                pod_affinity_term: term,
            }]),
            ..core::PodAntiAffinity::default()
        }),
        ..core::Affinity::default()
    }
}

fn constraints(context: &Context<'_>) -> Vec<core::TopologySpreadConstraint> {
    let constraint = |key: &str| core::TopologySpreadConstraint {
        max_skew: 1,
        topology_key: key.into(),
        when_unsatisfiable: "ScheduleAnyway".into(),
        label_selector: Some(label_selector(context.component)),
        ..core::TopologySpreadConstraint::default()
    };
    vec![constraint("topology.kubernetes.io/zone"), constraint("kubernetes.io/hostname")]
}

fn container(context: &Context<'_>, configs: &[Config]) -> core::Container {
    let workload = context.workload;
    let texts = |list: &[crate::value::Spanned<smol_str::SmolStr>]| -> Option<Vec<String>> {
        let list: Vec<String> = list.iter().map(|t| t.value.to_string()).collect();
        (!list.is_empty()).then_some(list)
    };
    let ports: Vec<core::ContainerPort> = context
        .component
        .ports
        .iter()
        .flat_map(|port| {
            transports(port).into_iter().map(|(name, protocol)| core::ContainerPort {
                name: Some(name),
                container_port: i32::from(port.number),
                protocol: Some(protocol.into()),
                ..core::ContainerPort::default()
            })
        })
        .collect();
    core::Container {
        name: context.name().to_owned(),
        image: Some(context.graph.cluster.pinned(&context.workload.image.value)),
        image_pull_policy: Some("Always".into()),
        command: texts(&workload.command),
        args: texts(&workload.args),
        env: env(context),
        ports: (!ports.is_empty()).then_some(ports),
        volume_mounts: Some(mounts(context, configs)),
        resources: Some(resources(&workload.resources)),
        readiness_probe: workload.ready.as_ref().map(probe),
        liveness_probe: workload.live.as_ref().map(probe),
        startup_probe: workload
            .startup
            .as_ref()
            .map_or_else(|| workload.live.as_ref().map(start_up), |p| Some(probe(p))),
        security_context: Some(core::SecurityContext {
            allow_privilege_escalation: Some(false),
            privileged: Some(false),
            read_only_root_filesystem: Some(true),
            run_as_non_root: Some(workload.user != ROOT),
            run_as_user: Some(workload.user),
            run_as_group: Some(workload.group),
            capabilities: Some(core::Capabilities { drop: Some(vec!["ALL".into()]), add: None }),
            seccomp_profile: Some(core::SeccompProfile { type_: "RuntimeDefault".into(), localhost_profile: None }),
            ..core::SecurityContext::default()
        }),
        ..core::Container::default()
    }
}

fn env(context: &Context<'_>) -> Option<Vec<core::EnvVar>> {
    let var = |e: &crate::graph::EnvVar| {
        let mut out = core::EnvVar { name: e.name.to_string(), ..core::EnvVar::default() };
        match &e.value {
            Value::PodField(path) => {
                let field = core::ObjectFieldSelector { field_path: path.to_string(), api_version: None };
                out.value_from = Some(core::EnvVarSource { field_ref: Some(field), ..Default::default() });
            }
            Value::Secret(secret) => {
                let key = secret.key.clone().unwrap_or_else(|| e.name.clone());
                let selector =
                    core::SecretKeySelector { name: secret.name.to_string(), key: key.to_string(), optional: None };
                out.value_from = Some(core::EnvVarSource { secret_key_ref: Some(selector), ..Default::default() });
            }
            value => out.value = Some(value.to_string()),
        }
        out
    };
    let vars: Vec<core::EnvVar> = context.workload.env.iter().map(var).collect();
    (!vars.is_empty()).then_some(vars)
}

fn quantity(text: String) -> K8sQuantity {
    K8sQuantity(text)
}

fn resources(r: &Resources) -> core::ResourceRequirements {
    let bytes = |n: i64| quantity(Quantity::Bytes(n).to_string());
    let cpu = |m: i64| quantity(Quantity::Cpu(m).to_string());
    let requests = BTreeMap::from([
        ("cpu".to_owned(), cpu(r.cpu)),
        ("memory".to_owned(), bytes(r.memory)),
        ("ephemeral-storage".to_owned(), bytes(r.ephemeral)),
    ]);
    let limits = BTreeMap::from([
        ("cpu".to_owned(), cpu(r.cpu_limit.unwrap_or(r.cpu))),
        ("memory".to_owned(), bytes(r.memory_limit)),
        ("ephemeral-storage".to_owned(), bytes(r.ephemeral)),
    ]);
    core::ResourceRequirements { requests: Some(requests), limits: Some(limits), claims: None }
}

fn probe(p: &Probe) -> core::Probe {
    let mut out = core::Probe {
        initial_delay_seconds: (p.delay > 0).then_some(p.delay),
        period_seconds: Some(p.period),
        timeout_seconds: Some(p.timeout),
        failure_threshold: Some(p.failures),
        ..core::Probe::default()
    };
    match &p.action {
        ProbeAction::Http { path, port, tls } => {
            out.http_get = Some(core::HTTPGetAction {
                path: Some(path.to_string()),
                port: IntOrString::String(port.to_string()),
                scheme: tls.then(|| "HTTPS".into()),
                ..core::HTTPGetAction::default()
            });
        }
        ProbeAction::Tcp { port } => {
            out.tcp_socket = Some(core::TCPSocketAction { port: IntOrString::String(port.to_string()), host: None });
        }
        ProbeAction::Exec { command } => {
            let command = command.iter().map(ToString::to_string).collect();
            out.exec = Some(core::ExecAction { command: Some(command) });
        }
    }
    out
}

/// Start-up as liveness with patience: a program that replays its log for minutes isn't dead.
fn start_up(live: &Probe) -> core::Probe {
    let patient = Probe { delay: 0, period: START_UP_PERIOD, failures: START_UP_FAILURES, ..live.clone() };
    probe(&patient)
}

fn mount(name: String, path: &str, read_only: bool) -> core::VolumeMount {
    core::VolumeMount {
        name,
        mount_path: path.to_owned(),
        read_only: read_only.then_some(true),
        ..core::VolumeMount::default()
    }
}

fn scratch_folders(context: &Context<'_>) -> Vec<String> {
    let own = context.workload.scratch.iter().map(|p| p.value.to_string());
    std::iter::once("/tmp".to_owned()).chain(own).collect()
}

/// Folders of configuration, each with the ConfigMaps that fill it.
fn config_folders(configs: &[Config]) -> Vec<(&str, Vec<&Config>)> {
    let mut out: Vec<(&str, Vec<&Config>)> = Vec::new();
    for config in configs {
        match out.iter_mut().find(|(folder, _)| *folder == config.folder) {
            Some((_, parts)) => parts.push(config),
            None => out.push((&config.folder, vec![config])),
        }
    }
    out
}

fn mounts(context: &Context<'_>, configs: &[Config]) -> Vec<core::VolumeMount> {
    let mut out = Vec::new();
    for (i, (folder, _)) in config_folders(configs).iter().enumerate() {
        out.push(mount(format!("config-{i}"), folder, true));
    }
    if let Some(data) = &context.workload.data {
        out.push(mount(DATA_VOLUME.into(), &data.path, false));
    }
    for (i, folder) in scratch_folders(context).iter().enumerate() {
        out.push(mount(format!("scratch-{i}"), folder, false));
    }
    for (i, secret) in context.workload.secrets.iter().enumerate() {
        out.push(mount(format!("secret-{i}"), &secret.path, true));
    }
    for (i, folder) in context.workload.host_paths.iter().enumerate() {
        out.push(core::VolumeMount {
            // what the node mounts below it later is seen too
            mount_propagation: Some("HostToContainer".into()),
            ..mount(format!("host-{i}"), &folder.path, true)
        });
    }
    if needs_token(context) {
        out.push(mount(TOKEN_VOLUME.into(), TOKEN_FOLDER, true));
    }
    out
}

fn volumes(context: &Context<'_>, configs: &[Config]) -> Vec<core::Volume> {
    let mut out = Vec::new();
    let volume = |name: String| core::Volume { name, ..core::Volume::default() };
    for (i, (_, parts)) in config_folders(configs).iter().enumerate() {
        out.push(config_volume(format!("config-{i}"), parts));
    }
    let workload = context.workload;
    if let Some(data) = &workload.data {
        match (&data.claim, context.component.workload) {
            // a StatefulSet's claims come from its templates
            (Some(_), WorkloadKind::Stateful) => {}
            (Some(_), _) => out.push(core::Volume {
                persistent_volume_claim: Some(core::PersistentVolumeClaimVolumeSource {
                    claim_name: context.name().to_owned(),
                    read_only: None,
                }),
                ..volume(DATA_VOLUME.into())
            }),
            (None, _) => out.push(core::Volume {
                empty_dir: Some(core::EmptyDirVolumeSource {
                    size_limit: workload.room().map(|bytes| quantity(Quantity::Bytes(bytes).to_string())),
                    medium: None,
                }),
                ..volume(DATA_VOLUME.into())
            }),
        }
    }
    for i in 0..scratch_folders(context).len() {
        out.push(core::Volume {
            empty_dir: Some(core::EmptyDirVolumeSource {
                size_limit: Some(quantity(SCRATCH_LIMIT.into())),
                medium: None,
            }),
            ..volume(format!("scratch-{i}"))
        });
    }
    for (i, mount) in workload.secrets.iter().enumerate() {
        let item =
            |key: &smol_str::SmolStr| core::KeyToPath { key: key.to_string(), path: key.to_string(), mode: None };
        out.push(core::Volume {
            secret: Some(core::SecretVolumeSource {
                secret_name: Some(mount.secret.name.to_string()),
                items: mount.secret.key.as_ref().map(|key| vec![item(key)]),
                // readable by the group, which is the volume's
                default_mode: Some(0o440),
                optional: None,
            }),
            ..volume(format!("secret-{i}"))
        });
    }
    for (i, folder) in workload.host_paths.iter().enumerate() {
        out.push(core::Volume {
            host_path: Some(core::HostPathVolumeSource {
                path: folder.host.to_string(),
                type_: Some("Directory".into()),
            }),
            ..volume(format!("host-{i}"))
        });
    }
    if needs_token(context) {
        out.push(token_volume());
    }
    out
}

/// A token of the account, the authority that signed the API server's certificate, and the pod's namespace: what a
/// client within the cluster looks for, as automounting gives it.
fn token_volume() -> core::Volume {
    let file = |path: &str| core::KeyToPath { key: path.to_owned(), path: path.to_owned(), mode: None };
    let token = core::ServiceAccountTokenProjection {
        path: "token".into(),
        expiration_seconds: Some(TOKEN_LIFE),
        audience: None,
    };
    let authority =
        core::ConfigMapProjection { name: AUTHORITY.into(), items: Some(vec![file("ca.crt")]), optional: None };
    let namespace = core::DownwardAPIVolumeFile {
        path: "namespace".into(),
        field_ref: Some(core::ObjectFieldSelector {
            api_version: Some("v1".into()),
            field_path: "metadata.namespace".into(),
        }),
        ..core::DownwardAPIVolumeFile::default()
    };
    let sources = vec![
        core::VolumeProjection { service_account_token: Some(token), ..Default::default() },
        core::VolumeProjection { config_map: Some(authority), ..Default::default() },
        core::VolumeProjection {
            downward_api: Some(core::DownwardAPIProjection { items: Some(vec![namespace]) }),
            ..Default::default()
        },
    ];
    core::Volume {
        name: TOKEN_VOLUME.into(),
        projected: Some(core::ProjectedVolumeSource { sources: Some(sources), default_mode: Some(0o444) }),
        ..core::Volume::default()
    }
}

fn config_volume(name: String, parts: &[&Config]) -> core::Volume {
    let items = |config: &Config| -> Option<Vec<core::KeyToPath>> {
        let item =
            |(key, path): &(String, String)| core::KeyToPath { key: key.clone(), path: path.clone(), mode: None };
        Some(config.items.iter().map(item).collect())
    };
    let mut out = core::Volume { name, ..core::Volume::default() };
    match parts {
        [only] => {
            out.config_map = Some(core::ConfigMapVolumeSource {
                name: only.name.clone(),
                items: items(only),
                ..core::ConfigMapVolumeSource::default()
            });
        }
        many => {
            let source = |config: &&Config| core::VolumeProjection {
                config_map: Some(core::ConfigMapProjection {
                    name: config.name.clone(),
                    items: items(config),
                    optional: None,
                }),
                ..core::VolumeProjection::default()
            };
            out.projected = Some(core::ProjectedVolumeSource {
                sources: Some(many.iter().map(source).collect()),
                default_mode: None,
            });
        }
    }
    out
}
