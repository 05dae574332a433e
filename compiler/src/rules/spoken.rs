//! OBS3103 and OBS3104: the subject of a flow speaks its protocol, and the object takes it.

use super::{Context, list};
use crate::diagnostics::{Code, Diagnostic, Edit, Fix};
use crate::graph::{Component, Effective, Flow, LinkSource};
use crate::syntax::ast::{FlowDef, ItemKind, Path};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for flow in graph.flows.iter().filter(|f| !f.implicit) {
        let (from, to) = (graph.component(flow.from), graph.component(flow.to));
        let speaks = from.emits.iter().any(|e| e.protocol == flow.protocol);
        let accepts = to.accepts.iter().any(|a| a.protocol == flow.protocol);
        let foreign = speaks && accepts && !reaches(from, to, &flow.protocol);
        // where neither end knows it, the flow is wrong once
        let (code, span, message) = match (speaks, accepts) {
            (true, true) if foreign => {
                let message = format!(
                    "`{}` joins instances of one component, and `{}` is no `{}`",
                    flow.protocol, to.name, from.kind
                );
                (Code::OBS3104, flow.to_span, message)
            }
            (true, true) => {
                out.extend(choice(flow, from, to));
                continue;
            }
            (false, _) => {
                let message = format!("`{}` (`{}`) doesn't speak `{}`", from.name, from.kind, flow.protocol);
                (Code::OBS3103, flow.from_span, message)
            }
            (true, false) => {
                let message = format!("`{}` (`{}`) doesn't accept `{}`", to.name, to.kind, flow.protocol);
                (Code::OBS3104, flow.to_span, message)
            }
        };
        let diagnostic = Diagnostic::new(code, span, message).about(from.name.clone()).about(to.name.clone());
        out.push(advise(context, diagnostic, flow, from, to));
    }
}

/// An option of the flow that says what nothing that the object accepts by this protocol has: `encoding: "grpc"` where it
/// takes only `http`. Then nothing is known of the port either.
fn choice(flow: &Flow, from: &Component, to: &Component) -> Option<Diagnostic> {
    if !flow.ports.is_empty() {
        return None;
    }
    let accepts = || to.accepts.iter().filter(|a| a.protocol == flow.protocol);
    let own = |e: &Effective| e.chain.last().is_some_and(|link| link.source == LinkSource::Own);
    let (name, said, taken) = flow.options.iter().filter(|(_, e)| own(e)).find_map(|(name, said)| {
        let taken: Vec<&str> =
            accepts().filter_map(|a| a.options.get(name)?.value.as_str()).map(|t| t.as_str()).collect();
        let said_text = said.value.as_str()?;
        let all = taken.len() == accepts().count() && !taken.is_empty();
        (all && !taken.contains(&said_text.as_str())).then_some((name, said, taken))
    })?;
    let span = said.chain.last().map_or(flow.span, |link| link.span);
    let message = format!("`{}` accepts `{}` with another `{name}` than `{}`", to.name, flow.protocol, said.value);
    let help = format!("it takes {}: write that, or leave `{name}` out", list(taken.iter().copied()));
    let diagnostic = Diagnostic::new(Code::OBS3104, span, message).help(help);
    Some(diagnostic.about(from.name.clone()).about(to.name.clone()))
}

/// What would be right: the other way round, or another protocol.
fn advise(context: &Context<'_>, found: Diagnostic, flow: &Flow, from: &Component, to: &Component) -> Diagnostic {
    if common(to, from).contains(&flow.protocol.as_str()) {
        let help = format!("the arrow points from the side that opens the connection: `{} -> {}`", to.name, from.name);
        return found.help(help).with_fix(turned(context, flow));
    }
    let fit = common(from, to);
    if fit.is_empty() {
        return found.help(format!("`{}` has no protocol for `{}`", from.name, to.name));
    }
    let help = format!("from `{}` to `{}` fits {}", from.name, to.name, list(fit.iter().copied()));
    let place = single(context, flow).and_then(|def| def.protocol).map(|p| p.span);
    match (place, fit.as_slice()) {
        (Some(place), [one]) => found.help(help).fix(format!("change to `{one}`"), place, *one, false),
        _ => found.help(help),
    }
}

/// The flow's item, where it declares this flow alone, in one direction or both.
fn single(context: &Context<'_>, flow: &Flow) -> Option<FlowDef> {
    match context.item(flow.span)?.kind {
        ItemKind::Flow(def) if def.ends.len() == 2 && def.ends.iter().all(|e| e.len() == 1) => Some(def),
        _ => None,
    }
}

/// Turns the arrow round; of two directions, keeps the one that fits.
fn turned(context: &Context<'_>, flow: &Flow) -> Option<Fix> {
    let def = single(context, flow)?;
    let (left, right) = (&def.ends[0][0], &def.ends[1][0]);
    let both = def.both_ways.first() == Some(&true);
    let (subject, object) = if flow.from_span == left.span { (right, left) } else { (left, right) };
    let text = format!("{} -> {}", written(subject), written(object));
    let title = if both { format!("keep `{text}`") } else { format!("turn round: `{text}`") };
    Some(Fix { title, edits: vec![Edit { span: left.span.to(right.span), text }], safe: false })
}

fn written(path: &Path) -> String {
    path.segments.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(".")
}

/// Protocols that fit both ends.
fn common<'a>(from: &'a Component, to: &Component) -> Vec<&'a str> {
    let taken = |protocol: &str| to.accepts.iter().any(|a| a.protocol == protocol) && reaches(from, to, protocol);
    from.emits.iter().map(|e| e.protocol.as_str()).filter(|p| taken(p)).collect()
}

/// Whether a protocol may lead from one component to the other: what peers speak stays among those of one kind.
fn reaches(from: &Component, to: &Component, protocol: &str) -> bool {
    let among_peers = from.peers.iter().chain(&to.peers).any(|p| p == protocol);
    !among_peers || from.kinds.contains(&to.kind) || to.kinds.contains(&from.kind)
}
