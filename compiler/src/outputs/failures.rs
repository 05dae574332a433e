//! What goes on when parts fail, in words and as data: for `obs whatif` and for the guide.
//!
//! ```text
//! with failures:    { version: 1, profile, zones, kill: [name], outcomes: [outcome] }
//! without any:      { version: 1, profile, zones, failures: [{ kill, lost: [about], degraded: [about] }],
//!                     singlePoints: [{ kill, lost: [about] }] }
//! outcome: { about, kind: "kept"|"read"|"told"|"reached", fate: "lost"|"degraded"|"unaffected",
//!            source|null, signal|null, as: signal|null, protocol|null, ends: [{ at, fate, path: [name] }], because: [text] }
//! ```

use super::words;
use crate::analysis::{
    Condition, Failure, Fate, Need, Outcome, Part, Scenario, Subject, Why, ZONES, least_instances, quorum,
};
use crate::graph::{Component, Graph, Signal, WorkloadKind};
use crate::value::ComponentId;
use serde_json::{Value as Json, json};
use std::fmt::Write;

/// What fails, as `--kill` takes it.
pub fn name(graph: &Graph, failure: Failure) -> String {
    match failure {
        Failure::Instance(id, number) => format!("{}-{number}", graph.component(id).name),
        Failure::Component(id) => graph.component(id).name.to_string(),
        Failure::Node => "node".to_owned(),
        Failure::Zone => "zone".to_owned(),
        Failure::Flow(id) => {
            let flow = graph.flow(id);
            format!("{} -> {}: {}", graph.component(flow.from).name, graph.component(flow.to).name, flow.protocol)
        }
    }
}

/// What fails, in a table of single failures: which instance it is makes no difference.
pub(super) fn told_of(graph: &Graph, failure: Failure) -> String {
    match failure {
        Failure::Instance(id, _) => format!("one {}", graph.component(id).name),
        Failure::Component(id) => {
            let component = graph.component(id);
            match (component.workload, least_instances(graph, component)) {
                (WorkloadKind::External, _) => component.name.to_string(),
                (_, Some(1)) => format!("{}, its only instance", component.name),
                _ => format!("all of {}", component.name),
            }
        }
        Failure::Node | Failure::Zone => format!("a {}", name(graph, failure)),
        other => name(graph, other),
    }
}

/// What it is about: `metrics of apps (scrape)`, `traces of apps (otlp as metrics)`.
pub(super) fn about(graph: &Graph, subject: &Subject) -> String {
    let name = |id: ComponentId| &graph.component(id).name;
    match subject {
        Subject::Kept { source, signal, stored, protocol } => {
            let turned = if stored == signal { String::new() } else { format!(" as {}", stored.name()) };
            format!("{} of {} ({protocol}{turned})", signal.name(), name(*source))
        }
        Subject::Read(signal) => format!("reading {}", signal.name()),
        Subject::Told(id) => format!("alerts of {}", name(*id)),
        Subject::Reached(id) => format!("people reach {}", name(*id)),
    }
}

fn path(graph: &Graph, path: &[ComponentId]) -> String {
    path.iter().map(|id| graph.component(*id).name.as_str()).collect::<Vec<_>>().join(" → ")
}

/// Why something on a way isn't as it was, in a sentence without its full stop.
pub(super) fn because(graph: &Graph, part: Part, condition: Condition) -> String {
    match part {
        Part::Component(id) => of_component(graph, graph.component(id), condition),
        Part::Flow(id) => {
            let flow = graph.flow(id);
            let (from, to) = (&graph.component(flow.from).name, &graph.component(flow.to).name);
            format!("{from} can't connect to {to} ({})", flow.protocol)
        }
    }
}

fn of_component(graph: &Graph, component: &Component, condition: Condition) -> String {
    let name = &component.name;
    let gone = |lost: u32, of: u32| {
        let are = if lost == 1 { "is" } else { "are" };
        if of == 1 {
            format!("the only instance of {name} is gone")
        } else {
            format!("{lost} of {of} instances of {name} {are} gone")
        }
    };
    match condition.why {
        None => format!("{name} goes on"),
        Some(Why::Gone) if words::deployed(component) => format!("{name} is gone"),
        Some(Why::Gone) => format!("{name} doesn't answer"),
        Some(Why::Cut) => format!("{name} is cut off"),
        Some(Why::SwitchedOff) => format!("{name} isn't run in this profile"),
        Some(Why::Fewer { lost, of }) => format!("{}: the rest takes over their load", gone(lost, of)),
        Some(Why::Share { lost, of }) => format!("{}, and their share of the data with them", gone(lost, of)),
        Some(Why::OfNodes { lost, of }) => {
            let nodes = match (lost, of) {
                (Some(lost), Some(of)) => format!("on {lost} of {of} nodes"),
                (Some(1), None) => "on one node".to_owned(),
                (Some(lost), None) => format!("on {lost} nodes"),
                (None, _) => "on the nodes of a zone".to_owned(),
            };
            format!("{name} is gone {nodes}: what it does for their pods stops")
        }
        Some(Why::Twin { lost, of }) => {
            let each =
                if graph.incoming(component.id).any(|f| f.every_instance) { ", and is pushed the same" } else { "" };
            let last = if of - lost == 1 { "; it is the last one" } else { "" };
            format!("{}: the rest does the same work{each}{last}", gone(lost, of))
        }
        Some(Why::Ring { lost, of }) => {
            let (copies, majority) = (quorum::copies(of), quorum::majority(quorum::copies(of)));
            let left = copies - lost.min(copies);
            match condition.fate {
                _ if of == 1 => gone(lost, of),
                Fate::Lost => {
                    format!("{}: a write needs {majority} of its {copies} copies, and may find {left}", gone(lost, of))
                }
                _ => format!(
                    "{}: a write needs {majority} of its {copies} copies, and finds {left} at the least",
                    gone(lost, of)
                ),
            }
        }
        Some(Why::Without(flow, need)) => {
            let to = &graph.component(graph.flow(flow).to).name;
            match need {
                Need::State if condition.fate == Fate::Lost => {
                    format!("{name} has its state in {to}, which isn't there")
                }
                Need::State => format!("{name} has its state in {to}, which goes on with less"),
                Need::Storage => {
                    format!(
                        "{name} can't reach {to}: it keeps what is new until its volume is full, and can't read what is older"
                    )
                }
                Need::Discovery => format!("{name} can't ask {to}: it goes on with what it knew"),
                Need::Answers => format!("what {name} asks of {to} fails"),
            }
        }
    }
}

fn assumed(graph: &Graph) -> String {
    format!(
        "Profile {}. A node is taken to run one instance of each component, a zone one in {ZONES} of them, rounded up.",
        graph.profile
    )
}

/// What becomes of all that the stack does when these fail at once, as text.
pub fn text(graph: &Graph, killed: &[Failure], outcomes: &[Outcome]) -> String {
    let mut out = format!("Without {}\n{}\n", words::list(killed.iter().map(|f| name(graph, *f))), assumed(graph));
    // writing to a string can't fail: results of `write!` are dropped
    for fate in [Fate::Lost, Fate::Degraded, Fate::Unaffected] {
        let of: Vec<&Outcome> = outcomes.iter().filter(|o| o.fate == fate).collect();
        if of.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{}", fate.word());
        for outcome in of {
            let _ = writeln!(out, "  {}", about(graph, &outcome.subject));
            for end in &outcome.ends {
                let way = path(graph, &end.path);
                let mark = if end.fate == fate { String::new() } else { format!(" ({})", end.fate.word()) };
                let _ = writeln!(out, "    {way}{mark}");
            }
            for (part, condition) in &outcome.causes {
                let _ = writeln!(out, "    because {}", because(graph, *part, *condition));
            }
        }
    }
    out
}

/// The same as data.
pub fn json(graph: &Graph, killed: &[Failure], outcomes: &[Outcome]) -> String {
    let names: Vec<String> = killed.iter().map(|f| name(graph, *f)).collect();
    let value = json!({
        "version": 1, "profile": graph.profile, "zones": ZONES, "kill": names,
        "outcomes": outcomes.iter().map(|o| outcome(graph, o)).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn outcome(graph: &Graph, outcome: &Outcome) -> Json {
    let of = |id: ComponentId| Json::from(graph.component(id).name.as_str());
    let signal_of = |s: &Signal| Json::from(s.name());
    let (kind, source, signal, stored, protocol) = match &outcome.subject {
        Subject::Kept { source, signal, stored, protocol } => {
            ("kept", of(*source), signal_of(signal), signal_of(stored), protocol.as_str().into())
        }
        Subject::Read(signal) => ("read", Json::Null, signal_of(signal), Json::Null, Json::Null),
        Subject::Told(id) => ("told", of(*id), Json::Null, Json::Null, Json::Null),
        Subject::Reached(_) => ("reached", Json::Null, Json::Null, Json::Null, Json::Null),
    };
    let ends = outcome.ends.iter().map(
        |e| json!({"at": of(e.at), "fate": e.fate.word(), "path": e.path.iter().map(|id| of(*id)).collect::<Vec<_>>()}),
    );
    json!({
        "about": about(graph, &outcome.subject), "kind": kind, "fate": outcome.fate.word(),
        "source": source, "signal": signal, "as": stored, "protocol": protocol,
        "ends": ends.collect::<Vec<_>>(),
        "because": outcome.causes.iter().map(|(p, c)| because(graph, *p, *c)).collect::<Vec<_>>(),
    })
}

/// What a scenario does to others, in short: outcomes of one fate.
pub(super) fn hit(graph: &Graph, scenario: &Scenario, fate: Fate) -> Vec<String> {
    scenario.hits(graph, fate).map(|o| about(graph, &o.subject)).collect()
}

/// Every single failure, as a table, then what stands alone.
pub fn all_text(graph: &Graph, scenarios: &[Scenario]) -> String {
    let rows: Vec<[String; 3]> = scenarios
        .iter()
        .map(|s| {
            let cell = |fate| words::list(hit(graph, s, fate));
            [told_of(graph, s.failure), cell(Fate::Lost), cell(Fate::Degraded)]
        })
        .filter(|[_, lost, degraded]| !(lost.is_empty() && degraded.is_empty()))
        .collect();
    let mut out = format!("Every single failure\n{}\n", assumed(graph));
    // writing to a string can't fail: results of `write!` are dropped
    for [what, lost, degraded] in &rows {
        let _ = writeln!(out, "\n{what}");
        for (fate, of) in [(Fate::Lost, lost), (Fate::Degraded, degraded)].iter().filter(|(_, of)| !of.is_empty()) {
            let _ = writeln!(out, "  {:<10} {of}", fate.word());
        }
    }
    let points: Vec<&Scenario> = scenarios.iter().filter(|s| s.is_single_point(graph)).collect();
    out.push_str(if points.is_empty() { "\nNo single point of failure\n" } else { "\nSingle points of failure\n" });
    for point in points {
        let _ = writeln!(out, "  {}: {}", told_of(graph, point.failure), words::list(hit(graph, point, Fate::Lost)));
    }
    out
}

/// The same as data.
pub fn all_json(graph: &Graph, scenarios: &[Scenario]) -> String {
    let failures = scenarios.iter().map(|s| {
        json!({"kill": name(graph, s.failure), "lost": hit(graph, s, Fate::Lost), "degraded": hit(graph, s, Fate::Degraded)})
    });
    let points = scenarios.iter().filter(|s| s.is_single_point(graph));
    let points = points.map(|s| json!({"kill": name(graph, s.failure), "lost": hit(graph, s, Fate::Lost)}));
    let value = json!({
        "version": 1, "profile": graph.profile, "zones": ZONES,
        "failures": failures.collect::<Vec<_>>(), "singlePoints": points.collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}
