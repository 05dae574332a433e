//! Lines as they are drawn, and what there is to measure of them.

use std::collections::BTreeSet;

/// A point in pixels.
pub type Point = (f64, f64);

/// For each edge the strokes that it is drawn with.
pub struct Lines(pub Vec<Vec<Vec<Point>>>);

/// What is better where it is less.
pub struct Measure {
    /// Places where two edges cross.
    pub crossings: usize,
    /// Pixels of all lines.
    pub length: f64,
}

impl Lines {
    pub fn measure(&self) -> Measure {
        let mut strokes: Vec<(usize, Point, Point)> = Vec::new();
        for (edge, parts) in self.0.iter().enumerate() {
            strokes.extend(parts.iter().flat_map(|p| p.windows(2)).map(|w| (edge, w[0], w[1])));
        }
        let length = strokes.iter().map(|(_, a, b)| (b.0 - a.0).hypot(b.1 - a.1)).sum();
        strokes.sort_by(|a, b| a.1.0.min(a.2.0).total_cmp(&b.1.0.min(b.2.0)));
        let mut places = BTreeSet::new();
        for (at, (edge, a, b)) in strokes.iter().enumerate() {
            let near = strokes[at + 1..].iter().take_while(|(_, c, d)| c.0.min(d.0) <= a.0.max(b.0));
            for (number, (other, c, d)) in near.enumerate().filter(|(_, (other, ..))| other != edge) {
                if cross(*a, *b, *c, *d) {
                    places.insert((edge, other, at, number));
                }
            }
        }
        Measure { crossings: places.len(), length }
    }
}

/// Whether two strokes have a point in common that is an end of neither, or nearly so.
fn cross(a: Point, b: Point, c: Point, d: Point) -> bool {
    let side = |p: Point, q: Point, r: Point| (q.0 - p.0) * (r.1 - p.1) - (q.1 - p.1) * (r.0 - p.0) > 0.0;
    side(a, b, c) != side(a, b, d) && side(c, d, a) != side(c, d, b)
}

/// Adds points of a Bézier curve from the last point on.
pub fn curve(out: &mut Vec<Point>, [b, c, d]: [Point; 3]) {
    const STEPS: u32 = 16;
    let Some(&a) = out.last() else { return };
    for step in 1..=STEPS {
        let t = f64::from(step) / f64::from(STEPS);
        let u = 1.0 - t;
        let mix =
            |w: f64, x: f64, y: f64, z: f64| u.powi(3) * w + 3.0 * u * u * t * x + 3.0 * u * t * t * y + t.powi(3) * z;
        out.push((mix(a.0, b.0, c.0, d.0), mix(a.1, b.1, c.1, d.1)));
    }
}
