//! Imports that a file could have: edits that bring a name of the library or of another file of the project.

use super::edits;
use crate::db::{self, Db, Project, SourceFile};
use crate::names::{self, DefKind, Export};
use crate::syntax::ast::{ImportSource, ItemKind};
use crate::text::{Span, TextRange};
use smol_str::SmolStr;

/// A name that a file doesn't see, and what would change that.
pub(super) struct Elsewhere {
    pub name: SmolStr,
    pub export: Export,
    /// The path of the file that has it, as this one writes it; `None`: the library.
    pub path: Option<String>,
    /// The import; none where something else here has the name.
    pub edit: Option<(TextRange, String)>,
}

/// The imports of a file.
#[derive(Clone, Copy)]
pub(super) struct Imports<'a> {
    pub db: &'a dyn Db,
    pub file: SourceFile,
}

impl Imports<'_> {
    /// What the library and then the project's other files have of these sorts, and this file doesn't see.
    pub fn elsewhere(self, sorts: &[DefKind]) -> Vec<Elsewhere> {
        let mut out = self.of_library(sorts);
        out.extend(self.of_files(sorts));
        out
    }

    fn is_seen(self, name: &str, export: &Export) -> bool {
        let seen = names::scope(self.db, self.file).get(export.kind.space(), name);
        seen.is_some_and(|seen| seen.def == export.def)
    }

    fn of_library(self, sorts: &[DefKind]) -> Vec<Elsewhere> {
        let exports = names::library_exports(self.db, Project::get(self.db)).names.iter();
        let wanted = exports.filter(|((_, name), e)| sorts.contains(&e.kind) && !self.is_seen(name, e));
        let import = |((_, name), export): (&(names::Space, SmolStr), &Export)| Elsewhere {
            name: name.clone(),
            export: export.clone(),
            path: None,
            edit: self.library_import(name),
        };
        wanted.map(import).collect()
    }

    fn of_files(self, sorts: &[DefKind]) -> Vec<Elsewhere> {
        let mut out = Vec::new();
        for file in self.other_files() {
            let path = path_from(self.file.path(self.db), file.path(self.db));
            let exports = names::exports(self.db, file).names.iter();
            for ((space, name), export) in exports.filter(|(_, e)| sorts.contains(&e.kind)) {
                if self.is_seen(name, export) {
                    continue;
                }
                let taken = names::scope(self.db, self.file).get(*space, name).is_some();
                let edit = (!taken).then(|| self.file_import(&path, name));
                out.push(Elsewhere { name: name.clone(), export: export.clone(), path: Some(path.clone()), edit });
            }
        }
        out
    }

    /// The project's other files that this one can import: none that imports it, for that would be a circle.
    fn other_files(self) -> impl Iterator<Item = SourceFile> {
        let files = Project::get(self.db).files(self.db).iter().copied();
        let own = files.filter(move |f| !db::is_library(self.db, *f) && *f != self.file);
        let there = own.filter(move |f| *db::presence(self.db, *f) == db::Presence::Text);
        there.filter(move |f| !names::program(self.db, *f).files.contains(&self.file.id(self.db)))
    }

    /// The edit that imports a name of the library; none where something else has its name.
    fn library_import(self, name: &str) -> Option<(TextRange, String)> {
        let mut edit = names::add_library_import(self.db, self.file, name)?.edits.pop()?;
        let at = db::anchors(self.db, self.file).resolve(edit.span).range;
        let ast = db::ast(self.db, self.file);
        let before_import = ast.items().next().is_some_and(|item| matches!(item.kind, ItemKind::Import(_)));
        if edit.text.ends_with('\n') && !before_import {
            edit.text.push('\n');
        }
        Some((edits::below_header(db::text(self.db, self.file), at), edit.text))
    }

    /// The edit that imports a name of a file: into the names that are imported from there, else behind the last import.
    fn file_import(self, path: &str, name: &str) -> (TextRange, String) {
        let from_there = |source: &ImportSource| matches!(source, ImportSource::Path(of) if of == path);
        if let Some(end) = self.end_of_names(from_there) {
            return (end, format!(", {name}"));
        }
        let ast = db::ast(self.db, self.file);
        match ast.items().rfind(|item| matches!(item.kind, ItemKind::Import(_))) {
            Some(last) => (self.end_of(last.span), format!("\nimport \"{path}\".{{{name}}}")),
            None => {
                let start = edits::below_header(db::text(self.db, self.file), TextRange::default());
                (start, format!("import \"{path}\".{{{name}}}\n\n"))
            }
        }
    }

    fn end_of(self, span: Span) -> TextRange {
        db::anchors(self.db, self.file).resolve(span.end()).range
    }

    /// Behind the names of the first import from some source that lists any.
    fn end_of_names(self, from: impl Fn(&ImportSource) -> bool) -> Option<TextRange> {
        let ast = db::ast(self.db, self.file);
        let last = ast.items().find_map(|item| match &item.kind {
            ItemKind::Import(import) if from(&import.source) => import.names.as_ref()?.last(),
            _ => None,
        })?;
        Some(self.end_of(last.span))
    }
}

/// The path of a file as another one writes it.
pub(super) fn path_from(from: &str, to: &str) -> String {
    let mut from: Vec<&str> = from.split('/').collect();
    from.pop();
    let to: Vec<&str> = to.split('/').collect();
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count().min(to.len() - 1);
    let up = from.len() - same;
    let start = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
    format!("{start}{}", to[same..].join("/"))
}
