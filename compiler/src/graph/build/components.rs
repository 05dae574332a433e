//! Components: parameters, replicas, ports, and all else that doesn't depend on flows.

use super::Builder;
use super::capacity;
use super::early::Early;
use super::settings::{Params, profile_chain, profile_names};
use crate::diagnostics::{Code, Diagnostic};
use crate::eval::{Evaluator, SelfScope};
use crate::graph::model::{
    Accepts, Autoscale, Component, Emits, Graph, IngressClass, LinkSource, Page, Peer, Port, PortTransport, Replicas,
    ScaleRule, Scaler, Signal, State, Target, Turns, WorkloadKind,
};
use crate::maps::IndexMap;
use crate::text::Span;
use crate::types::items::{AutoscaleCore, ComponentCore, ProfileCore, RuleCore};
use crate::types::queries::{self, KindInfo};
use crate::types::ty::KindRef;
use crate::value::{ComponentId, Quantity, Spanned, Value};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// The components that are made, by name.
type ByName = FxHashMap<SmolStr, ComponentId>;

impl<'a> Builder<'a> {
    pub(super) fn components(&mut self, graph: &mut Graph) {
        let cores: Vec<&ComponentCore> = self.program.cores.iter().flat_map(|c| &c.components).collect();
        let mut seen: IndexMap<&SmolStr, Span> = IndexMap::default();
        let mut by_name: ByName = FxHashMap::default();
        for core in cores {
            let Some(kind) = &core.kind else { continue };
            // within one file this was said when its names were collected
            if let Some(first) = seen.get(&core.name.name) {
                if first.file != core.name.span.file {
                    let message = format!("the name `{}` is taken by another component", core.name.name);
                    let diagnostic = Diagnostic::new(Code::OBS1005, core.name.span, message);
                    self.diagnostics.push(diagnostic.label(*first, "declared here first"));
                }
                continue;
            }
            seen.insert(&core.name.name, core.name.span);
            let component = self.component(graph, &by_name, core, kind);
            by_name.insert(component.name.clone(), component.id);
            graph.components.push(component);
        }
    }

    fn component(&mut self, graph: &Graph, by_name: &ByName, core: &'a ComponentCore, kind: &KindRef) -> Component {
        let kind: &'a KindInfo = queries::kind_info(self.db, kind.def);
        let world = Early { graph, by_name, profile: self.profile };
        let params = self.params(core, kind, self.profile, &world);
        let look_up = |name: &str| params.get(name).map(|e| e.value.clone());
        let scope = SelfScope {
            name: &core.name.name,
            id: None,
            kind,
            params: &look_up,
            namespace: core.namespace.as_ref(),
            version: None,
        };
        let mut read = Reader { eval: Evaluator::within(self.db, &world, scope), kind };
        let word = |v: Option<Value>| v.and_then(|v| v.as_str().cloned());
        let present = read.attribute("present") != Some(Value::Bool(false));
        let said = word(read.attribute("workload")).and_then(|w| WorkloadKind::parse(&w));
        let workload = if present { said.unwrap_or(WorkloadKind::Deployment) } else { WorkloadKind::External };
        let state = word(read.attribute("state")).and_then(|w| State::parse(&w)).unwrap_or(State::Stateless);
        let own_text = |name: &str| params.get(name).and_then(|e| e.value.as_str().cloned());
        let kind_title = word(read.attribute("title")).unwrap_or_else(|| kind.name.clone());
        let notes = match params.get("notes") {
            Some(notes) => notes.value.strings(),
            None => read.attribute("notes").map(|v| v.strings()).unwrap_or_default(),
        };
        let ports = read.ports();
        let accepts = read.accepts();
        let peers = read.attribute("peers").map(|v| v.strings()).unwrap_or_default();
        let (stores, produces) = (read.signals("stores"), read.signals("produces"));
        let turns = read.turns();
        let object_store = read.attribute("object_store") == Some(Value::Bool(true));
        let published = read.attribute("published").map(|v| v.strings()).unwrap_or_default();
        let peer = read.attribute("peer").and_then(|v| peer(&v));
        let ingress = read.attribute("ingress").and_then(|v| ingress(&v));
        let is = |v: Option<Value>| v == Some(Value::Bool(true));
        let authenticates = is(read.attribute("authenticates"));
        let available = is(params.get("available").map(|e| e.value.clone()).or_else(|| read.attribute("available")));
        let shared_by = read.attribute("shared_by").map(|v| v.strings()).unwrap_or_default();
        let exposes = read.attribute("exposes").map(|v| v.strings());
        let adds = read.attribute("adds").map(|v| v.strings()).unwrap_or_default();
        let relays = match read.attribute("relays") {
            Some(Value::Record(of)) => of.iter().map(|(by, on)| (by.clone(), on.value.strings())).collect(),
            _ => IndexMap::default(),
        };
        let pages = read.pages(&ports);
        let said = |read: &mut Reader<'_>, name: &str| match params.get(name) {
            Some(own) => Some(own.value.clone()),
            None => read.attribute(name),
        };
        let mut capacity = capacity::Read {
            load: said(&mut read, "load"),
            passes: said(&mut read, "passes"),
            sizing: read.attribute("sizing"),
            sends: read.attribute("sends"),
        }
        .capacity();
        capacity.load_span = params.get("load").and_then(|e| e.chain.last()).map(|l| l.span);
        capacity.deduplicates = read.attribute("deduplicates") == Some(Value::Bool(true));
        let scales = read.attribute("scales").and_then(|v| scaler(&v));
        let fills = match read.attribute("fills") {
            Some(Value::Quantity(Quantity::Bytes(bytes))) => Some(bytes),
            _ => None,
        };
        let ships_within = match read.attribute("ships_within") {
            Some(Value::Quantity(Quantity::Duration(ms))) => Some(ms),
            _ => None,
        };
        let open: Option<Vec<i64>> =
            params.get("ports").map(|e| e.value.elements().iter().filter_map(|p| p.value.as_int()).collect());
        let is_open = |p: &Port| open.as_ref().is_none_or(|open| open.contains(&i64::from(p.number)));
        let (ports, closed_ports) = ports.into_iter().partition(is_open);
        let fallback = read.attribute("replicas").and_then(|v| v.as_int()).unwrap_or(1);
        let mut diagnostics = std::mem::take(&mut read.eval.diagnostics);
        drop(read);
        self.diagnostics.append(&mut diagnostics);
        let replicas = self.replicas(&world, core, kind, workload, fallback, &params);
        Component {
            id: ComponentId(graph.components.len() as u32),
            name: core.name.name.clone(),
            kind: kind.name.clone(),
            kinds: kind.lineage.clone(),
            kind_title,
            title: own_text("title"),
            notes,
            doc: core.doc.clone(),
            kind_doc: kind.doc.clone(),
            namespace: self.program.namespace_id(core.namespace.as_ref()),
            layer: self.program.layer_id(core.layer.as_ref(), core.namespace.as_ref()),
            workload,
            state,
            replicas,
            params,
            ports,
            accepts,
            peers,
            emits: self.emits(kind),
            stores,
            object_store,
            authenticates,
            shared_by,
            relays,
            pages,
            scales,
            capacity,
            fills,
            ships_within,
            available,
            present,
            published,
            closed_ports,
            produces,
            turns,
            peer,
            ingress,
            exposes,
            adds,
            alerts: Vec::new(),
            dashboards: Vec::new(),
            span: core.span,
            name_span: core.name.span,
        }
    }

    /// Instances: the kind's word, then the component's, then `scale`, then the profile's.
    fn replicas(
        &mut self,
        world: &Early<'_>,
        core: &'a ComponentCore,
        kind: &'a KindInfo,
        workload: WorkloadKind,
        fallback: i64,
        params: &Params,
    ) -> Replicas {
        let name = &core.name.name;
        let autoscale = self.autoscale(world, name);
        if workload == WorkloadKind::External {
            let none = vec![0; self.program.profiles.len()];
            let scale = self.scale_item(name);
            return Replicas { count: 0, by_profile: none, autoscale, origin: core.span, scale };
        }
        let by_profile: Vec<(u32, Span)> = (0..self.program.profiles.len())
            .map(|profile| {
                let world = Early { profile, ..*world };
                let said = if profile == self.profile {
                    params.get("replicas").cloned()
                } else {
                    // what other profiles say was reported when each was built
                    let silent = self.diagnostics.len();
                    let found = self.params(core, kind, profile, &world).get("replicas").cloned();
                    self.diagnostics.truncate(silent);
                    found
                };
                let last = said.as_ref().and_then(|e| e.chain.last());
                let by_profile = matches!(last.map(|l| &l.source), Some(LinkSource::Profile(_)));
                let scale = if by_profile { None } else { self.scale(&world, name) };
                let own = said.as_ref().and_then(|e| e.value.as_int()).zip(last.map(|l| l.span));
                let (count, origin) = scale.or(own).unwrap_or((fallback, core.span));
                (count.clamp(0, i64::from(u32::MAX)) as u32, origin)
            })
            .collect();
        let bounded = |n: u32| autoscale.as_ref().map_or(n, |a| n.clamp(a.min, a.max.max(a.min)));
        let (count, origin) = by_profile[self.profile];
        let scaled = self.scale(world, name).is_some();
        if self.target == Target::Compose {
            // nothing moves between profiles or scales there
            let count = if workload == WorkloadKind::Daemon {
                1
            } else if scaled {
                count
            } else {
                bounded(count)
            };
            let scale = self.scale_item(name);
            return Replicas { count, by_profile: vec![count], autoscale: None, origin, scale };
        }
        let by_profile = by_profile.iter().map(|(n, _)| if scaled { *n } else { bounded(*n) }).collect();
        // where only the autoscaler speaks, it starts from its least
        let count = if scaled { count } else { bounded(count) };
        // a number outside of its bounds is said elsewhere
        let least = |a: Autoscale| Autoscale { least: if scaled { bounded(count) } else { a.least }, ..a };
        let autoscale = autoscale.clone().map(least);
        Replicas { count, by_profile, autoscale, origin, scale: self.scale_item(name) }
    }

    /// The last `scale` item about a component, and the profiles that it leaves out.
    fn scale_item(&self, name: &SmolStr) -> Option<(Span, Vec<SmolStr>)> {
        let scale = self.program.scales.get(name)?.last()?;
        let says = |profile: &SmolStr| scale.counts.iter().any(|(name, _)| name.name == *profile);
        let replicas = |p: &ProfileCore| p.settings.iter().any(|(c, s)| c == name && s.name == "replicas");
        // a profile takes over what those say that it extends
        let silent = |profile: &&SmolStr| {
            !profile_names(&self.program.profile_items, profile).into_iter().any(says)
                && !profile_chain(&self.program.profile_items, profile).into_iter().any(replicas)
        };
        Some((scale.span, self.program.profiles.iter().filter(silent).cloned().collect()))
    }

    fn emits(&self, kind: &KindInfo) -> Vec<Emits> {
        let emit = |e: &queries::SpeakMember| Emits {
            protocol: e.protocol.clone(),
            signals: e.signals.iter().filter_map(|s| Signal::parse(s)).collect(),
            notifies: queries::protocol_info(self.db, e.def).is("notifies"),
            span: e.span,
        };
        kind.emits.iter().map(emit).collect()
    }

    /// What `scale` says of a component; of several, the last.
    fn scale(&mut self, world: &Early<'_>, name: &SmolStr) -> Option<(i64, Span)> {
        let profiles = profile_names(&self.program.profile_items, &self.program.profiles[world.profile]);
        let mut found = None;
        for scale in self.program.scales.get(name).into_iter().flatten() {
            // a profile that isn't named takes the number of the one it extends
            let count = profiles.iter().find_map(|p| scale.counts.iter().find(|(name, _)| name.name == **p));
            if let Some((_, core)) = count {
                let mut eval = Evaluator::new(self.db, world);
                let value = eval.eval(core);
                self.diagnostics.append(&mut eval.diagnostics);
                found = value.as_int().map(|n| (n, core.span)).or(found);
            }
        }
        found
    }

    fn autoscale(&mut self, world: &Early<'_>, name: &SmolStr) -> Option<Autoscale> {
        let core = self.program.autoscales.get(name)?.last()?;
        let mut eval = Evaluator::new(self.db, world);
        let autoscale = read_autoscale(&mut eval, core);
        self.diagnostics.append(&mut eval.diagnostics);
        autoscale
    }
}

fn read_autoscale(eval: &mut Evaluator<'_>, core: &AutoscaleCore) -> Option<Autoscale> {
    let Value::Range(range) = eval.eval(core.replicas.as_ref()?) else { return None };
    let end = |v: &Option<Value>| v.as_ref().and_then(Value::as_int).map(|n| n.clamp(0, 100_000) as u32);
    let (min, max) = (end(&range.0).unwrap_or(1), end(&range.1));
    let Some(max) = max else {
        eval.diagnostics.push(
            Diagnostic::new(Code::OBS2107, core.span, "the autoscaler's bounds have no upper end")
                .help("give both: `replicas: 2..10`"),
        );
        return None;
    };
    Some(Autoscale {
        min,
        max,
        least: min,
        via: core.via.clone(),
        up: rule(eval, core.up.as_ref(), core.span),
        down: match &core.down {
            Some(down) => rule(eval, Some(down), core.span),
            None => ScaleRule { hold: UNSAID_HOLD, ..rule(eval, None, core.span) },
        },
        span: core.span,
    })
}

/// For how many seconds it must have had enough before it shrinks, where nothing is said of shrinking: Kubernetes' own
/// stabilization window.
const UNSAID_HOLD: u32 = 300;

fn rule(eval: &mut Evaluator<'_>, core: Option<&RuleCore>, span: Span) -> ScaleRule {
    let mut out = ScaleRule { cpu: None, memory: None, both: false, by: 100.0, hold: 0, span };
    let Some(core) = core else { return out };
    out.both = core.both;
    out.span = core.span;
    for (name, threshold) in &core.thresholds {
        if let Value::Quantity(Quantity::Percent(percent)) = eval.eval(threshold) {
            let slot = if name == "cpu" { &mut out.cpu } else { &mut out.memory };
            *slot = Some(percent);
        }
    }
    if let Some(Value::Quantity(Quantity::Percent(by))) = core.by.as_ref().map(|c| eval.eval(c)) {
        out.by = by;
    }
    if let Some(Value::Quantity(Quantity::Duration(ms))) = core.hold.as_ref().map(|c| eval.eval(c)) {
        out.hold = (ms / 1000).clamp(0, i64::from(u32::MAX)) as u32;
    }
    out
}

/// Reads a kind's attributes for one component.
struct Reader<'a> {
    eval: Evaluator<'a>,
    kind: &'a KindInfo,
}

impl Reader<'_> {
    fn attribute(&mut self, name: &str) -> Option<Value> {
        let (core, _) = self.kind.attributes.get(name)?;
        Some(self.eval.eval(core))
    }

    fn signals(&mut self, name: &str) -> Vec<Signal> {
        let words = self.attribute(name).map(|v| v.strings()).unwrap_or_default();
        words.iter().filter_map(|w| Signal::parse(w)).collect()
    }

    fn ports(&mut self) -> Vec<Port> {
        let udp = self.attribute("udp").map(|v| v.strings()).unwrap_or_default();
        let both = self.attribute("tcp_udp").map(|v| v.strings()).unwrap_or_default();
        let protocols = self.attribute("protocols").map(|v| v.string_map()).unwrap_or_default();
        let kind = self.kind;
        let mut out = Vec::with_capacity(kind.ports.len());
        for (name, port) in &kind.ports {
            let Some(number) = self.eval.eval(&port.number).as_int() else { continue };
            let transport = match (udp.contains(name), both.contains(name)) {
                (_, true) => PortTransport::Both,
                (true, false) => PortTransport::Udp,
                (false, false) => PortTransport::Tcp,
            };
            out.push(Port {
                name: name.clone(),
                number: u16::try_from(number).unwrap_or(0),
                transport,
                protocol: protocols.get(name).cloned().unwrap_or_else(|| "HTTP".into()),
                purpose: port.purpose.clone(),
                span: port.span,
            });
        }
        out
    }

    /// Pages on ports that the kind has; the first where a page names none.
    fn pages(&mut self, ports: &[Port]) -> Vec<Page> {
        let Some(list) = self.attribute("pages") else { return Vec::new() };
        let text = |e: &Spanned<Value>, field: &str| e.value.field(field).and_then(|v| v.value.as_str().cloned());
        let page = |e: &Spanned<Value>| {
            let named = text(e, "port");
            let port = ports.iter().find(|p| named.as_ref().is_none_or(|name| p.name == *name))?;
            let path = text(e, "path").unwrap_or_else(|| "/".into());
            Some(Page { title: text(e, "title")?, port: port.number, path })
        };
        list.elements().iter().filter_map(page).collect()
    }

    fn turns(&mut self) -> Vec<Turns> {
        let signals = |list: &[SmolStr]| list.iter().filter_map(|s| Signal::parse(s)).collect();
        let kind = self.kind;
        let mut out = Vec::new();
        for turn in &kind.turns {
            if turn.condition.as_ref().is_none_or(|c| self.eval.eval(c).holds()) {
                let (from, into) = (signals(&turn.from), signals(&turn.into));
                out.push(Turns { from, into, by: turn.by.clone(), span: turn.span });
            }
        }
        out
    }

    fn accepts(&mut self) -> Vec<Accepts> {
        let kind = self.kind;
        let accept = |a: &queries::AcceptMember| Accepts {
            protocol: a.speak.protocol.clone(),
            signals: a.speak.signals.iter().filter_map(|s| Signal::parse(s)).collect(),
            port: a.port.clone(),
            options: self.eval.record(&a.options),
            span: a.speak.span,
        };
        kind.accepts.iter().map(accept).collect()
    }
}

fn peer(value: &Value) -> Option<Peer> {
    let Value::Variant(variant) = value else { return None };
    let map = |name: &str| value.field(name).map(|v| v.value.string_map()).unwrap_or_default();
    Some(match variant.name.as_str() {
        "pods" => Peer::Pods { namespaces: map("namespaces"), pods: map("labels") },
        "cidrs" => Peer::Cidrs {
            blocks: value.field("blocks").map(|v| v.value.strings()).unwrap_or_default(),
            ports: value
                .field("ports")
                .map(|v| v.value.elements().iter().filter_map(|p| u16::try_from(p.value.as_int()?).ok()).collect())
                .unwrap_or_default(),
        },
        _ => Peer::Outside,
    })
}

fn scaler(value: &Value) -> Option<Scaler> {
    let text = |name: &str| value.field(name).and_then(|v| v.value.as_str().cloned());
    let settings = value.field("settings").map(|v| v.value.string_map()).unwrap_or_default();
    Some(Scaler { trigger: text("trigger")?, address: text("address")?, query: text("query")?, settings })
}

fn ingress(value: &Value) -> Option<IngressClass> {
    let text = |name: &str| value.field(name).and_then(|v| v.value.as_str().cloned());
    Some(IngressClass {
        class: text("class")?,
        gateway: text("gateway"),
        issuer: text("issuer"),
        certificate: match value.field("certificate").map(|v| &v.value) {
            Some(Value::Secret(secret)) => Some(secret.clone()),
            _ => None,
        },
        logins: value.field("logins").map(|v| logins(&v.value)).unwrap_or_default(),
        encrypted: value.field("encrypted").map(|v| v.value.string_map()).unwrap_or_default(),
    })
}

fn logins(value: &Value) -> IndexMap<SmolStr, IndexMap<SmolStr, SmolStr>> {
    let Value::Record(forms) = value else { return IndexMap::default() };
    forms.iter().map(|(form, annotations)| (form.clone(), annotations.value.string_map())).collect()
}
