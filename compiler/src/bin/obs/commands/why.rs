//! `obs why`: what in the source caused an emitted object, one of its fields, or a parameter's value.

use super::{at_profile, unknown};
use crate::args;
use crate::failure::{Failure, Outcome};
use crate::session::{Session, locator, print};
use obs_compiler::graph::{Graph, LinkSource};
use obs_compiler::outputs::Origin;
use obs_compiler::outputs::compose;
use obs_compiler::outputs::kubernetes::Packed;
use obs_compiler::render::{Format, Place, harmless};
use obs_compiler::text::Span;
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

pub fn run(
    session: &Session,
    file: &Path,
    object: &str,
    target: args::Target,
    profile: Option<&str>,
) -> Result<Outcome, Failure> {
    let program = session.open(file)?;
    let Some(stacks) = session.stacks_for(&program, Format::Text, target)? else { return Ok(Outcome::Findings) };
    let at = at_profile(&stacks, profile)?;
    let analysis = program.host.analysis();
    let mut locator = locator(&analysis, &program.root);
    let mut place = |span: Span| locator.place(span);
    let answer = if target == args::Target::Compose {
        of_compose(&analysis.compose(&program.entry)[at], object, &mut place)?
    } else if object.contains('/') {
        of_object(&analysis.objects(&program.entry)[at], object, &mut place)?
    } else {
        of_param(&stacks[at].graph, object, &mut place)?
    };
    print(&harmless(&answer))?;
    Ok(Outcome::Clean)
}

fn line(out: &mut String, what: &str, place: &Place) {
    // writing to a string can't fail
    let _ = writeln!(out, "{what}\n  {}  {}", place.short(), place.line());
}

fn of_param(graph: &Graph, path: &str, place: &mut dyn FnMut(Span) -> Place) -> Result<String, Failure> {
    let (name, param) = path.split_once('.').unwrap_or((path, ""));
    let Some(component) = graph.components.iter().find(|c| c.name == name) else {
        return Err(unknown("component", name, graph.components.iter().map(|c| c.name.as_str())));
    };
    let mut out = String::new();
    if param.is_empty() {
        line(&mut out, &format!("{name} is a {}", component.kind), &place(component.span));
        return Ok(out);
    }
    if param == "replicas" && !component.params.contains_key("replicas") {
        line(&mut out, &format!("{}", component.replicas.count), &place(component.replicas.origin));
        return Ok(out);
    }
    let Some(effective) = component.params.get(param) else {
        return Err(unknown("parameter", param, component.params.keys().map(smol_str::SmolStr::as_str)));
    };
    // writing to a string can't fail
    let _ = writeln!(out, "{name}.{param} = {}", effective.value);
    for link in effective.chain.iter().rev() {
        let said = match &link.source {
            LinkSource::Default => "default".to_owned(),
            LinkSource::Kind(kind) => format!("kind {kind}"),
            LinkSource::Acceptor => "the side that accepts".to_owned(),
            LinkSource::Own => "the component".to_owned(),
            LinkSource::Scale => "scale".to_owned(),
            LinkSource::Profile(profile) => format!("profile {profile}"),
        };
        line(&mut out, &format!("{said}: {}", link.value), &place(link.span));
    }
    Ok(out)
}

fn of_object(objects: &[Packed], path: &str, place: &mut dyn FnMut(Span) -> Place) -> Result<String, Failure> {
    let (path, pointer) = path.split_once('#').unwrap_or((path, ""));
    let Some(object) = objects.iter().find(|o| is_named(o, path)) else {
        let names: Vec<String> = objects.iter().map(|o| format!("{}/{}", o.kind(), o.name())).collect();
        return Err(unknown("object", path, names.iter().map(String::as_str)));
    };
    let object = &object.open();
    let name = format!("{}/{}", object.kind(), object.name());
    told(&Thing { name, within: "", json: &object.json, origins: &object.origins }, pointer, place)
}

/// A service of the Compose file, or a file beside it.
fn of_compose(emitted: &compose::Emitted, path: &str, place: &mut dyn FnMut(Span) -> Place) -> Result<String, Failure> {
    let (path, pointer) = path.split_once('#').unwrap_or((path, ""));
    let document = emitted.document();
    let Some((main, others)) = emitted.files.split_first() else {
        return Err(unknown("service", path, std::iter::empty()));
    };
    let whole = Thing { name: main.path.clone(), within: "", json: &document, origins: &main.origins };
    if path == main.path {
        return told(&whole, pointer, place);
    }
    if let Some(file) = others.iter().find(|f| f.path == path) {
        let mut out = String::new();
        file.origins.iter().for_each(|o| line(&mut out, &file.path, &place(o.span)));
        return Ok(out);
    }
    let within = format!("/services/{path}");
    let services = document["services"].as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    match document.pointer(&within) {
        Some(json) => told(&Thing { name: path.to_owned(), within: &within, json, ..whole }, pointer, place),
        None => Err(unknown("service or file", path, services.chain(others.iter().map(|f| f.path.as_str())))),
    }
}

/// Something emitted, with what caused it.
struct Thing<'a> {
    name: String,
    /// Where it is in what the origins speak of.
    within: &'a str,
    json: &'a Value,
    origins: &'a [Origin],
}

fn told(thing: &Thing<'_>, pointer: &str, place: &mut dyn FnMut(Span) -> Place) -> Result<String, Failure> {
    let Some(value) = thing.json.pointer(pointer) else { return Err(no_such_field(thing, pointer)) };
    let mut out = String::new();
    if !pointer.is_empty() {
        // writing to a string can't fail
        let _ = writeln!(out, "{pointer} = {}", shortened(&value.to_string()));
    }
    let own: Vec<(&str, Span)> =
        thing.origins.iter().filter_map(|o| Some((o.pointer.strip_prefix(thing.within)?, o.span))).collect();
    // nearest first: what caused the field, then what caused what holds it
    let mut above: Vec<_> = own.iter().filter(|(at, _)| within(pointer, at)).collect();
    above.sort_by_key(|(at, _)| std::cmp::Reverse(at.len()));
    for (at, span) in above {
        line(&mut out, if at.is_empty() { &thing.name } else { at }, &place(*span));
    }
    for (at, span) in own.iter().filter(|(at, _)| *at != pointer && within(at, pointer)) {
        line(&mut out, at, &place(*span));
    }
    Ok(out)
}

/// Says where the pointer leaves the object, and what there is at that place.
fn no_such_field(thing: &Thing<'_>, pointer: &str) -> Failure {
    let ends = pointer.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| at);
    let there = ends.rev().find_map(|at| Some((at, thing.json.pointer(&pointer[..at])?)));
    let Some((at, value)) = there else {
        return Failure::new(format!("`{pointer}` is no JSON pointer")).help("such as `#/spec/replicas`");
    };
    let rest = &pointer[at + 1..];
    let wanted = rest.split('/').next().unwrap_or_default();
    let place = if at == 0 { thing.name.clone() } else { pointer[..at].to_owned() };
    match value {
        Value::Object(fields) => unknown(&format!("field in {place} named"), wanted, fields.keys().map(String::as_str)),
        Value::Array(items) => Failure::new(format!("{place} has no `{wanted}`; it is a list of {}", items.len()))
            .help("its items are counted from 0"),
        _ => Failure::new(format!("{place} has no fields, so no `{wanted}`")),
    }
}

/// A value on one line of a terminal.
fn shortened(value: &str) -> String {
    const LONGEST: usize = 160;
    match value.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &value[..at]),
        None => value.to_owned(),
    }
}

/// Whether a pointer is another one or leads into it.
fn within(pointer: &str, outer: &str) -> bool {
    pointer.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_named(object: &Packed, path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        [kind, name] => object.kind().eq_ignore_ascii_case(kind) && object.name() == name,
        [namespace, kind, name] => {
            object.namespace() == Some(namespace) && object.kind().eq_ignore_ascii_case(kind) && object.name() == name
        }
        _ => false,
    }
}
