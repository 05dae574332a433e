//! The horizontal autoscaler of Kubernetes, run over a load curve: the algorithm that its documentation describes and
//! its controller carries out, on an autoscaler as it is emitted. No clock, no cluster.

mod controller;
mod curve;
mod pods;
mod quantity;
mod spec;
#[cfg(test)]
mod tests;

pub use curve::{Curve, Load};
pub use pods::Cluster;
pub use spec::{Metric, Policy, PolicyKind, Resource, Rules, Select, Spec, Unsupported};

use controller::Controller;

/// What surrounds the autoscaler.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Instances at the start.
    pub replicas: u32,
    /// Milliseconds between two looks: the controller's `--horizontal-pod-autoscaler-sync-period`.
    pub sync: i64,
    /// Milliseconds from the start of a pod until it is ready and takes its share of the load.
    pub startup: i64,
    /// Milliseconds over which the metrics API measures CPU: a pod that became ready later isn't looked at yet.
    pub window: i64,
    /// How far a metric may be off its target where the autoscaler says nothing, as a part of it: 0.1.
    pub tolerance: f64,
}

impl Default for Settings {
    /// Those that the controller has of itself; pods are ready after half a minute.
    fn default() -> Self {
        Self { replicas: 1, sync: 15_000, startup: 30_000, window: 30_000, tolerance: 0.1 }
    }
}

/// One look of the controller.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Milliseconds since the start.
    pub time: i64,
    /// Instances before it.
    pub replicas: u32,
    /// Those of them that are ready.
    pub ready: u32,
    /// What each metric says, in the order of the autoscaler's.
    pub metrics: Vec<Reading>,
    /// What the metrics ask for together: the largest.
    pub wanted: u32,
    /// The same after looking back over the stabilization windows.
    pub stabilized: u32,
    /// Instances after it, within its rates and bounds.
    pub desired: u32,
    /// Why it isn't what the stabilized number is.
    pub limit: Option<Limit>,
}

/// What one metric says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Usage in percent of what is requested, over the pods that count; `None` where none does.
    pub utilization: Option<i64>,
    /// Instances that would bring it to its target.
    pub wants: Option<u32>,
}

/// What holds a number back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// It may not grow faster.
    GrowthRate,
    /// It may not shrink faster.
    ShrinkRate,
    /// The largest number there may be.
    Most,
    /// The smallest.
    Least,
}

impl Limit {
    /// The controller's own word, in the condition `ScalingLimited`.
    pub const fn word(self) -> &'static str {
        match self {
            Limit::GrowthRate => "ScaleUpLimit",
            Limit::ShrinkRate => "ScaleDownLimit",
            Limit::Most => "TooManyReplicas",
            Limit::Least => "TooFewReplicas",
        }
    }
}

/// Every look of the controller from the first row of the curve to its last.
pub fn run(spec: &Spec, curve: &Curve, settings: &Settings) -> Vec<Step> {
    let mut cluster = Cluster::new(settings);
    let mut controller = Controller::new(spec, settings.tolerance);
    let mut out = Vec::new();
    let mut time = curve.start();
    while time <= curve.end() {
        let step = controller.look(time, &cluster.seen(time, curve.at(time), spec), cluster.count());
        cluster.scale(step.desired, time);
        out.push(step);
        time += settings.sync.max(1);
    }
    out
}
