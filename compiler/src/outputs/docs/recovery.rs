//! What is saved, and the runbook of how it comes back.

use super::Book;
use super::markdown::{Document, Inline, Table, code, told};
use crate::graph::{Backup, Component, Step};
use crate::outputs::recovery::{Estimate, RATE_MIB, estimates, order, phases, saved};
use crate::outputs::words;

pub(super) fn chapter(book: &Book<'_>) -> Document {
    let mut doc = Document::default();
    if !book.picture(&mut doc, "recovery") {
        return doc;
    }
    backups(book, &mut doc);
    objectives(book, &mut doc);
    runbook(book, &mut doc);
    doc
}

fn backups(book: &Book<'_>, doc: &mut Document) {
    let graph = &*book.stack.graph;
    let all = saved(book.stack);
    if all.is_empty() {
        return;
    }
    book.heading(doc, 3, "Backup schedule");
    let row = |b: &Backup| {
        let method = b.method.as_ref().map(ToString::to_string).unwrap_or_default();
        let name = graph.component(b.component).name.to_string();
        vec![Inline::Text(name), code(b.schedule.as_str()), b.keep.to_string().into(), method.into()]
    };
    doc.table(&Table::new(["Component", "Schedule (cron)", "Kept", "How it is saved"], graph.backups.iter().map(row)));
    for text in carried_out(book) {
        doc.paragraph(&[Inline::Text(text)]);
    }
    let other = |s: &crate::outputs::recovery::Saved<'_>| {
        let backed = s.component.is_some_and(|c| graph.backups.iter().any(|b| b.component == c.id));
        (!backed).then(|| vec![Inline::Text(format!("{}: {}.", s.what, s.lines.join("; ")))])
    };
    doc.list(&all.iter().filter_map(other).collect::<Vec<_>>());
    for component in order(book.stack) {
        let steps = words::workload(book.stack, component).map(|w| w.save.as_slice()).unwrap_or_default();
        if !steps.is_empty() {
            book.heading(doc, 4, &format!("Saving {}", component.name));
            steps.iter().for_each(|s| step(doc, None, s));
        }
    }
}

/// Which of the schedules something in the cluster keeps, and which are promises.
fn carried_out(book: &Book<'_>) -> Vec<String> {
    let graph = &*book.stack.graph;
    let saved =
        |b: &&Backup| words::workload(book.stack, graph.component(b.component)).is_some_and(|w| w.saver.is_some());
    let (jobs, promises): (Vec<&Backup>, Vec<&Backup>) = graph.backups.iter().partition(saved);
    let name = |b: &&Backup| graph.component(b.component).name.to_string();
    let mut out = Vec::new();
    if !jobs.is_empty() {
        let names = words::list(words::savings(book.stack).map(|s| s.name()));
        out.push(format!(
            "CronJobs keep the schedule, in UTC: {names}. Each has an account of its own, with no more rights than it needs, \
             and fails where something wasn't saved. The commands below do the same by hand.",
        ));
    }
    if !promises.is_empty() {
        let names = words::list(promises.iter().map(name));
        out.push(format!(
            "For {names} the schedule is a promise: no object of this stack keeps it. Whatever runs your jobs has to run the \
             commands below.",
        ));
    }
    out
}

/// How much of each store's data is lost at most when it is gone, and how long it takes to be back.
fn objectives(book: &Book<'_>, doc: &mut Document) {
    let rows = estimates(book.stack);
    if rows.is_empty() {
        return;
    }
    book.heading(doc, 3, "Recovery point and recovery time");
    doc.markdown(&format!(
        "Estimates: what is lost at most where the data of a store is gone, and how long it takes to be back once someone works \
         on it. A volume is taken to be filled from its snapshot at {RATE_MIB} MiB a second; starting may take as long as the \
         start-up probe waits.",
    ));
    let row = |e: Estimate| [e.component, e.point, e.time].map(Inline::Text).to_vec();
    doc.table(&Table::new(["Store", "Lost at most", "Back after"], rows.into_iter().map(row)));
}

fn runbook(book: &Book<'_>, doc: &mut Document) {
    book.heading(doc, 3, "Recovery process");
    doc.paragraph(&[
        "From nothing to a stack that works, in the order of dependencies: what others need comes first. The program is ".into(),
        code(book.home.program),
        ", and commands are carried out in the folder that this path starts from, by a POSIX shell with kubectl.".into(),
    ]);
    for (at, phase) in phases(book.stack, &book.program()).iter().enumerate() {
        book.heading(doc, 4, &format!("{}. {}", at + 1, phase.title));
        for (component, one) in &phase.steps {
            step(doc, *component, one);
        }
    }
}

fn step(doc: &mut Document, component: Option<&Component>, step: &Step) {
    let about = component.filter(|c| !step.say.starts_with(c.name.as_str())).map(|c| format!("{}: ", c.name));
    let end = if step.run.is_some() { ":" } else { "." };
    doc.paragraph(&[told(format!("{}{}{end}", about.unwrap_or_default(), step.say))]);
    if let Some(run) = &step.run {
        doc.fence("sh", run);
    }
}
