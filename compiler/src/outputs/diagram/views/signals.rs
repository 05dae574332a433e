//! `metrics`, `logs`, `traces`: the way of one signal from where it starts to where people read it.

use super::parts::{Arrows, BY_DATA, DASHED, drawn, shape, told_of_data};
use crate::graph::{Component, Flow, Graph, Signal};
use crate::outputs::diagram::picture::Picture;
use crate::outputs::words;

pub(super) fn picture(graph: &Graph, signal: Signal) -> Picture {
    let streams: Vec<&Flow> = graph.flows.iter().filter(|f| streams(graph, f, signal)).collect();
    let mut arrows = Arrows::default();
    let mut shown: Vec<&Flow> = Vec::new();
    for &flow in &streams {
        arrows.data(graph, flow, told_of_data(flow));
        shown.push(flow);
    }
    for (flow, by) in made_of(graph, &streams, signal) {
        arrows.data(graph, flow, format!("{} ({by})", flow.label));
        shown.push(flow);
    }
    let touches = |c: &Component| shown.iter().any(|f| f.from == c.id || f.to == c.id);
    let content = graph.components.iter().filter(|c| touches(c)).map(|c| shape(c, lines(c, &shown, signal)));
    let (first, rest) = signal.name().split_at(1);
    let title = format!("{}{rest}", first.to_uppercase());
    let nothing = format!("No {} go anywhere here.", signal.name());
    drawn(title, content.collect(), arrows.all, &[BY_DATA, DASHED], nothing)
}

/// Whether a flow is part of the signal's way: what it carries isn't just about the side that gives it, and what is
/// read is kept there.
fn streams(graph: &Graph, flow: &Flow, signal: Signal) -> bool {
    let from = graph.component(graph.data_from(flow));
    let starts = from.produces.contains(&signal);
    let kept = from.stores.contains(&signal);
    let told = if flow.own { starts } else { !flow.backward || starts || kept };
    !flow.implicit && flow.signals.contains(&signal) && told
}

/// Flows that carry what components on the way make of the signal, and by what means.
fn made_of<'a>(graph: &'a Graph, streams: &[&Flow], signal: Signal) -> Vec<(&'a Flow, String)> {
    let mut out = Vec::new();
    for component in &graph.components {
        if !streams.iter().any(|f| graph.data_to(f) == component.id) {
            continue;
        }
        for turn in component.turns.iter().filter(|t| t.from.contains(&signal)) {
            let made: Vec<Signal> = turn.into.iter().copied().filter(|s| *s != signal).collect();
            let names = words::list(made.iter().map(|s| s.name()));
            let by = turn.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
            let carries = |f: &&Flow| !f.own && f.signals.iter().any(|s| made.contains(s));
            let new = graph.leaving(component.id).filter(carries).filter(|f| !f.signals.contains(&signal));
            out.extend(new.map(|f| (f, format!("{names}{by}"))));
        }
    }
    out
}

/// What a box says where one signal is shown: the ports that take part, what it does, how long it keeps it.
fn lines(component: &Component, shown: &[&Flow], signal: Signal) -> Vec<String> {
    let mut out: Vec<String> = words::instances(component).into_iter().collect();
    let takes_part =
        |number: u16| shown.iter().any(|f| f.to == component.id && f.ports.iter().any(|p| p.number == number));
    out.extend(words::ports(component, |p| takes_part(p.number)));
    out.extend(component.notes.iter().map(|n| format!("• {n}")));
    if component.stores.contains(&signal) {
        let kept = words::kept(component).map(|k| format!(" (kept: {k})")).unwrap_or_default();
        out.push(format!("Stores {}{kept}", signal.name()));
    }
    out
}
