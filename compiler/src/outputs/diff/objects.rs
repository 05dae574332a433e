//! What differs in objects: field by field, and whether the API server takes it.

use super::{Change, Detail, Kind, Pair, steps};
use crate::maps::IndexMap;
use crate::outputs::kubernetes::{Packed, immovable};
use serde_json::Value as Json;

/// `StatefulSet web/shop`.
fn identity(object: &Packed) -> String {
    match object.namespace() {
        Some(namespace) => format!("{} {namespace}/{}", object.kind(), object.name()),
        None => format!("{} {}", object.kind(), object.name()),
    }
}

pub(super) fn changes(pair: &Pair<'_>) -> Vec<Change> {
    let mut old: IndexMap<String, &Packed> = pair.old.objects.iter().map(|o| (identity(o), o)).collect();
    let change = |kind, what: String, details, recreation| Change {
        kind,
        what,
        details,
        notes: Vec::new(),
        recreation,
        pairs: Vec::new(),
    };
    let mut out = Vec::new();
    for new in pair.new.objects {
        let what = identity(new);
        match old.shift_remove(&what) {
            None => out.push(change(Kind::Added, what, Vec::new(), Vec::new())),
            Some(before) if before.same(new) => {}
            Some(before) => {
                let (was, is) = (before.value(), new.value());
                let mut details = Vec::new();
                fields(&was, &is, &mut String::new(), &mut details);
                let refused: Vec<&str> =
                    immovable(new.kind()).iter().copied().filter(|f| was.pointer(f) != is.pointer(f)).collect();
                let recreation = if refused.is_empty() { Vec::new() } else { steps::of(new, &was, &is, &refused) };
                out.push(change(Kind::Changed, what, details, recreation));
            }
        }
    }
    out.extend(old.into_keys().map(|what| change(Kind::Removed, what, Vec::new(), Vec::new())));
    out
}

/// Fields that differ, deepest first where both sides have the same form.
fn fields(was: &Json, is: &Json, pointer: &mut String, out: &mut Vec<Detail>) {
    match (was, is) {
        (Json::Object(old), Json::Object(new)) => {
            let gone = old.keys().filter(|k| !new.contains_key(*k));
            let names: Vec<&String> = new.keys().chain(gone).collect();
            for name in names {
                below(pointer, name, |pointer| both(old.get(name), new.get(name), pointer, out));
            }
        }
        (Json::Array(old), Json::Array(new)) => match named(old).zip(named(new)) {
            // by name: one that comes in between moves no others
            Some((old, new)) => {
                let gone = old.keys().filter(|k| !new.contains_key(*k));
                for name in new.keys().chain(gone) {
                    below(pointer, name, |pointer| both(old.get(name).copied(), new.get(name).copied(), pointer, out));
                }
            }
            None => {
                for at in 0..old.len().max(new.len()) {
                    below(pointer, &at.to_string(), |pointer| both(old.get(at), new.get(at), pointer, out));
                }
            }
        },
        (was, is) if was == is => {}
        (was, is) => out.push(Detail { field: pointer.clone(), old: Some(told(was)), new: Some(told(is)) }),
    }
}

fn below(pointer: &mut String, name: &str, look: impl FnOnce(&mut String)) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
    look(pointer);
    pointer.truncate(length);
}

fn both(was: Option<&Json>, is: Option<&Json>, pointer: &mut String, out: &mut Vec<Detail>) {
    match (was, is) {
        (Some(was), Some(is)) => fields(was, is, pointer, out),
        (was, is) => out.push(Detail { field: pointer.clone(), old: was.map(told), new: is.map(told) }),
    }
}

/// The elements of a list by their `name`, where all have one of their own.
fn named(list: &[Json]) -> Option<IndexMap<&str, &Json>> {
    let by_name: IndexMap<&str, &Json> = list.iter().filter_map(|e| Some((e.get("name")?.as_str()?, e))).collect();
    (by_name.len() == list.len() && !list.is_empty()).then_some(by_name)
}

fn told(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
