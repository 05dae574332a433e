//! What one component more does to a picture: how much of it turns round.

use super::graphs::stack;
use obs_compiler::outputs::diagram::layout::{Form, Net, Sketch};

/// Sizes and numbers of the graphs that a component joins.
const GRAPHS: [(usize, u64); 10] =
    [(8, 1), (8, 2), (8, 3), (12, 1), (12, 2), (20, 1), (20, 2), (30, 1), (50, 1), (70, 1)];

/// A box as it is drawn, in any unit.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

/// A graph, and the same with one component more.
pub struct Edit {
    pub before: Sketch,
    pub after: Sketch,
}

/// The same small edits for all who draw: each adds a component to a group that has some, with a line to another.
pub fn edits() -> Vec<Edit> {
    let mut out = Vec::new();
    for (size, seed) in GRAPHS {
        let before = stack(size, seed);
        let leaves = leaves(&before);
        for part in 0..3 {
            let (host, to) = (leaves[part * leaves.len() / 3], leaves[(part * 7 + 3) % leaves.len()]);
            let mut after = before.clone();
            let group = before.nodes[host].parent.expect("a leaf is in a group");
            let new = after.add(group, Form::Leaf { width: 18, height: 5 });
            after.nets.push(Net { from: vec![new], to: vec![to], label: 6 });
            out.push(Edit { before: before.clone(), after });
        }
    }
    out
}

/// The boxes that are no groups.
fn leaves(sketch: &Sketch) -> Vec<usize> {
    (1..sketch.nodes.len()).filter(|&n| matches!(sketch.nodes[n].form, Form::Leaf { .. })).collect()
}

impl Edit {
    /// How many of a hundred pairs of boxes turn round: what was left of the other is right of it, or what was above is
    /// below. `None` where a box has no place.
    pub fn turned(
        &self,
        before: impl Fn(usize) -> Option<Frame>,
        after: impl Fn(usize) -> Option<Frame>,
    ) -> Option<f64> {
        let leaves = leaves(&self.before);
        let places: Option<Vec<(Frame, Frame)>> = leaves.iter().map(|&n| Some((before(n)?, after(n)?))).collect();
        let places = places?;
        let (mut all, mut turned) = (0, 0);
        for (at, (was_a, is_a)) in places.iter().enumerate() {
            for (was_b, is_b) in &places[..at] {
                let (was, is) = (sides(was_a, was_b), sides(is_a, is_b));
                all += 1;
                turned += usize::from(was.0 * is.0 < 0 || was.1 * is.1 < 0);
            }
        }
        Some(100.0 * turned as f64 / f64::from(all.max(1)))
    }
}

/// Which side of a box another is on, across and down; 0: both.
fn sides(a: &Frame, b: &Frame) -> (i32, i32) {
    let side = |first: bool, last: bool| i32::from(last) - i32::from(first);
    (side(a.right <= b.left, b.right <= a.left), side(a.bottom <= b.top, b.bottom <= a.top))
}

/// The median and the ninth decile.
pub fn spread(mut all: Vec<f64>) -> (f64, f64) {
    all.sort_by(f64::total_cmp);
    (all[all.len() / 2], all[all.len() * 9 / 10])
}
