//! OBS4110: a disruption budget lets a node be drained.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for patch in graph.patches.iter().filter(|p| p.object_kind.value == "PodDisruptionBudget") {
        let Some(spec) = patch.value.value.field("spec") else { continue };
        let component = graph.components.iter().find(|c| c.name == patch.object_name.value);
        let count = component.map_or(1, |c| i64::from(c.replicas.count));
        let all = spec
            .value
            .field("minAvailable")
            .filter(|v| v.value.as_int().is_some_and(|n| n >= count) || v.value.as_str().is_some_and(|s| s == "100%"));
        let none = spec
            .value
            .field("maxUnavailable")
            .filter(|v| v.value.as_int() == Some(0) || v.value.as_str().is_some_and(|s| s == "0%"));
        if let Some(setting) = all.or(none) {
            let name = &patch.object_name.value;
            let message =
                format!("the disruption budget of `{name}` lets no instance go: nodes that run one can't be drained");
            out.push(
                Diagnostic::new(Code::OBS4110, setting.span, message)
                    .help("leave it at `maxUnavailable: 1`")
                    .about(name.clone()),
            );
        }
    }
}
