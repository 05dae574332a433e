//! `recovery`: what is saved when, and the order in which it comes back.

use super::parts::{Arrows, Sign, drawn};
use crate::analysis::Fate;
use crate::graph::Stack;
use crate::outputs::diagram::picture::{Node, Picture, Shape};
use crate::outputs::recovery::{Saved, phases, saved};

pub(super) fn picture(stack: &Stack) -> Picture {
    let mut arrows = Arrows::default();
    let saved: Vec<Saved<'_>> = saved(stack);
    let backups: Vec<Node> = saved
        .iter()
        .map(|s| {
            let lines = std::iter::once(s.what.clone()).chain(s.lines.iter().cloned()).collect();
            Node::Box(Shape { name: s.what.clone(), lines, external: s.component.is_none(), fate: Fate::Unaffected })
        })
        .collect();
    // commands are not shown
    let phases = phases(stack, "");
    let step = |(at, phase): (usize, &crate::outputs::recovery::Phase<'_>)| {
        let lines = std::iter::once(format!("{}. {}", at + 1, phase.title)).chain(phase.summary.iter().cloned());
        Node::Box(Shape { name: phase_name(at), lines: lines.collect(), external: false, fate: Fate::Unaffected })
    };
    let recovery: Vec<Node> = phases.iter().enumerate().map(step).collect();
    for at in 1..phases.len() {
        arrows.add(phase_name(at - 1), phase_name(at), "");
    }
    let content = Node::group("Backups", backups).into_iter().chain(Node::group("Recovery", recovery)).collect();
    let legend = [
        (Sign::Arrows, "An arrow points to the next step."),
        (Sign::Dashed, "Dashed box: not saved from the cluster."),
    ];
    drawn("Disaster recovery", content, arrows.all, &legend, "This program deploys nothing that could be lost.")
}

fn phase_name(at: usize) -> String {
    format!("phase {}", at + 1)
}
