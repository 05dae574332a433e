//! What a selection grows to.

use crate::syntax::tree::Tree;
use crate::text::TextRange;

/// The ranges around an offset, each within the next, from its token to the file.
pub(super) fn around(tree: &Tree, offset: u32) -> Vec<TextRange> {
    let offset = offset.min(tree.text().len() as u32);
    let mut out: Vec<TextRange> = Vec::new();
    let Some(after) = tree.leaf_at(offset) else { return vec![tree.range(tree.root())] };
    let before = offset.checked_sub(1).and_then(|at| tree.leaf_at(at)).unwrap_or(after);
    // at the end of a word it is the word that is meant
    let is_word = |leaf| tree.rule(leaf).is_some_and(|_| tree.text_of(leaf).starts_with(|c: char| c.is_alphanumeric()));
    let leaf = if !is_word(after) && is_word(before) { before } else { after };
    for node in tree.ancestors(leaf) {
        let range = tree.range(node);
        let text = tree.text_of(node);
        // what is selected ends with something
        let end = range.start + text.trim_end().len() as u32;
        let range = if node == tree.root() { range } else { TextRange::new(range.start, end.max(range.start)) };
        let grows = out.last().is_none_or(|last| range.contains(*last) && range != *last);
        if grows && (range.touches(offset) && !range.is_empty() || node == tree.root()) {
            out.push(range);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::ide::fixture::Fixture;

    #[test]
    fn a_selection_grows_from_the_word_to_the_file() {
        let text = "let x = 1\ncomponent a: B { c: [1, 2$02] }\n";
        let fixture = Fixture::new(text);
        let text = text.replace("$0", "");
        let found = fixture.analysis.selections(&fixture.path, fixture.offset);
        let shown: Vec<&str> = found.iter().map(|r| &text[r.start as usize..r.end as usize]).collect();
        assert_eq!(
            shown,
            [
                "22",
                "[1, 22]",
                "c: [1, 22]",
                "{ c: [1, 22] }",
                "component a: B { c: [1, 22] }",
                "let x = 1\ncomponent a: B { c: [1, 22] }\n"
            ]
        );
        assert_eq!(fixture.analysis.selections(&fixture.path, 9999).last().map(|r| r.start), Some(0));
    }
}
