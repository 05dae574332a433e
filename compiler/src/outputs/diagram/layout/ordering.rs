//! The order of boxes within rows, so that lines are short and cross little.

use super::channels::Channels;
use super::layering::Rows;
use super::model::{Rect, Sketch};
use super::placement::{self, Room};

/// How often all rows are gone through.
const SWEEPS: usize = 8;

/// Reorders rows by barycentres; the order of the source stays where nothing is won.
pub(super) fn improve(sketch: &Sketch, rows: &mut Rows) {
    let mut best = rows.clone();
    let mut boxes = columns(sketch, rows);
    let mut least = length(sketch, &boxes);
    for _ in 0..SWEEPS {
        let wishes = wishes(sketch, &boxes);
        for row in rows.iter_mut().flatten() {
            row.sort_by_key(|&node| wishes[node].unwrap_or(i64::from(boxes[node].middle2())));
        }
        boxes = columns(sketch, rows);
        let now = length(sketch, &boxes);
        if now < least {
            (least, best) = (now, rows.clone());
        }
    }
    *rows = best;
}

fn columns(sketch: &Sketch, rows: &Rows) -> Vec<Rect> {
    placement::place(sketch, &Channels::new(sketch, rows.clone()), &Room::default())
}

/// All distances across between connected boxes.
fn length(sketch: &Sketch, boxes: &[Rect]) -> i64 {
    sketch.pairs().map(|(a, b)| i64::from((boxes[a].middle2() - boxes[b].middle2()).abs())).sum()
}

/// The mean place of what a node, or anything in it, is connected to outside of it.
fn wishes(sketch: &Sketch, boxes: &[Rect]) -> Vec<Option<i64>> {
    let mut sums = vec![(0_i64, 0_i64); sketch.nodes.len()];
    for (a, b) in sketch.pairs() {
        let Some((top_a, top_b)) = sketch.siblings(a, b) else { continue };
        for (node, top, other) in [(a, top_a, b), (b, top_b, a)] {
            for inside in sketch.path(node) {
                sums[inside].0 += i64::from(boxes[other].middle2());
                sums[inside].1 += 1;
                if inside == top {
                    break;
                }
            }
        }
    }
    sums.into_iter().map(|(sum, count)| (count > 0).then(|| sum / count)).collect()
}
