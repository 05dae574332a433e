//! Flows that a program lacks: what a finding asks for, and what an end that nothing uses could be for.

use super::actions::{ChangeKind, ProgramChange};
use super::fixes::Action;
use super::insertion::{self, Insertion};
use super::{Analysis, symbol};
use crate::db::{self, SourceFile};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::signals::ends_in_store;
use crate::graph::{self, Component, Graph, Signal};
use crate::names::{self, DefKind, Space};
use crate::syntax::ast::{FlowDef, ItemKind};
use crate::text::{FileRange, Sources, TextRange};
use crate::types::Target;
use crate::types::items::{self, ComponentCore};
use crate::types::queries;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// More than these are not offered for one finding.
const OFFERED: usize = 8;

/// A flow that could be.
struct Candidate<'g> {
    from: &'g Component,
    to: &'g Component,
    protocol: SmolStr,
    /// Data goes against the arrow.
    backward: bool,
    /// What it would carry.
    signals: Vec<Signal>,
    /// Of what it could carry, this is all that is kept at the end: the flow says so.
    narrowed: bool,
}

impl Candidate<'_> {
    fn data_from(&self) -> &Component {
        if self.backward { self.to } else { self.from }
    }

    fn data_to(&self) -> &Component {
        if self.backward { self.from } else { self.to }
    }
}

/// What a program is, as far as its flows go.
struct Lack<'a> {
    analysis: &'a Analysis,
    file: SourceFile,
    graph: &'a Graph,
    cores: FxHashMap<&'a SmolStr, &'a ComponentCore>,
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
        let Some(lack) = self.lack(file) else { return out };
        for finding in findings {
            let at = self.locate(finding.primary);
            for candidate in lack.answers(finding) {
                let Some((title, edit)) = lack.written(&candidate) else { continue };
                let edits = vec![(FileRange { file: file.id(&self.db), range: edit.0 }, edit.1)];
                let action = Action { title, code: finding.code, at, edits, safe: false };
                out.extend((!out.contains(&action)).then_some(action));
            }
        }
        out
    }

    /// Whether a finding touches a place.
    pub(super) fn touches(&self, finding: &Diagnostic, within: FileRange) -> bool {
        let at = self.locate(finding.primary);
        at.file == within.file && at.range.start <= within.range.end && within.range.start <= at.range.end
    }

    /// Flows for what the component that is declared at a place says and nobody hears, or takes and nobody gives.
    pub(super) fn open_ends(&self, file: SourceFile, range: TextRange) -> Vec<ProgramChange> {
        let Some((at, Target::Def(def, DefKind::Component))) = symbol::at(&self.db, file, range.start) else {
            return Vec::new();
        };
        let exports = names::exports(&self.db, file).names.iter();
        let declared = exports
            .filter(|(_, e)| e.def == def)
            .find(|(_, e)| db::anchors(&self.db, file).resolve(e.name_span).range == at);
        let (Some(((_, name), _)), Some(lack)) = (declared, self.lack(file)) else { return Vec::new() };
        let Some(component) = lack.graph.components.iter().find(|c| c.name == *name) else { return Vec::new() };
        let open = |c: &Candidate<'_>| lack.is_open_end(component, c);
        let found = lack.around(component).filter(open).filter_map(|c| lack.kept(c)).take(OFFERED);
        let change = |candidate: Candidate<'_>| {
            let (title, (range, text)) = lack.written(&candidate)?;
            let edits = vec![(FileRange { file: file.id(&self.db), range }, text)];
            Some(ProgramChange { title, kind: ChangeKind::Add, edits })
        };
        found.filter_map(change).collect()
    }

    fn lack(&self, file: SourceFile) -> Option<Lack<'_>> {
        let entry = self.entry_of(file);
        let graph = &**graph::graphs(&self.db, entry).graphs.first()?;
        let files = names::program(&self.db, entry).files.iter().map(|id| db::file(&self.db, *id));
        let parts = files.flat_map(|file| items::file_core(&self.db, file));
        let cores = parts.flat_map(|part| &part.components).map(|core| (&core.name.name, core)).collect();
        Some(Lack { analysis: self, file, graph, cores })
    }
}

impl<'a> Lack<'a> {
    fn named(&self, name: &str) -> Option<&'a Component> {
        self.graph.components.iter().find(|c| c.name == name)
    }

    /// Flows after which a finding would be no more.
    fn answers(&self, finding: &Diagnostic) -> Vec<Candidate<'a>> {
        let Some(subject) = finding.subjects.last().and_then(|name| self.named(name)) else { return Vec::new() };
        let mut all: Vec<Candidate<'a>> = self.around(subject).collect();
        match finding.code {
            Code::OBS3109 => {
                let read = |s: &Signal| self.graph.leaving(subject.id).any(|f| f.signals.contains(s) && f.to != f.from);
                let unread: Vec<Signal> = subject.stores.iter().copied().filter(|s| !read(s)).collect();
                all.retain(|c| c.data_from().id == subject.id && c.signals.iter().any(|s| unread.contains(s)));
                // who asks for what is kept, before who asks how it is
                all.sort_by_key(|c| self.is_own(c));
            }
            Code::OBS3108 => {
                let lost = |s: &Signal| finding.message.starts_with(s.name());
                all.retain(|c| c.data_from().id == subject.id && c.signals.iter().any(lost));
            }
            Code::OBS3114 => {
                let notifies = |p: &str| subject.emits.iter().any(|e| e.notifies && e.protocol == p);
                all.retain(|c| c.from.id == subject.id && notifies(&c.protocol));
            }
            _ => {}
        }
        all.into_iter().filter_map(|candidate| self.kept(candidate)).take(OFFERED).collect()
    }

    /// Whether a flow would tell of the component itself, rather than of what it keeps.
    fn is_own(&self, candidate: &Candidate<'_>) -> bool {
        let scope = names::scope(&self.analysis.db, self.file);
        let protocol = scope.get(Space::Protocol, &candidate.protocol);
        protocol.is_some_and(|e| queries::protocol_info(&self.analysis.db, e.def).is("own"))
    }

    /// Flows that could be between a component and all others.
    fn around(&self, component: &'a Component) -> impl Iterator<Item = Candidate<'a>> {
        let others = self.graph.components.iter().filter(move |c| c.id != component.id && c.present);
        let both = others.flat_map(move |other| [(component, other), (other, component)]);
        both.flat_map(|(from, to)| self.between(from, to))
    }

    /// Whether nothing goes yet by the protocol at a component's end of a flow, nor the same signals by another one.
    fn is_open_end(&self, component: &Component, candidate: &Candidate<'_>) -> bool {
        let graph = self.graph;
        let used = match candidate.from.id == component.id {
            true => graph.outgoing(component.id).any(|f| !f.implicit && f.protocol == candidate.protocol),
            false => graph.incoming(component.id).any(|f| !f.implicit && f.protocol == candidate.protocol),
        };
        let goes = |signal: &Signal| match candidate.data_from().id == component.id {
            true => graph.leaving(component.id).any(|f| f.signals.contains(signal)),
            false => graph.arriving(component.id).any(|f| f.signals.contains(signal)),
        };
        !used && (candidate.signals.is_empty() || !candidate.signals.iter().all(goes))
    }

    fn between(&self, from: &'a Component, to: &'a Component) -> Vec<Candidate<'a>> {
        let kind = |of: &Component| self.cores.get(&of.name)?.kind.as_ref();
        let (Some(from_kind), Some(to_kind)) = (kind(from), kind(to)) else { return Vec::new() };
        let db = &self.analysis.db;
        let common = items::common_protocols(db, from_kind, to_kind);
        let candidate = |protocol: &crate::types::ty::ProtocolRef| {
            let there = |f: &graph::Flow| f.to == to.id && f.protocol == protocol.name;
            if self.graph.outgoing(from.id).any(there) || !is_open(to, &protocol.name) {
                return None;
            }
            let backward = queries::protocol_info(db, protocol.def).word("data").is_some_and(|w| w == "backward");
            let (signals, carries) = carried(from, to, &protocol.name);
            if carries && signals.is_empty() {
                return None;
            }
            Some(Candidate { from, to, protocol: protocol.name.clone(), backward, signals, narrowed: false })
        };
        common.iter().filter_map(candidate).collect()
    }

    /// Narrows a flow to signals that are kept where it leads and go in no circle; nothing where there are none.
    fn kept(&self, mut found: Candidate<'a>) -> Option<Candidate<'a>> {
        let graph = self.graph;
        let target = found.data_to();
        let comes_back = |s: &Signal| !found.backward && reaches(graph, found.to, found.from, *s);
        let stored = |s: Signal| target.stores.contains(&s) || ends_in_store(graph, target.id, s);
        let source = found.data_from();
        let starts =
            |s: &Signal| source.produces.contains(s) || graph.arriving(source.id).any(|f| f.signals.contains(s));
        let ends = |s: &Signal| graph.passes_on(target, *s).into_iter().any(stored);
        let is_kept = |s: &Signal| (ends(s) || !starts(s)) && !comes_back(s);
        // who asks for what is kept elsewhere keeps nothing itself
        let asks = found.backward && !found.signals.iter().any(|s| source.produces.contains(s));
        if found.signals.is_empty() || asks {
            return Some(found);
        }
        let kept: Vec<Signal> = found.signals.iter().copied().filter(is_kept).collect();
        found.narrowed = kept.len() < found.signals.len();
        found.signals = kept;
        (!found.signals.is_empty()).then_some(found)
    }

    /// The flow as an item of the file, and where it goes; nothing where the file doesn't see both ends.
    fn written(&self, candidate: &Candidate<'_>) -> Option<(String, Insertion)> {
        let (from, to) = (self.name_here(candidate.from)?, self.name_here(candidate.to)?);
        let signals: Vec<&str> = candidate.signals.iter().map(|s| s.name()).collect();
        let options = match candidate.narrowed {
            true => format!(" {{ signals: [{}] }}", signals.join(", ")),
            false => String::new(),
        };
        let line = format!("{from} -> {to}: {}{options}", candidate.protocol);
        Some((format!("add the flow `{line}`"), self.place(&from, &to, &line)?))
    }

    /// What the file calls a component.
    fn name_here(&self, component: &Component) -> Option<String> {
        let core = self.cores.get(&component.name)?;
        let is_it = |b: &names::Binding| b.export.def.file == core.span.file && b.export.def.item == core.span.item;
        let mut names = names::scope(&self.analysis.db, self.file).names_of(Space::Value).filter(|(_, b)| is_it(b));
        names.next().map(|(name, _)| name.to_string())
    }

    /// Behind the last flow of the file that begins as it does, that has an end in common, or of all.
    fn place(&self, from: &str, to: &str, line: &str) -> Option<Insertion> {
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
        match behind {
            Some(at) => insertion::line_behind(text, at, line),
            None => Some(insertion::at_end(text, line)),
        }
    }
}

/// Whether a component listens for a protocol on a port that is open.
fn is_open(component: &Component, protocol: &str) -> bool {
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
    let (mut seen, mut next) = (vec![from.id], vec![from.id]);
    while let Some(at) = next.pop() {
        if at == to.id {
            return true;
        }
        for flow in graph.outgoing(at).filter(|f| !f.backward && !f.implicit && f.signals.contains(&signal)) {
            if !seen.contains(&flow.to) {
                seen.push(flow.to);
                next.push(flow.to);
            }
        }
    }
    false
}
