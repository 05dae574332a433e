//! OBS4107: `scale` speaks of every profile.

use super::{Context, list};
use crate::diagnostics::{Code, Diagnostic, Fix};
use crate::syntax::ast::ItemKind;
use crate::text::{Span, TextRange};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let mut told = Vec::new();
    for component in &context.graph().components {
        let Some((span, missing)) = &component.replicas.scale else { continue };
        if missing.is_empty() || told.contains(span) {
            continue;
        }
        told.push(*span);
        let plural = if missing.len() == 1 { "" } else { "s" };
        let names = list(missing.iter().map(|p| p.as_str()));
        let message = format!("this `scale` of `{}` says nothing of profile{plural} {names}", component.name);
        let entries: Vec<String> = missing.iter().map(|p| format!("{p}: {}", component.replicas.count)).collect();
        let entries = entries.join(", ");
        let diagnostic = Diagnostic::new(Code::OBS4107, *span, message).help(format!("add `{entries}`"));
        out.push(diagnostic.with_fix(complete(context, *span, &entries)).about(component.name.clone()));
    }
}

/// Adds entries behind the last one.
fn complete(context: &Context<'_>, item: Span, entries: &str) -> Option<Fix> {
    let ItemKind::Scale(it) = context.item(item)?.kind else { return None };
    let (place, text) = match it.block.entries.last() {
        Some(last) => (last.span.end(), format!(", {entries}")),
        None if it.block.span.range.is_empty() => return None,
        None => {
            let open = it.block.span.range.start + 1;
            (Span { range: TextRange::new(open, open), ..it.block.span }, format!(" {entries} "))
        }
    };
    let edits = vec![crate::diagnostics::Edit { span: place, text }];
    Some(Fix { title: format!("add `{entries}`"), edits, safe: false })
}
