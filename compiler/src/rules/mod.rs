//! What the checker proves about the graph. One rule, one file; none sees another.

mod backups;
mod blocked_drains;
mod boundaries;
mod bounds;
mod broad_rights;
mod common_signals;
mod credentials;
mod deprecated;
mod duplicates;
mod ephemeral;
mod hosts;
mod images;
mod incomplete_scales;
mod inexpressible;
mod locks;
mod lost_signals;
mod namespaces;
mod no_capacity;
mod open_doors;
mod overload;
mod pod_security;
mod ports;
mod push_loops;
mod pushed_to_replicas;
mod retention_gaps;
mod room;
mod scale_down;
mod shared_nodes;
mod shared_state;
mod singletons;
mod spoken;
mod tolerance;
mod ungathered;
mod unheard_alerts;
mod unread_stores;
mod unscalable;
mod unused_components;
mod unused_names;

use crate::db::{self, Db, SourceFile};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{self, Component, Graph, Target, Waiver};
use crate::names;
use crate::syntax::ast::Item;
use crate::text::Span;
use crate::types::items;
pub use credentials::masked;
pub use deprecated::MARK as DEPRECATED;
use smol_str::SmolStr;

/// What a rule sees: the graph of every profile, the default first.
pub struct Context<'a> {
    /// At least one.
    pub graphs: &'a [std::sync::Arc<Graph>],
    /// For what files say of themselves.
    pub db: &'a dyn Db,
    /// Where the program starts.
    pub entry: SourceFile,
}

impl<'a> Context<'a> {
    /// The graph of the default profile.
    pub fn graph(&self) -> &'a Graph {
        &self.graphs[0]
    }

    /// Where something was said of a component; its name, where only the library said it.
    fn said(&self, component: &Component, place: Span) -> Span {
        let by_library = db::is_library(self.db, db::file(self.db, place.file));
        if by_library { component.name_span } else { place }
    }

    /// Where the number of a component's instances was set.
    fn counted(&self, component: &Component) -> Span {
        let replicas = &component.replicas;
        self.said(component, replicas.scale.as_ref().map_or(replicas.origin, |s| s.0))
    }

    /// The item that a span belongs to, as it is written.
    fn item(&self, span: Span) -> Option<Item> {
        let ast = db::ast(self.db, db::file(self.db, span.file));
        names::find_in(&ast, span.item).cloned()
    }
}

/// A rule: finds what is wrong.
type Rule = fn(&Context<'_>, &mut Vec<Diagnostic>);

/// Rules about what is there, in the order of their codes.
const RULES: &[Rule] = &[
    spoken::check,
    push_loops::check,
    ports::check,
    pushed_to_replicas::check,
    bounds::check,
    tolerance::check,
    no_capacity::check,
    scale_down::check,
    unscalable::check,
    inexpressible::check,
    blocked_drains::check,
    retention_gaps::check,
    boundaries::check,
    hosts::check,
    images::check,
    credentials::check,
    deprecated::check,
];

/// Rules about what is missing or the same. They are asked once names and types are right: what they miss may only be
/// misspelt, and that was said.
const RULES_WHEN_SOUND: &[Rule] = &[
    namespaces::check,
    common_signals::check,
    duplicates::check,
    lost_signals::check,
    unread_stores::check,
    unheard_alerts::check,
    ungathered::check,
    shared_nodes::check,
    shared_state::check,
    incomplete_scales::check,
    singletons::check,
    room::check,
    ephemeral::check,
    backups::check,
    overload::check,
    open_doors::check,
    broad_rights::check,
    pod_security::check,
    unused_components::check,
    unused_names::check,
    locks::check,
    credentials::check_values,
];

/// What was found, and what of it the program waives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// Findings that stand.
    pub found: Vec<Diagnostic>,
    /// Waived ones, each with the last day of the waiver that holds longest.
    pub waived: Vec<(Diagnostic, Option<SmolStr>)>,
}

/// What is wrong with the text, the names and the types of the program that starts at a file: all that is known
/// without its graph.
pub fn check_items(db: &dyn Db, entry: SourceFile) -> Vec<Diagnostic> {
    let mut out = of_items(db, entry);
    credentials::hide(db, entry, &mut out);
    out
}

fn of_items(db: &dyn Db, entry: SourceFile) -> Vec<Diagnostic> {
    let program = names::program(db, entry);
    let mut out = program.diagnostics.clone();
    for &id in &program.files {
        let file = db::file(db, id);
        out.extend_from_slice(db::syntax_errors(db, file));
        out.extend_from_slice(names::name_diagnostics(db, file));
        items::file_core(db, file).iter().for_each(|part| out.extend_from_slice(&part.diagnostics));
    }
    out.extend(names::lock(db, entry).iter().flat_map(|lock| lock.diagnostics.clone()));
    out
}

/// All that is wrong with the program that starts at a file.
#[salsa::tracked]
pub fn check(db: &dyn Db, entry: SourceFile) -> Checked {
    let mut out = of_items(db, entry);
    let graphs = graph::graphs(db, entry);
    out.extend_from_slice(&graphs.diagnostics);
    // what follows would only repeat what is wrong with names and types
    let sound = !out.iter().any(|d| d.is_error() && d.code != Code::OBS5104);
    let first = graphs.graphs.first();
    if let Some(first) = first {
        let context = Context { graphs: &graphs.graphs, db, entry };
        RULES.iter().for_each(|rule| rule(&context, &mut out));
        if sound {
            RULES_WHEN_SOUND.iter().for_each(|rule| rule(&context, &mut out));
            out.extend(graph::check_asserts(db, entry, Target::Kubernetes));
            out.extend_from_slice(&graph::stacks(db, entry).diagnostics);
            out.extend(first.waivers.iter().filter_map(|w| without_object(first, w)));
        }
    }
    credentials::hide(db, entry, &mut out);
    match first {
        Some(first) => waive(&first.waivers, out, sound),
        None => Checked { found: out, waived: Vec::new() },
    }
}

/// What is wrong with a program under a target, beside what [`check`] finds: what evaluating its kinds there shows.
pub fn check_target(db: &dyn Db, entry: SourceFile, target: Target) -> Vec<Diagnostic> {
    let mut out = graph::graphs_for(db, entry, target).diagnostics.clone();
    if !out.iter().any(Diagnostic::is_error) {
        out.extend(graph::check_asserts(db, entry, target));
        out.extend_from_slice(&graph::stacks_for(db, entry, target).diagnostics);
        out.extend(credentials_under(db, entry, target));
    }
    credentials::hide(db, entry, &mut out);
    out
}

/// Credentials that values come to under a target alone, and that nothing waives.
fn credentials_under(db: &dyn Db, entry: SourceFile, target: Target) -> Vec<Diagnostic> {
    let mut found = credentials::in_values(db, entry, &graph::stacks_for(db, entry, target).stacks);
    let known = check(db, entry);
    let told = || known.found.iter().chain(known.waived.iter().map(|(d, _)| d));
    found.retain(|d| !told().any(|known| (known.code, known.primary) == (d.code, d.primary)));
    match graph::graphs_for(db, entry, target).graphs.first() {
        Some(first) => waive(&first.waivers, found, false).found,
        None => found,
    }
}

/// A finding for each waiver that ended before `today`, and the findings that nothing waives since.
pub fn expired_waivers(db: &dyn Db, entry: SourceFile, today: &str) -> Vec<Diagnostic> {
    // dates as `YYYY-MM-DD` order as text
    let over = |until: &SmolStr| until.as_str() < today;
    let graphs = graph::graphs(db, entry);
    let waivers = graphs.graphs.first().map(|g| g.waivers.as_slice()).unwrap_or_default();
    let checked = check(db, entry);
    // one that waives nothing is told as that
    let unused = |w: &Waiver| checked.found.iter().any(|d| d.code == Code::OBS5103 && d.primary == w.span);
    let ended = waivers.iter().filter(|w| !unused(w));
    let ended = ended.filter_map(|w| w.until.as_ref().filter(|u| over(u)).map(|until| (w, until)));
    let mut out: Vec<Diagnostic> = ended
        .map(|(w, until)| {
            let message = format!("the waiver of `{}` ended on {until}", w.code);
            Diagnostic::new(Code::OBS5105, w.span, message).help("resolve the finding, or give the waiver a new end")
        })
        .collect();
    let back = checked.waived.iter().filter(|(_, until)| until.as_ref().is_some_and(over));
    out.extend(back.map(|(d, _)| d.clone()));
    out
}

/// Parts what is waived from the rest. Errors can't be waived, but for one: such a program has no meaning. Whether a waiver is
/// used is known where all rules were asked.
fn waive(waivers: &[Waiver], all: Vec<Diagnostic>, complete: bool) -> Checked {
    let waives = |waiver: &Waiver, d: &Diagnostic| {
        d.code.is_waivable()
            && waiver.code.eq_ignore_ascii_case(d.code.id())
            && (waiver.on.is_empty() || d.subjects.iter().any(|s| waiver.on.iter().any(|w| w == s)))
    };
    let mut used = vec![false; waivers.len()];
    let mut out = Checked::default();
    for diagnostic in all {
        let by: Vec<usize> = (0..waivers.len()).filter(|&at| waives(&waivers[at], &diagnostic)).collect();
        by.iter().for_each(|&at| used[at] = true);
        let ends = by.iter().map(|&at| waivers[at].until.clone());
        // no end is the longest
        match ends.max_by_key(|until| (until.is_none(), until.clone())) {
            Some(until) => out.waived.push((diagnostic, until)),
            None => out.found.push(diagnostic),
        }
    }
    for (waiver, _) in waivers.iter().zip(&used).filter(|(_, used)| complete && !**used) {
        // of an error or a code that doesn't exist was told already
        if Code::parse(&waiver.code).is_some_and(Code::is_waivable) {
            out.found.push(unused(waiver));
        }
    }
    out
}

/// A linter's finding is waived by an annotation: something must be there to have it.
fn without_object(graph: &Graph, waiver: &Waiver) -> Option<Diagnostic> {
    let deployed = |c: &Component| c.namespace.is_some() && c.workload != graph::WorkloadKind::External;
    if waiver.linter.is_none() || graph.components.iter().any(|c| waiver.is_on(c) && deployed(c)) {
        return None;
    }
    let message =
        format!("this waives nothing: no object is emitted for {}", list(waiver.on.iter().map(|n| n.as_str())));
    let diagnostic = Diagnostic::new(Code::OBS5103, waiver.span, message).help("remove the waiver");
    Some(diagnostic.fix("remove the waiver", waiver.span, "", true))
}

fn unused(waiver: &Waiver) -> Diagnostic {
    let place = match waiver.on.is_empty() {
        true => String::new(),
        false => format!(" at {}", list(waiver.on.iter().map(|n| n.as_str()))),
    };
    let message = format!("this waives nothing: `{}` isn't found{place}", waiver.code);
    let diagnostic = Diagnostic::new(Code::OBS5103, waiver.span, message).help("remove the waiver");
    diagnostic.fix("remove the waiver", waiver.span, "", true)
}

/// Names for a message: "`a`, `b` and `c`".
fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.into_iter().map(|n| format!("`{n}`")).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
