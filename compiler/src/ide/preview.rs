//! What becomes of a program, for those who look at its text: its pictures, and what an item gives.

use super::{Analysis, insertion};
use crate::db::{self, SourceFile};
use crate::graph::{self, Stack};
use crate::outputs::OutputFile;
use crate::outputs::diagram::{self, Format};
use crate::syntax::ast::ItemKind;
use rustc_hash::FxHashSet;

impl Analysis {
    /// A picture of the program that a file belongs to, under its default profile; `None` where there is no such view.
    pub fn preview(&self, path: &str, view: &str, format: Format) -> Option<String> {
        let entry = self.entry_of(self.entry(path)?);
        diagram::draw(&self.stack(entry)?, view, format)
    }

    /// The views of the program that a file belongs to, with what they show, its own first; without those that show nothing.
    pub fn views(&self, path: &str) -> Vec<(String, String)> {
        let Some(entry) = self.entry(path).map(|file| self.entry_of(file)) else { return Vec::new() };
        let Some(stack) = self.stack(entry) else { return Vec::new() };
        let own = stack.graph.views.iter().map(|view| view.name.to_string());
        let mut names: Vec<String> = own.collect();
        let known = diagram::VIEWS.iter().map(|name| (*name).to_owned());
        names.extend(known.filter(|name| stack.graph.views.iter().all(|view| view.name != *name)));
        names.into_iter().filter_map(|name| Some((diagram::title(&stack, &name)?, name))).map(|(t, n)| (n, t)).collect()
    }

    /// What a program is under its default profile. What runs is known of programs without errors only.
    fn stack(&self, entry: SourceFile) -> Option<Stack> {
        let stack = graph::stacks(&self.db, entry).stacks.first().cloned();
        let bare =
            || Some(Stack { graph: graph::graphs(&self.db, entry).graphs.first()?.clone(), workloads: [].into() });
        stack.or_else(bare)
    }

    /// The files that owe something to the item at an offset, and all objects of a component there; none where the
    /// program has errors.
    pub fn emitted_by(&self, path: &str, offset: u32) -> Vec<OutputFile> {
        let Some(file) = self.entry(path) else { return Vec::new() };
        let entry = self.entry_of(file);
        let ast = db::ast(&self.db, file);
        let item = insertion::item_at(&ast, db::anchors(&self.db, file), offset);
        let Some(item) = item else { return Vec::new() };
        if self.stacks(entry.path(&self.db)).is_none() {
            return Vec::new();
        }
        let component = match &item.kind {
            ItemKind::Component(it) => Some(it.name.name.as_str()),
            _ => None,
        };
        // much of an object may be from its kind and from flows
        let objects = super::emitted(&self.db, entry).objects.iter().flatten();
        let own = objects.filter(|o| component.is_some() && o.component.as_deref() == component);
        let own: FxHashSet<String> = own.map(|object| format!("/{}", object.path())).collect();
        let (id, item) = (file.id(&self.db), item.span.item);
        let caused = |f: &OutputFile| f.origins.iter().any(|o| o.span.file == id && o.span.item == item);
        let is_own = |f: &OutputFile| own.iter().any(|path| f.path.ends_with(path.as_str()));
        super::files(&self.db, entry).iter().filter(|f| caused(f) || is_own(f)).cloned().collect()
    }
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
        let views = fixture.analysis.views(&fixture.path);
        assert_eq!(views.first().map(|(name, title)| (&**name, &**title)), Some(("system", "System architecture")));
        assert!(views.iter().all(|(name, _)| name != "logs"), "nothing here logs: {views:?}");
        let found = fixture.analysis.emitted_by(&fixture.path, fixture.offset);
        let paths: Vec<&str> = found.iter().map(|f| f.path.as_str()).collect();
        assert!(paths.iter().any(|p| p.ends_with("n/till/deployment.yaml")), "{paths:?}");
        let kind = fixture.analysis.emitted_by(&fixture.path, 0);
        assert!(kind.is_empty(), "nothing comes from a blank line");
    }
}
