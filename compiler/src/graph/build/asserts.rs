//! What must hold: `assert` in programs, in kinds and in tests.

use super::workloads::{Scope, components_by_span};
use super::{cores, distinct, graphs, graphs_for};
use crate::db::{self, Db, SourceFile};
use crate::diagnostics::{Code, Diagnostic};
use crate::eval::Evaluator;
use crate::graph::model::{Component, Graph, Target};
use crate::graph::world::GraphWorld;
use crate::text::Span;
use crate::types::items::{AssertCore, ComponentCore, FileCore, TestCore};
use crate::types::queries::{self, KindInfo};
use crate::value::Value;
use smol_str::SmolStr;

/// What an assertion came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Whether it holds; `None` where it could not be evaluated.
    pub holds: Option<bool>,
    /// What to say where it doesn't.
    pub message: SmolStr,
    /// Its place.
    pub span: Span,
}

impl Verdict {
    fn failure(&self) -> Option<Diagnostic> {
        (self.holds == Some(false)).then(|| Diagnostic::new(Code::OBS2118, self.span, self.message.as_str()))
    }
}

/// A `test` item, carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct TestResult {
    /// Its name.
    pub name: SmolStr,
    /// Its place.
    pub span: Span,
    /// Its assertions.
    pub verdicts: Vec<Verdict>,
}

impl TestResult {
    /// A finding for each assertion that doesn't hold.
    pub fn failures(&self) -> Vec<Diagnostic> {
        self.verdicts.iter().filter_map(Verdict::failure).collect()
    }
}

/// The message is evaluated only where it is needed.
fn judge(eval: &mut Evaluator<'_>, assert: &AssertCore) -> Verdict {
    let holds = match eval.eval(&assert.condition) {
        Value::Bool(holds) => Some(holds),
        _ => None,
    };
    let said = assert.message.as_ref().filter(|_| holds == Some(false)).map(|m| eval.eval(m));
    let message = said.and_then(|m| m.as_str().cloned()).unwrap_or_else(|| "this assertion doesn't hold".into());
    Verdict { holds, message, span: assert.span }
}

/// The assertions of the program and of the kinds of its components, under each profile: a finding for each that
/// doesn't hold, which names the profiles unless it is all of them.
pub fn check_asserts(db: &dyn Db, entry: SourceFile, target: Target) -> Vec<Diagnostic> {
    let (cores, graphs) = (cores(db, entry), &graphs_for(db, entry, target).graphs);
    let mut failures: Vec<(Diagnostic, Vec<&str>)> = Vec::new();
    let mut broken = Vec::new();
    for graph in graphs {
        let world = GraphWorld::new(graph);
        let mut eval = Evaluator::new(db, &world);
        // a program's own speak of its cluster: what isn't there on one machine breaks no promise
        let own = target == Target::Kubernetes;
        let asserts = cores.iter().flat_map(|c| &c.asserts).filter(|_| own);
        let mut found: Vec<Diagnostic> = asserts.filter_map(|a| judge(&mut eval, a).failure()).collect();
        broken.append(&mut eval.diagnostics);
        found.extend(of_kinds(db, &cores, graph, &mut broken));
        for failure in found {
            match failures.iter_mut().find(|(f, _)| *f == failure) {
                Some((_, profiles)) => profiles.push(&graph.profile),
                None => failures.push((failure, vec![&graph.profile])),
            }
        }
    }
    let told = failures.into_iter().map(|(failure, profiles)| match profiles.as_slice() {
        all if all.len() == graphs.len() => failure,
        [one] => failure.help(format!("in profile `{one}`")),
        several => failure.help(format!("in the profiles `{}`", several.join("`, `"))),
    });
    distinct(told.chain(broken).collect())
}

/// What the kinds of a graph's components say must hold of them, and doesn't.
fn of_kinds(db: &dyn Db, cores: &[&FileCore], graph: &Graph, broken: &mut Vec<Diagnostic>) -> Vec<Diagnostic> {
    let by_span = components_by_span(cores);
    let world = GraphWorld::new(graph);
    let with_cores = graph.components.iter().filter_map(|c| Some((c, *by_span.get(&c.span)?)));
    with_cores.flat_map(|(component, core)| failures_of(db, graph, &world, component, core, broken)).collect()
}

/// What a component's kind says must hold of it, and doesn't.
pub(super) fn failures_of(
    db: &dyn Db,
    graph: &Graph,
    world: &GraphWorld<'_>,
    component: &Component,
    core: &ComponentCore,
    broken: &mut Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let kind = core.kind.as_ref().map(|k| queries::kind_info(db, k.def));
    let Some(kind) = kind.filter(|k| !k.asserts.is_empty()) else { return Vec::new() };
    let mut scope = Scope::new(db, graph, world, component, kind);
    let version = scope.version();
    let verdicts: Vec<Verdict> =
        scope.with(version.as_ref(), |eval| kind.asserts.iter().map(|a| judge(eval, a)).collect());
    broken.append(&mut scope.diagnostics);
    let failed = verdicts.iter().filter(|v| v.holds == Some(false));
    failed.map(|v| of_component(db, v, &component.name, component.name_span, kind)).collect()
}

/// A kind's assertion is about the component; where the kind is the program's own, its place is shown beside.
fn of_component(db: &dyn Db, verdict: &Verdict, name: &SmolStr, at: Span, kind: &KindInfo) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::OBS2118, at, verdict.message.as_str()).about(name.clone());
    match db::is_library(db, db::file(db, verdict.span.file)) {
        true => diagnostic,
        false => diagnostic.label(verdict.span, format!("asserted of every `{}`", kind.name)),
    }
}

/// The program's `test` items, each under its own profile.
pub fn run_tests(db: &dyn Db, entry: SourceFile) -> Vec<TestResult> {
    let graphs = &graphs(db, entry).graphs;
    let run = |test: &TestCore| {
        let wanted = test.profile.as_ref().map(|(p, _)| p);
        let graph = graphs.iter().find(|g| wanted.is_none_or(|w| *w == g.profile))?;
        let world = GraphWorld::new(graph);
        let mut eval = Evaluator::new(db, &world);
        let verdicts = test.asserts.iter().map(|a| judge(&mut eval, a)).collect();
        Some(TestResult { name: test.name.clone(), span: test.span, verdicts })
    };
    cores(db, entry).iter().flat_map(|c| &c.tests).filter_map(run).collect()
}
