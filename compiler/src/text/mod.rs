//! Places in text: files, ranges, spans, lines. Knows nothing of disks or of the language.

mod fragment;
mod line_index;
mod sources;
mod span;
mod xml;

pub use fragment::fragment;
pub use line_index::{LineCol, LineIndex};
pub use sources::Sources;
pub use span::{Anchors, FileId, FileRange, Span, TextRange};
pub use xml::xml_escape;
