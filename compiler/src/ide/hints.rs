//! What the text leaves out and the compiler knows: shown between the words.

use crate::analysis::tolerated;
use crate::db::{self, Db, SourceFile};
use crate::graph::{Graph, WorkloadKind};
use crate::names::nested_parts;
use crate::syntax::ast::{ComponentDef, FlowDef, Item, ItemKind};
use crate::text::{FileId, Span, TextRange};
use crate::types::items::{self, PartCore};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

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
    let request = Request { parts: items::file_core(db, file), graph, ports: ports(graph, file.id(db)) };
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

/// The ports that the flows of each item of a file lead to.
fn ports(graph: Option<&Graph>, file: FileId) -> FxHashMap<u32, BTreeSet<u16>> {
    let mut out: FxHashMap<u32, BTreeSet<u16>> = FxHashMap::default();
    let flows = graph.into_iter().flat_map(|g| &g.flows).filter(|f| !f.implicit && f.span.file == file);
    for flow in flows {
        out.entry(flow.span.item).or_default().extend(flow.ports.first().map(|port| port.number));
    }
    out
}

struct Request<'a> {
    parts: &'a [PartCore],
    graph: Option<&'a Graph>,
    ports: FxHashMap<u32, BTreeSet<u16>>,
}

/// More ports than these are not shown at one flow.
const PORTS: usize = 3;

impl Request<'_> {
    fn collect(&self, items: &[Item], out: &mut Vec<(Span, String, bool)>) {
        for item in items {
            match &item.kind {
                ItemKind::Flow(flow) => {
                    out.extend(self.protocol(item, flow));
                    out.extend(self.port(item, flow));
                }
                ItemKind::Component(component) => out.extend(self.instances(component)),
                _ => {}
            }
            nested_parts(item).iter().for_each(|part| self.collect(part, out));
        }
    }

    /// The protocol that a flow leaves to be inferred, if all its links have the same.
    fn protocol(&self, item: &Item, flow: &FlowDef) -> Option<(Span, String, bool)> {
        let last = flow.ends.last()?.last().filter(|_| flow.protocol.is_none())?;
        let links =
            self.parts.iter().flat_map(|part| &part.flows).filter(|f| f.inferred && f.span.item == item.span.item);
        let mut names: Vec<&str> = links.map(|f| f.protocol.name.as_str()).collect();
        names.dedup();
        match names.as_slice() {
            [one] => Some((last.span, format!(": {one}"), true)),
            _ => None,
        }
    }

    /// The ports that a flow's objects listen on.
    fn port(&self, item: &Item, flow: &FlowDef) -> Option<(Span, String, bool)> {
        let last = flow.ends.last()?.last()?.span;
        let at = flow.protocol.as_ref().map_or(last, |protocol| protocol.span);
        let ports = self.ports.get(&item.span.item).filter(|ports| ports.len() <= PORTS)?;
        let numbers: Vec<String> = ports.iter().map(u16::to_string).collect();
        let word = match numbers.len() {
            0 => return None,
            1 => "port",
            _ => "ports",
        };
        Some((at, format!("{word} {}", numbers.join(", ")), false))
    }

    /// How many instances a component has under each profile, where it isn't always one, and how many it can lose.
    fn instances(&self, component: &ComponentDef) -> Option<(Span, String, bool)> {
        let known = self.graph?.components.iter().find(|c| c.name == component.name.name)?;
        if !matches!(known.workload, WorkloadKind::Deployment | WorkloadKind::Stateful) {
            return None;
        }
        let counts = &known.replicas.by_profile;
        let tolerated: Vec<u32> = counts.iter().map(|of| tolerated(known.state, *of)).collect();
        let label = format!("×{}, tolerates {}", by_profile(counts), by_profile(&tolerated));
        counts.iter().any(|n| *n != 1).then_some((component.kind.span, label, false))
    }
}

/// A number for each profile, once where it is the same.
fn by_profile(numbers: &[u32]) -> String {
    let same = numbers.iter().all(|n| *n == numbers[0]);
    let told: Vec<String> = numbers.iter().take(if same { 1 } else { numbers.len() }).map(u32::to_string).collect();
    told.join("/")
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
        assert_eq!(hinted("customer -> shop\n"), "customer -> shop‹: order›‹port 8080›\n");
        assert_eq!(hinted("customer -> shop: order\n"), "customer -> shop: order‹port 8080›\n");
        let both = "customer <-> shop‹ports 80, 8080›\n";
        assert_eq!(hinted("customer <-> shop\n"), both, "one goes by another protocol than the other");
    }

    #[test]
    fn instances_are_shown_where_they_are_not_one() {
        let lines = "component other: Shop\nscale other { default: 3 }\n";
        assert_eq!(hinted(lines), "component other: Shop‹×3, tolerates 2›\nscale other { default: 3 }\n");
        let lines = "component other: Shop\nscale other { low: 1, high: 2 }\ncluster c { profiles: [low, high] }\n";
        assert!(hinted(lines).starts_with("component other: Shop‹×1/2, tolerates 0/1›\n"), "{}", hinted(lines));
    }
}
