//! What each component runs: its kind's attributes, evaluated when the whole graph is known.

use super::flows::rbac_rules;
use crate::db::Db;
use crate::diagnostics::{Code, Diagnostic};
use crate::eval::merge;
use crate::eval::{Evaluator, SelfScope};
use crate::graph::model::{
    Claim, Component, ConfigFile, DataVolume, EnvVar, Graph, HostPath, Probe, ProbeAction, ResourcePlaces, Resources,
    Saver, SecretMount, Step, Workload, WorkloadKind,
};
use crate::graph::world::GraphWorld;
use crate::maps::IndexMap;
use crate::text::Span;
use crate::types::items::{ComponentCore, FileCore, FileSetting, ProfileCore};
use crate::types::quantity::read_version;
use crate::types::queries::{self, KindInfo};
use crate::value::{Content, Quantity, Record, Spanned, Value, Version};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::sync::Arc;

/// The user that runs a container where its kind names none: `nobody` of most images.
const DEFAULT_USER: i64 = 65534;
const MIB: i64 = 1 << 20;

/// What a job asks for that only calls others and writes what they answer.
fn small(span: Span) -> Resources {
    Resources {
        cpu: 50,
        cpu_limit: None,
        memory: 64 * MIB,
        memory_limit: 64 * MIB,
        ephemeral: 64 * MIB,
        span,
        places: ResourcePlaces::all(span),
    }
}

pub(super) fn components_by_span<'a>(cores: &[&'a FileCore]) -> FxHashMap<Span, &'a ComponentCore> {
    cores.iter().flat_map(|c| &c.components).map(|c| (c.span, c)).collect()
}

/// What each component of the graph runs.
pub(super) fn workloads(
    db: &dyn Db,
    cores: &[&FileCore],
    graph: &Graph,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Option<Workload>> {
    let by_span = components_by_span(cores);
    let overrides = file_overrides(cores, graph, |_| true);
    let world = GraphWorld::new(graph);
    let mut one = |component: &Component| {
        let overrides = overrides.get(&component.name).map(Vec::as_slice).unwrap_or_default();
        let mut scope = scope(db, graph, &world, component, by_span.get(&component.span)?)?;
        let workload = scope.workload(overrides);
        diagnostics.append(&mut scope.diagnostics);
        workload
    };
    graph.components.iter().map(&mut one).collect()
}

/// What one component of the graph runs; what is wrong with it [`workloads`] tells.
pub(super) fn workload(db: &dyn Db, cores: &[&FileCore], graph: &Graph, component: &Component) -> Option<Workload> {
    let core = cores.iter().flat_map(|c| &c.components).find(|core| core.span == component.span)?;
    let overrides = file_overrides(cores, graph, |name| *name == component.name);
    let world = GraphWorld::new(graph);
    let mut scope = scope(db, graph, &world, component, core)?;
    scope.workload(overrides.get(&component.name).map(Vec::as_slice).unwrap_or_default())
}

/// A component that runs here, with its kind.
fn scope<'a>(
    db: &'a dyn Db,
    graph: &'a Graph,
    world: &'a GraphWorld<'a>,
    component: &'a Component,
    core: &ComponentCore,
) -> Option<Scope<'a>> {
    let kind = queries::kind_info(db, core.kind.as_ref()?.def);
    (component.workload != WorkloadKind::External).then(|| Scope::new(db, graph, world, component, kind))
}

/// Places that components of these names and the profile set in files, weakest first.
fn file_overrides<'a>(
    cores: &[&'a FileCore],
    graph: &Graph,
    wanted: impl Fn(&SmolStr) -> bool,
) -> FxHashMap<SmolStr, Vec<&'a FileSetting>> {
    let mut out: FxHashMap<SmolStr, Vec<&FileSetting>> = FxHashMap::default();
    for component in cores.iter().flat_map(|c| &c.components).filter(|c| wanted(&c.name.name)) {
        out.entry(component.name.name.clone()).or_default().extend(&component.files);
    }
    let profiles: Vec<&ProfileCore> = cores.iter().flat_map(|c| &c.profiles).collect();
    for profile in super::settings::profile_chain(&profiles, &graph.profile) {
        for (component, setting) in profile.files.iter().filter(|(name, _)| wanted(name)) {
            out.entry(component.clone()).or_default().push(setting);
        }
    }
    out
}

/// One component and its kind, with the graph around it.
pub(super) struct Scope<'a> {
    db: &'a dyn Db,
    graph: &'a Graph,
    world: &'a GraphWorld<'a>,
    component: &'a Component,
    kind: &'a KindInfo,
    image: Option<Spanned<SmolStr>>,
    resources: Option<Value>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        db: &'a dyn Db,
        graph: &'a Graph,
        world: &'a GraphWorld<'a>,
        component: &'a Component,
        kind: &'a KindInfo,
    ) -> Self {
        let mut scope =
            Self { db, graph, world, component, kind, image: None, resources: None, diagnostics: Vec::new() };
        scope.image = scope.read_image();
        let version = scope.version();
        // what is wrong with the image is told from here on, with resources where the workload is made
        let told = scope.diagnostics.len();
        let resources = scope.with(version.as_ref(), |eval| Attributes { eval, kind, component }.resources());
        scope.resources = Some(resources_value(&resources));
        scope.diagnostics.truncate(told);
        scope
    }

    /// Runs `f` with an evaluator that sees the component from within its kind.
    pub(super) fn with<T>(&mut self, version: Option<&Version>, f: impl FnOnce(&mut Evaluator<'_>) -> T) -> T {
        let component = self.component;
        let params = |name: &str| component.params.get(name).map(|e| e.value.clone());
        let replicas = i64::from(component.replicas.count);
        // `replicas` is what is in force, wherever it was said
        let params = |name: &str| match name {
            "replicas" => Some(Value::Int(replicas)),
            "image" if !self.kind.params.contains_key(name) => self.image.as_ref().map(|i| Value::Str(i.value.clone())),
            "resources" if !self.kind.params.contains_key(name) => self.resources.clone(),
            _ => params(name),
        };
        let scope = SelfScope {
            name: &component.name,
            id: Some(component.id),
            kind: self.kind,
            params: &params,
            namespace: self.graph.namespace_of(component),
            version,
        };
        let mut eval = Evaluator::within(self.db, self.world, scope);
        let out = f(&mut eval);
        let mut found = std::mem::take(&mut eval.diagnostics);
        drop(eval);
        self.diagnostics.append(&mut found);
        out
    }

    fn read_image(&mut self) -> Option<Spanned<SmolStr>> {
        if let Some(own) = self.component.params.get("image")
            && let (Some(image), Some(link)) = (own.value.as_str(), own.chain.last())
        {
            return Some(Spanned { value: image.clone(), span: link.span });
        }
        let (core, _) = self.kind.attributes.get("image")?;
        let value = self.with(None, |eval| eval.eval(core));
        Some(Spanned { value: value.as_str()?.clone(), span: core.span })
    }

    /// The version in the image's tag.
    pub(super) fn version(&self) -> Option<Version> {
        let image = self.image.as_ref()?;
        let name = image.value.split('@').next()?;
        let (_, tag) = name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'))?;
        read_version(tag)
    }

    fn workload(&mut self, overrides: &[&FileSetting]) -> Option<Workload> {
        let Some(image) = self.image.clone() else {
            let (component, kind) = (&self.component.name, &self.kind.name);
            let message = format!("`{component}` has no image");
            let help = format!("say `image: \"…\"` in the kind `{kind}` or in the component");
            let diagnostic = Diagnostic::new(Code::OBS2107, self.component.name_span, message);
            self.diagnostics.push(diagnostic.help(help));
            return None;
        };
        let version = self.version();
        let kind = self.kind;
        let component = self.component;
        let mut workload = self.with(version.as_ref(), |eval| {
            let mut read = Attributes { eval, kind, component };
            read.workload(image, version.clone())
        });
        self.override_files(&mut workload.files, overrides);
        Some(workload)
    }

    fn override_files(&mut self, files: &mut [ConfigFile], overrides: &[&FileSetting]) {
        for setting in overrides {
            let (world, db) = (self.world, self.db);
            let mut eval = Evaluator::new(db, world);
            let value = eval.spanned(&setting.value);
            let keys: Vec<SmolStr> = setting.keys.iter().filter_map(|k| eval.eval(k).as_str().cloned()).collect();
            self.diagnostics.append(&mut eval.diagnostics);
            let Some(file) = files.iter_mut().find(|f| f.path == setting.file) else {
                let known: Vec<&str> = files.iter().map(|f| f.path.as_str()).collect();
                let message = format!("`{}` has no file `{}`", self.component.name, setting.file);
                let suggestion = crate::diagnostics::nearest(&setting.file, known.iter().copied());
                let mut diagnostic = Diagnostic::new(Code::OBS2106, setting.span, message);
                diagnostic = match suggestion {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic.help(format!("its files are: {}", known.join(", "))),
                };
                self.diagnostics.push(diagnostic);
                continue;
            };
            let Value::Record(record) = &mut file.content.value else {
                let message = format!("`{}` isn't made of records: places in it can't be set", setting.file);
                self.diagnostics.push(Diagnostic::new(Code::OBS2106, setting.span, message));
                continue;
            };
            merge::set(Arc::make_mut(record), &keys, value);
        }
    }
}

/// Reads a kind's attributes for one component.
struct Attributes<'e, 'a> {
    eval: &'e mut Evaluator<'a>,
    kind: &'e KindInfo,
    component: &'e Component,
}

impl Attributes<'_, '_> {
    fn workload(&mut self, image: Spanned<SmolStr>, version: Option<Version>) -> Workload {
        let probe = |this: &mut Self, name: &str| this.get(name).and_then(|v| this.probe(&v));
        let (ready, live, startup) = (probe(self, "ready"), probe(self, "live"), probe(self, "startup"));
        let mut args = self.texts("args");
        // what the component says is added to what its kind does
        if let Some(own) = self.component.params.get("args") {
            args.extend(texts(&own.value));
        }
        Workload {
            image,
            version,
            user: self.int("user").unwrap_or(DEFAULT_USER),
            group: self.int("group").unwrap_or(DEFAULT_USER),
            command: self.texts("command"),
            args,
            env: self.env(),
            files: self.files(),
            secrets: self.secrets(),
            data: self.data(),
            scratch: self.texts("scratch"),
            shared: self.record("shared"),
            host_paths: self.host_paths(),
            fetch: self.texts("fetch"),
            ready,
            live,
            startup,
            resources: self.resources(),
            grace: self.get("grace").and_then(|v| match v.value {
                Value::Quantity(Quantity::Duration(ms)) => Some(ms / 1000),
                _ => None,
            }),
            parallel: self.flag("parallel"),
            publish_not_ready: self.flag("publish_not_ready"),
            sticky: self.flag("sticky"),
            node_local: self.flag("node_local"),
            tolerate_all: self.flag("tolerate_all"),
            rbac: self.get("rbac").map(|v| rbac_rules(&v.value)).unwrap_or_default(),
            labels: self.string_map("labels"),
            annotations: self.string_map("annotations"),
            usage: self.string_map("usage"),
            save: self.steps("save"),
            saver: self.saver(),
            restore: self.steps("restore"),
            verify: self.steps("verify"),
        }
    }

    fn get(&mut self, name: &str) -> Option<Spanned<Value>> {
        let (core, _) = self.kind.attributes.get(name)?;
        Some(self.eval.spanned(core))
    }

    fn int(&mut self, name: &str) -> Option<i64> {
        self.get(name)?.value.as_int()
    }

    fn flag(&mut self, name: &str) -> bool {
        self.get(name).is_some_and(|v| v.value == Value::Bool(true))
    }

    fn texts(&mut self, name: &str) -> Vec<Spanned<SmolStr>> {
        self.get(name).map(|v| texts(&v.value)).unwrap_or_default()
    }

    fn steps(&mut self, name: &str) -> Vec<Step> {
        let Some(list) = self.get(name) else { return Vec::new() };
        let text = |e: &Spanned<Value>, field: &str| e.value.field(field).and_then(|v| v.value.as_str().cloned());
        let running = |e: &Spanned<Value>| e.value.field("running").is_some_and(|v| v.value == Value::Bool(true));
        let step = |e: &Spanned<Value>| Some(Step { say: text(e, "say")?, run: text(e, "run"), running: running(e) });
        list.value.elements().iter().filter_map(step).collect()
    }

    /// The kind's entries with the component's laid over them.
    fn record(&mut self, name: &str) -> Record {
        let mut out = match self.get(name).map(|v| v.value) {
            Some(Value::Record(record)) => Record::clone(&record),
            _ => Record::default(),
        };
        if let Some(Value::Record(own)) = self.component.params.get(name).map(|e| &e.value)
            && !self.kind.params.contains_key(name)
        {
            out = merge::merge(&out, own);
        }
        out
    }

    fn string_map(&mut self, name: &str) -> IndexMap<SmolStr, SmolStr> {
        Value::Record(Arc::new(self.record(name))).string_map()
    }

    fn env(&mut self) -> Vec<EnvVar> {
        let record = self.record("env");
        let set = record.into_iter().filter(|(_, v)| !matches!(v.value, Value::None | Value::Error));
        set.map(|(name, v)| EnvVar { name, value: v.value, span: v.span }).collect()
    }

    fn files(&mut self) -> Vec<ConfigFile> {
        let kind = self.kind;
        let mut out = Vec::new();
        for (path, content, span) in &kind.files {
            let (path, content) = (self.eval.eval(path), self.eval.eval(content));
            if let (Value::Str(path), Value::Content(content)) = (path, content) {
                out.push(ConfigFile { path, content: (*content).clone(), span: *span });
            }
        }
        if let Some(Spanned { value: Value::Record(more), .. }) = self.get("files") {
            for (path, content) in more.iter() {
                if let Value::Content(inner) = &content.value {
                    out.push(ConfigFile { path: path.clone(), content: (**inner).clone(), span: content.span });
                }
            }
        }
        out
    }

    fn secrets(&mut self) -> Vec<SecretMount> {
        let record = self.record("secrets");
        record.iter().filter_map(|(path, v)| secret_mount(path, v)).collect()
    }

    /// A small program beside the component, of the component's user.
    fn saver(&mut self) -> Option<Saver> {
        let said = self.get("saver")?;
        let field = |name: &str| said.value.field(name).filter(|v| !matches!(v.value, Value::None | Value::Error));
        let record = |name: &str| match field(name).map(|v| &v.value) {
            Some(Value::Record(record)) => record.clone(),
            _ => Arc::default(),
        };
        let image = field("image")?;
        let image = Spanned { value: image.value.as_str()?.clone(), span: image.span };
        let (_, tag) = image.value.rsplit_once(':')?;
        let text = |path: &SmolStr, v: &Spanned<Value>| ConfigFile {
            path: path.clone(),
            content: Content { format: "text".into(), value: v.value.clone() },
            span: v.span,
        };
        let set = |v: &Spanned<Value>| !matches!(v.value, Value::None | Value::Error);
        let workload = Workload {
            version: read_version(tag),
            user: self.int("user").unwrap_or(DEFAULT_USER),
            group: self.int("group").unwrap_or(DEFAULT_USER),
            command: field("command").map(|c| texts(&c.value)).unwrap_or_default(),
            args: Vec::new(),
            env: record("env")
                .iter()
                .filter(|(_, v)| set(v))
                .map(|(name, v)| EnvVar { name: name.clone(), value: v.value.clone(), span: v.span })
                .collect(),
            files: record("files").iter().map(|(path, v)| text(path, v)).collect(),
            secrets: record("secrets").iter().filter_map(|(path, v)| secret_mount(path, v)).collect(),
            data: field("room").and_then(data_volume),
            scratch: Vec::new(),
            shared: Record::default(),
            host_paths: Vec::new(),
            fetch: Vec::new(),
            ready: None,
            live: None,
            startup: None,
            resources: small(said.span),
            grace: None,
            parallel: false,
            publish_not_ready: false,
            sticky: false,
            node_local: false,
            tolerate_all: false,
            rbac: field("rbac").map(|v| rbac_rules(&v.value)).unwrap_or_default(),
            labels: IndexMap::default(),
            annotations: IndexMap::default(),
            usage: IndexMap::default(),
            save: Vec::new(),
            saver: None,
            restore: Vec::new(),
            verify: Vec::new(),
            image,
        };
        let asks = field("asks").and_then(|a| a.value.as_str().cloned());
        Some(Saver { workload: Box::new(workload), asks })
    }

    fn host_paths(&mut self) -> Vec<HostPath> {
        let paths = self.record("host_paths").into_iter();
        let one = |(path, v): (SmolStr, Spanned<Value>)| {
            Some(HostPath { path, host: v.value.as_str()?.clone(), span: v.span })
        };
        paths.filter_map(one).collect()
    }

    fn data(&mut self) -> Option<DataVolume> {
        data_volume(&self.get("data")?)
    }
}

/// Where data is, and on what.
fn data_volume(data: &Spanned<Value>) -> Option<DataVolume> {
    let path = data.value.field("path")?.value.as_str()?.clone();
    let storage = data.value.field("storage")?;
    // the size is where the program says it; what is around it may be the kind's
    let span = storage.value.field("size").map_or(storage.span, |size| size.span);
    let storage = &storage.value;
    let claim = match storage.field("size").map(|s| &s.value) {
        Some(Value::Quantity(Quantity::Bytes(size))) => {
            let class = storage.field("class").and_then(|c| c.value.as_str().cloned());
            Some(Claim { size: *size, class })
        }
        _ => None,
    };
    Some(DataVolume { path, claim, span })
}

fn secret_mount(path: &SmolStr, said: &Spanned<Value>) -> Option<SecretMount> {
    match &said.value {
        Value::Secret(secret) => Some(SecretMount { secret: secret.clone(), path: path.clone(), span: said.span }),
        _ => None,
    }
}

impl Attributes<'_, '_> {
    fn probe(&mut self, value: &Spanned<Value>) -> Option<Probe> {
        let Value::Variant(variant) = &value.value else { return None };
        let seconds = |name: &str, fallback: i32| match value.value.field(name).map(|v| &v.value) {
            Some(Value::Quantity(Quantity::Duration(ms))) => i32::try_from(ms / 1000).unwrap_or(fallback),
            _ => fallback,
        };
        let text = |name: &str| value.value.field(name).and_then(|v| v.value.as_str().cloned());
        let port = text("port").or_else(|| self.component.ports.first().map(|p| p.name.clone())).unwrap_or_default();
        if variant.name != "exec" && !self.component.ports.iter().any(|p| p.name == port) {
            let message = format!("the probe asks the port `{port}`, which `{}` hasn't got", self.kind.name);
            self.eval.diagnostics.push(Diagnostic::new(Code::OBS2106, value.span, message));
            return None;
        }
        let action = match variant.name.as_str() {
            scheme @ ("http" | "https") => ProbeAction::Http { path: text("path")?, port, tls: scheme == "https" },
            "tcp" => ProbeAction::Tcp { port },
            _ => ProbeAction::Exec { command: value.value.field("command").map(|c| c.value.strings())? },
        };
        let failures = value.value.field("failures").and_then(|f| f.value.as_int()).unwrap_or(3);
        Some(Probe {
            action,
            delay: seconds("delay", 0),
            period: seconds("period", 10),
            timeout: seconds("timeout", 5),
            failures: i32::try_from(failures).unwrap_or(3),
            span: value.span,
        })
    }

    fn resources(&mut self) -> Resources {
        let record = self.record("resources");
        let base = |name: &str| match record.get(name).map(|v| &v.value) {
            Some(Value::Quantity(q)) => Some(q.base() as i64),
            _ => None,
        };
        let span = record.values().next().map_or(self.component.span, |v| v.span);
        let memory = base("memory").unwrap_or(128 * MIB);
        let place = |name: &str| record.get(name).map(|v| v.span);
        let (cpu_at, memory_at) = (place("cpu").unwrap_or(span), place("memory").unwrap_or(span));
        Resources {
            cpu: base("cpu").unwrap_or(100),
            cpu_limit: base("cpu_limit"),
            memory,
            memory_limit: base("memory_limit").unwrap_or(memory),
            ephemeral: base("ephemeral").unwrap_or(128 * MIB),
            span,
            places: ResourcePlaces {
                cpu: cpu_at,
                cpu_limit: place("cpu_limit").unwrap_or(cpu_at),
                memory: memory_at,
                memory_limit: place("memory_limit").unwrap_or(memory_at),
                ephemeral: place("ephemeral").unwrap_or(span),
            },
        }
    }
}

/// Resources as expressions see them.
fn resources_value(of: &Resources) -> Value {
    let fields = [
        ("cpu", Quantity::Cpu(of.cpu)),
        ("memory", Quantity::Bytes(of.memory)),
        ("ephemeral", Quantity::Bytes(of.ephemeral)),
        ("memory_limit", Quantity::Bytes(of.memory_limit)),
    ];
    Value::record(fields.into_iter().map(|(name, of)| (name.into(), Value::Quantity(of))), of.span)
}

fn texts(value: &Value) -> Vec<Spanned<SmolStr>> {
    let text = |e: &Spanned<Value>| Some(Spanned { value: e.value.as_str()?.clone(), span: e.span });
    value.elements().iter().filter_map(text).collect()
}
