//! What a name in a text means: the base of hover and definition.

use crate::db::{self, Db, SourceFile};
use crate::names;
use crate::text::{FileRange, Span, TextRange};
use crate::types::{Target, items};

/// The name at an offset, and what it means.
pub(super) fn at(db: &dyn Db, file: SourceFile, offset: u32) -> Option<(TextRange, Target)> {
    let anchors = db::anchors(db, file);
    let range = |span: Span| anchors.resolve(span).range;
    let id = file.id(db);
    let uses = items::file_core(db, file).uses.iter().map(|u| (u.span, u.target.clone()));
    let declared = names::exports(db, file).names.values().map(|e| (e.name_span, Target::Def(e.def, e.kind)));
    uses.chain(declared)
        .filter(|(span, _)| span.file == id)
        .map(|(span, target)| (range(span), target))
        .filter(|(range, _)| range.touches(offset))
        .min_by_key(|(range, _)| range.len())
}

/// Where what a name means is declared; built-in things are declared nowhere.
pub(super) fn declaration(db: &dyn Db, target: &Target) -> Option<FileRange> {
    let locate = |span: Span| db::anchors(db, db::file(db, span.file)).resolve(span);
    match target {
        Target::Def(def, _) => {
            let exports = names::exports(db, db::file(db, def.file));
            exports.names.values().find(|e| e.def == *def).map(|e| locate(e.name_span))
        }
        Target::Declared(span) => Some(locate(*span)),
        Target::Builtin(_) => None,
    }
}
