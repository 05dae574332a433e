//! Positions as editors count them, and where documents are.

use obs_compiler::text::{LineIndex, TextRange};
use std::path::PathBuf;

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// Bytes of UTF-8.
    Utf8,
    /// Units of UTF-16.
    #[default]
    Utf16,
}

impl Encoding {
    /// The bytes that `columns` take at the start of `line`: at most all of it, and never half a character.
    fn bytes(self, line: &str, columns: u32) -> usize {
        let mut left = columns as usize;
        for (at, c) in line.char_indices() {
            let wide = self.width(c);
            if left < wide {
                return at;
            }
            left -= wide;
        }
        line.len()
    }

    fn width(self, c: char) -> usize {
        match self {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 => c.len_utf16(),
        }
    }
}

/// A line and a column, both from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub struct Position {
    pub line: u32,
    pub character: u32,
}

/// From a position up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub struct Range {
    pub start: Position,
    pub end: Position,
}

/// Between offsets and positions of one text.
pub struct Lines<'a> {
    text: &'a str,
    index: &'a LineIndex,
    encoding: Encoding,
}

impl<'a> Lines<'a> {
    /// `index` must be that of `text`.
    pub fn new(text: &'a str, index: &'a LineIndex, encoding: Encoding) -> Self {
        Self { text, index, encoding }
    }

    /// Where a line starts, and the line without what ends it. `line` must exist.
    fn line(&self, line: u32) -> (u32, &'a str) {
        let (start, end) = (self.index.line_start(line), self.index.line_start(line + 1));
        (start, self.text[start as usize..end as usize].trim_end_matches(['\r', '\n']))
    }

    /// The offset of a position. Past the end of a line, that end; past the last line, the end of the text.
    pub fn offset(&self, at: Position) -> u32 {
        if at.line >= self.index.line_count() {
            return self.text.len() as u32;
        }
        let (start, line) = self.line(at.line);
        start + self.encoding.bytes(line, at.character) as u32
    }

    /// The position of an offset.
    pub fn position(&self, offset: u32) -> Position {
        let at = self.index.line_col(offset);
        let start = self.index.line_start(at.line) as usize;
        let before = self.text.get(start..start + at.col as usize).unwrap_or_default();
        let character = before.chars().map(|c| self.encoding.width(c)).sum::<usize>() as u32;
        Position { line: at.line, character }
    }

    /// The positions of a range.
    pub fn range(&self, range: TextRange) -> Range {
        Range { start: self.position(range.start), end: self.position(range.end) }
    }

    /// The offsets of a range; one that runs backwards is turned round.
    pub fn text_range(&self, range: Range) -> TextRange {
        let (a, b) = (self.offset(range.start), self.offset(range.end));
        TextRange::new(a.min(b), a.max(b))
    }
}

/// A document as the editor names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentId {
    /// Its URI, as the editor writes it.
    pub uri: String,
    /// Where it is on disk, if it is meant to be there.
    pub path: Option<PathBuf>,
}

/// A document as the server names it to the editor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// By the URI that the editor gave it.
    Uri(String),
    /// By where it is on disk.
    Path(PathBuf),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_positions_agree_in_both_encodings() {
        let text = "a🦀b\r\n\u{e9}\rx";
        let index = LineIndex::new(text);
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let lines = Lines::new(text, &index, encoding);
            for (offset, _) in text.char_indices().filter(|(_, c)| *c != '\n') {
                assert_eq!(lines.offset(lines.position(offset as u32)), offset as u32, "{encoding:?}");
            }
        }
    }

    #[test]
    fn what_lies_past_the_end_is_clamped_and_characters_stay_whole() {
        let text = "a🦀b\r\nc";
        let index = LineIndex::new(text);
        let at = |encoding, line, character| Lines::new(text, &index, encoding).offset(Position { line, character });
        assert_eq!(at(Encoding::Utf16, 0, 2), 1, "half a surrogate pair");
        assert_eq!(at(Encoding::Utf8, 0, 3), 1, "the middle of a character");
        assert_eq!(at(Encoding::Utf16, 0, 99), 6, "before the line break");
        assert_eq!(at(Encoding::Utf16, 1, 99), 9);
        assert_eq!(at(Encoding::Utf16, 99, 0), 9);
        assert_eq!(at(Encoding::Utf16, u32::MAX, u32::MAX), 9);
    }
}
