//! Flows that a program lacks: what a finding asks for, and what an end that nothing uses could be for.

use super::actions::{ChangeKind, ProgramChange};
use super::fixes::Action;
use super::insertion::{self, Insertion};
use super::{Analysis, symbol};
use crate::db::{self, SourceFile};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::signals::ends_in_store;
use crate::graph::{self, Component, Graph, Signal, Trial};
use crate::names::DefId;
use crate::syntax::ast::{FlowDef, ItemKind};
use crate::text::{FileRange, Sources, Span, TextRange};
use crate::types::ty::ProtocolRef;
use crate::types::{items, queries};
use rustc_hash::FxHashSet;

/// More than these are not offered for one finding.
const OFFERED: usize = 8;

/// A flow that could be.
struct Candidate<'g> {
    from: &'g Component,
    to: &'g Component,
    protocol: ProtocolRef,
    /// Data goes against the arrow.
    backward: bool,
    /// What it would carry.
    signals: Vec<Signal>,
    /// It could carry more, of which nothing would come: the flow says which it is for.
    narrowed: bool,
}

impl Candidate<'_> {
    fn data_from(&self) -> &Component {
        if self.backward { self.to } else { self.from }
    }

    fn data_to(&self) -> &Component {
        if self.backward { self.from } else { self.to }
    }

    /// The signals that the flow names.
    fn named(&self) -> &[Signal] {
        if self.narrowed { &self.signals } else { &[] }
    }
}

impl Analysis {
    /// Flows that answer findings which touch a part of a file: components without any, stores that nothing reads, data
    /// that reaches no store, alerts that no one hears.
    pub(super) fn missing_flows(&self, file: SourceFile, found: &[Diagnostic], within: FileRange) -> Vec<Action> {
        let mut out: Vec<Action> = Vec::new();
        let is_one = |d: &&Diagnostic| {
            matches!(d.code, Code::OBS3108 | Code::OBS3109 | Code::OBS3114 | Code::OBS5108) && self.touches(d, within)
        };
        let mut findings = found.iter().filter(is_one).peekable();
        if findings.peek().is_none() {
            return out;
        }
        let Some(mut search) = self.flow_search(file) else { return out };
        for finding in findings {
            let (code, at) = (finding.code, self.locate(finding.primary));
            let answers = search.answers(finding);
            for (title, (range, text)) in search.offers(answers) {
                let edits = vec![(FileRange { file: file.id(&self.db), range }, text)];
                let action = Action { title, code, at, edits, safe: false };
                out.extend((!out.contains(&action)).then_some(action));
            }
        }
        out
    }

    /// Flows for what the component that is declared at a place says and nobody hears, or takes and nobody gives.
    pub(super) fn open_ends(&self, file: SourceFile, range: TextRange) -> Vec<ProgramChange> {
        let (ast, anchors) = (db::ast(&self.db, file), db::anchors(&self.db, file));
        let Some(item) = insertion::item_at(&ast, anchors, range.start) else { return Vec::new() };
        let ItemKind::Component(declared) = &item.kind else { return Vec::new() };
        if !anchors.resolve(declared.name.span).range.touches(range.start) {
            return Vec::new();
        }
        let within = FileRange { file: file.id(&self.db), range };
        // those that answer a finding are offered for that
        let answers = self.missing_flows(file, &self.found_of(file), within);
        let Some(mut search) = self.flow_search(file) else { return Vec::new() };
        let Some(component) = search.graph.components.iter().find(|c| c.span == item.span) else { return Vec::new() };
        let open = search.around(component).filter(|c| search.is_open_end(component, c)).collect();
        let change = |(title, (range, text))| {
            let edits = vec![(FileRange { file: within.file, range }, text)];
            ProgramChange { title, kind: ChangeKind::Add, edits }
        };
        let offers = search.offers(open).into_iter();
        offers.filter(|(title, _)| answers.iter().all(|answer| answer.title != *title)).map(change).collect()
    }

    fn flow_search(&self, file: SourceFile) -> Option<Search<'_>> {
        let entry = self.entry_of(file);
        let graph = &**graph::graphs(&self.db, entry).graphs.first()?;
        Some(Search { analysis: self, file, entry, graph, trial: None })
    }
}

/// Looks for flows that a program could have.
struct Search<'a> {
    analysis: &'a Analysis,
    /// Where they would be written.
    file: SourceFile,
    entry: SourceFile,
    graph: &'a Graph,
    /// Made for the first that is tried.
    trial: Option<Trial<'a>>,
}

impl<'a> Search<'a> {
    /// Flows after which a finding would be no more.
    fn answers(&self, finding: &Diagnostic) -> Vec<Candidate<'a>> {
        let named = |name: &String| self.graph.components.iter().find(|c| c.name == *name);
        let Some(subject) = finding.subjects.last().and_then(named) else { return Vec::new() };
        let mut all: Vec<Candidate<'a>> = self.around(subject).collect();
        match finding.code {
            Code::OBS3109 => {
                let read = |s: &Signal| self.graph.leaving(subject.id).any(|f| f.signals.contains(s) && f.to != f.from);
                let unread: Vec<Signal> = subject.stores.iter().copied().filter(|s| !read(s)).collect();
                all.retain(|c| c.data_from().id == subject.id && c.signals.iter().any(|s| unread.contains(s)));
                // who asks for what is kept, before who asks how it is
                all.sort_by_key(|c| queries::protocol_info(&self.analysis.db, c.protocol.def).is("own"));
            }
            Code::OBS3108 => {
                // the first word says what is lost
                let lost = finding.message.split(' ').next().and_then(Signal::parse);
                all.retain(|c| c.data_from().id == subject.id && lost.is_some_and(|s| c.signals.contains(&s)));
            }
            Code::OBS3114 => {
                let notifies =
                    |c: &Candidate<'_>| subject.emits.iter().any(|e| e.notifies && e.protocol == c.protocol.name);
                all.retain(|c| c.from.id == subject.id && notifies(c));
            }
            _ => {}
        }
        all
    }

    /// The first few that the file can have and that break nothing: titles, and what is written.
    fn offers(&mut self, candidates: Vec<Candidate<'a>>) -> Vec<(String, Insertion)> {
        let offer = |candidate: Candidate<'a>| {
            let written = self.written(&candidate)?;
            let breaks = self.breaks(&candidate);
            (!breaks).then_some(written)
        };
        candidates.into_iter().filter_map(offer).take(OFFERED).collect()
    }

    /// Whether a kind asserts something that the flow would break. The whole program with it isn't checked: that would
    /// take too long for what is asked for at each move of the cursor.
    fn breaks(&mut self, candidate: &Candidate<'_>) -> bool {
        let (db, entry, graph) = (&self.analysis.db, self.entry, self.graph);
        let trial = self.trial.get_or_insert_with(|| Trial::new(db, entry, graph));
        trial.breaks((candidate.from.id, candidate.to.id), candidate.protocol.def, candidate.named())
    }

    /// Flows that could be between a component and all others, and of which something would come.
    fn around(&self, component: &'a Component) -> impl Iterator<Item = Candidate<'a>> {
        let others = self.graph.components.iter().filter(move |c| c.id != component.id && c.present);
        let both = others.flat_map(move |other| [(component, other), (other, component)]);
        both.flat_map(|(from, to)| self.between(from, to)).filter_map(|candidate| self.narrowed(candidate))
    }

    fn between(&self, from: &'a Component, to: &'a Component) -> Vec<Candidate<'a>> {
        let db = &self.analysis.db;
        let kind = |of: &Component| queries::component_kind(db, def(of.span));
        let (Some(from_kind), Some(to_kind)) = (kind(from), kind(to)) else { return Vec::new() };
        let candidate = |protocol: ProtocolRef| {
            let there = |f: &graph::Flow| f.to == to.id && f.protocol == protocol.name;
            if self.graph.outgoing(from.id).any(there) || !listens(to, &protocol.name) {
                return None;
            }
            let backward = queries::protocol_info(db, protocol.def).word("data").is_some_and(|w| w == "backward");
            let (signals, carries) = carried(from, to, &protocol.name);
            let fits = !carries || !signals.is_empty();
            fits.then_some(Candidate { from, to, protocol, backward, signals, narrowed: false })
        };
        items::common_protocols(db, &from_kind, &to_kind).into_iter().filter_map(candidate).collect()
    }

    /// Narrows a flow to signals that are kept where it leads and go in no circle; nothing where there are none.
    fn narrowed(&self, mut found: Candidate<'a>) -> Option<Candidate<'a>> {
        let graph = self.graph;
        let (source, target) = (found.data_from(), found.data_to());
        // who asks for what is kept elsewhere keeps nothing itself
        let asks = found.backward && !found.signals.iter().any(|s| source.produces.contains(s));
        if found.signals.is_empty() || asks {
            return Some(found);
        }
        let comes_back = |s: &Signal| !found.backward && reaches(graph, found.to, found.from, *s);
        let stored = |s: Signal| target.stores.contains(&s) || ends_in_store(graph, target.id, s);
        let starts =
            |s: &Signal| source.produces.contains(s) || graph.arriving(source.id).any(|f| f.signals.contains(s));
        let ends = |s: &Signal| graph.passes_on(target, *s).into_iter().any(stored);
        let kept = |s: &Signal| (ends(s) || !starts(s)) && !comes_back(s);
        let kept: Vec<Signal> = found.signals.iter().copied().filter(kept).collect();
        found.narrowed = kept.len() < found.signals.len();
        found.signals = kept;
        (!found.signals.is_empty()).then_some(found)
    }

    /// Whether nothing goes yet by the protocol at a component's end of a flow, nor the same signals by another one.
    fn is_open_end(&self, component: &Component, candidate: &Candidate<'_>) -> bool {
        let graph = self.graph;
        let used = match candidate.from.id == component.id {
            true => graph.outgoing(component.id).any(|f| !f.implicit && f.protocol == candidate.protocol.name),
            false => graph.incoming(component.id).any(|f| !f.implicit && f.protocol == candidate.protocol.name),
        };
        let goes = |signal: &Signal| match candidate.data_from().id == component.id {
            true => graph.leaving(component.id).any(|f| f.signals.contains(signal)),
            false => graph.arriving(component.id).any(|f| f.signals.contains(signal)),
        };
        !used && (candidate.signals.is_empty() || !candidate.signals.iter().all(goes))
    }

    /// The flow as an item of the file, and where it goes; nothing where the file doesn't see both ends.
    fn written(&self, candidate: &Candidate<'_>) -> Option<(String, Insertion)> {
        let name = |of: &Component| symbol::name_of(&self.analysis.db, self.file, def(of.span));
        let (from, to) = (name(candidate.from)?, name(candidate.to)?);
        let signals: Vec<&str> = candidate.named().iter().map(|s| s.name()).collect();
        let options = match signals.is_empty() {
            true => String::new(),
            false => format!(" {{ signals: [{}] }}", signals.join(", ")),
        };
        let line = format!("{from} -> {to}: {}{options}", candidate.protocol.name);
        Some((format!("add the flow `{line}`"), self.place(&from, &to, &line)))
    }

    /// Behind the last flow of the file that begins as it does, that has an end in common, or of all; else at the end.
    fn place(&self, from: &str, to: &str, line: &str) -> Insertion {
        let db = &self.analysis.db;
        let (ast, anchors, text) = (db::ast(db, self.file), db::anchors(db, self.file), db::text(db, self.file));
        let flows: Vec<(&FlowDef, TextRange)> = ast
            .items()
            .filter_map(|item| match &item.kind {
                ItemKind::Flow(flow) => Some((flow, anchors.resolve(item.span).range)),
                _ => None,
            })
            .collect();
        let names = |flow: &FlowDef, name: &str| flow.ends.iter().flatten().any(|p| p.dotted().name == name);
        let starts = |flow: &FlowDef| flow.ends.first().is_some_and(|e| e.iter().any(|p| p.dotted().name == from));
        let last = |fits: &dyn Fn(&FlowDef) -> bool| flows.iter().rfind(|(flow, _)| fits(flow)).map(|(_, at)| *at);
        let behind = last(&starts).or_else(|| last(&|f| names(f, from) || names(f, to))).or_else(|| last(&|_| true));
        let behind = behind.and_then(|at| insertion::line_behind(text, at, line));
        behind.unwrap_or_else(|| insertion::at_end(text, line))
    }
}

fn def(span: Span) -> DefId {
    DefId { file: span.file, item: span.item }
}

/// Whether a component listens for a protocol on a port that is open.
fn listens(component: &Component, protocol: &str) -> bool {
    let has = |port: &str| component.ports.iter().any(|p| p.name == port);
    let mut ways = component.accepts.iter().filter(|a| a.protocol == protocol);
    ways.any(|a| a.port.as_deref().is_none_or(has))
}

/// The signals that both ends have for a protocol, and whether it carries any.
fn carried(from: &Component, to: &Component, protocol: &str) -> (Vec<Signal>, bool) {
    let sent = from.emits.iter().find(|e| e.protocol == protocol).map(|e| e.signals.clone()).unwrap_or_default();
    let taken: Vec<Signal> =
        to.accepts.iter().filter(|a| a.protocol == protocol).flat_map(|a| a.signals.clone()).collect();
    let carries = !sent.is_empty() && !taken.is_empty();
    (sent.into_iter().filter(|s| taken.contains(s)).collect(), carries)
}

/// Whether what is pushed from one component comes to another.
fn reaches(graph: &Graph, from: &Component, to: &Component, signal: Signal) -> bool {
    let (mut seen, mut next) = (FxHashSet::from_iter([from.id]), vec![from.id]);
    while let Some(at) = next.pop() {
        if at == to.id {
            return true;
        }
        let pushed = graph.outgoing(at).filter(|f| !f.backward && !f.implicit && f.signals.contains(&signal));
        next.extend(pushed.map(|flow| flow.to).filter(|to| seen.insert(*to)));
    }
    false
}
