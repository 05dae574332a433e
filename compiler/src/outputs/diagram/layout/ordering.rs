//! The order of boxes within rows, so that lines are short and cross little.

use super::channels::Channels;
use super::layering::Rows;
use super::model::{Rect, Sketch};
use super::placement::{self, Room};

/// How often all rows are gone through.
const SWEEPS: usize = 8;

/// Orders to choose from: that of the source, and the best that barycentres give.
pub(super) fn improve(sketch: &Sketch, source: Rows) -> Vec<Rows> {
    let rows = &mut source.clone();
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
    if best == source { vec![best] } else { vec![source, best] }
}

/// The first small change from a number on, and the number to go on from; `None` where there are no more.
pub(super) fn change(rows: &Rows, from: usize) -> Option<(usize, Rows)> {
    const ALL: [Change; 3] = [Change::Right, Change::Up, Change::Down];
    let places = rows.iter().enumerate().flat_map(|(group, rows)| {
        rows.iter().enumerate().flat_map(move |(row, children)| (0..children.len()).map(move |at| (group, row, at)))
    });
    // all changes of one sort first: exchanges are what helps most
    let all = ALL.iter().flat_map(|change| places.clone().map(move |place| (change, place)));
    all.enumerate().skip(from).find_map(|(number, (change, (group, row, at)))| {
        let mut out = rows.clone();
        out[group] = change.of(&rows[group], row, at)?;
        Some((number + 1, out))
    })
}

/// A small change of a group's rows: sifting in the sense of Matuszewski, Schönfeld and Molitor (1999), by one step.
#[derive(Clone, Copy)]
enum Change {
    /// A child and the one right of it change places.
    Right,
    /// A child goes to the row above, to about the same place.
    Up,
    /// To the row below.
    Down,
}

impl Change {
    fn of(self, rows: &[Vec<usize>], row: usize, at: usize) -> Option<Vec<Vec<usize>>> {
        let mut out = rows.to_vec();
        match self {
            Change::Right => (at + 1 < rows[row].len()).then(|| out[row].swap(at, at + 1))?,
            Change::Up | Change::Down => {
                let to = if matches!(self, Change::Up) { row.checked_sub(1)? } else { row + 1 };
                let target = out.get(to)?.len();
                let child = out[row].remove(at);
                out[to].insert(at * (target + 1) / rows[row].len(), child);
                out.retain(|r| !r.is_empty());
            }
        }
        Some(out)
    }
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
