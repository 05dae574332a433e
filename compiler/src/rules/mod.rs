//! What the checker proves about the graph. One rule, one file; none sees another.

use crate::db::{self, Db, SourceFile};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{self, Graph, Waiver};
use crate::names;
use crate::types::items;

/// What a rule sees: the graph of every profile, the default first.
pub struct Context<'a> {
    /// At least one.
    pub graphs: &'a [std::sync::Arc<Graph>],
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
const RULES: &[Rule] = &[];

/// All that is wrong with the program that starts at a file, waived findings left out.
#[salsa::tracked]
pub fn check(db: &dyn Db, entry: SourceFile) -> Vec<Diagnostic> {
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
        let context = Context { graphs: &graphs.graphs };
        RULES.iter().for_each(|rule| rule(&context, &mut out));
        if sound {
            out.extend(graph::check_asserts(db, entry));
            out.extend_from_slice(&graph::stacks(db, entry).diagnostics);
        }
        waive(&first.waivers, out)
    } else {
        out
    }
}

/// Leaves out what is waived. Errors can't be waived: such a program has no meaning.
fn waive(waivers: &[Waiver], found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let waives = |waiver: &Waiver, d: &Diagnostic| {
        !d.is_error()
            && waiver.code.eq_ignore_ascii_case(d.code.id())
            && (waiver.on.is_empty() || d.subjects.iter().any(|s| waiver.on.iter().any(|w| w == s)))
    };
    let mut used = vec![false; waivers.len()];
    let mut out: Vec<Diagnostic> = Vec::with_capacity(found.len());
    for diagnostic in found {
        let mut waived = false;
        for (at, waiver) in waivers.iter().enumerate() {
            if waives(waiver, &diagnostic) {
                (used[at], waived) = (true, true);
            }
        }
        if !waived {
            out.push(diagnostic);
        }
    }
    for (waiver, _) in waivers.iter().zip(&used).filter(|(_, used)| !**used) {
        if Code::parse(&waiver.code).is_some() {
            let message = format!("nothing here is waived: `{}` isn't found", waiver.code);
            out.push(Diagnostic::new(Code::OBS5103, waiver.span, message).help("remove the waiver"));
        }
    }
    out
}
