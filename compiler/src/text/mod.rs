//! Places in text: files, ranges, spans, lines. Knows nothing of disks or of the language.

mod line_index;
mod sources;
mod span;

pub use line_index::{LineCol, LineIndex};
pub use sources::Sources;
pub use span::{Anchors, FileId, FileRange, Span, TextRange};
