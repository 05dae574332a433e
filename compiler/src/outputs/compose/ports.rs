//! Which ports of the machine lead to which instances.

use crate::graph::{Component, Graph};
use rustc_hash::FxHashSet;

/// A port of one instance that people at the machine reach.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Published<'a> {
    pub component: &'a Component,
    pub instance: u32,
    pub port: &'a crate::graph::Port,
    /// On the machine.
    pub number: u16,
}

/// All ports that are published. The first instance of the first component that wants a number has it; another takes
/// the next one that nobody wants.
pub(super) fn publish(graph: &Graph) -> Vec<Published<'_>> {
    let mut wanted: Vec<Published<'_>> = Vec::new();
    for component in graph.components.iter().filter(|c| graph.has_named_instances(c)) {
        let named = |name: &smol_str::SmolStr| component.ports.iter().find(|p| p.name == *name);
        for port in component.published.iter().filter_map(named) {
            let one = |instance| Published { component, instance, port, number: port.number };
            wanted.extend((0..component.replicas.count).map(one));
        }
    }
    let numbers: FxHashSet<u16> = wanted.iter().map(|p| p.number).collect();
    let mut taken = FxHashSet::default();
    let free = |from: u16, taken: &FxHashSet<u16>| {
        (from..=u16::MAX).chain(1024..from).find(|n| !numbers.contains(n) && !taken.contains(n))
    };
    for one in &mut wanted {
        if !taken.insert(one.number) {
            // more than there are ports: left as it is, the container engine refuses it
            one.number = free(one.number, &taken).unwrap_or(one.number);
            taken.insert(one.number);
        }
    }
    wanted
}

#[cfg(test)]
mod tests {
    use crate::db::FileText;
    use crate::graph::{self, Target};

    #[test]
    fn no_two_instances_have_one_port() {
        let kind = "  image: \"example.com/a:1.0\"\n  port http: 8080\n  published: [\"http\"]\n";
        let text = format!(
            "kind A {{\n{kind}}}\nkind B {{\n{}}}\n\
             namespace n {{\n  component a: A {{ replicas: 3 }}\n  component b: B\n  component c: A\n}}\n",
            kind.replace("8080", "8081")
        );
        let mut db = crate::db::RootDb::default();
        db.set_file("main.obs", FileText::Text(text.as_str().into()));
        let entry = crate::db::file_by_path(&db, "main.obs").expect("it was set");
        let graphs = graph::graphs_for(&db, entry, Target::Compose);
        let numbers: Vec<u16> = super::publish(&graphs.graphs[0]).iter().map(|p| p.number).collect();
        assert_eq!(numbers, [8080, 8082, 8083, 8081, 8084], "the first of each has its own number");
    }
}
