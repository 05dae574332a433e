//! OBS5112: what its documentation calls deprecated (`/// Deprecated: …`) isn't used.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Effective, LinkSource};
use crate::text::Span;

/// The word that a line of documentation starts with, as in Go.
pub const MARK: &str = "Deprecated:";

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for component in &graph.components {
        if let Some(told) = deprecation(component.kind_doc.as_deref()) {
            let message = format!("the kind `{}` is deprecated", component.kind);
            let diagnostic = Diagnostic::new(Code::OBS5112, component.name_span, message);
            out.push(diagnostic.help(told).about(component.name.clone()));
        }
        for (name, effective) in &component.params {
            let told = set_though_deprecated(name, effective);
            out.extend(told.map(|d| d.about(component.name.clone())));
        }
    }
    for flow in graph.flows.iter().filter(|f| !f.implicit) {
        out.extend(flow.options.iter().filter_map(|(name, effective)| set_though_deprecated(name, effective)));
    }
}

fn deprecation(doc: Option<&str>) -> Option<String> {
    let line = doc?.lines().find_map(|l| l.trim().strip_prefix(MARK))?;
    Some(line.trim().to_owned())
}

fn set_though_deprecated(name: &str, effective: &Effective) -> Option<Diagnostic> {
    let told = deprecation(effective.doc.as_deref())?;
    let own = |source: &LinkSource| matches!(source, LinkSource::Own | LinkSource::Profile(_));
    let span: Span = effective.chain.iter().find(|l| own(&l.source))?.span;
    Some(Diagnostic::new(Code::OBS5112, span, format!("`{name}` is deprecated")).help(told))
}
