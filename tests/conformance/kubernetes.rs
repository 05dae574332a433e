//! Manifests, judged by a real API server, by kubectl's kustomize and by linters.

use crate::cluster::Cluster;
use crate::programs::{all_accepted, definitions, find, judge, scratch, skipped, text};
use crate::rights::Rights;
use obs_compiler::graph::Stack;
use obs_compiler::outputs::kubernetes::{self, Object, emit, files, stream};
use obs_tests::stacks::{Program, objects, programs};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Writes what a build would write.
fn build(program: &Program, folder: &Path) {
    let emitted = emit(&program.stacks);
    assert!(emitted.diagnostics.is_empty(), "{:?}", emitted.diagnostics);
    for file in files(&program.stacks, &emitted.objects) {
        let place = folder.join(&file.path);
        std::fs::create_dir_all(place.parent().expect("a file is in a folder"))
            .expect("a temporary folder is writable");
        std::fs::write(place, &file.text).expect("and so is a file in it");
    }
}

fn overlay(folder: &Path, stack: &Stack) -> PathBuf {
    folder.join("kubernetes/overlays").join(stack.graph.profile.as_str())
}

fn documents(yaml: &str) -> Vec<Json> {
    let documents = serde_yaml::Deserializer::from_str(yaml);
    documents.map(|d| Json::deserialize(d).expect("kubectl prints YAML")).collect()
}

fn by_identity(objects: impl IntoIterator<Item = Json>) -> BTreeMap<String, Json> {
    let identity = |o: &Json| format!("{} {} {}", o["kind"], o["metadata"]["namespace"], o["metadata"]["name"]);
    objects.into_iter().map(|o| (identity(&o), o)).collect()
}

#[test]
fn an_overlay_gives_the_objects_of_its_profile() {
    let Some(kubectl) = find("kubectl") else { return };
    for program in programs() {
        let (_kept, folder) = scratch();
        build(program, &folder);
        for stack in program.stacks.iter() {
            let output =
                judge(Command::new(&kubectl).arg("kustomize").arg(overlay(&folder, stack))).expect("kustomize");
            let given = by_identity(documents(&String::from_utf8_lossy(&output.stdout)));
            let expected = by_identity(objects(stack).into_iter().map(|o| o.json));
            assert!(given.keys().eq(expected.keys()), "{:?}\n{:?}", given.keys(), expected.keys());
            for (name, object) in &expected {
                assert_eq!(&given[name], object, "{name} of {} at {}", program.name, stack.graph.profile);
            }
        }
    }
}

/// An API server, and what it serves.
pub struct Judge {
    pub cluster: Cluster,
    /// `apps/v1` and so on: those of custom resources too, where their definitions are at hand.
    served: BTreeSet<String>,
}

impl Judge {
    /// Starts one, with definitions of custom resources; `None` where a program is missing.
    pub fn start() -> Option<Self> {
        let cluster = Cluster::start()?;
        for folder in definitions() {
            judge(cluster.kubectl().args(["apply", "--server-side", "-f"]).arg(folder)).expect("definitions are taken");
            let wait = ["wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"];
            judge(cluster.kubectl().args(wait)).expect("and served");
        }
        let versions = judge(cluster.kubectl().arg("api-versions")).expect("what is served is said");
        let served = String::from_utf8_lossy(&versions.stdout).lines().map(str::to_owned).collect();
        Some(Self { cluster, served })
    }

    /// The objects of a profile that this server knows. It is said how many it doesn't.
    pub fn known(&self, program: &Program, stack: &Stack) -> Vec<Object> {
        let (known, other): (Vec<_>, Vec<_>) =
            objects(stack).into_iter().partition(|o| self.served.contains(o.api_version()));
        if let Some(first) = other.first() {
            let (count, what) = (other.len(), first.api_version());
            skipped(&format!(
                "{count} objects of {}, such as {what}: the API server knows no such resources",
                program.name
            ));
        }
        known
    }
}

#[test]
fn an_api_server_takes_everything() {
    let Some(judge) = Judge::start() else { return };
    let cluster = &judge.cluster;
    let mut refused = Vec::new();
    let mut rights = Rights::default();
    for program in programs() {
        let folder = cluster.folder().join(&program.name);
        build(program, &folder);
        for stack in program.stacks.iter() {
            let name = format!("{} at {}", program.name, stack.graph.profile);
            let all = judge.known(program, stack);
            let verdict = applied(cluster, &all, &folder)
                .and_then(|()| overlay_is_the_same(cluster, stack, &all, &folder))
                .and_then(|()| pods_are_restricted(cluster, &all, &folder))
                .and_then(|()| rights.are_as_declared(cluster, stack));
            refused.extend(verdict.err().map(|why| format!("{name}: {why}")));
        }
        // and back to the first: nothing that can't be changed differs
        let first = write(&folder, "first", &judge.known(program, &program.stacks[0]));
        refused.extend(apply(cluster, &first, &[]).err().map(|why| format!("{} back: {why}", program.name)));
    }
    all_accepted(cluster.server(), "manifests of a profile: tried, applied, applied again", profiles(), &refused);
    all_accepted(cluster.client(), "overlays, applied with `-k`", profiles(), &refused);
    all_accepted(cluster.client(), "accounts, asked with `auth can-i --list`", rights.asked(), &refused);
}

fn apply(cluster: &Cluster, file: &Path, more: &[&str]) -> Result<(), String> {
    let mut command = cluster.kubectl();
    command.args(["apply", "--server-side", "--validate=strict"]).args(more).arg("-f").arg(file);
    let output = judge(&mut command)?;
    match text(&output).contains("Warning:") {
        true => Err(text(&output)),
        false => Ok(()),
    }
}

/// Objects as one file.
pub fn write<'o>(folder: &Path, name: &str, objects: impl IntoIterator<Item = &'o Object>) -> PathBuf {
    write_json(folder, name, objects.into_iter().map(|o| o.json.clone()).collect())
}

/// The same of values.
pub fn write_json(folder: &Path, name: &str, items: Vec<Json>) -> PathBuf {
    let path = folder.join(format!("{name}.json"));
    std::fs::write(&path, json!({ "apiVersion": "v1", "kind": "List", "items": items }).to_string()).expect("writable");
    path
}

/// Tried, done, and done again without a difference.
fn applied(cluster: &Cluster, all: &[Object], folder: &Path) -> Result<(), String> {
    apply(cluster, &write(folder, "namespaces", all.iter().filter(|o| o.kind() == "Namespace")), &[])?;
    let file = write(folder, "all", all);
    apply(cluster, &file, &["--dry-run=server"])?;
    apply(cluster, &file, &[])?;
    judge(cluster.kubectl().args(["diff", "--server-side", "-f"]).arg(&file)).map(drop)
}

/// The overlay, applied as people do it, changes nothing: it is what was applied object by object. It is strict too.
fn overlay_is_the_same(cluster: &Cluster, stack: &Stack, all: &[Object], folder: &Path) -> Result<(), String> {
    if all.len() < objects(stack).len() {
        // it has objects that this server doesn't know, which is said elsewhere
        return Ok(());
    }
    let overlay = overlay(folder, stack);
    let before = kept(cluster, all, folder)?;
    judge(cluster.kubectl().args(["apply", "--server-side", "--validate=strict", "-k"]).arg(&overlay))?;
    let after = kept(cluster, all, folder)?;
    let changed: Vec<&String> = after.iter().filter(|(name, o)| before.get(*name) != Some(o)).map(|(n, _)| n).collect();
    match changed.is_empty() {
        true => Ok(()),
        false => Err(format!("`kubectl apply -k` changed what `apply -f` had made: {changed:?}")),
    }
}

/// The objects as the server keeps them, without their versions: a claim gets a new one for nothing.
fn kept(cluster: &Cluster, all: &[Object], folder: &Path) -> Result<BTreeMap<String, Json>, String> {
    let output = judge(cluster.kubectl().args(["get", "-o", "json", "-f"]).arg(write(folder, "asked", all)))?;
    let mut list: Json = serde_json::from_slice(&output.stdout).map_err(|e| e.to_string())?;
    let mut items = list["items"].as_array_mut().map(std::mem::take).unwrap_or_default();
    for item in &mut items {
        item["metadata"]["resourceVersion"] = Json::Null;
    }
    Ok(by_identity(items))
}

/// Each pod template as a pod: the namespaces enforce their levels.
fn pods_are_restricted(cluster: &Cluster, all: &[Object], folder: &Path) -> Result<(), String> {
    let pod = |object: &Object| {
        let template = object.json.pointer("/spec/template")?.clone();
        let mut pod =
            json!({ "apiVersion": "v1", "kind": "Pod", "metadata": template["metadata"], "spec": template["spec"] });
        pod["metadata"]["name"] = object.name().into();
        pod["metadata"]["namespace"] = object.namespace()?.into();
        let claims = object.json.pointer("/spec/volumeClaimTemplates").and_then(Json::as_array);
        for claim in claims.into_iter().flatten() {
            let name = &claim["metadata"]["name"];
            let volume = json!({ "name": name, "persistentVolumeClaim": { "claimName": name } });
            pod["spec"]["volumes"].as_array_mut()?.push(volume);
        }
        Some(pod)
    };
    apply(cluster, &write_json(folder, "pods", all.iter().filter_map(pod).collect()), &["--dry-run=server"])
}

/// How many profiles all programs have.
fn profiles() -> usize {
    programs().iter().map(|p| p.stacks.len()).sum()
}

/// Runs a linter over the stream of each program and profile.
fn each_stream(linter: &Path, verdict: impl Fn(&Path) -> Result<(), String>) {
    let mut refused = Vec::new();
    for program in programs() {
        for stack in program.stacks.iter() {
            let (_kept, folder) = scratch();
            let file = folder.join("all.yaml");
            std::fs::write(&file, stream(&kubernetes::objects(stack, &mut Vec::new())).collect::<String>())
                .expect("a temporary folder is writable");
            refused
                .extend(verdict(&file).err().map(|why| format!("{} at {}: {why}", program.name, stack.graph.profile)));
        }
    }
    all_accepted(linter, "manifests of a profile", profiles(), &refused);
}

#[test]
fn schemas_take_everything() {
    let Some(validate) = find("kubernetes-validate") else { return };
    each_stream(&validate, |file| {
        judge(Command::new(&validate).args(["--strict", "--version", "1.35"]).arg(file)).map(drop)
    });
}

#[test]
fn kube_score_finds_nothing() {
    let Some(score) = find("kube-score") else { return };
    let flags = ["score", "--output-format", "ci", "--exit-one-on-warning"];
    each_stream(&score, |file| {
        let fault = |line: &&str| !line.starts_with("[OK]") && !line.starts_with("[SKIPPED]");
        let verdict = judge(Command::new(&score).args(flags).arg(file));
        verdict.map(drop).map_err(|why| why.lines().filter(fault).collect::<Vec<_>>().join("\n"))
    });
}

#[test]
fn checkov_finds_nothing() {
    let Some(checkov) = find("checkov") else { return };
    each_stream(&checkov, |file| {
        let flags = ["--framework", "kubernetes", "--quiet", "--compact", "--skip-download"];
        judge(Command::new(&checkov).args(flags).arg("-f").arg(file)).map(drop)
    });
}
