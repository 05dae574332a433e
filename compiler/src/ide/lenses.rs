//! What a component comes to, in a few words above it.

use super::Analysis;
use crate::db;
use crate::names::nested_items;
use crate::syntax::ast::{Item, ItemKind};
use crate::text::TextRange;
use rustc_hash::FxHashMap;

/// A lens above a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lens {
    /// The name.
    pub range: TextRange,
    /// What it shows.
    pub shows: LensKind,
}

/// What a lens shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LensKind {
    /// The program can be seen as a picture: above the file's first line.
    Preview,
    /// How many objects come of a component.
    Objects(usize),
    /// How many of them are network policies.
    Policies(usize),
    /// A component's first workload can be explained: `Deployment/shop`.
    Why(String),
}

impl Analysis {
    /// The lenses of a file, by place. Those of components need a program without errors.
    pub fn lenses(&self, path: &str) -> Vec<Lens> {
        let Some(file) = self.entry(path) else { return Vec::new() };
        if db::is_library(&self.db, file) {
            return Vec::new();
        }
        let mut out = vec![Lens { range: TextRange::default(), shows: LensKind::Preview }];
        let entry = self.entry_of(file);
        if self.stacks(entry.path(&self.db)).is_none() {
            return out;
        }
        let emitted = super::emitted(&self.db, entry);
        let mut by_component: FxHashMap<&str, Vec<&crate::outputs::kubernetes::Packed>> = FxHashMap::default();
        for object in emitted.objects.first().into_iter().flatten() {
            if let Some(component) = &object.component {
                by_component.entry(component).or_default().push(object);
            }
        }
        let anchors = db::anchors(&self.db, file);
        let ast = db::ast(&self.db, file);
        for component in ast.items().flat_map(components) {
            let ItemKind::Component(it) = &component.kind else { continue };
            let Some(objects) = by_component.get(it.name.name.as_str()) else { continue };
            let range = anchors.resolve(it.name.span).range;
            let policies = objects.iter().filter(|o| o.kind() == "NetworkPolicy").count();
            let workload = |kind: &&str| objects.iter().any(|o| o.kind() == *kind && o.name() == it.name.name);
            let why = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"].iter().copied().find(workload);
            out.push(Lens { range, shows: LensKind::Objects(objects.len()) });
            out.extend((policies > 0).then_some(Lens { range, shows: LensKind::Policies(policies) }));
            out.extend(why.map(|kind| Lens { range, shows: LensKind::Why(format!("{kind}/{}", it.name.name)) }));
        }
        out
    }
}

/// The components in an item.
fn components(item: &Item) -> Vec<&Item> {
    match &item.kind {
        ItemKind::Component(_) => vec![item],
        _ => nested_items(item).flat_map(components).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::LensKind;
    use crate::ide::fixture::{Fixture, SHOP};

    #[test]
    fn a_component_shows_what_comes_of_it() {
        let text = format!("{SHOP}namespace n {{\n  component till: Shop\n}}\ncustomer -> till: order\n")
            .replace("component shop: Shop { shelves: 5 }\n", "");
        let fixture = Fixture::new(&text);
        let found = fixture.analysis.lenses(&fixture.path);
        assert_eq!(found[0].shows, LensKind::Preview);
        assert!(matches!(found[1].shows, LensKind::Objects(n) if n > 3), "{found:?}");
        assert_eq!(fixture.own(found[1].range, ""), "  component till: Shop\n            ^^^^\n");
        assert!(found.contains(&super::Lens { range: found[1].range, shows: LensKind::Why("Deployment/till".into()) }));
        let broken = Fixture::new(&format!("{text}customer -> nobody: order\n"));
        assert_eq!(broken.analysis.lenses(&broken.path).len(), 1, "a program with errors comes to nothing");
    }
}
