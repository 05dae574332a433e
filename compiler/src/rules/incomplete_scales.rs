//! OBS4107: `scale` speaks of every profile.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let mut told = Vec::new();
    for component in &context.graph().components {
        let Some((span, missing)) = &component.replicas.scale else { continue };
        if missing.is_empty() || told.contains(span) {
            continue;
        }
        told.push(*span);
        let names: Vec<String> = missing.iter().map(|p| format!("`{p}`")).collect();
        let message = format!("`scale {}` doesn't say what holds in profile {}", component.name, names.join(", "));
        let entries: Vec<String> = missing.iter().map(|p| format!("{p}: {}", component.replicas.count)).collect();
        out.push(
            Diagnostic::new(Code::OBS4107, *span, message)
                .help(format!("add `{}`", entries.join(", ")))
                .about(component.name.clone()),
        );
    }
}
