//! What goes on when one thing fails, and what stands alone.

use super::Book;
use super::markdown::{Document, Inline, Table, code};
use crate::analysis::{Failure, Fate, Scenario, ZONES, single_failures, what_if};
use crate::outputs::failures::{hit, told_of};
use crate::outputs::words;

pub(super) fn section(book: &Book<'_>, doc: &mut Document) {
    let graph = &*book.stack.graph;
    let all: Vec<Vec<Scenario>> = book.stacks.iter().map(|s| single_failures(&s.graph)).collect();
    // without anything that flows there is nothing to lose
    let Some(first) = all.first().filter(|_| !what_if(graph, &[]).is_empty()) else { return };
    book.heading(doc, 3, "Single points of failure");
    let points = single_points(book, &all);
    if points.is_empty() {
        doc.paragraph(&["Nothing is lost with any one instance, nor with anything that others run.".into()]);
    } else {
        let row = |(what, lost, profiles): (String, String, Vec<&str>)| {
            [what, lost, words::list(profiles)].map(Inline::Text).to_vec()
        };
        doc.table(&Table::new(["What", "Lost without it", "In profiles"], points.into_iter().map(row)));
    }
    book.heading(doc, 3, "When one thing fails");
    let assumed = format!(
        "In profile {}. A node is taken to run one instance of each component, a zone one in {ZONES} of them, rounded up. ",
        graph.profile
    );
    let more = " answers for any of them at once, and says why.";
    doc.paragraph(&[assumed.into(), code("obs whatif"), more.into()]);
    let shown = first.iter().filter(|s| !matches!(s.failure, Failure::Flow(_)));
    let row = |s: &Scenario| {
        let cell = |fate| words::list(hit(graph, s, fate));
        [told_of(graph, s.failure), cell(Fate::Lost), cell(Fate::Degraded)].map(Inline::Text).to_vec()
    };
    let hits = |s: &&Scenario| [Fate::Lost, Fate::Degraded].iter().any(|fate| s.hits(graph, *fate).next().is_some());
    doc.table(&Table::new(["What fails", "Lost", "Goes on with less"], shown.filter(hits).map(row)));
}

/// What stands alone, what is lost without it, and in which profiles that is so.
fn single_points<'a>(book: &'a Book<'_>, all: &[Vec<Scenario>]) -> Vec<(String, String, Vec<&'a str>)> {
    let mut out: Vec<(String, String, Vec<&str>)> = Vec::new();
    for (stack, scenarios) in book.stacks.iter().zip(all) {
        let graph = &*stack.graph;
        for point in scenarios.iter().filter(|s| s.is_single_point(graph)) {
            let (what, lost) = (told_of(graph, point.failure), words::list(hit(graph, point, Fate::Lost)));
            match out.iter_mut().find(|(w, l, _)| *w == what && *l == lost) {
                Some((.., profiles)) => profiles.push(&graph.profile),
                None => out.push((what, lost, vec![&graph.profile])),
            }
        }
    }
    out
}
