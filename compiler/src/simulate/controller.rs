//! The controller's arithmetic, after the documentation of Kubernetes ("Horizontal Pod Autoscaling", algorithm details and
//! configurable scaling behavior) and `pkg/controller/podautoscaler` of Kubernetes 1.37.

use super::pods::Seen;
use super::spec::{Policy, PolicyKind, Rules, Select, Spec};
use super::{Limit, Reading, Step};

/// What it remembers from look to look.
pub(super) struct Controller<'a> {
    spec: &'a Spec,
    /// Tolerances for growing and for shrinking.
    tolerance: (f64, f64),
    /// What it wanted, before stabilization, with the time.
    recommendations: Vec<(i64, i64)>,
    /// By how much it grew, and shrank, with the time.
    grown: Vec<(i64, i64)>,
    shrunk: Vec<(i64, i64)>,
}

impl<'a> Controller<'a> {
    pub(super) fn new(spec: &'a Spec, tolerance: f64) -> Self {
        let of = |rules: &Rules| rules.tolerance.unwrap_or(tolerance);
        let tolerance = (of(&spec.up), of(&spec.down));
        Self { spec, tolerance, recommendations: Vec::new(), grown: Vec::new(), shrunk: Vec::new() }
    }

    /// Looks at the pods once, and sets a number.
    pub(super) fn look(&mut self, now: i64, seen: &[Seen], replicas: u32) -> Step {
        let current = i64::from(replicas);
        if self.recommendations.is_empty() {
            self.recommendations.push((now, current));
        }
        let metrics: Vec<Reading> = seen.iter().map(|s| self.reading(s, current)).collect();
        let (least, most) = (i64::from(self.spec.min), i64::from(self.spec.max));
        let bounded = match current {
            0 => Some((0, None)),
            _ if current > most => Some((most, Some(Limit::Most))),
            _ if current < least => Some((least, Some(Limit::Least))),
            _ => None,
        };
        let (wanted, stabilized, (desired, limit)) = match (bounded, together(&metrics, current)) {
            (Some((to, limit)), wanted) => (wanted.unwrap_or(to), to, (to, limit)),
            // without a metric, or where one that is missing could ask for more, nothing changes
            (None, None) => (current, current, (current, None)),
            (None, Some(wanted)) => {
                let stabilized = self.stabilize(now, current, wanted);
                (wanted, stabilized, self.limit(now, current, stabilized))
            }
        };
        match desired - current {
            0 => {}
            more @ 1.. => self.grown.push((now, more)),
            less => self.shrunk.push((now, -less)),
        }
        let longest = |rules: &Rules| rules.policies.iter().map(|p| p.period).max().unwrap_or(0);
        let forgotten = now - longest(&self.spec.up).max(longest(&self.spec.down));
        self.grown.retain(|(at, _)| *at > forgotten);
        self.shrunk.retain(|(at, _)| *at > forgotten);
        let ready = seen.first().map_or(replicas, |s| s.ready);
        let count = |n: i64| u32::try_from(n.max(0)).unwrap_or(u32::MAX);
        Step {
            time: now,
            replicas,
            ready,
            metrics,
            wanted: count(wanted),
            stabilized: count(stabilized),
            desired: count(desired),
            limit,
        }
    }

    fn within(&self, ratio: f64) -> bool {
        let (up, down) = self.tolerance;
        (1.0 - down) <= ratio && ratio <= 1.0 + up
    }

    /// How many pods one metric asks for.
    fn reading(&self, seen: &Seen, current: i64) -> Reading {
        let target = seen.metric.target;
        let Some(utilization) = utilization(&seen.usage, seen.metric.request) else {
            return Reading { utilization: None, wants: None };
        };
        let ratio = utilization as f64 / target as f64;
        let grows_unready = seen.unready > 0 && ratio > 1.0;
        let wants = if !grows_unready && seen.missing == 0 {
            if self.within(ratio) { current } else { rounded_up(ratio * seen.usage.len() as f64) }
        } else {
            self.carefully(seen, ratio, grows_unready, current)
        };
        Reading { utilization: Some(utilization), wants: u32::try_from(wants).ok() }
    }

    /// The same where pods are missing or unready: what isn't known of them is assumed to dampen the change, and a
    /// change that this turns around isn't made.
    fn carefully(&self, seen: &Seen, ratio: f64, grows_unready: bool, current: i64) -> i64 {
        let (target, request) = (seen.metric.target, seen.metric.request);
        let mut usage = seen.usage.clone();
        if ratio < 1.0 {
            let all = request.saturating_mul(target.max(100)) / 100;
            usage.extend(std::iter::repeat_n(all, seen.missing));
        } else if ratio > 1.0 {
            usage.extend(std::iter::repeat_n(0, seen.missing));
        }
        if grows_unready {
            usage.extend(std::iter::repeat_n(0, seen.unready));
        }
        let Some(assumed) = utilization(&usage, request) else { return current };
        let assumed = assumed as f64 / target as f64;
        if self.within(assumed) || (ratio < 1.0 && assumed > 1.0) || (ratio > 1.0 && assumed < 1.0) {
            return current;
        }
        let wants = rounded_up(assumed * usage.len() as f64);
        if (assumed < 1.0 && wants > current) || (assumed > 1.0 && wants < current) { current } else { wants }
    }

    /// The current number, brought between the least that was wanted within the window for growing and the most that was
    /// within the one for shrinking.
    fn stabilize(&mut self, now: i64, current: i64, wanted: i64) -> i64 {
        let (up, down) = (now - self.spec.up.window, now - self.spec.down.window);
        let since = |cut: i64| self.recommendations.iter().filter(move |(at, _)| *at > cut).map(|(_, n)| *n);
        let least = since(up).fold(wanted, i64::min);
        let most = since(down).fold(wanted, i64::max);
        self.recommendations.retain(|(at, _)| *at >= up.min(down));
        self.recommendations.push((now, wanted));
        current.max(least).min(most)
    }

    /// A number within the rates and the bounds, and what held it back.
    fn limit(&self, now: i64, current: i64, wanted: i64) -> (i64, Option<Limit>) {
        let (least, most) = (i64::from(self.spec.min), i64::from(self.spec.max));
        if wanted > current {
            let rate = self.rate(now, current, &self.spec.up, i64::max, grows).max(current);
            let (allowed, limit) = if most > rate { (rate, Limit::GrowthRate) } else { (most, Limit::Most) };
            return if wanted > allowed { (allowed, Some(limit)) } else { (wanted, None) };
        }
        if wanted < current {
            let rate = self.rate(now, current, &self.spec.down, i64::min, shrinks).min(current);
            let (allowed, limit) = if least < rate { (rate, Limit::ShrinkRate) } else { (least, Limit::Least) };
            return if wanted < allowed { (allowed, Some(limit)) } else { (wanted, None) };
        }
        (wanted, None)
    }

    /// How far the policies of one direction let it go. `farther` picks the larger change of two.
    fn rate(
        &self,
        now: i64,
        current: i64,
        rules: &Rules,
        farther: fn(i64, i64) -> i64,
        change: fn(i64, &Policy) -> i64,
    ) -> i64 {
        if rules.select == Select::Disabled {
            return current;
        }
        let within = |events: &[(i64, i64)], period: i64| -> i64 {
            events.iter().filter(|(at, _)| *at > now - period).map(|(_, n)| n).sum()
        };
        let reach = |policy: &Policy| {
            let before = current - within(&self.grown, policy.period) + within(&self.shrunk, policy.period);
            change(before, policy)
        };
        let nearer = |a: i64, b: i64| if farther(a, b) == a { b } else { a };
        let all = rules.policies.iter().map(reach);
        let chosen = if rules.select == Select::Min { all.reduce(nearer) } else { all.reduce(farther) };
        chosen.unwrap_or(current)
    }
}

/// Rounded up: a percentage that adds less than one would never add any.
fn grows(before: i64, policy: &Policy) -> i64 {
    match policy.kind {
        PolicyKind::Pods => before + policy.value,
        PolicyKind::Percent => rounded_up(before as f64 * (1.0 + policy.value as f64 / 100.0)),
    }
}

fn shrinks(before: i64, policy: &Policy) -> i64 {
    match policy.kind {
        PolicyKind::Pods => before - policy.value,
        PolicyKind::Percent => (before as f64 * (1.0 - policy.value as f64 / 100.0)) as i64,
    }
}

fn rounded_up(number: f64) -> i64 {
    number.ceil() as i64
}

/// Whole percent of what is requested, rounded down; `None` where there is nothing to measure.
fn utilization(usage: &[i64], request: i64) -> Option<i64> {
    let requested = i128::from(request) * usage.len() as i128;
    let used: i128 = usage.iter().map(|u| i128::from(*u)).sum();
    (requested > 0).then(|| i64::try_from(used * 100 / requested).unwrap_or(i64::MAX))
}

/// The largest number that a metric asks for. Where one says nothing it may not shrink.
fn together(metrics: &[Reading], current: i64) -> Option<i64> {
    let largest = metrics.iter().filter_map(|m| m.wants).max().map(i64::from)?;
    let unknown = metrics.iter().any(|m| m.wants.is_none());
    (!unknown || largest >= current).then_some(largest)
}
