//! What could stand at a place: found from the tree around it and the text before it, so that it works while a
//! line is half written.

mod place;
mod snippets;

use super::imports::{Elsewhere, Imports, path_from};
use crate::db::{self, Db, Project, SourceFile};
use crate::diagnostics::Code;
use crate::names::{self, DefKind, Space};
use crate::syntax::ast::{Item, ItemKind, PROTOCOL_ATTRIBUTES};
use crate::syntax::{ITEM_KEYWORDS, MEMBER_KEYWORDS};
use crate::text::TextRange;
use crate::types::attributes::Phase;
use crate::types::builtins::Builtin;
use crate::types::items::{self, ComponentCore};
use crate::types::queries::KindInfo;
use crate::types::ty::{FieldTy, KindRef, RecordTy, Ty};
use crate::types::{BUILTIN_NAMES, BUILTIN_TYPES, attributes, members, queries};
use place::{Around, Body, Place};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use snippets::{of_item, of_member};

/// What a completion is, for its icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum CompletionKind {
    Keyword,
    Kind,
    Component,
    Protocol,
    Field,
    Value,
    /// A `let`.
    Let,
    Function,
    /// A finding's code.
    Code,
}

/// Something that could stand at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What is shown.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// A type or a short remark.
    pub detail: Option<String>,
    /// What is written, where it isn't the label.
    pub insert: Option<String>,
    /// What is written where the editor takes snippets (`${1:name}` is filled in).
    pub snippet: Option<String>,
    /// What else changes: an import.
    pub also: Option<(TextRange, String)>,
    /// Its doc lines, where they are at hand.
    pub doc: Option<String>,
    /// The item whose documentation it has: for [`super::Analysis::documentation`].
    pub of: Option<(u32, u32)>,
}

impl Completion {
    fn new(label: &str, kind: CompletionKind, detail: impl ToString) -> Self {
        let detail = Some(detail.to_string()).filter(|d| !d.is_empty());
        let label = label.to_owned();
        Self { label, kind, detail, insert: None, snippet: None, also: None, doc: None, of: None }
    }

    fn of_item(self, def: names::DefId) -> Self {
        Self { of: Some((def.file.0, def.item)), ..self }
    }
}

/// What could stand at an offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completions {
    /// The word before the offset, which a completion replaces.
    pub replaces: TextRange,
    /// All that could stand there, whatever the word is; the editor narrows it down.
    pub items: Vec<Completion>,
}

pub(super) fn completions(db: &dyn Db, entry: SourceFile, file: SourceFile, offset: u32) -> Completions {
    let Around { place, word, kind } = around(db, file, offset);
    let text = db::text(db, file);
    let typed = text.get(word.start as usize..word.end as usize).unwrap_or_default();
    let items = Request { db, entry, file, offset, typed, kind }.at(place);
    Completions { replaces: word, items }
}

/// What is around an offset. What is far from it isn't parsed.
fn around(db: &dyn Db, file: SourceFile, offset: u32) -> Around {
    let (parse, start) = db::parse_around(db, file, offset);
    let around = Around::find(&parse.tree, offset.saturating_sub(start));
    Around { word: TextRange::new(around.word.start + start, around.word.end + start), ..around }
}

/// What can be set between braces.
pub(super) struct Settable {
    /// Whose braces they are.
    pub owner: SmolStr,
    pub fields: Vec<(SmolStr, Ty)>,
    /// The field whose value stands at the offset.
    pub current: Option<SmolStr>,
}

/// What can be set in the braces around an offset.
pub(super) fn settable(db: &dyn Db, entry: SourceFile, file: SourceFile, offset: u32) -> Option<Settable> {
    let Around { place, kind, .. } = around(db, file, offset);
    let (body, current) = match place {
        Place::Key(body) => (body, None),
        Place::Value(body, key) => (body, Some(key)),
        _ => return None,
    };
    let owner = match &body {
        Body::Component(name) | Body::Flow(name) => name.clone(),
        _ => return None,
    };
    let fields = Request { db, entry, file, offset, typed: "", kind }.fields(&body);
    let fields: Vec<_> = fields.into_iter().map(|f| (f.name, f.ty)).collect();
    (!fields.is_empty()).then_some(Settable { owner, fields, current })
}

/// Something that can be set.
struct Field {
    name: SmolStr,
    ty: Ty,
    doc: Option<String>,
}

impl Field {
    fn plain(name: impl Into<SmolStr>, ty: Ty) -> Self {
        Self { name: name.into(), ty, doc: None }
    }

    fn all(record: &RecordTy) -> Vec<Self> {
        let field = |(name, f): (&SmolStr, &FieldTy)| Self {
            name: name.clone(),
            ty: f.ty.clone(),
            doc: f.doc.as_deref().map(str::to_owned),
        };
        record.fields.iter().map(field).collect()
    }

    fn completion(&self) -> Completion {
        let insert = Some(format!("{}: ", self.name));
        Completion { insert, doc: self.doc.clone(), ..Completion::new(&self.name, CompletionKind::Field, &self.ty) }
    }
}

struct Request<'a> {
    db: &'a dyn Db,
    entry: SourceFile,
    file: SourceFile,
    offset: u32,
    /// The word before the cursor.
    typed: &'a str,
    /// The kind whose body it is in.
    kind: Option<SmolStr>,
}

impl<'a> Request<'a> {
    fn at(&self, place: Place) -> Vec<Completion> {
        match place {
            Place::Nothing => Vec::new(),
            Place::Item(groups) => self.items(groups),
            Place::Kind => self.kinds(),
            Place::Component => self.components(),
            Place::Protocol(links) => self.protocols(&links),
            Place::LibraryName => self.library_kinds(),
            Place::ImportedName(path) => self.names_of(&path),
            Place::ImportPath => self.paths(),
            Place::Key(body) => self.keys(&body),
            // what an autoscaler looks at
            Place::Value(Body::Rule, key) if key == "when" => {
                let when = |text: &str| Completion::new(text, CompletionKind::Value, "bool");
                vec![when("cpu > 70%"), when("memory > 80%")]
            }
            Place::Value(Body::Test, _) => {
                let profiles = self.fields(&Body::Profiles).into_iter();
                profiles.map(|p| Completion::new(&p.name, CompletionKind::Value, "profile")).collect()
            }
            // behind the name of an option
            Place::Value(Body::Protocol, key) if !PROTOCOL_ATTRIBUTES.contains(&key.as_str()) => self.types(),
            Place::Value(body, key) => match self.fields(&body).into_iter().find(|field| field.name == key) {
                Some(field) => self.values(&body, &key, &field.ty),
                None => self.expressions(None, Phase::Files),
            },
            Place::Element(body, key) => {
                let field = self.fields(&body).into_iter().find(|field| field.name == key);
                match field.as_ref().and_then(|field| element_of(&field.ty)) {
                    Some(ty) => self.values(&body, &key, ty),
                    None => self.expressions(None, Phase::Files),
                }
            }
            Place::Expression => {
                let mut out = self.expressions(None, Phase::Files);
                // a kind is for any program: it names none of one's components
                if self.kind.is_none() {
                    out.extend(self.components());
                }
                out
            }
            Place::Signal => {
                let signals = attributes::SIGNALS.iter();
                signals.map(|word| Completion::new(word, CompletionKind::Value, "signal")).collect()
            }
            Place::Member(of) => self.members(&of),
            Place::Type => self.types(),
            Place::Spoken => self.protocols(&[]),
            Place::FilePath(body, quoted) => self.file_paths(&body, quoted),
            Place::Waived => self.waived(),
        }
    }

    /// What fits a setting's type: words and values first, then what can be named.
    fn values(&self, body: &Body, key: &str, ty: &Ty) -> Vec<Completion> {
        let known = attributes::ATTRIBUTES.get(key).filter(|_| *body == Body::Kind);
        let mut out = values(ty, self.typed);
        out.extend(self.expressions(Some(ty), known.map_or(Phase::Files, |attribute| attribute.phase)));
        out
    }

    /// Items that may start here, and what the innermost group around can set. `shown` are the groups that the parsed
    /// part of the text shows; it may itself lie in some.
    fn items(&self, shown: Vec<Body>) -> Vec<Completion> {
        let known = self.groups();
        let groups = if known.len() > shown.len() { known } else { shown };
        let keyword = |word: &&str| Completion {
            snippet: of_item(word).map(str::to_owned),
            ..Completion::new(word, CompletionKind::Keyword, "")
        };
        // namespaces stand side by side, and so do layers
        let nested = |word: &&str| match *word {
            "namespace" => groups.contains(&Body::Namespace),
            "layer" => groups.contains(&Body::Layer),
            _ => false,
        };
        let mut out: Vec<Completion> = ITEM_KEYWORDS.iter().filter(|word| !nested(word)).map(keyword).collect();
        out.extend(groups.last().into_iter().flat_map(|group| self.fields(group)).map(|field| field.completion()));
        out.extend(self.components());
        out
    }

    /// The groups of the file around the place, outermost first.
    fn groups(&self) -> Vec<Body> {
        let (ast, anchors) = (db::ast(self.db, self.file), db::anchors(self.db, self.file));
        let is_around = |item: &&Item| {
            let range = anchors.resolve(item.span).range;
            range.start < self.offset && self.offset < range.end
        };
        let mut out = Vec::new();
        let mut at = ast.items().find(is_around);
        while let Some(item) = at {
            match &item.kind {
                ItemKind::Namespace(_) => out.push(Body::Namespace),
                ItemKind::Layer(_) => out.push(Body::Layer),
                _ => {}
            }
            at = names::nested_items(item).find(is_around);
        }
        out
    }

    fn all_components(&self) -> Vec<&'a ComponentCore> {
        let files = names::program(self.db, self.entry).files.iter();
        let parts = files.flat_map(|id| items::file_core(self.db, db::file(self.db, *id)));
        parts.flat_map(|part| &part.components).collect()
    }

    /// The program's components as this file names them, with the import that brings those that it doesn't see.
    fn components(&self) -> Vec<Completion> {
        let scope = names::scope(self.db, self.file);
        let def = |c: &ComponentCore| names::DefId { file: c.span.file, item: c.span.item };
        let as_named = |c: &ComponentCore| scope.get(Space::Value, &c.name.name).is_some_and(|e| e.def == def(c));
        let all = self.all_components();
        let mut renamed: FxHashMap<names::DefId, &SmolStr> = FxHashMap::default();
        let mut elsewhere: FxHashMap<names::DefId, Elsewhere> = FxHashMap::default();
        if !all.iter().all(|c| as_named(c)) {
            renamed.extend(scope.names_of(Space::Value).map(|(name, b)| (b.export.def, name)));
            let there = self.imports().elsewhere(&[DefKind::Component]).into_iter();
            elsewhere.extend(there.map(|there| (there.export.def, there)));
        }
        let shown = |c: &&ComponentCore| {
            let kind = c.kind.as_ref().map(|k| k.name.as_str()).unwrap_or_default();
            let name = renamed.get(&def(c)).map_or(&c.name.name, |name| *name);
            let also = elsewhere.get(&def(c)).and_then(|there| there.edit.clone());
            Completion { also, ..Completion::new(name, CompletionKind::Component, kind).of_item(def(c)) }
        };
        all.iter().filter(|c| !c.name.name.is_empty()).map(shown).collect()
    }

    /// What an expression can name: in a kind what is its own and known in that phase; values and functions that fit the
    /// type, those of elsewhere with their imports; where no type is expected, what is built in too.
    fn expressions(&self, expected: Option<&Ty>, phase: Phase) -> Vec<Completion> {
        let fits = |export: &names::Export| self.type_of(export).is_some_and(|ty| fits(&ty, expected));
        if self.typed.starts_with(|c: char| c.is_ascii_digit()) {
            return Vec::new();
        }
        let scope = names::scope(self.db, self.file);
        let mut out = self.kind_info().map(|kind| of_kind(kind, expected, phase)).unwrap_or_default();
        let seen = scope.names_of(Space::Value).filter(|(_, b)| fits(&b.export));
        let seen: Vec<Completion> = seen.map(|(name, b)| self.named(name, &b.export)).collect();
        // a kind's own names hide the file's
        let own: Vec<String> = out.iter().map(|c| c.label.clone()).collect();
        out.extend(seen.into_iter().filter(|c| !own.contains(&c.label)));
        if expected.is_none() {
            let built_in = |b: &Builtin| Completion {
                insert: Some(format!("{}(", b.name())),
                ..Completion::new(b.name(), CompletionKind::Function, b.doc())
            };
            out.extend(Builtin::ALL.iter().map(built_in));
        }
        for there in self.imports().elsewhere(&[DefKind::Let, DefKind::Fn]) {
            // the library has much that is for itself: it is shown to who begins to write it
            let is_helper = there.path.is_none() && self.typed.is_empty() && expected != Some(&*attributes::LINTER);
            if there.edit.is_some() && !is_helper && fits(&there.export) {
                let named = self.named(&there.name, &there.export);
                let from = there.path.unwrap_or_else(|| "std".to_owned());
                let detail = named.detail.map(|ty| format!("{ty}, of {from}"));
                out.push(Completion { also: there.edit, detail, ..named });
            }
        }
        out
    }

    /// What is known of the kind whose body the place is in.
    fn kind_info(&self) -> Option<&'a KindInfo> {
        let export = names::scope(self.db, self.file).get(Space::Type, self.kind.as_ref()?)?;
        (export.kind == DefKind::Kind).then(|| queries::kind_info(self.db, export.def))
    }

    /// The type of a value, or of what a function gives.
    fn type_of(&self, export: &names::Export) -> Option<Ty> {
        match export.kind {
            DefKind::Let => Some(queries::let_info(self.db, export.def).ty.clone()),
            DefKind::Fn => Some(queries::fn_result(self.db, export.def)),
            _ => None,
        }
    }

    fn named(&self, name: &str, export: &names::Export) -> Completion {
        let ty = self.type_of(export).map(|ty| ty.to_string()).unwrap_or_default();
        match export.kind {
            DefKind::Fn => {
                let call = Completion::new(name, CompletionKind::Function, ty).of_item(export.def);
                Completion { insert: Some(format!("{name}(")), ..call }
            }
            _ => Completion::new(name, CompletionKind::Let, ty).of_item(export.def),
        }
    }

    /// What there is of a component, a value, the cluster, or a file by its name.
    fn members(&self, of: &str) -> Vec<Completion> {
        let scope = names::scope(self.db, self.file);
        if scope.aliases.contains_key(of) {
            let prefix = format!("{of}.");
            let own =
                |(name, b): (&'a SmolStr, &'a names::Binding)| Some((name.strip_prefix(prefix.as_str())?, &b.export));
            let all = scope.names_of(Space::Value).filter_map(own);
            return all.map(|(name, export)| self.named(name, export)).collect();
        }
        let own = self.kind_info().and_then(|kind| own_type(kind, of));
        let ty = match (scope.get(Space::Value, of), of) {
            _ if let Some(ty) = own => ty.clone(),
            (Some(export), _) if export.kind == DefKind::Component => {
                Ty::Component(queries::component_kind(self.db, export.def))
            }
            (Some(export), _) => self.type_of(export).unwrap_or(Ty::Error),
            (None, "cluster") => Ty::Cluster,
            (None, "namespace") => Ty::Namespace,
            (None, "self") => Ty::Component(None),
            _ => return Vec::new(),
        };
        let shown = |name: SmolStr| {
            let member = members::member(self.db, &ty, &name)?;
            let doc = member.doc.map(str::to_owned);
            Some(Completion { doc, ..Completion::new(&name, CompletionKind::Field, &member.ty) })
        };
        members::names(self.db, &ty).into_iter().filter_map(shown).collect()
    }

    /// Types that are built in, declared, or the library's.
    fn types(&self) -> Vec<Completion> {
        let built_in = BUILTIN_TYPES.iter().map(|name| Completion::new(name, CompletionKind::Keyword, "type"));
        let scope = names::scope(self.db, self.file);
        let declared = scope.names_of(Space::Type).filter(|(_, b)| b.export.kind == DefKind::Type);
        let declared = declared.map(|(name, b)| {
            Completion::new(name, CompletionKind::Kind, self.first_line(&b.export)).of_item(b.export.def)
        });
        let elsewhere = self.imports().elsewhere(&[DefKind::Type]).into_iter();
        let elsewhere = elsewhere.filter(|e| e.edit.is_some()).map(|e| self.imported(CompletionKind::Kind, e));
        built_in.chain(declared).chain(elsewhere).collect()
    }

    /// The config files of the component that a body is about.
    fn file_paths(&self, body: &Body, quoted: bool) -> Vec<Completion> {
        let kind = match body {
            Body::Component(kind) => Some(kind.clone()),
            Body::Profile(Some(component)) => self.kind_of(component).map(|kind| kind.name.clone()),
            _ => None,
        };
        let files = kind.map(|kind| self.files_of(&kind)).unwrap_or_default().into_iter();
        let path = |c: Completion| {
            let path = c.label.trim_start_matches("files.");
            let label = if quoted { path.trim_matches('"') } else { path }.to_owned();
            Completion { label, ..c }
        };
        files.map(path).collect()
    }

    /// Findings that can be accepted, and linters whose findings can.
    fn waived(&self) -> Vec<Completion> {
        let codes = Code::ALL.iter().filter(|code| code.is_waivable());
        let mut out: Vec<Completion> =
            codes.map(|code| Completion::new(code.id(), CompletionKind::Code, code.summary())).collect();
        out.extend(self.expressions(Some(&attributes::LINTER), Phase::Files));
        out.into_iter().filter(|c| c.kind != CompletionKind::Function).collect()
    }

    fn kind_of(&self, component: &str) -> Option<&'a KindRef> {
        self.all_components().into_iter().find(|c| c.name.name == component)?.kind.as_ref()
    }

    /// Kinds in scope, and those of the library and of the project's other files with the import that brings them.
    fn kinds(&self) -> Vec<Completion> {
        let scope = names::scope(self.db, self.file);
        let in_scope = scope.names_of(Space::Type).filter(|(_, b)| b.export.kind == DefKind::Kind);
        let mut out: Vec<Completion> = in_scope
            .map(|(name, b)| Completion::new(name, CompletionKind::Kind, "kind").of_item(b.export.def))
            .collect();
        for kind in self.imports().elsewhere(&[DefKind::Kind]) {
            if !out.iter().any(|c| c.label == kind.name) {
                out.push(self.imported(CompletionKind::Kind, kind));
            }
        }
        out
    }

    fn imports(&self) -> Imports<'a> {
        Imports { db: self.db, file: self.file }
    }

    /// A name of elsewhere with the import that brings it.
    fn imported(&self, kind: CompletionKind, of: Elsewhere) -> Completion {
        let detail = match &of.path {
            Some(path) => format!("{} of {path}", of.export.kind.keyword()),
            None => self.first_line(&of.export),
        };
        Completion { also: of.edit, ..Completion::new(&of.name, kind, detail) }.of_item(of.export.def)
    }

    /// The first line of what documents a declaration.
    fn first_line(&self, export: &names::Export) -> String {
        let ast = db::ast(self.db, db::file(self.db, export.def.file));
        let doc = names::find_in(&ast, export.def.item).and_then(|item| item.doc.as_deref());
        doc.and_then(|d| d.lines().next()).unwrap_or_default().to_owned()
    }

    fn library_kinds(&self) -> Vec<Completion> {
        let exports = names::library_exports(self.db, Project::get(self.db));
        let kinds = exports.names.iter().filter(|(_, e)| e.kind == DefKind::Kind);
        kinds
            .map(|((_, name), e)| Completion::new(name, CompletionKind::Kind, self.first_line(e)).of_item(e.def))
            .collect()
    }

    /// Protocols that fit both ends of all links; an end whose kind is unknown fits everything.
    fn protocols(&self, links: &[(Vec<SmolStr>, Vec<SmolStr>)]) -> Vec<Completion> {
        let pairs = links.iter().flat_map(|(from, to)| from.iter().flat_map(move |f| to.iter().map(move |t| (f, t))));
        let kinds = pairs.filter_map(|(from, to)| Some((self.kind_of(from)?, self.kind_of(to)?)));
        let common = |(from, to): (&KindRef, &KindRef)| {
            let common = items::common_protocols(self.db, from, to);
            common.into_iter().map(|p| p.name).collect::<Vec<SmolStr>>()
        };
        let fit = kinds.map(common).reduce(|fit, more| fit.into_iter().filter(|p| more.contains(p)).collect());
        let scope = names::scope(self.db, self.file);
        let known = scope.names_of(Space::Protocol).filter(|(name, _)| fit.as_ref().is_none_or(|f| f.contains(name)));
        let doc = |b: &names::Binding| {
            let doc = queries::protocol_info(self.db, b.export.def).doc.as_deref();
            doc.and_then(|d| d.lines().next()).unwrap_or_default().to_owned()
        };
        let shown = |(name, b): (&SmolStr, &names::Binding)| {
            Completion::new(name, CompletionKind::Protocol, doc(b)).of_item(b.export.def)
        };
        known.map(shown).collect()
    }

    /// What a body's entries can start with.
    fn keys(&self, body: &Body) -> Vec<Completion> {
        let mut out: Vec<Completion> = self.fields(body).iter().map(Field::completion).collect();
        match body {
            Body::Kind => out.extend(MEMBER_KEYWORDS.iter().map(|word| Completion {
                snippet: of_member(word).map(str::to_owned),
                ..Completion::new(word, CompletionKind::Keyword, "")
            })),
            Body::Component(kind) => out.extend(self.files_of(kind)),
            Body::Test => out.push(Completion {
                snippet: of_member("assert").map(str::to_owned),
                ..Completion::new("assert", CompletionKind::Keyword, "")
            }),
            Body::Profile(None) => out.extend(
                self.components().into_iter().map(|c| Completion { insert: Some(format!("{}.", c.label)), ..c }),
            ),
            _ => {}
        }
        out
    }

    /// A kind's files, to set something in.
    fn files_of(&self, kind: &str) -> Vec<Completion> {
        let export = names::scope(self.db, self.file).get(Space::Type, kind);
        let files = export.map(|e| queries::kind_info(self.db, e.def).files.as_slice()).unwrap_or_default();
        let paths = files.iter().filter_map(|(path, ..)| path.as_const()?.as_str());
        let shown = |path: &SmolStr| {
            Completion::new(&format!("files.\"{path}\""), CompletionKind::Field, "what this file holds")
        };
        paths.map(shown).collect()
    }

    /// What another file has to import.
    fn names_of(&self, path: &str) -> Vec<Completion> {
        let path = names::relative_path(self.file.path(self.db), path);
        let Some(target) = path.and_then(|path| db::file_by_path(self.db, &path)) else { return Vec::new() };
        let exports = names::exports(self.db, target).names.iter();
        let shown = |((_, name), export): (&(Space, SmolStr), &names::Export)| {
            let kind = match export.kind {
                DefKind::Kind | DefKind::Type => CompletionKind::Kind,
                DefKind::Protocol => CompletionKind::Protocol,
                DefKind::Component | DefKind::Let | DefKind::Fn => CompletionKind::Component,
                _ => return None,
            };
            Some(Completion::new(name, kind, export.kind.keyword()).of_item(export.def))
        };
        exports.filter_map(shown).collect()
    }

    /// The project's other files, as an import names them from here.
    fn paths(&self) -> Vec<Completion> {
        let project = Project::get(self.db);
        let own = project.files(self.db).iter().filter(|f| !db::is_library(self.db, **f) && **f != self.file);
        let there = own.filter(|f| *db::presence(self.db, **f) == db::Presence::Text);
        let shown = |f: &SourceFile| {
            let path = path_from(self.file.path(self.db), f.path(self.db));
            Completion::new(&path, CompletionKind::Value, "")
        };
        there.map(shown).collect()
    }

    /// What can be set in a body.
    fn fields(&self, body: &Body) -> Vec<Field> {
        let of = Field::all;
        match body {
            Body::Component(kind) => self.component_fields(kind),
            Body::Flow(protocol) => {
                let scope = names::scope(self.db, self.file);
                let export = scope.get(Space::Protocol, protocol);
                export.map(|e| of(&queries::option_record(queries::protocol_info(self.db, e.def)))).unwrap_or_default()
            }
            Body::Cluster => of(&attributes::CLUSTER),
            Body::Namespace => of(&attributes::NAMESPACE),
            Body::Layer => of(&attributes::LAYER),
            Body::Backup => of(&attributes::BACKUP),
            Body::View => of(&attributes::VIEW),
            Body::Alert => of(&attributes::ALERT),
            Body::Kind => attributes::ATTRIBUTES.values().map(|a| Field::plain(a.name, a.ty.clone())).collect(),
            Body::Protocol => {
                let attributes = PROTOCOL_ATTRIBUTES.iter();
                attributes.map(|name| Field::plain(*name, queries::protocol_attribute(name))).collect()
            }
            Body::Autoscale => vec![
                Field::plain("replicas", Ty::Int(None)),
                Field::plain("via", Ty::string()),
                Field::plain("up", Ty::Data),
                Field::plain("down", Ty::Data),
            ],
            Body::Rule => vec![
                Field::plain("when", Ty::Bool),
                Field::plain("by", Ty::Quantity(crate::types::Unit::Percent, None)),
                Field::plain("for", Ty::Quantity(crate::types::Unit::Duration, None)),
            ],
            Body::Test => vec![Field::plain("profile", Ty::string())],
            Body::Profile(None) => Vec::new(),
            Body::Profile(Some(component)) => {
                self.kind_of(component).map(|kind| self.component_fields(&kind.name)).unwrap_or_default()
            }
            Body::Within(outer, key) => {
                let fields = self.fields(outer);
                let record = fields.iter().find(|f| f.name == *key).and_then(|f| record_of(&f.ty).cloned());
                record.map(|record| of(&record)).unwrap_or_default()
            }
            Body::Profiles => {
                let files = names::program(self.db, self.entry).files.iter();
                let cores = files.flat_map(|id| items::file_core(self.db, db::file(self.db, *id)));
                let named = cores.flat_map(|c| &c.profiles).map(|p| Field::plain(p.name.name.clone(), Ty::Int(None)));
                named.chain(self.listed_profiles()).collect()
            }
        }
    }

    fn listed_profiles(&self) -> Vec<Field> {
        let graphs = crate::graph::graphs(self.db, self.entry);
        let profiles = graphs.graphs.first().map(|g| g.profiles.clone()).unwrap_or_default();
        profiles.into_iter().map(|p| Field::plain(p, Ty::Int(None))).collect()
    }

    fn component_fields(&self, kind: &str) -> Vec<Field> {
        let scope = names::scope(self.db, self.file);
        let params = scope.get(Space::Type, kind).map(|e| &queries::kind_info(self.db, e.def).params);
        let own = params.into_iter().flatten().map(|(name, p)| Field {
            name: name.clone(),
            ty: p.ty.clone(),
            doc: p.doc.clone(),
        });
        let common = attributes::COMPONENT_SETTINGS.iter();
        let common = common.filter_map(|name| Some(Field::plain(*name, attributes::ATTRIBUTES.get(name)?.ty.clone())));
        let mut fields: Vec<Field> = own.collect();
        // a parameter hides the setting of its name
        let common = common.filter(|f| !fields.iter().any(|own| own.name == f.name)).collect::<Vec<_>>();
        fields.extend(common);
        fields
    }
}

/// Whether a value of a type can stand where another is expected, as far as the types tell.
fn fits(ty: &Ty, expected: Option<&Ty>) -> bool {
    match (ty, expected) {
        (Ty::Error, _) => false,
        (_, None) => true,
        // what a data value holds isn't known before it is there
        (Ty::Data, Some(expected)) => *expected == Ty::Data,
        // nor whether a text is one of some words
        (Ty::Str(_), Some(Ty::Enum(_))) => false,
        (ty, Some(expected)) => ty.fits(expected),
    }
}

/// What the expressions of a kind can name of its own: its parameters, its `let`s, and what is built in there.
fn of_kind(kind: &KindInfo, expected: Option<&Ty>, phase: Phase) -> Vec<Completion> {
    let params = kind.params.iter().map(|(name, p)| (name, &p.ty, p.doc.clone()));
    let lets = kind.lets.iter().filter(|l| l.phase <= phase).map(|l| (&l.name, &l.ty, None));
    let own = params.chain(lets).filter(|(_, ty, _)| fits(ty, expected));
    let mut out: Vec<Completion> =
        own.map(|(name, ty, doc)| Completion { doc, ..Completion::new(name, CompletionKind::Let, ty) }).collect();
    if expected.is_none() {
        let [of_kinds, of_programs, _] = BUILTIN_NAMES;
        let names = of_kinds.iter().chain(of_programs);
        out.extend(names.map(|name| Completion::new(name, CompletionKind::Let, "built in")));
    }
    out
}

/// The type of a parameter or a `let` of a kind.
fn own_type<'k>(kind: &'k KindInfo, name: &str) -> Option<&'k Ty> {
    let of_let = || kind.lets.iter().rfind(|l| l.name == name).map(|l| &l.ty);
    kind.params.get(name).map(|p| &p.ty).or_else(of_let)
}

/// The type of a list's elements.
fn element_of(ty: &Ty) -> Option<&Ty> {
    match ty {
        Ty::List(of) => Some(of),
        Ty::Optional(of) => element_of(of),
        Ty::Union(of) => of.iter().find_map(element_of),
        _ => None,
    }
}

/// The record that a type has, perhaps within a list or what may be left out.
fn record_of(ty: &Ty) -> Option<&RecordTy> {
    match ty {
        Ty::Record(record) => Some(record),
        Ty::Optional(of) | Ty::List(of) => record_of(of),
        Ty::Union(of) => of.iter().find_map(record_of),
        _ => None,
    }
}

/// Values that can be listed: words, variants, true and false; a number that was typed with each unit.
fn values(ty: &Ty, typed: &str) -> Vec<Completion> {
    let value = |text: &str| Completion::new(text, CompletionKind::Value, ty);
    match ty {
        Ty::Bool => vec![value("true"), value("false")],
        Ty::Enum(words) => words.iter().map(|w| value(w)).collect(),
        Ty::Variants(of) => {
            let shape = |(name, record): (&SmolStr, &RecordTy)| match record.fields.is_empty() {
                true => value(name),
                false => Completion { insert: Some(format!("{name}(")), ..value(name) },
            };
            of.variants.iter().map(shape).collect()
        }
        Ty::Optional(of) => values(of, typed),
        Ty::Union(of) => of.iter().flat_map(|ty| values(ty, typed)).collect(),
        Ty::Quantity(unit, _) => {
            let digits: String = typed.chars().take_while(char::is_ascii_digit).collect();
            let digits = if digits.is_empty() { "1" } else { digits.as_str() };
            crate::types::quantity::units(*unit).map(|unit| value(&format!("{digits}{unit}"))).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::CompletionKind;
    use crate::diagnostics::Code;
    use crate::ide::fixture::{Fixture, SHOP};
    use crate::syntax::{ITEM_KEYWORDS, MEMBER_KEYWORDS};
    use std::collections::BTreeSet;

    fn labels(line: &str) -> Vec<String> {
        labels_of(&format!("{SHOP}{line}"))
    }

    fn labels_of(text: &str) -> Vec<String> {
        let fixture = Fixture::new(text);
        let found = fixture.analysis.completions(&fixture.path, fixture.offset).expect("the file is known");
        found.items.into_iter().map(|c| c.label).collect()
    }

    #[test]
    fn a_protocol_must_fit_all_links() {
        assert_eq!(labels("customer -> shop: $0"), ["order"]);
        assert_eq!(labels("customer -> shop: or$0der { every: 1m }\n"), ["order"]);
        assert_eq!(labels("shop -> customer: $0\n"), ["deliver"]);
        assert_eq!(labels("customer, customer -> shop, shop: $0\n"), ["order"]);
        assert!(labels("customer -> shop -> customer: $0\n").is_empty());
        assert!(labels("customer <-> shop: $0\n").is_empty());
        assert!(labels("shop -> shop: $0\n").is_empty());
    }

    #[test]
    fn an_end_that_is_not_there_yet_fits_everything() {
        let all = labels("customer -> nobody: $0");
        assert!(["order", "deliver", "pay"].iter().all(|p| all.iter().any(|l| l == p)), "{all:?}");
        assert_eq!(labels("customer -> nobody, shop: $0"), ["order"]);
    }

    #[test]
    fn the_text_around_may_be_broken() {
        assert_eq!(labels("component x: {\n  a: [\ncustomer -> shop: $0"), ["order"]);
        assert_eq!(labels("customer -> shop: $0\n}}}\n-> ->\n"), ["order"]);
    }

    #[test]
    fn components_stand_at_both_ends_of_arrows() {
        for line in
            ["customer -> $0", "customer ->$0", "customer -> shop, $0", "customer -> shop -> $0", "customer <-> $0"]
        {
            assert_eq!(labels(line), ["shop", "customer"], "{line}");
        }
    }

    #[test]
    fn bodies_offer_their_fields_and_values() {
        assert_eq!(labels("component x: Shop {\n  $0\n}")[..3], ["shelves", "open", "title"]);
        assert_eq!(labels("component x: Shop { open: $0 }"), ["day", "night"]);
        assert_eq!(labels("component x: Shop { available: $0 }"), ["true", "false"]);
        assert!(labels("customer -> shop: order { $0 }").contains(&"every".to_owned()));
        assert!(labels("cluster c { $0 }").contains(&"profiles".to_owned()));
        assert_eq!(labels("cluster c { profiles: [low, high] }\nscale shop { $0 }"), ["low", "high"]);
    }

    #[test]
    fn what_lies_within_a_value_has_its_own_fields() {
        let inside = labels("component x: Shop { resources: { $0 } }");
        assert!(inside.contains(&"memory".to_owned()), "{inside:?}");
        assert!(labels("component x: Shop { resources: { memory: 5$0 } }").contains(&"5Gi".to_owned()));
        assert!(labels("customer -> shop: order { every: $0 }").contains(&"1m".to_owned()));
        assert_eq!(labels("autoscale shop { $0 }"), ["replicas", "via", "up", "down"]);
        assert_eq!(labels("autoscale shop { up: { $0 } }"), ["when", "by", "for"]);
        assert_eq!(labels("profile p { $0 }"), ["shop", "customer"]);
        assert_eq!(labels("profile p { shop.$0 }")[..2], ["shelves", "open"]);
        let members = labels("kind K { $0 }");
        assert!(members.contains(&"param".to_owned()) && members.contains(&"image".to_owned()), "{members:?}");
    }

    #[test]
    fn a_config_file_of_the_kind_can_be_set_in() {
        let kind = "kind K { file \"/etc/k.yml\": yaml({ a: 1 }) }\n";
        let found = labels(&format!("{kind}component x: K {{ $0 }}"));
        assert!(found.contains(&"files.\"/etc/k.yml\"".to_owned()), "{found:?}");
    }

    #[test]
    fn imports_offer_paths_and_names_of_other_files() {
        let files = |line: &str| {
            labels_of(&format!("//- a/main.obs\n{line}\n//- a/kinds.obs\nkind Kiosk {{}}\n//- b.obs\nlet x = 1\n"))
        };
        assert_eq!(files("import \"$0\""), ["./kinds.obs", "../b.obs"]);
        assert_eq!(files("import \"./ki$0\".{}"), ["./kinds.obs", "../b.obs"]);
        assert_eq!(files("import \"./kinds.obs\".{$0}"), ["Kiosk"]);
        assert_eq!(files("import \"../b.obs\".{$0}"), ["x"]);
    }

    #[test]
    fn items_start_with_keywords_or_components() {
        let all = labels("$0");
        assert!(["component", "kind", "scale", "shop"].iter().all(|w| all.iter().any(|l| l == w)), "{all:?}");
        let inside = labels("namespace n {\n  $0\n}\n");
        assert!(inside.contains(&"component".to_owned()), "{inside:?}");
    }

    /// Places in a text where something may start, on a line of its own.
    const BODIES: &[&str] = &[
        "$0",
        "namespace n {\n  $0\n}",
        "namespace n {\n  component a: Shop\n  $0\n}",
        "layer l \"L\" {\n  $0\n}",
        "namespace n {\n  layer l \"L\" {\n    $0\n  }\n}",
        "layer l \"L\" {\n  namespace n {\n    $0\n  }\n}",
        "kind K {\n  $0\n}",
        "kind K extends Shop {\n  title: \"K\"\n  $0\n}",
        "namespace n {\n  kind K {\n    $0\n  }\n}",
        "kind K {\n  alert A {\n    $0\n  }\n}",
        "kind K {\n  dashboard \"D\" {\n    $0\n  }\n}",
        "kind K {\n  port http: 80\n  accepts order on http {\n    $0\n  }\n}",
        "kind K {\n  args: [\n    $0\n  ]\n}",
        "kind K {\n  env: {\n    $0\n  }\n}",
        "kind K {\n  title: match 1 {\n    $0\n  }\n}",
        "protocol p {\n  $0\n}",
        "cluster c {\n  $0\n}",
        "component x: Shop {\n  $0\n}",
        "component x: Shop {\n  resources: {\n    $0\n  }\n}",
        "customer -> shop: order {\n  $0\n}",
        "scale shop {\n  $0\n}",
        "autoscale shop {\n  $0\n}",
        "autoscale shop {\n  up: {\n    $0\n  }\n}",
        "profile p {\n  $0\n}",
        "backup shop {\n  $0\n}",
        "alert A on shop {\n  $0\n}",
        "view v \"V\" {\n  $0\n}",
        "test \"t\" {\n  $0\n}",
        "patch Deployment/shop {\n  $0\n}",
        "object {\n  $0\n}",
        "import std.{\n  $0\n}",
        "let a = {\n  $0\n}",
        "let a = [\n  $0\n]",
        "type T = {\n  $0\n}",
        "fn f(\n  $0\n): int = 1",
        "let a = \"\"\"\n  $0\n\"\"\"",
        "component $0",
        "scale shop $0",
        "kind K {\n  param $0\n}",
        "component x: Shop {\n  shelves $0\n}",
    ];

    /// A snippet with its own words where it is to be filled in.
    fn filled(snippet: &str) -> String {
        let mut out = String::new();
        let mut rest = snippet.replace("$0", "");
        while let Some(at) = rest.find("${") {
            let end = at + rest[at..].find('}').expect("a place ends");
            let (_, word) = rest[at..end].split_once(':').expect("each place has a word");
            out.push_str(&rest[..at]);
            out.push_str(word);
            rest = rest[end + 1..].to_owned();
        }
        out + &rest
    }

    /// What is offered and what the checker takes are the same, in every body, for every word that starts something.
    #[test]
    fn keywords_are_offered_where_they_are_legal_and_only_there() {
        let mut host = crate::ide::Host::new();
        let mut set = |text: &str| {
            host.set_file("main.obs", crate::db::FileText::Text(format!("{SHOP}{text}\n").into()));
            host.analysis()
        };
        let words: BTreeSet<&str> = ITEM_KEYWORDS.iter().chain(MEMBER_KEYWORDS).copied().collect();
        for body in BODIES {
            let offset = (SHOP.len() + body.find("$0").expect("each has a place")) as u32;
            let found = set(&body.replace("$0", "")).completions("main.obs", offset).expect("the file is known");
            let offered: BTreeSet<String> = found
                .items
                .into_iter()
                .filter(|c| c.kind == CompletionKind::Keyword && words.contains(c.label.as_str()))
                .map(|c| c.label)
                .collect();
            let mut takes = |snippet: &str| {
                let analysis = set(&body.replace("$0", &filled(snippet)));
                let file = analysis.entry("main.obs").expect("it was set");
                let tree = &crate::db::parse(&analysis.db, file).tree;
                // in a list, say, the same words are names
                let rule = tree.leaf_at(offset).and_then(|leaf| tree.rule(leaf));
                let wrong = |code: Code| code.is_syntax() || code == Code::OBS1006;
                rule.is_some_and(|rule| format!("{rule:?}").starts_with("kw_"))
                    && !analysis.early_errors("main.obs").iter().any(|d| wrong(d.code))
            };
            let mut is_legal = |word: &str| {
                let snippets = [super::snippets::of_item(word), super::snippets::of_member(word)];
                snippets.into_iter().flatten().any(&mut takes)
            };
            let legal: BTreeSet<String> =
                words.iter().filter(|word| is_legal(word)).map(|word| (*word).to_owned()).collect();
            assert_eq!(offered, legal, "{body}");
        }
    }

    #[test]
    fn each_word_that_starts_something_has_a_snippet() {
        assert!(ITEM_KEYWORDS.iter().all(|word| super::snippets::of_item(word).is_some()));
        assert!(MEMBER_KEYWORDS.iter().all(|word| super::snippets::of_member(word).is_some()));
    }

    #[test]
    fn a_group_offers_its_settings_too() {
        assert!(labels("namespace n {\n  $0\n}").contains(&"isolated".to_owned()));
        assert!(labels("namespace n {\n  isolated: $0\n}").starts_with(&["true".to_owned(), "false".to_owned()]));
        assert!(!labels("$0").contains(&"isolated".to_owned()));
        assert_eq!(labels("shop, $0"), ["shop", "customer"], "a flow goes on");
    }

    #[test]
    fn a_kind_offers_what_is_its_own_and_no_components() {
        let kind = |line: &str| {
            let found = labels(&format!(
                "let few = 3\nkind K extends Shop {{\n  param deep: bool = false\n  let many = 5\n  {line}\n}}"
            ));
            assert!(!found.iter().any(|label| label == "shop" || label == "customer"), "{line}: {found:?}");
            found
        };
        let has = |found: &[String], names: &[&str]| names.iter().all(|n| found.iter().any(|l| l == n));
        let numbers = kind("replicas: $0");
        assert!(has(&numbers, &["shelves", "many", "few"]) && !has(&numbers, &["deep"]), "{numbers:?}");
        assert!(has(&kind("args: [\"--x=${$0}\"]"), &["shelves", "deep", "many", "self", "namespace"]));
        assert!(has(&kind("args: [$0]"), &["open"]));
        assert!(has(&kind("let more = $0"), &["shelves", "deep", "many"]));
        assert!(has(&kind("assert $0"), &["shelves", "self"]));
        assert!(has(&kind("param more: int = $0"), &["shelves", "many"]));
        let open = labels("kind K {\n  param at: { host: string }\n  title: at.$0\n}");
        assert_eq!(open, ["host"]);
        assert!(!has(&labels("component x: Shop { shelves: 1 + $0 }"), &["open", "self"]), "that is no kind");
    }

    #[test]
    fn lists_protocols_and_signals_have_their_words() {
        assert_eq!(labels("customer -> shop: order { signals: [$0] }"), ["metrics", "logs", "traces", "profiles"]);
        assert_eq!(labels("protocol p { carries: [lo$0] }")[0], "metrics");
        assert_eq!(labels("protocol p { transport: $0 }")[0], "http");
        assert_eq!(labels("protocol p { $0 }")[..2], ["transport", "carries"]);
        assert!(labels("protocol p { every: $0 }").contains(&"duration".to_owned()));
        assert_eq!(labels("kind K {\n  turns traces into $0\n}")[0], "metrics");
        assert_eq!(labels("kind K {\n  emits order($0)\n}")[0], "metrics");
        assert!(labels("fn f(a: $0)").contains(&"duration".to_owned()));
    }

    #[test]
    fn text_and_comments_have_no_completions() {
        assert!(labels("// $0").is_empty());
        assert!(labels("let x = \"$0\"").is_empty());
        assert!(labels("let x = 1 // $0").is_empty());
    }

    #[test]
    fn a_kind_of_the_library_carries_its_import() {
        let fixture = Fixture::new("import std.{Pods}\ncomponent x: Pe$0");
        let found = fixture.analysis.completions(&fixture.path, fixture.offset).expect("the file is known");
        let people = found.items.iter().find(|c| c.label == "People").expect("the library has it");
        let pods = found.items.iter().find(|c| c.label == "Pods").expect("it is imported");
        assert_eq!((people.kind, pods.also.as_ref()), (CompletionKind::Kind, None));
        let (at, text) = people.also.clone().expect("it isn't imported yet");
        let edits = [(found.replaces, people.label.clone()), (at, text)];
        assert_eq!(fixture.edited(&fixture.path, &edits), "import std.{Pods, People}\ncomponent x: People");
        assert!(labels_of("import std.{$0}").contains(&"Pods".to_owned()));
    }

    #[test]
    fn a_path_of_keys_leads_into_what_it_names() {
        let inside = labels("component x: Shop { resources.$0 }");
        assert!(inside.contains(&"memory".to_owned()) && !inside.contains(&"shelves".to_owned()), "{inside:?}");
        let inside = labels("profile p { shop.resources.$0 }");
        assert!(inside.contains(&"memory".to_owned()), "{inside:?}");
        let kind = "kind K { file \"/etc/k.yml\": yaml({ a: 1 }) }\n";
        assert_eq!(labels(&format!("{kind}component x: K {{ files.$0 }}")), ["\"/etc/k.yml\""]);
        assert_eq!(labels(&format!("{kind}component x: K {{\n  files.\"/e$0\n}}")), ["/etc/k.yml"]);
        assert!(labels(&format!("{kind}component x: K {{ files.\"/etc/k.yml\".$0 }}")).is_empty());
        let profile = format!("{kind}component x: K\nprofile p {{\n  x.files.\"$0\n}}");
        assert_eq!(labels(&profile), ["/etc/k.yml"]);
    }

    #[test]
    fn the_first_word_of_a_line_tells_what_goes_on() {
        for line in ["scale $0", "backup shop, $0", "waive OBS5108 on $0", "alert A on $0"] {
            assert_eq!(labels(line), ["shop", "customer"], "{line}");
        }
        assert!(labels("kind Kiosk extends $0").contains(&"Shop".to_owned()));
        let spoken = labels("kind Kiosk {\n  accepts $0\n}");
        assert!(spoken.contains(&"order".to_owned()) && !spoken.contains(&"image".to_owned()), "{spoken:?}");
        let types = labels("type Size = int\nlet x: $0");
        assert!(["duration", "Size", "Storage"].iter().all(|t| types.iter().any(|l| l == t)), "{types:?}");
        assert_eq!(labels("test \"t\" {\n  $0\n}"), ["profile", "assert"]);
        assert_eq!(labels("autoscale shop { up: { when: $0 } }"), ["cpu > 70%", "memory > 80%"]);
    }

    #[test]
    fn what_there_is_of_a_component_is_offered_behind_its_dot() {
        let members = labels("assert shop.$0 > 1");
        assert!(["shelves", "replicas"].iter().all(|m| members.iter().any(|l| l == m)), "{members:?}");
        assert!(labels("let x = \"${cluster.$0").contains(&"domain".to_owned()));
        assert!(labels("assert $0").contains(&"shop".to_owned()));
        let text = format!("//- main.obs\nimport \"./b.obs\" as b\nassert b.$0\n//- b.obs\n{SHOP}");
        assert_eq!(labels_of(&text), ["shop", "customer"]);
    }

    #[test]
    fn values_and_functions_that_fit_can_be_named() {
        let text = "let few: int = 3\nlet many = true\nfn twice(n: int): int = n * 2\n";
        let found = labels(&format!("{text}component x: Shop {{ shelves: $0 }}"));
        assert_eq!(found, ["few", "twice"]);
        let found = labels(&format!("{text}let y = 1 + $0"));
        assert!(["few", "many", "twice", "len"].iter().all(|n| found.iter().any(|l| l == n)), "{found:?}");
        let found = labels(&format!("{text}component x: Shop {{ shelves: 1 + f$0 }}"));
        assert!(found.contains(&"few".to_owned()) && !found.contains(&"shelves".to_owned()), "{found:?}");
    }

    /// The text with a completion and what comes with it.
    fn completed(text: &str, label: &str) -> String {
        let fixture = Fixture::new(text);
        let found = fixture.analysis.completions(&fixture.path, fixture.offset).expect("the file is known");
        let labels: Vec<&String> = found.items.iter().map(|c| &c.label).collect();
        let taken = found.items.iter().find(|c| c.label == label).unwrap_or_else(|| panic!("{label}: {labels:?}"));
        let mut edits = vec![(found.replaces, taken.insert.clone().unwrap_or_else(|| label.to_owned()))];
        edits.extend(taken.also.clone());
        fixture.edited(&fixture.path, &edits)
    }

    #[test]
    fn values_and_functions_of_elsewhere_carry_their_imports() {
        let two =
            |line: &str| format!("//- main.obs\n{line}//- lib/a.obs\nlet few = 3\nfn twice(n: int): int = n * 2\n");
        let found = completed(&two("let x: int = fe$0\n"), "few");
        assert_eq!(found, "import \"./lib/a.obs\".{few}\n\nlet x: int = few\n");
        let found = completed(&two("import \"./lib/a.obs\".{few}\nlet x = few + $0\n"), "twice");
        assert_eq!(found, "import \"./lib/a.obs\".{few, twice}\nlet x = few + twice(\n");
        let found = completed("import std.{Pods}\n\ncomponent p: Pods\n\nwaive che$0", "checkov");
        assert_eq!(found, "import std.{Pods, checkov}\n\ncomponent p: Pods\n\nwaive checkov");
        assert!(
            labels("waive $0").contains(&"OBS5108".to_owned()) && !labels("waive $0").contains(&"OBS2104".to_owned())
        );
        let found = completed("let x = dol$0\n", "dollars");
        assert_eq!(found, "import std.{dollars}\n\nlet x = dollars(\n");
    }

    #[test]
    fn a_component_of_another_file_carries_its_import() {
        let two = format!("//- main.obs\nimport \"./b.obs\".{{Shop}}\ncomponent x: Shop\nx -> $0\n//- b.obs\n{SHOP}");
        let found = completed(&two, "customer");
        assert_eq!(found, "import \"./b.obs\".{Shop, customer}\ncomponent x: Shop\nx -> customer\n");
    }

    #[test]
    fn an_import_stands_below_what_the_file_says_of_itself() {
        for (rest, after) in [
            ("component x: Pe$0", "import std.{People}\n\ncomponent x: People"),
            ("/// Documented.\ncomponent x: Pe$0", "import std.{People}\n\n/// Documented.\ncomponent x: People"),
        ] {
            let fixture = Fixture::new(&format!("//! The shop.\n//! All of it.\n\n{rest}"));
            let found = fixture.analysis.completions(&fixture.path, fixture.offset).expect("the file is known");
            let people = found.items.iter().find(|c| c.label == "People").expect("the library has it");
            let also = people.also.clone().expect("it isn't imported yet");
            let edits = [(found.replaces, people.label.clone()), also];
            let expected = format!("//! The shop.\n//! All of it.\n\n{after}");
            assert_eq!(fixture.edited(&fixture.path, &edits), expected);
        }
    }
}
