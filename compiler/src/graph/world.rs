//! The graph as expressions see it.

use super::model::{Cluster, Component, Flow, Graph, Measure, Signal, State, Target, WorkloadKind};
use crate::eval::World;
use crate::text::Span;
use crate::value::{ComponentId, FlowId, Quantity, Value, Version};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// A graph with the indices that look-ups need.
pub struct GraphWorld<'a> {
    graph: &'a Graph,
    by_name: FxHashMap<&'a str, ComponentId>,
}

impl<'a> GraphWorld<'a> {
    /// Indexes a graph.
    pub fn new(graph: &'a Graph) -> Self {
        let by_name = graph.components.iter().map(|c| (c.name.as_str(), c.id)).collect();
        Self { graph, by_name }
    }

    fn at(&self, id: ComponentId) -> &'a Component {
        &self.graph.components[id.0 as usize]
    }

    fn flow_at(&self, id: FlowId) -> &'a Flow {
        &self.graph.flows[id.0 as usize]
    }
}

impl WorkloadKind {
    /// The word in the language.
    pub const fn word(self) -> &'static str {
        match self {
            WorkloadKind::Deployment => "deployment",
            WorkloadKind::Stateful => "stateful",
            WorkloadKind::Daemon => "daemon",
            WorkloadKind::Job => "job",
            WorkloadKind::External => "external",
        }
    }

    /// What a word says.
    pub fn parse(word: &str) -> Option<Self> {
        use WorkloadKind::*;
        [Deployment, Stateful, Daemon, Job, External].into_iter().find(|w| w.word() == word)
    }
}

impl Target {
    /// The word in the language and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Target::Kubernetes => "kubernetes",
            Target::Compose => "compose",
        }
    }
}

impl State {
    /// The word in the language.
    pub const fn word(self) -> &'static str {
        match self {
            State::Stateless => "stateless",
            State::Replicated => "replicated",
            State::Ring => "ring",
            State::Sharded => "sharded",
            State::PerNode => "per-node",
        }
    }

    /// What a word says.
    pub fn parse(word: &str) -> Option<Self> {
        use State::*;
        [Stateless, Replicated, Ring, Sharded, PerNode].into_iter().find(|s| s.word() == word)
    }
}

impl Measure {
    /// All measures.
    pub const ALL: &[Measure] = &[Measure::Series, Measure::Samples, Measure::Logs, Measure::Spans];

    /// The word in the language.
    pub const fn word(self) -> &'static str {
        match self {
            Measure::Series => "series",
            Measure::Samples => "samples",
            Measure::Logs => "logs",
            Measure::Spans => "spans",
        }
    }

    /// What a word says.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|m| m.word() == word)
    }

    /// The signal that it measures.
    pub const fn signal(self) -> Signal {
        match self {
            Measure::Series | Measure::Samples => Signal::Metrics,
            Measure::Logs => Signal::Logs,
            Measure::Spans => Signal::Traces,
        }
    }
}

impl Signal {
    /// What a word says.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|s| s.name() == word)
    }
}

impl Graph {
    /// The component of this index.
    pub fn component(&self, id: ComponentId) -> &Component {
        &self.components[id.0 as usize]
    }

    /// A flow as a program says it: `a -> b: protocol`.
    pub fn sentence(&self, flow: &Flow) -> String {
        format!("{} -> {}: {}", self.component(flow.from).name, self.component(flow.to).name, flow.protocol)
    }

    /// The name of a component's namespace.
    pub fn namespace_of(&self, component: &Component) -> Option<&SmolStr> {
        component.namespace.map(|n| &self.namespaces[n.0 as usize].name)
    }

    /// The DNS name of a component's Service.
    pub fn host(&self, component: &Component) -> SmolStr {
        self.service(component, "")
    }

    /// The DNS name of a component's headless Service.
    pub fn headless(&self, component: &Component) -> SmolStr {
        self.service(component, "-headless")
    }

    fn service(&self, component: &Component, suffix: &str) -> SmolStr {
        let name = &component.name;
        match self.namespace_of(component) {
            // one network, where a component's name answers with all of its instances
            _ if self.target == Target::Compose && component.workload != WorkloadKind::External => name.clone(),
            Some(namespace) => format!("{name}{suffix}.{namespace}.svc.cluster.local").into(),
            // external components may say where they are
            None => endpoint(component).unwrap_or_else(|| name.clone()),
        }
    }

    /// Whether each instance of a component has a name of its own.
    pub fn has_named_instances(&self, component: &Component) -> bool {
        match self.target {
            Target::Kubernetes => component.workload == WorkloadKind::Stateful,
            Target::Compose => component.workload != WorkloadKind::External,
        }
    }

    /// The name of one instance: on one machine, a single one needs no number.
    pub fn instance_name(&self, component: &Component, index: u32) -> SmolStr {
        match self.target {
            Target::Compose if component.replicas.count < 2 => component.name.clone(),
            _ => format!("{}-{index}", component.name).into(),
        }
    }

    /// The DNS name of one instance that has a name of its own.
    pub fn instance_host(&self, component: &Component, index: u32) -> SmolStr {
        let name = self.instance_name(component, index);
        match self.target {
            Target::Kubernetes => format!("{name}.{}", self.headless(component)).into(),
            Target::Compose => name,
        }
    }
}

/// The address that an external component was given (`endpoint: "s3.example.com"`).
fn endpoint(component: &Component) -> Option<SmolStr> {
    component.params.get("endpoint").and_then(|e| e.value.as_str().cloned())
}

impl World for GraphWorld<'_> {
    fn cluster_field(&self, name: &str) -> Value {
        let cluster = &self.graph.cluster;
        match name {
            "target" => Value::Str(self.graph.target.word().into()),
            "profile" => Value::Str(self.graph.profile.clone()),
            "profiles" => Value::list(self.graph.profiles.iter().cloned().map(Value::Str), cluster.span),
            _ => cluster_field(cluster, name),
        }
    }

    fn namespace_field(&self, of: Option<&SmolStr>, name: &str) -> Value {
        namespace_field(self.graph, of, name)
    }

    fn component(&self, name: &str) -> Option<ComponentId> {
        self.by_name.get(name).copied()
    }

    fn components(&self) -> Vec<ComponentId> {
        self.graph.components.iter().map(|c| c.id).collect()
    }

    fn component_field(&self, id: ComponentId, name: &str, span: Span) -> Value {
        let c = self.at(id);
        if name == "storage_shared" && !c.params.contains_key(name) {
            return Value::Bool(self.graph.outgoing(id).any(|f| self.graph.keeps_data(f)));
        }
        component_field(self.graph, c, name, span)
    }

    fn flow_field(&self, id: FlowId, name: &str, span: Span) -> Value {
        let f = self.flow_at(id);
        if let Some(option) = f.options.get(name) {
            return option.value.clone();
        }
        let (from, to) = (self.at(f.from), self.at(f.to));
        match name {
            "from" => Value::Component(f.from),
            "to" => Value::Component(f.to),
            "name" => Value::Str(match self.graph.earlier(f).count() {
                0 => format!("{}-{}", from.name, to.name).into(),
                others => format!("{}-{}-{}", from.name, to.name, others + 1).into(),
            }),
            "nth" => Value::Int(1 + self.graph.earlier(f).count() as i64),
            "protocol" => Value::Str(f.protocol.clone()),
            "label" => Value::Str(f.label.clone()),
            "transport" => Value::Str(f.transport.clone()),
            "signals" => signals(&f.signals, span),
            "port" => Value::Int(f.ports.first().map_or(0, |p| i64::from(p.number))),
            "ports" => {
                let ports = f.ports.iter().map(|p| (p.name.clone(), Value::Int(i64::from(p.number))));
                Value::record(ports, span)
            }
            "host" => Value::Str(self.graph.host(to)),
            "url" => Value::Str(f.url.clone().unwrap_or_default()),
            "urls" => Value::list(f.urls.iter().cloned().map(Value::Str), span),
            "every_instance" => Value::Bool(f.every_instance),
            _ => Value::None,
        }
    }

    fn flows(&self, of: ComponentId, outgoing: bool, protocol: Option<&str>) -> Vec<FlowId> {
        let links = &self.graph.links;
        let all = if outgoing { links.outgoing(of) } else { links.incoming(of) };
        let wanted = |f: &&FlowId| protocol.is_none_or(|p| self.flow_at(**f).protocol == p);
        all.iter().filter(wanted).copied().collect()
    }

    fn speaks(&self, id: ComponentId, accepts: bool, protocol: &str) -> bool {
        speaks(self.at(id), accepts, protocol)
    }

    fn reachable(&self, from: ComponentId, to: ComponentId) -> bool {
        let mut seen = FxHashSet::default();
        let mut next = vec![from];
        while let Some(at) = next.pop() {
            for flow in self.graph.outgoing(at) {
                let target = flow.to;
                if target == to {
                    return true;
                }
                if seen.insert(target) {
                    next.push(target);
                }
            }
        }
        false
    }

    fn path(&self, from: ComponentId, signal: &str) -> bool {
        match Signal::parse(signal) {
            Some(signal) => super::signals::ends_in_store(self.graph, from, signal),
            None => false,
        }
    }
}

/// A field of the cluster; an error for those that depend on the profile.
pub(super) fn cluster_field(cluster: &Cluster, name: &str) -> Value {
    match name {
        "name" => Value::Str(cluster.name.clone()),
        "domain" => Value::Str(cluster.domain.clone().unwrap_or_default()),
        "kubernetes" => Value::Version(Version(vec![cluster.kubernetes.0, cluster.kubernetes.1])),
        "labels" => {
            let labels = cluster.labels.iter().map(|(k, v)| (k.clone(), Value::Str(v.clone())));
            Value::record(labels, cluster.span)
        }
        _ => Value::Error,
    }
}

/// A field of the namespace of this name.
pub(super) fn namespace_field(graph: &Graph, of: Option<&SmolStr>, name: &str) -> Value {
    let found = graph.namespaces.iter().find(|n| Some(&n.name) == of);
    match (found, name) {
        (Some(n), "name") => Value::Str(n.name.clone()),
        (Some(n), "title") => Value::Str(n.title.clone()),
        (Some(n), "isolated") => Value::Bool(n.isolated),
        (None, "isolated") => Value::Bool(false),
        (None, _) => Value::Str(SmolStr::default()),
        _ => Value::Error,
    }
}

/// Whether a component accepts or emits a protocol.
pub(super) fn speaks(component: &Component, accepts: bool, protocol: &str) -> bool {
    match accepts {
        true => component.accepts.iter().any(|a| a.protocol == protocol),
        false => component.emits.iter().any(|e| e.protocol == protocol),
    }
}

/// A field of a component, as far as it doesn't depend on flows.
pub(super) fn component_field(graph: &Graph, c: &Component, name: &str, span: Span) -> Value {
    if let Some(param) = c.params.get(name).filter(|_| !matches!(name, "replicas" | "title")) {
        return param.value.clone();
    }
    let text = |s: &str| Value::Str(s.into());
    match name {
        "name" => Value::Str(c.name.clone()),
        "kind" => Value::Str(c.kind.clone()),
        "title" => Value::Str(c.title.clone().unwrap_or_else(|| c.kind_title.clone())),
        "namespace" => Value::Str(graph.namespace_of(c).cloned().unwrap_or_default()),
        "layer" => {
            let layer = c.layer.map(|l| graph.layers[l.0 as usize].name.clone());
            Value::Str(layer.unwrap_or_default())
        }
        "workload" => text(c.workload.word()),
        "state" => text(c.state.word()),
        "host" => Value::Str(graph.host(c)),
        "headless" => Value::Str(graph.headless(c)),
        "replicas" => Value::Int(i64::from(c.replicas.count)),
        "max_replicas" => Value::Int(i64::from(c.replicas.most())),
        "autoscaled" => Value::Bool(c.replicas.autoscale.is_some()),
        "instances" => instances(graph, c, span),
        "ports" => {
            let ports = c.ports.iter().map(|p| (p.name.clone(), Value::Int(i64::from(p.number))));
            Value::record(ports, span)
        }
        "port" => Value::Int(c.ports.first().map_or(0, |p| i64::from(p.number))),
        "stores" => signals(&c.stores, span),
        "alerts" => Value::list(c.alerts.iter().map(|a| alert(graph, a, &c.name)), span),
        "dashboards" => Value::list(c.dashboards.iter().map(|d| dashboard(d, c)), span),
        // a param of another kind that this one hasn't got
        _ => Value::None,
    }
}

fn signals(list: &[Signal], span: Span) -> Value {
    Value::list(list.iter().map(|s| Value::Str(s.name().into())), span)
}

fn instances(graph: &Graph, c: &Component, span: Span) -> Value {
    let count = if graph.has_named_instances(c) { c.replicas.count } else { 0 };
    let one = |i: u32| {
        let fields = [
            ("index".into(), Value::Int(i64::from(i))),
            ("name".into(), Value::Str(graph.instance_name(c, i))),
            ("host".into(), Value::Str(graph.instance_host(c, i))),
        ];
        Value::record(fields, span)
    };
    Value::list((0..count).map(one), span)
}

fn alert(graph: &Graph, alert: &super::model::Alert, component: &SmolStr) -> Value {
    let text = |text: Option<SmolStr>| text.map_or(Value::None, Value::Str);
    let part = || crate::text::fragment(&alert.title(component));
    let runbook = graph.cluster.runbooks.as_ref().map(|page| format!("{page}#{}", part()).into());
    let fields = [
        ("name".into(), Value::Str(alert.name.clone())),
        ("expr".into(), Value::Str(alert.expr.clone())),
        ("for".into(), Value::Quantity(Quantity::Duration(alert.hold))),
        ("severity".into(), Value::Str(alert.severity.clone())),
        ("summary".into(), Value::Str(alert.summary.clone())),
        ("description".into(), text(alert.description.clone())),
        ("component".into(), Value::Str(component.clone())),
        ("flow".into(), text(alert.flow.clone())),
        ("runbook".into(), text(runbook)),
    ];
    Value::record(fields, alert.span)
}

fn dashboard(dashboard: &super::model::Dashboard, component: &Component) -> Value {
    let slug: String =
        dashboard.title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let mut fields = vec![
        ("title".into(), Value::Str(dashboard.title.clone())),
        // 40 characters is the most that dashboards' identifiers commonly have
        ("uid".into(), Value::Str(format!("{}-{slug}", component.name).chars().take(40).collect())),
        ("component".into(), Value::Str(component.name.clone())),
        ("kind".into(), Value::Str(component.kind.clone())),
    ];
    if let Value::Record(own) = &dashboard.value {
        fields.extend(own.iter().map(|(k, v)| (k.clone(), v.value.clone())));
    }
    Value::record(fields, dashboard.span)
}
