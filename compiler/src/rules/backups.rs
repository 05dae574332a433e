//! OBS4113 and OBS4114: where backups are made, what is kept for good has one, and what isn't kept has none.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::WorkloadKind;
use crate::value::Value;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    let Some(first) = graph.backups.first() else { return };
    for component in graph.components.iter().filter(|c| c.workload != WorkloadKind::External && !c.stores.is_empty()) {
        let backed = graph.backups.iter().any(|b| b.component == component.id);
        let elsewhere = graph.flows.iter().any(|f| f.from == component.id && graph.keeps_data(f));
        let passed_on = graph.flows.iter().any(|f| {
            f.from == component.id && !f.backward && f.signals.iter().any(|s| graph.component(f.to).stores.contains(s))
        });
        if !backed && !elsewhere && !passed_on {
            let stored: Vec<&str> = component.stores.iter().map(|s| s.name()).collect();
            let message =
                format!("`{}` is the only place of its {}, and has no backup", component.name, stored.join(" and "));
            out.push(
                Diagnostic::new(Code::OBS4113, component.name_span, message)
                    .label(first.span, "others have one")
                    .help(format!("add `backup {} {{ … }}`, or a flow to an object store", component.name))
                    .about(component.name.clone()),
            );
        }
    }
    for backup in &graph.backups {
        let component = graph.component(backup.component);
        let ephemeral = component
            .params
            .get("storage")
            .is_some_and(|s| matches!(&s.value, Value::Variant(v) if v.name == "ephemeral"));
        let elsewhere = graph
            .flows
            .iter()
            .any(|f| f.from == component.id && (graph.keeps_data(f) || component.shared_by.contains(&f.protocol)));
        if (ephemeral && !elsewhere && !component.stores.is_empty()) || component.workload == WorkloadKind::External {
            let message = format!("there is nothing to back up: the data of `{}` is lost with its pod", component.name);
            out.push(
                Diagnostic::new(Code::OBS4114, backup.span, message)
                    .label(component.name_span, "its storage is `ephemeral`")
                    .help("give it a volume: `storage: disk(50Gi)`")
                    .about(component.name.clone()),
            );
        }
    }
}
