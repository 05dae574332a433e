//! OBS3111 to OBS3113: ports that flows need are open, that are named exist, and are taken once in a pod.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Component, Graph, PortTransport};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    closed(graph, out);
    for component in &graph.components {
        unknown(component, out);
        taken(component, out);
    }
}

/// A flow to a port that the `ports` setting leaves closed.
fn closed(graph: &Graph, out: &mut Vec<Diagnostic>) {
    for flow in &graph.flows {
        let to = graph.component(flow.to);
        let named: Vec<&str> =
            to.accepts.iter().filter(|a| a.protocol == flow.protocol).filter_map(|a| a.port.as_deref()).collect();
        let open = to.ports.iter().any(|p| named.contains(&p.name.as_str()));
        let Some(port) = to.closed_ports.iter().find(|p| named.contains(&p.name.as_str())) else { continue };
        let Some(setting) = to.params.get("ports").and_then(|p| p.chain.last()) else { continue };
        if open {
            continue;
        }
        let what = match flow.implicit {
            true => format!(
                "the instances of `{}` reach each other by `{}` on port {}",
                to.name, flow.protocol, port.number
            ),
            false => format!("`{}` is reached by `{}` on port {}", to.name, flow.protocol, port.number),
        };
        let mut diagnostic = Diagnostic::new(Code::OBS3111, setting.span, format!("{what}, which isn't open"))
            .help(format!("add {} to `ports`", port.number))
            .about(to.name.clone());
        if !flow.implicit {
            diagnostic = diagnostic.label(flow.span, "needed here");
        }
        out.push(diagnostic);
    }
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
