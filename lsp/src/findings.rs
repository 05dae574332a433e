//! What is wrong with a program, by file, with positions as the editor counts them.

use crate::places::{Place, Range};
use crate::view::View;
use obs_compiler::diagnostics::{Code, Diagnostic, Severity};
use obs_compiler::text::Sources;
use std::collections::{BTreeMap, BTreeSet};

/// More than these in one file help nobody and slow editors down.
const LIMIT: usize = 500;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub struct Finding {
    pub range: Range,
    pub severity: Severity,
    /// None for a remark about the findings themselves.
    pub code: Option<Code>,
    pub message: String,
    pub related: Vec<Related>,
}

/// Another place that explains a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub struct Related {
    pub place: Place,
    pub range: Range,
    pub message: String,
}

/// What was wrong with a program apart from errors of its text, names and types.
#[derive(Debug, Clone, Default)]
pub struct Settled {
    late: Vec<Diagnostic>,
    /// How many items the program had.
    items: usize,
}

/// Findings of several programs, by the file's path in the project.
#[derive(Debug)]
pub struct Findings {
    /// `YYYY-MM-DD` in UTC: waivers are held against it.
    today: String,
    by_file: BTreeMap<String, Vec<Finding>>,
}

impl Findings {
    /// None so far.
    pub fn new() -> Self {
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
        Self { today, by_file: BTreeMap::new() }
    }

    /// What is wrong with the document of a view, in all programs that it is part of.
    pub fn of_document(view: &View) -> Vec<Finding> {
        let mut findings = Self::new();
        let programs = view.analysis.entries().into_iter();
        let programs = programs.filter(|entry| view.analysis.project_files(entry).contains(&view.path));
        programs.for_each(|entry| _ = findings.add(view, &entry));
        findings.finish().remove(&view.path).unwrap_or_default()
    }

    /// What is wrong with all files of a view's project, by place; with nothing wrong too.
    pub fn of_project(view: &View) -> Vec<(Place, Option<i32>, Vec<Finding>)> {
        let mut findings = Self::new();
        view.analysis.entries().iter().for_each(|entry| _ = findings.add(view, entry));
        let mut found = findings.finish();
        let file = |path: String| {
            let place = view.place(view.analysis.file(&path)?)?;
            let version = view.editor.open.get(&path).map(|(_, version)| *version);
            Some((place, version, found.remove(&path).unwrap_or_default()))
        };
        view.analysis.own_files().into_iter().filter_map(file).collect()
    }

    /// Adds what is wrong with the program that starts at `entry`. Gives what of it needs the whole program to be known.
    pub fn add(&mut self, view: &View, entry: &str) -> Settled {
        let mut found = view.analysis.check(entry);
        found.extend(view.analysis.expired_waivers(entry, &self.today));
        self.place(view, &found);
        let early = view.analysis.early_errors(entry);
        let early: BTreeSet<_> = early.iter().map(|d| (d.primary, d.code, d.message.as_str())).collect();
        found.retain(|d| !early.contains(&(d.primary, d.code, d.message.as_str())));
        Settled { late: found, items: view.analysis.item_count(entry) }
    }

    /// Adds what can be said at once after an edit of the program: its errors of text, names and types as they are now,
    /// and the rest as it was. Nothing, where places of the rest may have changed.
    pub fn add_early(&mut self, view: &View, entry: &str, before: &Settled) -> Option<()> {
        (view.analysis.item_count(entry) == before.items).then(|| {
            self.add_errors(view, entry);
            self.place(view, &before.late);
        })
    }

    /// Adds the errors of text, names and types of the program that starts at `entry`.
    pub fn add_errors(&mut self, view: &View, entry: &str) {
        self.place(view, &view.analysis.early_errors(entry));
    }

    fn place(&mut self, view: &View, found: &[Diagnostic]) {
        for diagnostic in found {
            let file = diagnostic.primary.file;
            let path = view.analysis.path(file);
            if !view.analysis.is_library_path(path) {
                self.by_file.entry(path.to_owned()).or_default().push(finding(view, diagnostic));
            }
        }
    }

    /// All of them: sorted, each once (several programs may share a file), and not too many.
    pub fn finish(self) -> BTreeMap<String, Vec<Finding>> {
        let mut by_file = self.by_file;
        for found in by_file.values_mut() {
            found.sort();
            found.dedup();
            let more = found.len().saturating_sub(LIMIT);
            if more > 0 {
                found.truncate(LIMIT);
                let message = format!("{more} more findings are not shown; `obs check` shows all");
                let range = found[LIMIT - 1].range;
                found.push(Finding { range, severity: Severity::Info, code: None, message, related: Vec::new() });
            }
        }
        by_file
    }
}

fn finding(view: &View, diagnostic: &Diagnostic) -> Finding {
    let related = diagnostic.labels.iter().filter_map(|label| {
        let at = view.analysis.locate(label.span);
        Some(Related { place: view.place(at.file)?, range: view.range(at), message: label.message.clone() })
    });
    let more = [&diagnostic.primary_label, &diagnostic.help];
    let lines = std::iter::once(diagnostic.message.as_str()).chain(more.into_iter().flatten().map(String::as_str));
    Finding {
        range: view.range(view.analysis.locate(diagnostic.primary)),
        severity: diagnostic.severity,
        code: Some(diagnostic.code),
        message: lines.collect::<Vec<_>>().join("\n"),
        related: related.collect(),
    }
}
