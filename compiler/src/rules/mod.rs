//! What the checker proves about the graph. One rule, one file; none sees another.

mod backups;
mod blocked_drains;
mod boundaries;
mod bounds;
mod common_signals;
mod deprecated;
mod duplicates;
mod hosts;
mod images;
mod incomplete_scales;
mod inexpressible;
mod lost_signals;
mod namespaces;
mod no_capacity;
mod open_doors;
mod ports;
mod push_loops;
mod pushed_to_replicas;
mod retention_gaps;
mod room;
mod scale_down;
mod shared_state;
mod singletons;
mod spoken;
mod tolerance;
mod unheard_alerts;
mod unread_stores;
mod unscalable;
mod unused_components;
mod unused_names;

use crate::db::{self, Db, SourceFile};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{self, Graph, Waiver};
use crate::names;
use crate::types::items;
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
}

/// A rule: finds what is wrong.
type Rule = fn(&Context<'_>, &mut Vec<Diagnostic>);

/// All rules, in the order of their codes.
const RULES: &[Rule] = &[
    namespaces::check,
    spoken::check,
    common_signals::check,
    duplicates::check,
    push_loops::check,
    lost_signals::check,
    unread_stores::check,
    ports::check,
    unheard_alerts::check,
    pushed_to_replicas::check,
    bounds::check,
    tolerance::check,
    shared_state::check,
    no_capacity::check,
    scale_down::check,
    unscalable::check,
    incomplete_scales::check,
    inexpressible::check,
    singletons::check,
    blocked_drains::check,
    room::check,
    retention_gaps::check,
    backups::check,
    open_doors::check,
    boundaries::check,
    hosts::check,
    unused_components::check,
    unused_names::check,
    images::check,
    deprecated::check,
];

/// What was found, and what of it the program waives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// Findings that stand.
    pub found: Vec<Diagnostic>,
    /// Waived ones, each with the last day of the waiver that holds longest.
    pub waived: Vec<(Diagnostic, Option<SmolStr>)>,
}

/// All that is wrong with the program that starts at a file.
#[salsa::tracked]
pub fn check(db: &dyn Db, entry: SourceFile) -> Checked {
    let program = names::program(db, entry);
    let mut out = program.diagnostics.clone();
    for &id in &program.files {
        let file = db::file(db, id);
        out.extend_from_slice(db::syntax_errors(db, file));
        out.extend_from_slice(names::name_diagnostics(db, file));
        out.extend_from_slice(&items::file_core(db, file).diagnostics);
    }
    let graphs = graph::graphs(db, entry);
    out.extend_from_slice(&graphs.diagnostics);
    // what follows would only repeat what is wrong with names and types
    let sound = !out.iter().any(Diagnostic::is_error);
    if let Some(first) = graphs.graphs.first() {
        let context = Context { graphs: &graphs.graphs, db, entry };
        RULES.iter().for_each(|rule| rule(&context, &mut out));
        if sound {
            out.extend(graph::check_asserts(db, entry));
            out.extend_from_slice(&graph::stacks(db, entry).diagnostics);
        }
        waive(&first.waivers, out)
    } else {
        Checked { found: out, waived: Vec::new() }
    }
}

/// A finding for each waiver that ended before `today`, and the findings that nothing waives since.
pub fn expired_waivers(db: &dyn Db, entry: SourceFile, today: &str) -> Vec<Diagnostic> {
    // dates as `YYYY-MM-DD` order as text
    let over = |until: &SmolStr| until.as_str() < today;
    let graphs = graph::graphs(db, entry);
    let waivers = graphs.graphs.first().map(|g| g.waivers.as_slice()).unwrap_or_default();
    let ended = waivers.iter().filter_map(|w| w.until.as_ref().filter(|u| over(u)).map(|until| (w, until)));
    let mut out: Vec<Diagnostic> = ended
        .map(|(w, until)| {
            let message = format!("the waiver of `{}` ended on {until}", w.code);
            Diagnostic::new(Code::OBS5105, w.span, message).help("resolve the finding, or give the waiver a new end")
        })
        .collect();
    let back = check(db, entry).waived.iter().filter(|(_, until)| until.as_ref().is_some_and(over));
    out.extend(back.map(|(d, _)| d.clone()));
    out
}

/// Parts what is waived from the rest. Errors can't be waived: such a program has no meaning.
fn waive(waivers: &[Waiver], all: Vec<Diagnostic>) -> Checked {
    let waives = |waiver: &Waiver, d: &Diagnostic| {
        !d.is_error()
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
    for (waiver, _) in waivers.iter().zip(&used).filter(|(_, used)| !**used) {
        if Code::parse(&waiver.code).is_some() {
            let message = format!("nothing here is waived: `{}` isn't found", waiver.code);
            out.found.push(Diagnostic::new(Code::OBS5103, waiver.span, message).help("remove the waiver"));
        }
    }
    out
}
