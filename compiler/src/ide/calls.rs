//! Flows as a hierarchy of calls: a component calls those that its flows lead to.

use super::symbol;
use crate::db::{self, Db, SourceFile};
use crate::names::{self, DefKind};
use crate::text::{FileRange, Span};
use crate::types::Target;
use crate::types::items::{self, ComponentCore, FlowCore};
use smol_str::SmolStr;

/// A component of a hierarchy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    /// Its name.
    pub name: String,
    /// Its kind's name.
    pub kind: Option<String>,
    /// All of its declaration.
    pub at: FileRange,
    /// Its name's place.
    pub name_at: FileRange,
}

/// A component at the other end of flows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The component.
    pub station: Station,
    /// The protocols, in the order of the flows.
    pub protocols: Vec<String>,
    /// Where the flows name the object, for what a component calls; the subject, for who calls it.
    pub places: Vec<FileRange>,
}

fn locate(db: &dyn Db, span: Span) -> FileRange {
    db::anchors(db, db::file(db, span.file)).resolve(span)
}

fn parts(db: &dyn Db, entry: SourceFile) -> impl Iterator<Item = &items::FileCore> {
    let files = names::program(db, entry).files.iter().map(|id| db::file(db, *id));
    files.flat_map(move |file| items::file_core(db, file)).map(|part| &**part)
}

fn station(db: &dyn Db, core: &ComponentCore) -> Station {
    Station {
        name: core.name.name.to_string(),
        kind: core.kind.as_ref().map(|k| k.name.to_string()),
        at: locate(db, core.span),
        name_at: locate(db, core.name.span),
    }
}

/// The component named at an offset.
pub(super) fn component_at(db: &dyn Db, entry: SourceFile, file: SourceFile, offset: u32) -> Option<Station> {
    let (_, Target::Def(def, DefKind::Component)) = symbol::at(db, file, offset)? else { return None };
    let mut all = parts(db, entry).flat_map(|part| &part.components);
    let core = all.find(|c| c.span.file == def.file && c.span.item == def.item)?;
    Some(station(db, core))
}

/// Who has flows to a component (`upstream`), or whom it has flows to; in the order of the flows.
pub(super) fn routes(db: &dyn Db, entry: SourceFile, name: &str, upstream: bool) -> Vec<Route> {
    let ends = |flow: &FlowCore| -> (SmolStr, SmolStr, Span) {
        match upstream {
            true => (flow.to.clone(), flow.from.clone(), flow.from_span),
            false => (flow.from.clone(), flow.to.clone(), flow.to_span),
        }
    };
    let mut out: Vec<Route> = Vec::new();
    for flow in parts(db, entry).flat_map(|part| &part.flows) {
        let (own, other, place) = ends(flow);
        if own != name {
            continue;
        }
        let (place, protocol) = (locate(db, place), flow.protocol.name.to_string());
        match out.iter_mut().find(|route| route.station.name == other) {
            Some(route) => {
                route.places.push(place);
                route.protocols.extend((!route.protocols.contains(&protocol)).then_some(protocol));
            }
            None => {
                let core = parts(db, entry).flat_map(|part| &part.components).find(|c| c.name.name == other);
                let Some(core) = core else { continue };
                out.push(Route { station: station(db, core), protocols: vec![protocol], places: vec![place] });
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::ide::fixture::{Fixture, SHOP};

    #[test]
    fn flows_lead_up_and_down() {
        let fixture = Fixture::new(&format!("{SHOP}customer -> shop: order\nshop -> custo$0mer: deliver\n"));
        let at = fixture.analysis.component_at(&fixture.path, fixture.offset).expect("it names a component");
        assert_eq!((at.name.as_str(), at.kind.as_deref()), ("customer", Some("Customer")));
        for (upstream, protocol, place) in [(false, "order", "            ^^^^\n"), (true, "deliver", "^^^^\n")] {
            let found = fixture.analysis.routes(&fixture.path, "customer", upstream);
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].station.name.as_str(), &found[0].protocols[..]), ("shop", &[protocol.to_owned()][..]));
            assert!(fixture.shown(found[0].places[0], "").ends_with(place), "{found:?}");
        }
    }
}
