//! OBS4101: an autoscaler's bounds are in order, and profiles lie within them.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for component in &graph.components {
        let Some(autoscale) = &component.replicas.autoscale else { continue };
        if autoscale.min > autoscale.max || autoscale.max == 0 {
            let message =
                format!("the autoscaler of `{}` goes from {} to {}", component.name, autoscale.min, autoscale.max);
            let diagnostic = Diagnostic::new(Code::OBS4101, autoscale.span, message);
            out.push(diagnostic.help("write the smaller number first").about(component.name.clone()));
            continue;
        }
        for (profile, &count) in graph.profiles.iter().zip(&component.replicas.by_profile) {
            if (autoscale.min..=autoscale.max).contains(&count) {
                continue;
            }
            let (min, max) = (autoscale.min, autoscale.max);
            let message =
                format!("`{}` has {count} in profile `{profile}`; its autoscaler keeps {min} to {max}", component.name);
            let span = component.replicas.scale.as_ref().map_or(component.replicas.origin, |s| s.0);
            out.push(
                Diagnostic::new(Code::OBS4101, span, message)
                    .label(autoscale.span, "bounds are set here")
                    .help("the autoscaler would overrule the profile: make them agree")
                    .about(component.name.clone()),
            );
        }
    }
}
