//! Inputs and the first queries: what files there are, and each one parsed. Reads no disk.

mod ahead;
mod inputs;
mod segment;
mod std_files;

pub use ahead::Ahead;
pub use inputs::{Project, SourceFile};
pub use segment::{Around, Part, parse_around, part_around, part_items, part_of, parts};
pub use std_files::LIBRARY;

use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::{self, Parse};
use crate::text::{Anchors, FileId, LineIndex, Span, TextRange};
use rustc_hash::FxHashMap;
use salsa::{Durability, Setter};
use std::sync::Arc;

/// What is known of a file's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileText {
    /// Its text.
    Text(Arc<str>),
    /// Its bytes are no UTF-8 from here on.
    NotUtf8 {
        /// What is readable, and what follows on its last line, as far as that can be shown.
        shown: Arc<str>,
        /// How many bytes are readable.
        valid_up_to: u32,
    },
    /// Over the limit; not read.
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// There is no such file.
    Missing,
    /// It could not be read, and why.
    Unreadable(String),
    /// It lies outside the project's root; not read.
    OutsideRoot,
}

/// What every query can see.
#[salsa::db]
pub trait Db: salsa::Database {
    /// What was parsed before it was asked for.
    fn ahead(&self) -> &Ahead;
}

/// The database. Clone it for a snapshot; a write waits until all clones are gone.
#[salsa::db]
#[derive(Clone)]
pub struct RootDb {
    storage: salsa::Storage<Self>,
    ahead: Arc<Ahead>,
}

#[salsa::db]
impl salsa::Database for RootDb {}
#[salsa::db]
impl Db for RootDb {
    fn ahead(&self) -> &Ahead {
        &self.ahead
    }
}

/// Called with the name of each query that runs (not of those whose memo is reused).
pub type QueryLog = Arc<dyn Fn(String) + Send + Sync>;

impl RootDb {
    /// A database that holds the library and nothing else.
    pub fn new() -> Self {
        Self::with_storage(salsa::Storage::new(None))
    }

    /// The same, telling `log` of each query that runs.
    pub fn with_log(log: QueryLog) -> Self {
        let on_event = move |event: salsa::Event| {
            if let salsa::EventKind::WillExecute { database_key } = event.kind {
                log(format!("{database_key:?}"));
            }
        };
        Self::with_storage(salsa::Storage::new(Some(Box::new(on_event))))
    }

    fn with_storage(storage: salsa::Storage<Self>) -> Self {
        let db = Self { storage, ahead: Arc::default() };
        let files: Vec<SourceFile> = std_files::all()
            .enumerate()
            .map(|(i, (path, text))| {
                SourceFile::builder(FileId(i as u32), path, FileText::Text(text.into()))
                    .durability(Durability::HIGH)
                    .new(&db)
            })
            .collect();
        let library = files.len();
        let _ = Project::builder(files, library).durability(Durability::MEDIUM).new(&db);
        db
    }

    /// Adds a file or changes its text; the same text again changes nothing.
    pub fn set_file(&mut self, path: &str, text: FileText) {
        match file_by_path(self, path) {
            Some(file) if *file.text(self) == text => {}
            Some(file) => {
                file.set_text(self).to(text);
            }
            None => {
                let project = Project::get(self);
                let mut files = project.files(self).to_vec();
                let id = FileId(files.len() as u32);
                files.push(SourceFile::new(self, id, path.to_owned(), text));
                project.set_files(self).with_durability(Durability::MEDIUM).to(files);
            }
        }
    }
}

impl Default for RootDb {
    fn default() -> Self {
        Self::new()
    }
}

/// The file with this number. Numbers come from spans, which come from files, so it exists.
pub fn file(db: &dyn Db, id: FileId) -> SourceFile {
    Project::get(db).files(db)[id.0 as usize]
}

/// Whether the file belongs to the library.
pub fn is_library(db: &dyn Db, file: SourceFile) -> bool {
    (file.id(db).0 as usize) < Project::get(db).library(db)
}

/// The library's files.
pub fn library(db: &dyn Db) -> &[SourceFile] {
    let project = Project::get(db);
    &project.files(db)[..project.library(db)]
}

#[salsa::tracked]
fn paths(db: &dyn Db, project: Project) -> FxHashMap<String, SourceFile> {
    project.files(db).iter().map(|&f| (f.path(db).to_owned(), f)).collect()
}

/// The file at a path, if it was ever given.
pub fn file_by_path(db: &dyn Db, path: &str) -> Option<SourceFile> {
    paths(db, Project::get(db)).get(path).copied()
}

/// Whether a file is there, without its text: what only asks for that isn't asked again when the text changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// It can be read.
    Text,
    /// It is there, and no source file: not UTF-8, or too large.
    Unfit,
    /// There is no such file.
    Missing,
    /// It could not be read, and why.
    Unreadable(String),
    /// It lies outside the project's root.
    OutsideRoot,
}

/// Whether a file is there.
#[salsa::tracked]
pub fn presence(db: &dyn Db, file: SourceFile) -> Presence {
    match file.text(db) {
        FileText::Text(_) => Presence::Text,
        FileText::NotUtf8 { .. } | FileText::TooLarge { .. } => Presence::Unfit,
        FileText::Missing => Presence::Missing,
        FileText::Unreadable(why) => Presence::Unreadable(why.clone()),
        FileText::OutsideRoot => Presence::OutsideRoot,
    }
}

/// The text, empty where it couldn't be had.
pub fn text(db: &dyn Db, file: SourceFile) -> &str {
    match file.text(db) {
        FileText::Text(text) => text,
        _ => "",
    }
}

/// The text that findings point into: of a file that can't be read to its end, what comes before that.
pub fn shown(db: &dyn Db, file: SourceFile) -> &str {
    match file.text(db) {
        FileText::NotUtf8 { shown, .. } => shown,
        _ => text(db, file),
    }
}

/// The file parsed. Positions are absolute: facts about the program come from [`ast`] instead.
#[salsa::tracked(no_eq, lru = 256)]
pub fn parse(db: &dyn Db, file: SourceFile) -> Parse {
    syntax::parse(text(db, file))
}

/// The file's abstract syntax, equal after an edit that changes no item.
#[salsa::tracked(returns(clone))]
pub fn ast(db: &dyn Db, file: SourceFile) -> Arc<crate::syntax::ast::File> {
    Arc::clone(&segment::lowered(db, file).file)
}

/// Where each item of the file starts.
#[salsa::tracked]
pub fn anchors(db: &dyn Db, file: SourceFile) -> Anchors {
    segment::lowered(db, file).anchors.clone()
}

/// Lines of the file.
#[salsa::tracked]
pub fn line_index(db: &dyn Db, file: SourceFile) -> LineIndex {
    LineIndex::new(shown(db, file))
}

/// What is wrong with the file before any name is looked up.
#[salsa::tracked]
pub fn syntax_errors(db: &dyn Db, file: SourceFile) -> Vec<Diagnostic> {
    let start = Span { file: file.id(db), item: 0, range: TextRange::default() };
    let path = file.path(db);
    match file.text(db) {
        FileText::Text(_) => segment::lowered(db, file).errors.clone(),
        FileText::NotUtf8 { valid_up_to, .. } => {
            let at = line_index(db, file).line_col(*valid_up_to);
            let (line, column) = (at.line + 1, at.col + 1);
            let message =
                format!("`{path}` is not UTF-8: byte {valid_up_to}, in line {line} at column {column}, can't be read");
            let place = Span { range: TextRange::new(*valid_up_to, *valid_up_to), ..start };
            vec![Diagnostic::new(Code::OBS0004, place, message).help("save the file as UTF-8")]
        }
        FileText::TooLarge { bytes } => {
            let message = format!("`{path}` has {bytes} bytes, more than a source file may have");
            vec![Diagnostic::new(Code::OBS0005, start, message).help("split it into several files and import them")]
        }
        FileText::Missing => {
            vec![Diagnostic::new(Code::OBS1001, start, format!("there is no file `{path}`"))]
        }
        FileText::Unreadable(why) => {
            vec![Diagnostic::new(Code::OBS1001, start, format!("`{path}` can't be read: {why}"))]
        }
        FileText::OutsideRoot => {
            vec![Diagnostic::new(Code::OBS1002, start, format!("`{path}` lies outside the project"))]
        }
    }
}
