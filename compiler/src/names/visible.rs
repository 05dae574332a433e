//! What is in scope in a file: its own names, its imports, and the library's protocols and types.

use super::declarations::{DefId, DefKind, Export, Exports, Space, exports, library_exports};
use super::files::{import_items, relative_path};
use crate::db::{self, Db, Project, SourceFile};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::maps::IndexMap;
use crate::syntax::ast::{Ident, Import, ImportSource};
use crate::text::Span;
use smol_str::SmolStr;

/// What a name is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The declaration.
    pub export: Export,
    /// The import that brought it, by the place of the name there.
    pub import: Option<Span>,
}

/// All that is in scope in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// By space and name.
    pub names: IndexMap<(Space, SmolStr), Binding>,
    /// `import … as team`: the name and its place. What it brings is among `names`, as `team.name`.
    pub aliases: IndexMap<SmolStr, Span>,
    /// Names that an import was to bring and didn't: what is wrong with them was said there.
    broken: Vec<SmolStr>,
    diagnostics: Vec<Diagnostic>,
}

impl Scope {
    /// What a name is bound to.
    pub fn get(&self, space: Space, name: &str) -> Option<&Export> {
        self.names.get(&(space, SmolStr::new(name))).map(|b| &b.export)
    }

    /// All names of a space that are in scope.
    pub fn names_of(&self, space: Space) -> impl Iterator<Item = (&SmolStr, &Binding)> {
        self.names.iter().filter(move |((s, _), _)| *s == space).map(|((_, n), b)| (n, b))
    }
}

/// What is in scope in a file, name by name: who asks for some isn't asked again when others change.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    db: &'a dyn Db,
    file: SourceFile,
}

/// A name in a file, as the key of a query.
#[salsa::interned]
struct Asked<'db> {
    #[returns(copy)]
    file: SourceFile,
    #[returns(copy)]
    space: Space,
    #[returns(ref)]
    name: SmolStr,
}

#[salsa::tracked]
fn bound<'db>(db: &'db dyn Db, asked: Asked<'db>) -> Option<Export> {
    scope(db, asked.file(db)).get(asked.space(db), asked.name(db)).cloned()
}

#[salsa::tracked]
fn aliases(db: &dyn Db, file: SourceFile) -> IndexMap<SmolStr, Span> {
    scope(db, file).aliases.clone()
}

#[salsa::tracked]
fn broken(db: &dyn Db, file: SourceFile) -> Vec<SmolStr> {
    scope(db, file).broken.clone()
}

impl<'a> Names<'a> {
    /// The names that a file sees.
    pub fn new(db: &'a dyn Db, file: SourceFile) -> Self {
        Self { db, file }
    }

    /// What a name is bound to.
    pub fn get(self, space: Space, name: &str) -> Option<&'a Export> {
        // what never changes needs no query for each name
        if db::is_library(self.db, self.file) {
            return scope(self.db, self.file).get(space, name);
        }
        bound(self.db, Asked::new(self.db, self.file, space, SmolStr::new(name))).as_ref()
    }

    /// Where another file is given this name.
    pub fn alias(self, name: &str) -> Option<Span> {
        aliases(self.db, self.file).get(name).copied()
    }

    /// Whether an import failed to bring this name (or the alias before its dot): nothing more is to be said of it.
    pub fn is_broken(self, name: &str) -> bool {
        let alias = name.split('.').next().unwrap_or_default();
        broken(self.db, self.file).iter().any(|b| b == name || b == alias)
    }

    /// All names of a space. Who asks for them is asked again whenever one changes.
    pub fn names_of(self, space: Space) -> impl Iterator<Item = (&'a SmolStr, &'a Binding)> {
        scope(self.db, self.file).names_of(space)
    }
}

/// What is in scope in the file.
#[salsa::tracked]
pub fn scope(db: &dyn Db, file: SourceFile) -> Scope {
    let mut out = Scope::default();
    for (name, duplicate, first) in &exports(db, file).duplicates {
        out.diagnostics.push(duplicate_name(name, duplicate, first));
    }
    for (key, export) in &exports(db, file).names {
        out.names.insert(key.clone(), Binding { export: export.clone(), import: None });
    }
    for import in import_items(db::ast(db, file).items()) {
        add_import(db, file, import, &mut out);
    }
    for (key, export) in &library_exports(db, Project::get(db)).names {
        let prelude = matches!(export.kind, DefKind::Protocol | DefKind::Type);
        // within the library everything sees everything: it is one body of text
        if prelude || db::is_library(db, file) {
            out.names.entry(key.clone()).or_insert_with(|| Binding { export: export.clone(), import: None });
        }
    }
    out
}

/// What is wrong with the file's declarations and imports.
pub fn name_diagnostics(db: &dyn Db, file: SourceFile) -> &[Diagnostic] {
    &scope(db, file).diagnostics
}

fn duplicate_name(name: &str, duplicate: &Export, first: &Export) -> Diagnostic {
    let message = format!("the name `{name}` is taken by another {}", first.kind.keyword());
    Diagnostic::new(Code::OBS1005, duplicate.name_span, message)
        .label(first.name_span, "declared here first")
        .help("give one of them another name")
}

fn add_import(db: &dyn Db, file: SourceFile, import: &Import, out: &mut Scope) {
    let Some((source, what)) = import_source(db, file, import, out) else {
        let names = import.names.iter().flatten().chain(&import.alias);
        out.broken.extend(names.map(|n| n.name.clone()));
        return;
    };
    if let Some(alias) = &import.alias {
        add_alias(alias, source, out);
    }
    for name in import.names.iter().flatten() {
        add_name(name, source, what, out);
    }
}

/// What an import brings names from, and its name; nothing where that can't be had.
fn import_source<'a>(
    db: &'a dyn Db,
    file: SourceFile,
    import: &'a Import,
    out: &mut Scope,
) -> Option<(&'a Exports, &'a str)> {
    match &import.source {
        ImportSource::Library(name) if name == "std" => Some((library_exports(db, Project::get(db)), "std")),
        ImportSource::Library(name) => {
            let message = format!("there is no library `{name}`");
            let help = "the only library is `std`; files are imported by a path in quotes";
            out.diagnostics.push(Diagnostic::new(Code::OBS1001, import.source_span, message).help(help));
            None
        }
        // what is wrong with the path itself is said by `program`
        ImportSource::Path(written) => {
            let path = relative_path(file.path(db), written)?;
            let target = db::file_by_path(db, &path)?;
            let is_text = *db::presence(db, target) == db::Presence::Text;
            is_text.then(|| (exports(db, target), written.as_str()))
        }
    }
}

/// The names that a file can have of another one.
const IMPORTABLE: [Space; 3] = [Space::Type, Space::Value, Space::Protocol];

/// `import … as team`: everything that is there, as `team.name`.
fn add_alias(alias: &Ident, source: &Exports, out: &mut Scope) {
    let taken =
        out.names.get(&(Space::Value, alias.name.clone())).map(|b| (b.export.kind.keyword(), b.export.name_span));
    let taken = taken.or_else(|| out.aliases.get(&alias.name).map(|first| ("import", *first)));
    if let Some((keyword, first)) = taken {
        let message = format!("the name `{}` is taken by another {keyword}", alias.name);
        let diagnostic = Diagnostic::new(Code::OBS1005, alias.span, message).label(first, "declared here first");
        out.diagnostics.push(diagnostic.help("give one of them another name"));
        return;
    }
    out.aliases.insert(alias.name.clone(), alias.span);
    for ((space, name), export) in &source.names {
        if IMPORTABLE.contains(space) {
            let key = (*space, format!("{}.{name}", alias.name).into());
            out.names.insert(key, Binding { export: export.clone(), import: None });
        }
    }
}

fn add_name(name: &Ident, source: &Exports, what: &str, out: &mut Scope) {
    let mut found = false;
    for space in IMPORTABLE {
        let key = (space, name.name.clone());
        let Some(export) = source.names.get(&key) else { continue };
        found = true;
        match out.names.get(&key) {
            Some(taken) if taken.export.def != export.def => {
                out.diagnostics.push(duplicate_name(
                    &name.name,
                    &Export { name_span: name.span, ..export.clone() },
                    &taken.export,
                ));
            }
            _ => _ = out.names.insert(key, Binding { export: export.clone(), import: Some(name.span) }),
        }
    }
    if !found && !name.name.is_empty() {
        out.broken.push(name.name.clone());
        let known = source.names.keys().filter(|(s, _)| IMPORTABLE.contains(s)).map(|(_, n)| n.as_str());
        let message = format!("`{what}` has nothing called `{}`", name.name);
        out.diagnostics.push(Diagnostic::new(Code::OBS1004, name.span, message).suggest(nearest(&name.name, known)));
    }
}

/// A name that an import takes from the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedName {
    /// As it is called here.
    pub name: SmolStr,
    /// Its place in the import.
    pub span: Span,
    /// What it names.
    pub def: DefId,
}

/// What a file imports from the library.
pub fn library_imports(db: &dyn Db, file: SourceFile) -> Vec<ImportedName> {
    let of_library = |def: &DefId| db::is_library(db, db::file(db, def.file));
    let scope = scope(db, file);
    let imported = scope.names.iter().filter_map(|((_, name), binding)| {
        let (span, def) = (binding.import?, binding.export.def);
        of_library(&def).then(|| ImportedName { name: name.clone(), span, def })
    });
    imported.collect()
}
