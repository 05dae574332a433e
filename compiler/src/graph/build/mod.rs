//! Checked items → the graph of each profile.
//!
//! First components with their parameters and all that doesn't depend on flows; then flows; then what kinds
//! say about flows: alerts and dashboards, and at last what each component runs.

mod asserts;
mod capacity;
mod components;
mod early;
mod flows;
mod settings;
mod trial;
mod watch;
mod workloads;

pub use asserts::{TestResult, Verdict, check_asserts, run_tests};
pub use trial::Trial;

use super::links::Links;
use super::model::{
    Cluster, Graph, Layer, LayerId, Linter, Namespace, NamespaceId, Patch, Stack, Target, View, Waiver, Workload,
    Workloads,
};
use super::world::GraphWorld;
use crate::db::{self, Db, SourceFile};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::eval::Evaluator;
use crate::maps::IndexMap;
use crate::names::{self, Export, Space};
use crate::text::{FileId, Span};
use crate::types::attributes::SIGNALS;
use crate::types::items::{
    self, AutoscaleCore, BlockCore, ComponentCore, FileCore, ProfileCore, ScaleCore, WaiverCore,
};
use crate::value::{ComponentId, Record, Spanned, Value};
use early::Settings;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::sync::Arc;

/// The graphs of a program, one per profile, and what is wrong with them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Graphs {
    /// In the order of profiles; empty where the program has no graph.
    pub graphs: Vec<Arc<Graph>>,
    /// What was found while they were built; the same finding in several profiles stands once.
    pub diagnostics: Vec<Diagnostic>,
}

/// What runs, in each profile.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stacks {
    /// In the order of profiles.
    pub stacks: Arc<Vec<Stack>>,
    /// What was found while they were evaluated.
    pub diagnostics: Vec<Diagnostic>,
}

/// The checked items of a program, in the order of its files.
pub(crate) fn cores(db: &dyn Db, entry: SourceFile) -> Vec<&FileCore> {
    let files = names::program(db, entry).files.iter().map(|&id| db::file(db, id));
    files.flat_map(|file| items::file_core(db, file)).map(|part| &**part).collect()
}

/// The graphs of the program that starts at a file, for Kubernetes.
pub fn graphs(db: &dyn Db, entry: SourceFile) -> &Graphs {
    graphs_for(db, entry, Target::Kubernetes)
}

/// What runs on Kubernetes, in each profile of the program.
pub fn stacks(db: &dyn Db, entry: SourceFile) -> &Stacks {
    stacks_for(db, entry, Target::Kubernetes)
}

/// The graphs of the program that starts at a file.
#[salsa::tracked]
pub fn graphs_for(db: &dyn Db, entry: SourceFile, target: Target) -> Graphs {
    let cores = cores(db, entry);
    let mut diagnostics = Vec::new();
    let program = Collected::new(db, entry, &cores, &mut diagnostics);
    let mut graphs = Vec::new();
    for profile in 0..program.profiles.len() {
        let (graph, found) = graph_of(db, entry, target, profile);
        graphs.push(Arc::clone(graph));
        diagnostics.extend_from_slice(found);
    }
    Graphs { graphs, diagnostics: distinct(diagnostics) }
}

/// The graph of one profile, by its number, and what is wrong with it.
#[salsa::tracked]
fn graph_of(db: &dyn Db, entry: SourceFile, target: Target, profile: usize) -> (Arc<Graph>, Vec<Diagnostic>) {
    let cores = cores(db, entry);
    // what is wrong with all profiles is told once, with the list of them
    let program = Collected::new(db, entry, &cores, &mut Vec::new());
    let mut builder = Builder { db, program: &program, target, profile, diagnostics: Vec::new() };
    let graph = builder.build();
    (Arc::new(graph), builder.diagnostics)
}

/// What runs, in each profile of the program.
#[salsa::tracked]
pub fn stacks_for(db: &dyn Db, entry: SourceFile, target: Target) -> Stacks {
    let (mut stacks, mut diagnostics) = (Vec::new(), Vec::new());
    for (profile, graph) in graphs_for(db, entry, target).graphs.iter().enumerate() {
        let (workloads, found) = workloads_of(db, entry, target, profile);
        stacks.push(Stack { graph: Arc::clone(graph), workloads: Arc::clone(workloads) });
        diagnostics.extend_from_slice(found);
    }
    Stacks { stacks: Arc::new(stacks), diagnostics: distinct(diagnostics) }
}

/// What each component runs in one profile, by its number, and what is wrong with it.
#[salsa::tracked]
fn workloads_of(db: &dyn Db, entry: SourceFile, target: Target, profile: usize) -> (Workloads, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let (graph, _) = graph_of(db, entry, target, profile);
    let workloads = workloads::workloads(db, &cores(db, entry), graph, &mut diagnostics);
    (workloads.into(), diagnostics)
}

/// What one component of the first profile runs on Kubernetes, for who asks about it alone: [`stacks`] has them all.
pub fn workload(db: &dyn Db, entry: SourceFile, component: ComponentId) -> Option<Workload> {
    let graph = graphs(db, entry).graphs.first()?;
    workloads::workload(db, &cores(db, entry), graph, graph.components.get(component.0 as usize)?)
}

/// Builds what [`stacks`] asks for in the other order. With another thread that asks for the stacks, the two meet in the
/// middle.
pub fn from_the_end(db: &dyn Db, entry: SourceFile) {
    items::from_the_end(db, entry);
    let profiles = Collected::new(db, entry, &cores(db, entry), &mut Vec::new()).profiles.len();
    for profile in (0..profiles).rev() {
        workloads_of(db, entry, Target::Kubernetes, profile);
    }
}

fn distinct(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    for diagnostic in diagnostics {
        if seen.insert((diagnostic.code, diagnostic.primary, diagnostic.message.clone())) {
            out.push(diagnostic);
        }
    }
    out
}

/// Items by the names of the components that they are about.
type ByTarget<'a, T> = FxHashMap<SmolStr, Vec<&'a T>>;

fn by_target<'a, T>(items: impl Iterator<Item = &'a T>, targets: impl Fn(&T) -> &[(SmolStr, Span)]) -> ByTarget<'a, T> {
    let mut out: ByTarget<'a, T> = FxHashMap::default();
    for item in items {
        targets(item).iter().for_each(|(name, _)| out.entry(name.clone()).or_default().push(item));
    }
    out
}

/// The items of all files of a program, and what holds for all profiles.
pub(super) struct Collected<'a> {
    pub(super) cores: &'a [&'a FileCore],
    /// The components of all files, by their places.
    pub(super) by_span: FxHashMap<Span, &'a ComponentCore>,
    /// `scale` items by the components that they are about, in the order of the source.
    pub(super) scales: ByTarget<'a, ScaleCore>,
    /// `autoscale` items, the same.
    pub(super) autoscales: ByTarget<'a, AutoscaleCore>,
    files: Vec<FileId>,
    /// Names, in the order of stacks.
    pub(super) profiles: Vec<SmolStr>,
    /// `profile` items: there are few, and each component asks for them.
    pub(super) profile_items: Vec<&'a ProfileCore>,
    cluster: Cluster,
    namespaces: Vec<Namespace>,
    layers: Vec<Layer>,
    /// Names of the layer's namespaces, beside `layers`.
    layer_keys: Vec<(SmolStr, Option<SmolStr>)>,
}

/// The oldest Kubernetes version that is supported where a program names none.
const DEFAULT_KUBERNETES: (u32, u32) = (1, 33);

impl<'a> Collected<'a> {
    fn new(db: &dyn Db, entry: SourceFile, cores: &'a [&'a FileCore], diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut eval = Evaluator::new(db, &Settings { cluster: None });
        let (cluster, mut profiles) = cluster(&mut eval, cores);
        diagnostics.append(&mut eval.diagnostics);
        let profile_items: Vec<&ProfileCore> = cores.iter().flat_map(|c| &c.profiles).collect();
        for profile in &profile_items {
            if !profiles.contains(&profile.name.name) && !profile.name.name.is_empty() {
                profiles.push(profile.name.name.clone());
            }
        }
        if profiles.is_empty() {
            profiles.push("default".into());
        }
        let seen = cluster.clone();
        let world = Settings { cluster: Some(&seen) };
        let mut eval = Evaluator::new(db, &world);
        let by_span = cores.iter().flat_map(|c| &c.components).map(|c| (c.span, c)).collect();
        let mut out = Self {
            cores,
            by_span,
            scales: by_target(cores.iter().flat_map(|c| &c.scales), |s| &s.targets),
            autoscales: by_target(cores.iter().flat_map(|c| &c.autoscales), |a| &a.targets),
            files: names::program(db, entry).files.clone(),
            profiles,
            profile_items,
            cluster,
            namespaces: Vec::new(),
            layers: Vec::new(),
            layer_keys: Vec::new(),
        };
        for block in cores.iter().flat_map(|c| &c.namespaces) {
            out.namespace(&mut eval, block);
        }
        for block in cores.iter().flat_map(|c| &c.layers) {
            out.layer(&mut eval, block);
        }
        out.lock(db);
        diagnostics.append(&mut eval.diagnostics);
        out.check_profiles(diagnostics);
        out.check_circles(diagnostics);
        out.check_clusters(diagnostics);
        out.check_repeated(db, diagnostics);
        out
    }

    /// Digests of the program's lock, where the program itself has none.
    fn lock(&mut self, db: &dyn Db) {
        let entry = self.files.first().map(|&id| db::file(db, id));
        for locked in entry.and_then(|e| names::lock(db, e).as_ref()).into_iter().flat_map(|l| &l.entries) {
            self.cluster.digests.entry(locked.image.clone()).or_insert_with(|| locked.digest.clone());
        }
    }

    fn namespace(&mut self, eval: &mut Evaluator<'_>, block: &BlockCore) {
        let settings = eval.record(&block.entries);
        let name = block.name.name.clone();
        let at = match self.namespaces.iter().position(|n| n.name == name) {
            Some(at) => at,
            None => {
                self.namespaces.push(Namespace {
                    title: block.title.clone().unwrap_or_else(|| name.clone()),
                    name,
                    isolated: true,
                    isolated_span: None,
                    pod_security: "restricted".into(),
                    labels: IndexMap::default(),
                    doc: None,
                    span: block.span,
                });
                self.namespaces.len() - 1
            }
        };
        let namespace = &mut self.namespaces[at];
        if let Some(title) = text(&settings, "title").or_else(|| block.title.clone()) {
            namespace.title = title;
        }
        if let Some(Spanned { value: Value::Bool(isolated), span }) = settings.get("isolated") {
            namespace.isolated = *isolated;
            namespace.isolated_span = Some(*span);
        }
        if let Some(level) = text(&settings, "pod_security") {
            namespace.pod_security = level;
        }
        if let Some(labels) = settings.get("labels") {
            namespace.labels.extend(labels.value.string_map());
        }
        namespace.doc = namespace.doc.take().or_else(|| block.doc.clone());
    }

    fn layer(&mut self, eval: &mut Evaluator<'_>, block: &BlockCore) {
        let key = (block.name.name.clone(), block.namespace.clone());
        let settings = eval.record(&block.entries);
        let title = text(&settings, "title").or_else(|| block.title.clone());
        if let Some(at) = self.layer_keys.iter().position(|k| *k == key) {
            // opened again: what it says now is added
            let layer = &mut self.layers[at];
            layer.title = title.unwrap_or_else(|| layer.title.clone());
            layer.doc = layer.doc.take().or_else(|| block.doc.clone());
            return;
        }
        self.layers.push(Layer {
            name: key.0.clone(),
            title: title.unwrap_or_else(|| key.0.clone()),
            namespace: self.namespace_id(key.1.as_ref()),
            doc: block.doc.clone(),
            span: block.span,
        });
        self.layer_keys.push(key);
    }

    pub(super) fn namespace_id(&self, name: Option<&SmolStr>) -> Option<NamespaceId> {
        let at = self.namespaces.iter().position(|n| Some(&n.name) == name)?;
        Some(NamespaceId(at as u32))
    }

    pub(super) fn layer_id(&self, name: Option<&SmolStr>, namespace: Option<&SmolStr>) -> Option<LayerId> {
        let key = (name?.clone(), namespace.cloned());
        self.layer_keys.iter().position(|k| *k == key).map(|at| LayerId(at as u32))
    }

    /// Profiles that are named somewhere must exist.
    fn check_profiles(&self, diagnostics: &mut Vec<Diagnostic>) {
        let mut check = |name: &SmolStr, span: Span| {
            if name.is_empty() || self.profiles.contains(name) {
                return;
            }
            let message = format!("there is no profile `{name}`");
            if let Some(told) = diagnostics.iter_mut().find(|d| d.code == Code::OBS1009 && d.message == message) {
                return told.also(span);
            }
            let suggestion = nearest(name, self.profiles.iter().map(SmolStr::as_str));
            let mut diagnostic = Diagnostic::new(Code::OBS1009, span, message);
            diagnostic = match suggestion {
                Some(_) => diagnostic.suggest(suggestion),
                None => diagnostic.help(format!("profiles are: {}", self.profiles.join(", "))),
            };
            diagnostics.push(diagnostic);
        };
        for core in self.cores {
            for scale in &core.scales {
                scale.counts.iter().for_each(|(profile, _)| check(&profile.name, profile.span));
            }
            for profile in &core.profiles {
                profile.extends.iter().for_each(|base| check(&base.name, base.span));
            }
            for test in &core.tests {
                test.profile.iter().for_each(|(profile, span)| check(profile, *span));
            }
        }
    }

    /// A profile that extends itself has no meaning.
    fn check_circles(&self, diagnostics: &mut Vec<Diagnostic>) {
        let all = &self.profile_items;
        for profile in all {
            let next = |p: &ProfileCore| p.extends.as_ref().and_then(|e| all.iter().find(|q| q.name.name == e.name));
            let mut at = next(profile);
            for _ in 0..all.len() {
                let Some(found) = at else { break };
                if found.name.name == profile.name.name {
                    let message = format!("the profile `{}` extends itself", profile.name.name);
                    diagnostics.push(Diagnostic::new(Code::OBS2112, profile.name.span, message));
                    break;
                }
                at = next(found);
            }
        }
    }

    /// Names that hold for the whole program, declared in two of its files. Within one file `names` says so.
    fn check_repeated(&self, db: &dyn Db, diagnostics: &mut Vec<Diagnostic>) {
        let mut seen: IndexMap<(Space, SmolStr), Export> = IndexMap::default();
        for file in self.files.iter().map(|&id| db::file(db, id)) {
            for ((space, name), export) in &names::exports(db, file).names {
                if !matches!(space, Space::Profile | Space::View | Space::Protocol) {
                    continue;
                }
                if let Some(first) = seen.insert((*space, name.clone()), export.clone()) {
                    let message = format!("the name `{name}` is taken by another {}", first.kind.keyword());
                    let diagnostic = Diagnostic::new(Code::OBS1005, export.name_span, message);
                    let help = "the files of a program share these names: give one of them another";
                    diagnostics.push(diagnostic.label(first.name_span, "declared here first").help(help));
                }
            }
        }
    }

    fn check_clusters(&self, diagnostics: &mut Vec<Diagnostic>) {
        let clusters: Vec<&BlockCore> = self.cores.iter().flat_map(|c| &c.clusters).collect();
        if let [first, more @ ..] = clusters.as_slice() {
            for cluster in more {
                let message = "a program has one cluster";
                let diagnostic = Diagnostic::new(Code::OBS1005, cluster.name.span, message);
                let help = "keep one; what differs between clusters can stand in files of their own";
                diagnostics.push(diagnostic.label(first.name.span, "declared here first").help(help));
            }
        }
    }
}

fn text(record: &Record, name: &str) -> Option<SmolStr> {
    record.get(name).and_then(|v| v.value.as_str().cloned())
}

fn cluster(eval: &mut Evaluator<'_>, cores: &[&FileCore]) -> (Cluster, Vec<SmolStr>) {
    let nowhere = Span { file: crate::text::FileId(0), item: 0, range: Default::default() };
    let entry = cores.iter().flat_map(|c| &c.components).next().map_or(nowhere, |c| c.span);
    let block = cores.iter().flat_map(|c| &c.clusters).next();
    let settings = block.map(|b| eval.record(&b.entries)).unwrap_or_default();
    let map = |name: &str| settings.get(name).map(|v| v.value.string_map()).unwrap_or_default();
    let kubernetes = match settings.get("kubernetes").map(|v| &v.value) {
        Some(Value::Version(v)) => {
            (v.0.first().copied().unwrap_or(1), v.0.get(1).copied().unwrap_or(DEFAULT_KUBERNETES.1))
        }
        _ => DEFAULT_KUBERNETES,
    };
    let name = block.map_or_else(|| "default".into(), |b| b.name.name.clone());
    let cluster = Cluster {
        title: text(&settings, "title").unwrap_or_else(|| "Kubernetes cluster".into()),
        name,
        domain: text(&settings, "domain"),
        runbooks: text(&settings, "runbooks"),
        kubernetes,
        labels: map("labels"),
        annotations: map("annotations"),
        nodes: settings.get("nodes").and_then(|n| u32::try_from(n.value.as_int()?).ok()).filter(|n| *n > 0),
        api_server: settings.get("api_server").map(|v| v.value.strings()).unwrap_or_default(),
        digests: map("digests"),
        doc: block.and_then(|b| b.doc.clone()),
        span: block.map_or(entry, |b| b.span),
    };
    let profiles = settings.get("profiles").map(|v| v.value.strings()).unwrap_or_default();
    (cluster, profiles)
}

/// Builds the graph of one profile.
pub(super) struct Builder<'a> {
    pub(super) db: &'a dyn Db,
    pub(super) program: &'a Collected<'a>,
    pub(super) target: Target,
    /// Index of the profile.
    pub(super) profile: usize,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Builder<'_> {
    fn build(&mut self) -> Graph {
        let program = self.program;
        let mut graph = Graph {
            target: self.target,
            profile: program.profiles[self.profile].clone(),
            profiles: program.profiles.clone(),
            cluster: program.cluster.clone(),
            namespaces: program.namespaces.clone(),
            layers: program.layers.clone(),
            components: Vec::new(),
            flows: Vec::new(),
            links: Links::default(),
            backups: Vec::new(),
            views: Vec::new(),
            left_out: Vec::new(),
            objects: Vec::new(),
            patches: Vec::new(),
            waivers: Vec::new(),
            doc: program.files.first().and_then(|id| db::ast(self.db, db::file(self.db, *id)).doc.clone()),
        };
        self.components(&mut graph);
        self.flows(&mut graph);
        self.backups(&mut graph);
        self.watch(&mut graph);
        self.rest(&mut graph);
        graph.components.shrink_to_fit();
        graph.flows.shrink_to_fit();
        graph
    }

    /// Views, patches, raw objects and waivers.
    fn rest(&mut self, graph: &mut Graph) {
        let world = GraphWorld::new(graph);
        let mut eval = Evaluator::new(self.db, &world);
        let (mut views, mut objects, mut patches) = (Vec::new(), Vec::new(), Vec::new());
        for core in self.program.cores {
            for view in &core.views {
                let settings = eval.record(&view.entries);
                check_view(self.db, graph, &settings, &mut self.diagnostics);
                let (name, title) = (view.name.name.clone(), view.title.clone());
                views.push(View { name, title, settings, span: view.span });
            }
            for (object, span) in &core.objects {
                objects.push(Spanned { value: eval.eval(object), span: *span });
            }
            for patch in &core.patches {
                let named = |i: &crate::syntax::ast::Ident| Spanned { value: i.name.clone(), span: i.span };
                patches.push(Patch {
                    object_kind: named(&patch.object_kind),
                    object_name: named(&patch.object_name),
                    namespace: patch.namespace.clone(),
                    value: eval.spanned(&patch.value),
                    span: patch.span,
                });
            }
        }
        let waivers = self.program.cores.iter().flat_map(|core| &core.waivers).map(|w| waiver(&mut eval, w)).collect();
        self.diagnostics.append(&mut eval.diagnostics);
        (graph.views, graph.objects, graph.patches) = (views, objects, patches);
        graph.waivers = waivers;
    }
}

/// What a view names must be there: else it would be empty without a word.
fn check_view(db: &dyn Db, graph: &Graph, settings: &Record, diagnostics: &mut Vec<Diagnostic>) {
    let components = || graph.components.iter().map(|c| c.name.as_str()).collect();
    let library = names::library_exports(db, db::Project::get(db));
    let protocols = library.names.keys().filter(|(space, _)| *space == Space::Protocol).map(|(_, name)| name.as_str());
    let protocols: Vec<&str> = protocols.chain(graph.flows.iter().map(|f| f.protocol.as_str())).collect();
    let kinds: Vec<&str> = graph.components.iter().flat_map(|c| &c.kinds).map(SmolStr::as_str).collect();
    let layers: Vec<&str> = graph.layers.iter().map(|l| l.name.as_str()).collect();
    // these two take words of each sort
    let any: Vec<&str> = [components(), kinds.clone(), layers.clone(), protocols.clone(), SIGNALS.to_vec()].concat();
    let lists: [(&str, &str, Code, Vec<&str>); 5] = [
        ("show", "component, kind, layer, protocol or signal", Code::OBS2117, any.clone()),
        ("hide", "component, kind, layer, protocol or signal", Code::OBS2117, any),
        ("kinds", "kind", Code::OBS2104, kinds),
        ("layers", "layer", Code::OBS2102, layers),
        ("protocols", "protocol", Code::OBS2105, protocols),
    ];
    for (setting, what, code, known) in lists {
        for word in settings.get(setting).map(|s| s.value.elements()).unwrap_or_default() {
            let Some(name) = word.value.as_str().filter(|name| !known.contains(&name.as_str())) else { continue };
            let diagnostic = Diagnostic::new(code, word.span, format!("there is no {what} `{name}`"));
            diagnostics.push(diagnostic.suggest(nearest(name, known.iter().copied())));
        }
    }
}

fn waiver(eval: &mut Evaluator<'_>, core: &WaiverCore) -> Waiver {
    let WaiverCore { def, linter, span } = core;
    let linter = linter.as_ref().and_then(|linter| match eval.eval(linter) {
        Value::Record(told) => Some(Linter { annotation: text(&told, "annotation")?, value: text(&told, "value")? }),
        _ => None,
    });
    Waiver {
        code: def.code.dotted().name,
        linter,
        on: def.targets.iter().filter_map(|p| p.segments.last()).map(|i| i.name.clone()).collect(),
        until: def.until.as_ref().map(|(date, _)| date.clone()),
        reason: def.reason.clone().unwrap_or_default(),
        span: *span,
    }
}
