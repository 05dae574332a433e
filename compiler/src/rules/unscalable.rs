//! OBS4106: what runs once a node, or elsewhere, isn't scaled.

use super::Context;
use crate::diagnostics::{Code, Diagnostic, Edit, Fix};
use crate::graph::WorkloadKind;
use crate::syntax::ast::ItemKind;
use crate::text::{Span, TextRange};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for component in &context.graph().components {
        let why = match component.workload {
            WorkloadKind::Daemon => "runs once on every node",
            WorkloadKind::External => "isn't deployed by this program",
            WorkloadKind::Job => "runs to its end",
            WorkloadKind::Deployment | WorkloadKind::Stateful => continue,
        };
        let scale = component.replicas.scale.as_ref().map(|s| s.0);
        let autoscale = component.replicas.autoscale.as_ref().map(|a| a.span);
        for span in scale.into_iter().chain(autoscale) {
            let message = format!("`{}` {why}: it has no number of instances to set", component.name);
            let diagnostic = Diagnostic::new(Code::OBS4106, span, message);
            let diagnostic = diagnostic.help(format!("leave out `{}` here", component.name));
            out.push(diagnostic.with_fix(leave_out(context, span, &component.name)).about(component.name.clone()));
        }
    }
}

/// Takes the component out of the targets of a `scale` or `autoscale`; the whole item, where it is the only one.
fn leave_out(context: &Context<'_>, item: Span, name: &str) -> Option<Fix> {
    let item = context.item(item)?;
    let (ItemKind::Scale(it) | ItemKind::Autoscale(it)) = &item.kind else { return None };
    let at = it.targets.iter().position(|t| t.segments.last().is_some_and(|s| s.name == name))?;
    let span = it.targets[at].span;
    let range = match (at.checked_sub(1), it.targets.get(at + 1)) {
        (None, None) => item.span.range,
        // with the comma before it
        (Some(before), _) => TextRange::new(it.targets[before].span.range.end, span.range.end),
        (None, Some(next)) => TextRange::new(span.range.start, next.span.range.start),
    };
    let edits = vec![Edit { span: Span { range, ..span }, text: String::new() }];
    Some(Fix { title: format!("leave out `{name}`"), edits, safe: true })
}
