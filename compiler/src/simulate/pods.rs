//! The pods that the autoscaler looks at, and how the load falls on them.

use super::Settings;
use super::curve::Load;
use super::spec::{Metric, Resource, Spec};

/// For so long after its start the controller leaves out the CPU of a pod that isn't ready, or only just is:
/// `--horizontal-pod-autoscaler-cpu-initialization-period`.
const INITIALIZATION: i64 = 300_000;

/// The pods of one workload.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// When each was started, oldest first; those of the beginning have always been there.
    pods: Vec<Option<i64>>,
    startup: i64,
    window: i64,
}

/// What the metrics API and the pods say of one metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) metric: Metric,
    /// Usage of the pods that count, in thousandths of a core or of a byte.
    pub(super) usage: Vec<i64>,
    /// Pods that aren't ready, so that their usage doesn't count yet.
    pub(super) unready: usize,
    /// Pods without metrics.
    pub(super) missing: usize,
    /// Pods that are ready, whatever of them is known.
    pub(super) ready: u32,
}

impl Cluster {
    /// As many pods as at the start, all ready.
    pub(super) fn new(settings: &Settings) -> Self {
        let pods = vec![None; settings.replicas as usize];
        Self { pods, startup: settings.startup.max(0), window: settings.window.max(0) }
    }

    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.pods.len()).unwrap_or(u32::MAX)
    }

    /// Starts pods, or ends the youngest.
    pub(super) fn scale(&mut self, to: u32, now: i64) {
        self.pods.resize(to as usize, Some(now));
    }

    /// What can be seen at a time, for each metric of the autoscaler.
    pub(super) fn seen(&self, now: i64, load: Load, spec: &Spec) -> Vec<Seen> {
        let ready: Vec<bool> = self.pods.iter().map(|p| p.is_none_or(|start| start + self.startup <= now)).collect();
        // those that the curve says are out take no load
        let ready: Vec<bool> = self.out(ready, load.unready as usize);
        let count = ready.iter().filter(|r| **r).count();
        spec.metrics.iter().map(|metric| self.of(*metric, now, load, &ready, count)).collect()
    }

    /// The youngest pods that are ready, so many of them, aren't.
    fn out(&self, mut ready: Vec<bool>, mut count: usize) -> Vec<bool> {
        for is in ready.iter_mut().rev().filter(|is| **is) {
            if count == 0 {
                break;
            }
            *is = false;
            count -= 1;
        }
        ready
    }

    fn of(&self, metric: Metric, now: i64, load: Load, ready: &[bool], count: usize) -> Seen {
        let (total, each) = match metric.resource {
            Resource::Cpu => (load.cpu, load.cpu_each),
            Resource::Memory => (load.memory, load.memory_each),
        };
        let share = total / count.max(1) as i64;
        let missing = (load.missing as usize).min(self.pods.len());
        let known = self.pods.len() - missing;
        let mut seen =
            Seen { metric, usage: Vec::new(), unready: 0, missing, ready: u32::try_from(count).unwrap_or(u32::MAX) };
        for (pod, is_ready) in self.pods.iter().zip(ready).take(known) {
            if metric.resource == Resource::Cpu && self.is_new(*pod, *is_ready, now) {
                seen.unready += 1;
            } else {
                seen.usage.push(each + if *is_ready { share } else { 0 });
            }
        }
        seen
    }

    /// Whether the CPU of a pod is left out: while it starts, and until one window was measured after it got ready.
    fn is_new(&self, pod: Option<i64>, ready: bool, now: i64) -> bool {
        match pod {
            Some(start) if now < start + INITIALIZATION => !ready || now < start + self.startup + self.window,
            // one that was ready before and isn't now counts; one that never was doesn't
            Some(start) => now < start + self.startup,
            None => false,
        }
    }
}
