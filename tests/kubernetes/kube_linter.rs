//! The checks that kube-linter has on by default, and those of its optional ones that are no matter of taste, as
//! assertions of our own: the program isn't in the registries.
//!
//! By its names of them. In `hardening.rs`: dangling-service, drop-net-raw, docker-sock, sensitive-host-mounts, host-ipc,
//! host-network, host-pid, latest-tag, mismatching-selector, no-anti-affinity, no-read-only-root-fs,
//! non-existent-service-account, pdb-max-unavailable, pdb-unhealthy-pod-eviction-policy, privilege-escalation-container,
//! privileged-container, run-as-non-root, unset-cpu-requirements, unset-memory-requirements, env-var-secret,
//! dangling-horizontalpodautoscaler, dangling-ingress, dangling-networkpolicy, non-isolated-pod, wildcard-in-rules,
//! access-to-secrets, no-liveness-probe, no-readiness-probe. Here: the rest.

use crate::inspection::{Inspection, container, inspect, pod, selects};
use obs_compiler::outputs::kubernetes::Object;
use serde_json::Value as Json;
use std::collections::BTreeSet;

fn list(json: &Json) -> impl Iterator<Item = &Json> {
    json.as_array().into_iter().flatten()
}

/// All of a pod's containers, those that start first too.
fn containers(object: &Object) -> impl Iterator<Item = &Json> {
    ["containers", "initContainers"].into_iter().flat_map(|key| list(&pod(object)[key]))
}

/// deprecated-service-account-field, no-extensions-v1beta, job-ttl-seconds-after-finished, restart-policy, use-namespace,
/// no-rolling-update-strategy.
#[test]
fn objects_use_no_field_or_version_that_is_on_its_way_out() {
    inspect(|it| {
        for object in it.objects.clone() {
            let version = object.api_version().to_owned();
            // the only version that it has
            let only = version == "keda.sh/v1alpha1";
            it.expect(only || !version.contains("alpha") && !version.contains("beta"), &object, &version);
            it.expect(!version.starts_with("extensions/"), &object, &version);
            it.expect(object.namespace() != Some("default"), &object, "the default namespace");
        }
        for object in it.workloads() {
            it.expect(pod(&object).get("serviceAccount").is_none(), &object, "the old name of `serviceAccountName`");
            let spec = object.json["spec"].clone();
            match object.kind() {
                "Job" => it.expect(spec["ttlSecondsAfterFinished"].is_u64(), &object, "stays when it has ended"),
                "Deployment" => {
                    let way = spec["strategy"]["type"].as_str().unwrap_or_default().to_owned();
                    let one_at_a_time =
                        list(&pod(&object)["volumes"]).any(|v| v.get("persistentVolumeClaim").is_some());
                    let wanted = if one_at_a_time { "Recreate" } else { "RollingUpdate" };
                    it.expect(way == wanted, &object, &format!("replaced by {way}"));
                }
                _ => it.expect(spec["updateStrategy"]["type"] == "RollingUpdate", &object, "no rolling update"),
            }
        }
    });
}

/// duplicate-env-var, ssh-port, unsafe-sysctls, unsafe-proc-mount, invalid-target-ports, liveness-port, readiness-port,
/// startup-port; and that no two containers' ports or mounts are the same.
#[test]
fn containers_name_everything_once_and_ask_for_nothing_unsafe() {
    inspect(|it| {
        for object in it.workloads() {
            let sysctls = pod(&object)["securityContext"].get("sysctls").is_none();
            it.expect(sysctls, &object, "sets sysctls");
            for container in containers(&object).cloned().collect::<Vec<_>>() {
                for (of, key) in [("env", "name"), ("ports", "name"), ("volumeMounts", "mountPath")] {
                    let names: Vec<&Json> = list(&container[of]).map(|e| &e[key]).collect();
                    let distinct: BTreeSet<String> = names.iter().map(ToString::to_string).collect();
                    it.expect(distinct.len() == names.len(), &object, &format!("{of} by the same {key}"));
                }
                let ports: Vec<&Json> = list(&container["ports"]).collect();
                it.expect(ports.iter().all(|p| p["containerPort"] != 22), &object, "a port for ssh");
                let words = ports.iter().filter_map(|p| p["name"].as_str());
                let named = words.clone().count() == ports.len() && words.clone().all(is_port_name);
                it.expect(named, &object, "a port with a name that Kubernetes doesn't take");
                it.expect(container["securityContext"].get("procMount").is_none(), &object, "an unmasked /proc");
            }
        }
    });
}

/// At most 15 of lower-case letters, digits and single dashes within, with one letter: IANA's names of services.
fn is_port_name(name: &str) -> bool {
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let dashes = !name.contains("--") && !name.starts_with('-') && !name.ends_with('-');
    plain && dashes && (1..=15).contains(&name.len()) && name.contains(|c: char| c.is_ascii_lowercase())
}

/// invalid-target-ports, dangling-servicemonitor's like for Services: each port of a Service leads to one of its pods'.
#[test]
fn services_lead_to_ports_of_their_pods() {
    inspect(|it| {
        for service in it.of_kind("Service").cloned().collect::<Vec<_>>() {
            let behind = it.workloads().into_iter().find(|w| {
                let labels = &w.json["spec"]["template"]["metadata"]["labels"];
                w.namespace() == service.namespace() && selects(&service.json["spec"]["selector"], labels)
            });
            let ports = behind.map_or(Json::Null, |w| container(&w)["ports"].clone());
            for port in list(&service.json["spec"]["ports"]) {
                let same = |p: &Json| p["name"] == port["targetPort"] && p["protocol"] == port["protocol"];
                it.expect(list(&ports).any(same), &service, &format!("port {} leads nowhere", port["name"]));
            }
        }
    });
}

/// dangling-networkpolicypeer-podselector, for peers in namespaces that the program has.
#[test]
fn policies_name_peers_that_are_there() {
    inspect(|it| {
        for policy in it.of_kind("NetworkPolicy").cloned().collect::<Vec<_>>() {
            let rules = [("ingress", "from"), ("egress", "to")].into_iter();
            let peers = rules.flat_map(|(way, end)| list(&policy.json["spec"][way]).flat_map(move |r| list(&r[end])));
            for peer in peers {
                it.expect(is_there(it, &policy, peer), &policy, &format!("lets in or out nobody: {peer}"));
            }
        }
    });
}

fn is_there(it: &Inspection<'_>, policy: &Object, peer: &Json) -> bool {
    let place = match peer.get("namespaceSelector") {
        None => policy.namespace().unwrap_or_default(),
        Some(selector) => match selector["matchLabels"]["kubernetes.io/metadata.name"].as_str() {
            Some(name) if it.has("Namespace", None, name) => name,
            // someone else's
            _ => return true,
        },
    };
    let Some(wanted) = peer.get("podSelector").map(|s| &s["matchLabels"]) else { return true };
    it.workloads()
        .iter()
        .any(|w| w.namespace() == Some(place) && selects(wanted, &w.json["spec"]["template"]["metadata"]["labels"]))
}

/// pdb-min-available: a budget that never lets one go blocks every drain.
#[test]
fn budgets_let_one_go() {
    inspect(|it| {
        for budget in it.of_kind("PodDisruptionBudget").cloned().collect::<Vec<_>>() {
            let spec = &budget.json["spec"];
            it.expect(spec.get("minAvailable").is_none(), &budget, "counts those that stay");
            it.expect(spec["maxUnavailable"].as_i64() >= Some(1), &budget, "lets none go");
        }
    });
}
