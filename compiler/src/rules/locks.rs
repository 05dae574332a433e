//! OBS5114 and OBS5115: `obs.lock` has the images that run, and no others.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph;
use crate::names;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(lock) = names::lock(context.db, context.entry) else { return };
    let pinned = &context.graph().cluster.digests;
    let mut run: FxHashSet<&SmolStr> = FxHashSet::default();
    for stack in graph::stacks(context.db, context.entry).stacks.iter() {
        for (component, workload) in stack.graph.components.iter().zip(stack.workloads.iter()) {
            // who would save it runs where it is to be saved
            let saved = stack.graph.backups.iter().any(|b| b.component == component.id);
            let saver = workload.iter().filter_map(|w| w.saver.as_ref()).filter(|_| saved);
            let saver = saver.map(|saver| &saver.workload.image);
            for image in workload.iter().map(|w| &w.image).chain(saver) {
                // the same in another profile, or of another component, is said once
                if !run.insert(&image.value) || pinned.contains_key(&image.value) || image.value.contains('@') {
                    continue;
                }
                let message = format!("`obs.lock` has no digest of `{}`", image.value);
                let at = context.said(component, image.span);
                let help = format!("add the line `{} sha256:…`, with the digest that the registry gives", image.value);
                out.push(Diagnostic::new(Code::OBS5115, at, message).help(help).about(component.name.clone()));
            }
        }
    }
    for entry in lock.entries.iter().filter(|e| !run.contains(&e.image)) {
        let message = format!("nothing runs `{}`", entry.image);
        let help = "remove the line, or lock the image that replaced it";
        out.push(Diagnostic::new(Code::OBS5114, entry.span, message).help(help));
    }
}
