//! Which files a file imports, and which files make up a program.

use super::declarations::nested_parts;
use super::lock_file::lock_path;
use crate::db::{self, Db, Presence, SourceFile};
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{Import, ImportSource, Item, ItemKind};
use crate::text::{FileId, Span};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// One import of another file (not of the library).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Project-relative path, or `None` where it leaves the project.
    pub path: Option<String>,
    /// As written.
    pub written: SmolStr,
    /// The place of the path.
    pub span: Span,
}

/// All `import` items of a file, wherever they stand.
pub(super) fn import_items<'a>(items: impl Iterator<Item = &'a Item>) -> Vec<&'a Import> {
    let mut out = Vec::new();
    for item in items {
        if let ItemKind::Import(import) = &item.kind {
            out.push(import);
        }
        nested_parts(item).iter().for_each(|part| out.extend(import_items_in(part)));
    }
    out
}

fn import_items_in(items: &[Item]) -> Vec<&Import> {
    import_items(items.iter())
}

/// `to`, seen from the file at `from`; `None` where it climbs above the root or is absolute.
pub fn relative_path(from: &str, to: &str) -> Option<String> {
    if to.starts_with('/') || to.contains('\\') || to.contains(':') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in to.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The files that a file imports.
#[salsa::tracked]
pub fn imports(db: &dyn Db, file: SourceFile) -> Vec<Imported> {
    import_items(db::ast(db, file).items())
        .into_iter()
        .filter_map(|import| match &import.source {
            ImportSource::Library(_) => None,
            ImportSource::Path(written) => Some(Imported {
                path: relative_path(file.path(db), written),
                written: written.clone(),
                span: import.source_span,
            }),
        })
        .collect()
}

/// The files of a program, and what is wrong with how they hang together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The entry first, then imported files in the order they are met.
    pub files: Vec<FileId>,
    /// Paths that are imported, and that of the lock, which were never given to the database.
    pub wanted: Vec<String>,
    /// Imports that lead nowhere, outside, or in a circle.
    pub diagnostics: Vec<Diagnostic>,
}

/// The program that starts at a file.
#[salsa::tracked]
pub fn program(db: &dyn Db, entry: SourceFile) -> Program {
    let mut walk = Walk {
        db,
        seen: FxHashSet::default(),
        stack: Vec::new(),
        out: Program { files: Vec::new(), wanted: Vec::new(), diagnostics: Vec::new() },
    };
    walk.visit(entry);
    let lock = lock_path(entry.path(db));
    if db::file_by_path(db, &lock).is_none() {
        walk.out.wanted.push(lock);
    }
    walk.out
}

struct Walk<'db> {
    db: &'db dyn Db,
    seen: FxHashSet<SourceFile>,
    /// Files being visited, outermost first: an import of one of them is a circle.
    stack: Vec<SourceFile>,
    out: Program,
}

/// Deeper chains of imports than this are refused: each level costs stack.
const MAX_IMPORT_DEPTH: usize = 200;

impl Walk<'_> {
    fn visit(&mut self, file: SourceFile) {
        if !self.seen.insert(file) {
            return;
        }
        self.out.files.push(file.id(self.db));
        self.stack.push(file);
        for import in imports(self.db, file) {
            self.follow(import);
        }
        self.stack.pop();
    }

    fn follow(&mut self, import: &Imported) {
        let db = self.db;
        let written = &import.written;
        let Some(path) = &import.path else {
            let message = format!("the import `{written}` leads out of the project");
            let help = "import files below the project's root, by a path relative to this file";
            self.out.diagnostics.push(Diagnostic::new(Code::OBS1002, import.span, message).help(help));
            return;
        };
        // no path yet: the folder isn't asked for
        if written.is_empty() {
            return self.missing(import, written);
        }
        let Some(target) = db::file_by_path(db, path) else {
            self.out.wanted.push(path.clone());
            self.missing(import, path);
            return;
        };
        match db::presence(db, target) {
            Presence::Missing => return self.missing(import, path),
            Presence::Unreadable(why) => {
                let message = format!("the import `{path}` can't be read: {why}");
                self.out.diagnostics.push(Diagnostic::new(Code::OBS1001, import.span, message));
                return;
            }
            Presence::OutsideRoot => {
                let message = format!("the import `{written}` leads out of the project through a link");
                self.out.diagnostics.push(
                    Diagnostic::new(Code::OBS1002, import.span, message)
                        .help("import the file by its real place below the project's root"),
                );
                return;
            }
            Presence::Text | Presence::Unfit => {}
        }
        if let Some(at) = self.stack.iter().position(|&f| f == target) {
            let mut circle: Vec<&str> = self.stack[at..].iter().map(|f| f.path(db)).collect();
            circle.push(path);
            let message = format!("`{path}` imports itself: {}", circle.join(" → "));
            self.out.diagnostics.push(
                Diagnostic::new(Code::OBS1003, import.span, message)
                    .help("move what both need into a third file and import that"),
            );
            return;
        }
        if self.stack.len() >= MAX_IMPORT_DEPTH {
            let message = format!("imports are nested deeper than {MAX_IMPORT_DEPTH} files at `{path}`");
            self.out.diagnostics.push(Diagnostic::new(Code::OBS1003, import.span, message));
            return;
        }
        self.visit(target);
    }

    fn missing(&mut self, import: &Imported, path: &str) {
        let message = format!("there is no file `{path}`");
        let help = "the path is relative to this file, and the name as it is on disk, with `.obs`";
        self.out.diagnostics.push(Diagnostic::new(Code::OBS1001, import.span, message).help(help));
    }
}
