//! What is saved and in which order it comes back: read by the view and by the runbook.

use super::words;
use crate::graph::{Component, Stack, Step};
use crate::value::{SecretRef, Value};

/// Something that can come back, and from where.
pub(super) struct Saved<'a> {
    /// The component; `None` for what the program itself is.
    pub component: Option<&'a Component>,
    /// What it is.
    pub what: String,
    /// When, how many, how.
    pub lines: Vec<String>,
}

/// What has a backup, what is kept elsewhere, and what the program holds.
pub(super) fn saved(stack: &Stack) -> Vec<Saved<'_>> {
    let graph = &*stack.graph;
    let mut out: Vec<Saved<'_>> = Vec::new();
    for backup in &graph.backups {
        let component = graph.component(backup.component);
        let times = [words::schedule(&backup.schedule), format!("The last {} are kept", backup.keep)];
        let how = backup.method.as_ref().map(|m| format!("By {m}"));
        let what = component.name.to_string();
        out.push(Saved { component: Some(component), what, lines: times.into_iter().chain(how).collect() });
    }
    let backed = |c: &Component| graph.backups.iter().any(|b| b.component == c.id);
    for component in graph.components.iter().filter(|c| words::deployed(c) && !backed(c) && !c.stores.is_empty()) {
        let places = words::list(words::elsewhere(graph, component).map(|f| graph.component(f.to).name.as_str()));
        let line = if places.is_empty() { "No backup".to_owned() } else { format!("Its data is in {places}") };
        out.push(Saved { component: Some(component), what: component.name.to_string(), lines: vec![line] });
    }
    if !out.is_empty() {
        let lines = ["In git: this program is their source", "obs build writes them again"].map(str::to_owned);
        out.push(Saved { component: None, what: "Configuration files, alert rules".to_owned(), lines: lines.to_vec() });
    }
    out
}

/// MiB that a volume gets a second when it is filled from a snapshot: an assumption, at the lower end of what block storage
/// of clouds promises for throughput.
pub(super) const RATE_MIB: i64 = 100;

/// What can be lost of a store, and how long it takes to be back.
pub(super) struct Estimate {
    /// The store.
    pub component: String,
    /// What is lost at most.
    pub point: String,
    /// How long it takes.
    pub time: String,
}

/// Of each store that is deployed, and of what else has a backup.
pub(super) fn estimates(stack: &Stack) -> Vec<Estimate> {
    let graph = &*stack.graph;
    let backup = |c: &Component| graph.backups.iter().rev().find(|b| b.component == c.id);
    let counts = |c: &&Component| words::deployed(c) && (!c.stores.is_empty() || backup(c).is_some());
    let estimate = |c: &Component| {
        let workload = words::workload(stack, c);
        let claim = workload.and_then(|w| w.data.as_ref()).and_then(|d| d.claim.as_ref());
        let elsewhere = words::list(words::elsewhere(graph, c).map(|f| graph.component(f.to).name.as_str()));
        let handed = words::list(words::hands_on(graph, c).map(|f| graph.component(f.to).name.as_str()));
        let point = match (backup(c), elsewhere.is_empty(), claim) {
            (Some(b), ..) => format!("what came since the last backup: {}", interval(&b.schedule)),
            (None, false, _) => format!("what wasn't in {elsewhere} yet; what was there comes back with it"),
            (None, true, Some(_)) if handed.is_empty() => "everything: it has no backup".to_owned(),
            (None, true, None) if handed.is_empty() => "everything: it goes with its pod".to_owned(),
            (None, true, _) => format!("what {handed} didn't get yet"),
        };
        let filled = claim.filter(|_| elsewhere.is_empty()).map_or(0, |c| c.size / (RATE_MIB << 20));
        let start = workload
            .and_then(|w| w.startup.as_ref().or(w.live.as_ref()))
            .map_or(600, |p| i64::from(p.delay) + i64::from(p.period) * i64::from(p.failures));
        let minutes = |seconds: i64| format!("{} min", (seconds + 59) / 60);
        let time = match filled {
            0 => format!("up to {} to start", minutes(start)),
            filled => format!("{} to fill its volumes, up to {} to start", minutes(filled), minutes(start)),
        };
        Estimate { component: c.name.to_string(), point, time }
    };
    graph.components.iter().filter(counts).map(estimate).collect()
}

/// The longest time between two runs of a cron line, in words, where it has a plain form.
fn interval(cron: &str) -> String {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let number = |text: &str| text.parse::<u32>().is_ok();
    match fields.as_slice() {
        [minute, "*", "*", "*", "*"] if number(minute) => "up to an hour".to_owned(),
        [minute, hour, "*", "*", "*"] if number(minute) && number(hour) => "up to a day".to_owned(),
        [minute, hour, "*", "*", day] if number(minute) && number(hour) && number(day) => "up to a week".to_owned(),
        [minute, hour, day, "*", "*"] if number(minute) && number(hour) && number(day) => "up to a month".to_owned(),
        _ => format!("as long as `{cron}` leaves between two"),
    }
}

/// A part of the recovery.
pub(super) struct Phase<'a> {
    /// What is done.
    pub title: &'static str,
    /// In short, a line each.
    pub summary: Vec<String>,
    /// Its steps in order, each with the component that it is about.
    pub steps: Vec<(Option<&'a Component>, Step)>,
}

/// The recovery from nothing, in the order of dependencies; parts with nothing to do are left out. `program` is what
/// commands call it.
pub(super) fn phases<'a>(stack: &'a Stack, program: &str) -> Vec<Phase<'a>> {
    let all = order(stack);
    if all.is_empty() {
        return Vec::new();
    }
    let phases = [
        outside(stack, &all),
        prepare(stack),
        restore(stack, &all, false, "Restore volumes (PVCs)"),
        apply(stack, program),
        restore(stack, &all, true, "Import what needs running pods"),
        verify(stack, &all),
    ];
    phases.into_iter().filter(|p| !p.summary.is_empty()).collect()
}

/// Deployed components, each after those that it connects to; in the order of the source where nothing says.
pub(super) fn order(stack: &Stack) -> Vec<&Component> {
    let graph = &*stack.graph;
    let mut out: Vec<&Component> = Vec::new();
    let mut seen = vec![false; graph.components.len()];
    for start in &graph.components {
        // a stack of its own: chains of components may be long. The flag says that what it needs is there
        let mut next = vec![(start, false)];
        while let Some((at, ready)) = next.pop() {
            if ready {
                out.push(at);
                continue;
            }
            if std::mem::replace(&mut seen[at.id.0 as usize], true) {
                continue;
            }
            next.push((at, true));
            let needed: Vec<&Component> =
                graph.outgoing(at.id).filter(|f| !f.own && !f.implicit).map(|f| graph.component(f.to)).collect();
            next.extend(needed.into_iter().rev().filter(|c| !seen[c.id.0 as usize]).map(|c| (c, false)));
        }
    }
    out.retain(|c| words::deployed(c));
    out
}

fn step(say: impl Into<String>, run: Option<String>) -> Step {
    Step { say: say.into().into(), run: run.map(Into::into), running: false }
}

/// What others run must be there first.
fn outside<'a>(stack: &'a Stack, all: &[&Component]) -> Phase<'a> {
    let graph = &*stack.graph;
    let mut needed: Vec<&Component> = Vec::new();
    for flow in all.iter().flat_map(|c| graph.outgoing(c.id)).filter(|f| !f.own) {
        let to = graph.component(flow.to);
        if !words::deployed(to) && needed.iter().all(|n| n.id != to.id) {
            needed.push(to);
        }
    }
    let say = |c: &&'a Component| (Some(*c), step(format!("{}: {} must answer", c.name, words::kind(c)), None));
    let summary = needed.iter().map(|c| c.name.to_string()).collect();
    Phase { title: "Check what others run", summary, steps: needed.iter().map(say).collect() }
}

/// Secrets that the stack refers to, with their namespace: each once, in the order of components.
pub(super) fn secrets(stack: &Stack) -> Vec<(String, &SecretRef, Vec<&Component>)> {
    let graph = &*stack.graph;
    let mut out: Vec<(String, &SecretRef, Vec<&Component>)> = Vec::new();
    for component in &graph.components {
        let Some(namespace) = graph.namespace_of(component) else { continue };
        let workload = words::workload(stack, component);
        let mounted = workload.into_iter().flat_map(|w| w.secrets.iter().map(|s| &s.secret));
        let set = workload.into_iter().flat_map(|w| w.env.iter().map(|v| &v.value));
        let asked = graph.incoming(component.id).flat_map(|f| f.options.get("auth")).flat_map(|a| fields(&a.value));
        let named = set.chain(asked).filter_map(|v| match v {
            Value::Secret(secret) => Some(secret),
            _ => None,
        });
        for secret in mounted.chain(named) {
            match out.iter_mut().find(|(n, s, _)| n == namespace.as_str() && s.name == secret.name) {
                Some((.., users)) if users.iter().any(|u| u.id == component.id) => {}
                Some((.., users)) => users.push(component),
                None => out.push((namespace.to_string(), secret, vec![component])),
            }
        }
    }
    out
}

fn fields(value: &Value) -> Vec<&Value> {
    match value {
        Value::Variant(variant) => variant.fields.values().map(|v| &v.value).collect(),
        other => vec![other],
    }
}

/// Namespaces and Secrets.
fn prepare(stack: &Stack) -> Phase<'_> {
    let graph = &*stack.graph;
    let create = |n: &crate::graph::Namespace| {
        let run = format!("kubectl create namespace {}", n.name);
        (None, step(format!("The namespace {}", n.name), Some(run)))
    };
    let mut steps: Vec<(Option<&Component>, Step)> = graph.namespaces.iter().map(create).collect();
    for (namespace, secret, users) in secrets(stack) {
        let users = words::list(users.iter().map(|c| c.name.as_str()));
        let run = format!("kubectl -n {namespace} get secret {}", secret.name);
        steps.push((
            None,
            step(
                format!("The Secret {}, from wherever your secrets are kept (used by {users})", secret.name),
                Some(run),
            ),
        ));
    }
    let summary = if steps.is_empty() { Vec::new() } else { vec!["Namespaces, then Secrets".to_owned()] };
    Phase { title: "Prepare", summary, steps }
}

fn restore<'a>(stack: &'a Stack, all: &[&'a Component], running: bool, title: &'static str) -> Phase<'a> {
    let mut phase = Phase { title, summary: Vec::new(), steps: Vec::new() };
    for &component in all {
        let steps = words::workload(stack, component).into_iter().flat_map(|w| &w.restore);
        let steps: Vec<_> = steps.filter(|s| s.running == running).map(|s| (Some(component), s.clone())).collect();
        if !steps.is_empty() {
            phase.summary.push(component.name.to_string());
        }
        phase.steps.extend(steps);
    }
    phase
}

fn apply<'a>(stack: &'a Stack, program: &str) -> Phase<'a> {
    let profile = &stack.graph.profile;
    let run = format!("obs build {program} -o out\nkubectl apply --server-side -k out/kubernetes/overlays/{profile}");
    let steps = vec![(None, step("Everything else is in the program", Some(run)))];
    Phase {
        title: "Apply the configuration (kubectl)",
        summary: vec!["All manifests of the program".to_owned()],
        steps,
    }
}

/// Each in the order in which it can work: its pods are ready, and what its kind says of it.
fn verify<'a>(stack: &'a Stack, all: &[&'a Component]) -> Phase<'a> {
    let graph = &*stack.graph;
    let mut steps = Vec::new();
    for &component in all {
        let Some(namespace) = graph.namespace_of(component) else { continue };
        let kind = match component.workload {
            crate::graph::WorkloadKind::Stateful => "statefulset",
            crate::graph::WorkloadKind::Daemon => "daemonset",
            crate::graph::WorkloadKind::Job => "job",
            _ => "deployment",
        };
        let run = match kind {
            "job" => {
                format!("kubectl -n {namespace} wait --for=condition=complete job/{} --timeout=10m", component.name)
            }
            _ => format!("kubectl -n {namespace} rollout status {kind}/{} --timeout=10m", component.name),
        };
        steps.push((Some(component), step(format!("{} is ready", component.name), Some(run))));
        let own = words::workload(stack, component).into_iter().flat_map(|w| &w.verify);
        steps.extend(own.map(|s| (Some(component), s.clone())));
    }
    let summary = vec![words::list(all.iter().map(|c| c.name.as_str()))];
    Phase { title: "Verify health checks", summary, steps }
}
