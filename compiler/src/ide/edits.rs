//! Edits as they are made in a text: one that empties a line takes the line along, and nothing goes above a file's header.

use super::Analysis;
use crate::diagnostics::{Diagnostic, Edit};
use crate::text::{Sources, Span, TextRange};

/// Where what is to be put at the start of a text goes: below the lines in which the file says what it is.
pub(super) fn below_header(text: &str, at: TextRange) -> TextRange {
    if at != TextRange::default() {
        return at;
    }
    let mut end = 0;
    for line in text.split_inclusive('\n').take_while(|line| line.starts_with("//!")) {
        end += line.len();
    }
    let rest = &text[end..];
    let blank = rest.split_inclusive('\n').next().filter(|line| end > 0 && line.trim().is_empty());
    end += blank.map_or(0, str::len);
    TextRange::new(end as u32, end as u32)
}

/// Widens the deletions of a diagnostic's fixes to whole lines, where nothing else stands on them; what goes to the start
/// of a text goes below its header.
pub(super) fn whole_lines(analysis: &Analysis, diagnostic: &mut Diagnostic) {
    for edit in diagnostic.fixes.iter_mut().flat_map(|f| &mut f.edits) {
        if edit.text.is_empty() {
            widen(analysis, edit);
        } else if edit.span.item == 0 {
            edit.span.range = below_header(analysis.text(edit.span.file), edit.span.range);
        }
    }
}

fn widen(analysis: &Analysis, edit: &mut Edit) {
    let at = analysis.locate(edit.span);
    let text = analysis.text(at.file);
    let (start, end) = (at.range.start as usize, at.range.end as usize);
    let (Some(before), Some(after)) = (text.get(..start), text.get(end..)) else { return };
    let line_start = before.rfind('\n').map_or(0, |n| n + 1);
    let line_end = after.find('\n').map_or(text.len(), |n| end + n + 1);
    let blank = |part: &str| part.trim().is_empty();
    if blank(&text[line_start..start]) && blank(&text[end..line_end]) {
        let range = TextRange::new(line_start as u32, line_end as u32);
        // item 0 is the file: the line may start before the item that the edit belonged to
        edit.span = Span { file: at.file, item: 0, range };
    }
}
