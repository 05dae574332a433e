//! Facts of the graph in words, the same in pictures and in documents.

use crate::capacity::{self, Resource};
use crate::graph::{
    Autoscale, Backup, Component, Flow, Graph, Peer, Port, RbacRule, ScaleRule, Stack, State, Workload, WorkloadKind,
};
use crate::value::Quantity;

/// Parts with commas between.
pub(super) fn list<T: AsRef<str>>(parts: impl IntoIterator<Item = T>) -> String {
    let parts: Vec<T> = parts.into_iter().collect();
    parts.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
}

/// Whether it runs in the cluster, deployed by this program or not.
pub(super) fn in_cluster(component: &Component) -> bool {
    component.workload != WorkloadKind::External
        || component.namespace.is_some()
        || matches!(component.peer, Some(Peer::Pods { .. }))
}

/// Whether this program deploys it.
pub(super) fn deployed(component: &Component) -> bool {
    component.workload != WorkloadKind::External
}

/// Whether it stands for people.
pub(super) fn is_people(component: &Component) -> bool {
    matches!(component.peer, Some(Peer::Outside))
}

/// What its kind calls itself, and the remark on it.
pub(super) fn kind(component: &Component) -> String {
    let remark = component.title.as_ref().map(|t| format!(" ({t})")).unwrap_or_default();
    format!("{}{remark}", component.kind_title)
}

/// How many there are, in words; nothing of a single one.
pub(super) fn instances(component: &Component) -> Option<String> {
    let range = component.replicas.autoscale.as_ref().map(|a| format!(" ({}–{})", a.least, a.max)).unwrap_or_default();
    match (component.workload, component.replicas.count) {
        (WorkloadKind::External, _) => None,
        (WorkloadKind::Daemon, _) => Some("DaemonSet: on every node".to_owned()),
        (_, 1) if range.is_empty() => None,
        (_, count) => Some(format!("{count} replicas{range}")),
    }
}

/// `DaemonSet`, `StatefulSet × 2`: the object that runs it.
pub(super) fn runs_as(component: &Component) -> String {
    match component.workload {
        WorkloadKind::External => "not deployed here".to_owned(),
        WorkloadKind::Daemon => "DaemonSet".to_owned(),
        WorkloadKind::Deployment => format!("Deployment × {}", component.replicas.count),
        WorkloadKind::Stateful => format!("StatefulSet × {}", component.replicas.count),
        WorkloadKind::Job => "Job".to_owned(),
    }
}

/// How instances of one component share its work, in a word and in a sentence.
pub(super) fn sharing(state: State) -> (&'static str, &'static str) {
    match state {
        State::Stateless => ("load balanced", "takes a share of the load"),
        State::Replicated => ("active-active", "does the same work as the others"),
        State::Ring => ("a ring", "holds part of the data, in copies"),
        State::Sharded => ("sharded", "holds its share of the data alone"),
        State::PerNode => ("one a node", "works for its own node"),
    }
}

/// `UI & API: 9090`: the ports that `wanted` picks, a line each; with the protocol where purposes repeat.
pub(super) fn ports(component: &Component, wanted: impl Fn(&Port) -> bool) -> Vec<String> {
    let name = |p: &Port| if p.purpose.is_empty() { p.name.clone() } else { p.purpose.clone() };
    let line = |p: &Port| {
        let again = component.ports.iter().filter(|other| name(other) == name(p)).count() > 1;
        let protocol = if again { format!(" {}", p.protocol) } else { String::new() };
        format!("{}{protocol}: {}", name(p), p.number)
    };
    component.ports.iter().filter(|p| wanted(p)).map(line).collect()
}

/// The public hosts that an ingress controller leads to: `shop.example.com → shop:8080`.
pub(super) fn routes(graph: &Graph, component: &Component) -> Vec<String> {
    let route = |flow: &Flow| {
        let host = flow.options.get("host")?.value.as_str()?.clone();
        let port = flow.ports.first().map(|p| format!(":{}", p.number)).unwrap_or_default();
        Some(format!("{host} → {}{port}", graph.component(flow.to).name))
    };
    if component.ingress.is_none() {
        return Vec::new();
    }
    graph.outgoing(component.id).filter_map(route).collect()
}

/// How each port of a flow is spoken to: `gRPC` on these, `HTTP` on those. No ports where it may be any.
pub(super) fn transports(flow: &Flow) -> Vec<(&str, Vec<u16>)> {
    let word = |transport| match transport {
        "grpc" => "gRPC",
        "http" => "HTTP",
        "https" => "HTTPS",
        "tcp" => "TCP",
        other => other,
    };
    let own = word(flow.transport.as_str());
    let mut out: Vec<(&str, Vec<u16>)> = Vec::new();
    for port in &flow.ports {
        // a protocol that is spoken in two ways has a port for each
        let spoken = match (own, port.protocol.as_str()) {
            ("gRPC" | "HTTP", of_port @ ("gRPC" | "HTTP")) => of_port,
            _ => own,
        };
        match out.iter_mut().find(|(known, _)| *known == spoken) {
            Some((_, ports)) => ports.push(port.number),
            None => out.push((spoken, vec![port.number])),
        }
    }
    if out.is_empty() { vec![(own, Vec::new())] } else { out }
}

/// `HTTPS (443)`: the transport and the port of a flow.
pub(super) fn transport(flow: &Flow) -> String {
    let one = |(word, ports): (&str, Vec<u16>)| match ports.is_empty() {
        true => word.to_owned(),
        false => format!("{word} ({})", list(ports.iter().map(u16::to_string))),
    };
    list(transports(flow).into_iter().map(one))
}

/// `HTTP`: the transport of a flow, with its ports where there are several.
pub(super) fn spoken(flow: &Flow) -> String {
    match transports(flow).as_slice() {
        [(word, _)] => (*word).to_owned(),
        _ => transport(flow),
    }
}

/// How long it keeps what it stores, where its kind has a word for that.
pub(super) fn kept(component: &Component) -> Option<String> {
    component.params.get("retention").map(|r| r.value.to_string())
}

/// The volume of each instance.
pub(super) fn volume(workload: &Workload) -> Option<String> {
    let data = workload.data.as_ref()?;
    Some(match &data.claim {
        Some(claim) => {
            let class = claim.class.as_ref().map(|c| format!(" ({c})")).unwrap_or_default();
            format!("PVC of {}{class} each", Quantity::Bytes(claim.size))
        }
        None => "emptyDir: lost with the pod".to_owned(),
    })
}

/// How much room each component's data is estimated to take: by the loads that are declared, else by its kind's own word.
pub(super) fn rooms(stack: &Stack) -> Vec<Option<String>> {
    let needs = if capacity::is_declared(stack) { capacity::report(stack, 1.0).needs } else { Vec::new() };
    let of = |component: &Component| {
        let own = needs.iter().filter(|n| n.component == component.id);
        let told = own.filter_map(|need| match need.resource {
            Resource::Volume if need.instances > 1 => Some(format!("{} each", need.resource.told(need.amount))),
            Resource::Volume => Some(need.resource.told(need.amount)),
            Resource::Bucket => Some(format!("{} in the bucket", need.resource.told(need.amount))),
            _ => None,
        });
        let told = list(told);
        let by_kind = component.fills.map(|bytes| Quantity::Bytes(bytes).to_string());
        if told.is_empty() { by_kind } else { Some(told) }
    };
    stack.graph.components.iter().map(of).collect()
}

/// What of a component is kept where other components' data is: in an object store, or by what shares its state.
pub(super) fn elsewhere<'a>(graph: &'a Graph, component: &'a Component) -> impl Iterator<Item = &'a Flow> {
    graph.outgoing(component.id).filter(|f| graph.keeps_data(f) || component.shared_by.contains(&f.protocol))
}

/// The store of the same signal that it hands its data on to: what it keeps itself is for a short term.
pub(super) fn hands_on<'a>(graph: &'a Graph, component: &'a Component) -> impl Iterator<Item = &'a Flow> {
    let keeps = |f: &&Flow| f.signals.iter().any(|s| graph.component(f.to).stores.contains(s));
    let own = |f: &&Flow| f.signals.iter().any(|s| component.stores.contains(s));
    graph.outgoing(component.id).filter(|f| !f.backward && f.to != f.from).filter(keeps).filter(own)
}

/// `short term` or `long term`, where there is a difference.
pub(super) fn term(graph: &Graph, component: &Component) -> Option<&'static str> {
    let handed = |f: &Flow| {
        let from = graph.component(f.from);
        !f.backward && f.signals.iter().any(|s| from.stores.contains(s) && component.stores.contains(s))
    };
    if hands_on(graph, component).next().is_some() {
        Some("short term")
    } else if graph.incoming(component.id).any(|f| f.from != f.to && handed(f)) {
        Some("long term")
    } else {
        None
    }
}

/// `CPU > 70% or memory > 80%`.
pub(super) fn condition(rule: &ScaleRule, sign: &str) -> String {
    let part = |name: &str, at: Option<f64>| at.map(|at| format!("{name} {sign} {at}%"));
    let parts: Vec<String> = [part("CPU", rule.cpu), part("memory", rule.memory)].into_iter().flatten().collect();
    parts.join(if rule.both { " and " } else { " or " })
}

/// A cron line in words where it names one time of day; else as it is.
pub(super) fn schedule(cron: &str) -> String {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let number = |text: &str, below: u32| text.parse::<u32>().ok().filter(|n| *n < below);
    let at = match fields.as_slice() {
        [minute, hour, ..] => number(hour, 24).zip(number(minute, 60)),
        _ => None,
    };
    const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    match (at, fields.as_slice()) {
        (Some((hour, minute)), [.., "*", "*", "*"]) => format!("Daily at {hour:02}:{minute:02}"),
        (Some((hour, minute)), [.., "*", "*", day]) => match number(day, 7) {
            Some(day) => format!("{} at {hour:02}:{minute:02}", DAYS[day as usize]),
            None => format!("At {cron} (cron)"),
        },
        _ => format!("At {cron} (cron)"),
    }
}

/// `5m`, of seconds.
pub(super) fn seconds(count: u32) -> String {
    Quantity::Duration(i64::from(count) * 1000).to_string()
}

/// What an autoscaler was asked, a line each: bounds, growth, shrinking.
pub(super) fn autoscaling(a: &Autoscale) -> [String; 3] {
    let told = |way: &str, rule: &ScaleRule, sign: &str| {
        let condition = condition(rule, sign);
        let hold = if rule.hold > 0 { format!(" for {}", seconds(rule.hold)) } else { String::new() };
        match condition.is_empty() {
            true => format!("{way}: nothing is said"),
            false => format!("{way} at {condition}{hold}, by {}%", rule.by),
        }
    };
    [format!("{} to {} replicas", a.min, a.max), told("up", &a.up, ">"), told("down", &a.down, "<")]
}

/// What a component runs; `None` for what isn't deployed, and where nothing is known of it yet.
pub(super) fn workload<'a>(stack: &'a Stack, component: &Component) -> Option<&'a Workload> {
    stack.workloads.get(component.id.0 as usize)?.as_ref()
}

/// Its rights on the Kubernetes API, each once.
pub(super) fn rights<'a>(stack: &'a Stack, component: &Component) -> Vec<&'a RbacRule> {
    let mut out: Vec<&RbacRule> = Vec::new();
    for rule in stack.rights(component) {
        let same = |r: &&RbacRule| r.groups == rule.groups && r.resources == rule.resources && r.verbs == rule.verbs;
        if !out.iter().any(|r| same(r) && r.paths == rule.paths) {
            out.push(rule);
        }
    }
    out
}

/// The ports of the Kubernetes API: its Service's, and the one behind it.
pub(super) const API_PORTS: [u16; 2] = [443, 6443];

/// The job that carries out a component's backup: nobody connects to it, and it has no flows.
pub(super) struct Saving<'a> {
    /// The component that it saves.
    pub saved: &'a Component,
    /// The item that asks for it.
    pub backup: &'a Backup,
    /// What it runs. Its rights hold in the component's namespace alone.
    pub workload: &'a Workload,
    /// The port of the component that it asks.
    pub asks: Option<&'a Port>,
}

impl Saving<'_> {
    /// What its objects are called.
    pub(super) fn name(&self) -> String {
        format!("{}-backup", self.saved.name)
    }

    /// Whether it asks the Kubernetes API.
    pub(super) fn asks_api(&self) -> bool {
        !self.workload.rbac.is_empty()
    }
}

/// What carries out the last backup item of a component, where its kind says what does.
pub(super) fn saving<'a>(graph: &'a Graph, saved: &'a Component, workload: &'a Workload) -> Option<Saving<'a>> {
    let saver = workload.saver.as_ref()?;
    let backup = graph.backups.iter().rev().find(|b| b.component == saved.id)?;
    let asks = saver.asks.as_ref().and_then(|name| saved.ports.iter().find(|p| p.name == *name));
    Some(Saving { saved, backup, workload: &saver.workload, asks })
}

/// The jobs that save something of a stack, in the order of components.
pub(super) fn savings(stack: &Stack) -> impl Iterator<Item = Saving<'_>> {
    let deployed = |c: &&Component| deployed(c) && c.namespace.is_some();
    stack.graph.components.iter().filter(deployed).filter_map(|c| saving(&stack.graph, c, workload(stack, c)?))
}

/// A path as a word of a POSIX shell: in quotes where it holds what the shell gives a meaning to.
pub(super) fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./+,:@".contains(c);
    if word.chars().all(plain) && !word.is_empty() && !word.starts_with('-') {
        return word.to_owned();
    }
    let word = if word.starts_with('-') { format!("./{word}") } else { word.to_owned() };
    format!("'{}'", word.replace('\'', "'\\''"))
}
