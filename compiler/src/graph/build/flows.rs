//! Flows: which port, which options, which URL.

use super::Builder;
use crate::diagnostics::{Code, Diagnostic};
use crate::eval::{Evaluator, World};
use crate::graph::links::Links;
use crate::graph::model::{
    Accepts, Backup, Component, Effective, Flow, Graph, LeftOut, Link, LinkSource, Peer, Port, RbacRule, Signal, State,
    Target, WorkloadKind,
};
use crate::graph::world::GraphWorld;
use crate::maps::IndexMap;
use crate::text::Span;
use crate::types::items::FlowCore;
use crate::types::queries::{self, ProtocolInfo};
use crate::types::ty::Ty;
use crate::value::{ComponentId, FlowId, Record, Value};
use smol_str::SmolStr;

impl<'a> Builder<'a> {
    pub(super) fn flows(&mut self, graph: &mut Graph) {
        let flows: Vec<&FlowCore> = self.program.cores.iter().flat_map(|c| &c.flows).collect();
        let mut out: Vec<Flow> = Vec::with_capacity(flows.len());
        let mut left_out = Vec::new();
        {
            let world = GraphWorld::new(graph);
            let mut eval = Evaluator::new(self.db, &world);
            for core in flows {
                let (Some(from), Some(to)) = (world.component(&core.from), world.component(&core.to)) else {
                    continue;
                };
                let own = eval.record(&core.options);
                let protocol = queries::protocol_info(self.db, core.protocol.def);
                let ends = (graph.component(from), graph.component(to));
                let mut flow = self.link(&world, graph, ends, protocol, &own, core.span);
                if !ends.0.present || !ends.1.present {
                    left_out.push((LeftOut { from, to, label: flow.label }, flow.ports));
                    continue;
                }
                flow.id = FlowId(out.len() as u32);
                flow.inferred = core.inferred;
                flow.doc = core.doc.clone();
                (flow.from_span, flow.to_span) = (core.from_span, core.to_span);
                out.push(flow);
            }
            self.diagnostics.append(&mut eval.diagnostics);
        }
        if self.target == Target::Compose {
            on_one_machine(graph, &out, left_out);
        }
        self.peers(&GraphWorld::new(graph), graph, &mut out);
        graph.links = Links::new(graph.components.len(), &out);
        graph.flows = out;
    }

    /// Flows among the instances of one component: they follow from its kind.
    fn peers(&mut self, world: &GraphWorld<'_>, graph: &Graph, out: &mut Vec<Flow>) {
        for component in &graph.components {
            let Some(kind) = self.kind_of(component) else { continue };
            let Some((core, _)) = kind.attributes.get("peers") else { continue };
            if component.replicas.most() < 2 {
                continue;
            }
            for word in queries::const_words(core) {
                let Some(accept) = kind.accepts.iter().find(|a| a.speak.protocol == word) else {
                    let message = format!("`{}` names the peers' protocol `{word}` and doesn't accept it", kind.name);
                    let help = format!("add `accepts {word} on …`");
                    self.diagnostics.push(Diagnostic::new(Code::OBS2107, core.span, message).help(help));
                    continue;
                };
                let protocol = queries::protocol_info(self.db, accept.speak.def);
                let mut flow =
                    self.link(world, graph, (component, component), protocol, &Record::default(), component.span);
                flow.id = FlowId(out.len() as u32);
                flow.implicit = true;
                out.push(flow);
            }
        }
    }

    pub(super) fn kind_of(&self, component: &Component) -> Option<&'a crate::types::queries::KindInfo> {
        let core = self.program.by_span.get(&component.span)?;
        Some(queries::kind_info(self.db, core.kind.as_ref()?.def))
    }

    /// A flow by a protocol, from what it says of itself.
    pub(super) fn link(
        &mut self,
        world: &GraphWorld<'_>,
        graph: &Graph,
        (from, to): (&Component, &Component),
        protocol: &ProtocolInfo,
        own: &Record,
        span: Span,
    ) -> Flow {
        let candidates: Vec<&Accepts> =
            to.accepts.iter().filter(|a| a.protocol == protocol.name && agrees(a, protocol, own)).collect();
        let carries: Vec<Signal> = protocol.words("carries").iter().filter_map(|s| Signal::parse(s)).collect();
        let wanted = wanted_signals(&carries, from, &protocol.name, own);
        let accept = candidates
            .iter()
            .find(|a| wanted.is_empty() || a.signals.iter().any(|s| wanted.contains(s)))
            .or(candidates.first())
            .copied();
        let signals: Vec<Signal> =
            wanted.iter().copied().filter(|s| accept.is_none_or(|a| a.signals.contains(s))).collect();
        let options = self.options(world, protocol, accept, own);
        let word = |name: &str| options.get(name).and_then(|e| e.value.as_str().cloned());
        let transport = word("encoding").or_else(|| protocol.word("transport").cloned());
        // someone outside who isn't told which port may use each that fits
        let open = from.workload == WorkloadKind::External && !own.contains_key("encoding");
        let ports = ports(to, accept, if open { &candidates } else { &[] });
        let backward = protocol.word("data").is_some_and(|d| d == "backward");
        let every_instance = !backward && !signals.is_empty() && to.state == State::Replicated && to.id != from.id;
        let secure = options.get("tls").is_some_and(|e| e.value == Value::Bool(true));
        let address = |host: &str| url(protocol, secure, host, ports.first(), word("path").as_deref());
        let host = graph.host(to);
        let urls = match every_instance && graph.has_named_instances(to) {
            true => (0..to.replicas.count).filter_map(|i| address(&graph.instance_host(to, i))).collect(),
            false => address(&host).into_iter().collect(),
        };
        Flow {
            id: FlowId(0),
            from: from.id,
            to: to.id,
            protocol: protocol.name.clone(),
            label: protocol.word("label").unwrap_or(&protocol.name).clone(),
            protocol_doc: protocol.doc.clone(),
            remark: protocol.word("tells").and_then(|option| word(option)).filter(|told| !told.is_empty()),
            own: protocol.is("own"),
            transport: transport.unwrap_or_else(|| "tcp".into()),
            signals,
            backward,
            url: address(&host),
            urls,
            ports,
            options,
            every_instance,
            rbac: self.rbac(world, protocol),
            implicit: false,
            inferred: false,
            doc: None,
            span,
            from_span: span,
            to_span: span,
        }
    }

    /// Options from weakest to strongest: the protocol's default, what the acceptor says, the flow's own.
    fn options(
        &mut self,
        world: &GraphWorld<'_>,
        protocol: &ProtocolInfo,
        accept: Option<&Accepts>,
        own: &Record,
    ) -> IndexMap<SmolStr, Effective> {
        let mut eval = Evaluator::new(self.db, world);
        let mut out = IndexMap::default();
        for (name, option) in &protocol.options {
            let mut chain = Vec::new();
            if let Some(default) = &option.default {
                chain.push(Link { source: LinkSource::Default, value: eval.eval(default), span: default.span });
            }
            if let Some(said) = accept.and_then(|a| a.options.get(name)) {
                chain.push(Link { source: LinkSource::Acceptor, value: said.value.clone(), span: said.span });
            }
            if let Some(said) = own.get(name) {
                chain.push(Link { source: LinkSource::Own, value: said.value.clone(), span: said.span });
            }
            chain.shrink_to_fit();
            let value = chain.last().map_or(Value::None, |l| l.value.clone());
            out.insert(name.clone(), Effective { value, chain, doc: option.doc.clone() });
        }
        self.diagnostics.append(&mut eval.diagnostics);
        out.shrink_to_fit();
        out
    }

    fn rbac(&mut self, world: &GraphWorld<'_>, protocol: &ProtocolInfo) -> Vec<RbacRule> {
        let Some(core) = protocol.attributes.get("rbac") else { return Vec::new() };
        let mut eval = Evaluator::new(self.db, world);
        let rules = rbac_rules(&eval.eval(core));
        self.diagnostics.append(&mut eval.diagnostics);
        rules
    }

    pub(super) fn backups(&mut self, graph: &mut Graph) {
        let world = GraphWorld::new(graph);
        let mut eval = Evaluator::new(self.db, &world);
        let mut out = Vec::new();
        for backup in self.program.cores.iter().flat_map(|c| &c.backups) {
            let settings = eval.record(&backup.entries);
            for (target, _) in &backup.targets {
                let Some(component) = world.component(target) else { continue };
                let method = self.kind_of(graph.component(component)).and_then(|k| k.attributes.get("backup"));
                out.push(Backup {
                    component,
                    schedule: settings.get("schedule").and_then(|s| s.value.as_str().cloned()).unwrap_or_default(),
                    keep: settings.get("keep").and_then(|k| k.value.as_int()).unwrap_or(7).clamp(0, 100_000) as u32,
                    method: method.and_then(|(core, _)| core.as_const()?.as_str().cloned()),
                    span: backup.span,
                });
            }
        }
        self.diagnostics.append(&mut eval.diagnostics);
        graph.backups = out;
    }
}

/// What the flows say where the target is one machine: which ports people reach, also through what isn't there; and
/// that there is one instance of what would share its state in a place that isn't there.
fn on_one_machine(graph: &mut Graph, flows: &[Flow], left_out: Vec<(LeftOut, Vec<Port>)>) {
    let reaches = |from: ComponentId, graph: &Graph| {
        let from = graph.component(from);
        from.ingress.is_some() || from.peer == Some(Peer::Outside)
    };
    let gone = left_out.iter().map(|(flow, ports)| (flow.from, flow.to, ports));
    let entrances: Vec<(ComponentId, SmolStr)> = flows
        .iter()
        .map(|f| (f.from, f.to, &f.ports))
        .chain(gone)
        .filter(|(from, ..)| reaches(*from, graph))
        .filter_map(|(_, to, ports)| Some((to, ports.first()?.name.clone())))
        .collect();
    for (to, port) in entrances {
        let published = &mut graph.components[to.0 as usize].published;
        if !published.contains(&port) {
            published.push(port);
        }
    }
    for component in &mut graph.components {
        let shares = |f: &Flow| f.from == component.id && component.shared_by.contains(&f.protocol);
        if !component.shared_by.is_empty() && !flows.iter().any(shares) && component.replicas.count > 1 {
            (component.replicas.count, component.replicas.by_profile) = (1, vec![1]);
        }
    }
    graph.left_out = left_out.into_iter().map(|(flow, _)| flow).collect();
}

/// Rules on the Kubernetes API from their value.
pub(super) fn rbac_rules(value: &Value) -> Vec<RbacRule> {
    let rule = |e: &crate::value::Spanned<Value>| {
        let list = |name: &str| e.value.field(name).map(|v| v.value.strings()).unwrap_or_default();
        RbacRule {
            groups: list("groups"),
            resources: list("resources"),
            verbs: list("verbs"),
            paths: list("paths"),
            span: e.span,
        }
    };
    value.elements().iter().map(rule).collect()
}

/// Whether what the flow says of itself is what this port is for: words that an option has to choose from tell ports
/// apart; what else the acceptor says is what holds where the flow says nothing.
fn agrees(accept: &Accepts, protocol: &ProtocolInfo, own: &Record) -> bool {
    let chooses = |name: &str| protocol.options.get(name).is_some_and(|o| matches!(o.ty, Ty::Enum(_)));
    let options =
        accept.options.iter().all(|(name, said)| !chooses(name) || own.get(name).is_none_or(|o| o.value == said.value));
    let port = own.get("port").and_then(|p| p.value.as_str());
    options && port.is_none_or(|p| accept.port.as_ref() == Some(p))
}

fn wanted_signals(carries: &[Signal], from: &Component, protocol: &str, own: &Record) -> Vec<Signal> {
    if let Some(said) = own.get("signals") {
        return said.value.strings().iter().filter_map(|s| Signal::parse(s)).collect();
    }
    let emitted = from.emits.iter().find(|e| e.protocol == protocol);
    carries.iter().copied().filter(|s| emitted.is_none_or(|e| e.signals.contains(s))).collect()
}

fn ports(to: &Component, accept: Option<&Accepts>, all: &[&Accepts]) -> Vec<Port> {
    let mut out: Vec<Port> = Vec::new();
    for accept in accept.into_iter().chain(all.iter().copied()) {
        let port = accept.port.as_ref().and_then(|name| to.ports.iter().find(|p| p.name == *name));
        if let Some(port) = port
            && !out.iter().any(|p| p.name == port.name)
        {
            out.push(port.clone());
        }
    }
    out.shrink_to_fit();
    out
}

fn url(protocol: &ProtocolInfo, tls: bool, host: &str, port: Option<&Port>, path: Option<&str>) -> Option<SmolStr> {
    let scheme = protocol.word("scheme").map(SmolStr::as_str).unwrap_or_else(|| {
        match protocol.word("transport").map(SmolStr::as_str) {
            Some("https") => "https",
            _ if tls => "https",
            _ => "http",
        }
    });
    let port = port.map(|p| format!(":{}", p.number)).unwrap_or_default();
    Some(format!("{scheme}://{host}{port}{}", path.unwrap_or_default()).into())
}
