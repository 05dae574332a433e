//! A simulated autoscaler as text, as data and as a picture.

use super::plot::{Line, Mark, Panel, Plot};
use crate::simulate::{Curve, Limit, Metric, Resource, Settings, Spec, Step};
use crate::value::Quantity;
use serde_json::{Value as Json, json};
use std::fmt::Write;

/// What was simulated, and what came of it.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// The component whose autoscaler it is.
    pub component: String,
    /// The profile in which it starts.
    pub profile: String,
    /// The autoscaler.
    pub spec: Spec,
    /// What surrounds it.
    pub settings: Settings,
    /// The load.
    pub curve: Curve,
    /// Every look of the controller.
    pub steps: Vec<Step>,
}

/// Sums over a run.
struct Summary {
    most: (u32, i64),
    least: u32,
    changes: usize,
    /// Milliseconds over a target by more than its tolerance, per metric.
    over: Vec<i64>,
    /// Milliseconds at the upper bound while more was wanted.
    full: i64,
    /// Instances times hours.
    hours: f64,
}

fn time(ms: i64) -> String {
    Quantity::Duration(ms).to_string()
}

fn label(resource: Resource) -> &'static str {
    match resource {
        Resource::Cpu => "CPU",
        Resource::Memory => "memory",
    }
}

impl Simulation {
    fn summary(&self) -> Summary {
        let mut out = Summary {
            most: (self.settings.replicas, self.curve.start()),
            least: self.settings.replicas,
            changes: 0,
            over: vec![0; self.spec.metrics.len()],
            full: 0,
            hours: 0.0,
        };
        let up = self.spec.up.tolerance.unwrap_or(self.settings.tolerance);
        for (step, next) in self.steps.iter().zip(self.steps.iter().skip(1)) {
            let lasts = next.time - step.time;
            for ((over, metric), reading) in out.over.iter_mut().zip(&self.spec.metrics).zip(&step.metrics) {
                let high = metric.target as f64 * (1.0 + up);
                *over += if reading.utilization.is_some_and(|u| u as f64 > high) { lasts } else { 0 };
            }
            out.full += if step.limit == Some(Limit::Most) { lasts } else { 0 };
            out.hours += f64::from(step.desired) * lasts as f64 / 3.6e6;
        }
        for step in &self.steps {
            out.changes += usize::from(step.desired != step.replicas);
            out.least = out.least.min(step.desired);
            if step.desired > out.most.0 {
                out.most = (step.desired, step.time);
            }
        }
        out
    }

    /// What the autoscaler is told, in a line.
    fn told(&self) -> String {
        let targets: Vec<String> =
            self.spec.metrics.iter().map(|m| format!("{} at {}%", label(m.resource), m.target)).collect();
        let sync = time(self.settings.sync);
        format!("{} to {} replicas, {}, looked at every {sync}", self.spec.min, self.spec.max, targets.join(", "))
    }

    /// What came of it, in sentences.
    fn findings(&self) -> Vec<String> {
        let sums = self.summary();
        let replicas = |n: u32| format!("{n} replica{}", if n == 1 { "" } else { "s" });
        let mut out = vec![format!(
            "At least {} and at most {}, from {} on; {} changes; {:.1} replica-hours.",
            replicas(sums.least),
            replicas(sums.most.0),
            time(sums.most.1),
            sums.changes,
            sums.hours
        )];
        for (metric, over) in self.spec.metrics.iter().zip(&sums.over).filter(|(_, over)| **over > 0) {
            let name = label(metric.resource);
            out.push(format!("Pods are over the target for {name} and its tolerance for {} in all.", time(*over)));
        }
        if sums.full > 0 {
            out.push(format!(
                "More than {} are wanted for {} in all: the upper bound holds them back.",
                replicas(self.spec.max),
                time(sums.full)
            ));
        }
        out
    }

    /// For people: when the number changes, and why.
    pub fn text(&self) -> String {
        let mut out = format!("{} in profile {}: {}\n\n", self.component, self.profile, self.told());
        let mut row = |cells: &[String]| {
            let line: Vec<String> = cells.iter().map(|c| format!("{c:<10}")).collect();
            // writing to a string can't fail
            let _ = writeln!(out, "  {}", line.concat().trim_end());
        };
        let head =
            ["time".to_owned()].into_iter().chain(self.spec.metrics.iter().map(|m| label(m.resource).to_owned()));
        row(&head.chain(["wanted", "replicas", "held back by"].map(str::to_owned)).collect::<Vec<_>>());
        let (last, mut before) = (self.steps.len().saturating_sub(1), None);
        for (number, step) in self.steps.iter().enumerate() {
            let key = (step.desired, step.limit);
            if before.replace(key) == Some(key) && number != last {
                continue;
            }
            let usage = step.metrics.iter().map(|m| m.utilization.map_or("?".to_owned(), |u| format!("{u}%")));
            let number = match step.desired == step.replicas {
                true => step.desired.to_string(),
                false => format!("{} → {}", step.replicas, step.desired),
            };
            let held = step.limit.map_or(String::new(), |l| l.word().to_owned());
            let cells = [time(step.time)].into_iter().chain(usage).chain([step.wanted.to_string(), number, held]);
            row(&cells.collect::<Vec<_>>());
        }
        let _ = write!(out, "\n{}\n", self.findings().join("\n"));
        out
    }

    /// Every look, as JSON.
    pub fn json(&self) -> String {
        let metric = |m: &Metric| json!({"resource": m.resource.name(), "target": m.target});
        let step = |s: &Step| {
            let readings = self.spec.metrics.iter().zip(&s.metrics);
            let readings: serde_json::Map<String, Json> = readings
                .map(|(m, r)| (m.resource.name().to_owned(), json!({"utilization": r.utilization, "wants": r.wants})))
                .collect();
            json!({"time": s.time as f64 / 1000.0, "replicas": s.replicas, "ready": s.ready, "metrics": readings,
                "wanted": s.wanted, "stabilized": s.stabilized, "desired": s.desired, "limit": s.limit.map(Limit::word)})
        };
        let sums = self.summary();
        let value = json!({
            "version": 1,
            "component": self.component,
            "profile": self.profile,
            "autoscaler": {"min": self.spec.min, "max": self.spec.max,
                "metrics": self.spec.metrics.iter().map(metric).collect::<Vec<_>>()},
            "sync": self.settings.sync as f64 / 1000.0,
            "summary": {"least": sums.least, "most": sums.most.0, "changes": sums.changes, "replicaHours": sums.hours,
                "secondsAtUpperBound": sums.full as f64 / 1000.0},
            "steps": self.steps.iter().map(step).collect::<Vec<_>>(),
        });
        format!("{value:#}\n")
    }

    /// Load, usage with its thresholds, and replicas, over time.
    pub fn plot(&self) -> Plot {
        let line = |name: &str, colour: usize, dashed: bool, value: &dyn Fn(&Step) -> Option<f64>| Line {
            name: name.to_owned(),
            colour,
            dashed,
            points: self.steps.iter().filter_map(|s| Some((s.time, value(s)?))).collect(),
        };
        let mark = |name: String, colour: usize, at: f64| Mark { name, colour, at };
        let cores = |s: &Step| Some(self.curve.at(s.time).cpu as f64 / 1000.0);
        let gibibytes = |s: &Step| Some(self.curve.at(s.time).memory as f64 / 1000.0 / f64::from(1 << 30));
        let load = |resource: Resource| match resource {
            Resource::Cpu => Panel {
                title: "Load: cores of CPU".to_owned(),
                lines: vec![line("load", 0, false, &cores)],
                marks: Vec::new(),
            },
            Resource::Memory => Panel {
                title: "Load: GiB of memory".to_owned(),
                lines: vec![line("load", 1, false, &gibibytes)],
                marks: Vec::new(),
            },
        };
        let mut panels: Vec<Panel> = self.spec.metrics.iter().map(|m| load(m.resource)).collect();
        // what is always nothing needs no room
        panels.retain(|p| p.lines.iter().any(|l| l.points.iter().any(|(_, v)| *v > 0.0)));
        let mut usage = Panel { title: "Usage: % of what is requested".to_owned(), ..Panel::default() };
        for (number, metric) in self.spec.metrics.iter().enumerate() {
            let colour = if metric.resource == Resource::Cpu { 0 } else { 1 };
            let name = label(metric.resource);
            usage.lines.push(line(name, colour, false, &|s| s.metrics.get(number)?.utilization.map(|u| u as f64)));
            usage.marks.push(mark(format!("{name} target {}%", metric.target), colour, metric.target as f64));
            if let Some(tolerance) = self.spec.down.tolerance {
                let at = metric.target as f64 * (1.0 - tolerance);
                usage.marks.push(mark(format!("{name} shrinks < {at:.0}%"), colour, at));
            }
        }
        panels.push(usage);
        panels.push(Panel {
            title: "Replicas".to_owned(),
            lines: vec![
                line("wanted", 4, true, &|s| Some(f64::from(s.wanted))),
                line("replicas", 2, false, &|s| Some(f64::from(s.desired))),
            ],
            marks: vec![
                mark(format!("most: {}", self.spec.max), 5, f64::from(self.spec.max)),
                mark(format!("least: {}", self.spec.min), 5, f64::from(self.spec.min)),
            ],
        });
        let notes = std::iter::once(format!("{}.", self.told())).chain(self.findings()).collect();
        Plot {
            title: format!("The autoscaler of {} over a load curve, from profile {}", self.component, self.profile),
            notes,
            span: (self.curve.start(), self.curve.end()),
            panels,
        }
    }
}
