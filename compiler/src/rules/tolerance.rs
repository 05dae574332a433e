//! OBS4102: copies in a ring survive the loss of an instance.

use super::{Context, list};
use crate::analysis::quorum::tolerates;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::State;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    for component in graph.components.iter().filter(|c| c.state == State::Ring) {
        let counts = graph.profiles.iter().zip(&component.replicas.by_profile);
        let weak: Vec<&str> = counts.filter(|(_, n)| **n > 1 && tolerates(**n) == 0).map(|(p, _)| p.as_str()).collect();
        if weak.is_empty() {
            continue;
        }
        let message = format!(
            "two instances of `{}`, as in profile {}, cost twice and survive the loss of none",
            component.name,
            list(weak)
        );
        let span = context.counted(component);
        out.push(
            Diagnostic::new(Code::OBS4102, span, message)
                .help("a write needs a majority of its copies, which of two is both: use 1, or 3 and more")
                .about(component.name.clone()),
        );
    }
}
