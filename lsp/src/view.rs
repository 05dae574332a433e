//! What one request reads: a snapshot of a project, and the document that it asks about.

use crate::library::Library;
use crate::places::{Encoding, Lines, Place, Position, Range};
use obs_compiler::ide::Analysis;
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
    /// The URIs of open documents by their paths in the project.
    pub open: Arc<BTreeMap<String, String>>,
    /// The library.
    pub library: Library,
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
        if let Some(uri) = self.editor.open.get(path) {
            return Some(Place::Uri(uri.clone()));
        }
        if self.analysis.is_library_path(path) {
            return self.editor.library.on_disk(path, self.analysis.text(file)).map(Place::Path);
        }
        Some(Place::Path(self.editor.root.as_ref()?.join(path)))
    }
}
