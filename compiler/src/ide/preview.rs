//! What becomes of a program, for those who look at its text: its pictures, and what an item gives.

use super::Analysis;
use crate::db;
use crate::graph;
use crate::names::nested_items;
use crate::outputs::OutputFile;
use crate::outputs::diagram::{self, Format};
use crate::syntax::ast::Item;
use crate::text::Anchors;

impl Analysis {
    /// A picture of the program that a file belongs to, under its default profile; `None` where there is no such view.
    pub fn preview(&self, path: &str, view: &str, format: Format) -> Option<String> {
        let entry = self.entry_of(self.entry(path)?);
        diagram::draw(graph::graphs(&self.db, entry).graphs.first()?, view, format)
    }

    /// The files that owe something to the item at an offset; none where the program has errors.
    pub fn emitted_by(&self, path: &str, offset: u32) -> Vec<OutputFile> {
        let Some(file) = self.entry(path) else { return Vec::new() };
        let entry = self.entry_of(file);
        let Some(item) = item_at(&db::ast(&self.db, file).items, db::anchors(&self.db, file), offset) else {
            return Vec::new();
        };
        if self.stacks(entry.path(&self.db)).is_none() {
            return Vec::new();
        }
        let id = file.id(&self.db);
        let caused = |f: &&OutputFile| f.origins.iter().any(|o| o.span.file == id && o.span.item == item);
        super::files(&self.db, entry).iter().filter(caused).cloned().collect()
    }
}

/// The number of the innermost item at an offset.
fn item_at(items: &[Item], anchors: &Anchors, offset: u32) -> Option<u32> {
    let item = items.iter().find(|i| anchors.resolve(i.span).range.touches(offset))?;
    item_at(nested_items(item), anchors, offset).or(Some(item.span.item))
}

#[cfg(test)]
mod tests {
    use crate::ide::fixture::{Fixture, SHOP};
    use crate::outputs::diagram::Format;

    #[test]
    fn a_picture_and_the_files_of_a_component() {
        let text = format!("{SHOP}namespace n {{\n  component till$0: Shop\n}}\ncustomer -> till: order\n")
            .replace("component shop: Shop { shelves: 5 }\n", "");
        let fixture = Fixture::new(&text);
        let picture = fixture.analysis.preview(&fixture.path, "system", Format::Mermaid).expect("it always exists");
        assert!(picture.contains("till"), "{picture}");
        assert_eq!(fixture.analysis.preview(&fixture.path, "nowhere", Format::Mermaid), None);
        let found = fixture.analysis.emitted_by(&fixture.path, fixture.offset);
        let paths: Vec<&str> = found.iter().map(|f| f.path.as_str()).collect();
        assert!(paths.iter().any(|p| p.ends_with("n/till/deployment.yaml")), "{paths:?}");
        let kind = fixture.analysis.emitted_by(&fixture.path, 0);
        assert!(kind.is_empty(), "nothing comes from a blank line");
    }
}
