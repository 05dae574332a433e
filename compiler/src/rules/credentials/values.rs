//! Values that look like credentials where they are used, whatever they were put together from.

use super::forms::{self, Credential};
use super::{naming, source};
use crate::db::{self, Db, SourceFile};
use crate::diagnostics::Diagnostic;
use crate::graph::{Component, Effective, Probe, ProbeAction, Stack, Workload};
use crate::maps::IndexMap;
use crate::names;
use crate::syntax::Rule;
use crate::text::{Span, TextRange};
use crate::value::{Record, Spanned, Value};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// Findings in what runs, without what stands in the source as such: that is told there.
pub(in crate::rules) fn in_values(db: &dyn Db, entry: SourceFile, stacks: &[Stack]) -> Vec<Diagnostic> {
    let mut walk = Walk { library: db::library(db).len(), about: "", judged: FxHashMap::default() };
    stacks.iter().for_each(|stack| walk.stack(stack));
    let found = walk.judged.into_iter().filter_map(|((span, ..), found)| Some((span, found?)));
    let mut found: Vec<(Span, Found)> = found.collect();
    if found.is_empty() {
        return Vec::new();
    }
    found.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    // one credential is told once, with all its places
    let mut by_text: IndexMap<String, (Found, Vec<Span>)> = IndexMap::default();
    for (span, found) in found {
        let (first, spans) = by_text.entry(found.text.clone()).or_insert_with(|| (found.clone(), Vec::new()));
        first.about.extend(found.about);
        spans.push(span);
    }
    let literals = Literals::of(db, entry);
    by_text.into_values().filter_map(|(found, spans)| literals.told(&found, &spans)).collect()
}

/// A credential of a value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    text: String,
    what: String,
    about: Vec<SmolStr>,
}

/// Walks through values; what comes of the library itself isn't looked at.
struct Walk<'a> {
    /// How many files the library has: the first ones.
    library: usize,
    /// The component at hand.
    about: &'a str,
    /// What was looked at: components of one kind share most of it.
    judged: FxHashMap<(Span, &'a str, &'a str), Option<Found>>,
}

impl<'a> Walk<'a> {
    fn stack(&mut self, stack: &'a Stack) {
        let graph = &stack.graph;
        for (component, workload) in graph.components.iter().zip(stack.workloads.iter()) {
            self.about = &component.name;
            self.settings(&component.params);
            component.alerts.iter().for_each(|alert| self.judge("", &alert.summary, alert.span, forms::under));
            component.dashboards.iter().for_each(|dashboard| self.value("", &dashboard.value, dashboard.span));
            workload.iter().for_each(|workload| self.workload(component, workload));
        }
        for flow in &graph.flows {
            self.about = &graph.components[flow.from.0 as usize].name;
            self.settings(&flow.options);
        }
        self.about = "";
        self.texts(&graph.cluster.labels, graph.cluster.span);
        self.texts(&graph.cluster.annotations, graph.cluster.span);
        for object in &graph.objects {
            let kind = object.value.field("kind").and_then(|kind| kind.value.as_str());
            self.object(kind.map_or("", SmolStr::as_str), object);
        }
        graph.patches.iter().for_each(|patch| self.object(&patch.object_kind.value, &patch.value));
    }

    fn settings(&mut self, settings: &'a IndexMap<SmolStr, Effective>) {
        for (name, effective) in settings {
            effective.chain.last().iter().for_each(|link| self.value(name, &effective.value, link.span));
        }
    }

    fn workload(&mut self, component: &'a Component, workload: &'a Workload) {
        for list in [&workload.command, &workload.args] {
            self.elements("", list.iter().map(|text| (Text::Str(&text.value), text.span)));
        }
        workload.env.iter().for_each(|variable| self.value(&variable.name, &variable.value, variable.span));
        workload.files.iter().for_each(|file| self.value("", &file.content.value, file.span));
        self.texts(&workload.labels, component.name_span);
        self.texts(&workload.annotations, component.name_span);
        [&workload.ready, &workload.live, &workload.startup].into_iter().flatten().for_each(|probe| self.probe(probe));
        workload.saver.iter().for_each(|saver| self.workload(component, &saver.workload));
    }

    fn probe(&mut self, probe: &'a Probe) {
        if let ProbeAction::Exec { command } = &probe.action {
            self.elements("", command.iter().map(|text| (Text::Str(text), probe.span)));
        }
    }

    fn texts(&mut self, texts: &'a IndexMap<SmolStr, SmolStr>, span: Span) {
        texts.iter().for_each(|(name, text)| self.judge(name, text, span, forms::under));
    }

    /// An object of the program's own, or what is laid over one.
    fn object(&mut self, kind: &str, object: &'a Spanned<Value>) {
        let Value::Record(fields) = &object.value else { return };
        for (name, field) in fields.iter() {
            match &field.value {
                Value::Record(data) if kind == "Secret" && matches!(name.as_str(), "data" | "stringData") => {
                    self.held(data);
                }
                value => self.value(name, value, field.span),
            }
        }
    }

    /// Entries that are credentials each.
    fn held(&mut self, entries: &'a Record) {
        for (name, entry) in entries {
            match &entry.value {
                Value::Str(text) => self.judge(name, text, entry.span, forms::held_by),
                value => self.value(name, value, entry.span),
            }
        }
    }

    fn value(&mut self, name: &'a str, value: &'a Value, span: Span) {
        match value {
            Value::Str(text) => self.judge(name, text, span, forms::under),
            Value::Int(number) if self.is_own(span) && forms::is_number_of(name, &number.to_string()) => {
                self.tell(span, name, "", forms::of(name), number.to_string());
            }
            Value::List(list) => self.elements(name, list.iter().map(|e| (Text::Value(&e.value), e.span))),
            Value::Record(_) if naming::is_sealed(name) => {}
            Value::Record(record) if naming::says_of_entries(name) => self.held(record),
            Value::Record(record) => self.record(record),
            Value::Variant(variant) => self.record(&variant.fields),
            Value::Content(content) => self.value(name, &content.value, span),
            _ => {}
        }
    }

    fn record(&mut self, record: &'a Record) {
        // of `{ name: …, value: … }` the value is what is called so
        let called = record.get("value").and(record.get("name").or_else(|| record.get("key")));
        let called = called.and_then(|name| name.value.as_str());
        for (key, field) in record {
            let name = called.filter(|_| key == "value").unwrap_or(key);
            self.value(name, &field.value, field.span);
        }
    }

    /// What follows a flag is what the flag is set to.
    fn elements(&mut self, name: &'a str, elements: impl Iterator<Item = (Text<'a>, Span)>) {
        let mut flag = None;
        for (element, span) in elements {
            let text = match element {
                Text::Str(text) => text,
                Text::Value(Value::Str(text)) => text,
                Text::Value(value) => {
                    self.value(name, value, span);
                    flag = None;
                    continue;
                }
            };
            let set = flag.filter(|_| !text.starts_with('-'));
            self.judge(set.unwrap_or(name), text, span, forms::under);
            flag = forms::flag(text);
        }
    }

    fn is_own(&self, span: Span) -> bool {
        span.file.0 as usize >= self.library
    }

    fn judge(
        &mut self,
        name: &'a str,
        text: &'a str,
        span: Span,
        how: for<'t> fn(&str, &'t str) -> Option<Credential<'t>>,
    ) {
        if !self.is_own(span) || text.is_empty() {
            return;
        }
        let about = self.about;
        let judged = self.judged.entry((span, name, text)).or_insert_with(|| {
            let Credential { what, text } = how(name, text)?;
            Some(Found { what, text: text.to_owned(), about: Vec::new() })
        });
        judged.iter_mut().filter(|found| found.about.last().is_none_or(|last| last != about)).for_each(|found| {
            found.about.push(about.into());
        });
    }

    fn tell(&mut self, span: Span, name: &'a str, key: &'a str, what: String, text: String) {
        let found = Found { what, text, about: vec![self.about.into()] };
        self.judged.entry((span, name, key)).or_insert(Some(found));
    }
}

/// An element of a list.
enum Text<'a> {
    Str(&'a str),
    Value(&'a Value),
}

/// What is written in a program's own files.
struct Literals {
    /// Texts and numbers with their places.
    all: Vec<(Span, String)>,
    /// Those that were told of already.
    told: Vec<String>,
}

/// What is shorter than this is only the same by chance.
const TELLING: usize = 6;

impl Literals {
    fn of(db: &dyn Db, entry: SourceFile) -> Self {
        let (mut all, mut told) = (Vec::new(), Vec::new());
        for &id in &names::program(db, entry).files {
            let file = db::file(db, id);
            if db::is_library(db, file) {
                continue;
            }
            let (tree, anchors) = (&db::parse(db, file).tree, db::anchors(db, file));
            for literal in source::literals(tree) {
                if !matches!(tree.rule(literal), Some(Rule::string | Rule::number)) {
                    continue;
                }
                let TextRange { start, end } = tree.range(literal);
                let span = anchors.span(id, TextRange::new(start, end));
                all.extend(source::pieces(tree, literal).map(|text| (span, text)));
            }
            let text = db::text(db, file);
            told.extend(super::found(db, file).iter().map(|(span, _)| {
                let range = anchors.resolve(*span).range;
                source::unescaped(text[range.start as usize..range.end as usize].trim_matches('"')).into_owned()
            }));
        }
        Self { all, told }
    }

    /// A finding, with the literals that it is from; nothing where these were told of.
    fn told(&self, found: &Found, spans: &[Span]) -> Option<Diagnostic> {
        let is_part = |a: &str, b: &str| a == b || (a.len() >= TELLING && b.contains(a));
        let same = |text: &str| is_part(text, &found.text) || is_part(&found.text, text);
        let (first, more) = spans.split_first()?;
        if self.told.iter().any(|told| same(told)) {
            return None;
        }
        let mut out = super::told(*first, &found.what);
        let about: BTreeSet<&str> = found.about.iter().map(SmolStr::as_str).filter(|name| !name.is_empty()).collect();
        out.subjects.extend(about.into_iter().map(str::to_owned));
        let mut places = spans.to_vec();
        for span in more.iter().filter(|span| **span != *first) {
            out.also(*span);
        }
        let equal = self.all.iter().any(|(_, text)| *text == found.text);
        for (place, text) in &self.all {
            let meant = if equal { *text == found.text } else { same(text) };
            if meant && !places.iter().any(|known| contains(*known, *place)) {
                places.push(*place);
                out = out.label(*place, "written here");
            }
        }
        Some(out)
    }
}

fn contains(outer: Span, inner: Span) -> bool {
    (outer.file, outer.item) == (inner.file, inner.item) && outer.range.contains(inner.range)
}
