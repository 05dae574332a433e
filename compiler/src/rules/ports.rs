//! OBS3111 to OBS3113: ports that flows need are open, that are named exist, and are taken once in a pod.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Component, Flow, Graph, Port, PortTransport};
use crate::text::Span;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    closed(graph, out);
    for component in &graph.components {
        unknown(component, out);
        taken(component, out);
    }
}

/// Ports that flows need and that the `ports` setting leaves closed: one setting, one finding.
fn closed(graph: &Graph, out: &mut Vec<Diagnostic>) {
    for to in &graph.components {
        let Some(setting) = to.params.get("ports") else { continue };
        let needed: Vec<(&Flow, &Port)> = graph.incoming(to.id).filter_map(|f| Some((f, shut(to, f)?))).collect();
        let mut missing: Vec<(&Port, &str)> = needed.iter().map(|(f, p)| (*p, f.protocol.as_str())).collect();
        missing.sort_by_key(|(p, _)| p.number);
        missing.dedup_by_key(|(p, _)| p.number);
        let (false, Some(link)) = (missing.is_empty(), setting.chain.last()) else { continue };
        let said: Vec<String> = missing.iter().map(|(p, by)| format!("{} (`{by}`)", p.number)).collect();
        let (one, numbers) = (missing.len() == 1, missing.iter().map(|(p, _)| p.number.to_string()));
        let numbers = numbers.collect::<Vec<_>>().join(", ");
        let message = match one {
            true => format!("`{}` is reached on port {}, which isn't open", to.name, said.join("")),
            false => format!("`{}` is reached on ports {}, which aren't open", to.name, said.join(" and ")),
        };
        let mut diagnostic =
            Diagnostic::new(Code::OBS3111, link.span, message).help(format!("add {numbers} to `ports`"));
        let mut told: Vec<Span> = Vec::new();
        for (flow, _) in needed.iter().filter(|(f, _)| !f.implicit) {
            if !told.contains(&flow.span) {
                told.push(flow.span);
                diagnostic = diagnostic.label(flow.span, "needed here");
            }
        }
        if needed.iter().any(|(f, _)| f.implicit) {
            diagnostic = diagnostic.label(to.name_span, "its instances reach each other");
        }
        if let Some(last) = setting.value.elements().last() {
            let title = format!("open {numbers}");
            diagnostic = diagnostic.fix(title, last.span.end(), format!(", {numbers}"), true);
        }
        out.push(diagnostic.about(to.name.clone()));
    }
}

/// The port that the flow needs, where none that would do is open.
fn shut<'a>(to: &'a Component, flow: &Flow) -> Option<&'a Port> {
    let named: Vec<&str> =
        to.accepts.iter().filter(|a| a.protocol == flow.protocol).filter_map(|a| a.port.as_deref()).collect();
    let open = to.ports.iter().any(|p| named.contains(&p.name.as_str()));
    to.closed_ports.iter().find(|p| named.contains(&p.name.as_str())).filter(|_| !open)
}

/// A number in the `ports` setting that the kind doesn't have.
fn unknown(component: &Component, out: &mut Vec<Diagnostic>) {
    let Some(setting) = component.params.get("ports") else { return };
    for element in setting.value.elements() {
        let known: Vec<u16> = component.ports.iter().chain(&component.closed_ports).map(|p| p.number).collect();
        let is_known = element.value.as_int().is_some_and(|n| known.iter().any(|k| i64::from(*k) == n));
        if !is_known {
            let known: Vec<String> = known.iter().map(u16::to_string).collect();
            let message = format!("`{}` has no port {}", component.kind, element.value);
            let diagnostic = Diagnostic::new(Code::OBS3113, element.span, message);
            out.push(diagnostic.help(format!("it has {}", known.join(", "))).about(component.name.clone()));
        }
    }
}

/// Two ports of one pod with one number.
fn taken(component: &Component, out: &mut Vec<Diagnostic>) {
    let overlap = |a: PortTransport, b: PortTransport| a == b || a == PortTransport::Both || b == PortTransport::Both;
    for (at, port) in component.ports.iter().enumerate() {
        let before =
            component.ports[..at].iter().find(|p| p.number == port.number && overlap(p.transport, port.transport));
        if let Some(before) = before {
            let message = format!(
                "port {} of `{}` is taken twice, by `{}` and `{}`",
                port.number, component.kind, before.name, port.name
            );
            let diagnostic = Diagnostic::new(Code::OBS3112, port.span, message);
            out.push(
                diagnostic
                    .label(before.span, "taken here first")
                    .help("give one of them another number")
                    .about(component.name.clone()),
            );
        }
    }
}
