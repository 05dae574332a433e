//! Diagnostics with their places looked up: what all forms are made from.

use super::harmless;
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::rules::masked;
use crate::text::{FileId, LineIndex, Sources, Span, TextRange};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A file's name for people, and its text.
#[derive(Debug)]
pub struct Source {
    /// The path as it is shown.
    pub path: String,
    /// The text.
    pub text: String,
    lines: LineIndex,
    /// Where credentials are that only a finding tells of.
    hidden: Mutex<Vec<TextRange>>,
    shown: OnceLock<String>,
}

impl Source {
    /// The text as people may see it, without credentials and what would steer a terminal; places are where they were.
    pub fn shown(&self) -> &str {
        // whoever panicked while it was locked left a list
        let hidden = || self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        self.shown.get_or_init(|| harmless(&masked(&self.text, &hidden())))
    }

    /// Shows asterisks in place of the literals there, if nothing of it was shown yet.
    fn hide(&self, start: u32, end: u32) {
        self.hidden.lock().unwrap_or_else(PoisonError::into_inner).push(TextRange::new(start, end));
    }

    /// Where so many lines around a range start and end, and the number of the first one, from 0.
    pub fn lines_around(&self, start: u32, end: u32, before: u32, after: u32) -> (Range<usize>, usize) {
        let line = |offset| self.lines.line_col(offset).line;
        let (first, last) = (line(start).saturating_sub(before), line(end).saturating_add(after));
        let range = self.lines.line_start(first) as usize..self.lines.line_start(last.saturating_add(1)) as usize;
        (range, first as usize)
    }

    /// A line by its number, from 1, with the line feed at its end.
    pub fn line(&self, number: u32) -> &str {
        let (start, end) = (self.lines.line_start(number.saturating_sub(1)), self.lines.line_start(number));
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }
}

/// A place in a text. Lines and columns start at 1; columns and offsets count UTF-8 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Position {
    pub line: u32,
    pub column: u32,
    pub offset: u32,
}

/// A part of a file.
#[derive(Debug, Clone)]
pub struct Place {
    /// The file.
    pub source: Arc<Source>,
    /// Its first byte.
    pub start: Position,
    /// The byte after its last.
    pub end: Position,
}

impl Place {
    /// `stack.obs:3:7`.
    pub fn short(&self) -> String {
        format!("{}:{}:{}", self.source.path, self.start.line, self.start.column)
    }

    /// The line on which it starts as people may see it, trimmed.
    pub fn line(&self) -> &str {
        let (range, _) = self.source.lines_around(self.start.offset, self.start.offset, 0, 0);
        self.source.shown().get(range).unwrap_or_default().trim()
    }
}

/// A fix with its places.
#[derive(Debug, Clone)]
pub struct Repair {
    /// What it does.
    pub title: String,
    /// What is replaced by what.
    pub edits: Vec<(Place, String)>,
}

/// A diagnostic with its places.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Finding {
    pub code: Code,
    pub severity: Severity,
    pub message: String,
    pub place: Place,
    pub remark: Option<String>,
    pub labels: Vec<(Place, String)>,
    pub help: Option<String>,
    pub fixes: Vec<Repair>,
}

/// Looks places up; shares each file's text between findings.
pub struct Locator<'a, S: Sources> {
    sources: &'a S,
    /// From a path within the project to one for people.
    name: Box<dyn Fn(&str) -> String + 'a>,
    known: FxHashMap<FileId, Arc<Source>>,
}

impl<'a, S: Sources> Locator<'a, S> {
    /// A locator that shows paths as `name` says.
    pub fn new(sources: &'a S, name: impl Fn(&str) -> String + 'a) -> Self {
        Self { sources, name: Box::new(name), known: FxHashMap::default() }
    }

    /// A span's place.
    pub fn place(&mut self, span: Span) -> Place {
        let at = self.sources.locate(span);
        let source = self.source(at.file);
        let position = |offset: u32| {
            let at = source.lines.line_col(offset);
            Position { line: at.line + 1, column: at.col + 1, offset }
        };
        Place { start: position(at.range.start), end: position(at.range.end), source }
    }

    /// A diagnostic's places.
    pub fn finding(&mut self, diagnostic: &Diagnostic) -> Finding {
        let fixes = diagnostic.fixes.iter().map(|fix| Repair {
            title: fix.title.clone(),
            edits: fix.edits.iter().map(|e| (self.place(e.span), e.text.clone())).collect(),
        });
        let fixes = fixes.collect();
        let place = self.place(diagnostic.primary);
        let labels: Vec<_> = diagnostic.labels.iter().map(|l| (self.place(l.span), l.message.clone())).collect();
        if diagnostic.code == Code::OBS5118 {
            let places = labels.iter().map(|(place, _)| place).chain([&place]);
            places.for_each(|place| place.source.hide(place.start.offset, place.end.offset));
        }
        Finding {
            code: diagnostic.code,
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            place,
            remark: diagnostic.primary_label.clone(),
            labels,
            help: diagnostic.help.clone(),
            fixes,
        }
    }

    fn source(&mut self, file: FileId) -> Arc<Source> {
        let (sources, name) = (self.sources, &self.name);
        let read = || {
            let text = sources.text(file).to_owned();
            Arc::new(Source {
                path: name(sources.path(file)),
                lines: LineIndex::new(&text),
                text,
                hidden: Mutex::default(),
                shown: OnceLock::new(),
            })
        };
        Arc::clone(self.known.entry(file).or_insert_with(read))
    }
}
