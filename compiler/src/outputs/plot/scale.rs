//! From values to pixels, and which values stand at an axis.

use super::Panel;
use crate::value::Quantity;

/// Values between two ends, over pixels between two ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    values: (f64, f64),
    pixels: (f64, f64),
}

impl Scale {
    pub(super) fn new(values: (f64, f64), pixels: (f64, f64)) -> Self {
        // an axis without length would have its values nowhere
        let values = if values.1 > values.0 { values } else { (values.0, values.0 + 1.0) };
        Self { values, pixels }
    }

    /// A value's pixel, to a tenth.
    pub(super) fn at(self, value: f64) -> f64 {
        let part = (value - self.values.0) / (self.values.1 - self.values.0);
        let pixel = self.pixels.0 + part.clamp(0.0, 1.0) * (self.pixels.1 - self.pixels.0);
        (pixel * 10.0).round() / 10.0
    }
}

/// The values at a panel's axis: from 0 on, in steps of 1, 2 or 5 and zeros, to above all that is drawn.
pub(super) fn values(panel: &Panel) -> Vec<f64> {
    let drawn = panel.lines.iter().flat_map(|l| l.points.iter().map(|p| p.1)).chain(panel.marks.iter().map(|m| m.at));
    let most = drawn.filter(|v| v.is_finite()).fold(0.0, f64::max);
    let most = if most > 0.0 { most } else { 1.0 };
    let rough = most / 5.0;
    let ten = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|n| n * ten).into_iter().find(|s| *s >= rough * 0.999).unwrap_or(rough);
    let count = (most / step - 1e-9).ceil() as u32;
    (0..=count).map(|n| f64::from(n) * step).collect()
}

/// Times at the axis, in milliseconds: round ones, at most a dozen.
pub(super) fn times((start, end): (i64, i64)) -> Vec<i64> {
    const MINUTE: i64 = 60_000;
    const STEPS: [i64; 16] = [
        1000,
        5000,
        15_000,
        30_000,
        MINUTE,
        2 * MINUTE,
        5 * MINUTE,
        10 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
        60 * MINUTE,
        120 * MINUTE,
        360 * MINUTE,
        720 * MINUTE,
        1440 * MINUTE,
        7 * 1440 * MINUTE,
    ];
    let fits = |step: &&i64| (end - start) / **step <= 12;
    let step = STEPS.iter().find(fits).copied().unwrap_or(31 * 1440 * MINUTE);
    let first = (start + step - 1) / step * step;
    (0..).map(|n| first + n * step).take_while(|t| *t <= end).collect()
}

/// `90m`: a time as people read it.
pub(super) fn told(time: i64) -> String {
    Quantity::Duration(time).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::plot::Mark;

    #[test]
    fn axes_have_round_values_that_reach_over_all() {
        let panel = |at| Panel { marks: vec![Mark { name: String::new(), colour: 0, at }], ..Panel::default() };
        assert_eq!(values(&panel(10.0)), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(values(&panel(87.0)), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(values(&Panel::default()).last(), Some(&1.0));
        assert_eq!(
            times((0, 60_000)),
            [0, 5000, 10_000, 15_000, 20_000, 25_000, 30_000, 35_000, 40_000, 45_000, 50_000, 55_000, 60_000]
        );
        assert!(times((7, 86_400_000 * 365)).len() <= 13);
    }
}
