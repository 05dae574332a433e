//! What carries out `backup` items: a CronJob with an account, rights and a policy of its own.

use super::config_maps;
use super::labels::{label_selector, metadata};
use super::object::Packed;
use super::pods::template;
use super::policies::{api_server, ask_port, dns, pods_of};
use super::rbac::{policy_rule, service_account};
use super::workloads::{claim_of, waived};
use super::{Context, policies};
use crate::diagnostics::Diagnostic;
use crate::graph::{Backup, Component, EnvVar, Graph, Replicas, WorkloadKind};
use crate::outputs::config_files;
use crate::outputs::words::{self, Saving};
use crate::value::{ComponentId, Value};
use k8s_openapi::api::batch::v1::{CronJob, CronJobSpec, JobSpec, JobTemplateSpec};
use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicySpec};
use k8s_openapi::api::rbac::v1::{PolicyRule, Role, RoleBinding, RoleRef, Subject};

/// How often a run that fails is tried again, how long all of it may take, and how late it may start.
const TRIES: i32 = 2;
const LONGEST: i64 = 4 * 3600;
const LATEST: i64 = 3600;
/// Finished runs are removed after a day.
const TTL: i32 = 86_400;

/// What carries out a component's backup.
pub(super) fn saving<'a>(context: &Context<'a>) -> Option<Saving<'a>> {
    words::saving(context.graph, context.component, context.workload)
}

/// The component that a job would be: it has no flows, and shares nothing with the one that it saves.
pub(super) fn as_component(saving: &Saving<'_>) -> Component {
    let component = saving.saved;
    Component {
        id: ComponentId(u32::MAX),
        name: saving.name().into(),
        workload: WorkloadKind::Job,
        replicas: Replicas {
            count: 1,
            by_profile: vec![1],
            autoscale: None,
            scale: None,
            ..component.replicas.clone()
        },
        ports: Vec::new(),
        ..component.clone()
    }
}

/// All objects that a backup needs.
pub(super) fn backups(context: &Context<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Packed> {
    let Some(saving) = saving(context) else { return Vec::new() };
    let backup = saving.backup;
    let component = as_component(&saving);
    let mut workload = saving.workload.clone();
    let kept = Value::Str(backup.keep.to_string().into());
    workload.env.push(EnvVar { name: "KEEP".into(), value: kept, span: backup.span });
    let own = Context { graph: context.graph, component: &component, workload: &workload };
    let files = config_files::render(own.name(), own.workload, &[], diagnostics);
    let configs = config_maps::config_maps(&own, &files);
    let owner = Some(context.name());
    let mut out = vec![service_account(&own)];
    out.extend(rights(&own, backup));
    out.extend(claim_of(&own));
    let job = cron_job(context, &own, &configs, backup);
    out.push(Packed::new(&job, owner, backup.span).caused("/spec/schedule", backup.span));
    out.extend(policy(&saving, &own));
    out.extend(configs.into_iter().map(|c| c.object));
    // they stand in the folder of what they save
    out.iter_mut().for_each(|o| o.component = owner.map(str::to_owned));
    out
}

/// What is accepted of the component is accepted of the job that saves it.
fn cron_job(saved: &Context<'_>, own: &Context<'_>, configs: &[config_maps::Config], backup: &Backup) -> CronJob {
    CronJob {
        metadata: waived(metadata(own, own.name()), saved),
        spec: Some(CronJobSpec {
            schedule: backup.schedule.to_string(),
            time_zone: Some("Etc/UTC".into()),
            concurrency_policy: Some("Forbid".into()),
            starting_deadline_seconds: Some(LATEST),
            successful_jobs_history_limit: Some(1),
            failed_jobs_history_limit: Some(3),
            suspend: None,
            job_template: JobTemplateSpec {
                metadata: None,
                spec: Some(JobSpec {
                    backoff_limit: Some(TRIES),
                    active_deadline_seconds: Some(LONGEST),
                    ttl_seconds_after_finished: Some(TTL),
                    template: template(own, configs),
                    ..JobSpec::default()
                }),
            },
        }),
        status: None,
    }
}

/// A Role in the component's namespace, and its binding.
fn rights(own: &Context<'_>, backup: &Backup) -> Vec<Packed> {
    let needed: Vec<PolicyRule> = own.workload.rbac.iter().map(policy_rule).collect();
    if needed.is_empty() {
        return Vec::new();
    }
    let role = Role { metadata: metadata(own, own.name()), rules: Some(needed) };
    let binding = RoleBinding {
        metadata: metadata(own, own.name()),
        role_ref: RoleRef {
            api_group: "rbac.authorization.k8s.io".into(),
            kind: "Role".into(),
            name: own.name().to_owned(),
        },
        subjects: Some(vec![Subject {
            kind: "ServiceAccount".into(),
            name: own.name().to_owned(),
            namespace: Some(own.namespace()),
            api_group: None,
        }]),
    };
    vec![Packed::new(&role, Some(own.name()), backup.span), Packed::new(&binding, Some(own.name()), backup.span)]
}

/// It may ask the component's port and the Kubernetes API, where it needs them, and nobody may ask it.
fn policy(saving: &Saving<'_>, own: &Context<'_>) -> Option<Packed> {
    if !isolated(own.graph, own.component) {
        return None;
    }
    let to_component = saving.asks.map(|port| NetworkPolicyEgressRule {
        to: Some(vec![pods_of(saving.saved)]),
        ports: Some(vec![ask_port(port)]),
    });
    let to_api = saving.asks_api().then(|| api_server(own.graph));
    let mut egress: Vec<NetworkPolicyEgressRule> = to_component.into_iter().chain(to_api).collect();
    if !egress.is_empty() {
        egress.push(dns());
    }
    let policy = NetworkPolicy {
        metadata: metadata(own, own.name()),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(label_selector(own.component)),
            policy_types: policies::both_directions(),
            ingress: None,
            egress: policies::some(egress),
        }),
    };
    Some(Packed::new(&policy, Some(own.name()), saving.backup.span))
}

fn isolated(graph: &Graph, component: &Component) -> bool {
    component.namespace.is_some_and(|n| graph.namespaces[n.0 as usize].isolated)
}
