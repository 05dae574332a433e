//! Access to the texts of a program, for whoever shows places in them.

use super::{FileId, FileRange, Span};

/// The files of one program and where its items are.
pub trait Sources {
    /// The file's path as messages name it: relative to the project, with `/`; `std/…` for the library.
    fn path(&self, file: FileId) -> &str;
    /// The file's text.
    fn text(&self, file: FileId) -> &str;
    /// The absolute place of a span.
    fn locate(&self, span: Span) -> FileRange;
}
