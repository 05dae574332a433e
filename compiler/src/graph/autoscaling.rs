//! What the HorizontalPodAutoscaler of a Kubernetes version makes of an `autoscale`: its one tolerance, the marks that
//! follow from it, and what of the rules it can't express.

use super::model::{Autoscale, Cluster, ScaleRule};

/// `behavior.*.tolerance` is on by default from here on.
pub const TOLERANCE_SINCE: (u32, u32) = (1, 35);

/// In how many seconds it grows, and shrinks, by as much as its rule says.
pub const GROWTH_PERIOD: i32 = 60;
/// See [`GROWTH_PERIOD`].
pub const SHRINK_PERIOD: i32 = 300;

/// Marks that differ by no more than this many percentage points are the same: utilization is counted in whole ones.
const SAME: f64 = 0.5;

impl Cluster {
    /// Whether an autoscaler there has a tolerance of its own.
    pub fn has_tolerance(&self) -> bool {
        self.kubernetes >= TOLERANCE_SINCE
    }
}

impl Autoscale {
    /// The tolerance for scaling down, in thousandths. The autoscaler scales down where usage/target < 1 - tolerance: a
    /// low-water mark L under a target H is the tolerance 1 - L/H, rounded up so that it is never sooner than asked. There
    /// is one tolerance for all metrics: the largest, for the same reason. `None` where no mark stands under a target.
    pub fn shrink_tolerance(&self) -> Option<i64> {
        let ratio = |low: Option<f64>, high: Option<f64>| {
            let (low, high) = (low?, high?);
            (high > 0.0 && low < high).then(|| ((1.0 - low / high) * 1000.0).ceil() as i64)
        };
        let all = [ratio(self.down.cpu, self.up.cpu), ratio(self.down.memory, self.up.memory)];
        all.into_iter().flatten().max()
    }

    /// Below which percentages it shrinks with that tolerance, by metric: `("CPU", 30.0)`. All of them at once.
    pub fn shrink_marks(&self, tolerance: i64) -> Vec<(&'static str, f64)> {
        let mark = |target: f64| target * (1000 - tolerance) as f64 / 1000.0;
        let targets = [("CPU", self.up.cpu), ("memory", self.up.memory)];
        targets.into_iter().filter_map(|(name, target)| Some((name, mark(target?)))).collect()
    }

    /// What of its rule for growing the autoscaler does otherwise, in words.
    pub fn unlike_up(&self) -> Option<String> {
        let all = self.up.both && self.up.cpu.is_some() && self.up.memory.is_some();
        all.then(|| "it grows as soon as one of them is above its target".to_owned())
    }

    /// What of its rule for shrinking the autoscaler does otherwise, in words; `tolerance`: whether it has one.
    pub fn unlike_down(&self, tolerance: bool) -> Option<String> {
        let (up, down) = (&self.up, &self.down);
        if down.cpu.is_none() && down.memory.is_none() {
            return None;
        }
        let Some(allowed) = self.shrink_tolerance().filter(|_| tolerance) else {
            let targets = told(&[("CPU", up.cpu), ("memory", up.memory)], "at");
            return Some(format!("it keeps {targets} and removes instances whenever fewer would do"));
        };
        let marks = self.shrink_marks(allowed);
        let asked = |name: &str| if name == "CPU" { down.cpu } else { down.memory };
        let exact = marks.iter().all(|(name, mark)| asked(name).is_some_and(|a| (a - mark).abs() <= SAME));
        let blind = |low: Option<f64>, high: Option<f64>| low.is_some() && high.is_none();
        let unseen = blind(down.cpu, up.cpu) || blind(down.memory, up.memory);
        let either = !down.both && marks.len() > 1;
        if exact && !unseen && !either {
            return None;
        }
        let marks: Vec<(&str, Option<f64>)> =
            marks.into_iter().map(|(name, mark)| (name, Some(mark.round()))).collect();
        let percent = allowed as f64 / 10.0;
        Some(format!("it shrinks at {}: its one tolerance for all metrics is {percent}%", told(&marks, "<")))
    }
}

/// `CPU at 70% and memory at 80%`.
fn told(metrics: &[(&str, Option<f64>)], sign: &str) -> String {
    let parts: Vec<String> =
        metrics.iter().filter_map(|(name, at)| Some(format!("{name} {sign} {}%", (*at)?))).collect();
    parts.join(" and ")
}

impl ScaleRule {
    /// What it compares, with the percentages: `("cpu", 70.0)`.
    pub fn thresholds(&self) -> Vec<(&'static str, f64)> {
        [("cpu", self.cpu), ("memory", self.memory)].into_iter().filter_map(|(name, at)| Some((name, at?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{FileId, Span};

    fn guide(down: (Option<f64>, Option<f64>), both: bool) -> Autoscale {
        let span = Span { file: FileId(0), item: 0, range: Default::default() };
        let up = ScaleRule { cpu: Some(70.0), memory: Some(80.0), both: false, by: 100.0, hold: 0, span };
        let down = ScaleRule { cpu: down.0, memory: down.1, both, by: 50.0, hold: 300, span };
        Autoscale { min: 2, max: 10, least: 2, via: None, up, down, span }
    }

    #[test]
    fn one_tolerance_is_the_larger_of_both() {
        let asked = guide((Some(30.0), Some(50.0)), true);
        // 1 - 30/70 = 0.5714…, 1 - 50/80 = 0.375
        assert_eq!(asked.shrink_tolerance(), Some(572));
        let marks = asked.shrink_marks(572);
        assert!((marks[0].1 - 29.96).abs() < 1e-9 && (marks[1].1 - 34.24).abs() < 1e-9, "{marks:?}");
        let told = asked.unlike_down(true).expect("memory's mark is another");
        assert_eq!(told, "it shrinks at CPU < 30% and memory < 34%: its one tolerance for all metrics is 57.2%");
    }

    #[test]
    fn what_can_be_expressed_is_no_difference() {
        // 35/70 = 40/80
        assert_eq!(guide((Some(35.0), Some(40.0)), true).unlike_down(true), None);
        assert!(guide((Some(35.0), Some(40.0)), false).unlike_down(true).is_some(), "either is enough");
        assert!(guide((Some(35.0), None), true).unlike_down(true).is_some(), "memory's mark follows too");
        assert!(guide((Some(35.0), Some(40.0)), true).unlike_down(false).is_some(), "no tolerance");
        assert_eq!(guide((None, None), true).unlike_down(false), None);
    }
}
