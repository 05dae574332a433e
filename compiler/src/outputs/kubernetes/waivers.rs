//! What the program says of the findings of linters, as these read it: annotations of a component's workload.

use super::Context;
use crate::graph::{Linter, Waiver};
use std::collections::BTreeMap;

/// The annotations of a component's workload. Where a linter has one annotation for all of its checks, they stand in a
/// list.
pub(super) fn annotations(context: &Context<'_>) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    let mut told: Vec<&Linter> = Vec::new();
    for waiver in context.graph.waivers.iter().filter(|w| w.is_on(context.component)) {
        let Some(linter) = &waiver.linter else { continue };
        told.push(linter);
        let number = told.iter().filter(|l| **l == linter).count();
        let value = filled(&linter.value, waiver, number);
        out.entry(filled(&linter.annotation, waiver, number))
            .and_modify(|list| *list = format!("{list},{value}"))
            .or_insert(value);
    }
    out
}

fn filled(template: &str, waiver: &Waiver, number: usize) -> String {
    let check = waiver.code.rsplit('.').next().unwrap_or_default();
    // the reason last: what people wrote is no template
    let text = template.replace("{check}", check).replace("{number}", &number.to_string());
    text.replace("{reason}", &waiver.reason)
}
