//! The closed lists of attributes: what a kind can say beside params, ports and flows, and what every
//! component can set. Types here are those of Kubernetes and of graphs; nothing here knows a product.

use super::ty::{FieldTy, Form, RecordTy, Ty, Unit, VariantsTy};
use crate::maps::IndexMap;
use crate::value::{Quantity, Value};
use smol_str::SmolStr;
use std::sync::{Arc, LazyLock};

/// What an attribute's expression may refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Params, lets, cluster and namespace: what makes the graph.
    Graph,
    /// Flows and other components too: what runs.
    Workload,
    /// And their alerts and dashboards.
    Files,
}

/// An attribute of a kind.
#[derive(Debug)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: Ty,
    /// What it may refer to.
    pub phase: Phase,
    /// One line.
    pub doc: &'static str,
}

/// The words for signals.
pub const SIGNALS: &[&str] = &["metrics", "logs", "traces", "profiles"];
/// The words for targets.
pub const TARGETS: &[&str] = &["kubernetes", "compose"];
/// The words for workloads.
pub const WORKLOADS: &[&str] = &["deployment", "stateful", "daemon", "job", "external"];
/// The words for state models.
pub const STATES: &[&str] = &["stateless", "replicated", "ring", "sharded", "per-node"];

fn variants(name: &'static str, list: Vec<(&'static str, Vec<(&'static str, FieldTy)>)>) -> Ty {
    let record = |fields: Vec<(&'static str, FieldTy)>| RecordTy {
        fields: fields.into_iter().map(|(n, f)| (SmolStr::new_static(n), f)).collect(),
    };
    let variants = list.into_iter().map(|(n, f)| (SmolStr::new_static(n), record(f))).collect();
    Ty::Variants(Arc::new(VariantsTy { name: SmolStr::new_static(name), variants, def: None }))
}

fn duration() -> Ty {
    Ty::Quantity(Unit::Duration, None)
}

fn with_default(ty: Ty, value: Value) -> FieldTy {
    FieldTy { default: Some(value), ..FieldTy::optional(ty) }
}

fn seconds(n: i64) -> FieldTy {
    with_default(duration(), Value::Quantity(Quantity::Duration(n * 1000)))
}

/// `http(path, …)`, `https(path, …)`, `tcp(…)`, `exec([…], …)`. Defaults are Kubernetes' own, but for failures and period.
fn probe() -> Ty {
    let timing = || {
        [
            ("delay", seconds(0)),
            ("period", seconds(10)),
            ("timeout", seconds(5)),
            ("failures", with_default(Ty::Int(None), Value::Int(3))),
        ]
    };
    let with = |mut fields: Vec<(&'static str, FieldTy)>| {
        fields.extend(timing());
        fields
    };
    let page = || with(vec![("path", FieldTy::required(Ty::string())), ("port", FieldTy::optional(Ty::string()))]);
    variants(
        "probe",
        vec![
            ("http", page()),
            ("https", page()),
            ("tcp", with(vec![("port", FieldTy::optional(Ty::string()))])),
            ("exec", with(vec![("command", FieldTy::required(Ty::list(Ty::string())))])),
        ],
    )
}

fn peer() -> Ty {
    let labels = || with_default(Ty::map(Ty::string()), Value::Record(Arc::default()));
    let list = |ty| with_default(Ty::list(ty), Value::List(Arc::default()));
    variants(
        "peer",
        vec![
            ("pods", vec![("namespaces", labels()), ("labels", labels())]),
            ("cidrs", vec![("blocks", list(Ty::string())), ("ports", list(Ty::Int(None)))]),
            ("outside", vec![]),
        ],
    )
}

/// Rights on the Kubernetes API.
pub fn rbac() -> Ty {
    let list = || with_default(Ty::list(Ty::string()), Value::List(Arc::default()));
    Ty::list(Ty::record([("groups", list()), ("resources", list()), ("verbs", list()), ("paths", list())]))
}

fn resources() -> Ty {
    Ty::record([
        ("cpu", FieldTy::optional(Ty::Quantity(Unit::Cpu, None))),
        ("memory", FieldTy::optional(Ty::Quantity(Unit::Bytes, None))),
        ("ephemeral", FieldTy::optional(Ty::Quantity(Unit::Bytes, None))),
        ("cpu_limit", FieldTy::optional(Ty::optional(Ty::Quantity(Unit::Cpu, None)))),
        ("memory_limit", FieldTy::optional(Ty::optional(Ty::Quantity(Unit::Bytes, None)))),
    ])
}

/// What a component asks for, when all that is said of it is known.
pub fn known_resources() -> Ty {
    let bytes = || FieldTy::required(Ty::Quantity(Unit::Bytes, None));
    Ty::record([
        ("cpu", FieldTy::required(Ty::Quantity(Unit::Cpu, None))),
        ("memory", bytes()),
        ("ephemeral", bytes()),
        ("memory_limit", bytes()),
    ])
}

fn ingress() -> Ty {
    Ty::record([
        ("class", FieldTy::required(Ty::string())),
        ("gateway", FieldTy::optional(Ty::optional(Ty::string()))),
        ("issuer", FieldTy::optional(Ty::optional(Ty::string()))),
        ("certificate", FieldTy::optional(Ty::optional(Ty::Secret))),
        ("logins", FieldTy::optional(Ty::map(Ty::map(Ty::string())))),
        ("encrypted", FieldTy::optional(Ty::map(Ty::string()))),
    ])
}

/// `type Storage = Ephemeral | Disk { … }` of the library, by its shape.
fn storage() -> Ty {
    variants(
        "Storage",
        vec![
            ("ephemeral", vec![]),
            (
                "disk",
                vec![
                    ("size", FieldTy::required(Ty::Quantity(Unit::Bytes, None))),
                    ("class", with_default(Ty::optional(Ty::string()), Value::None)),
                ],
            ),
        ],
    )
}

fn data_volume() -> Ty {
    Ty::record([("path", FieldTy::required(Ty::Form(Form::Path))), ("storage", FieldTy::required(storage()))])
}

/// Steps of a runbook: what to do, and the command that does it.
fn steps() -> Ty {
    Ty::list(Ty::record([
        ("say", FieldTy::required(Ty::string())),
        ("run", FieldTy::optional(Ty::optional(Ty::string()))),
        ("running", FieldTy::optional(Ty::Bool)),
    ]))
}

/// What runs when a backup is due: a program of its own, with what it may do and where it puts what it saves.
fn saver() -> Ty {
    Ty::record([
        ("image", FieldTy::required(Ty::Form(Form::Image))),
        ("command", FieldTy::required(Ty::list(Ty::string()))),
        ("files", FieldTy::optional(Ty::map(Ty::string()))),
        ("env", FieldTy::optional(env())),
        ("secrets", FieldTy::optional(Ty::map(Ty::optional(Ty::Secret)))),
        ("rbac", FieldTy::optional(rbac())),
        ("asks", FieldTy::optional(Ty::optional(Ty::string()))),
        ("room", FieldTy::optional(data_volume())),
    ])
}

/// Flows, each with a query that has a result while nothing goes over it, and how long that may be so.
fn silence() -> Ty {
    Ty::list(Ty::record([
        ("flow", FieldTy::required(Ty::Flow(None))),
        ("expr", FieldTy::required(Ty::string())),
        ("for", FieldTy::optional(duration())),
    ]))
}

fn pages() -> Ty {
    Ty::list(Ty::record([
        ("title", FieldTy::required(Ty::string())),
        ("path", FieldTy::optional(Ty::optional(Ty::string()))),
        ("port", FieldTy::optional(Ty::optional(Ty::string()))),
    ]))
}

/// Amounts a second, but for series; `samples` follow from series and the interval where they aren't said.
fn load() -> Ty {
    Ty::map(Ty::record([
        ("series", FieldTy::optional(Ty::optional(Ty::Int(None)))),
        ("samples", FieldTy::optional(Ty::optional(Ty::Quantity(Unit::Rate, None)))),
        ("logs", FieldTy::optional(Ty::optional(Ty::Quantity(Unit::Bytes, None)))),
        ("spans", FieldTy::optional(Ty::optional(Ty::Quantity(Unit::Rate, None)))),
    ]))
}

/// The measures of a load.
pub const MEASURES: &[&str] = &["series", "samples", "logs", "spans"];

/// A number of series, a rate, or bytes a second.
fn amount() -> Ty {
    Ty::Union(Arc::new([Ty::Int(None), Ty::Quantity(Unit::Rate, None), Ty::Quantity(Unit::Bytes, None)]))
}

/// Factors: so much CPU, memory and disk for each so much of a measure.
fn sizing() -> Ty {
    let bytes = || FieldTy::optional(Ty::optional(Ty::Quantity(Unit::Bytes, None)));
    Ty::list(Ty::record([
        ("part", FieldTy::required(Ty::string())),
        ("by", FieldTy::optional(Ty::words(MEASURES))),
        ("of", FieldTy::optional(Ty::words(&["received", "kept"]))),
        ("each", FieldTy::optional(amount())),
        ("cpu", FieldTy::optional(Ty::optional(Ty::Quantity(Unit::Cpu, None)))),
        ("memory", bytes()),
        ("disk", bytes()),
        ("keeps", FieldTy::optional(Ty::Union(Arc::new([duration(), Ty::string()])))),
        ("most", FieldTy::optional(amount())),
        ("more", FieldTy::optional(Ty::Quantity(Unit::Percent, None))),
        ("source", FieldTy::required(Ty::string())),
    ]))
}

/// Senders: amounts in one request, how long it takes, and how many there may be at once.
fn sends() -> Ty {
    Ty::map(Ty::record([
        ("by", FieldTy::required(Ty::words(MEASURES))),
        ("batch", FieldTy::required(Ty::Int(None))),
        ("batch_from", FieldTy::optional(Ty::string())),
        ("takes", FieldTy::required(duration())),
        ("most", FieldTy::required(Ty::Int(None))),
        ("most_from", FieldTy::optional(Ty::string())),
        ("source", FieldTy::required(Ty::string())),
    ]))
}

/// How a scaler is told of a query: the type of its trigger, and the names of what the trigger is told.
fn scales() -> Ty {
    Ty::record([
        ("trigger", FieldTy::required(Ty::string())),
        ("address", FieldTy::required(Ty::string())),
        ("query", FieldTy::required(Ty::string())),
        ("settings", FieldTy::optional(Ty::map(Ty::string()))),
    ])
}

fn env() -> Ty {
    Ty::map(Ty::Union(Arc::new([Ty::string(), Ty::Secret, Ty::PodField])))
}

/// Whether a name with arguments makes the value of an attribute: `http("/ready")`, `cidrs(…)`.
pub fn makes_a_value(name: &str) -> bool {
    let variants = |ty: &Ty| match ty {
        Ty::Variants(of) => of.variants.get(name).is_some_and(|fields| !fields.fields.is_empty()),
        _ => false,
    };
    ATTRIBUTES.values().any(|attribute| match &attribute.ty {
        Ty::Optional(of) => variants(of),
        ty => variants(ty),
    })
}

/// Every attribute of kinds.
pub static ATTRIBUTES: LazyLock<IndexMap<&'static str, Attribute>> = LazyLock::new(|| {
    use Phase::{Files, Graph, Workload};
    let strings = || Ty::list(Ty::string());
    let signals = || Ty::list(Ty::words(SIGNALS));
    let list = [
        ("title", Ty::string(), Graph, "The kind's name in pictures."),
        ("notes", strings(), Graph, "What it does, in short phrases."),
        ("workload", Ty::words(WORKLOADS), Graph, "How it runs."),
        ("state", Ty::words(STATES), Graph, "What a second instance means."),
        ("stores", signals(), Graph, "Signals that it keeps."),
        ("produces", signals(), Graph, "Signals that start here."),
        ("udp", strings(), Graph, "Names of ports that are UDP."),
        ("tcp_udp", strings(), Graph, "Names of ports that are TCP and UDP."),
        ("protocols", Ty::map(Ty::string()), Graph, "What tables call a port's protocol, by port name."),
        ("peers", strings(), Graph, "Protocols that instances speak among themselves."),
        ("replicas", Ty::Int(None), Graph, "Instances where nothing else says."),
        ("object_store", Ty::Bool, Graph, "Keeps other components' data as objects."),
        ("shared_by", strings(), Graph, "Protocols that put its state where all its instances reach it."),
        ("load", load(), Graph, "What starts at each instance, by the protocol that it leaves on: for estimates."),
        ("passes", Ty::map(Ty::Quantity(Unit::Percent, None)), Graph, "What part of a signal it passes on: sampling."),
        (
            "relays",
            Ty::map(strings()),
            Graph,
            "On which protocols goes on what came by one; on any where it isn't said.",
        ),
        ("deduplicates", Ty::Bool, Graph, "Keeps one of what the replicas of a sender send."),
        ("sizing", sizing(), Graph, "What it needs for how much, as it was published."),
        ("sends", sends(), Graph, "How many requests at once a protocol's sender makes, by protocol."),
        ("fills", Ty::optional(Ty::Quantity(Unit::Bytes, None)), Graph, "What its data is estimated to take."),
        (
            "ships_within",
            Ty::optional(duration()),
            Graph,
            "So long what it takes in is on its own volume alone, where it has an object store.",
        ),
        ("exposes", strings(), Graph, "Metrics that it exposes: names, and beginnings that end in `_`."),
        ("adds", strings(), Graph, "Metrics that it adds to what it collects, the same."),
        ("authenticates", Ty::Bool, Graph, "Asks who someone is before it lets them in."),
        ("available", Ty::Bool, Graph, "Must go on through the loss of one instance of whatever it needs."),
        ("ports", Ty::list(Ty::Int(None)), Graph, "The ports that are open; all of its kind's where it isn't set."),
        ("present", Ty::Bool, Graph, "Whether it is there under the target; without it, its flows are left out."),
        ("published", strings(), Graph, "Names of ports for people at the machine, where the target is one machine."),
        ("peer", peer(), Graph, "Where an external component is."),
        ("ingress", ingress(), Graph, "Routes for its flows with a `host`."),
        ("scales", scales(), Graph, "Sets the number of other components' instances, by what it asks of a store."),
        ("backup", Ty::string(), Graph, "How its data is saved and comes back."),
        ("pages", pages(), Graph, "Its pages that are worth knowing."),
        ("image", Ty::Form(Form::Image), Workload, "The image, with a tag."),
        ("user", Ty::Int(None), Workload, "User id."),
        ("group", Ty::Int(None), Workload, "Group id, also of volumes."),
        ("command", strings(), Workload, "Replaces the image's entry point."),
        ("args", strings(), Workload, "Arguments."),
        ("env", env(), Workload, "Environment."),
        ("secrets", Ty::map(Ty::optional(Ty::Secret)), Workload, "Secrets mounted as files, by folder."),
        ("files", Ty::map(Ty::Content), Files, "Configuration files, by path."),
        ("data", data_volume(), Workload, "Where its data is, and on what."),
        ("scratch", Ty::list(Ty::Form(Form::Path)), Workload, "Writable folders besides `/tmp`."),
        ("shared", Ty::map(Ty::string()), Workload, "Folders that components on one machine share: volumes by folder."),
        ("host_paths", Ty::map(Ty::Form(Form::Path)), Workload, "Folders of the node that it reads, by folder."),
        ("fetch", strings(), Workload, "A command of the image that fails unless the URL behind it answers."),
        ("ready", Ty::optional(probe()), Workload, "Readiness probe."),
        ("live", Ty::optional(probe()), Workload, "Liveness probe."),
        ("startup", Ty::optional(probe()), Workload, "Start-up probe."),
        ("resources", resources(), Workload, "Requests and limits."),
        ("grace", duration(), Workload, "Time it gets to end."),
        ("parallel", Ty::Bool, Workload, "Pods start and end at once rather than one by one."),
        ("publish_not_ready", Ty::Bool, Workload, "Peers find pods that are not ready yet."),
        ("sticky", Ty::Bool, Workload, "A client stays with the instance it met first."),
        ("node_local", Ty::Bool, Workload, "Clients reach the instance on their own node."),
        ("tolerate_all", Ty::Bool, Workload, "Runs on every node, whatever its taints."),
        ("rbac", rbac(), Workload, "Rights on the Kubernetes API beyond those of its flows."),
        ("labels", Ty::map(Ty::string()), Workload, "Labels of its pods."),
        ("annotations", Ty::map(Ty::string()), Workload, "Annotations of its pods."),
        (
            "usage",
            Ty::map(Ty::string()),
            Workload,
            "Queries for what `autoscale` compares: `cpu`, `memory`, `instances`.",
        ),
        ("silence", silence(), Workload, "How it shows that nothing goes over one of its flows: queries."),
        ("save", steps(), Workload, "How its data is saved, step by step."),
        ("saver", Ty::optional(saver()), Workload, "The job that carries out its `backup` items."),
        ("restore", steps(), Workload, "How its data comes back, step by step."),
        ("verify", steps(), Workload, "How to see that it works, step by step."),
    ];
    list.into_iter().map(|(name, ty, phase, doc)| (name, Attribute { name, ty, phase, doc })).collect()
});

/// The attributes that every component may set for itself, beside its kind's params.
pub const COMPONENT_SETTINGS: &[&str] = &[
    "title",
    "replicas",
    "image",
    "resources",
    "labels",
    "annotations",
    "env",
    "args",
    "notes",
    "available",
    "ports",
    "load",
    "passes",
];

/// The settings of an `alert`.
pub static ALERT: LazyLock<RecordTy> = LazyLock::new(|| {
    record_of(Ty::record([
        ("expr", FieldTy::required(Ty::string())),
        ("for", FieldTy::optional(duration())),
        ("severity", FieldTy::optional(Ty::words(&["critical", "warning", "info", "none"]))),
        ("summary", FieldTy::optional(Ty::string())),
        ("description", FieldTy::optional(Ty::string())),
        ("when", FieldTy::optional(Ty::Bool)),
    ]))
});

/// The settings of `cluster`.
pub static CLUSTER: LazyLock<RecordTy> = LazyLock::new(|| {
    record_of(Ty::record([
        ("title", FieldTy::optional(Ty::string())),
        ("domain", FieldTy::optional(Ty::Form(Form::Host))),
        ("runbooks", FieldTy::optional(Ty::Form(Form::Url))),
        ("kubernetes", FieldTy::optional(Ty::Version)),
        ("profiles", FieldTy::optional(Ty::list(Ty::string()))),
        ("labels", FieldTy::optional(Ty::map(Ty::string()))),
        ("annotations", FieldTy::optional(Ty::map(Ty::string()))),
        ("api_server", FieldTy::optional(Ty::list(Ty::string()))),
        ("digests", FieldTy::optional(Ty::map(Ty::Form(Form::Digest)))),
        ("nodes", FieldTy::optional(Ty::Int(None))),
    ]))
});

/// The settings of a namespace.
pub static NAMESPACE: LazyLock<RecordTy> = LazyLock::new(|| {
    record_of(Ty::record([
        ("title", FieldTy::optional(Ty::string())),
        ("isolated", FieldTy::optional(Ty::Bool)),
        ("pod_security", FieldTy::optional(Ty::words(&["restricted", "baseline", "privileged"]))),
        ("labels", FieldTy::optional(Ty::map(Ty::string()))),
    ]))
});

/// The settings of a layer.
pub static LAYER: LazyLock<RecordTy> =
    LazyLock::new(|| record_of(Ty::record([("title", FieldTy::optional(Ty::string()))])));

/// How a linter of manifests is told to leave a finding alone: by an annotation. Its key and its value may hold
/// `{check}`, `{reason}` and `{number}`, which counts from 1 on each object.
pub static LINTER: LazyLock<Ty> = LazyLock::new(|| {
    Ty::record([("annotation", FieldTy::required(Ty::string())), ("value", FieldTy::required(Ty::string()))])
});

/// The settings of `backup`.
pub static BACKUP: LazyLock<RecordTy> = LazyLock::new(|| {
    record_of(Ty::record([
        ("schedule", FieldTy::required(Ty::Form(Form::Cron))),
        ("keep", FieldTy::optional(Ty::Int(None))),
    ]))
});

/// The settings of `autoscale`; `up` and `down` hold rules, which are read on their own.
pub const AUTOSCALE: &[&str] = &["replicas", "via", "up", "down"];

/// The settings of `view`.
pub static VIEW: LazyLock<RecordTy> = LazyLock::new(|| {
    let strings = || FieldTy::optional(Ty::list(Ty::string()));
    record_of(Ty::record([
        ("show", strings()),
        ("hide", strings()),
        ("signals", FieldTy::optional(Ty::list(Ty::words(SIGNALS)))),
        ("protocols", strings()),
        ("kinds", strings()),
        ("layers", strings()),
        ("direction", FieldTy::optional(Ty::words(&["down", "right"]))),
        ("group", FieldTy::optional(Ty::words(&["layer", "namespace", "none"]))),
    ]))
});

/// The settings of every flow, beside its protocol's options.
pub static FLOW: LazyLock<RecordTy> = LazyLock::new(|| {
    record_of(Ty::record([
        ("signals", FieldTy::optional(Ty::list(Ty::words(SIGNALS)))),
        ("port", FieldTy::optional(Ty::string())),
    ]))
});

fn record_of(ty: Ty) -> RecordTy {
    match ty {
        Ty::Record(of) => Arc::unwrap_or_clone(of),
        _ => RecordTy::default(),
    }
}
