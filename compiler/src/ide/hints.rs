//! What the text leaves out and the compiler knows: shown between the words.

use crate::db::{self, Db, SourceFile};
use crate::graph::{Graph, WorkloadKind};
use crate::names::nested_parts;
use crate::syntax::ast::{ComponentDef, FlowDef, Item, ItemKind};
use crate::text::{Span, TextRange};
use crate::types::items::{self, PartCore};

/// Something to show behind a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hint {
    /// Behind which byte.
    pub offset: u32,
    /// What.
    pub label: String,
    /// Whether it could be written there as it is shown.
    pub writable: bool,
}

/// The hints of a part of a file, by place.
pub(super) fn hints(db: &dyn Db, file: SourceFile, within: TextRange, graph: Option<&Graph>) -> Vec<Hint> {
    let ast = db::ast(db, file);
    let request = Request { parts: items::file_core(db, file), graph };
    let mut found = Vec::new();
    ast.parts.iter().for_each(|part| request.collect(part, &mut found));
    let anchors = db::anchors(db, file);
    let placed = found.into_iter().map(|(at, label, writable)| {
        let offset = anchors.resolve(at).range.end;
        Hint { offset, label, writable }
    });
    let mut out: Vec<Hint> = placed.filter(|hint| within.touches(hint.offset)).collect();
    out.sort();
    out
}

struct Request<'a> {
    parts: &'a [PartCore],
    graph: Option<&'a Graph>,
}

impl Request<'_> {
    fn collect(&self, items: &[Item], out: &mut Vec<(Span, String, bool)>) {
        for item in items {
            match &item.kind {
                ItemKind::Flow(flow) if flow.protocol.is_none() => out.extend(self.protocol(item, flow)),
                ItemKind::Component(component) => out.extend(self.instances(component)),
                _ => {}
            }
            nested_parts(item).iter().for_each(|part| self.collect(part, out));
        }
    }

    /// The protocol that a flow leaves to be inferred, if all its links have the same.
    fn protocol(&self, item: &Item, flow: &FlowDef) -> Option<(Span, String, bool)> {
        let last = flow.ends.last()?.last()?;
        let links =
            self.parts.iter().flat_map(|part| &part.flows).filter(|f| f.inferred && f.span.item == item.span.item);
        let mut names: Vec<&str> = links.map(|f| f.protocol.name.as_str()).collect();
        names.dedup();
        match names.as_slice() {
            [one] => Some((last.span, format!(": {one}"), true)),
            _ => None,
        }
    }

    /// How many instances a component has under each profile, where it isn't always one.
    fn instances(&self, component: &ComponentDef) -> Option<(Span, String, bool)> {
        let known = self.graph?.components.iter().find(|c| c.name == component.name.name)?;
        if !matches!(known.workload, WorkloadKind::Deployment | WorkloadKind::Stateful) {
            return None;
        }
        let mut counts: Vec<String> = known.replicas.by_profile.iter().map(u32::to_string).collect();
        if counts.iter().all(|n| *n == counts[0]) {
            counts.truncate(1);
        }
        (counts != ["1"]).then(|| (component.kind.span, format!("×{}", counts.join("/")), false))
    }
}

#[cfg(test)]
mod tests {
    use crate::ide::fixture::{Fixture, SHOP};
    use crate::text::TextRange;

    fn hinted(lines: &str) -> String {
        let text = format!("{SHOP}{lines}");
        let fixture = Fixture::new(&text);
        let hints = fixture.analysis.hints(&fixture.path, TextRange::new(0, text.len() as u32));
        let edits: Vec<_> =
            hints.into_iter().map(|h| (TextRange::new(h.offset, h.offset), format!("‹{}›", h.label))).collect();
        fixture.edited(&fixture.path, &edits).replacen(SHOP, "", 1)
    }

    #[test]
    fn a_protocol_that_is_inferred_is_shown() {
        assert_eq!(hinted("customer -> shop\n"), "customer -> shop‹: order›\n");
        assert_eq!(hinted("customer -> shop: order\n"), "customer -> shop: order\n");
        assert_eq!(hinted("customer <-> shop\n"), "customer <-> shop\n", "one goes by another than the other");
    }

    #[test]
    fn instances_are_shown_where_they_are_not_one() {
        let lines = "component other: Shop\nscale other { default: 3 }\n";
        assert_eq!(hinted(lines), "component other: Shop‹×3›\nscale other { default: 3 }\n");
    }
}
