//! What a file declares.

use crate::db::{self, Db, SourceFile};
use crate::maps::IndexMap;
use crate::syntax::ast::{File, Ident, Item, ItemKind};
use crate::text::{FileId, Span};
use smol_str::SmolStr;
use std::sync::Arc;

/// An item, by its file and its number in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DefId {
    /// The file.
    pub file: FileId,
    /// The item's number ([`Span::item`]).
    pub item: u32,
}

/// What sort of thing a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum DefKind {
    Let,
    Fn,
    Type,
    Protocol,
    Kind,
    Component,
    Namespace,
    Layer,
    Profile,
    View,
}

impl DefKind {
    /// The keyword that declares it.
    pub const fn keyword(self) -> &'static str {
        match self {
            DefKind::Let => "let",
            DefKind::Fn => "fn",
            DefKind::Type => "type",
            DefKind::Protocol => "protocol",
            DefKind::Kind => "kind",
            DefKind::Component => "component",
            DefKind::Namespace => "namespace",
            DefKind::Layer => "layer",
            DefKind::Profile => "profile",
            DefKind::View => "view",
        }
    }

    /// The space in which its name must be unique.
    pub const fn space(self) -> Space {
        match self {
            DefKind::Let | DefKind::Fn | DefKind::Component => Space::Value,
            DefKind::Type | DefKind::Kind => Space::Type,
            DefKind::Protocol => Space::Protocol,
            DefKind::Namespace => Space::Namespace,
            DefKind::Layer => Space::Layer,
            DefKind::Profile => Space::Profile,
            DefKind::View => Space::View,
        }
    }
}

/// Names are unique within a space; what is asked for tells which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Space {
    Value,
    Type,
    Protocol,
    Namespace,
    Layer,
    Profile,
    View,
}

impl Space {
    /// All of them.
    pub const ALL: [Space; 7] =
        [Space::Value, Space::Type, Space::Protocol, Space::Namespace, Space::Layer, Space::Profile, Space::View];
}

/// One declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// What it is.
    pub kind: DefKind,
    /// Which item.
    pub def: DefId,
    /// Place of its name.
    pub name_span: Span,
}

/// All declarations of a file, nested ones too, in source order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exports {
    /// By space and name; the first of each.
    pub names: IndexMap<(Space, SmolStr), Export>,
    /// Those whose name was taken: the name, itself, and who had it.
    pub duplicates: Vec<(SmolStr, Export, Export)>,
}

impl Exports {
    /// The declaration of a name.
    pub fn get(&self, space: Space, name: &str) -> Option<&Export> {
        self.names.get(&(space, SmolStr::new(name)))
    }
}

fn declared(kind: &ItemKind) -> Option<(DefKind, &Ident)> {
    Some(match kind {
        ItemKind::Let(x) => (DefKind::Let, &x.name),
        ItemKind::Fn(x) => (DefKind::Fn, &x.name),
        ItemKind::Type(x) => (DefKind::Type, &x.name),
        ItemKind::Protocol(x) => (DefKind::Protocol, &x.name),
        ItemKind::Kind(x) => (DefKind::Kind, &x.name),
        ItemKind::Component(x) => (DefKind::Component, &x.name),
        ItemKind::Namespace(x) => (DefKind::Namespace, &x.name),
        ItemKind::Layer(x) => (DefKind::Layer, &x.name),
        ItemKind::Profile(x) => (DefKind::Profile, &x.name),
        ItemKind::View(x) => (DefKind::View, &x.name),
        _ => return None,
    })
}

/// The name that an item declares.
pub fn declared_name(kind: &ItemKind) -> Option<&SmolStr> {
    declared(kind).map(|(_, name)| &name.name)
}

/// The items within an item, in their parts: those of a namespace or a layer.
pub fn nested_parts(item: &Item) -> &[Arc<Vec<Item>>] {
    match &item.kind {
        ItemKind::Namespace(group) | ItemKind::Layer(group) => &group.parts,
        _ => &[],
    }
}

/// The items within an item.
pub fn nested_items(item: &Item) -> impl Iterator<Item = &Item> {
    nested_parts(item).iter().flat_map(|part| part.iter())
}

/// The item with this number. Items are numbered in source order, so each level is sorted.
pub fn find_item(items: &[Item], number: u32) -> Option<&Item> {
    let at = items.partition_point(|i| i.span.item <= number).checked_sub(1)?;
    let item = &items[at];
    if item.span.item == number { Some(item) } else { find_in_parts(nested_parts(item), number) }
}

/// The item with this number of a file.
pub fn find_in(file: &File, number: u32) -> Option<&Item> {
    find_in_parts(&file.parts, number)
}

fn find_in_parts(parts: &[Arc<Vec<Item>>], number: u32) -> Option<&Item> {
    // no part is empty
    let at = parts.partition_point(|part| part.first().is_none_or(|i| i.span.item <= number)).checked_sub(1)?;
    find_item(&parts[at], number)
}

/// What the file declares.
#[salsa::tracked]
pub fn exports(db: &dyn Db, file: SourceFile) -> Exports {
    fn walk(items: &[Item], out: &mut Exports) {
        for item in items {
            if let Some((kind, name)) = declared(&item.kind)
                && !name.name.is_empty()
            {
                let def = DefId { file: item.span.file, item: item.span.item };
                let export = Export { kind, def, name_span: name.span };
                match out.names.entry((kind.space(), name.name.clone())) {
                    indexmap::map::Entry::Vacant(e) => _ = e.insert(export),
                    indexmap::map::Entry::Occupied(e) => {
                        // a namespace or layer may be opened again
                        if !matches!(kind, DefKind::Namespace | DefKind::Layer) {
                            out.duplicates.push((name.name.clone(), export, e.get().clone()));
                        }
                    }
                }
            }
            nested_parts(item).iter().for_each(|part| walk(part, out));
        }
    }
    let mut out = Exports::default();
    db::ast(db, file).parts.iter().for_each(|part| walk(part, &mut out));
    out
}

/// The declaration that an item is; nothing where another one had its name before.
pub fn export_of(db: &dyn Db, def: DefId) -> Option<&Export> {
    let file = db::file(db, def.file);
    let ast = db::ast(db, file);
    let (kind, name) = declared(&find_in(&ast, def.item)?.kind)?;
    exports(db, file).get(kind.space(), &name.name).filter(|export| export.def == def)
}

/// What the library declares, all files together; of names declared twice, the first.
#[salsa::tracked]
pub fn library_exports(db: &dyn Db, project: db::Project) -> Exports {
    let _ = project;
    let mut out = Exports::default();
    for &file in db::library(db) {
        for (key, export) in &exports(db, file).names {
            out.names.entry(key.clone()).or_insert_with(|| export.clone());
        }
    }
    out
}
