//! Manifests, judged by a real API server, by kubectl's kustomize and by linters.

use crate::cluster::Cluster;
use crate::programs::{all_accepted, definitions, find, judge, scratch, skipped, text};
use obs_compiler::graph::Stack;
use obs_compiler::outputs::kubernetes::{self, Object, emit, files, stream};
use obs_tests::stacks::{Program, objects, programs};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
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

/// Kinds that an API server knows without being told.
fn is_built_in(object: &Object) -> bool {
    !object.api_version().starts_with("gateway.")
}

/// Tells the API server of custom resources; whether there was something to tell.
fn told_of_custom_resources(cluster: &Cluster) -> bool {
    let Some(folder) = definitions() else { return false };
    judge(cluster.kubectl().args(["apply", "--server-side", "-f"]).arg(folder)).expect("definitions are taken");
    let wait = ["wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"];
    judge(cluster.kubectl().args(wait)).expect("and served");
    true
}

#[test]
fn an_api_server_takes_everything() {
    let Some(cluster) = Cluster::start() else { return };
    let custom_too = told_of_custom_resources(&cluster);
    let mut refused = Vec::new();
    for program in programs() {
        let folder = cluster.folder().join(&program.name);
        build(program, &folder);
        let custom = program.stacks.iter().flat_map(objects).filter(|o| !is_built_in(o)).count();
        if custom > 0 && !custom_too {
            skipped(&format!(
                "{custom} HTTPRoutes of {}: no definitions in a folder `crds` beside the programs",
                program.name
            ));
        }
        for stack in program.stacks.iter() {
            let name = format!("{} at {}", program.name, stack.graph.profile);
            let verdict = applied(&cluster, stack, &folder)
                .and_then(|()| pods_are_restricted(&cluster, stack, &folder))
                .and_then(|()| rights_are_least(&cluster, stack));
            refused.extend(verdict.err().map(|why| format!("{name}: {why}")));
        }
        // and back to the first: nothing that can't be changed differs
        let first = &program.stacks[0];
        refused.extend(
            apply(&cluster, &stream_of(first, &folder), &[]).err().map(|why| format!("{} back: {why}", program.name)),
        );
    }
    all_accepted(cluster.server(), "manifests of a profile, applied", profiles(), &refused);
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

/// The objects of a profile as one file.
fn stream_of(stack: &Stack, folder: &Path) -> PathBuf {
    let known = |o: &Object| is_built_in(o) || definitions().is_some();
    let objects: Vec<Json> = objects(stack).into_iter().filter(known).map(|o| o.json).collect();
    write(folder, &stack.graph.profile, &objects)
}

fn write(folder: &Path, name: &str, objects: &[Json]) -> PathBuf {
    let path = folder.join(format!("{name}.json"));
    std::fs::write(&path, json!({ "apiVersion": "v1", "kind": "List", "items": objects }).to_string())
        .expect("writable");
    path
}

/// Tried, done, and done again without a difference.
fn applied(cluster: &Cluster, stack: &Stack, folder: &Path) -> Result<(), String> {
    let namespaces: Vec<Json> =
        objects(stack).into_iter().filter(|o| o.kind() == "Namespace").map(|o| o.json).collect();
    apply(cluster, &write(folder, "namespaces", &namespaces), &[])?;
    let all = stream_of(stack, folder);
    apply(cluster, &all, &["--dry-run=server"])?;
    apply(cluster, &all, &[])?;
    judge(cluster.kubectl().args(["diff", "--server-side", "-f"]).arg(&all)).map(drop)
}

/// Each pod template as a pod: the namespaces enforce their levels.
fn pods_are_restricted(cluster: &Cluster, stack: &Stack, folder: &Path) -> Result<(), String> {
    let pod = |object: Object| {
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
    let pods: Vec<Json> = objects(stack).into_iter().filter_map(pod).collect();
    apply(cluster, &write(folder, "pods", &pods), &["--dry-run=server"])
}

/// What the roles say may be done can be done, and nobody reads secrets or may do anything at all.
fn rights_are_least(cluster: &Cluster, stack: &Stack) -> Result<(), String> {
    let all = objects(stack);
    for account in all.iter().filter(|o| o.kind() == "ServiceAccount") {
        let who = format!("--as=system:serviceaccount:{}:{}", account.namespace().unwrap_or_default(), account.name());
        for question in [["get", "secrets"], ["create", "pods/exec"], ["get", "nodes/proxy"], ["*", "*"]] {
            let mut command = cluster.kubectl();
            command.args(["auth", "can-i"]).args(question).args(["--all-namespaces", &who]);
            let output = command.output().map_err(|e| e.to_string())?;
            if text(&output).contains("yes") {
                return Err(format!("{} may {question:?}", account.name()));
            }
        }
    }
    for role in all.iter().filter(|o| o.kind() == "ClusterRole") {
        let binding = all.iter().find(|o| o.kind() == "ClusterRoleBinding" && o.json["roleRef"]["name"] == role.name());
        let Some(subject) = binding.map(|b| &b.json["subjects"][0]) else {
            return Err(format!("{} binds nobody", role.name()));
        };
        let word = |key: &str| subject[key].as_str().unwrap_or_default();
        let who = format!("--as=system:serviceaccount:{}:{}", word("namespace"), word("name"));
        for rule in role.json["rules"].as_array().into_iter().flatten() {
            let group = rule["apiGroups"][0].as_str().filter(|g| !g.is_empty());
            let resource = rule["resources"][0].as_str().unwrap_or_default();
            let resource = group.map_or(resource.to_owned(), |g| format!("{resource}.{g}"));
            let verb = rule["verbs"][0].as_str().unwrap_or_default();
            judge(cluster.kubectl().args(["auth", "can-i", verb, &resource, "--all-namespaces", &who]))?;
        }
    }
    Ok(())
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
    // whether a namespace is isolated is the program's word; `tests/kubernetes` holds those that are to it
    let flags = ["score", "--output-format", "ci", "--ignore-test", "pod-networkpolicy"];
    each_stream(&score, |file| judge(Command::new(&score).args(flags).arg(file)).map(drop));
}

/// What checkov finds and we live with.
const WAIVED: [&str; 3] = [
    // digests are the user's to give, in `cluster { digests }`: the library can't know them
    "CKV_K8S_43",
    // tokens are mounted where a flow asks the Kubernetes API, and nowhere else: `tests/kubernetes` proves it
    "CKV_K8S_38",
    // whether a namespace is isolated is the program's word; `tests/kubernetes` holds those that are to it
    "CKV2_K8S_6",
];

#[test]
fn checkov_finds_nothing() {
    let Some(checkov) = find("checkov") else { return };
    each_stream(&checkov, |file| {
        let flags = ["--framework", "kubernetes", "--quiet", "--compact", "--skip-download", "--skip-check"];
        judge(Command::new(&checkov).args(flags).arg(WAIVED.join(",")).arg("-f").arg(file)).map(drop)
    });
}
