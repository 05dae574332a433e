//! What editors and the command line ask of the compiler, as plain data: no LSP types, no disk.

use crate::db::{self, FileText, RootDb, SourceFile};
use crate::diagnostics::Diagnostic;
use crate::graph::{self, Stack, TestResult};
use crate::names;
use crate::rules;
use crate::text::{FileId, FileRange, LineIndex, Sources, Span};
use std::sync::Arc;

/// Owns the program's inputs. One thread writes; [`Host::analysis`] gives snapshots to read from.
#[derive(Default)]
pub struct Host {
    db: RootDb,
}

impl Host {
    /// A host with the library and nothing else.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, telling `log` of each query that runs.
    pub fn with_log(log: db::QueryLog) -> Self {
        Self { db: RootDb::with_log(log) }
    }

    /// Adds a file or changes what is known of it. `path` is relative to the project's root, with `/`.
    /// Waits until all snapshots are gone.
    pub fn set_file(&mut self, path: &str, text: FileText) {
        self.db.set_file(path, text);
    }

    /// A snapshot.
    pub fn analysis(&self) -> Analysis {
        Analysis { db: self.db.clone() }
    }
}

/// A snapshot of the program. Where it doesn't know a path it answers with nothing.
pub struct Analysis {
    db: RootDb,
}

impl Analysis {
    fn entry(&self, path: &str) -> Option<SourceFile> {
        db::file_by_path(&self.db, path)
    }

    /// Files that `entry` imports, directly or not, which the host was never given.
    pub fn wanted(&self, entry: &str) -> Vec<String> {
        self.entry(entry).map(|e| names::program(&self.db, e).wanted.clone()).unwrap_or_default()
    }

    /// The files of the program that starts at `entry`, itself first.
    pub fn files(&self, entry: &str) -> Vec<FileId> {
        self.entry(entry).map(|e| names::program(&self.db, e).files.clone()).unwrap_or_default()
    }

    /// All that is wrong with the program that starts at `entry`, by place; what is waived is left out.
    pub fn check(&self, entry: &str) -> Vec<Diagnostic> {
        let Some(entry) = self.entry(entry) else { return Vec::new() };
        let mut found = rules::check(&self.db, entry).clone();
        found.sort_by_cached_key(|d| (self.locate(d.primary), d.code, d.message.clone()));
        found
    }

    /// What is deployed under each profile; `None` where the program has errors.
    pub fn stacks(&self, entry: &str) -> Option<Arc<Vec<Stack>>> {
        if self.check(entry).iter().any(Diagnostic::is_error) {
            return None;
        }
        let entry = self.entry(entry)?;
        Some(Arc::clone(&graph::stacks(&self.db, entry).stacks))
    }

    /// The program's `test` items, carried out.
    pub fn tests(&self, entry: &str) -> Vec<TestResult> {
        self.entry(entry).map(|e| graph::run_tests(&self.db, e)).unwrap_or_default()
    }

    /// Lines of a file.
    pub fn line_index(&self, file: FileId) -> &LineIndex {
        db::line_index(&self.db, db::file(&self.db, file))
    }

    /// The file at a path.
    pub fn file(&self, path: &str) -> Option<FileId> {
        self.entry(path).map(|f| f.id(&self.db))
    }
}

impl Sources for Analysis {
    fn path(&self, file: FileId) -> &str {
        db::file(&self.db, file).path(&self.db)
    }

    fn text(&self, file: FileId) -> &str {
        db::text(&self.db, db::file(&self.db, file))
    }

    fn locate(&self, span: Span) -> FileRange {
        db::anchors(&self.db, db::file(&self.db, span.file)).resolve(span)
    }
}
