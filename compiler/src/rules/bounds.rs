//! OBS4101: an autoscaler's bounds are in order, and profiles lie within them.

use super::{Context, list};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Autoscale, Component, WorkloadKind};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for component in &graph.components {
        let Some(autoscale) = &component.replicas.autoscale else { continue };
        // what has no number of instances at all is said elsewhere
        let scalable = matches!(component.workload, WorkloadKind::Deployment | WorkloadKind::Stateful);
        let found = match autoscale.min > autoscale.max || autoscale.max == 0 {
            _ if !scalable => None,
            true => Some(reversed(component, autoscale)),
            false => outside(context, component, autoscale),
        };
        out.extend(found);
    }
}

fn reversed(component: &Component, autoscale: &Autoscale) -> Diagnostic {
    let (name, min, max) = (&component.name, autoscale.min, autoscale.max);
    let message = format!("the autoscaler of `{name}` goes from {min} to {max}");
    Diagnostic::new(Code::OBS4101, autoscale.span, message)
        .help(format!("write the smaller number first: `replicas: {}..{}`", max.max(1), min.max(1)))
        .about(name.clone())
}

fn outside(context: &Context<'_>, component: &Component, autoscale: &Autoscale) -> Option<Diagnostic> {
    let (min, max) = (autoscale.min, autoscale.max);
    let counts = context.graph().profiles.iter().zip(&component.replicas.by_profile);
    let wrong: Vec<(&str, u32)> =
        counts.filter(|(_, n)| !(min..=max).contains(n)).map(|(p, n)| (p.as_str(), *n)).collect();
    let (_, count) = wrong.first()?;
    let profiles = list(wrong.iter().map(|(p, _)| *p));
    let has = match wrong.iter().all(|(_, n)| n == count) {
        true => format!("{count}"),
        false => wrong.iter().map(|(_, n)| n.to_string()).collect::<Vec<_>>().join(" and "),
    };
    let plural = if wrong.len() == 1 { "" } else { "s" };
    let name = &component.name;
    let message = format!("`{name}` has {has} in profile{plural} {profiles}; its autoscaler keeps {min} to {max}");
    let span = context.counted(component);
    let diagnostic = Diagnostic::new(Code::OBS4101, span, message)
        .label(autoscale.span, "bounds are set here")
        .help("the autoscaler would overrule the profile: make them agree");
    Some(diagnostic.about(name.clone()))
}
