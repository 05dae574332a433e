//! The items of a program, checked: file by file, before any is evaluated.

use super::attributes::{self, COMPONENT_SETTINGS};
use super::core::{Core, CoreEntry};
use super::elaborate::{Elaborator, Place, Target, Use};
use super::queries::{self, KindInfo};
use super::ty::{KindRef, ProtocolRef, RecordTy, Ty};
use crate::db::{self, Db, Part, SourceFile};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::names::{self, DefId, DefKind, Names, Space};
use crate::syntax::ast::{self, BinaryOp, Block, EntryKind, Expr, ExprKind, Ident, Item, ItemKind, Key, Path};
use crate::text::Span;
use smol_str::SmolStr;
use std::sync::Arc;

/// The checked items of one part of a file.
#[derive(Debug, Clone, PartialEq, Default)]
#[allow(missing_docs)]
pub struct FileCore {
    pub clusters: Vec<BlockCore>,
    pub namespaces: Vec<BlockCore>,
    pub layers: Vec<BlockCore>,
    pub components: Vec<ComponentCore>,
    pub flows: Vec<FlowCore>,
    pub scales: Vec<ScaleCore>,
    pub autoscales: Vec<AutoscaleCore>,
    pub profiles: Vec<ProfileCore>,
    pub backups: Vec<TargetCore>,
    pub alerts: Vec<TargetCore>,
    pub views: Vec<BlockCore>,
    pub asserts: Vec<AssertCore>,
    pub tests: Vec<TestCore>,
    pub waivers: Vec<WaiverCore>,
    pub patches: Vec<PatchCore>,
    pub objects: Vec<(Core, Span)>,
    /// What is wrong with the items, declarations included.
    pub diagnostics: Vec<Diagnostic>,
    /// What names meant, in the items.
    pub uses: Vec<Use>,
}

/// `waive OBS2107 on store, "reason"`.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct WaiverCore {
    pub def: ast::WaiveDef,
    /// The linter whose finding is waived; `None` where it is the compiler's own.
    pub linter: Option<Core>,
    pub span: Span,
}

/// A named block: cluster, namespace, layer, view.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct BlockCore {
    pub name: Ident,
    pub title: Option<SmolStr>,
    pub entries: Vec<CoreEntry>,
    /// The namespace around it.
    pub namespace: Option<SmolStr>,
    pub doc: Option<String>,
    pub span: Span,
}

/// A component.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct ComponentCore {
    pub name: Ident,
    /// None where the kind is unknown.
    pub kind: Option<KindRef>,
    pub namespace: Option<SmolStr>,
    pub layer: Option<SmolStr>,
    pub settings: Vec<Setting>,
    pub files: Vec<FileSetting>,
    pub doc: Option<String>,
    pub span: Span,
}

/// `retention: 15d` or `resources.cpu: 500m` in a component or profile.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Setting {
    pub name: SmolStr,
    /// Keys behind the name.
    pub path: Vec<SmolStr>,
    pub value: Core,
    pub span: Span,
}

/// `files."/etc/x.yml".a.b: value`.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct FileSetting {
    pub file: SmolStr,
    pub keys: Vec<Core>,
    pub value: Core,
    pub span: Span,
}

/// One link from one component to another.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct FlowCore {
    pub from: SmolStr,
    pub to: SmolStr,
    pub from_span: Span,
    pub to_span: Span,
    pub protocol: ProtocolRef,
    pub inferred: bool,
    pub options: Arc<Vec<CoreEntry>>,
    pub doc: Option<String>,
    pub span: Span,
}

/// `scale a, b { … }`.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct ScaleCore {
    pub targets: Vec<(SmolStr, Span)>,
    pub counts: Vec<(Ident, Core)>,
    pub span: Span,
}

/// `autoscale a { … }`.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct AutoscaleCore {
    pub targets: Vec<(SmolStr, Span)>,
    pub replicas: Option<Core>,
    /// The component that carries it out, in place of the autoscaler of Kubernetes.
    pub via: Option<(SmolStr, Span)>,
    pub up: Option<RuleCore>,
    pub down: Option<RuleCore>,
    pub span: Span,
}

/// One direction of an autoscaler.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct RuleCore {
    /// Thresholds: `cpu` or `memory`, and a percentage.
    pub thresholds: Vec<(SmolStr, Core)>,
    /// Joined by `and`.
    pub both: bool,
    pub by: Option<Core>,
    pub hold: Option<Core>,
    pub span: Span,
}

/// `profile NAME extends OTHER { … }`.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct ProfileCore {
    pub name: Ident,
    pub extends: Option<Ident>,
    pub settings: Vec<(SmolStr, Setting)>,
    pub files: Vec<(SmolStr, FileSetting)>,
    pub span: Span,
}

/// A block about components: backup, alert.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct TargetCore {
    pub name: Option<Ident>,
    pub targets: Vec<(SmolStr, Span)>,
    pub entries: Vec<CoreEntry>,
    pub span: Span,
}

/// `assert …`.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct AssertCore {
    pub condition: Core,
    pub message: Option<Core>,
    pub span: Span,
}

/// `test "…" { … }`.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct TestCore {
    pub name: SmolStr,
    pub profile: Option<(SmolStr, Span)>,
    pub asserts: Vec<AssertCore>,
    pub span: Span,
}

/// `patch …`.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct PatchCore {
    pub object_kind: Ident,
    pub object_name: Ident,
    pub namespace: Option<SmolStr>,
    pub value: Core,
    pub span: Span,
}

/// Checked items that are compared by where they are first: most are the same ones after an edit.
#[derive(Debug, Clone)]
pub struct PartCore(Arc<FileCore>);

impl PartialEq for PartCore {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl std::ops::Deref for PartCore {
    type Target = FileCore;

    fn deref(&self) -> &FileCore {
        &self.0
    }
}

/// The items of a part, checked.
#[salsa::tracked]
pub fn part_core<'db>(db: &'db dyn Db, part: Part<'db>) -> PartCore {
    let file = part.file(db);
    let elab = Elaborator::new(db, file, Place::Program);
    let db::Around { namespace, layer } = db::part_around(db, part);
    let mut items = Items { db, file, elab, out: FileCore::default(), namespace, layer };
    db::part_items(db, part).iter().for_each(|item| items.item(item));
    let mut out = items.out;
    out.diagnostics.append(&mut items.elab.diagnostics);
    out.uses.append(&mut items.elab.uses);
    // there are many parts, each with some of these
    out.components.shrink_to_fit();
    out.flows.shrink_to_fit();
    out.scales.shrink_to_fit();
    out.autoscales.shrink_to_fit();
    out.uses.shrink_to_fit();
    PartCore(Arc::new(out))
}

/// The file's items, checked, in parts.
#[salsa::tracked]
pub fn file_core(db: &dyn Db, file: SourceFile) -> Vec<PartCore> {
    db::parts(db, file).iter().map(|part| part_core(db, *part).clone()).collect()
}

/// Checks the items of the program that starts at a file in the other order. With another thread that asks for all of
/// them, the two meet in the middle.
pub fn from_the_end(db: &dyn Db, entry: SourceFile) {
    for file in names::program(db, entry).files.iter().rev() {
        for part in db::parts(db, db::file(db, *file)).iter().rev() {
            part_core(db, *part);
        }
    }
}

struct Items<'a> {
    db: &'a dyn Db,
    file: SourceFile,
    elab: Elaborator<'a>,
    out: FileCore,
    namespace: Option<SmolStr>,
    layer: Option<SmolStr>,
}

impl<'a> Items<'a> {
    fn item(&mut self, item: &Item) {
        let def = DefId { file: item.span.file, item: item.span.item };
        match &item.kind {
            ItemKind::Import(_) => {}
            ItemKind::Let(_) => {
                let info = queries::let_info(self.db, def);
                self.collect(&info.diagnostics, &info.uses);
            }
            ItemKind::Fn(_) => {
                let signature = queries::fn_signature(self.db, def);
                self.collect(&signature.diagnostics, &signature.uses);
                let info = queries::fn_info(self.db, def);
                self.collect(&info.diagnostics, &info.uses);
            }
            ItemKind::Type(_) => {
                let info = queries::type_info(self.db, def);
                self.collect(&info.diagnostics, &info.uses);
            }
            ItemKind::Protocol(_) => {
                let info = queries::protocol_info(self.db, def);
                self.collect(&info.diagnostics, &info.uses);
            }
            ItemKind::Kind(_) => {
                let info = queries::kind_info(self.db, def);
                self.collect(&info.diagnostics, &info.uses);
            }
            ItemKind::Cluster(it) => {
                let mut elab = Elaborator::new(self.db, self.file, Place::Words);
                let entries = elab.check_fields(&it.block, &attributes::CLUSTER, "`cluster`");
                self.elab.diagnostics.extend(elab.diagnostics);
                self.elab.uses.extend(elab.uses);
                let (name, doc) = (it.name.clone(), item.doc.clone());
                self.out.clusters.push(BlockCore { name, title: None, entries, namespace: None, doc, span: item.span });
            }
            ItemKind::Namespace(it) => self.namespace(item, it),
            ItemKind::Layer(it) => self.layer(item, it),
            ItemKind::Component(it) => self.component(item, it, def),
            ItemKind::Flow(it) => self.flow(item, it),
            ItemKind::Scale(it) => self.scale(item, it),
            ItemKind::Autoscale(it) => self.autoscale(item, it),
            ItemKind::Profile(it) => self.profile(item, it),
            ItemKind::Backup(it) => {
                let entries = self.elab.check_fields(&it.block, &attributes::BACKUP, "`backup`");
                let targets = self.targets(&it.targets);
                self.out.backups.push(TargetCore { name: None, targets, entries, span: item.span });
            }
            ItemKind::Alert(it) => {
                let entries = self.elab.check_fields(&it.block, &attributes::ALERT, "an alert");
                let targets = it.on.iter().filter_map(|p| self.target(p)).collect();
                self.out.alerts.push(TargetCore { name: Some(it.name.clone()), targets, entries, span: item.span });
            }
            ItemKind::View(it) => self.view(item, it),
            ItemKind::Assert(it) => {
                let assert = self.elab.assert(it, item.span);
                self.out.asserts.push(assert);
            }
            ItemKind::Test(it) => self.test(item, it),
            ItemKind::Waive(it) => self.waive(item, it),
            ItemKind::Patch(it) => {
                let value = self.elab.check_record_data(&it.block);
                self.out.patches.push(PatchCore {
                    object_kind: it.object_kind.clone(),
                    object_name: it.object_name.clone(),
                    namespace: it.namespace.as_ref().map(|n| n.name.clone()),
                    value,
                    span: item.span,
                });
            }
            ItemKind::Object(block) => {
                let value = self.elab.check_record_data(block);
                self.out.objects.push((value, item.span));
            }
        }
    }

    fn collect(&mut self, diagnostics: &[Diagnostic], uses: &[Use]) {
        self.out.diagnostics.extend_from_slice(diagnostics);
        self.out.uses.extend_from_slice(uses);
    }

    fn block(
        &mut self,
        item: &Item,
        name: &Ident,
        title: Option<&SmolStr>,
        block: &Block,
        record: &RecordTy,
        what: &str,
    ) -> BlockCore {
        BlockCore {
            name: name.clone(),
            title: title.cloned(),
            entries: self.elab.check_fields(block, record, what),
            namespace: self.namespace.clone(),
            doc: item.doc.clone(),
            span: item.span,
        }
    }

    fn namespace(&mut self, item: &Item, it: &ast::Group) {
        let title = it.title.as_ref();
        let block = self.block(item, &it.name, title, &it.settings, &attributes::NAMESPACE, "a namespace");
        if let Some(outer) = &self.namespace {
            let message = format!("the namespace `{}` can't lie within `{outer}`", it.name.name);
            let help = format!("close `{outer}` before it: namespaces stand side by side");
            self.elab.diagnostics.push(Diagnostic::new(Code::OBS1006, it.name.span, message).help(help));
        }
        self.out.namespaces.push(block);
    }

    fn layer(&mut self, item: &Item, it: &ast::Group) {
        let block = self.block(item, &it.name, it.title.as_ref(), &it.settings, &attributes::LAYER, "a layer");
        if let Some(outer) = &self.layer {
            let message = format!("the layer `{}` can't lie within `{outer}`", it.name.name);
            let help = format!("close `{outer}` before it: layers stand side by side");
            self.elab.diagnostics.push(Diagnostic::new(Code::OBS1006, it.name.span, message).help(help));
        }
        self.out.layers.push(block);
    }

    fn component(&mut self, item: &Item, it: &ast::ComponentDef, def: DefId) {
        let kind = queries::component_kind(self.db, def);
        let written = it.kind.dotted();
        match &kind {
            Some(kind) => {
                self.elab.uses.push(Use { span: written.last(), target: Target::Def(kind.def, DefKind::Kind) })
            }
            None => self.elab.unknown_kind(&written),
        }
        self.check_name(&it.name);
        let info = kind.as_ref().map(|k| queries::kind_info(self.db, k.def));
        let (settings, files) = self.settings(&it.block, info);
        self.out.components.push(ComponentCore {
            name: it.name.clone(),
            kind,
            namespace: self.namespace.clone(),
            layer: self.layer.clone(),
            settings,
            files,
            doc: item.doc.clone(),
            span: item.span,
        });
    }

    /// Names of components become names in Kubernetes.
    fn check_name(&mut self, name: &Ident) {
        let text = &name.name;
        let label = !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && text.starts_with(|c: char| c.is_ascii_lowercase());
        if text.is_empty() || (label && text.len() <= 52) {
            return;
        }
        let message = match label {
            true => format!("the name `{text}` has {} characters; 52 is the most", text.len()),
            false => format!("the name `{text}` can't be a Kubernetes name"),
        };
        let help = "use a-z, 0-9 and `-`, starting with a letter";
        self.elab.diagnostics.push(Diagnostic::new(Code::OBS1007, name.span, message).help(help));
    }

    fn settings(&mut self, block: &Block, kind: Option<&KindInfo>) -> (Vec<Setting>, Vec<FileSetting>) {
        let (mut settings, mut files) = (Vec::new(), Vec::new());
        let mut seen: Vec<(String, Span)> = Vec::new();
        for entry in &block.entries {
            let EntryKind::Field(path, value) = &entry.kind else {
                let message = "a component's settings have names: `for` and `...` can't make them";
                self.elab.diagnostics.push(Diagnostic::new(Code::OBS2106, entry.span, message));
                continue;
            };
            let Some(Key::Name(name)) = path.first() else { continue };
            let whole = dotted(path);
            match seen.iter().find(|(n, _)| *n == whole) {
                Some((_, first)) => self.elab.duplicate(name, *first),
                None => seen.push((whole, name.span)),
            }
            let Some(kind) = kind else { continue };
            if name.name == "files" {
                files.extend(self.file_setting(path, value, entry.span));
            } else {
                settings.extend(self.setting(path, name, value, entry.span, kind));
            }
        }
        settings.shrink_to_fit();
        (settings, files)
    }

    fn setting(&mut self, path: &[Key], name: &Ident, value: &Expr, span: Span, kind: &KindInfo) -> Option<Setting> {
        let ty = match kind.params.get(&name.name) {
            Some(param) => {
                self.elab.uses.push(Use { span: name.span, target: Target::Declared(param.name_span) });
                param.ty.clone()
            }
            None if COMPONENT_SETTINGS.contains(&name.name.as_str()) => {
                let attribute = &attributes::ATTRIBUTES[name.name.as_str()];
                self.elab.uses.push(Use { span: name.span, target: Target::Builtin(attribute.doc) });
                attribute.ty.clone()
            }
            None => {
                let common = COMPONENT_SETTINGS.iter().map(|s| SmolStr::new_static(s));
                let known: Vec<SmolStr> = kind.params.keys().cloned().chain(common).collect();
                self.elab.unknown_field(name, known.iter(), &format!("`{}`", kind.name));
                return None;
            }
        };
        let (keys, ty) = self.elab.descend(path, &ty)?;
        let value = self.elab.check(value, &ty);
        let text = |core: &Core| match core.as_const() {
            Some(crate::value::Value::Str(s)) => Some(s.clone()),
            _ => None,
        };
        let path: Option<Vec<SmolStr>> = keys[1..].iter().map(text).collect();
        Some(Setting { name: name.name.clone(), path: path?, value, span })
    }

    fn file_setting(&mut self, path: &[Key], value: &Expr, span: Span) -> Option<FileSetting> {
        let [_, Key::Name(file), rest @ ..] = path else {
            let message = "say which file: `files.\"/path\".key: value`";
            self.elab.diagnostics.push(Diagnostic::new(Code::OBS2106, span, message));
            return None;
        };
        let (keys, _) = self.elab.descend(&path[1..], &Ty::Data)?;
        let value = self.elab.check(value, &Ty::Data);
        if rest.is_empty() {
            let message = "a file can't be replaced whole here: set places in it";
            self.elab.diagnostics.push(Diagnostic::new(Code::OBS2106, span, message));
            return None;
        }
        Some(FileSetting { file: file.name.clone(), keys: keys[1..].to_vec(), value, span })
    }

    /// The component that a path names.
    fn target(&mut self, path: &Path) -> Option<(SmolStr, Span)> {
        let (name, _) = self.component_ref(path)?;
        Some((name, path.span))
    }

    fn targets(&mut self, paths: &[Path]) -> Vec<(SmolStr, Span)> {
        paths.iter().filter_map(|p| self.target(p)).collect()
    }

    fn component_ref(&mut self, path: &Path) -> Option<(SmolStr, Option<KindRef>)> {
        let names = Names::new(self.db, self.file);
        let last = path.segments.last()?;
        if let [alias, _] = path.segments.as_slice() {
            let Some(at) = names.alias(&alias.name) else {
                if names.is_broken(&alias.name) {
                    return None;
                }
                let message = format!("no file is imported as `{}`", alias.name);
                let help = "import it: `import \"./file.obs\" as …`";
                self.elab.diagnostics.push(Diagnostic::new(Code::OBS1004, alias.span, message).help(help));
                return None;
            };
            self.elab.uses.push(Use { span: alias.span, target: Target::Declared(at) });
        }
        let export = names.get(Space::Value, &path.dotted().name).cloned();
        if last.name.is_empty() {
            return None;
        }
        match export {
            Some(export) if export.kind == DefKind::Component => {
                self.elab.uses.push(Use { span: last.span, target: Target::Def(export.def, export.kind) });
                Some((last.name.clone(), queries::component_kind(self.db, export.def)))
            }
            _ => {
                self.unknown_component(last);
                None
            }
        }
    }

    /// Says that there is no such component: once, however often it is named.
    fn unknown_component(&mut self, name: &Ident) {
        let names = Names::new(self.db, self.file);
        if names.is_broken(&name.name) {
            return;
        }
        let components = names.names_of(Space::Value).filter(|(_, b)| b.export.kind == DefKind::Component);
        let suggestion = nearest(&name.name, components.map(|(n, _)| n.as_str()));
        let message = format!("there is no component `{}`", name.name);
        if let Some(told) = self.elab.diagnostics.iter_mut().find(|d| d.message == message) {
            return told.also(name.span);
        }
        let diagnostic = Diagnostic::new(Code::OBS2117, name.span, message);
        self.elab.diagnostics.push(match suggestion {
            Some(_) => diagnostic.suggest(suggestion),
            None => diagnostic.help(format!("declare it: `component {}: Kind`, or import it", name.name)),
        });
    }

    fn flow(&mut self, item: &Item, it: &ast::FlowDef) {
        let mut ends: Vec<Vec<(SmolStr, Option<KindRef>, Span)>> = Vec::new();
        for list in &it.ends {
            let mut resolved = Vec::new();
            for path in list {
                if let Some((name, kind)) = self.component_ref(path) {
                    resolved.push((name, kind, path.span));
                }
            }
            ends.push(resolved);
        }
        let declared = match &it.protocol {
            Some(name) => match self.elab.protocol(name) {
                Some(protocol) => Some(protocol),
                // the protocol was named and is unknown: nothing more to say about the flow
                None => return,
            },
            None => None,
        };
        let mut checked: Vec<(DefId, Arc<Vec<CoreEntry>>)> = Vec::new();
        for (i, pair) in ends.windows(2).enumerate() {
            let both = it.both_ways.get(i).copied().unwrap_or(false);
            for from in &pair[0] {
                for to in &pair[1] {
                    self.link(item, it, from, to, declared.as_ref(), &mut checked);
                    if both {
                        self.link(item, it, to, from, declared.as_ref(), &mut checked);
                    }
                }
            }
        }
    }

    fn link(
        &mut self,
        item: &Item,
        it: &ast::FlowDef,
        from: &(SmolStr, Option<KindRef>, Span),
        to: &(SmolStr, Option<KindRef>, Span),
        declared: Option<&ProtocolRef>,
        checked: &mut Vec<(DefId, Arc<Vec<CoreEntry>>)>,
    ) {
        let Some(protocol) = declared.cloned().or_else(|| self.infer_protocol(item.span, from, to)) else {
            return;
        };
        let options = match checked.iter().find(|(def, _)| *def == protocol.def) {
            Some((_, options)) => Arc::clone(options),
            None => {
                let record = queries::option_record(queries::protocol_info(self.db, protocol.def));
                let what = format!("`{}`", protocol.name);
                let options = Arc::new(self.elab.check_fields(&it.block, &record, &what));
                checked.push((protocol.def, Arc::clone(&options)));
                options
            }
        };
        self.out.flows.push(FlowCore {
            from: from.0.clone(),
            to: to.0.clone(),
            from_span: from.2,
            to_span: to.2,
            protocol,
            inferred: declared.is_none(),
            options,
            doc: item.doc.clone(),
            span: item.span,
        });
    }

    /// The one protocol that both ends speak.
    fn infer_protocol(
        &mut self,
        span: Span,
        from: &(SmolStr, Option<KindRef>, Span),
        to: &(SmolStr, Option<KindRef>, Span),
    ) -> Option<ProtocolRef> {
        let (Some(from_kind), Some(to_kind)) = (&from.1, &to.1) else { return None };
        let common = common_protocols(self.db, from_kind, to_kind);
        match common.as_slice() {
            [one] => Some(one.clone()),
            [] => {
                let message = format!("`{}` has nothing to say to `{}`", from.0, to.0);
                let accepts: Vec<String> = queries::kind_info(self.db, to_kind.def)
                    .accepts
                    .iter()
                    .map(|a| format!("`{}`", a.speak.protocol))
                    .collect();
                let back = common_protocols(self.db, to_kind, from_kind);
                let help = match (back.first(), accepts.is_empty()) {
                    (Some(_), _) => {
                        format!("the arrow points from the side that opens the connection: `{} -> {}`", to.0, from.0)
                    }
                    (None, true) => format!("`{}` accepts nothing", to_kind.name),
                    (None, false) => format!("`{}` accepts {}", to_kind.name, accepts.join(", ")),
                };
                let diagnostic = Diagnostic::new(Code::OBS3101, span, message).help(help);
                self.elab.diagnostics.push(diagnostic.about(from.0.clone()).about(to.0.clone()));
                None
            }
            many => {
                let list: Vec<String> = many.iter().map(|p| format!("`{}`", p.name)).collect();
                let message = format!("`{}` and `{}` share several protocols", from.0, to.0);
                let help = format!("say which: {}", list.join(", "));
                let mut diagnostic = Diagnostic::new(Code::OBS3102, span, message).help(help);
                for protocol in many {
                    let title = format!("say `{}`", protocol.name);
                    diagnostic = diagnostic.fix(title, to.2.end(), format!(": {}", protocol.name), false);
                }
                self.elab.diagnostics.push(diagnostic.about(from.0.clone()).about(to.0.clone()));
                None
            }
        }
    }

    fn scale(&mut self, item: &Item, it: &ast::Targeted) {
        let targets = self.targets(&it.targets);
        let count = Ty::Int(Some(super::ty::Bounds {
            least: Some(crate::value::Value::Int(0)),
            most: Some(crate::value::Value::Int(10_000)),
        }));
        let mut counts: Vec<(Ident, Core)> = Vec::new();
        for (profile, value, _) in self.fixed_fields(&it.block, "`scale`") {
            let value = self.elab.check(value, &count);
            counts.push((profile.clone(), value));
        }
        self.out.scales.push(ScaleCore { targets, counts, span: item.span });
    }

    /// The entries of a block that are `name: value`, each name once; says so of all others.
    fn fixed_fields<'b>(&mut self, block: &'b Block, what: &str) -> Vec<(&'b Ident, &'b Expr, Span)> {
        let mut out: Vec<(&Ident, &Expr, Span)> = Vec::new();
        for entry in &block.entries {
            let Some((name, value)) = single(entry) else {
                let message = format!("{what} has entries of the form `name: value` only");
                self.elab.diagnostics.push(Diagnostic::new(Code::OBS2106, entry.span, message));
                continue;
            };
            match out.iter().find(|(n, ..)| n.name == name.name) {
                Some((first, ..)) => self.elab.duplicate(name, first.span),
                None => out.push((name, value, entry.span)),
            }
        }
        out
    }

    fn autoscale(&mut self, item: &Item, it: &ast::Targeted) {
        let targets = self.targets(&it.targets);
        let mut out = AutoscaleCore { targets, replicas: None, via: None, up: None, down: None, span: item.span };
        let fields = self.fixed_fields(&it.block, "`autoscale`");
        // what is misspelt may be meant
        let may_grow = |name: &str| name == "up" || !attributes::AUTOSCALE.contains(&name);
        let grows = fields.iter().any(|(name, ..)| may_grow(&name.name));
        for (name, value, span) in fields {
            match (name.name.as_str(), &value.kind) {
                ("replicas", _) => out.replicas = Some(self.elab.check(value, &Ty::Range)),
                ("via", ExprKind::Missing) => {}
                ("via", _) => out.via = self.scaler(value),
                ("up", ExprKind::Record(block)) => out.up = Some(self.rule(block, span, Direction::Up)),
                ("down", ExprKind::Record(block)) => out.down = Some(self.rule(block, span, Direction::Down)),
                ("up" | "down", ExprKind::Missing) => {}
                ("up" | "down", _) => {
                    let message = format!("`{}` is a rule: `{{ when: cpu > 70%, by: 100% }}`", name.name);
                    self.elab.diagnostics.push(Diagnostic::new(Code::OBS2101, value.span, message));
                }
                _ => {
                    let known: Vec<SmolStr> = attributes::AUTOSCALE.iter().map(|a| SmolStr::new_static(a)).collect();
                    self.elab.unknown_field(name, known.iter(), "`autoscale`");
                }
            }
        }
        if out.replicas.is_none() {
            let message = "`autoscale` lacks `replicas`";
            let help = "give the bounds: `replicas: 2..10`";
            self.elab.diagnostics.push(Diagnostic::new(Code::OBS2107, item.span, message).help(help));
        }
        if !grows {
            let message = "`autoscale` lacks `up`";
            let help = "say when it grows: `up: { when: cpu > 70% or memory > 80%, by: 100% }`";
            self.elab.diagnostics.push(Diagnostic::new(Code::OBS2107, item.span, message).help(help));
        }
        self.out.autoscales.push(out);
    }

    /// `keda` or `team.keda`: the component that an `autoscale` names.
    fn scaler(&mut self, value: &Expr) -> Option<(SmolStr, Span)> {
        let segments = match &value.kind {
            ExprKind::Name(name) => vec![Ident { name: name.clone(), span: value.span }],
            ExprKind::Field(alias, name) => match &alias.kind {
                ExprKind::Name(of) => vec![Ident { name: of.clone(), span: alias.span }, name.clone()],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        if segments.is_empty() {
            let diagnostic = Diagnostic::new(Code::OBS2101, value.span, "`via` names a component");
            self.elab.diagnostics.push(diagnostic.help("the one that sets the number of instances, by its name"));
            return None;
        }
        self.target(&Path { segments, span: value.span })
    }

    fn rule(&mut self, block: &Block, span: Span, direction: Direction) -> RuleCore {
        let mut out = RuleCore { thresholds: Vec::new(), both: false, by: None, hold: None, span };
        let percent = Ty::Quantity(super::ty::Unit::Percent, None);
        let fields = self.fixed_fields(block, "a rule");
        // what is misspelt may be meant
        let may_say = |name: &str| name == "when" || !RULE.contains(&name);
        if direction == Direction::Up && !fields.iter().any(|(name, ..)| may_say(&name.name)) {
            let diagnostic = Diagnostic::new(Code::OBS2107, span, "`up` lacks `when`");
            self.elab.diagnostics.push(diagnostic.help("say what is too much: `when: cpu > 70%`"));
        }
        for (name, value, _) in fields {
            match name.name.as_str() {
                "when" => {
                    out.both = matches!(value.kind, ExprKind::Binary(_, BinaryOp::And, _));
                    self.condition(value, direction, &mut out);
                }
                "by" => out.by = Some(self.elab.check(value, &percent)),
                "for" => {
                    out.hold = Some(self.elab.check(value, &Ty::Quantity(super::ty::Unit::Duration, None)));
                }
                _ => {
                    let known = RULE.map(SmolStr::new_static);
                    self.elab.unknown_field(name, known.iter(), "a rule");
                }
            }
        }
        out
    }

    /// `cpu > 70% or memory > 80%`: what an autoscaler can look at.
    fn condition(&mut self, expr: &Expr, direction: Direction, out: &mut RuleCore) {
        let complain = |this: &mut Self, span: Span, message: &str, help: &str| {
            this.elab.diagnostics.push(Diagnostic::new(Code::OBS2101, span, message).help(help));
        };
        match &expr.kind {
            ExprKind::Missing => {}
            ExprKind::Binary(a, op @ (BinaryOp::And | BinaryOp::Or), b) => {
                if out.both != (*op == BinaryOp::And) {
                    let help = "write all with `and`, or all with `or`";
                    return complain(self, expr.span, "a rule can't mix `and` with `or`", help);
                }
                self.condition(a, direction, out);
                self.condition(b, direction, out);
            }
            ExprKind::Binary(a, op @ (BinaryOp::Gt | BinaryOp::Ge | BinaryOp::Lt | BinaryOp::Le), b) if matches!(&a.kind, ExprKind::Name(n) if n == "cpu" || n == "memory") =>
            {
                let ExprKind::Name(name) = &a.kind else { return };
                let threshold = self.elab.check(b, &Ty::Quantity(super::ty::Unit::Percent, None));
                let rises = matches!(op, BinaryOp::Gt | BinaryOp::Ge);
                if rises != (direction == Direction::Up) {
                    let (sign, rule) = if rises { ("<", "down") } else { (">", "up") };
                    let message = format!("`{rule}` says when there is too {}", if rises { "much" } else { "little" });
                    return complain(self, expr.span, &message, &format!("compare with `{sign}`: `{name} {sign} …`"));
                }
                if out.thresholds.iter().any(|(n, _)| n == name) {
                    let message = format!("`{name}` has two thresholds");
                    return complain(self, expr.span, &message, "keep one of them");
                }
                out.thresholds.push((name.clone(), threshold));
            }
            _ => {
                let help = "for example `cpu > 70% or memory > 80%`";
                complain(self, expr.span, "a rule compares `cpu` or `memory` with a percentage", help);
            }
        }
    }

    fn profile(&mut self, item: &Item, it: &ast::ProfileDef) {
        let (mut settings, mut files) = (Vec::new(), Vec::new());
        let mut seen: Vec<(String, Span)> = Vec::new();
        for entry in &it.block.entries {
            let EntryKind::Field(path, value) = &entry.kind else {
                let message = "a profile's entries have names: `for` and `...` can't make them";
                self.elab.diagnostics.push(Diagnostic::new(Code::OBS2106, entry.span, message));
                continue;
            };
            let Some((target, rest)) = self.split_target(path) else {
                let message = "a profile's entries start with a component: `component.param: value`";
                self.elab.diagnostics.push(Diagnostic::new(Code::OBS2106, entry.span, message));
                continue;
            };
            let Some((name, kind)) = self.component_ref(&target) else { continue };
            let Some(kind) = kind.map(|k| queries::kind_info(self.db, k.def)) else { continue };
            let Some(Key::Name(param)) = rest.first() else {
                let message = format!("say what of `{name}` to set: `{name}.param: value`");
                self.elab.diagnostics.push(Diagnostic::new(Code::OBS2106, target.span, message));
                continue;
            };
            let whole = format!("{name}.{}", dotted(rest));
            match seen.iter().find(|(n, _)| *n == whole) {
                Some((_, first)) => self.elab.duplicate(param, *first),
                None => seen.push((whole, param.span)),
            }
            if param.name == "files" {
                files.extend(self.file_setting(rest, value, entry.span).map(|f| (name, f)));
            } else {
                settings.extend(self.setting(rest, param, value, entry.span, kind).map(|s| (name, s)));
            }
        }
        let (name, extends) = (it.name.clone(), it.extends.clone());
        self.out.profiles.push(ProfileCore { name, extends, settings, files, span: item.span });
    }

    /// The component that a profile's entry is about, `shop` or `team.shop`, and the keys behind it.
    fn split_target<'k>(&self, path: &'k [Key]) -> Option<(Path, &'k [Key])> {
        let names = Names::new(self.db, self.file);
        match path {
            [Key::Name(alias), Key::Name(name), rest @ ..] if names.alias(&alias.name).is_some() => {
                let segments = vec![alias.clone(), name.clone()];
                Some((Path { segments, span: alias.span.to(name.span) }, rest))
            }
            [Key::Name(name), rest @ ..] => Some((Path { segments: vec![name.clone()], span: name.span }, rest)),
            _ => None,
        }
    }

    fn view(&mut self, item: &Item, it: &ast::Titled) {
        let mut elab = Elaborator::new(self.db, self.file, Place::Names);
        let entries = elab.check_fields(&it.block, &attributes::VIEW, "a view");
        self.elab.diagnostics.extend(elab.diagnostics);
        self.elab.uses.extend(elab.uses);
        self.out.views.push(BlockCore {
            name: it.name.clone(),
            title: it.title.clone(),
            entries,
            namespace: None,
            doc: item.doc.clone(),
            span: item.span,
        });
    }

    fn test(&mut self, item: &Item, it: &ast::TestDef) {
        let mut profile = None;
        for (name, value, _) in self.fixed_fields(&it.settings, "a test") {
            match (name.name.as_str(), &value.kind) {
                ("profile", ExprKind::Name(word)) => profile = Some((word.clone(), value.span)),
                ("profile", _) => {
                    let core = self.elab.check(value, &Ty::string());
                    if let Some(crate::value::Value::Str(word)) = core.as_const() {
                        profile = Some((word.clone(), value.span));
                    }
                }
                _ => self.elab.unknown_field(name, [SmolStr::new_static("profile")].iter(), "a test"),
            }
        }
        let asserts = it.asserts.iter().map(|(a, span)| self.elab.assert(a, *span)).collect();
        self.out.tests.push(TestCore { name: it.name.clone(), profile, asserts, span: item.span });
    }

    fn waive(&mut self, item: &Item, it: &ast::WaiveDef) {
        self.targets(&it.targets);
        let linter = match it.code.segments.as_slice() {
            [] => None,
            [code] => {
                self.waived_code(code);
                None
            }
            [linter, inner @ .., _] => Some(self.linter(linter, inner)),
        };
        if let Some((date, span)) = &it.until
            && let Some(wanted) = super::ty::Form::Date.complaint(date)
        {
            let message = format!("`{date}` is no date");
            let help = format!("expected {wanted}");
            self.elab.diagnostics.push(Diagnostic::new(Code::OBS2108, *span, message).help(help));
        }
        if it.reason.as_ref().is_none_or(|r| r.trim().is_empty()) {
            let message = "a waiver needs a reason";
            let help = "say in quotes why the finding is accepted";
            self.elab.diagnostics.push(Diagnostic::new(Code::OBS5104, item.span, message).help(help));
        }
        self.out.waivers.push(WaiverCore { def: it.clone(), linter, span: item.span });
    }

    fn waived_code(&mut self, code: &Ident) {
        let Some(known) = Code::parse(&code.name) else {
            let message = format!("there is no code `{}`", code.name);
            let suggestion = nearest(&code.name, Code::ALL.iter().map(|c| c.id()));
            self.elab.diagnostics.push(Diagnostic::new(Code::OBS5104, code.span, message).suggest(suggestion));
            return;
        };
        if !known.is_waivable() {
            let message = format!("`{}` is an error: it can't be waived", known.id());
            let help = "a program with an error has no meaning, or can't work: resolve it";
            self.elab.diagnostics.push(Diagnostic::new(Code::OBS5104, code.span, message).help(help));
        }
    }

    /// The value that says how a linter is told.
    fn linter(&mut self, name: &Ident, inner: &[Ident]) -> Core {
        let first = Expr { kind: ExprKind::Name(name.name.clone()), span: name.span };
        let value = inner.iter().fold(first, |base, field| Expr {
            span: base.span.to(field.span),
            kind: ExprKind::Field(Box::new(base), field.clone()),
        });
        self.elab.check(&value, &attributes::LINTER)
    }
}

/// The fields of a rule.
const RULE: [&str; 3] = ["when", "by", "for"];

/// Which way an autoscaler's rule goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// The name and value of a plain `name: value`.
fn single(entry: &ast::Entry) -> Option<(&Ident, &Expr)> {
    match &entry.kind {
        EntryKind::Field(path, value) => match path.as_slice() {
            [Key::Name(name)] => Some((name, value)),
            _ => None,
        },
        _ => None,
    }
}

/// A path of keys as text, to tell two of them apart.
fn dotted(path: &[Key]) -> String {
    let key = |key: &Key| match key {
        Key::Name(name) => name.name.to_string(),
        // what it comes to isn't known yet: each stands for itself
        Key::Computed(expr) => format!("({}..{})", expr.span.range.start, expr.span.range.end),
    };
    path.iter().map(key).collect::<Vec<_>>().join(".")
}

impl Elaborator<'_> {
    /// What must hold, and what to say where it doesn't.
    pub(super) fn assert(&mut self, it: &ast::AssertDef, span: Span) -> AssertCore {
        let condition = self.check(&it.condition, &Ty::Bool);
        let message = it.message.as_ref().map(|m| self.check(m, &Ty::string()));
        AssertCore { condition, message, span }
    }

    /// A block as data.
    fn check_record_data(&mut self, block: &Block) -> Core {
        self.check_record(block, &Ty::Data)
    }
}

/// The protocols that components of one kind emit and those of the other accept.
pub fn common_protocols(db: &dyn Db, from: &KindRef, to: &KindRef) -> Vec<ProtocolRef> {
    let related = from.def == to.def || from.bases.contains(&to.def) || to.bases.contains(&from.def);
    let (from, to) = (queries::kind_info(db, from.def), queries::kind_info(db, to.def));
    // what peers speak stays among those of one kind
    let peers =
        |kind: &KindInfo| kind.attributes.get("peers").map(|(c, _)| queries::const_words(c)).unwrap_or_default();
    let among_peers: Vec<SmolStr> = if related { Vec::new() } else { [peers(from), peers(to)].concat() };
    let mut out: Vec<ProtocolRef> = Vec::new();
    for emit in &from.emits {
        let accepted = to.accepts.iter().any(|a| a.speak.def == emit.def);
        if accepted && !among_peers.contains(&emit.protocol) && !out.iter().any(|p| p.def == emit.def) {
            out.push(ProtocolRef { name: emit.protocol.clone(), def: emit.def });
        }
    }
    out
}
