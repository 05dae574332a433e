//! Edits as they are made in a text: one that empties a line takes the line along.

use super::Analysis;
use crate::diagnostics::{Diagnostic, Edit};
use crate::text::{Sources, Span, TextRange};

/// Widens the deletions of a diagnostic's fixes to whole lines, where nothing else stands on them.
pub(super) fn whole_lines(analysis: &Analysis, diagnostic: &mut Diagnostic) {
    let edits = diagnostic.fixes.iter_mut().flat_map(|f| &mut f.edits);
    for edit in edits.filter(|e| e.text.is_empty()) {
        widen(analysis, edit);
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
