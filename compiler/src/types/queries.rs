//! What each declaration means, computed once and only where it is used.

use super::attributes::{self, Phase};
use super::core::{Core, CoreElement, CoreEntry, CoreKind};
use super::def_key::DefKey;
use super::elaborate::{Elaborator, Place, Use};
use super::items::AssertCore;
use super::ty::{KindRef, ProtocolRef, Ty};
use crate::db::{self, Db, Project, SourceFile};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::maps::IndexMap;
use crate::names::{DefId, DefKind, Names, Space, declared_name, find_item, library_exports};
use crate::syntax::ast::{self, EntryKind, Item, ItemKind, Key, Member, MemberKind};
use crate::text::{FileId, Span};
use crate::value::Value;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::sync::Arc;

fn key(db: &dyn Db, def: DefId) -> DefKey<'_> {
    DefKey::new(db, db::file(db, def.file), def.item)
}

/// Calls `f` with the item of a key. Items come and go; one that is gone gives the default.
fn with_item<T: Default>(db: &dyn Db, key: DefKey<'_>, f: impl FnOnce(&Item, DefId) -> T) -> T {
    let def = DefId { file: key.file(db).id(db), item: key.item(db) };
    let items = part(db, key).map(|part| db::part_items(db, part)).unwrap_or_default();
    find_item(&items, def.item).map(|item| f(item, def)).unwrap_or_default()
}

/// The part that has an item. A query of its own, so that an edit in another part stops here.
#[salsa::tracked(returns(copy))]
fn part<'db>(db: &'db dyn Db, key: DefKey<'db>) -> Option<db::Part<'db>> {
    db::part_of(db, key.file(db), key.item(db))
}

fn recursion(db: &dyn Db, key: DefKey<'_>) -> Vec<Diagnostic> {
    with_item(db, key, |item, _| {
        let message = match declared_name(&item.kind) {
            Some(name) => format!("`{name}` is defined through itself"),
            None => "this is defined through itself".to_owned(),
        };
        let help = "evaluation always ends: nothing may need its own value, directly or through others";
        vec![Diagnostic::new(Code::OBS2112, item.span, message).help(help)]
    })
}

/// A `type` item.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeInfo {
    /// What it stands for.
    pub ty: Ty,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
    /// What its names mean.
    pub uses: Vec<Use>,
}

impl Default for TypeInfo {
    fn default() -> Self {
        Self { ty: Ty::Error, diagnostics: Vec::new(), uses: Vec::new() }
    }
}

#[salsa::tracked(cycle_result = type_cycle)]
fn type_query<'db>(db: &'db dyn Db, key: DefKey<'db>) -> TypeInfo {
    with_item(db, key, |item, def| {
        let ItemKind::Type(it) = &item.kind else { return TypeInfo::default() };
        let mut elab = Elaborator::new(db, key.file(db), Place::Program);
        let ty = elab.type_item(&it.name, def, &it.ty);
        TypeInfo { ty, diagnostics: elab.diagnostics, uses: elab.uses }
    })
}

fn type_cycle(db: &dyn Db, _: salsa::Id, key: DefKey<'_>) -> TypeInfo {
    TypeInfo { diagnostics: recursion(db, key), ..TypeInfo::default() }
}

/// A `type` item, whole.
pub fn type_info(db: &dyn Db, def: DefId) -> &TypeInfo {
    type_query(db, key(db, def))
}

/// What a `type` item stands for.
pub fn type_of(db: &dyn Db, def: DefId) -> Ty {
    type_info(db, def).ty.clone()
}

/// A `let` item.
#[derive(Debug, Clone, PartialEq)]
pub struct LetInfo {
    /// Its value.
    pub core: Core,
    /// Its type.
    pub ty: Ty,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
    /// What its names mean.
    pub uses: Vec<Use>,
}

const NOWHERE: Span = Span { file: FileId(0), item: 0, range: crate::text::TextRange { start: 0, end: 0 } };

impl Default for LetInfo {
    fn default() -> Self {
        Self { core: Core::error(NOWHERE), ty: Ty::Error, diagnostics: Vec::new(), uses: Vec::new() }
    }
}

#[salsa::tracked(cycle_result = let_cycle)]
fn let_query<'db>(db: &'db dyn Db, key: DefKey<'db>) -> LetInfo {
    with_item(db, key, |item, _| {
        let ItemKind::Let(it) = &item.kind else { return LetInfo::default() };
        let mut elab = Elaborator::new(db, key.file(db), Place::Program);
        let (core, ty) = elab.let_value(it);
        // whoever is called must end too: asking for it here finds circles
        called(&core).into_iter().for_each(|callee| _ = fn_query(db, self::key(db, callee)));
        LetInfo { core, ty, diagnostics: elab.diagnostics, uses: elab.uses }
    })
}

fn let_cycle(db: &dyn Db, _: salsa::Id, key: DefKey<'_>) -> LetInfo {
    LetInfo { diagnostics: recursion(db, key), ..LetInfo::default() }
}

/// A `let` item.
pub fn let_info(db: &dyn Db, def: DefId) -> &LetInfo {
    let_query(db, key(db, def))
}

impl Elaborator<'_> {
    fn let_value(&mut self, it: &ast::Let) -> (Core, Ty) {
        match &it.ty {
            Some(ty) => {
                let ty = self.resolve(ty);
                (self.check(&it.value, &ty), ty)
            }
            None => self.infer(&it.value),
        }
    }
}

/// A function seen from outside.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FnSignature {
    /// Parameters in order.
    pub params: Vec<FnParam>,
    /// The declared result.
    pub result: Option<Ty>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
    /// What its names mean.
    pub uses: Vec<Use>,
}

/// A parameter of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct FnParam {
    /// Its name.
    pub name: SmolStr,
    /// Its type.
    pub ty: Ty,
    /// It has a default.
    pub optional: bool,
}

#[salsa::tracked]
fn signature_query<'db>(db: &'db dyn Db, key: DefKey<'db>) -> FnSignature {
    with_item(db, key, |item, _| {
        let ItemKind::Fn(it) = &item.kind else { return FnSignature::default() };
        let mut elab = Elaborator::new(db, key.file(db), Place::Program);
        let mut param = |p: &ast::Param| FnParam {
            name: p.name.name.clone(),
            ty: elab.resolve(&p.ty),
            optional: p.default.is_some(),
        };
        let params = it.params.iter().map(&mut param).collect();
        let result = it.result.as_ref().map(|ty| elab.resolve(ty));
        FnSignature { params, result, diagnostics: elab.diagnostics, uses: elab.uses }
    })
}

/// A function seen from outside.
pub fn fn_signature(db: &dyn Db, def: DefId) -> &FnSignature {
    signature_query(db, key(db, def))
}

/// A function's inside.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FnInfo {
    /// Defaults of its parameters.
    pub defaults: Vec<Option<Core>>,
    /// Its body and the type of that; none where the item is gone.
    pub body: Option<(Core, Ty)>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
    /// What its names mean.
    pub uses: Vec<Use>,
}

#[salsa::tracked(cycle_result = fn_cycle)]
fn fn_query<'db>(db: &'db dyn Db, key: DefKey<'db>) -> FnInfo {
    with_item(db, key, |item, def| {
        let ItemKind::Fn(it) = &item.kind else { return FnInfo::default() };
        let signature = fn_signature(db, def);
        let mut elab = Elaborator::new(db, key.file(db), Place::Program);
        let mut defaults = Vec::new();
        for (param, it) in signature.params.iter().zip(&it.params) {
            defaults.push(it.default.as_ref().map(|d| elab.check(d, &param.ty)));
        }
        for (param, it) in signature.params.iter().zip(&it.params) {
            elab.push_local(&it.name, param.ty.clone());
        }
        let body = match &signature.result {
            Some(ty) => (elab.check(&it.body, ty), ty.clone()),
            None => elab.infer(&it.body),
        };
        // whoever is called must end too: asking for it here finds circles
        for callee in defaults.iter().flatten().chain([&body.0]).flat_map(called) {
            fn_query(db, self::key(db, callee));
        }
        FnInfo { defaults, body: Some(body), diagnostics: elab.diagnostics, uses: elab.uses }
    })
}

fn fn_cycle(db: &dyn Db, _: salsa::Id, key: DefKey<'_>) -> FnInfo {
    FnInfo { diagnostics: recursion(db, key), ..FnInfo::default() }
}

/// A function's inside.
pub fn fn_info(db: &dyn Db, def: DefId) -> &FnInfo {
    fn_query(db, key(db, def))
}

/// What a call of the function gives.
pub fn fn_result(db: &dyn Db, def: DefId) -> Ty {
    match &fn_signature(db, def).result {
        Some(ty) => ty.clone(),
        None => fn_info(db, def).body.as_ref().map_or(Ty::Error, |(_, ty)| ty.clone()),
    }
}

/// The functions that an expression calls.
fn called(core: &Core) -> Vec<DefId> {
    let mut out = Vec::new();
    super::core::walk(core, &mut |c| {
        if let CoreKind::Call(def, _) = c.kind {
            out.push(def);
        }
    });
    out
}

/// A protocol.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProtocolInfo {
    /// Its name.
    pub name: SmolStr,
    /// Its doc lines.
    pub doc: Option<String>,
    /// Attributes by name: words and strings as constants, `carries` a list of words, `rbac` an expression.
    pub attributes: IndexMap<SmolStr, Core>,
    /// Options by name.
    pub options: IndexMap<SmolStr, ParamInfo>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
    /// What its names mean.
    pub uses: Vec<Use>,
}

impl ProtocolInfo {
    /// An attribute that is a word.
    pub fn word(&self, name: &str) -> Option<&SmolStr> {
        match self.attributes.get(name)?.as_const()? {
            Value::Str(word) => Some(word),
            _ => None,
        }
    }

    /// Whether an attribute is `true`.
    pub fn is(&self, name: &str) -> bool {
        self.attributes.get(name).and_then(Core::as_const) == Some(&Value::Bool(true))
    }

    /// An attribute that is a list of words.
    pub fn words(&self, name: &str) -> Vec<SmolStr> {
        self.attributes.get(name).map(const_words).unwrap_or_default()
    }
}

/// The strings of a list of constants.
pub fn const_words(core: &Core) -> Vec<SmolStr> {
    let CoreKind::List(elements) = &core.kind else { return Vec::new() };
    let word = |e: &CoreElement| match e {
        CoreElement::Item(core) => match core.as_const() {
            Some(Value::Str(word)) => Some(word.clone()),
            _ => None,
        },
        _ => None,
    };
    elements.iter().filter_map(word).collect()
}

/// A parameter of a kind or an option of a protocol.
#[derive(Debug, Clone, PartialEq)]
pub struct ParamInfo {
    /// Its type.
    pub ty: Ty,
    /// What holds where nothing is said; may refer to params above it.
    pub default: Option<Core>,
    /// Its doc lines.
    pub doc: Option<String>,
    /// Place of its name.
    pub name_span: Span,
    /// The kind or protocol that declares it.
    pub owner: SmolStr,
}

const TRANSPORTS: &[&str] = &["http", "grpc", "tcp", "udp", "https", "exec"];

/// The type of an attribute of protocols.
pub fn protocol_attribute(name: &str) -> Ty {
    match name {
        "transport" => Ty::words(TRANSPORTS),
        "carries" => Ty::list(Ty::words(attributes::SIGNALS)),
        "data" => Ty::words(&["forward", "backward"]),
        "rbac" => attributes::rbac(),
        "notifies" | "own" => Ty::Bool,
        _ => Ty::string(),
    }
}

#[salsa::tracked]
fn protocol_query<'db>(db: &'db dyn Db, key: DefKey<'db>) -> ProtocolInfo {
    with_item(db, key, |item, _| {
        let ItemKind::Protocol(it) = &item.kind else { return ProtocolInfo::default() };
        let mut elab = Elaborator::new(db, key.file(db), Place::Program);
        let mut out = ProtocolInfo { name: it.name.name.clone(), doc: item.doc.clone(), ..Default::default() };
        for entry in &it.attributes {
            let EntryKind::Field(path, value) = &entry.kind else { continue };
            let [Key::Name(name)] = path.as_slice() else { continue };
            let core = elab.check(value, &protocol_attribute(&name.name));
            if let Some(first) = out.attributes.insert(name.name.clone(), core) {
                elab.duplicate(name, first.span);
            }
        }
        for option in &it.options {
            if let Some(attribute) = elab.misspelt_attribute(option) {
                let message = format!("a protocol has no attribute `{}`", option.name.name);
                let diagnostic = Diagnostic::new(Code::OBS2106, option.name.span, message);
                elab.diagnostics.push(diagnostic.suggest(Some(attribute)));
                continue;
            }
            let info = elab.param(option, &it.name.name);
            if let Some(first) = out.options.insert(option.name.name.clone(), info) {
                elab.duplicate(&option.name, first.name_span);
            }
        }
        out.diagnostics = elab.diagnostics;
        out.uses = elab.uses;
        out
    })
}

impl Elaborator<'_> {
    /// The attribute that an option is meant to be: its name is near, and what follows is no type.
    fn misspelt_attribute(&self, option: &ast::Param) -> Option<&'static str> {
        let no_type = match &option.ty.kind {
            ast::TypeKind::Name(name, None) => !self.is_type(&name.name),
            ast::TypeKind::List(of) => matches!(&of.kind, ast::TypeKind::Name(name, None) if !self.is_type(&name.name)),
            ast::TypeKind::Literal(_) | ast::TypeKind::Missing => true,
            _ => false,
        };
        no_type.then(|| nearest(&option.name.name, ast::PROTOCOL_ATTRIBUTES.iter().copied())).flatten()
    }

    fn param(&mut self, param: &ast::Param, owner: &SmolStr) -> ParamInfo {
        let ty = self.resolve(&param.ty);
        let mut default = param.default.as_ref().map(|d| self.check(d, &ty));
        if default.is_none() && matches!(ty, Ty::Optional(_)) {
            default = Some(Core::constant(Value::None, param.span));
        }
        let (doc, name_span) = (param.doc.clone(), param.name.span);
        ParamInfo { ty, default, doc, name_span, owner: owner.clone() }
    }
}

/// A protocol.
pub fn protocol_info(db: &dyn Db, def: DefId) -> &ProtocolInfo {
    protocol_query(db, key(db, def))
}

/// A kind, with all that it has from the kinds it extends.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KindInfo {
    /// Its name.
    pub name: SmolStr,
    /// Its declaration; none where the item is gone.
    pub def: Option<DefId>,
    /// Its own name and those of the kinds that it extends, nearest first.
    pub lineage: Vec<SmolStr>,
    /// The kinds that it extends, nearest first.
    pub bases: Arc<[DefId]>,
    /// Its doc lines.
    pub doc: Option<String>,
    /// Parameters by name.
    pub params: IndexMap<SmolStr, ParamInfo>,
    /// Locals in order; those of extended kinds first.
    pub lets: Vec<LetMember>,
    /// Ports by name.
    pub ports: IndexMap<SmolStr, PortMember>,
    /// What it accepts.
    pub accepts: Vec<AcceptMember>,
    /// What it emits.
    pub emits: Vec<SpeakMember>,
    /// How it changes signals.
    pub turns: Vec<TurnMember>,
    /// Attributes by name, and the kind that says so.
    pub attributes: IndexMap<SmolStr, (Core, SmolStr)>,
    /// Files: path and content.
    pub files: Vec<(Core, Core, Span)>,
    /// Alerts by name: entries and place.
    pub alerts: IndexMap<SmolStr, (Vec<CoreEntry>, Span)>,
    /// Dashboards by title: entries and place.
    pub dashboards: IndexMap<SmolStr, (Core, Span)>,
    /// What must hold of each component; what extended kinds say comes first.
    pub asserts: Vec<AssertCore>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
    /// What its names mean.
    pub uses: Vec<Use>,
}

/// A local of a kind.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct LetMember {
    pub name: SmolStr,
    pub name_span: Span,
    pub phase: Phase,
    pub core: Core,
    pub ty: Ty,
}

/// A port of a kind.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct PortMember {
    pub number: Core,
    pub purpose: SmolStr,
    pub span: Span,
}

/// A protocol that a kind accepts.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct AcceptMember {
    pub speak: SpeakMember,
    pub port: Option<SmolStr>,
    pub options: Vec<CoreEntry>,
}

/// A protocol with signals.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct SpeakMember {
    pub protocol: SmolStr,
    pub def: DefId,
    pub signals: Vec<SmolStr>,
    pub span: Span,
}

/// `turns … into … by …`.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct TurnMember {
    pub from: Vec<SmolStr>,
    pub into: Vec<SmolStr>,
    pub by: Option<SmolStr>,
    pub condition: Option<Core>,
    pub span: Span,
}

/// A kind as a type, with the kinds it extends and the protocols it accepts.
pub fn kind_ref(db: &dyn Db, name: &str, def: DefId) -> KindRef {
    let key = key(db, def);
    KindRef { name: name.into(), def, bases: bases_query(db, key).clone(), accepts: accepts_query(db, key).clone() }
}

/// The protocols that a kind and its bases accept, by name alone: kinds may ask it of each other without going in
/// circles. Names that mean nothing are reported with the kind.
#[salsa::tracked(cycle_result = no_protocols)]
fn accepts_query<'db>(db: &'db dyn Db, key: DefKey<'db>) -> Arc<[ProtocolRef]> {
    let mut all: Vec<ProtocolRef> = Vec::new();
    if let Some(base) = bases_query(db, key).first() {
        all.extend(accepts_query(db, self::key(db, *base)).iter().cloned());
    }
    let names = Names::new(db, key.file(db));
    let own: Vec<ProtocolRef> = with_item(db, key, |item, _| {
        let ItemKind::Kind(it) = &item.kind else { return Vec::new() };
        let lists = it.members.iter().filter_map(|m| match &m.kind {
            MemberKind::Accepts { protocols, .. } => Some(protocols),
            _ => None,
        });
        let known = lists.flatten().filter_map(|accept| {
            let written = &accept.protocol.name;
            let def = names.get(Space::Protocol, written)?.def;
            Some(ProtocolRef { name: written.rsplit('.').next().unwrap_or(written).into(), def })
        });
        known.collect()
    });
    for protocol in own {
        if all.iter().all(|p| p.def != protocol.def) {
            all.push(protocol);
        }
    }
    all.into()
}

fn no_protocols(_: &dyn Db, _: salsa::Id, _: DefKey<'_>) -> Arc<[ProtocolRef]> {
    Arc::default()
}

/// The kinds that a kind extends, nearest first; a circle, which is reported elsewhere, has none.
#[salsa::tracked(cycle_result = no_bases)]
fn bases_query<'db>(db: &'db dyn Db, key: DefKey<'db>) -> Arc<[DefId]> {
    let own = with_item(db, key, |item, _| {
        let ItemKind::Kind(it) = &item.kind else { return None };
        let name = &it.extends.as_ref()?.name;
        Names::new(db, key.file(db)).get(Space::Type, name).filter(|e| e.kind == DefKind::Kind).map(|e| e.def)
    });
    let Some(base) = own else { return Arc::default() };
    let further = bases_query(db, self::key(db, base));
    std::iter::once(base).chain(further.iter().copied()).collect()
}

fn no_bases(_: &dyn Db, _: salsa::Id, _: DefKey<'_>) -> Arc<[DefId]> {
    Arc::default()
}

#[salsa::tracked(cycle_result = kind_cycle)]
fn kind_query<'db>(db: &'db dyn Db, key: DefKey<'db>) -> KindInfo {
    with_item(db, key, |item, def| {
        let ItemKind::Kind(it) = &item.kind else { return KindInfo::default() };
        let mut builder = KindBuilder { db, file: key.file(db), info: KindInfo::default() };
        builder.extend(it);
        builder.info.name = it.name.name.clone();
        builder.info.def = Some(def);
        builder.info.bases = bases_query(db, key).clone();
        builder.info.lineage.insert(0, it.name.name.clone());
        builder.info.doc = item.doc.clone();
        builder.params(&it.members);
        builder.lets(&it.members);
        builder.repeated(&it.members);
        // ports first: what refers to them may stand above
        let is_port = |m: &&Member| matches!(m.kind, MemberKind::Port { .. });
        it.members.iter().filter(is_port).for_each(|m| builder.member(m));
        it.members.iter().filter(|m| !is_port(m)).for_each(|m| builder.member(m));
        builder.info
    })
}

fn kind_cycle(db: &dyn Db, _: salsa::Id, key: DefKey<'_>) -> KindInfo {
    KindInfo { diagnostics: recursion(db, key), ..KindInfo::default() }
}

/// A kind's parameters, types only: what other kinds may ask of it without going in circles.
#[salsa::tracked(cycle_result = no_params)]
fn kind_params_query<'db>(db: &'db dyn Db, key: DefKey<'db>) -> IndexMap<SmolStr, (Ty, Span)> {
    with_item(db, key, |item, _| {
        let ItemKind::Kind(it) = &item.kind else { return IndexMap::default() };
        let base = it.extends.as_ref().and_then(|base| {
            Names::new(db, key.file(db)).get(Space::Type, &base.name).filter(|e| e.kind == DefKind::Kind)
        });
        let mut out = base.map(|e| kind_params(db, e.def).clone()).unwrap_or_default();
        let mut elab = Elaborator::new(db, key.file(db), Place::Program);
        for member in &it.members {
            if let MemberKind::Param(param) = &member.kind {
                let ty = elab.resolve(&param.ty);
                out.insert(param.name.name.clone(), (ty, param.name.span));
            }
        }
        out
    })
}

fn no_params(_: &dyn Db, _: salsa::Id, _: DefKey<'_>) -> IndexMap<SmolStr, (Ty, Span)> {
    IndexMap::default()
}

/// The types of a kind's parameters, and where they are declared.
pub fn kind_params(db: &dyn Db, def: DefId) -> &IndexMap<SmolStr, (Ty, Span)> {
    kind_params_query(db, key(db, def))
}

/// A kind.
pub fn kind_info(db: &dyn Db, def: DefId) -> &KindInfo {
    kind_query(db, key(db, def))
}

struct KindBuilder<'db> {
    db: &'db dyn Db,
    file: SourceFile,
    info: KindInfo,
}

impl KindBuilder<'_> {
    /// Runs `f` with an elaborator that sees what is known of the kind so far.
    fn with<T>(&mut self, phase: Phase, f: impl FnOnce(&mut Elaborator<'_>) -> T) -> T {
        let mut elab = Elaborator::new(self.db, self.file, Place::Kind(&self.info, phase));
        let out = f(&mut elab);
        let (diagnostics, uses) = (elab.diagnostics, elab.uses);
        self.info.diagnostics.extend(diagnostics);
        self.info.uses.extend(uses);
        out
    }

    fn extend(&mut self, it: &ast::KindDef) {
        let Some(base) = &it.extends else { return };
        match Names::new(self.db, self.file).get(Space::Type, &base.name).filter(|e| e.kind == DefKind::Kind) {
            Some(export) => {
                let from = kind_info(self.db, export.def);
                self.info = KindInfo { diagnostics: Vec::new(), uses: Vec::new(), ..from.clone() };
                let target = super::elaborate::Target::Def(export.def, DefKind::Kind);
                self.info.uses.push(Use { span: base.last(), target });
            }
            None => self.with(Phase::Graph, |elab| elab.unknown_kind(base)),
        }
    }

    fn params(&mut self, members: &[Member]) {
        let mut seen: IndexMap<SmolStr, Span> = IndexMap::default();
        for member in members {
            let MemberKind::Param(param) = &member.kind else { continue };
            let owner = self.info.name.clone();
            let mut info = self.with(Phase::Graph, |elab| elab.param(param, &owner));
            info.doc = info.doc.or_else(|| member.doc.clone());
            let first = seen.insert(param.name.name.clone(), param.name.span);
            if let Some(first) = first {
                self.with(Phase::Graph, |elab| elab.duplicate(&param.name, first));
            }
            self.info.params.insert(param.name.name.clone(), info);
        }
    }

    /// Says which members stand twice. What a kind has from the one it extends it may set again.
    fn repeated(&mut self, members: &[Member]) {
        let mut seen: FxHashMap<(&str, String), Span> = FxHashMap::default();
        for member in members {
            let (sort, name, span) = match &member.kind {
                MemberKind::Port { name, .. } => ("port", name.name.to_string(), name.span),
                MemberKind::Let(it) => ("let", it.name.name.to_string(), it.name.span),
                MemberKind::Alert(alert) => ("alert", alert.name.name.to_string(), alert.name.span),
                MemberKind::Dashboard { title, title_span, .. } => ("dashboard", title.to_string(), *title_span),
                MemberKind::Attribute(entry) => match &entry.kind {
                    EntryKind::Field(path, _) => match path.as_slice() {
                        [Key::Name(name)] => ("attribute", name.name.to_string(), name.span),
                        _ => continue,
                    },
                    _ => continue,
                },
                MemberKind::File { path, .. } => match &path.kind {
                    ast::ExprKind::Str(lit) => match lit.parts.as_slice() {
                        [ast::StrPart::Text(text, _)] => ("file", text.to_string(), path.span),
                        _ => continue,
                    },
                    _ => continue,
                },
                MemberKind::Param(_)
                | MemberKind::Accepts { .. }
                | MemberKind::Emits(_)
                | MemberKind::Turns { .. }
                | MemberKind::Assert(_) => continue,
            };
            if name.is_empty() {
                continue;
            }
            let ident = ast::Ident { name: name.as_str().into(), span };
            if let Some(first) = seen.insert((sort, name), span) {
                self.with(Phase::Graph, |elab| elab.duplicate(&ident, first));
            }
        }
    }

    /// A local belongs to the earliest phase in which all that it names is known.
    fn lets(&mut self, members: &[Member]) {
        for member in members {
            let MemberKind::Let(it) = &member.kind else { continue };
            for phase in [Phase::Graph, Phase::Workload, Phase::Files] {
                let before = (self.info.diagnostics.len(), self.info.uses.len());
                let (core, ty) = self.with(phase, |elab| elab.let_value(it));
                if self.info.diagnostics.len() > before.0 && phase != Phase::Files {
                    self.info.diagnostics.truncate(before.0);
                    self.info.uses.truncate(before.1);
                    continue;
                }
                let (name, name_span) = (it.name.name.clone(), it.name.span);
                self.info.lets.push(LetMember { name, name_span, phase, core, ty });
                break;
            }
        }
    }

    fn member(&mut self, member: &Member) {
        match &member.kind {
            MemberKind::Let(_) | MemberKind::Param(_) => {}
            MemberKind::Port { name, number, purpose } => {
                let port =
                    Ty::Int(Some(super::ty::Bounds { least: Some(Value::Int(1)), most: Some(Value::Int(65535)) }));
                // a port that isn't there under every target has no number there
                let number = self.with(Phase::Graph, |elab| elab.check(number, &Ty::optional(port)));
                let purpose = purpose.clone().unwrap_or_default();
                self.info.ports.insert(name.name.clone(), PortMember { number, purpose, span: member.span });
            }
            MemberKind::Accepts { protocols, port, options } => {
                for accept in protocols {
                    self.accept(accept, port.as_ref(), options);
                }
            }
            MemberKind::Emits(protocols) => {
                for accept in protocols {
                    let speak = self.speak(accept);
                    self.info.emits.extend(speak);
                }
            }
            MemberKind::Turns { from, into, by, condition } => {
                let (from, into) = (self.signals(from), self.signals(into));
                let by = by.as_ref().map(|b| b.name.clone());
                let condition = condition.as_ref().map(|c| self.with(Phase::Graph, |elab| elab.check(c, &Ty::Bool)));
                self.info.turns.push(TurnMember { from, into, by, condition, span: member.span });
            }
            MemberKind::File { path, content } => {
                let form = Ty::Form(super::ty::Form::Path);
                let path = self.with(Phase::Workload, |elab| elab.check(path, &form));
                let content = self.with(Phase::Files, |elab| elab.check(content, &Ty::Content));
                self.info.files.retain(|(p, ..)| p.as_const().is_none() || p.as_const() != path.as_const());
                self.info.files.push((path, content, member.span));
            }
            MemberKind::Alert(alert) => {
                let entries =
                    self.with(Phase::Workload, |elab| elab.check_fields(&alert.block, &attributes::ALERT, "an alert"));
                self.info.alerts.insert(alert.name.name.clone(), (entries, member.span));
            }
            MemberKind::Dashboard { title, block, .. } => {
                let core = self.with(Phase::Workload, |elab| elab.check_record(block, &Ty::Data));
                self.info.dashboards.insert(title.clone(), (core, member.span));
            }
            MemberKind::Assert(it) => {
                let assert = self.with(Phase::Files, |elab| elab.assert(it, member.span));
                self.info.asserts.push(assert);
            }
            MemberKind::Attribute(entry) => self.attribute(entry),
        }
    }

    fn accept(&mut self, accept: &ast::Accept, port: Option<&ast::Ident>, options: &ast::Block) {
        let Some(speak) = self.speak(accept) else { return };
        if let Some(port) = port
            && !self.info.ports.contains_key(&port.name)
        {
            let known: Vec<SmolStr> = self.info.ports.keys().cloned().collect();
            let message = format!("this kind has no port `{}`", port.name);
            let suggestion = nearest(&port.name, known.iter().map(SmolStr::as_str));
            self.info.diagnostics.push(Diagnostic::new(Code::OBS2106, port.span, message).suggest(suggestion));
        }
        let record = option_record(protocol_info(self.db, speak.def));
        let what = format!("`{}`", speak.protocol);
        let options = self.with(Phase::Graph, |elab| elab.check_fields(options, &record, &what));
        self.info.accepts.push(AcceptMember { speak, port: port.map(|p| p.name.clone()), options });
    }

    fn speak(&mut self, accept: &ast::Accept) -> Option<SpeakMember> {
        let name = &accept.protocol;
        let protocol = self.with(Phase::Graph, |elab| elab.protocol(name))?;
        let carries = protocol_info(self.db, protocol.def).words("carries");
        let signals = match &accept.signals {
            Some(signals) => {
                let named = self.signals(signals);
                for signal in signals.iter().filter(|s| named.contains(&s.name) && !carries.contains(&s.name)) {
                    let message = format!("`{}` doesn't carry {}", protocol.name, signal.name);
                    let help = match carries.is_empty() {
                        true => "it carries no signal".to_owned(),
                        false => format!("it carries {}", carries.join(", ")),
                    };
                    self.info.diagnostics.push(Diagnostic::new(Code::OBS2106, signal.span, message).help(help));
                }
                named
            }
            None => carries,
        };
        Some(SpeakMember { protocol: protocol.name, def: protocol.def, signals, span: name.span })
    }

    fn signals(&mut self, names: &[ast::Ident]) -> Vec<SmolStr> {
        for name in names {
            if !attributes::SIGNALS.contains(&name.name.as_str()) && !name.name.is_empty() {
                let message = format!("there is no signal `{}`", name.name);
                let suggestion = nearest(&name.name, attributes::SIGNALS.iter().copied());
                self.info.diagnostics.push(Diagnostic::new(Code::OBS2106, name.span, message).suggest(suggestion));
            }
        }
        names.iter().map(|n| n.name.clone()).filter(|n| attributes::SIGNALS.contains(&n.as_str())).collect()
    }

    fn attribute(&mut self, entry: &ast::Entry) {
        let EntryKind::Field(path, value) = &entry.kind else {
            let message = "a kind's members have names: `for` and `...` can't make them";
            self.info.diagnostics.push(Diagnostic::new(Code::OBS2106, entry.span, message));
            return;
        };
        let Some(Key::Name(name)) = path.first() else { return };
        let Some(attribute) = attributes::ATTRIBUTES.get(name.name.as_str()) else {
            let known: Vec<SmolStr> = attributes::ATTRIBUTES.keys().map(|k| SmolStr::new_static(k)).collect();
            self.with(Phase::Graph, |elab| elab.unknown_field(name, known.iter(), "a kind"));
            return;
        };
        let target = super::elaborate::Target::Builtin(attribute.doc);
        self.info.uses.push(Use { span: name.span, target });
        let owner = self.info.name.clone();
        let core = if path.len() == 1 {
            self.with(attribute.phase, |elab| elab.check(value, &attribute.ty))
        } else {
            // a place in a record: the rest of it stays as it was
            let checked = self.with(attribute.phase, |elab| {
                let (keys, ty) = elab.descend(path, &attribute.ty)?;
                Some((keys, elab.check(value, &ty)))
            });
            let Some((mut keys, value)) = checked else { return };
            keys.remove(0);
            let before = self.info.attributes.get(&name.name).map(|(core, _)| CoreEntry::Spread(core.clone()));
            let entries = before.into_iter().chain([CoreEntry::Field(keys, value)]).collect();
            Core { kind: CoreKind::Record(entries), span: entry.span }
        };
        self.known_too_early(&name.name, &core);
        self.info.attributes.insert(name.name.clone(), (core, owner));
    }

    /// The image is made first, then the resources, then all else: what is made can't name itself or what comes after.
    fn known_too_early(&mut self, attribute: &str, core: &Core) {
        let later: &[&str] = match attribute {
            "image" => &["image", "resources"],
            "resources" => &["resources"],
            _ => return,
        };
        let mut found = Vec::new();
        names_attributes(core, &self.info, later, &mut found);
        for (span, word) in found {
            let message = format!("`{word}` isn't known yet where `{attribute}` is made");
            let help = "the image is made first, then the resources, then all else";
            self.info.diagnostics.push(Diagnostic::new(Code::OBS2115, span, message).help(help));
        }
    }
}

/// Where an expression, or a local that it names, names one of these attributes. A param of that name is no attribute.
fn names_attributes(core: &Core, kind: &KindInfo, words: &[&str], out: &mut Vec<(Span, SmolStr)>) {
    super::core::walk(core, &mut |c| match &c.kind {
        CoreKind::Param(name) if words.contains(&name.as_str()) && !kind.params.contains_key(name) => {
            out.push((c.span, name.clone()));
        }
        CoreKind::KindLet(at) => {
            let mut within = Vec::new();
            // a local names only those above it
            names_attributes(&kind.lets[*at as usize].core, kind, words, &mut within);
            out.extend(within.into_iter().map(|(_, word)| (c.span, word)));
        }
        _ => {}
    });
}

/// A protocol's options as a record in which everything may be left out, with those of every flow.
pub fn option_record(protocol: &ProtocolInfo) -> super::ty::RecordTy {
    let mut record = attributes::FLOW.clone();
    for (name, option) in &protocol.options {
        let field = super::ty::FieldTy {
            doc: option.doc.as_deref().map(Arc::from),
            span: Some(option.name_span),
            ..super::ty::FieldTy::optional(option.ty.clone())
        };
        record.fields.insert(name.clone(), field);
    }
    record
}

/// The kind of a component item, where it names one that exists.
pub fn component_kind(db: &dyn Db, def: DefId) -> Option<KindRef> {
    component_query(db, key(db, def)).clone()
}

#[salsa::tracked]
fn component_query<'db>(db: &'db dyn Db, key: DefKey<'db>) -> Option<KindRef> {
    with_item(db, key, |item, _| {
        let ItemKind::Component(it) = &item.kind else { return None };
        let names = Names::new(db, key.file(db));
        let name = it.kind.dotted();
        let export = names.get(Space::Type, &name.name).filter(|e| e.kind == DefKind::Kind)?;
        Some(kind_ref(db, &name.name, export.def))
    })
}

/// The names of the library's declarations of a sort.
pub fn library_names(db: &dyn Db, sort: DefKind) -> Vec<SmolStr> {
    let exports = library_exports(db, Project::get(db));
    exports.names.iter().filter(|(_, e)| e.kind == sort).map(|((_, name), _)| name.clone()).collect()
}
