//! Columns of boxes.

use super::channels::{Channels, Passage};
use super::model::{Face, Form, Rect, Sketch};
use super::routing::Ways;
use rustc_hash::FxHashMap;

/// How often rows are drawn towards what they are connected to.
const SWEEPS: usize = 6;
/// Columns between two boxes.
const GAP: i32 = 3;

/// How many lines pass where: what there must be room for.
#[derive(Default)]
pub(super) struct Room {
    lines: FxHashMap<Passage, i32>,
}

impl Room {
    /// Room for ways that were found.
    pub(super) fn of(ways: &Ways) -> Self {
        let mut lines = FxHashMap::default();
        for passage in ways.passages.iter().flatten() {
            *lines.entry(*passage).or_insert(0) += 1;
        }
        Self { lines }
    }

    /// Columns for so many lines with two free between them: room to change places, taken out in the end where nothing
    /// needs it.
    fn columns(&self, passage: Passage) -> i32 {
        self.lines.get(&passage).map_or(0, |n| 3 * n + 1)
    }

    /// The columns of a gap; at the ends of a row it is the margin.
    fn gap(&self, channels: &Channels, group: usize, row: usize, at: usize) -> i32 {
        let margin = at == 0 || at == channels.rows[group][row].len();
        let least = if margin { i32::from(group != 0) } else { GAP };
        self.columns(Passage::Gap { group, row, at }).max(least)
    }
}

/// First columns and widths of all nodes; rows are left at 0.
pub(super) fn place(sketch: &Sketch, channels: &Channels, room: &Room) -> Vec<Rect> {
    let mut boxes = vec![Rect::default(); sketch.nodes.len()];
    widths(sketch, channels, room, &mut boxes);
    // first in the middle, then towards the others
    let (rows, pulls) = (rows(channels, room, &boxes), pulls(sketch));
    spread(channels, &rows, &mut boxes, None);
    for _ in 0..SWEEPS {
        let pull = wishes(&pulls, &boxes);
        spread(channels, &rows, &mut boxes, Some(&pull));
    }
    boxes
}

fn widths(sketch: &Sketch, channels: &Channels, room: &Room, boxes: &mut [Rect]) {
    for node in (0..sketch.nodes.len()).rev() {
        let pins = |side| {
            let (pin, border) = (Passage::Pin { node, side }, Passage::Border { group: node, side });
            room.columns(pin) + room.columns(border) + 2
        };
        boxes[node].w = match sketch.nodes[node].form {
            Form::Leaf { width, .. } => width.max(pins(Face::Top)).max(pins(Face::Bottom)),
            Form::Group { title } => {
                let frame = 2 * i32::from(node != 0);
                let rows = channels.rows[node].iter().enumerate();
                let row = |(row, children): (usize, &Vec<usize>)| {
                    let gaps: i32 = (0..=children.len()).map(|at| room.gap(channels, node, row, at)).sum();
                    gaps + children.iter().map(|&c| boxes[c].w).sum::<i32>()
                };
                let inner = rows.map(row).max().unwrap_or(0) + frame;
                let title = if sketch.across { 0 } else { title };
                inner.max(title + 2 + pins(Face::Top)).max(pins(Face::Bottom))
            }
        };
    }
}

/// A node that a line draws: one of its ends, or a group that holds one but not the other.
struct Pull {
    node: usize,
    /// The end of the line there, and the other one.
    ends: (usize, usize),
}

/// What all lines draw: the same in every sweep.
fn pulls(sketch: &Sketch) -> Vec<Pull> {
    let mut out = Vec::new();
    for (a, b) in sketch.pairs() {
        let Some((top_a, top_b)) = sketch.siblings(a, b) else { continue };
        for (end, top, other) in [(a, top_a, b), (b, top_b, a)] {
            for node in sketch.path(end) {
                out.push(Pull { node, ends: (end, other) });
                if node == top {
                    break;
                }
            }
        }
    }
    out
}

/// How far each node should move so that lines to what it is connected to were straight, in half columns.
fn wishes(pulls: &[Pull], boxes: &[Rect]) -> Vec<i32> {
    let mut sums = vec![(0_i64, 0_i64); boxes.len()];
    for &Pull { node, ends: (end, other) } in pulls {
        sums[node].0 += i64::from(boxes[other].middle2() - boxes[end].middle2());
        sums[node].1 += 1;
    }
    sums.into_iter().map(|(sum, count)| if count == 0 { 0 } else { (sum / count) as i32 }).collect()
}

/// The least columns of a row: from the inner border of its group on.
struct Row {
    /// Where each child would start.
    least: Vec<i32>,
    width: i32,
}

/// All rows as narrow as they may be, by group.
fn rows(channels: &Channels, room: &Room, boxes: &[Rect]) -> Vec<Vec<Row>> {
    let row = |(group, row): (usize, usize), children: &[usize]| {
        let mut width = 0;
        let mut least = Vec::with_capacity(children.len());
        for (at, &child) in children.iter().enumerate() {
            width += room.gap(channels, group, row, at);
            least.push(width);
            width += boxes[child].w;
        }
        Row { least, width: width + room.gap(channels, group, row, children.len()) }
    };
    let groups = channels.rows.iter().enumerate();
    groups.map(|(group, rows)| rows.iter().enumerate().map(|(at, c)| row((group, at), c)).collect()).collect()
}

/// Places the children of all groups, outermost first.
fn spread(channels: &Channels, rows: &[Vec<Row>], boxes: &mut [Rect], pull: Option<&[i32]>) {
    // pulls are from where everything was, whatever moved with its group since
    let before: Vec<i32> = boxes.iter().map(|b| b.x).collect();
    for group in 0..boxes.len() {
        let frame = i32::from(group != 0);
        let (start, inner) = (boxes[group].x + frame, boxes[group].w - 2 * frame);
        for (children, row) in channels.rows[group].iter().zip(&rows[group]) {
            let slack = (inner - row.width).max(0);
            let wish = |(&child, &least): (&usize, &i32)| match pull {
                None => i64::from(slack / 2),
                Some(pull) => i64::from(before[child] + pull[child] / 2 - start - least),
            };
            let wishes: Vec<i64> = children.iter().zip(&row.least).map(wish).collect();
            for ((&child, least), shift) in children.iter().zip(&row.least).zip(isotonic(&wishes)) {
                let x = start + least + (shift as i32).clamp(0, slack);
                move_to(channels, boxes, child, x);
            }
        }
    }
}

/// Moves a node; what is in it follows when its own turn comes, but keeps its place in it until then.
fn move_to(channels: &Channels, boxes: &mut [Rect], node: usize, x: i32) {
    let by = x - boxes[node].x;
    if by == 0 {
        return;
    }
    let mut open = vec![node];
    while let Some(at) = open.pop() {
        boxes[at].x += by;
        open.extend(channels.rows[at].iter().flatten());
    }
}

/// The rising sequence nearest to the wishes by least squares: pool adjacent violators.
fn isotonic(wishes: &[i64]) -> Vec<i64> {
    let mut pools: Vec<(i64, i64)> = Vec::new();
    for &wish in wishes {
        let mut pool = (wish, 1);
        while let Some(&(sum, count)) = pools.last() {
            // mean of the last pool above the mean of this one
            if sum * pool.1 <= pool.0 * count {
                break;
            }
            pools.pop();
            pool = (pool.0 + sum, pool.1 + count);
        }
        pools.push(pool);
    }
    pools.iter().flat_map(|&(sum, count)| std::iter::repeat_n(sum.div_euclid(count), count as usize)).collect()
}
