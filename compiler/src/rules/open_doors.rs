//! OBS5101, OBS5107 and OBS5113: what people reach from outside asks who they are, over TLS.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::value::Value;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for flow in &graph.flows {
        let (from, to) = (graph.component(flow.from), graph.component(flow.to));
        let Some(ingress) = &from.ingress else { continue };
        let given = |name: &str| flow.options.get(name).is_some_and(|o| o.value != Value::None);
        if !given("host") {
            continue;
        }
        if !given("auth") && !to.authenticates {
            let message =
                format!("everyone who reaches `{}` gets into `{}`, which asks for no login", from.name, to.name);
            out.push(
                Diagnostic::new(Code::OBS5101, flow.span, message)
                    .help("add `auth: basic(secret(\"…\"))` to the flow, or leave it out")
                    .about(to.name.clone()),
            );
        }
        if let Some(Value::Variant(auth)) = flow.options.get("auth").map(|a| &a.value)
            && (ingress.gateway.is_some() || !ingress.logins.contains_key(&auth.name))
        {
            let message = format!("`{}` ({}) can't be told to ask for `{}`", from.name, ingress.class, auth.name);
            out.push(
                Diagnostic::new(Code::OBS5113, flow.span, message)
                    .help(format!(
                        "leave `auth` out and let something between them ask, or set `ingress.logins` of `{}`",
                        from.kind
                    ))
                    .about(to.name.clone()),
            );
        }
        if ingress.issuer.is_none() && ingress.certificate.is_none() && ingress.gateway.is_none() {
            let message = format!("`{}` is reached from outside without TLS", to.name);
            out.push(
                Diagnostic::new(Code::OBS5107, flow.span, message)
                    .help(format!("give `{}` an issuer or a certificate", from.name))
                    .about(to.name.clone()),
            );
        }
    }
}
