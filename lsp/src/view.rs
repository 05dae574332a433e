//! What one request reads: a snapshot of a project, and the document that it asks about.

use crate::library::Library;
use crate::places::{Encoding, Lines, Place, Position, Range};
use obs_compiler::diagnostics::Code;
use obs_compiler::ide::{Action, Analysis, Outline, OutlineKind, TokenKind};
use obs_compiler::text::{FileId, FileRange, Sources, TextRange};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// How the editor counts, and where it has what.
#[derive(Debug, Clone)]
pub struct Editor {
    /// What its columns count.
    pub encoding: Encoding,
    /// Where the project is on disk.
    pub root: Option<PathBuf>,
    /// The URIs and versions of open documents by their paths in the project.
    pub open: Arc<BTreeMap<String, (String, i32)>>,
    /// The library.
    pub library: Library,
}

/// Edits of one file.
#[derive(Debug, Default)]
pub struct FileEdits {
    /// Its version, if it is open.
    pub version: Option<i32>,
    /// What is replaced by what.
    pub edits: Vec<(Range, String)>,
}

/// A fix with its places.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Fix {
    pub title: String,
    pub code: Code,
    /// Where the finding is.
    pub at: Range,
    pub edits: BTreeMap<Place, FileEdits>,
    pub safe: bool,
}

/// A name that was looked for.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Found {
    pub name: String,
    pub kind: OutlineKind,
    pub place: Place,
    pub range: Range,
    /// What it stands in.
    pub within: Option<String>,
}

/// A snapshot for one request.
pub struct View {
    /// The project.
    pub analysis: Analysis,
    /// The document's path in it.
    pub path: String,
    /// The editor.
    pub editor: Editor,
}

impl View {
    /// The number of the document. Views are made of documents that the project has.
    pub fn file(&self) -> Option<FileId> {
        self.analysis.file(&self.path)
    }

    /// Lines of a file.
    pub fn lines(&self, file: FileId) -> Lines<'_> {
        Lines::new(self.analysis.text(file), self.analysis.line_index(file), self.editor.encoding)
    }

    /// The offset of a position in the document.
    pub fn offset(&self, at: Position) -> u32 {
        self.file().map_or(0, |file| self.lines(file).offset(at))
    }

    /// The offsets of a range of the document.
    pub fn text_range(&self, range: Range) -> TextRange {
        self.file().map_or_else(TextRange::default, |file| self.lines(file).text_range(range))
    }

    /// The positions of a range.
    pub fn range(&self, at: FileRange) -> Range {
        self.lines(at.file).range(at.range)
    }

    /// The positions of a range of the document.
    pub fn own_range(&self, range: TextRange) -> Option<Range> {
        Some(self.range(FileRange { file: self.file()?, range }))
    }

    /// Where a file is; nothing, if it is nowhere.
    pub fn place(&self, file: FileId) -> Option<Place> {
        let path = self.analysis.path(file);
        if let Some((uri, _)) = self.editor.open.get(path) {
            return Some(Place::Uri(uri.clone()));
        }
        if self.analysis.is_library_path(path) {
            return self.editor.library.on_disk(path, self.analysis.text(file)).map(Place::Path);
        }
        Some(Place::Path(self.editor.root.as_ref()?.join(path)))
    }

    /// Edits by file. Nothing of the library is edited.
    pub fn edits(&self, edits: impl IntoIterator<Item = (FileRange, String)>) -> BTreeMap<Place, FileEdits> {
        let mut out: BTreeMap<Place, FileEdits> = BTreeMap::new();
        for (at, text) in edits {
            let path = self.analysis.path(at.file);
            let Some(place) = self.place(at.file).filter(|_| !self.analysis.is_library_path(path)) else { continue };
            let file = out.entry(place).or_default();
            file.version = self.editor.open.get(path).map(|(_, version)| *version);
            file.edits.push((self.range(at), text));
        }
        out
    }

    /// The fixes of findings in a range of the document.
    pub fn fixes(&self, range: Range) -> Vec<Fix> {
        let found = self.analysis.fixes(&self.path, self.text_range(range));
        let fix = |action: Action| Fix {
            at: self.range(action.at),
            edits: self.edits(action.edits),
            title: action.title,
            code: action.code,
            safe: action.safe,
        };
        found.into_iter().map(fix).collect()
    }

    /// The document's tokens, cut at line ends: editors take none that span lines.
    pub fn tokens(&self) -> Vec<(Range, TokenKind, bool)> {
        let Some(file) = self.file() else { return Vec::new() };
        let (lines, text) = (self.lines(file), self.analysis.text(file));
        let mut out = Vec::new();
        for token in self.analysis.tokens(&self.path) {
            let mut at = token.range.start;
            for part in text[token.range.start as usize..token.range.end as usize].split_inclusive(['\n', '\r']) {
                let bare = part.trim_end_matches(['\n', '\r']);
                if !bare.is_empty() {
                    let range = TextRange::new(at, at + bare.len() as u32);
                    out.push((lines.range(range), token.kind, token.library));
                }
                at += part.len() as u32;
            }
        }
        out
    }

    /// Names of the project that have the letters of `query` in this order, whatever their case.
    pub fn find(&self, query: &str) -> Vec<Found> {
        let mut out = Vec::new();
        for path in self.analysis.own_files() {
            let Some(file) = self.analysis.file(&path) else { continue };
            let Some(place) = self.place(file) else { continue };
            let mut stack: Vec<(Option<String>, Outline)> =
                self.analysis.outline(&path).into_iter().rev().map(|entry| (None, entry)).collect();
            while let Some((within, entry)) = stack.pop() {
                let name = entry.name.clone();
                stack.extend(entry.children.into_iter().rev().map(|child| (Some(name.clone()), child)));
                if entry.kind != OutlineKind::Flow && has_letters(&entry.name, query) {
                    let range = self.range(FileRange { file, range: entry.name_range });
                    out.push(Found { name: entry.name, kind: entry.kind, place: place.clone(), range, within });
                }
            }
        }
        out
    }
}

fn has_letters(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|c| c == wanted))
}
