//! The typed graph of one profile: all that pictures, docs and manifests are made of.

use super::links::Links;
use crate::maps::IndexMap;
use crate::text::Span;
use crate::value::{ComponentId, Content, FlowId, Record, SecretRef, Spanned, Value, Version};
use smol_str::SmolStr;
use std::sync::Arc;

/// The graph under one profile, and what each deployed component runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Stack {
    /// Components and flows.
    pub graph: Arc<Graph>,
    /// What each component runs, by [`ComponentId`]; `None` for external ones.
    pub workloads: Workloads,
}

impl Stack {
    /// A component's rights on the Kubernetes API: those that its flows need, and its own.
    pub fn rights(&self, component: &Component) -> impl Iterator<Item = &RbacRule> {
        let own = self.workloads.get(component.id.0 as usize).and_then(Option::as_ref);
        self.graph.outgoing(component.id).flat_map(|flow| &flow.rbac).chain(own.into_iter().flat_map(|w| &w.rbac))
    }
}

/// What each component runs, by [`ComponentId`].
pub type Workloads = Arc<[Option<Workload>]>;

/// What a program is compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A Kubernetes cluster.
    Kubernetes,
    /// One machine with Compose.
    Compose,
}

/// Components and flows under one profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    /// What this graph is for.
    pub target: Target,
    /// The profile that this graph is for.
    pub profile: SmolStr,
    /// All profiles in declared order; the first is the default. At least one.
    pub profiles: Vec<SmolStr>,
    /// The cluster.
    pub cluster: Cluster,
    /// Namespaces in source order.
    pub namespaces: Vec<Namespace>,
    /// Layers in source order.
    pub layers: Vec<Layer>,
    /// Components in source order.
    pub components: Vec<Component>,
    /// Flows in source order; flows that follow from kinds come last.
    pub flows: Vec<Flow>,
    /// Flows by component.
    pub links: Links,
    /// Backups in source order.
    pub backups: Vec<Backup>,
    /// Views of the user's own.
    pub views: Vec<View>,
    /// Flows of the program that this target has no end for, as `from`, `to` and label.
    pub left_out: Vec<LeftOut>,
    /// `object` items.
    pub objects: Vec<Spanned<Value>>,
    /// `patch` items.
    pub patches: Vec<Patch>,
    /// `waive` items.
    pub waivers: Vec<Waiver>,
    /// The program's `//!` lines.
    pub doc: Option<String>,
}

/// The cluster and what holds for all of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Its name; `default` where the program has no cluster item.
    pub name: SmolStr,
    /// Title for pictures.
    pub title: SmolStr,
    /// The domain of public hosts.
    pub domain: Option<SmolStr>,
    /// The oldest Kubernetes version that manifests must work on (major, minor).
    pub kubernetes: (u32, u32),
    /// Labels on every object.
    pub labels: IndexMap<SmolStr, SmolStr>,
    /// Annotations on every object (an owner's address, say).
    pub annotations: IndexMap<SmolStr, SmolStr>,
    /// Where the page of the guide is published that has the alerts: what alerts lead to.
    pub runbooks: Option<SmolStr>,
    /// How many nodes it has, for estimates; `None`: it isn't said.
    pub nodes: Option<u32>,
    /// CIDRs of the API server; empty: any address on its ports.
    pub api_server: Vec<SmolStr>,
    /// Image → digest (`sha256:…`), from the program.
    pub digests: IndexMap<SmolStr, SmolStr>,
    /// Its doc lines.
    pub doc: Option<String>,
    /// Its place.
    pub span: Span,
}

impl Cluster {
    /// An image with its digest, where the program has one.
    pub fn pinned(&self, image: &str) -> String {
        match self.digests.get(image) {
            Some(digest) => format!("{image}@{digest}"),
            None => image.to_owned(),
        }
    }
}

/// Index into [`Graph::namespaces`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamespaceId(pub u32);

/// Index into [`Graph::layers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LayerId(pub u32);

/// A Kubernetes namespace.
#[derive(Debug, Clone, PartialEq)]
pub struct Namespace {
    /// Its name.
    pub name: SmolStr,
    /// Title for pictures.
    pub title: SmolStr,
    /// Deny all traffic that no flow declares.
    pub isolated: bool,
    /// Where the program says so; `None` where it is so of itself.
    pub isolated_span: Option<Span>,
    /// Pod Security level to enforce: `restricted`, `baseline` or `privileged`.
    pub pod_security: SmolStr,
    /// Further labels.
    pub labels: IndexMap<SmolStr, SmolStr>,
    /// Its doc lines.
    pub doc: Option<String>,
    /// Its place.
    pub span: Span,
}

/// A group of components within a namespace (or outside any), for pictures and docs.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Its name.
    pub name: SmolStr,
    /// Its title.
    pub title: SmolStr,
    /// The namespace that holds it.
    pub namespace: Option<NamespaceId>,
    /// Its doc lines.
    pub doc: Option<String>,
    /// Its place.
    pub span: Span,
}

/// A flow of the program that isn't in the graph: one of its ends isn't there under this target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The side that would open the connection.
    pub from: ComponentId,
    /// The side that would listen.
    pub to: ComponentId,
    /// What would be written at the arrow.
    pub label: SmolStr,
}

/// A kind of data that flows: the signals of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Signal {
    Metrics,
    Logs,
    Traces,
    Profiles,
}

impl Signal {
    /// All signals.
    pub const ALL: &[Signal] = &[Signal::Metrics, Signal::Logs, Signal::Traces, Signal::Profiles];

    /// `metrics`, `logs`, `traces`, `profiles`.
    pub const fn name(self) -> &'static str {
        match self {
            Signal::Metrics => "metrics",
            Signal::Logs => "logs",
            Signal::Traces => "traces",
            Signal::Profiles => "profiles",
        }
    }
}

/// How a component runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkloadKind {
    /// A Deployment.
    Deployment,
    /// A StatefulSet.
    Stateful,
    /// A DaemonSet: one pod on every node.
    Daemon,
    /// A Job.
    Job,
    /// Not deployed by this program.
    External,
}

/// What a second instance of a component means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Shares the load.
    Stateless,
    /// Does the same work again.
    Replicated,
    /// Holds part of the data, in several copies.
    Ring,
    /// Holds its share alone.
    Sharded,
    /// Belongs to its node.
    PerNode,
}

/// A node of the graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Its index.
    pub id: ComponentId,
    /// Its name: a DNS label.
    pub name: SmolStr,
    /// The name of its kind.
    pub kind: SmolStr,
    /// The kind and all kinds that it extends, nearest first.
    pub kinds: Vec<SmolStr>,
    /// What the kind calls itself, for pictures (`title`).
    pub kind_title: SmolStr,
    /// A short remark shown in brackets ("Long-term"); the component's own, else the kind's.
    pub title: Option<SmolStr>,
    /// Short phrases on what it does, for pictures and docs.
    pub notes: Vec<SmolStr>,
    /// Its own doc lines.
    pub doc: Option<String>,
    /// The kind's doc lines.
    pub kind_doc: Option<String>,
    /// Where it lives; external components may have none.
    pub namespace: Option<NamespaceId>,
    /// Its layer.
    pub layer: Option<LayerId>,
    /// How it runs.
    pub workload: WorkloadKind,
    /// What a second instance means.
    pub state: State,
    /// How many instances, in this profile.
    pub replicas: Replicas,
    /// Parameters with their effective value and where it came from, in declared order.
    pub params: IndexMap<SmolStr, Effective>,
    /// Ports in declared order; the first is the main one.
    pub ports: Vec<Port>,
    /// What it accepts, in declared order.
    pub accepts: Vec<Accepts>,
    /// Protocols that join instances of one component, and reach none of another kind.
    pub peers: Vec<SmolStr>,
    /// What it can send or ask for.
    pub emits: Vec<Emits>,
    /// Signals that it stores for good.
    pub stores: Vec<Signal>,
    /// Signals that it produces itself (applications).
    pub produces: Vec<Signal>,
    /// How it turns one signal into another.
    pub turns: Vec<Turns>,
    /// Keeps other components' data as objects (a bucket).
    pub object_store: bool,
    /// Asks who someone is before it lets them in.
    pub authenticates: bool,
    /// Protocols that put its state where all instances reach it; empty: it has none, or needs no sharing.
    pub shared_by: Vec<SmolStr>,
    /// What comes by a protocol and goes on by these alone; what comes by others goes on by all.
    pub relays: IndexMap<SmolStr, Vec<SmolStr>>,
    /// Its pages that are worth knowing.
    pub pages: Vec<Page>,
    /// Set on what scales other components: how it is told of queries.
    pub scales: Option<Scaler>,
    /// What starts here and what it needs, for estimates.
    pub capacity: Capacity,
    /// Bytes that its data is estimated to take in the end.
    pub fills: Option<i64>,
    /// Milliseconds that what it takes in is on its own volume alone, where it has an object store.
    pub ships_within: Option<i64>,
    /// Must go on through the loss of one instance of whatever it needs.
    pub available: bool,
    /// Whether it is there under this target. What isn't takes part in no flow and isn't deployed.
    pub present: bool,
    /// Names of ports that people at the machine reach where the target is one machine.
    pub published: Vec<SmolStr>,
    /// Ports of its kind that its `ports` setting leaves closed.
    pub closed_ports: Vec<Port>,
    /// Where external components are, for network policies.
    pub peer: Option<Peer>,
    /// Set on ingress controllers: how routes to them are written.
    pub ingress: Option<IngressClass>,
    /// Metrics that it exposes, by name or, with `_` at the end, by beginning; `None`: its kind doesn't say.
    pub exposes: Option<Vec<SmolStr>>,
    /// Metrics that it adds to what it collects, the same.
    pub adds: Vec<SmolStr>,
    /// Alerts about it: its kind's and the user's, evaluated.
    pub alerts: Vec<Alert>,
    /// Dashboards of its kind.
    pub dashboards: Vec<Dashboard>,
    /// Its place.
    pub span: Span,
    /// Place of its name.
    pub name_span: Span,
}

impl Component {
    /// Whether what it accepts on a port is accepted over TLS.
    pub fn listens_with_tls(&self, port: &str) -> bool {
        let here = |a: &&Accepts| a.port.as_deref() == Some(port);
        let secure = |a: &Accepts| a.options.get("tls").is_some_and(|v| v.value == Value::Bool(true));
        self.accepts.iter().filter(here).any(secure)
    }

    /// Whether what came by one flow goes on by another.
    pub fn relays(&self, came: &Flow, goes: &Flow) -> bool {
        self.relays.get(&came.protocol).is_none_or(|by| by.contains(&goes.protocol))
    }
}

/// How many instances.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicas {
    /// The number in this profile, before any autoscaling. 0 for external components; daemons count as 1.
    pub count: u32,
    /// The number in each profile, by [`Graph::profiles`]; of this profile alone where the target can't move between
    /// them.
    pub by_profile: Vec<u32>,
    /// Bounds and rules of the autoscaler.
    pub autoscale: Option<Autoscale>,
    /// What set the count.
    pub origin: Span,
    /// The `scale` item that speaks of it, and the profiles that this leaves out.
    pub scale: Option<(Span, Vec<SmolStr>)>,
}

impl Replicas {
    /// The largest number of instances there can be in any profile.
    pub fn most(&self) -> u32 {
        let declared = self.by_profile.iter().copied().max().unwrap_or(self.count);
        self.autoscale.as_ref().map_or(declared, |a| a.max.max(declared))
    }
}

/// Rules of a horizontal autoscaler.
#[derive(Debug, Clone, PartialEq)]
pub struct Autoscale {
    /// Fewest instances, as it is written.
    pub min: u32,
    /// Most instances.
    pub max: u32,
    /// Fewest in this profile: it falls below no number that a `scale` item gives.
    pub least: u32,
    /// The component that carries it out, in place of the autoscaler of Kubernetes, and where it is named.
    pub via: Option<(SmolStr, Span)>,
    /// When and how fast to grow.
    pub up: ScaleRule,
    /// When and how fast to shrink.
    pub down: ScaleRule,
    /// Its place.
    pub span: Span,
}

/// What is known of a component's load and of what it needs for it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Capacity {
    /// What starts at each instance (all of it, where it isn't deployed here), by the protocol that it leaves on.
    pub load: IndexMap<SmolStr, OwnLoad>,
    /// Where that was said; `None`: only by the library, or not at all.
    pub load_span: Option<Span>,
    /// What part of a signal goes on from here; all where nothing is said.
    pub passes: IndexMap<Signal, f64>,
    /// Keeps one of what the replicas of a sender send.
    pub deduplicates: bool,
    /// What it needs for how much.
    pub sizing: Vec<Factor>,
    /// How many requests at once it makes, by protocol.
    pub sends: IndexMap<SmolStr, Sender>,
}

/// What starts at a component: series, and amounts a second.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct OwnLoad {
    /// Series.
    pub series: f64,
    /// Samples a second; `None`: one of each series every interval.
    pub samples: Option<f64>,
    /// Bytes of log lines a second.
    pub logs: f64,
    /// Spans a second.
    pub spans: f64,
}

/// A measure of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Active series.
    Series,
    /// Samples a second.
    Samples,
    /// Bytes of log lines a second.
    Logs,
    /// Spans a second.
    Spans,
}

/// So much CPU, memory and disk for each so much of a measure, as it was published.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// What needs it.
    pub part: SmolStr,
    /// What it grows with; `None`: it is there whatever the load.
    pub by: Option<Measure>,
    /// Of what is kept, after de-duplication and in all copies; else of what is received.
    pub kept: bool,
    /// Per how much of the measure.
    pub each: f64,
    /// Thousandths of a core.
    pub cpu: f64,
    /// Bytes.
    pub memory: f64,
    /// Bytes.
    pub disk: f64,
    /// The disk is for each second of so many milliseconds.
    pub keeps: Option<Kept>,
    /// More than this of the measure isn't for it.
    pub most: Option<f64>,
    /// So many percent more of CPU, memory and disk than all other factors say.
    pub more: f64,
    /// Where that is written.
    pub source: SmolStr,
}

/// How long data stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Milliseconds.
    For(i64),
    /// Without end.
    Always,
}

/// How a protocol's sender works.
#[derive(Debug, Clone, PartialEq)]
pub struct Sender {
    /// What it sends.
    pub by: Measure,
    /// So much in one request, and the flow's option that says otherwise.
    pub batch: (f64, Option<SmolStr>),
    /// Milliseconds that a request takes.
    pub takes: f64,
    /// So many requests at once, and the flow's option that says otherwise.
    pub most: (f64, Option<SmolStr>),
    /// Where that is written.
    pub source: SmolStr,
}

/// How a component that scales others is told what to ask.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaler {
    /// The type of its trigger.
    pub trigger: SmolStr,
    /// What the trigger calls the address of the store.
    pub address: SmolStr,
    /// What it calls the query.
    pub query: SmolStr,
    /// What else it is told.
    pub settings: IndexMap<SmolStr, SmolStr>,
}

/// One direction of an autoscaler.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaleRule {
    /// CPU threshold in percent of the request.
    pub cpu: Option<f64>,
    /// Memory threshold in percent of the request.
    pub memory: Option<f64>,
    /// `cpu and memory` rather than `cpu or memory`.
    pub both: bool,
    /// Percent of the current number added or removed at once.
    pub by: f64,
    /// How long the condition holds first, in seconds.
    pub hold: u32,
    /// Its place.
    pub span: Span,
}

/// A parameter's value and all that was said about it; the last link is the one that holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Effective {
    /// The value that holds.
    pub value: Value,
    /// Who said what, weakest first.
    pub chain: Vec<Link>,
    /// The parameter's doc lines.
    pub doc: Option<String>,
}

/// One statement about a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Who said it.
    pub source: LinkSource,
    /// What.
    pub value: Value,
    /// Where.
    pub span: Span,
}

/// Who can say what a value is, weakest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkSource {
    /// The default of a parameter or of a protocol's option.
    Default,
    /// A kind, by name.
    Kind(SmolStr),
    /// The side that accepts a flow.
    Acceptor,
    /// The component or flow itself.
    Own,
    /// `scale`.
    Scale,
    /// A profile, by name.
    Profile(SmolStr),
}

/// A port that a component listens on.
#[derive(Debug, Clone, PartialEq)]
pub struct Port {
    /// Its name.
    pub name: SmolStr,
    /// Its number.
    pub number: u16,
    /// `TCP`, `UDP`, or both.
    pub transport: PortTransport,
    /// The application protocol, for tables: `HTTP`, `gRPC`, `TCP`.
    pub protocol: SmolStr,
    /// What it is for: "UI & API".
    pub purpose: SmolStr,
    /// Its place.
    pub span: Span,
}

/// A page that people open.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// What it shows.
    pub title: SmolStr,
    /// The number of the port that serves it.
    pub port: u16,
    /// Its path, from `/` on.
    pub path: SmolStr,
}

/// The transport of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum PortTransport {
    Tcp,
    Udp,
    Both,
}

/// A protocol that a component accepts.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepts {
    /// The protocol.
    pub protocol: SmolStr,
    /// The signals it takes.
    pub signals: Vec<Signal>,
    /// The port's name; `None`: any port.
    pub port: Option<SmolStr>,
    /// Options that hold for flows to here.
    pub options: Record,
    /// Its place.
    pub span: Span,
}

/// A protocol that a component can open.
#[derive(Debug, Clone, PartialEq)]
pub struct Emits {
    /// The protocol.
    pub protocol: SmolStr,
    /// The signals it sends.
    pub signals: Vec<Signal>,
    /// The protocol brings alerts that fire to people.
    pub notifies: bool,
    /// Its place.
    pub span: Span,
}

/// `turns traces into metrics by spanmetrics`.
#[derive(Debug, Clone, PartialEq)]
pub struct Turns {
    /// What goes in.
    pub from: Vec<Signal>,
    /// What comes out.
    pub into: Vec<Signal>,
    /// The means.
    pub by: Option<SmolStr>,
    /// Its place.
    pub span: Span,
}

/// Where an external component is, as a network policy can say it.
#[derive(Debug, Clone, PartialEq)]
pub enum Peer {
    /// Pods by labels, in namespaces by labels; empty labels match all.
    Pods {
        /// Labels of the namespaces.
        namespaces: IndexMap<SmolStr, SmolStr>,
        /// Labels of the pods.
        pods: IndexMap<SmolStr, SmolStr>,
    },
    /// Addresses, on these ports.
    Cidrs {
        /// Blocks; empty: any address.
        blocks: Vec<SmolStr>,
        /// Ports; empty: the flow's.
        ports: Vec<u16>,
    },
    /// Outside of what a policy can see (people).
    Outside,
}

/// How routes through an ingress controller are written.
#[derive(Debug, Clone, PartialEq)]
pub struct IngressClass {
    /// Ingress class, or Gateway's name with `gateway`.
    pub class: SmolStr,
    /// Gateway API (HTTPRoute) rather than Ingress; the Gateway's namespace.
    pub gateway: Option<SmolStr>,
    /// A cert-manager ClusterIssuer.
    pub issuer: Option<SmolStr>,
    /// A Secret that holds the certificate.
    pub certificate: Option<SecretRef>,
    /// How the controller is told to ask for a login: annotations of the route, by the form of the flow's `auth`. In
    /// their values `{FIELD}` stands for that field of it: a Secret's name, a URL.
    pub logins: IndexMap<SmolStr, IndexMap<SmolStr, SmolStr>>,
    /// Annotations that make the controller speak TLS to what is behind it.
    pub encrypted: IndexMap<SmolStr, SmolStr>,
}

/// An edge: `from` opens the connection to `to`.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Its index.
    pub id: FlowId,
    /// The side that opens the connection.
    pub from: ComponentId,
    /// The side that listens.
    pub to: ComponentId,
    /// The protocol.
    pub protocol: SmolStr,
    /// What to write at the arrow: the protocol's label.
    pub label: SmolStr,
    /// The protocol's doc lines.
    pub protocol_doc: Option<String>,
    /// What detailed pictures add to the label: the value of the option that the protocol `tells`.
    pub remark: Option<SmolStr>,
    /// What it carries is about the side that gives it, not what that side keeps or hands on.
    pub own: bool,
    /// `http`, `grpc`, `tcp`, `udp`, `https`.
    pub transport: SmolStr,
    /// Signals that it carries here; empty where it carries none (queries of state, alerts, storage).
    pub signals: Vec<Signal>,
    /// Whether the data goes from `to` to `from` (`scrape`, `query`).
    pub backward: bool,
    /// Ports at `to`, the main one first; empty: any.
    pub ports: Vec<Port>,
    /// Options with where they came from.
    pub options: IndexMap<SmolStr, Effective>,
    /// The URL of the Service: `http://NAME.NAMESPACE.svc.cluster.local:8080/PATH`.
    pub url: Option<SmolStr>,
    /// One URL per instance where each must be reached (replicated stores); else just `url`.
    pub urls: Vec<SmolStr>,
    /// Whether each instance must be reached.
    pub every_instance: bool,
    /// Rights on the Kubernetes API that it needs.
    pub rbac: Vec<RbacRule>,
    /// Follows from a kind (`peers`), not from a flow item.
    pub implicit: bool,
    /// The protocol was left to be inferred.
    pub inferred: bool,
    /// Its doc lines.
    pub doc: Option<String>,
    /// Its place: the flow item (several flows may share one).
    pub span: Span,
    /// Place of the subject's name.
    pub from_span: Span,
    /// Place of the object's name.
    pub to_span: Span,
}

/// Rights on the Kubernetes API.
#[derive(Debug, Clone, PartialEq)]
pub struct RbacRule {
    /// API groups; the core group is the empty string.
    pub groups: Vec<SmolStr>,
    /// Resources.
    pub resources: Vec<SmolStr>,
    /// Verbs.
    pub verbs: Vec<SmolStr>,
    /// Paths that are no resources (`/metrics`).
    pub paths: Vec<SmolStr>,
    /// Its place.
    pub span: Span,
}

/// A rule that fires.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// Its name.
    pub name: SmolStr,
    /// The PromQL expression.
    pub expr: SmolStr,
    /// How long it holds before it fires, in milliseconds.
    pub hold: i64,
    /// `critical`, `warning`, `info`, `none`.
    pub severity: SmolStr,
    /// One line for people; may hold template placeholders of the rule language.
    pub summary: SmolStr,
    /// What to do.
    pub description: Option<SmolStr>,
    /// The flow that it is about, where it is about one: `a -> b: protocol`.
    pub flow: Option<SmolStr>,
    /// Its place.
    pub span: Span,
}

impl Alert {
    /// What its part of the guide is called; no two alerts of a program share it.
    pub fn title(&self, component: &str) -> String {
        format!("{} on {}", self.name, self.flow.as_deref().unwrap_or(component))
    }
}

/// A dashboard: a title and panels, as data that a kind turns into its own format.
#[derive(Debug, Clone, PartialEq)]
pub struct Dashboard {
    /// Its title.
    pub title: SmolStr,
    /// Settings as written (`panels: […]`).
    pub value: Value,
    /// Its place.
    pub span: Span,
}

/// What is saved, when, and how long it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Backup {
    /// What is saved.
    pub component: ComponentId,
    /// A cron line.
    pub schedule: SmolStr,
    /// How many are kept.
    pub keep: u32,
    /// How the kind says it is saved and comes back, in words.
    pub method: Option<SmolStr>,
    /// Its place.
    pub span: Span,
}

/// A picture of the user's own.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Its name.
    pub name: SmolStr,
    /// Its title.
    pub title: Option<SmolStr>,
    /// Settings, checked: `show`, `hide`, `signals`, `protocols`, `direction`.
    pub settings: Record,
    /// Its place.
    pub span: Span,
}

/// A patch on an emitted object.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch {
    /// Kubernetes kind.
    pub object_kind: Spanned<SmolStr>,
    /// Object name.
    pub object_name: Spanned<SmolStr>,
    /// Namespace, where given.
    pub namespace: Option<SmolStr>,
    /// What to merge in: each field knows its place.
    pub value: Spanned<Value>,
    /// Its place.
    pub span: Span,
}

/// A finding that is accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiver {
    /// The code, or `LINTER.CHECK`.
    pub code: SmolStr,
    /// How the linter is told; `None` where the finding is the compiler's own.
    pub linter: Option<Linter>,
    /// Components; empty: everywhere.
    pub on: Vec<SmolStr>,
    /// `YYYY-MM-DD`, the last day it holds.
    pub until: Option<SmolStr>,
    /// Why.
    pub reason: SmolStr,
    /// Its place.
    pub span: Span,
}

/// How a program that judges manifests is told to leave a finding alone: by an annotation.
#[derive(Debug, Clone, PartialEq)]
pub struct Linter {
    /// The annotation's key, with `{check}`, `{reason}` and `{number}` in it.
    pub annotation: SmolStr,
    /// Its value, with the same.
    pub value: SmolStr,
}

impl Waiver {
    /// Whether it is about this component.
    pub fn is_on(&self, component: &Component) -> bool {
        self.on.is_empty() || self.on.contains(&component.name)
    }
}

/// What a component runs: its kind's attributes, evaluated under this profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Workload {
    /// The image, with its tag.
    pub image: Spanned<SmolStr>,
    /// The version in the image's tag.
    pub version: Option<Version>,
    /// User id.
    pub user: i64,
    /// Group id, also of volumes.
    pub group: i64,
    /// Replaces the image's entry point; empty: as the image has it.
    pub command: Vec<Spanned<SmolStr>>,
    /// Arguments.
    pub args: Vec<Spanned<SmolStr>>,
    /// Environment.
    pub env: Vec<EnvVar>,
    /// Configuration files.
    pub files: Vec<ConfigFile>,
    /// Secrets mounted as files.
    pub secrets: Vec<SecretMount>,
    /// The volume that holds its data.
    pub data: Option<DataVolume>,
    /// Writable folders that don't outlive the pod, besides `/tmp`.
    pub scratch: Vec<Spanned<SmolStr>>,
    /// Folders that components on one machine share: path → name of the volume.
    pub shared: Record,
    /// Folders of the machine that it reads.
    pub host_paths: Vec<HostPath>,
    /// A command of the image that fails unless the URL behind it answers; empty: the image has none.
    pub fetch: Vec<Spanned<SmolStr>>,
    /// Readiness.
    pub ready: Option<Probe>,
    /// Liveness.
    pub live: Option<Probe>,
    /// Start-up.
    pub startup: Option<Probe>,
    /// Resources.
    pub resources: Resources,
    /// Seconds it gets to end.
    pub grace: Option<i64>,
    /// Pods of a StatefulSet start and end at once rather than one by one.
    pub parallel: bool,
    /// The headless Service also names pods that are not ready (for peers that look for each other).
    pub publish_not_ready: bool,
    /// A client stays with the instance it met first.
    pub sticky: bool,
    /// The Service only reaches the instance on the client's own node.
    pub node_local: bool,
    /// Runs on every node, whatever its taints.
    pub tolerate_all: bool,
    /// Rights on the Kubernetes API beyond those of its flows.
    pub rbac: Vec<RbacRule>,
    /// Further labels of the pods.
    pub labels: IndexMap<SmolStr, SmolStr>,
    /// Further annotations of the pods.
    pub annotations: IndexMap<SmolStr, SmolStr>,
    /// Queries for what `autoscale` compares, by name.
    pub usage: IndexMap<SmolStr, SmolStr>,
    /// How its data is saved.
    pub save: Vec<Step>,
    /// What carries out its backups; `None`: nothing that runs in the cluster does.
    pub saver: Option<Saver>,
    /// How its data comes back.
    pub restore: Vec<Step>,
    /// How to see that it works.
    pub verify: Vec<Step>,
}

impl Workload {
    /// Bytes that its data has: those of its volume, else what the pod may use of its node's disk.
    pub fn room(&self) -> Option<i64> {
        self.data.as_ref().map(|d| d.claim.as_ref().map_or(self.resources.ephemeral, |claim| claim.size))
    }

    /// Whether its data is lost with the pod.
    pub fn forgets(&self) -> bool {
        self.data.as_ref().is_some_and(|d| d.claim.is_none())
    }
}

/// A folder of the machine, seen in the container and never written to.
#[derive(Debug, Clone, PartialEq)]
pub struct HostPath {
    /// Absolute path in the container.
    pub path: SmolStr,
    /// Absolute path on the machine.
    pub host: SmolStr,
    /// Its place.
    pub span: Span,
}

/// A job that saves a component's data.
#[derive(Debug, Clone, PartialEq)]
pub struct Saver {
    /// What it runs. Its rights hold in the component's namespace alone.
    pub workload: Box<Workload>,
    /// The name of the component's port that it asks; `None`: it doesn't.
    pub asks: Option<SmolStr>,
}

/// A step of a runbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What to do.
    pub say: SmolStr,
    /// The command that does it.
    pub run: Option<SmolStr>,
    /// It needs running pods; else it is done before there are any.
    pub running: bool,
}

/// A variable of the environment.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvVar {
    /// Its name.
    pub name: SmolStr,
    /// Text, a secret, or a field of the pod ([`Value::Str`], [`Value::Secret`], [`Value::PodField`]).
    pub value: Value,
    /// Its place.
    pub span: Span,
}

/// A configuration file.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigFile {
    /// Absolute path in the container.
    pub path: SmolStr,
    /// Format and content.
    pub content: Content,
    /// Its place.
    pub span: Span,
}

/// A secret, mounted as files.
#[derive(Debug, Clone, PartialEq)]
pub struct SecretMount {
    /// The secret.
    pub secret: SecretRef,
    /// The folder.
    pub path: SmolStr,
    /// Its place.
    pub span: Span,
}

/// The volume that holds a component's data.
#[derive(Debug, Clone, PartialEq)]
pub struct DataVolume {
    /// Where it is mounted.
    pub path: SmolStr,
    /// Size and class of a claim per instance; `None`: an emptyDir.
    pub claim: Option<Claim>,
    /// Its place.
    pub span: Span,
}

/// A PersistentVolumeClaim.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Bytes.
    pub size: i64,
    /// Storage class; `None`: the cluster's default.
    pub class: Option<SmolStr>,
}

/// A probe.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// What is asked.
    pub action: ProbeAction,
    /// Seconds before the first.
    pub delay: i32,
    /// Seconds between two.
    pub period: i32,
    /// Seconds to wait for an answer.
    pub timeout: i32,
    /// Failures in a row that count.
    pub failures: i32,
    /// Its place.
    pub span: Span,
}

/// What a probe asks.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum ProbeAction {
    /// GET on a named port. Over TLS the server's certificate isn't looked at.
    Http { path: SmolStr, port: SmolStr, tls: bool },
    /// A connection to a named port.
    Tcp { port: SmolStr },
    /// A command.
    Exec { command: Vec<SmolStr> },
}

/// Requests and limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Resources {
    /// Requested CPU in thousandths of a core.
    pub cpu: i64,
    /// CPU limit; `None`: none.
    pub cpu_limit: Option<i64>,
    /// Requested memory in bytes.
    pub memory: i64,
    /// Memory limit in bytes.
    pub memory_limit: i64,
    /// Requested and limited local disk in bytes.
    pub ephemeral: i64,
    /// Its place.
    pub span: Span,
    /// The places of its parts: one may be the kind's and another the component's.
    pub places: ResourcePlaces,
}

/// Where each of [`Resources`] is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ResourcePlaces {
    pub cpu: Span,
    pub cpu_limit: Span,
    pub memory: Span,
    pub memory_limit: Span,
    pub ephemeral: Span,
}

impl ResourcePlaces {
    /// All from one place.
    pub fn all(span: Span) -> Self {
        Self { cpu: span, cpu_limit: span, memory: span, memory_limit: span, ephemeral: span }
    }
}
