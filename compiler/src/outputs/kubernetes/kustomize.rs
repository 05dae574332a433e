//! The files of a build: a base, and an overlay for each profile that says how it differs.

use super::object::Packed;
use crate::outputs::OutputFile;
use crate::outputs::config::yaml;
use crate::parallel;
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::Value as Json;

const BASE: &str = "kubernetes/base/";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kustomization {
    api_version: &'static str,
    kind: &'static str,
    resources: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    patches: Vec<KustomizePatch>,
}

#[derive(Serialize)]
struct KustomizePatch {
    /// A patch in a string, as kustomize takes it.
    patch: String,
    target: Target,
}

#[derive(Serialize)]
struct Target {
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    version: String,
    kind: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Deletion {
    #[serde(rename = "$patch")]
    patch: &'static str,
    api_version: String,
    kind: String,
    metadata: DeletionMetadata,
}

#[derive(Serialize)]
struct DeletionMetadata {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
}

/// What makes an object the same one in another profile.
type Identity = (String, String, Option<String>, String);

fn identity(object: &Packed) -> Identity {
    (
        object.api_version().to_owned(),
        object.kind().to_owned(),
        object.namespace().map(str::to_owned),
        object.name().to_owned(),
    )
}

fn kustomization(folder: &str, resources: Vec<String>, patches: Vec<KustomizePatch>) -> OutputFile {
    let value =
        Kustomization { api_version: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources, patches };
    // a struct of strings and lists always has a YAML form
    let text = yaml::to_string(&value).unwrap_or_default();
    OutputFile { path: format!("{folder}kustomization.yaml"), text, origins: Vec::new() }
}

fn folder(folder: &str, objects: &[&Packed]) -> Vec<OutputFile> {
    let mut out: Vec<OutputFile> = parallel::map(objects, super::WORTH, |o| o.file(folder));
    let mut resources: Vec<String> = objects.iter().map(|o| o.path()).collect();
    resources.sort();
    out.push(kustomization(folder, resources, Vec::new()));
    out
}

/// One profile alone.
pub(super) fn flat(objects: &[Packed]) -> Vec<OutputFile> {
    folder("kubernetes/", &objects.iter().collect::<Vec<_>>())
}

/// A base from the first profile, and an overlay for each.
pub(super) fn files(profiles: &[&str], all: &[Vec<Packed>]) -> Vec<OutputFile> {
    let Some(base) = all.first() else { return Vec::new() };
    let mut out = folder(BASE, &base.iter().collect::<Vec<_>>());
    let by_identity: FxHashMap<Identity, &Packed> = base.iter().map(|o| (identity(o), o)).collect();
    for (profile, objects) in profiles.iter().zip(all) {
        overlay(profile, base, &by_identity, objects, &mut out);
    }
    out.sort_by(|a, b| a.path.cmp(&b.path));
    out
}

fn overlay(
    profile: &str,
    base: &[Packed],
    by_identity: &FxHashMap<Identity, &Packed>,
    objects: &[Packed],
    out: &mut Vec<OutputFile>,
) {
    let folder = format!("kubernetes/overlays/{profile}/");
    let mut resources = vec!["../../base".to_owned()];
    let mut patches = Vec::new();
    let mut kept: Vec<Identity> = Vec::with_capacity(objects.len());
    for object in objects {
        let identity = identity(object);
        match by_identity.get(&identity) {
            Some(before) => patches.extend(difference(before, object)),
            None => {
                resources.push(object.path());
                out.push(object.file(&folder));
            }
        }
        kept.push(identity);
    }
    let kept: rustc_hash::FxHashSet<Identity> = kept.into_iter().collect();
    patches.extend(base.iter().filter(|o| !kept.contains(&identity(o))).map(deletion));
    out.push(kustomization(&folder, resources, patches));
}

fn target(object: &Packed) -> Target {
    let (group, version) = match object.api_version().rsplit_once('/') {
        Some((group, version)) => (Some(group.to_owned()), version.to_owned()),
        None => (None, object.api_version().to_owned()),
    };
    Target {
        group,
        version,
        kind: object.kind().to_owned(),
        name: object.name().to_owned(),
        namespace: object.namespace().map(str::to_owned),
    }
}

/// The JSON patch (RFC 6902) that makes the base's object this one.
fn difference(before: &Packed, after: &Packed) -> Option<KustomizePatch> {
    if before.same(after) {
        return None;
    }
    let patch = json_patch::diff(&before.value(), &after.value());
    if patch.0.is_empty() {
        return None;
    }
    let operations = serde_json::to_value(&patch).unwrap_or_default();
    let patch = yaml::to_string(&operation_last(operations)).unwrap_or_default();
    Some(KustomizePatch { patch, target: target(after) })
}

/// Each operation with its `op` at the end: kustomize trims a patch, and a text of several lines at its very end would
/// lose its last newline.
fn operation_last(operations: Json) -> Json {
    let Json::Array(operations) = operations else { return operations };
    let last = |operation: Json| match operation {
        Json::Object(mut fields) => {
            let op = fields.shift_remove("op");
            fields.extend(op.map(|op| ("op".to_owned(), op)));
            Json::Object(fields)
        }
        other => other,
    };
    operations.into_iter().map(last).collect()
}

fn deletion(object: &Packed) -> KustomizePatch {
    let deletion = Deletion {
        patch: "delete",
        api_version: object.api_version().to_owned(),
        kind: object.kind().to_owned(),
        metadata: DeletionMetadata { name: object.name().to_owned(), namespace: object.namespace().map(str::to_owned) },
    };
    KustomizePatch { patch: yaml::to_string(&deletion).unwrap_or_default(), target: target(object) }
}
