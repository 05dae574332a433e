//! What could be done about findings: their fixes, with places looked up.

use super::Analysis;
use crate::diagnostics::{Code, Diagnostic};
use crate::text::{FileRange, Sources};

/// Edits that answer a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What it does, as an order.
    pub title: String,
    /// The finding's code.
    pub code: Code,
    /// Where the finding is.
    pub at: FileRange,
    /// What is replaced by what, by place. They don't overlap.
    pub edits: Vec<(FileRange, String)>,
    /// Whether it keeps the program's meaning and can be applied unseen.
    pub safe: bool,
}

impl Analysis {
    /// Whether a finding touches a place.
    pub(super) fn touches(&self, finding: &Diagnostic, within: FileRange) -> bool {
        touches(self.locate(finding.primary), within)
    }
}

fn touches(at: FileRange, within: FileRange) -> bool {
    at.file == within.file && at.range.start <= within.range.end && within.range.start <= at.range.end
}

/// The fixes of findings that touch a range, each once.
pub(super) fn fixes(sources: &impl Sources, found: &[Diagnostic], within: FileRange) -> Vec<Action> {
    let mut out: Vec<Action> = Vec::new();
    for diagnostic in found {
        let at = sources.locate(diagnostic.primary);
        if !touches(at, within) {
            continue;
        }
        for fix in &diagnostic.fixes {
            let mut edits: Vec<_> = fix.edits.iter().map(|e| (sources.locate(e.span), e.text.clone())).collect();
            edits.sort();
            let action = Action { title: fix.title.clone(), code: diagnostic.code, at, edits, safe: fix.safe };
            // several programs may find the same
            if !out.contains(&action) {
                out.push(action);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::ide::fixture::{Fixture, SHOP};
    use crate::text::TextRange;

    /// Titles and the text after each action, for the cursor.
    fn fixed(text: &str) -> Vec<(String, String)> {
        let fixture = Fixture::new(text);
        let found = fixture.analysis.fixes(&fixture.path, TextRange::new(fixture.offset, fixture.offset));
        let after = |edits: &[(crate::text::FileRange, String)]| {
            let edits: Vec<_> = edits.iter().map(|(at, text)| (at.range, text.clone())).collect();
            fixture.edited(&fixture.path, &edits)
        };
        found.into_iter().map(|a| (a.title, after(&a.edits))).collect()
    }

    #[test]
    fn a_misspelt_name_can_be_put_right_where_the_cursor_is() {
        let text = format!("{SHOP}component x: Shpo$0\n");
        let right = text.replace("Shpo$0", "Shop");
        assert_eq!(fixed(&text), [("change to `Shop`".to_owned(), right)]);
        assert_eq!(fixed(&format!("{SHOP}component x: Shpo\n$0\n")), [], "the cursor is elsewhere");
    }
}
