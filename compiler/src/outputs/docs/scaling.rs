//! Profiles side by side, and what autoscalers do.

use super::Book;
use super::markdown::{Document, Inline, Table, code};
use crate::graph::autoscaling::{GROWTH_PERIOD, SHRINK_PERIOD};
use crate::graph::{Autoscale, Component, Stack, WorkloadKind};
use crate::outputs::capacity::{Capacity, MULTIPLES};
use crate::outputs::words;
use crate::value::Quantity;

pub(super) fn chapter(book: &Book<'_>) -> Document {
    let graph = &*book.stack.graph;
    let mut doc = Document::default();
    if !book.picture(&mut doc, "scaling") {
        return doc;
    }
    book.heading(&mut doc, 3, "Replicas by profile");
    doc.table(&profiles(book));
    if let Some(capacity) = Capacity::of(book.stack, &MULTIPLES) {
        book.heading(&mut doc, 3, "Capacity");
        doc.paragraph(&[format!(
            "Loads as their sources declare them, in profile {}, carried along the flows and held against the figures that \
             each kind has of itself. They say what to expect, not what will be: measure, and correct them.",
            graph.profile
        )
        .into()]);
        capacity.document(&mut doc);
    }
    let scaled: Vec<(&Component, &Autoscale)> =
        graph.components.iter().filter_map(|c| Some((c, c.replicas.autoscale.as_ref()?))).collect();
    if !scaled.is_empty() {
        book.heading(&mut doc, 3, "Autoscaling");
        if scaled.iter().any(|(_, autoscale)| autoscale.via.is_none()) {
            explanation(&mut doc);
        }
        for (component, autoscale) in scaled {
            book.heading(&mut doc, 4, &format!("The autoscaler of {}", component.name));
            one(book, &mut doc, component, autoscale);
        }
    }
    doc
}

fn profiles(book: &Book<'_>) -> Table {
    let graph = &*book.stack.graph;
    let names = book.stacks.iter().map(|s| s.graph.profile.as_str());
    let row = |c: &Component| {
        let cell = |n: &u32| match c.workload {
            WorkloadKind::Daemon => "DaemonSet".to_owned(),
            _ => n.to_string(),
        };
        std::iter::once(c.name.to_string()).chain(c.replicas.by_profile.iter().map(cell)).collect()
    };
    let deployed = graph.components.iter().filter(|c| words::deployed(c));
    Table::new(std::iter::once("Component").chain(names), deployed.map(row))
}

/// What every HorizontalPodAutoscaler does; after Kubernetes' own documentation of it.
fn explanation(doc: &mut Document) {
    doc.markdown(
        "A HorizontalPodAutoscaler (HPA) knows targets, not conditions. Every 15 seconds, by default, it works out for \
         each metric the number of pods that would bring it to its target, `pods × usage ÷ target`, rounded up, and \
         takes the largest:",
    );
    doc.list(&[
        vec!["It grows as soon as one metric asks for more pods, and shrinks only when all of them allow fewer.".into()],
        vec!["A metric that is off its target by less than the tolerance changes nothing.".into()],
        vec![
            "Before it shrinks it looks back over the stabilization window, and takes the largest number of that time: \
             a short dip changes nothing, and nothing is counted in seconds “below”."
                .into(),
        ],
        vec!["Usage is the average of all pods, in percent of what they request; it needs the metrics API (metrics-server).".into()],
    ]);
}

/// Rules that something else carries out are as they are written.
fn by_another(doc: &mut Document, a: &Autoscale, scaler: &str) {
    let [bounds, up, down] = words::autoscaling(a);
    let rows = [("Limits", bounds), ("Scale up", up), ("Scale down", down)];
    doc.table(&Table::new(["", "As it is asked for, and done"], rows.map(|(name, rule)| vec![name.to_owned(), rule])));
    doc.paragraph(&[
        "It is carried out by ".into(),
        code(scaler),
        format!(
            ", which asks a store of metrics and sets a number by a formula with these marks. It grows at most by {}% \
             within {GROWTH_PERIOD} seconds and shrinks at most by {}% within {SHRINK_PERIOD}; a change by less than the \
             cluster's tolerance, 10% by default, isn't made. Where the store gives no answer the number stays.",
            a.up.by, a.down.by
        )
        .as_str()
        .into(),
    ]);
}

fn one(book: &Book<'_>, doc: &mut Document, component: &Component, a: &Autoscale) {
    if let Some((scaler, _)) = &a.via {
        return by_another(doc, a, scaler);
    }
    let [bounds, up, down] = words::autoscaling(a);
    let requests = words::workload(book.stack, component).map(|w| {
        let (cpu, memory) = (Quantity::Cpu(w.resources.cpu), Quantity::Bytes(w.resources.memory));
        format!("; each pod requests {cpu} CPU and {memory} of memory")
    });
    doc.table(&Table::new(
        ["", "As it is asked for", "What the autoscaler does"],
        [
            vec![
                "Limits".to_owned(),
                bounds,
                format!("{}, max replicas: {}{}", fewest(book, component, a), a.max, requests.unwrap_or_default()),
            ],
            vec!["Scale up".to_owned(), up, grows(book, a)],
            vec!["Scale down".to_owned(), down, shrinks(book, a)],
        ],
    ));
    let graph = &*book.stack.graph;
    if graph.waivers.iter().any(|w| w.on.contains(&component.name)) {
        doc.paragraph(&[
            "Findings about it that are accepted stand under ".into(),
            Inline::Link("Accepted findings".to_owned(), book.to("assumptions")),
            ".".into(),
        ]);
    }
    doc.paragraph(&[
        "To see what it sees: ".into(),
        code(format!(
            "kubectl -n {} describe hpa {}",
            graph.namespace_of(component).map_or("default", |n| n.as_str()),
            component.name
        )),
    ]);
}

/// `Min replicas: 2 (3 in profile high)`: a profile's own number is one that it doesn't fall below.
fn fewest(book: &Book<'_>, component: &Component, a: &Autoscale) -> String {
    let least = |stack: &Stack| {
        let twin = stack.graph.component(component.id);
        twin.replicas.autoscale.as_ref().filter(|own| own.least > a.min).map(|own| own.least)
    };
    let raised = book.stacks.iter().filter_map(|s| Some(format!("{} in profile {}", least(s)?, s.graph.profile)));
    let raised: Vec<String> = raised.collect();
    let raised = if raised.is_empty() { String::new() } else { format!(" ({})", raised.join(", ")) };
    format!("Min replicas: {}{raised}", a.min)
}

fn has_tolerance(book: &Book<'_>) -> bool {
    book.stack.graph.cluster.has_tolerance()
}

fn grows(book: &Book<'_>, a: &Autoscale) -> String {
    let targets = words::condition(&crate::graph::ScaleRule { both: false, ..a.up.clone() }, ">");
    let late = match a.up.hold {
        0 => "at once".to_owned(),
        hold => format!("once all of {hold} seconds asked for it (its stabilization window)"),
    };
    let tolerance = if has_tolerance(book) {
        "above the target (tolerance 0)"
    } else {
        "above the target by more than the cluster's tolerance, 10% by default"
    };
    let rate = rate(a.up.by, "adds", "doubles");
    format!("{targets}: {late} {tolerance}; {rate} within {GROWTH_PERIOD} seconds")
}

/// `adds at most 50% of the pods`; 100% has a word of its own.
fn rate(by: f64, verb: &str, whole: &str) -> String {
    if by == 100.0 { format!("{whole} them at most (100%)") } else { format!("{verb} at most {by}% of them") }
}

fn shrinks(book: &Book<'_>, a: &Autoscale) -> String {
    let half = if a.down.by == 50.0 { " (half)" } else { "" };
    let rate = format!("removes at most {}%{half} of them within {SHRINK_PERIOD} seconds", a.down.by);
    let window = format!("stabilization window {} seconds", a.down.hold);
    let marks = match a.shrink_tolerance().filter(|_| has_tolerance(book)) {
        Some(tolerance) => {
            // the one tolerance holds for every metric: each has to be so far below its own target
            let marks = a.shrink_marks(tolerance);
            let marks: Vec<String> = marks.iter().map(|(name, mark)| format!("{name} < {mark:.0}%")).collect();
            let tolerance = tolerance as f64 / 10.0;
            format!("{}: there is one tolerance for all metrics, {tolerance:.1}%", marks.join(" and "))
        }
        None => "as soon as fewer pods would hold all metrics below their targets: low marks can't be said".to_owned(),
    };
    // without a target a metric isn't looked at
    let blind = [("CPU", a.down.cpu, a.up.cpu), ("memory", a.down.memory, a.up.memory)];
    let blind = blind.into_iter().filter(|(_, low, high)| low.is_some() && high.is_none());
    let blind: String = blind.map(|(name, ..)| format!("; {name} isn't looked at: it has no target")).collect();
    format!("{marks}{blind}; {window}; {rate}")
}
