//! Ranges within a file, and spans that survive edits elsewhere in it.

use serde::{Deserialize, Serialize};

/// A file of the program: its index in the database's list of files, stable for the life of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileId(pub u32);

/// A half-open range of UTF-8 byte offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct TextRange {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl TextRange {
    /// The range `start..end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// Length in bytes.
    pub const fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether the range holds no byte.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `offset` lies in the range or at its end (where a cursor still touches it).
    pub const fn touches(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }

    /// Whether `other` lies wholly within this range.
    pub const fn contains(self, other: TextRange) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A place in the program, relative to the start of the item it belongs to.
///
/// Facts that carry spans stay equal when text before their item changes, so salsa stops there.
/// [`Anchors::resolve`] makes a span absolute; only what shows it to someone does that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The item, counted in source order over the whole file, nested items too. Its start is `anchors[item]`.
    pub item: u32,
    /// Byte range relative to the item's start.
    pub range: TextRange,
}

impl Span {
    /// The smallest span that holds both. Both must belong to the same item, else `self` is returned.
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file || self.item != other.item {
            return self;
        }
        let range = TextRange::new(self.range.start.min(other.range.start), self.range.end.max(other.range.end));
        Span { range, ..self }
    }

    /// The empty span at the end of this one.
    pub const fn end(self) -> Span {
        Span { range: TextRange::new(self.range.end, self.range.end), ..self }
    }
}

/// An absolute range in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileRange {
    /// The file.
    pub file: FileId,
    /// Bytes from the start of the file.
    pub range: TextRange,
}

/// Where each item of one file starts. Item 0 is the file itself, at 0.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Anchors(pub Vec<u32>);

impl Anchors {
    /// The span of an absolute range of `file`, in the item that it starts in: [`Anchors::resolve`] leads back.
    pub fn span(&self, file: FileId, range: TextRange) -> Span {
        let item = self.0.partition_point(|start| *start <= range.start).saturating_sub(1);
        let start = self.0.get(item).copied().unwrap_or(0);
        let range = TextRange::new(range.start - start, range.end - start);
        Span { file, item: item as u32, range }
    }

    /// The absolute range of a span of this file. An item that is gone counts as starting at 0.
    pub fn resolve(&self, span: Span) -> FileRange {
        let start = self.0.get(span.item as usize).copied().unwrap_or(0);
        let range = TextRange::new(start + span.range.start, start + span.range.end);
        FileRange { file: span.file, range }
    }
}
