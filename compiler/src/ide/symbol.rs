//! What a name in a text means: the base of hover and definition.

use crate::db::{self, Db, SourceFile};
use crate::names::{self, Export};
use crate::text::{FileRange, Span, TextRange};
use crate::types::{Target, items};

/// The name at an offset, and what it means.
pub(super) fn at(db: &dyn Db, file: SourceFile, offset: u32) -> Option<(TextRange, Target)> {
    let anchors = db::anchors(db, file);
    all(db, file)
        .map(|(span, target)| (anchors.resolve(span).range, target))
        .filter(|(range, _)| range.touches(offset))
        .min_by_key(|(range, _)| range.len())
}

/// All names of a file with what they mean: declared, used, and imported; and the paths of imports.
pub(super) fn all(db: &dyn Db, file: SourceFile) -> impl Iterator<Item = (Span, Target)> {
    let id = file.id(db);
    let uses = items::file_core(db, file).uses.iter().map(|u| (u.span, u.target.clone()));
    let def = |e: &Export| Target::Def(e.def, e.kind);
    let declared = names::exports(db, file).names.values().map(move |e| (e.name_span, def(e)));
    let imported = names::scope(db, file).names.values().filter_map(move |b| Some((b.import?, def(&b.export))));
    let start = |file: SourceFile| Span { file: file.id(db), item: 0, range: TextRange::default() };
    let paths = names::imports(db, file).iter().filter_map(move |import| {
        let target = db::file_by_path(db, import.path.as_deref()?)?;
        matches!(target.text(db), db::FileText::Text(_)).then(|| (import.span, Target::Declared(start(target))))
    });
    uses.chain(declared).chain(imported).chain(paths).filter(move |(span, _)| span.file == id)
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
