//! `patch` and `object` items: merged in, and checked against the Kubernetes types.

use super::kinds::{self, Fields};
use super::object::{Object, Packed};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::graph::{Graph, Patch};
use crate::outputs::config::Data;
use crate::text::Span;
use crate::value::{Spanned, Value};
use rustc_hash::FxHashSet;
use serde_json::{Value as Json, json};

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
        if let Some((message, help)) = kinds::misplaced(object.api_version(), object.kind()) {
            let at = raw.value.field("kind").map_or(raw.span, |kind| kind.span);
            diagnostics.push(Diagnostic::new(Code::OBS6104, at, message).help(help));
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
    [kinds::group_of(object.api_version()), object.kind(), object.namespace().unwrap_or_default(), object.name()]
        .map(str::to_owned)
}

/// What Kubernetes would refuse as part of an object's path in its API.
fn misnamed(object: &Object) -> Option<String> {
    let namespace = object.namespace().unwrap_or("default");
    let name = object.name();
    let wrong = if !object.kind().chars().all(|c| c.is_ascii_alphanumeric()) {
        ("kind", object.kind())
    } else if !is_label(namespace) {
        ("metadata.namespace", namespace)
    } else if name.contains(['/', '%']) || name == "." || name == ".." || has_wrong_name(object) {
        ("metadata.name", name)
    } else {
        return None;
    };
    Some(format!("`{}` of an object can't be `{}`", wrong.0, wrong.1))
}

/// Whether a name isn't the domain name in lower case that the API server wants of nearly all kinds.
fn has_wrong_name(object: &Object) -> bool {
    let is_one = match (object.api_version(), object.kind()) {
        ("v1", "Namespace" | "Service") => is_label(object.name()),
        _ => object.name().len() <= 253 && object.name().split('.').all(is_domain_part),
    };
    kinds::has_plain_names(object.api_version(), object.kind()) && !is_one
}

/// Whether a text is a label of a domain name, in lower case.
fn is_label(text: &str) -> bool {
    text.len() <= 63 && is_domain_part(text)
}

fn is_domain_part(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(plain) && !text.starts_with('-') && !text.ends_with('-')
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

/// Reads the object as its type, and asks of each field whether it is one. `before` is the object
/// without what the source says.
fn check(object: &Json, before: &Json, source: &Spanned<Value>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(result) = kinds::read(object) else { return };
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
        Ok(fields) => unknown_fields(object, &fields, source, "", diagnostics),
    }
}

/// The innermost part of the source that alone makes the object one that can't be read. `within` puts a value where
/// `source` stands in the object.
fn blame(before: &Json, source: &Spanned<Value>, within: &dyn Fn(Json) -> Json, path: String) -> (String, Span) {
    let data = |value: &Spanned<Value>| serde_json::to_value(Data(&value.value)).unwrap_or(Json::Null);
    let fails = |overlay: &Json| {
        let mut tried = before.clone();
        merge(&mut tried, overlay);
        matches!(kinds::read(&tried), Some(Err(_)))
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

/// Reports what is no field of the object's type, at its place in the source; what the source didn't say isn't its mistake.
fn unknown_fields(
    object: &Json,
    fields: &Fields,
    source: &Spanned<Value>,
    path: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    match object {
        Json::Object(record) => {
            let known = fields.of(object);
            for (key, value) in record {
                let Some(inner) = source.value.field(key) else { continue };
                match known {
                    Some(known) if !known.contains(&key.as_str()) => {
                        diagnostics.push(unknown_field(key, path, known, inner.span));
                    }
                    _ => unknown_fields(value, fields, inner, &format!("{path}.{key}"), diagnostics),
                }
            }
        }
        Json::Array(list) => {
            let elements = source.value.elements();
            for (i, element) in list.iter().enumerate() {
                // a merged list may hold more than the source said; its own are matched by name
                let named = elements.iter().find(|e| {
                    let name = e.value.field("name").and_then(|n| n.value.as_str());
                    name.is_some() && name.map(|n| n.as_str()) == element["name"].as_str()
                });
                let inner = named.or_else(|| elements.get(i).filter(|_| elements.len() == list.len()));
                if let Some(inner) = inner {
                    let label = element["name"].as_str().map_or_else(|| i.to_string(), str::to_owned);
                    unknown_fields(element, fields, inner, &format!("{path}[{label}]"), diagnostics);
                }
            }
        }
        _ => {}
    }
}

fn unknown_field(key: &str, path: &str, known: &[&str], span: Span) -> Diagnostic {
    let place = path.trim_start_matches('.');
    let message = match place.is_empty() {
        true => format!("Kubernetes knows no field `{key}` here"),
        false => format!("Kubernetes knows no field `{key}` in `{place}`"),
    };
    let diagnostic = Diagnostic::new(Code::OBS6102, span, message);
    match nearest(key, known.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("field names are in camel case; `kubectl explain` lists them"),
    }
}
