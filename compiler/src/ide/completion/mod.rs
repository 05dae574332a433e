//! What could stand at a place: found from the tree around it and the text before it, so that it works while a
//! line is half written.

mod place;

use super::imports::{Elsewhere, Imports, path_from};
use crate::db::{self, Db, Project, SourceFile};
use crate::diagnostics::Code;
use crate::names::{self, DefKind, Space};
use crate::syntax::{ITEM_KEYWORDS, MEMBER_KEYWORDS};
use crate::text::TextRange;
use crate::types::builtins::Builtin;
use crate::types::items::{self, ComponentCore};
use crate::types::ty::{FieldTy, KindRef, RecordTy, Ty};
use crate::types::{BUILTIN_TYPES, attributes, members, queries};
use place::{Body, Place};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

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
    let (place, word) = place_at(db, file, offset);
    let text = db::text(db, file);
    let typed = text.get(word.start as usize..word.end as usize).unwrap_or_default();
    let items = Request { db, entry, file, typed }.at(place);
    Completions { replaces: word, items }
}

/// The place at an offset and the word before it. What is far from it isn't parsed.
fn place_at(db: &dyn Db, file: SourceFile, offset: u32) -> (Place, TextRange) {
    let (parse, start) = db::parse_around(db, file, offset);
    let (place, word) = Place::find(&parse.tree, offset.saturating_sub(start));
    (place, TextRange::new(word.start + start, word.end + start))
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
    let (body, current) = match place_at(db, file, offset).0 {
        Place::Key(body) => (body, None),
        Place::Value(body, key) => (body, Some(key)),
        _ => return None,
    };
    let owner = match &body {
        Body::Component(name) | Body::Flow(name) => name.clone(),
        _ => return None,
    };
    let fields = Request { db, entry, file, typed: "" }.fields(&body);
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
    /// The word before the cursor.
    typed: &'a str,
}

impl<'a> Request<'a> {
    fn at(&self, place: Place) -> Vec<Completion> {
        match place {
            Place::Nothing => Vec::new(),
            Place::Item => self.items(),
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
            Place::Value(body, key) => {
                let fields = self.fields(&body);
                let Some(field) = fields.iter().find(|field| field.name == key) else { return self.expressions(None) };
                let mut out = values(&field.ty, self.typed);
                out.extend(self.expressions(Some(&field.ty)));
                out
            }
            Place::Expression => {
                let mut out = self.expressions(None);
                out.extend(self.components());
                out
            }
            Place::Member(of) => self.members(&of),
            Place::Type => self.types(),
            Place::Spoken => self.protocols(&[]),
            Place::FilePath(body, quoted) => self.file_paths(&body, quoted),
            Place::Waived => self.waived(),
        }
    }

    fn items(&self) -> Vec<Completion> {
        let keyword = |word: &&str| Completion {
            snippet: SNIPPETS.iter().find(|(of, _)| of == word).map(|(_, snippet)| (*snippet).to_owned()),
            ..Completion::new(word, CompletionKind::Keyword, "")
        };
        ITEM_KEYWORDS.iter().map(keyword).chain(self.components()).collect()
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

    /// What an expression can name: values and functions that fit the type, those of elsewhere with their imports; where
    /// no type is expected, what is built in too.
    fn expressions(&self, expected: Option<&Ty>) -> Vec<Completion> {
        let fits = |export: &names::Export| match (self.type_of(export), expected) {
            (None | Some(Ty::Error), _) => false,
            (Some(_), None) => true,
            // what a data value holds isn't known before it is there
            (Some(Ty::Data), Some(expected)) => *expected == Ty::Data,
            // nor whether a text is one of some words
            (Some(Ty::Str(_)), Some(Ty::Enum(_))) => false,
            (Some(ty), Some(expected)) => ty.fits(expected),
        };
        if self.typed.starts_with(|c: char| c.is_ascii_digit()) {
            return Vec::new();
        }
        let scope = names::scope(self.db, self.file);
        let seen = scope.names_of(Space::Value).filter(|(_, b)| fits(&b.export));
        let mut out: Vec<Completion> = seen.map(|(name, b)| self.named(name, &b.export)).collect();
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
        let ty = match (scope.get(Space::Value, of), of) {
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
        out.extend(self.expressions(Some(&attributes::LINTER)));
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
            Body::Kind => {
                out.extend(MEMBER_KEYWORDS.iter().map(|word| Completion::new(word, CompletionKind::Keyword, "")))
            }
            Body::Component(kind) => out.extend(self.files_of(kind)),
            Body::Test => out.push(Completion::new("assert", CompletionKind::Keyword, "")),
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

/// Items as snippets.
const SNIPPETS: [(&str, &str); 13] = [
    ("import", "import std.{${1:Kind}}"),
    ("component", "component ${1:name}: ${2:Kind} {\n  $0\n}"),
    ("namespace", "namespace ${1:name} {\n  $0\n}"),
    ("layer", "layer ${1:name} \"${2:Title}\" {\n  $0\n}"),
    ("cluster", "cluster ${1:name} {\n  domain: \"${2:example.com}\"\n}"),
    (
        "kind",
        "kind ${1:Name} {\n  workload: ${2:deployment}\n  image: \"${3:registry/image:tag}\"\n  port ${4:http}: ${5:8080}\n  $0\n}",
    ),
    ("protocol", "protocol ${1:name} {\n  transport: ${2:http}\n  carries: [${3:metrics}]\n}"),
    ("scale", "scale ${1:component} { ${2:profile}: ${3:2} }"),
    (
        "autoscale",
        "autoscale ${1:component} {\n  replicas: ${2:2}..${3:10}\n  up: { when: cpu > ${4:70%}, by: ${5:100%} }\n}",
    ),
    ("backup", "backup ${1:component} { schedule: \"${2:0 2 * * *}\", keep: ${3:7} }"),
    ("test", "test \"${1:what holds}\" {\n  assert ${2:true}\n}"),
    ("view", "view ${1:name} \"${2:Title}\" {\n  $0\n}"),
    ("waive", "waive ${1:OBS0000} on ${2:component} until ${3:2027-01-01}, \"${4:reason}\""),
];

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
    use crate::ide::fixture::{Fixture, SHOP};

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
