//! OBS5106: a public address leads to one component.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::Flow;
use smol_str::SmolStr;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    let text = |f: &Flow, name: &str| f.options.get(name).and_then(|o| o.value.as_str().cloned());
    let mut seen: Vec<(SmolStr, SmolStr, &Flow)> = Vec::new();
    for flow in graph.flows.iter().filter(|f| graph.component(f.from).ingress.is_some()) {
        let Some(host) = text(flow, "host") else { continue };
        let path = text(flow, "path").unwrap_or_default();
        if let Some((.., first)) = seen.iter().find(|(h, p, _)| *h == host && *p == path) {
            let message = format!(
                "`{host}{path}` leads to both `{}` and `{}`",
                graph.component(first.to).name,
                graph.component(flow.to).name
            );
            let diagnostic = Diagnostic::new(Code::OBS5106, flow.span, message).label(first.span, "taken here first");
            out.push(
                diagnostic.help("give each its own `host` or `path`").about(graph.component(flow.to).name.clone()),
            );
        }
        seen.push((host, path, flow));
    }
}
