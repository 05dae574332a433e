//! What every emitted object must be, over every example and profile: the default checks of Kubernetes linters, and
//! what the Pod Security level `restricted` asks for.

use crate::inspection::{Inspection, container, inspect, pod, selects, texts};
use obs_compiler::graph::Stack;
use obs_compiler::outputs::kubernetes::Object;
use obs_tests::stacks::{objects, programs};
use serde_json::Value as Json;

#[test]
fn namespaces_enforce_a_pod_security_level() {
    inspect(|it| {
        for namespace in it.of_kind("Namespace").cloned().collect::<Vec<_>>() {
            for mode in ["enforce", "audit", "warn"] {
                let label = &namespace.json["metadata"]["labels"][format!("pod-security.kubernetes.io/{mode}")];
                let wanted = level(it, namespace.name());
                it.expect(label == wanted, &namespace, &format!("{mode} is {label}, not {wanted}"));
            }
            it.expect(namespace.name() != "default", &namespace, "the default namespace");
        }
        for object in it.objects.clone() {
            let place = object.namespace().map(str::to_owned);
            let known = place.as_deref().is_none_or(|n| it.has("Namespace", None, n));
            it.expect(known, &object, "its namespace isn't emitted");
        }
    });
}

/// The level that a namespace has to have: the strictest, unless a pod in it says with a reason why it needs another.
fn level(it: &Inspection<'_>, namespace: &str) -> &'static str {
    let own = it.workloads().into_iter().filter(|o| o.namespace() == Some(namespace));
    let asks = own.into_iter().any(|o| is_waived(&o, HOST_MOUNTS) || is_waived(&o, ROOT));
    if asks { "privileged" } else { "restricted" }
}

/// Checks by kube-linter's names, which its annotations waive.
const HOST_MOUNTS: &str = "sensitive-host-mounts";
const ROOT: &str = "run-as-non-root";

/// Whether the workload says, with a reason, that it leaves a check of kube-linter unmet.
fn is_waived(object: &Object, check: &str) -> bool {
    let reason = &object.json["metadata"]["annotations"][format!("ignore-check.kube-linter.io/{check}")];
    reason.as_str().is_some_and(|reason| !reason.is_empty())
}

/// What pods have of their nodes is waived, and nothing is waived that they don't have.
#[test]
fn what_pods_have_of_their_nodes_is_waived_with_a_reason() {
    let mut seen = (0, 0);
    for program in programs() {
        for object in program.stacks.iter().flat_map(objects) {
            let Some(spec) = object.json.pointer("/spec/template/spec") else { continue };
            let volumes = spec["volumes"].as_array().cloned().unwrap_or_default();
            let mounts: Vec<Json> = spec["containers"][0]["volumeMounts"].as_array().cloned().unwrap_or_default();
            let of_node = volumes.iter().filter(|v| v.get("hostPath").is_some()).collect::<Vec<_>>();
            for volume in &of_node {
                let mount = mounts.iter().find(|m| m["name"] == volume["name"]).expect("it is mounted");
                assert_eq!(mount["readOnly"], true, "{}: {mount}", object.name());
                assert_eq!(volume["hostPath"]["type"], "Directory", "{}: {volume}", object.name());
            }
            let root = spec["securityContext"]["runAsUser"] == 0;
            assert_eq!(!of_node.is_empty(), is_waived(&object, HOST_MOUNTS), "{}: {of_node:?}", object.name());
            assert_eq!(root, is_waived(&object, ROOT), "{}: root", object.name());
            seen = (seen.0 + of_node.len(), seen.1 + usize::from(root));
        }
    }
    assert!(seen.0 > 0 && seen.1 > 0, "no program has any");
}

#[test]
fn pods_satisfy_the_restricted_level() {
    inspect(|it| {
        it.expect_in_pods(&[
            ("/securityContext/seccompProfile/type", "RuntimeDefault".into()),
            ("/containers/0/securityContext/allowPrivilegeEscalation", false.into()),
            ("/containers/0/securityContext/privileged", false.into()),
            ("/containers/0/securityContext/readOnlyRootFilesystem", true.into()),
            ("/containers/0/securityContext/capabilities", serde_json::json!({ "drop": ["ALL"] })),
            ("/containers/0/imagePullPolicy", "Always".into()),
        ]);
        for object in it.workloads() {
            let spec = pod(&object).clone();
            for field in ["hostNetwork", "hostPID", "hostIPC"] {
                it.expect(spec.get(field).is_none_or(|v| v == false), &object, field);
            }
            let root = is_waived(&object, ROOT);
            for context in [&spec["securityContext"], &spec["containers"][0]["securityContext"]] {
                it.expect(context["runAsNonRoot"] == !root, &object, "may run as root, or must not");
            }
            let ids = ["runAsUser", "runAsGroup", "fsGroup"].into_iter().filter(|id| !root || *id != "runAsUser");
            for id in ids {
                let number = spec["securityContext"][id].as_i64().unwrap_or_default();
                it.expect(number >= 10_000, &object, &format!("{id} {number} may be someone's on the node"));
            }
            let volumes = spec["volumes"].as_array().cloned().unwrap_or_default();
            let of_node = volumes.iter().any(|v| v.get("hostPath").is_some());
            it.expect(!of_node || is_waived(&object, HOST_MOUNTS), &object, "a volume of the node");
            let ports = spec["containers"][0]["ports"].as_array().cloned().unwrap_or_default();
            it.expect(ports.iter().all(|p| p.get("hostPort").is_none()), &object, "a port of the node");
        }
    });
}

#[test]
fn accounts_are_their_own_and_tokens_are_mounted_where_a_flow_asks_the_api() {
    inspect(|it| {
        for object in it.workloads() {
            let spec = pod(&object).clone();
            let account = spec["serviceAccountName"].as_str().unwrap_or_default();
            it.expect(it.has("ServiceAccount", object.namespace(), account), &object, "no ServiceAccount of its own");
            it.expect(account == object.name(), &object, "someone else's ServiceAccount");
            // a job that saves has rights of its own, in its namespace
            let saves = object.kind() == "Job" && it.has("RoleBinding", object.namespace(), object.name());
            let asks = asks_the_api(it.stack, &object) || saves;
            it.expect(spec["automountServiceAccountToken"] == false, &object, "a token that nobody asked for");
            let tokens = spec["volumes"].as_array().into_iter().flatten().filter(|v| {
                v["projected"]["sources"]
                    .as_array()
                    .is_some_and(|s| s.iter().any(|s| s.get("serviceAccountToken").is_some()))
            });
            let mounted = tokens.count() == 1;
            it.expect(mounted == asks, &object, "token mounted or not, against its flows");
        }
    });
}

/// Whether a flow of the workload's component brings rights on the Kubernetes API.
fn asks_the_api(stack: &Stack, object: &Object) -> bool {
    let graph = &stack.graph;
    graph.flows.iter().any(|f| graph.component(f.from).name == object.name() && !f.rbac.is_empty())
}

#[test]
fn rights_are_named_and_none_reads_secrets() {
    inspect(|it| {
        for role in it.objects.clone().iter().filter(|o| ["Role", "ClusterRole"].contains(&o.kind())) {
            for rule in role.json["rules"].as_array().into_iter().flatten() {
                let words = [texts(&rule["verbs"]), texts(&rule["resources"]), texts(&rule["apiGroups"])].concat();
                it.expect(!words.contains(&"*"), role, "a wildcard");
                for dangerous in
                    ["secrets", "nodes/proxy", "pods/exec", "pods/attach", "escalate", "bind", "impersonate"]
                {
                    it.expect(!words.contains(&dangerous), role, dangerous);
                }
                let read_only = texts(&rule["verbs"]).iter().all(|v| ["get", "list", "watch"].contains(v));
                // snapshots are made and removed, and nothing else is
                let snapshots = texts(&rule["resources"]) == ["volumesnapshots"] && role.kind() == "Role";
                it.expect(read_only || snapshots, role, "more than reading");
            }
        }
        for binding in it.of_kind("ClusterRoleBinding").cloned().collect::<Vec<_>>() {
            let role = binding.json["roleRef"]["name"].as_str().unwrap_or_default().to_owned();
            it.expect(it.has("ClusterRole", None, &role), &binding, "binds no role");
            let subject = &binding.json["subjects"][0];
            let known =
                it.has("ServiceAccount", subject["namespace"].as_str(), subject["name"].as_str().unwrap_or_default());
            it.expect(known, &binding, "binds it to nobody");
        }
    });
}

#[test]
fn resources_are_asked_for_and_bounded() {
    inspect(|it| {
        for object in it.workloads() {
            for part in ["requests", "limits"] {
                for resource in ["cpu", "memory", "ephemeral-storage"] {
                    let given = container(&object)["resources"][part][resource].is_string();
                    it.expect(given, &object, &format!("no {part} of {resource}"));
                }
            }
        }
    });
}

#[test]
fn folders_that_go_with_the_pod_are_bounded() {
    inspect(|it| {
        for object in it.workloads() {
            let limit = &container(&object)["resources"]["limits"]["ephemeral-storage"];
            let volumes = pod(&object)["volumes"].as_array().cloned().unwrap_or_default();
            for volume in volumes.iter().filter(|v| v["emptyDir"].is_object()) {
                let size = &volume["emptyDir"]["sizeLimit"];
                it.expect(size.is_string(), &object, &format!("{volume} has no limit"));
                // the room that its data is counted to have
                it.expect(volume["name"] != "data" || size == limit, &object, &format!("{volume} and not {limit}"));
            }
        }
    });
}

#[test]
fn there_are_three_probes_and_liveness_isn_t_readiness() {
    inspect(|it| {
        for object in it.services() {
            let container = container(&object).clone();
            for probe in ["readinessProbe", "livenessProbe", "startupProbe"] {
                it.expect(container[probe].is_object(), &object, &format!("no {probe}"));
            }
            let action = |probe: &str| (container[probe]["httpGet"].clone(), container[probe]["tcpSocket"].clone());
            it.expect(
                action("readinessProbe") != action("livenessProbe"),
                &object,
                "asks liveness what it asks readiness",
            );
            let ports: Vec<Json> =
                container["ports"].as_array().into_iter().flatten().map(|p| p["name"].clone()).collect();
            for probe in ["readinessProbe", "livenessProbe", "startupProbe"] {
                for asks in ["httpGet", "tcpSocket"] {
                    let port = &container[probe][asks]["port"];
                    it.expect(port.is_null() || ports.contains(port), &object, &format!("{probe} asks port {port}"));
                }
            }
        }
    });
}

#[test]
fn images_have_a_version() {
    inspect(|it| {
        for object in it.workloads() {
            let image = container(&object)["image"].as_str().unwrap_or_default().to_owned();
            let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
            let pinned = tag.chars().any(|c| c.is_ascii_digit()) && !tag.contains('/');
            it.expect(pinned, &object, &format!("`{image}` is whatever it is today"));
        }
    });
}

#[test]
fn pods_of_isolated_namespaces_are_selected_by_a_policy() {
    inspect(|it| {
        for namespace in it.stack.graph.namespaces.iter().filter(|n| n.isolated) {
            let deny = it.of_kind("NetworkPolicy").any(|p| {
                let spec = &p.json["spec"];
                let all = spec["podSelector"].as_object().is_some_and(|s| s.is_empty());
                let both = texts(&spec["policyTypes"]) == ["Ingress", "Egress"];
                let nothing = spec.get("ingress").is_none() && spec.get("egress").is_none();
                p.namespace() == Some(&namespace.name) && all && both && nothing
            });
            if !deny {
                it.wrong.push(format!("nothing denies by default in {}", namespace.name));
            }
            for object in it.workloads().iter().filter(|o| o.namespace() == Some(&namespace.name)) {
                let labels = &object.json["spec"]["template"]["metadata"]["labels"];
                let selected = it.of_kind("NetworkPolicy").any(|p| {
                    p.namespace() == object.namespace()
                        && selects(&p.json["spec"]["podSelector"]["matchLabels"], labels)
                });
                it.expect(selected, object, "no policy of its own");
            }
        }
    });
}

#[test]
fn more_than_one_instance_is_spread_and_drained_one_at_a_time() {
    inspect(|it| {
        for object in it.workloads() {
            let most =
                it.stack.graph.components.iter().find(|c| c.name == object.name()).map_or(1, |c| c.replicas.most());
            if most < 2 || object.kind() == "DaemonSet" {
                continue;
            }
            let spread = pod(&object)["topologySpreadConstraints"].as_array().map_or(0, Vec::len);
            it.expect(spread == 2, &object, "instances may share a zone and a node");
            let apart = pod(&object)["affinity"]["podAntiAffinity"].is_object();
            it.expect(apart, &object, "nothing keeps instances apart");
            let budget = it.of_kind("PodDisruptionBudget").find(|b| b.name() == object.name()).cloned();
            let spec = budget.map_or(Json::Null, |b| b.json["spec"].clone());
            let one = spec["maxUnavailable"] == 1 && spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow";
            it.expect(one, &object, "no budget that drains one at a time");
        }
    });
}

#[test]
fn selectors_match_their_pods_and_never_change() {
    for program in programs() {
        let selectors = program.stacks.iter().map(|stack| {
            let workloads = objects(stack).into_iter().filter(|o| o.json.pointer("/spec/selector").is_some());
            let fixed =
                workloads.map(|o| (o.kind().to_owned(), o.name().to_owned(), o.json["spec"]["selector"].clone()));
            fixed.filter(|(_, name, _)| stack.graph.components.iter().any(|c| c.name == *name)).collect::<Vec<_>>()
        });
        let all: Vec<_> = selectors.collect();
        let same = all.iter().flatten().all(|(kind, name, selector)| {
            all.iter().flatten().all(|(k, n, s)| k != kind || n != name || s == selector)
        });
        assert!(same, "{}: a selector differs between profiles", program.name);
    }
    inspect(|it| {
        for object in it.services() {
            let labels = &object.json["spec"]["template"]["metadata"]["labels"];
            let selector = &object.json["spec"]["selector"]["matchLabels"];
            it.expect(selects(selector, labels), &object, "selects other pods than its own");
            let versioned = selector.as_object().is_some_and(|s| s.contains_key("app.kubernetes.io/version"));
            it.expect(!versioned, &object, "selects by version: an upgrade would need a new object");
        }
        for kind in ["Service", "PodDisruptionBudget", "NetworkPolicy"] {
            for object in it.of_kind(kind).cloned().collect::<Vec<_>>() {
                let spec = &object.json["spec"];
                let all = spec["podSelector"].as_object().is_some_and(|s| s.is_empty());
                let labels = [&spec["selector"]["matchLabels"], &spec["podSelector"]["matchLabels"], &spec["selector"]];
                let selector = labels.into_iter().find(|l| l.is_object()).unwrap_or(&Json::Null);
                let anyone = it.workloads().iter().any(|w| {
                    w.namespace() == object.namespace()
                        && selects(selector, &w.json["spec"]["template"]["metadata"]["labels"])
                });
                it.expect(all || anyone, &object, "selects nobody");
            }
        }
    });
}

#[test]
fn stateful_sets_have_their_headless_service() {
    inspect(|it| {
        for object in it.of_kind("StatefulSet").cloned().collect::<Vec<_>>() {
            let name = object.json["spec"]["serviceName"].as_str().unwrap_or_default();
            let headless = it.of_kind("Service").any(|s| {
                s.name() == name && s.namespace() == object.namespace() && s.json["spec"]["clusterIP"] == "None"
            });
            it.expect(headless, &object, &format!("`{name}` is no headless Service"));
        }
        for service in it.of_kind("Service").cloned().collect::<Vec<_>>() {
            it.expect(
                service.json["spec"]["type"].as_str().is_none_or(|t| t == "ClusterIP"),
                &service,
                "open to the outside",
            );
        }
    });
}

#[test]
fn a_change_of_configuration_rolls_the_pods() {
    inspect(|it| {
        for object in it.workloads() {
            let volumes = pod(&object)["volumes"].as_array().cloned().unwrap_or_default();
            for map in volumes.iter().filter_map(|v| v["configMap"]["name"].as_str()) {
                it.expect(
                    it.has("ConfigMap", object.namespace(), map),
                    &object,
                    &format!("mounts `{map}`, which isn't there"),
                );
                let checksum = &object.json["spec"]["template"]["metadata"]["annotations"][format!("checksum/{map}")];
                it.expect(
                    checksum.as_str().is_some_and(|c| c.len() == 64),
                    &object,
                    &format!("no checksum of `{map}`"),
                );
            }
        }
    });
}

#[test]
fn autoscalers_own_the_number_of_instances() {
    inspect(|it| {
        let scalers: Vec<Object> = it.of_kind("HorizontalPodAutoscaler").cloned().collect();
        for scaler in &scalers {
            let spec = &scaler.json["spec"];
            for direction in ["scaleUp", "scaleDown"] {
                let policies = spec["behavior"][direction]["policies"].as_array().map_or(0, Vec::len);
                it.expect(policies > 0, scaler, &format!("no behaviour of {direction}"));
            }
            it.expect(spec["minReplicas"].as_i64() >= Some(2), scaler, "fewer than two");
            let target = &spec["scaleTargetRef"];
            let known = it.has(
                target["kind"].as_str().unwrap_or_default(),
                scaler.namespace(),
                target["name"].as_str().unwrap_or_default(),
            );
            it.expect(known, scaler, "scales nothing");
        }
        // what something else scales has an owner too
        let others: Vec<Object> = it.of_kind("ScaledObject").cloned().collect();
        for object in it.services().iter().filter(|o| o.kind() != "DaemonSet") {
            let scaled =
                scalers.iter().chain(&others).any(|s| s.json["spec"]["scaleTargetRef"]["name"] == object.name());
            it.expect(
                object.json["spec"].get("replicas").is_none() == scaled,
                object,
                "replicas against its autoscaler",
            );
        }
    });
}

#[test]
fn ways_in_have_tls_and_a_service_behind_them() {
    inspect(|it| {
        for ingress in it.of_kind("Ingress").cloned().collect::<Vec<_>>() {
            let spec = &ingress.json["spec"];
            let hosts: Vec<&Json> = spec["rules"].as_array().into_iter().flatten().map(|r| &r["host"]).collect();
            let covered =
                spec["tls"].as_array().into_iter().flatten().flat_map(|t| texts(&t["hosts"])).collect::<Vec<_>>();
            let tls = hosts.iter().all(|h| h.as_str().is_some_and(|h| covered.contains(&h)));
            it.expect(!hosts.is_empty() && tls, &ingress, "a host without TLS");
            let backend = &spec["rules"][0]["http"]["paths"][0]["backend"]["service"];
            let port = &backend["port"]["name"];
            let there = it.of_kind("Service").any(|s| {
                s.namespace() == ingress.namespace()
                    && backend["name"] == s.name()
                    && s.json["spec"]["ports"].as_array().into_iter().flatten().any(|p| p["name"] == *port)
            });
            it.expect(there, &ingress, "leads to no port of a Service");
        }
    });
}

#[test]
fn nothing_that_is_secret_is_written_down() {
    inspect(|it| {
        for object in it.objects.clone() {
            it.expect(object.kind() != "Secret", &object, "a Secret with its value");
        }
        for object in it.workloads() {
            for variable in container(&object)["env"].as_array().into_iter().flatten() {
                // files are harder to leak than variables, which every child and crash dump has
                it.expect(
                    variable["valueFrom"].get("secretKeyRef").is_none(),
                    &object,
                    &format!("secret variable {}", variable["name"]),
                );
                let name = variable["name"].as_str().unwrap_or_default();
                let value = variable["value"].as_str().unwrap_or_default();
                let telling = ["PASSWORD", "TOKEN", "SECRET", "KEY"].iter().any(|word| name.contains(word));
                it.expect(
                    !telling || value.starts_with('/') || value.is_empty(),
                    &object,
                    &format!("{name} is written down"),
                );
            }
        }
    });
}
