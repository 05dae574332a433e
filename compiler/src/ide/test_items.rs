//! Tests that a program could have: of a flow, and of a component with its flows.

use super::actions::{ChangeKind, ProgramChange};
use super::{Analysis, insertion, symbol};
use crate::db::{self, SourceFile};
use crate::graph::signals::ends_in_store;
use crate::graph::{self, Component, Graph, WorkloadKind};
use crate::names::{self, DefId, DefKind};
use crate::syntax::ast::{Item, ItemKind};
use crate::text::{FileRange, Span, TextRange};
use crate::types::Target;

/// More than these are not written at once.
const WRITTEN: usize = 6;

impl Analysis {
    /// A `test` for the component or the flow at a place, of a program without errors: it holds now.
    pub(super) fn test_item(&self, file: SourceFile, range: TextRange) -> Option<ProgramChange> {
        let db = &self.db;
        let (ast, anchors) = (db::ast(db, file), db::anchors(db, file));
        let item = insertion::item_at(&ast, anchors, range.start)?;
        let subject = match &item.kind {
            ItemKind::Flow(_) => Subject::Flow(item.span),
            _ => match symbol::at(db, file, range.start)?.1 {
                Target::Def(def, DefKind::Component) => Subject::Component(def),
                _ => return None,
            },
        };
        let entry = self.entry_of(file);
        self.stacks(entry.path(db))?;
        let graph = &**graph::graphs(db, entry).graphs.first()?;
        let written = Written { analysis: self, file, graph };
        let (title, asserts) = match subject {
            Subject::Flow(span) => written.of_flow(span)?,
            Subject::Component(def) => written.of_component(def)?,
        };
        if asserts.is_empty() || written.is_taken(&title) {
            return None;
        }
        let lines: Vec<String> = asserts.iter().take(WRITTEN).map(|a| format!("  assert {a}\n")).collect();
        let test = format!("test \"{title}\" {{\n{}}}", lines.concat());
        let last = ast.items().rfind(|i| matches!(i.kind, ItemKind::Test(_)));
        let text = db::text(db, file);
        let (range, text) = match last {
            Some(last) => insertion::item_behind(text, anchors.resolve(last.span).range, &test),
            None => insertion::at_end(text, &test),
        };
        let edits = vec![(FileRange { file: file.id(db), range }, text)];
        Some(ProgramChange { title: format!("add the test \"{title}\""), kind: ChangeKind::Add, edits })
    }
}

enum Subject {
    Flow(Span),
    Component(DefId),
}

struct Written<'a> {
    analysis: &'a Analysis,
    file: SourceFile,
    graph: &'a Graph,
}

impl Written<'_> {
    /// What the file calls a component.
    fn name(&self, component: &Component) -> Option<String> {
        let def = DefId { file: component.span.file, item: component.span.item };
        symbol::name_of(&self.analysis.db, self.file, def)
    }

    fn reaches(&self, from: &Component, to: &Component) -> Option<String> {
        Some(format!("reachable({}, {})", self.name(from)?, self.name(to)?))
    }

    /// What a flow item declares.
    fn of_flow(&self, span: Span) -> Option<(String, Vec<String>)> {
        let own = |f: &&graph::Flow| (f.span.file, f.span.item) == (span.file, span.item) && !f.implicit;
        let flows: Vec<&graph::Flow> = self.graph.flows.iter().filter(own).collect();
        let ends = |f: &graph::Flow| (self.graph.component(f.from), self.graph.component(f.to));
        let mut asserts: Vec<String> = Vec::new();
        for (from, to) in flows.iter().map(|f| ends(f)).filter(|(from, to)| from.id != to.id) {
            let assert = self.reaches(from, to)?;
            asserts.extend((!asserts.contains(&assert)).then_some(assert));
        }
        let (from, to) = ends(flows.first()?);
        let more = if asserts.len() > 1 { " and more" } else { "" };
        Some((format!("{} reaches {}{more}", from.name, to.name), asserts))
    }

    /// Who reaches a component and whom it reaches, and where what it produces is kept.
    fn of_component(&self, def: DefId) -> Option<(String, Vec<String>)> {
        let is_it = |c: &&Component| (c.span.file, c.span.item) == (def.file, def.item);
        let component = self.graph.components.iter().find(is_it)?;
        let name = self.name(component)?;
        let kept = component.produces.iter().filter(|s| ends_in_store(self.graph, component.id, **s));
        let mut asserts: Vec<String> = kept.map(|s| format!("path({name}, {})", s.name())).collect();
        let goes = self.graph.outgoing(component.id).filter(|f| !f.implicit && f.to != f.from);
        let comes = self.graph.incoming(component.id).filter(|f| !f.implicit && f.to != f.from);
        let goes = goes.filter_map(|f| self.reaches(component, self.graph.component(f.to)));
        let comes = comes.filter_map(|f| self.reaches(self.graph.component(f.from), component));
        for assert in goes.chain(comes) {
            asserts.extend((!asserts.contains(&assert)).then_some(assert));
        }
        if asserts.is_empty() && component.workload != WorkloadKind::External {
            asserts.push(format!("{name}.replicas >= 1"));
        }
        Some((format!("{} has its flows", component.name), asserts))
    }

    fn is_taken(&self, title: &str) -> bool {
        let entry = self.analysis.entry_of(self.file);
        let files = names::program(&self.analysis.db, entry).files.iter();
        let mut programs = files.map(|id| db::ast(&self.analysis.db, db::file(&self.analysis.db, *id)));
        let has = |item: &Item| matches!(&item.kind, ItemKind::Test(test) if test.name == title);
        programs.any(|ast| insertion::all_items(&ast).into_iter().any(has))
    }
}
