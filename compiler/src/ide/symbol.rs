//! What a name in a text means: the base of hover and definition.

use crate::db::{self, Db, Project, SourceFile};
use crate::names::{self, DefId, Export, Space};
use crate::syntax::ast::{Item, ItemKind};
use crate::text::{FileRange, Span, TextRange};
use crate::types::{Target, items};

/// The name at an offset, and what it means.
pub(super) fn at(db: &dyn Db, file: SourceFile, offset: u32) -> Option<(TextRange, Target)> {
    let (anchors, ast, id) = (db::anchors(db, file), db::ast(db, file), file.id(db));
    let item = anchors.span(id, TextRange::new(offset, offset)).item;
    // a name may end where the next item starts
    let around = [Some(item), item.checked_sub(1)].into_iter().flatten();
    let around: Vec<&Item> = around.filter_map(|number| names::find_in(&ast, number)).collect();
    let nearest = |names: &mut dyn Iterator<Item = (Span, Target)>| {
        let placed = names.map(|(span, target)| (anchors.resolve(span).range, target));
        placed.filter(|(range, _)| range.touches(offset)).min_by_key(|(range, _)| range.len())
    };
    let mut own = around.iter().flat_map(|item| of_item(db, file, item));
    nearest(&mut own).or_else(|| nearest(&mut around.iter().flat_map(|item| members(db, item))))
}

/// The names in an item, and in others of its part: a file has many.
fn of_item(db: &dyn Db, file: SourceFile, item: &Item) -> impl Iterator<Item = (Span, Target)> {
    // what is imported is known by file
    let imported = matches!(item.kind, ItemKind::Import(_)).then(|| all(db, file)).into_iter().flatten();
    let declared = names::export_of(db, DefId { file: item.span.file, item: item.span.item });
    let declared = declared.map(|e| (e.name_span, Target::Def(e.def, e.kind)));
    let part = db::part_of(db, file, item.span.item);
    let uses = part.into_iter().flat_map(|part| &items::part_core(db, part).uses).map(|u| (u.span, u.target.clone()));
    imported.chain(uses).chain(declared).filter(move |(span, _)| span.file == file.id(db))
}

/// Parameters, fields and locals that an item declares: of one that others see, those too that only they use.
fn members(db: &dyn Db, item: &Item) -> impl Iterator<Item = (Span, Target)> {
    let (id, number) = (item.span.file, item.span.item);
    let seen = matches!(item.kind, ItemKind::Kind(_) | ItemKind::Type(_) | ItemKind::Protocol(_) | ItemKind::Fn(_));
    let all = seen.then(|| Project::get(db).files(db)).into_iter().flatten();
    let all = all.flat_map(|file| items::file_core(db, *file)).flat_map(|part| &part.uses);
    let own = if seen { None } else { db::part_of(db, db::file(db, id), number) };
    let own = own.into_iter().flat_map(|part| &items::part_core(db, part).uses);
    all.chain(own).filter_map(move |used| match used.target {
        Target::Declared(span) if (span.file, span.item) == (id, number) && !span.range.is_empty() => {
            Some((span, used.target.clone()))
        }
        _ => None,
    })
}

/// All names of a file with what they mean: declared, used, and imported; and the paths of imports.
pub(super) fn all(db: &dyn Db, file: SourceFile) -> impl Iterator<Item = (Span, Target)> {
    let id = file.id(db);
    let uses = items::file_core(db, file).iter().flat_map(|part| &part.uses).map(|u| (u.span, u.target.clone()));
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

/// What a file calls an item that is a value: a component, a `let`, a function.
pub(super) fn name_of(db: &dyn Db, file: SourceFile, def: DefId) -> Option<String> {
    let mut seen = names::scope(db, file).names_of(Space::Value);
    seen.find(|(_, binding)| binding.export.def == def).map(|(name, _)| name.to_string())
}

/// Where what a name means is declared; built-in things are declared nowhere.
pub(super) fn declaration(db: &dyn Db, target: &Target) -> Option<FileRange> {
    let locate = |span: Span| db::anchors(db, db::file(db, span.file)).resolve(span);
    match target {
        Target::Def(def, _) => names::export_of(db, *def).map(|e| locate(e.name_span)),
        Target::Declared(span) => Some(locate(*span)),
        Target::Builtin(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::ide::fixture::{Fixture, SHOP};

    fn definition(text: &str) -> String {
        let fixture = Fixture::new(text);
        let found = fixture.analysis.definition(&fixture.path, fixture.offset);
        found.map_or_else(|| "nothing\n".to_owned(), |at| fixture.shown(at, ""))
    }

    fn in_shop(line: &str) -> String {
        definition(&format!("{SHOP}{line}\n"))
    }

    #[test]
    fn names_lead_to_their_declarations() {
        let component = "component shop: Shop { shelves: 5 }\n          ^^^^\n";
        assert_eq!(in_shop("customer -> s$0hop: order"), component);
        assert_eq!(in_shop("customer -> shop$0: order"), component, "the end of a name belongs to it");
        assert_eq!(in_shop("scale sh$0op { default: 2 }"), component);
        assert_eq!(in_shop("customer -> shop: or$0der"), definition_of("protocol order", 9, 5));
        assert_eq!(in_shop("component x: Sh$0op"), "kind Shop {\n     ^^^^\n");
        assert_eq!(in_shop("fn f(c: component(or$0der)): int = 1"), definition_of("protocol order", 9, 5));
        assert_eq!(in_shop("component x: Shop { she$0lves: 1 }"), "  param shelves: int = 3\n        ^^^^^^^\n");
    }

    fn definition_of(line: &str, indent: usize, width: usize) -> String {
        let line = SHOP.lines().find(|l| l.starts_with(line)).expect("the shop has it");
        format!("{line}\n{}{}\n", " ".repeat(indent), "^".repeat(width))
    }

    #[test]
    fn imports_lead_to_other_files() {
        let two = |line: &str| definition(&format!("//- main.obs\n{line}\n//- a.obs\nlet x = 1\n"));
        assert_eq!(two("import \"./a.obs\".{x$0}"), "a.obs\nlet x = 1\n    ^\n");
        assert_eq!(two("import \"./a$0.obs\".{x}"), "a.obs\nlet x = 1\n^\n");
        assert_eq!(two("import \"./nowhere$0.obs\".{x}"), "nothing\n");
    }

    #[test]
    fn locals_and_parameters_of_functions_have_declarations() {
        assert_eq!(definition("fn f(a: int): int = a$0 + 1\n"), "fn f(a: int): int = a + 1\n     ^\n");
        assert_eq!(definition("let x = [for y in [1]: y$0]\n"), "let x = [for y in [1]: y]\n             ^\n");
    }
}
