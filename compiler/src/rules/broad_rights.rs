//! OBS5119: rights on the Kubernetes API are named one by one, and none reads secrets.

use super::{Context, list};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{self, RbacRule};
use crate::text::Span;
use rustc_hash::FxHashSet;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    // a kind's rule holds for all of its components, in each profile
    let mut told: FxHashSet<Span> = FxHashSet::default();
    for stack in graph::stacks(context.db, context.entry).stacks.iter() {
        for component in &stack.graph.components {
            for rule in stack.rights(component) {
                let Some((what, help)) = broad(rule) else { continue };
                if told.insert(rule.span) {
                    let message = format!("`{}` may {what}", component.name);
                    let at = context.said(component, rule.span);
                    out.push(Diagnostic::new(Code::OBS5119, at, message).help(help).about(component.name.clone()));
                }
            }
        }
    }
}

/// What a rule lets one do that nothing needs, and what would be right.
fn broad(rule: &RbacRule) -> Option<(String, &'static str)> {
    let reads = |verb: &str| ["get", "list", "watch"].contains(&verb);
    let all =
        [("groups", &rule.groups), ("resources", &rule.resources), ("verbs", &rule.verbs), ("paths", &rule.paths)];
    let wild: Vec<&str> =
        all.iter().filter(|(_, of)| of.iter().any(|name| name == "*")).map(|(what, _)| *what).collect();
    if !wild.is_empty() {
        let what = format!("do things on the Kubernetes API that nobody named: `*` stands for all {}", list(wild));
        return Some((what, "name each that it needs"));
    }
    let secrets = rule.resources.iter().any(|name| name == "secrets") && rule.verbs.iter().any(|verb| reads(verb));
    secrets.then(|| {
        let what = "read all Secrets of its namespace, those of others too".to_owned();
        (what, "mount the one that it needs: `secrets: { \"/etc/secrets/own\": secret(\"…\") }`")
    })
}
