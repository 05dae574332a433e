//! OBS4108: rules that the autoscaler of Kubernetes can't express are said, with what it does instead.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for component in &context.graph().components {
        let Some(autoscale) = &component.replicas.autoscale else { continue };
        let down = &autoscale.down;
        if down.cpu.is_none() && down.memory.is_none() {
            continue;
        }
        let target = |name: &str, at: Option<f64>| at.map(|at| format!("{name} at {at}%"));
        let up = [target("CPU", autoscale.up.cpu), target("memory", autoscale.up.memory)];
        let targets: Vec<String> = up.into_iter().flatten().collect();
        let message = format!(
            "`{}` has its own thresholds for scaling down, which an autoscaler of Kubernetes doesn't know",
            component.name
        );
        out.push(
            Diagnostic::new(Code::OBS4108, down.span, message)
                .help(format!(
                    "it keeps {} and removes instances whenever fewer would do; how fast and how late is as written",
                    targets.join(" and ")
                ))
                .about(component.name.clone()),
        );
    }
}
