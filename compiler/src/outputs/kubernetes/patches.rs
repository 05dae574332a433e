//! `patch` and `object` items: merged in, and checked against the Kubernetes types.

use super::object::{Object, Packed};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::graph::{Graph, Patch};
use crate::outputs::config::Data;
use crate::text::Span;
use crate::value::{Spanned, Value};
use k8s_openapi::api;
use rustc_hash::FxHashSet;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json, json};

/// The program's own objects. `emitted` is what is emitted besides.
pub(super) fn raw_objects(graph: &Graph, emitted: &[Packed], diagnostics: &mut Vec<Diagnostic>) -> Vec<Packed> {
    let mut out = Vec::new();
    if graph.objects.is_empty() {
        return out;
    }
    let mut taken: FxHashSet<_> = emitted.iter().map(identity).collect();
    for raw in &graph.objects {
        let object = Object::new(&Data(&raw.value), raw.span);
        let missing: Vec<&str> = [
            ("`apiVersion`", object.api_version().is_empty()),
            ("`kind`", object.kind().is_empty()),
            ("`metadata.name`", object.name().is_empty()),
        ]
        .into_iter()
        .filter_map(|(name, missing)| missing.then_some(name))
        .collect();
        if !missing.is_empty() {
            let message = format!("this object lacks {}", missing.join(", "));
            diagnostics.push(Diagnostic::new(Code::OBS6104, raw.span, message));
            continue;
        }
        if let Some(problem) = misnamed(&object) {
            diagnostics.push(Diagnostic::new(Code::OBS6104, raw.span, problem));
            continue;
        }
        let packed = object.clone().pack();
        if !taken.insert(identity(&packed)) {
            let message = format!("`{}/{}` is emitted already", object.kind(), object.name());
            let help = format!("change what is emitted with `patch {}/{}`", object.kind(), object.name());
            diagnostics.push(Diagnostic::new(Code::OBS6105, raw.span, message).help(help));
            continue;
        }
        let bare = json!({ "apiVersion": object.api_version(), "kind": object.kind() });
        check(&object.json, &bare, raw, diagnostics);
        out.push(packed);
    }
    out
}

/// What makes two objects the same one: versions of one API group name the same.
fn identity(object: &Packed) -> [String; 4] {
    let group = object.api_version().rsplit_once('/').map_or("", |(group, _)| group);
    [group, object.kind(), object.namespace().unwrap_or_default(), object.name()].map(str::to_owned)
}

/// What Kubernetes would refuse as part of an object's path in its API.
fn misnamed(object: &Object) -> Option<String> {
    let namespace = object.namespace().unwrap_or("default");
    let label = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let name = object.name();
    let wrong = if !object.kind().chars().all(|c| c.is_ascii_alphanumeric()) {
        ("kind", object.kind())
    } else if namespace.is_empty() || namespace.len() > 63 || !namespace.chars().all(label) {
        ("metadata.namespace", namespace)
    } else if name.contains(['/', '%']) || name == "." || name == ".." {
        ("metadata.name", name)
    } else {
        return None;
    };
    Some(format!("`{}` of an object can't be `{}`", wrong.0, wrong.1))
}

/// Merges patches into the objects that they name.
pub(super) fn apply(graph: &Graph, objects: &mut [Packed], diagnostics: &mut Vec<Diagnostic>) {
    for patch in &graph.patches {
        let matches = |o: &Packed| {
            o.kind() == patch.object_kind.value
                && o.name() == patch.object_name.value
                && patch.namespace.as_ref().is_none_or(|n| o.namespace() == Some(n))
        };
        let Some(target) = objects.iter_mut().find(|o| matches(o)) else {
            diagnostics.push(no_target(patch, objects));
            continue;
        };
        let Ok(overlay) = serde_json::to_value(Data(&patch.value.value)) else { continue };
        let mut object = target.open();
        let before = object.json.clone();
        merge(&mut object.json, &overlay);
        check(&object.json, &before, &patch.value, diagnostics);
        let mut pointer = String::new();
        origins(&patch.value, &mut pointer, &mut object.origins);
        *target = object.pack();
    }
}

fn no_target(patch: &Patch, objects: &[Packed]) -> Diagnostic {
    let wanted = format!("{}/{}", patch.object_kind.value, patch.object_name.value);
    let known: Vec<String> = objects.iter().map(|o| format!("{}/{}", o.kind(), o.name())).collect();
    let message = format!("nothing that is emitted is called `{wanted}`");
    let diagnostic = Diagnostic::new(Code::OBS6103, patch.object_kind.span, message);
    match nearest(&wanted, known.iter().map(String::as_str)) {
        Some(near) => {
            let place = patch.object_kind.span.to(patch.object_name.span);
            let fix = format!("change to `{near}`");
            diagnostic.help(format!("did you mean `{near}`?")).fix(fix, place, near, false)
        }
        None => diagnostic.help("`obs build --dry-run` lists what is emitted"),
    }
}

fn origins(value: &Spanned<Value>, pointer: &mut String, out: &mut Vec<crate::outputs::Origin>) {
    if let Value::Record(record) = &value.value {
        for (key, field) in record.iter() {
            let length = pointer.len();
            crate::outputs::config::pointer_step(pointer, key);
            out.push(crate::outputs::Origin { pointer: pointer.clone(), span: field.span });
            origins(field, pointer, out);
            pointer.truncate(length);
        }
    }
}

/// What identifies the elements of lists that merge; every other list is replaced.
const MERGE_KEYS: [&str; 4] = ["name", "mountPath", "containerPort", "port"];

fn merge(under: &mut Json, over: &Json) {
    match (under, over) {
        (Json::Object(under), Json::Object(over)) => {
            for (key, value) in over {
                merge(under.entry(key.clone()).or_insert(Json::Null), value);
            }
        }
        (Json::Array(under), Json::Array(over)) if let Some(key) = merge_key(under, over) => {
            for value in over {
                match under.iter_mut().find(|u| u[key] == value[key]) {
                    Some(found) => merge(found, value),
                    None => under.push(value.clone()),
                }
            }
        }
        (under, over) => *under = over.clone(),
    }
}

fn merge_key(under: &[Json], over: &[Json]) -> Option<&'static str> {
    let has = |list: &[Json], key: &str| !list.is_empty() && list.iter().all(|v| v.get(key).is_some());
    MERGE_KEYS.into_iter().find(|key| has(under, key) && has(over, key))
}

/// Reads the object as its type and writes it again: what is lost on the way is no field of it. `before` is the object
/// without what the source says.
fn check(object: &Json, before: &Json, source: &Spanned<Value>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(result) = round_trip(object) else { return };
    match result {
        Err(why) => {
            let (path, span) = blame(before, source, &|value| value, String::new());
            let place = match path.is_empty() {
                true => format!("`{}`", object["kind"].as_str().unwrap_or_default()),
                false => format!("`{path}`"),
            };
            let message = format!("{place} isn't what Kubernetes takes: {}", in_words(&why));
            diagnostics.push(Diagnostic::new(Code::OBS6102, span, message));
        }
        Ok(back) => lost(object, &back, source, "", diagnostics),
    }
}

/// The innermost part of the source that alone makes the object one that can't be read. `within` puts a value where
/// `source` stands in the object.
fn blame(before: &Json, source: &Spanned<Value>, within: &dyn Fn(Json) -> Json, path: String) -> (String, Span) {
    let data = |value: &Spanned<Value>| serde_json::to_value(Data(&value.value)).unwrap_or(Json::Null);
    let fails = |overlay: &Json| {
        let mut tried = before.clone();
        merge(&mut tried, overlay);
        matches!(round_trip(&tried), Some(Err(_)))
    };
    if let Value::Record(record) = &source.value {
        for (key, field) in record.iter() {
            let inner = |value: Json| within(json!({ key.as_str(): value }));
            if fails(&inner(data(field))) {
                return blame(before, field, &inner, step(&path, key));
            }
        }
    }
    let elements = match &source.value {
        // where even an empty list is refused, none of its elements is to blame
        Value::List(list) if !fails(&within(json!([]))) => list.as_slice(),
        _ => &[],
    };
    for element in elements {
        let name = element.value.field("name").map(data);
        // what merges by name must keep it
        let inner = |value: Json| match (&name, value) {
            (Some(name), Json::Object(mut fields)) => {
                fields.entry("name").or_insert_with(|| name.clone());
                within(json!([fields]))
            }
            (_, value) => within(json!([value])),
        };
        if fails(&inner(data(element))) {
            let label = name.as_ref().and_then(Json::as_str).unwrap_or_default();
            return blame(before, element, &inner, format!("{path}[{label}]"));
        }
    }
    (path, source.span)
}

fn step(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// serde's words, "invalid type: sequence, expected a string", as "expected a string, found a list".
fn in_words(why: &str) -> String {
    let Some((found, wanted)) = why.strip_prefix("invalid type: ").and_then(|w| w.split_once(", expected ")) else {
        return why.to_owned();
    };
    let plain = |word: &str| match word {
        "i32" | "i64" => "a whole number".to_owned(),
        "f64" => "a number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" | "sequence" => "a list".to_owned(),
        "map" | "a map" => "a record".to_owned(),
        word if word.starts_with("struct") || word.chars().next().is_some_and(char::is_uppercase) => {
            "a record".to_owned()
        }
        word => word.replace("integer", "the number").replace("boolean", "the truth value"),
    };
    format!("expected {}, found {}", plain(wanted), plain(found))
}

/// Reports the fields of `before` that are gone in `after`, at their places in the source.
fn lost(before: &Json, after: &Json, source: &Spanned<Value>, path: &str, diagnostics: &mut Vec<Diagnostic>) {
    match (before, after) {
        (Json::Object(before), Json::Object(after)) => {
            for (key, value) in before {
                let inner = source.value.field(key);
                match after.get(key) {
                    Some(after) => lost(value, after, inner.unwrap_or(source), &format!("{path}.{key}"), diagnostics),
                    None if is_empty(value) => {}
                    // what the source didn't say isn't its mistake
                    None if inner.is_none() => {}
                    None => {
                        let span = inner.map_or(source.span, |f| f.span);
                        diagnostics.push(unknown_field(key, path, after, span));
                    }
                }
            }
        }
        (Json::Array(before), Json::Array(after)) => {
            let elements = source.value.elements();
            for (i, (b, a)) in before.iter().zip(after).enumerate() {
                // a merged list may hold more than the source said; its own are matched by name
                let named = elements.iter().find(|e| {
                    let name = e.value.field("name").and_then(|n| n.value.as_str());
                    name.is_some() && name.map(|n| n.as_str()) == b["name"].as_str()
                });
                let inner = named.or_else(|| elements.get(i).filter(|_| elements.len() == before.len()));
                if let Some(inner) = inner {
                    let label = b["name"].as_str().map_or_else(|| i.to_string(), str::to_owned);
                    lost(b, a, inner, &format!("{path}[{label}]"), diagnostics);
                }
            }
        }
        _ => {}
    }
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Object(map) => map.is_empty(),
        Json::Array(list) => list.is_empty(),
        _ => false,
    }
}

fn unknown_field(key: &str, path: &str, siblings: &Map<String, Json>, span: Span) -> Diagnostic {
    let place = path.trim_start_matches('.');
    let message = match place.is_empty() {
        true => format!("Kubernetes knows no field `{key}` here"),
        false => format!("Kubernetes knows no field `{key}` in `{place}`"),
    };
    let diagnostic = Diagnostic::new(Code::OBS6102, span, message);
    match nearest(key, siblings.keys().map(String::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("field names are in camel case; `kubectl explain` lists them"),
    }
}

fn through<T: DeserializeOwned + Serialize>(object: &Json) -> Result<Json, String> {
    let typed: T = serde_json::from_value(object.clone()).map_err(|e| e.to_string())?;
    serde_json::to_value(typed).map_err(|e| e.to_string())
}

/// `None` for kinds that aren't built in (custom resources): those are the cluster's to judge.
fn round_trip(object: &Json) -> Option<Result<Json, String>> {
    let kind = object["kind"].as_str()?;
    let group = object["apiVersion"].as_str()?;
    Some(match (group, kind) {
        ("v1", "Namespace") => through::<api::core::v1::Namespace>(object),
        ("v1", "ServiceAccount") => through::<api::core::v1::ServiceAccount>(object),
        ("v1", "ConfigMap") => through::<api::core::v1::ConfigMap>(object),
        ("v1", "Secret") => through::<api::core::v1::Secret>(object),
        ("v1", "Service") => through::<api::core::v1::Service>(object),
        ("v1", "Pod") => through::<api::core::v1::Pod>(object),
        ("v1", "PersistentVolumeClaim") => through::<api::core::v1::PersistentVolumeClaim>(object),
        ("v1", "ResourceQuota") => through::<api::core::v1::ResourceQuota>(object),
        ("v1", "LimitRange") => through::<api::core::v1::LimitRange>(object),
        ("apps/v1", "Deployment") => through::<api::apps::v1::Deployment>(object),
        ("apps/v1", "StatefulSet") => through::<api::apps::v1::StatefulSet>(object),
        ("apps/v1", "DaemonSet") => through::<api::apps::v1::DaemonSet>(object),
        ("batch/v1", "Job") => through::<api::batch::v1::Job>(object),
        ("batch/v1", "CronJob") => through::<api::batch::v1::CronJob>(object),
        ("rbac.authorization.k8s.io/v1", "Role") => through::<api::rbac::v1::Role>(object),
        ("rbac.authorization.k8s.io/v1", "RoleBinding") => through::<api::rbac::v1::RoleBinding>(object),
        ("rbac.authorization.k8s.io/v1", "ClusterRole") => through::<api::rbac::v1::ClusterRole>(object),
        ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding") => through::<api::rbac::v1::ClusterRoleBinding>(object),
        ("networking.k8s.io/v1", "NetworkPolicy") => through::<api::networking::v1::NetworkPolicy>(object),
        ("networking.k8s.io/v1", "Ingress") => through::<api::networking::v1::Ingress>(object),
        ("policy/v1", "PodDisruptionBudget") => through::<api::policy::v1::PodDisruptionBudget>(object),
        ("autoscaling/v2", "HorizontalPodAutoscaler") => {
            through::<api::autoscaling::v2::HorizontalPodAutoscaler>(object)
        }
        ("storage.k8s.io/v1", "StorageClass") => through::<api::storage::v1::StorageClass>(object),
        ("scheduling.k8s.io/v1", "PriorityClass") => through::<api::scheduling::v1::PriorityClass>(object),
        _ => return None,
    })
}
