//! What the controllers of Kubernetes make of applied objects: pods that Pod Security lets in, as many as are asked for,
//! behind each Service, within their disruption budgets. There is no kubelet: pods are said to be ready as they come.

use crate::cluster::Cluster;
use crate::kubernetes::{Judge, write, write_json};
use crate::programs::{all_accepted, judge};
use obs_compiler::outputs::kubernetes::Object;
use obs_tests::stacks::{Program, programs};
use serde_json::{Value as Json, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long the controllers may take over one profile; a second or two where nothing else runs.
const PATIENCE: Duration = Duration::from_secs(180);

/// Stacks with what no example has: jobs, agents that need more of their nodes.
const SHAPES: [&str; 2] = ["odd", "nodes"];

#[test]
fn controllers_bring_everything_up() {
    let Some(judge) = Judge::start() else { return };
    let Some(controllers) = judge.cluster.start_controllers() else { return };
    let cluster = &judge.cluster;
    let node = json!({ "apiVersion": "v1", "kind": "Node", "metadata": { "name": "node" } });
    apply(cluster, &write_json(cluster.folder(), "node", vec![node])).expect("a node without a machine");
    let (mut refused, mut count) = (Vec::new(), 0);
    for program in programs().iter().filter(|p| p.is_example || SHAPES.contains(&p.name.as_str())) {
        let folder = cluster.folder().join(format!("{}-reconciled", program.name));
        std::fs::create_dir_all(&folder).expect("a temporary folder is writable");
        for name in come_up(&judge, program, &folder) {
            count += 1;
            refused.extend(name.err());
        }
    }
    all_accepted(&controllers, "profiles that come up, and change into each other", count, &refused);
    strict_namespaces_refuse_agents_of_nodes(&judge);
}

/// The same pods where the level is another: the objects are taken, and none of their pods is.
fn strict_namespaces_refuse_agents_of_nodes(judge: &Judge) {
    let program = programs().iter().find(|p| p.name == "nodes").expect("it is among the stacks");
    let folder = judge.cluster.folder().join("nodes-refused");
    std::fs::create_dir_all(&folder).expect("a temporary folder is writable");
    let mut objects = judge.known(program, &program.stacks[0]);
    for namespace in objects.iter_mut().filter(|o| is_namespace(o)) {
        namespace.json["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] = "restricted".into();
    }
    let verdict = settle(&judge.cluster, &objects, &folder, Duration::from_secs(15));
    let why = verdict.expect_err("a judge that takes everything proves nothing");
    for agent in ["node-metrics", "node-files"] {
        assert!(why.contains(&format!("DaemonSet/{agent}")), "{why}");
    }
    assert!(why.contains("violates PodSecurity"), "{why}");
}

fn apply(cluster: &Cluster, file: &Path) -> Result<(), String> {
    judge(cluster.kubectl().args(["apply", "--server-side", "-f"]).arg(file)).map(drop)
}

/// One profile after another, each over what the one before has left.
fn come_up(judge: &Judge, program: &Program, folder: &Path) -> Vec<Result<(), String>> {
    let mut out = Vec::new();
    for stack in program.stacks.iter() {
        let objects = judge.known(program, stack);
        let verdict = settle(&judge.cluster, &objects, folder, PATIENCE);
        out.push(verdict.map_err(|why| format!("{} at {}: {why}", program.name, stack.graph.profile)));
    }
    // the next has the machine to itself
    out.extend(leave(&judge.cluster, program, folder).err().map(Err));
    out
}

/// Deletes the namespaces of a program, and waits until they are gone.
fn leave(cluster: &Cluster, program: &Program, folder: &Path) -> Result<(), String> {
    let Some(stack) = program.stacks.first() else { return Ok(()) };
    let objects = obs_tests::stacks::objects(stack);
    let namespaces = write(folder, "gone", objects.iter().filter(|o| is_namespace(o)));
    judge(cluster.kubectl().args(["delete", "--ignore-not-found", "--wait=false", "-f"]).arg(&namespaces))?;
    let start = Instant::now();
    while !items(cluster, &["--ignore-not-found", "-f", &namespaces.to_string_lossy()]).is_ok_and(|n| n.is_empty()) {
        if start.elapsed() > PATIENCE {
            return Err(format!("the namespaces of {} stay", program.name));
        }
        State::of_pods(cluster, &objects)?.advance(cluster, folder)?;
        std::thread::sleep(Duration::from_millis(500));
    }
    Ok(())
}

fn is_namespace(object: &Object) -> bool {
    object.kind() == "Namespace"
}

/// Applies a profile and waits until all of it is as it should be.
fn settle(cluster: &Cluster, objects: &[Object], folder: &Path, patience: Duration) -> Result<(), String> {
    apply(cluster, &write(folder, "namespaces", objects.iter().filter(|o| is_namespace(o))))?;
    apply(cluster, &write(folder, "all", objects))?;
    let start = Instant::now();
    loop {
        let state = State::read(cluster, objects, folder)?;
        let wrong = state.wrong();
        if wrong.is_empty() {
            return Ok(());
        }
        if start.elapsed() > patience {
            return Err(format!("{}\n{}", wrong.join("\n"), state.warnings().join("\n")));
        }
        state.advance(cluster, folder)?;
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// What the API server has at one moment.
#[derive(Default)]
struct State {
    /// The objects that were applied, as they are now.
    own: Vec<Json>,
    pods: Vec<Json>,
    slices: Vec<Json>,
    claims: Vec<Json>,
    events: Vec<Json>,
    namespaces: Vec<String>,
    /// What each namespace is given: accounts and authorities.
    given: Vec<Json>,
}

fn items(cluster: &Cluster, args: &[&str]) -> Result<Vec<Json>, String> {
    let output = judge(cluster.kubectl().args(["get", "-o", "json"]).args(args))?;
    if output.stdout.is_empty() {
        return Ok(Vec::new());
    }
    let list: Json = serde_json::from_slice(&output.stdout).map_err(|e| e.to_string())?;
    Ok(match list {
        Json::Object(mut list) if list.contains_key("items") => match list.remove("items") {
            Some(Json::Array(items)) => items,
            _ => Vec::new(),
        },
        one => vec![one],
    })
}

impl State {
    /// The pods alone, of the namespaces among some objects.
    fn of_pods(cluster: &Cluster, objects: &[Object]) -> Result<Self, String> {
        let namespaces: Vec<String> = objects.iter().filter(|o| is_namespace(o)).map(|o| o.name().to_owned()).collect();
        let mut pods = items(cluster, &["--all-namespaces", "pods"])?;
        pods.retain(|pod| namespaces.iter().any(|n| pod["metadata"]["namespace"] == n.as_str()));
        Ok(Self { pods, namespaces, ..Self::default() })
    }

    fn read(cluster: &Cluster, objects: &[Object], folder: &Path) -> Result<Self, String> {
        let file = folder.join("all.json");
        let namespaces: Vec<String> = objects.iter().filter(|o| is_namespace(o)).map(|o| o.name().to_owned()).collect();
        let own = items(cluster, &["-f", &file.to_string_lossy()])?;
        // one question for all of these: each is a process
        let kinds = "pods,endpointslices,persistentvolumeclaims,serviceaccounts,configmaps,events";
        let all = items(cluster, &["--all-namespaces", kinds])?;
        let within = |o: &Json| namespaces.iter().any(|n| o["metadata"]["namespace"] == n.as_str());
        let of = |kinds: &[&str]| -> Vec<Json> {
            all.iter().filter(|o| within(o) && kinds.iter().any(|k| o["kind"] == *k)).cloned().collect()
        };
        Ok(Self {
            own,
            pods: of(&["Pod"]),
            slices: of(&["EndpointSlice"]),
            claims: of(&["PersistentVolumeClaim"]),
            events: of(&["Event"]),
            given: of(&["ServiceAccount", "ConfigMap"]),
            namespaces,
        })
    }

    /// Does what a scheduler and a kubelet would: pods get a node, an address and run, those of jobs end; what is told to
    /// go is gone.
    fn advance(&self, cluster: &Cluster, folder: &Path) -> Result<(), String> {
        let of_job = |pod: &Json| pod["metadata"]["ownerReferences"][0]["kind"] == "Job";
        let leaves = |pod: &&Json| pod["metadata"]["deletionTimestamp"].is_string();
        let (gone, here): (Vec<&Json>, Vec<&Json>) = self.pods.iter().partition(leaves);
        let pending: Vec<&Json> = here.into_iter().filter(|p| p["status"]["phase"] == "Pending").collect();
        let bindings = pending.iter().filter(|pod| pod["spec"]["nodeName"].is_null()).map(|pod| {
            let metadata = json!({ "name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"] });
            let target = json!({ "apiVersion": "v1", "kind": "Node", "name": "node" });
            json!({ "apiVersion": "v1", "kind": "Binding", "metadata": metadata, "target": target })
        });
        let now = |name: &str, items: Vec<Json>, args: &[&str]| {
            if items.is_empty() {
                return;
            }
            let file = write_json(folder, name, items);
            // one that is gone by now is no fault
            let _ = judge(cluster.kubectl().args(args).arg("-f").arg(file));
        };
        now("bindings", bindings.collect(), &["create"]);
        let (jobs, others): (Vec<&Json>, Vec<&Json>) = pending.into_iter().partition(|pod| of_job(pod));
        let ready = json!({ "status": {
            "phase": "Running", "podIP": "10.1.2.3", "podIPs": [{ "ip": "10.1.2.3" }],
            "conditions": [{ "type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z" }],
        }});
        let over = json!({ "status": { "phase": "Succeeded" } });
        for (name, pods, status) in [("ready", others, ready), ("over", jobs, over)] {
            let patch = ["patch", "--subresource=status", "--type=merge", "--patch", &status.to_string()];
            now(name, pods.into_iter().cloned().collect(), &patch);
        }
        let force = ["delete", "--grace-period=0", "--force", "--wait=false", "--ignore-not-found"];
        now("leaving", gone.into_iter().cloned().collect(), &force);
        Ok(())
    }

    /// What isn't yet as it should be.
    fn wrong(&self) -> Vec<String> {
        let mut out: Vec<String> = self.own.iter().filter_map(|object| self.fault(object)).collect();
        for namespace in &self.namespaces {
            for (kind, name) in [("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")] {
                let there = self.given.iter().any(|o| {
                    o["kind"] == kind && o["metadata"]["name"] == name && o["metadata"]["namespace"] == *namespace
                });
                out.extend((!there).then(|| format!("{namespace} has no {kind}/{name}")));
            }
        }
        out
    }

    fn fault(&self, object: &Json) -> Option<String> {
        let (kind, name) = (object["kind"].as_str()?, object["metadata"]["name"].as_str()?);
        let status = &object["status"];
        let number = |field: &str| status[field].as_i64().unwrap_or_default();
        let seen = status["observedGeneration"] == object["metadata"]["generation"];
        let wanted = object["spec"]["replicas"].as_i64().unwrap_or(1);
        let right = match kind {
            "Deployment" => {
                seen && ["replicas", "updatedReplicas", "readyReplicas"].iter().all(|f| number(f) == wanted)
            }
            "StatefulSet" => {
                let templates = object["spec"]["volumeClaimTemplates"].as_array().map_or(0, Vec::len) as i64;
                let claims = self.claims.iter().filter(|c| is_of(c, object, &format!("-{name}-"))).count() as i64;
                let same = status["currentRevision"] == status["updateRevision"];
                seen && same && number("readyReplicas") == wanted && number("replicas") == wanted
                    // those of instances that are gone stay
                    && claims >= templates * wanted
            }
            "DaemonSet" => {
                seen && ["desiredNumberScheduled", "numberReady", "updatedNumberScheduled"]
                    .iter()
                    .all(|f| number(f) == 1)
            }
            "Job" => number("succeeded") == 1,
            // it finds its pods, and lets one go
            "PodDisruptionBudget" => seen && number("expectedPods") >= 1 && number("disruptionsAllowed") >= 1,
            // no metrics are served: its bounds hold all the same
            "HorizontalPodAutoscaler" => {
                number("currentReplicas") >= object["spec"]["minReplicas"].as_i64().unwrap_or(1)
            }
            "Service" => return self.service_fault(object, name),
            _ => true,
        };
        (!right).then(|| format!("{kind}/{name}: {status}"))
    }

    /// Each pod that the Service selects is behind it, on each of its ports.
    fn service_fault(&self, service: &Json, name: &str) -> Option<String> {
        let selector = service["spec"]["selector"].as_object()?;
        let here = |o: &&Json| o["metadata"]["namespace"] == service["metadata"]["namespace"];
        let selected = |pod: &&Json| selector.iter().all(|(k, v)| pod["metadata"]["labels"][k] == *v);
        let pods = self.pods.iter().filter(here).filter(selected).count();
        let own = |s: &&Json| s["metadata"]["labels"]["kubernetes.io/service-name"] == name;
        let slices: Vec<&Json> = self.slices.iter().filter(here).filter(own).collect();
        let list = |json: &Json| json.as_array().cloned().unwrap_or_default();
        let ends = slices.iter().flat_map(|s| list(&s["endpoints"]));
        let ready = ends.filter(|e| e["conditions"]["ready"] == true).count();
        let ports = list(&service["spec"]["ports"]);
        let leads = |port: &Json| {
            slices.iter().any(|s| {
                list(&s["ports"]).iter().any(|p| p["name"] == port["name"] && p["protocol"] == port["protocol"])
            })
        };
        let right = pods > 0 && ready == pods && ports.iter().all(leads);
        (!right).then(|| format!("Service/{name}: {ready} of {pods} pods are behind it"))
    }

    /// What controllers complain of: pods that were refused, above all.
    fn warnings(&self) -> Vec<String> {
        let warns = self.events.iter().filter(|e| e["type"] == "Warning");
        warns.map(|e| format!("{} of {}: {}", e["reason"], e["involvedObject"]["name"], e["message"])).collect()
    }
}

/// Whether an object is in another's namespace and has a part in its name.
fn is_of(object: &Json, other: &Json, part: &str) -> bool {
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    object["metadata"]["namespace"] == other["metadata"]["namespace"] && name.contains(part)
}
