//! Edits of imports, for fixes.

use super::declarations::Space;
use super::visible::Names;
use crate::db::{self, Db, SourceFile};
use crate::diagnostics::{Edit, Fix};
use crate::syntax::ast::{Import, ImportSource, ItemKind};
use crate::text::{Span, TextRange};

/// Imports a name from the library: into a list that is there, else on a line of its own.
pub fn add_library_import(db: &dyn Db, file: SourceFile, name: &str) -> Option<Fix> {
    let names = Names::new(db, file);
    if Space::ALL.iter().any(|space| names.get(*space, name).is_some()) {
        return None;
    }
    let ast = db::ast(db, file);
    let of_library = |import: &Import| matches!(&import.source, ImportSource::Library(name) if name == "std");
    let mut lists = ast.items().filter_map(|i| match &i.kind {
        ItemKind::Import(import) if of_library(import) => import.names.as_deref()?.last(),
        _ => None,
    });
    let edit = match lists.next_back() {
        Some(last) => Edit { span: last.span.end(), text: format!(", {name}") },
        None => Edit { span: first_line(ast.items().next(), file.id(db)), text: format!("import std.{{{name}}}\n") },
    };
    Some(Fix { title: format!("import `{name}` from `std`"), edits: vec![edit], safe: true })
}

/// Where the first item starts, but not between it and its documentation.
fn first_line(first: Option<&crate::syntax::ast::Item>, file: crate::text::FileId) -> Span {
    match first {
        Some(first) if first.doc.is_none() => Span { range: TextRange::default(), ..first.span },
        _ => Span { file, item: 0, range: TextRange::default() },
    }
}

/// Takes the name at a place out of its import; the whole import, where it is the only one.
pub fn remove_import(db: &dyn Db, file: SourceFile, name: Span) -> Option<Fix> {
    let ast = db::ast(db, file);
    let (item, names) = ast.items().find_map(|i| match &i.kind {
        ItemKind::Import(import) => import.names.as_ref().filter(|n| n.iter().any(|n| n.span == name)).map(|n| (i, n)),
        _ => None,
    })?;
    let at = names.iter().position(|n| n.span == name)?;
    let range = match (at.checked_sub(1).map(|b| names[b].span.range), names.get(at + 1)) {
        (None, None) => item.span.range,
        // with the comma before it
        (Some(before), _) => TextRange::new(before.end, name.range.end),
        (None, Some(next)) => TextRange::new(name.range.start, next.span.range.start),
    };
    let edits = vec![Edit { span: Span { range, ..name }, text: String::new() }];
    Some(Fix { title: format!("remove `{}` from the import", names[at].name), edits, safe: true })
}
