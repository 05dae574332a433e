//! What loads come to, as text, Markdown and JSON.

use super::columns;
use super::docs::markdown::{Document, Table};
use crate::capacity::{Amounts, Bound, Need, Report, Resource, report};
use crate::graph::{Component, Graph, Measure, Signal, Stack, Turns};
use crate::value::Quantity;
use serde_json::{Value as Json, json};
use std::fmt::Write;

/// By how much loads are looked at where nothing else is asked for.
pub const MULTIPLES: [f64; 3] = [2.0, 5.0, 10.0];

/// The declared loads, once and several times, under one profile.
#[derive(Debug, Clone)]
pub struct Capacity<'a> {
    stack: &'a Stack,
    report: Report,
    multiples: Vec<f64>,
}

fn amounts(a: &Amounts) -> String {
    let part = |measure: Measure| {
        let amount = a.of(measure);
        let told = match measure {
            Measure::Series => format!("{} series", crate::capacity::short(amount)),
            Measure::Samples => format!("{} samples/s", crate::capacity::short(amount)),
            Measure::Logs => format!("{}/s of logs", crate::capacity::bytes(amount)),
            Measure::Spans => format!("{} spans/s", crate::capacity::short(amount)),
        };
        (amount > 0.0).then_some(told)
    };
    let parts: Vec<String> = Measure::ALL.iter().filter_map(|m| part(*m)).collect();
    parts.join(", ")
}

impl<'a> Capacity<'a> {
    /// Of a stack; `multiples` say what else to look at. `None` where no component declares a load.
    pub fn of(stack: &'a Stack, multiples: &[f64]) -> Option<Self> {
        crate::capacity::is_declared(stack).then(|| Self {
            stack,
            report: report(stack, 1.0),
            multiples: multiples.to_vec(),
        })
    }

    fn graph(&self) -> &Graph {
        &self.stack.graph
    }

    fn name(&self, need: &Need) -> &str {
        &self.graph().component(need.component).name
    }

    fn limit(&self, need: &Need) -> Option<&Bound> {
        self.report.limits.iter().find(|l| l.component == need.component && l.resource == need.resource)
    }

    /// What reaches each component that anything reaches.
    fn loads(&self) -> Vec<Vec<String>> {
        let row = |c: &Component| {
            let load = self.report.loads.at(c.id);
            let received = amounts(&load.received);
            let distinct = if load.distinct == load.received { "–".to_owned() } else { amounts(&load.distinct) };
            (!received.is_empty()).then(|| vec![c.name.to_string(), received, distinct])
        };
        self.graph().components.iter().filter_map(row).collect()
    }

    /// Each need with what there is, how much of it is used, and how far it reaches.
    fn needs(&self) -> Vec<Vec<String>> {
        let row = |need: &Need| {
            let told = |amount: f64| need.resource.told(amount);
            let used = need.has.filter(|has| *has > 0.0).map(|has| format!("{:.0}%", need.amount / has * 100.0));
            let reaches = self.limit(need).map(|l| multiple(l.at));
            vec![
                format!("{} × {}", self.name(need), need.instances),
                need.resource.title().to_owned(),
                told(need.amount),
                need.has.map_or("–".to_owned(), told),
                used.unwrap_or_else(|| "–".to_owned()),
                reaches.unwrap_or_else(|| "–".to_owned()),
                fits(need).unwrap_or_else(|| "–".to_owned()),
            ]
        };
        self.report.needs.iter().map(row).collect()
    }

    /// Every factor that took part, with its source.
    fn factors(&self) -> Vec<Vec<String>> {
        let rows = self.report.needs.iter().flat_map(|need| {
            need.parts.iter().map(|p| {
                let name = self.name(need).to_owned();
                vec![
                    name,
                    need.resource.title().to_owned(),
                    p.name.to_string(),
                    need.resource.told(p.amount),
                    p.source.to_string(),
                ]
            })
        });
        rows.collect()
    }

    /// What gives way at a multiple of the load, soonest first.
    fn broken(&self, times: f64) -> Vec<&Bound> {
        self.report.limits.iter().filter(|l| l.at < times).collect()
    }

    fn told(&self, bound: &Bound) -> String {
        let component = self.graph().component(bound.component);
        let what = format!("{} of {}", bound.resource.title(), component.name);
        let scaled = bound.instances > component.replicas.count && component.replicas.autoscale.is_some();
        let with = if scaled {
            format!(", with the {} instances that its autoscaler may make", bound.instances)
        } else {
            String::new()
        };
        if bound.at > 0.0 {
            format!("{what}, used up at {} the load{with}", multiple(bound.at))
        } else {
            format!("{what}, used up without any load{with}")
        }
    }

    /// A sentence for each multiple.
    fn bottlenecks(&self) -> Vec<String> {
        let one = |times: f64| match self.broken(times).as_slice() {
            [] => format!("At {}: all that is known fits.", multiple(times)),
            [first, rest @ ..] => {
                let more = if rest.is_empty() { String::new() } else { format!("; {} more after it", rest.len()) };
                format!("At {}: first {}{more}.", multiple(times), self.told(first))
            }
        };
        self.multiples.iter().map(|times| one(*times)).collect()
    }

    /// What isn't counted.
    fn gaps(&self) -> Vec<String> {
        let graph = self.graph();
        let mut out = Vec::new();
        for id in &self.report.unknown {
            out.push(format!(
                "{} runs on every node, and it isn't said how many there are: `cluster … {{ nodes: 10 }}`.",
                graph.component(*id).name
            ));
        }
        let deployed = |c: &&Component| self.stack.workloads.get(c.id.0 as usize).is_some_and(Option::is_some);
        let loaded = |c: &&Component| !self.report.loads.at(c.id).received.is_nothing();
        let silent = graph.components.iter().filter(deployed).filter(loaded).filter(|c| c.capacity.sizing.is_empty());
        let names: Vec<&str> = silent.map(|c| c.name.as_str()).collect();
        if !names.is_empty() {
            out.push(format!("No figures are known of what {} needs.", names.join(", ")));
        }
        out.extend(graph.components.iter().filter(loaded).flat_map(|c| self.made(c)));
        out
    }

    /// What a component makes of what reaches it: no kind says how much that is.
    fn made(&self, component: &Component) -> Vec<String> {
        let received = self.report.loads.at(component.id).received;
        let reaches = |signal: &&Signal| match signal {
            Signal::Metrics => received.series > 0.0,
            Signal::Logs => received.logs > 0.0,
            Signal::Traces => received.spans > 0.0,
            Signal::Profiles => false,
        };
        let one = |turn: &Turns| {
            let from: Vec<&str> = turn.from.iter().filter(reaches).map(|s| s.name()).collect();
            let into: Vec<&str> = turn.into.iter().map(|s| s.name()).collect();
            let (from, into) = ((!from.is_empty()).then(|| from.join(" and "))?, into.join(" and "));
            Some(format!("{} makes {into} of {from}: no figure says how much that is.", component.name))
        };
        component.turns.iter().filter_map(one).collect()
    }

    /// For a terminal.
    pub fn text(&self) -> String {
        let mut out = format!("Profile {}\n", self.report.profile);
        // writing to a string can't fail
        let mut section = |title: &str, head: &[&str], rows: Vec<Vec<String>>| {
            let head = head.iter().map(ToString::to_string).collect();
            let _ = write!(out, "\n{title}\n{}", columns("  ", std::iter::once(head).chain(rows)));
        };
        section("What reaches each component", &LOADS, self.loads());
        section("What it needs for that", &NEEDS, self.needs());
        section("By these figures", &FACTORS, self.factors());
        let lines = self.bottlenecks().into_iter().chain(self.gaps());
        let _ = write!(out, "\n{}\n", lines.collect::<Vec<_>>().join("\n"));
        out
    }

    pub(super) fn document(&self, doc: &mut Document) {
        doc.table(&Table::new(LOADS, self.loads()));
        doc.table(&Table::new(NEEDS, self.needs()));
        let lines = self.bottlenecks().into_iter().chain(self.gaps());
        doc.list(&lines.map(|l| vec![l.into()]).collect::<Vec<_>>());
        doc.table(&Table::new(FACTORS, self.factors()));
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut doc = Document::default();
        doc.heading(2, &format!("Capacity in profile {}", self.report.profile));
        self.document(&mut doc);
        doc.finish()
    }

    /// As JSON.
    pub fn json(&self) -> String {
        let graph = self.graph();
        let sums =
            |a: &Amounts| json!({"series": a.series, "samples": a.samples, "logBytes": a.logs, "spans": a.spans});
        let loads =
            graph.components.iter().map(|c| (c, self.report.loads.at(c.id))).filter(|(_, l)| !l.received.is_nothing());
        let loads = loads
            .map(|(c, l)| json!({"component": c.name, "received": sums(&l.received), "distinct": sums(&l.distinct)}));
        let need = |n: &Need| {
            let parts = n.parts.iter().map(|p| json!({"part": p.name, "amount": p.amount, "source": p.source}));
            json!({"component": self.name(n), "resource": n.resource.name(), "instances": n.instances, "needs": n.amount,
                "has": n.has, "reaches": self.limit(n).map(|l| l.at), "parts": parts.collect::<Vec<_>>()})
        };
        let at = |times: &f64| {
            let broken = self.broken(*times);
            let broken = broken.iter().map(|b| {
                json!({"component": graph.component(b.component).name,
                "resource": b.resource.name(), "at": b.at, "instances": b.instances})
            });
            json!({"load": times, "exceeded": broken.collect::<Vec<Json>>()})
        };
        let value = json!({
            "version": 1,
            "profile": self.report.profile,
            "loads": loads.collect::<Vec<_>>(),
            "needs": self.report.needs.iter().map(need).collect::<Vec<_>>(),
            "bottlenecks": self.multiples.iter().map(at).collect::<Vec<_>>(),
            "notCounted": self.gaps(),
        });
        format!("{value:#}\n")
    }
}

const LOADS: [&str; 3] = ["Component", "Received", "Each once"];
const NEEDS: [&str; 7] = ["Component", "Resource", "Needs", "Has", "Used", "Full at", "Would keep"];
const FACTORS: [&str; 5] = ["Component", "Resource", "For", "Amount", "Source"];

/// `2.5×`, `0.04×`.
fn multiple(times: f64) -> String {
    match times {
        _ if times >= 100.0 => "over 100×".to_owned(),
        _ if times >= 0.1 || times <= 0.0 => format!("{}×", (times * 10.0).floor() / 10.0),
        _ if times >= 0.01 => format!("{}×", (times * 100.0).floor() / 100.0),
        _ => "under 0.01×".to_owned(),
    }
}

/// For how long the room there is would do, of how long it is to: `115d of 15d`.
fn fits(need: &Need) -> Option<String> {
    const HOUR: f64 = 3_600_000.0;
    let (keeps, has) = (need.keeps.filter(|_| need.resource == Resource::Volume)?, need.has?);
    let hours = (keeps as f64 / HOUR * has / need.amount).floor();
    let room = if hours >= 24.0 { format!("{}d", (hours / 24.0).floor()) } else { format!("{hours}h") };
    Some(format!("{room} of {}", Quantity::Duration(keeps)))
}
