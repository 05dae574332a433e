//! The views: which part of a stack each shows, and how. One view, one file.

mod availability;
mod filter;
mod interaction;
mod monitoring;
mod nodes;
mod parts;
mod ports;
mod recovery;
mod scaling;
mod security;
mod signals;
mod storage;
mod system;

use super::picture::Picture;
use crate::graph::{Signal, Stack};

/// The views that always exist, besides those of the program's own.
pub const VIEWS: &[&str] = &[
    "system",
    "metrics",
    "logs",
    "traces",
    "interaction",
    "availability",
    "nodes",
    "ports",
    "security",
    "storage",
    "scaling",
    "self-monitoring",
    "recovery",
];

/// The picture of a view; `None` where there is none of that name. One of the program's own comes first.
pub(super) fn picture(stack: &Stack, view: &str) -> Option<Picture> {
    if let Some(own) = stack.graph.views.iter().find(|v| v.name == view) {
        return Some(system::own(&stack.graph, own));
    }
    Some(match view {
        "system" => system::whole(&stack.graph),
        "interaction" => interaction::picture(&stack.graph),
        "availability" => availability::picture(stack),
        "nodes" => nodes::picture(&stack.graph),
        "ports" => ports::picture(&stack.graph),
        "security" => security::picture(stack),
        "storage" => storage::picture(stack),
        "scaling" => scaling::picture(&stack.graph),
        "self-monitoring" => monitoring::picture(stack),
        "recovery" => recovery::picture(stack),
        other => {
            signals::picture(&stack.graph, *Signal::ALL.iter().find(|s| VIEWS.contains(&other) && s.name() == other)?)
        }
    })
}
