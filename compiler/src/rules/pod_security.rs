//! OBS5116 and OBS5117: what a pod asks of its node, against the Pod Security level of its namespace.

use super::{Context, list};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{self, Component, Namespace, Stack, Workload};
use crate::text::Span;

/// The levels of Kubernetes' Pod Security Standards, strictest first.
const LEVELS: &[&str] = &["restricted", "baseline", "privileged"];

/// The strictest level that lets a pod in, by its place in [`LEVELS`], and what in the pod needs it.
struct Need {
    level: usize,
    what: String,
    /// Where that is said.
    span: Span,
}

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for stack in graph::stacks(context.db, context.entry).stacks.iter() {
        for namespace in &stack.graph.namespaces {
            of_namespace(context, stack, namespace, out);
        }
    }
}

fn of_namespace(context: &Context<'_>, stack: &Stack, namespace: &Namespace, out: &mut Vec<Diagnostic>) {
    let level = LEVELS.iter().position(|l| *l == namespace.pod_security).unwrap_or_default();
    let pods: Vec<(&Component, Need)> = pods(stack, namespace).map(|(c, w)| (c, need(c, w))).collect();
    let for_whom = pods.iter().filter(|(_, need)| need.level > 0).max_by_key(|(_, need)| need.level);
    for (component, need) in &pods {
        let found = if need.level > level {
            forbidden(namespace, component, need, context.said(component, need.span))
        } else if let Some((other, _)) = for_whom.filter(|(_, other)| other.level == level && need.level < level) {
            weakened(namespace, component, need, other)
        } else {
            continue;
        };
        // profiles differ in other things
        if !out.contains(&found) {
            out.push(found);
        }
    }
}

fn pods<'s>(stack: &'s Stack, namespace: &'s Namespace) -> impl Iterator<Item = (&'s Component, &'s Workload)> {
    let all = stack.graph.components.iter().zip(stack.workloads.iter());
    let deployed = all.filter_map(|(component, workload)| Some((component, workload.as_ref()?)));
    deployed.filter(|(c, _)| stack.graph.namespace_of(c).is_some_and(|n| *n == namespace.name))
}

fn need(component: &Component, workload: &Workload) -> Need {
    if let Some(first) = workload.host_paths.first() {
        let folders = list(workload.host_paths.iter().map(|f| f.host.as_str()));
        return Need { level: 2, what: format!("mounts {folders} of its node"), span: first.span };
    }
    let what = "runs as root".to_owned();
    Need { level: usize::from(workload.user == 0), what, span: component.name_span }
}

fn forbidden(namespace: &Namespace, component: &Component, need: &Need, span: Span) -> Diagnostic {
    let (name, level) = (&component.name, &namespace.pod_security);
    let message = format!("`{name}` {}, which the level `{level}` of `{}` forbids", need.what, namespace.name);
    let help = format!("move it to a namespace of its own, with `pod_security: {}`", LEVELS[need.level]);
    Diagnostic::new(Code::OBS5116, span, message).help(help).about(name.clone())
}

fn weakened(namespace: &Namespace, component: &Component, need: &Need, other: &Component) -> Diagnostic {
    let (name, level) = (&component.name, &namespace.pod_security);
    let message = format!("`{name}` shares `{}`, which is `{level}` for the sake of `{}`", namespace.name, other.name);
    let help = format!("`{}` is enough for it: give `{}` a namespace of its own", LEVELS[need.level], other.name);
    Diagnostic::new(Code::OBS5117, component.name_span, message).help(help).about(name.clone())
}
