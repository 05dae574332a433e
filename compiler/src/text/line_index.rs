//! Lines and columns of byte offsets.

/// A position: line and column, both from 0; the column counts UTF-8 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineCol {
    /// Line, from 0.
    pub line: u32,
    /// Column in UTF-8 bytes, from 0.
    pub col: u32,
}

/// The starts of all lines of one text. `\n`, `\r\n` and a lone `\r` end a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
    len: u32,
}

impl LineIndex {
    /// Indexes `text`. Texts of 4 GiB and more are not supported: inputs are limited long before.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (i, b) in bytes.iter().enumerate() {
            let ends_line = *b == b'\n' || (*b == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
            if ends_line {
                starts.push(i as u32 + 1);
            }
        }
        Self { starts, len: bytes.len() as u32 }
    }

    /// The position of `offset`; an offset past the end is clamped.
    pub fn line_col(&self, offset: u32) -> LineCol {
        let offset = offset.min(self.len);
        let line = self.starts.partition_point(|&s| s <= offset) - 1;
        LineCol { line: line as u32, col: offset - self.starts[line] }
    }

    /// The offset of a position; lines and columns past the end are clamped.
    pub fn offset(&self, at: LineCol) -> u32 {
        let Some(&start) = self.starts.get(at.line as usize) else { return self.len };
        let end = self.starts.get(at.line as usize + 1).copied().unwrap_or(self.len);
        (start + at.col).min(end)
    }

    /// How many lines there are; a text that ends in a newline has an empty last line.
    pub fn line_count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The offset where `line` starts; past the end, the text's length.
    pub fn line_start(&self, line: u32) -> u32 {
        self.starts.get(line as usize).copied().unwrap_or(self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_positions_agree() {
        let index = LineIndex::new("ab\r\nc\rd\n");
        let starts: Vec<u32> = (0..index.line_count()).map(|l| index.line_start(l)).collect();
        assert_eq!(starts, [0, 4, 6, 8]);
        for offset in 0..=8 {
            assert_eq!(index.offset(index.line_col(offset)), offset);
        }
        assert_eq!(index.line_col(99), LineCol { line: 3, col: 0 });
    }
}
