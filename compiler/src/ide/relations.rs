//! What a thing is of, and what there is of it: kinds of components, and components of kinds.

use super::symbol;
use crate::db::{self, Db, Project, SourceFile};
use crate::names::{DefId, DefKind};
use crate::text::{FileRange, Span};
use crate::types::{Target, items, queries};

/// Where the kind of the component at an offset is declared.
pub(super) fn type_definition(db: &dyn Db, file: SourceFile, offset: u32) -> Option<FileRange> {
    match symbol::at(db, file, offset)?.1 {
        Target::Def(def, DefKind::Component) => {
            let kind = queries::component_kind(db, def)?;
            symbol::declaration(db, &Target::Def(kind.def, DefKind::Kind))
        }
        _ => None,
    }
}

/// What there is of the thing at an offset: components of a kind and of those that extend it; kinds that accept or
/// emit a protocol.
pub(super) fn implementations(db: &dyn Db, file: SourceFile, offset: u32) -> Vec<FileRange> {
    let found: Vec<Span> = match symbol::at(db, file, offset) {
        Some((_, Target::Def(kind, DefKind::Kind))) => components(db, kind),
        Some((_, Target::Def(protocol, DefKind::Protocol))) => speakers(db, protocol),
        _ => Vec::new(),
    };
    let locate = |span: Span| db::anchors(db, db::file(db, span.file)).resolve(span);
    let mut out: Vec<FileRange> = found.into_iter().map(locate).collect();
    out.sort_unstable();
    out
}

fn components(db: &dyn Db, kind: DefId) -> Vec<Span> {
    let parts = Project::get(db).files(db).iter().flat_map(|file| items::file_core(db, *file));
    let of_kind =
        |c: &&items::ComponentCore| c.kind.as_ref().is_some_and(|own| own.def == kind || own.bases.contains(&kind));
    parts.flat_map(|part| &part.components).filter(of_kind).map(|c| c.name.span).collect()
}

fn speakers(db: &dyn Db, protocol: DefId) -> Vec<Span> {
    let mut out = Vec::new();
    for file in Project::get(db).files(db) {
        let exports = crate::names::exports(db, *file).names.values();
        for kind in exports.filter(|e| e.kind == DefKind::Kind) {
            let info = queries::kind_info(db, kind.def);
            let speaks =
                info.emits.iter().any(|e| e.def == protocol) || info.accepts.iter().any(|a| a.speak.def == protocol);
            out.extend(speaks.then_some(kind.name_span));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::ide::fixture::{Fixture, SHOP};

    #[test]
    fn a_component_leads_to_its_kind_and_a_kind_to_its_components() {
        let fixture = Fixture::new(&format!("{SHOP}customer -> sh$0op: order\n"));
        let kind = fixture.analysis.type_definition(&fixture.path, fixture.offset).expect("it has a kind");
        assert_eq!(fixture.shown(kind, ""), "kind Shop {\n     ^^^^\n");
        let fixture = Fixture::new(
            &format!("{SHOP}kind Kiosk extends Shop {{}}\ncomponent k: Kiosk\n").replace("kind Shop", "kind Sh$0op"),
        );
        let found = fixture.analysis.implementations(&fixture.path, fixture.offset);
        let shown: String = found.into_iter().map(|at| fixture.shown(at, "")).collect();
        assert_eq!(shown, "component shop: Shop { shelves: 5 }\n          ^^^^\ncomponent k: Kiosk\n          ^\n");
    }

    #[test]
    fn a_protocol_leads_to_the_kinds_that_speak_it() {
        let fixture = Fixture::new(&SHOP.replace("protocol deliver", "protocol del$0iver"));
        let found = fixture.analysis.implementations(&fixture.path, fixture.offset);
        let shown: String = found.into_iter().map(|at| fixture.shown(at, "")).collect();
        assert_eq!(shown, "kind Shop {\n     ^^^^\nkind Customer {\n     ^^^^^^^^\n");
    }
}
