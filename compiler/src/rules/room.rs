//! OBS4111: what is kept fits where it is kept.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Effective, Workload, stacks};
use crate::value::{Quantity, Value};

/// A volume is called full at this part of its size: stores need room to compact.
const USABLE: f64 = 0.8;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    let stacks = &stacks(context.db, context.entry).stacks;
    for component in &graph.components {
        let retention = component.params.get("retention");
        let elsewhere = graph.outgoing(component.id).any(|f| graph.keeps_data(f));
        let storage = component.params.get("storage");
        let (Some(retention), Some(storage), false) = (retention, storage, elsewhere) else { continue };
        let Value::Variant(kept) = &storage.value else { continue };
        let size = match kept.fields.get("size").map(|s| &s.value) {
            Some(Value::Quantity(Quantity::Bytes(size))) => Some(*size),
            _ => None,
        };
        let place = if size.is_some() { "a volume" } else { "a folder that is lost with the pod" };
        let workload = stacks.first().and_then(|s| s.workloads.get(component.id.0 as usize)?.as_ref());
        let room = workload.and_then(Workload::room);
        let said = |e: &Effective| e.chain.last().map_or(component.span, |l| context.said(component, l.span));
        if retention.value.as_str().is_some_and(|word| word == "unlimited") {
            let message = format!("`{}` keeps data without end on {place}, which fills up", component.name);
            let help = "add a flow to an object store, or set a `retention`";
            out.push(Diagnostic::new(Code::OBS4111, said(retention), message).help(help).about(component.name.clone()));
        } else if let (Some(room), Some(fills)) = (room, component.fills)
            && fills as f64 > room as f64 * USABLE
        {
            let (fills, room) = (Quantity::Bytes(fills), Quantity::Bytes(room));
            let place = match size {
                Some(_) => format!("a volume of {room}"),
                None => format!("{room} that are lost with the pod"),
            };
            let message = format!("`{}` keeps {} of data, about {fills}, on {place}", component.name, retention.value);
            let help = match size {
                Some(_) => "make the volume larger, or keep the data for less long",
                None => "give it a volume (`storage: disk(50Gi)`), or keep the data for less long",
            };
            out.push(Diagnostic::new(Code::OBS4111, said(storage), message).help(help).about(component.name.clone()));
        }
    }
}
