//! The text of an open document, as the editor changes it.

use crate::places::{Encoding, Lines, Range};
use obs_compiler::text::LineIndex;

/// One change: a part of the text, or all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What is replaced; all of it where there is none.
    pub range: Option<Range>,
    /// By what.
    pub text: String,
}

/// An open document.
#[derive(Debug)]
pub struct Document {
    /// As the editor names it.
    pub uri: String,
    /// As the editor counts.
    pub version: i32,
    /// Its text.
    pub text: String,
}

impl Document {
    /// Applies changes, each to the text that the one before it left.
    pub fn apply(&mut self, changes: Vec<Change>, encoding: Encoding) {
        // what comes before a change of the whole text is of no consequence
        let first = changes.iter().rposition(|c| c.range.is_none()).unwrap_or(0);
        for change in changes.into_iter().skip(first) {
            let Some(range) = change.range else {
                self.text = change.text;
                continue;
            };
            let index = LineIndex::new(&self.text);
            let at = Lines::new(&self.text, &index, encoding).text_range(range);
            self.text.replace_range(at.start as usize..at.end as usize, &change.text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::Position;

    fn edit(text: &str, changes: &[(Option<[u32; 4]>, &str)]) -> String {
        let mut document = Document { uri: String::new(), version: 0, text: text.to_owned() };
        let change = |(range, text): &(Option<[u32; 4]>, &str)| Change {
            range: range.map(|[a, b, c, d]| Range {
                start: Position { line: a, character: b },
                end: Position { line: c, character: d },
            }),
            text: (*text).to_owned(),
        };
        document.apply(changes.iter().map(change).collect(), Encoding::Utf16);
        document.text
    }

    #[test]
    fn each_change_sees_the_one_before_it() {
        assert_eq!(edit("ab\ncd", &[(Some([0, 1, 1, 1]), "X\n"), (Some([1, 0, 1, 0]), "Y")]), "aX\nYd");
    }

    #[test]
    fn a_change_of_the_whole_text_forgets_the_rest() {
        assert_eq!(edit("ab", &[(Some([9, 9, 9, 9]), "X"), (None, "new"), (Some([0, 0, 0, 1]), "N")]), "New");
    }

    #[test]
    fn ranges_that_are_no_ranges_do_no_harm() {
        assert_eq!(edit("a🦀b", &[(Some([0, 3, 0, 1]), "-")]), "a-b", "backwards");
        assert_eq!(edit("a🦀b", &[(Some([0, 2, 0, 2]), "-")]), "a-🦀b", "within a surrogate pair");
        assert_eq!(edit("a\r\nb", &[(Some([0, 9, 0, 9]), "-")]), "a-\r\nb", "past the end of a line");
    }
}
