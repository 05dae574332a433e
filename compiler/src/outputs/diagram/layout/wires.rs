//! A column for each vertical piece of a line.

use super::channels::{Channels, Passage};
use super::levels;
use super::model::{Face, Rect, Sketch};
use super::routing::Ways;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How often pieces are drawn towards those that they join.
const SWEEPS: usize = 8;

/// A vertical piece of a net.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    pub net: usize,
    pub passage: Passage,
    /// Its column.
    pub x: i32,
    /// The rows that it may take, whatever the tracks will be.
    span: (i32, i32),
}

impl Wire {
    /// Whether some row may have both of two wires.
    pub(super) fn meets(&self, other: &Wire) -> bool {
        self.span.0 <= other.span.1 && other.span.0 <= self.span.1
    }
}

/// Columns of boxes and lines.
pub(super) struct Plan {
    pub boxes: Vec<Rect>,
    pub wires: Vec<Wire>,
    /// What touches each channel: the wire, and whether it comes from above.
    pub touching: Vec<Vec<(usize, bool)>>,
}

/// Pieces in one straight line.
struct Run {
    wires: Vec<usize>,
    wish: i64,
}

/// Which columns are taken, in which rows, by which net.
#[derive(Default)]
struct Taken(FxHashMap<i32, Vec<Use>>);

/// Rows of a column, and the net that has them.
struct Use {
    rows: (i32, i32),
    net: usize,
}

impl Taken {
    /// Whether a column and those beside it are free of other nets.
    fn free(&self, x: i32, span: (i32, i32), net: usize) -> bool {
        let meets = |used: &Use| used.net != net && used.rows.0 <= span.1 && span.0 <= used.rows.1;
        (x - 1..=x + 1).all(|x| !self.0.get(&x).is_some_and(|all| all.iter().any(&meets)))
    }

    fn add(&mut self, wire: &Wire) {
        self.0.entry(wire.x).or_default().push(Use { rows: wire.span, net: wire.net });
    }
}

impl Plan {
    /// Puts columns in before column `at`: what is right of it moves, what reaches across gets wider.
    pub(super) fn stretch(&mut self, at: i32, by: i32) {
        for (number, rect) in self.boxes.iter_mut().enumerate() {
            if number != 0 && rect.x >= at {
                rect.x += by;
            } else if number == 0 || rect.right() > at {
                rect.w += by;
            }
        }
        for wire in self.wires.iter_mut().filter(|w| w.x >= at) {
            wire.x += by;
        }
    }

    /// The wires of each net that touch a channel: from above, or from below.
    pub(super) fn nets(&self, channel: usize) -> BTreeMap<usize, Vec<(usize, bool)>> {
        let mut out: BTreeMap<usize, Vec<(usize, bool)>> = BTreeMap::new();
        for &(wire, above) in &self.touching[channel] {
            out.entry(self.wires[wire].net).or_default().push((wire, above));
        }
        out
    }
}

/// Columns for all pieces.
pub(super) fn assign(sketch: &Sketch, channels: &Channels, mut boxes: Vec<Rect>, ways: &Ways) -> Plan {
    let mut wires = Vec::new();
    let mut touching = vec![Vec::new(); channels.count()];
    for (net, passages) in ways.passages.iter().enumerate() {
        for &passage in passages {
            let (upper, lower) = channels.ends(sketch, passage);
            upper.into_iter().for_each(|c| touching[c].push((wires.len(), false)));
            lower.into_iter().for_each(|c| touching[c].push((wires.len(), true)));
            wires.push(Wire { net, passage, x: 0, span: (0, 0) });
        }
    }
    let heights: Vec<i32> = touching.iter().map(|t| 2 + t.len() as i32).collect();
    let levels = levels::set(sketch, channels, &heights, &mut boxes);
    for wire in &mut wires {
        let (upper, lower) = channels.ends(sketch, wire.passage);
        let edge = match wire.passage {
            Passage::Pin { node, side: Face::Top } => boxes[node].y,
            Passage::Pin { node, side: Face::Bottom } => boxes[node].bottom() - 1,
            _ => 0,
        };
        wire.span.0 = upper.map_or(edge, |c| levels.channel[c]);
        wire.span.1 = lower.map_or(edge, |c| levels.channel[c] + heights[c] - 1);
    }
    let mut plan = Plan { boxes, wires, touching };
    let wishes = wishes(sketch, channels, &plan);
    let mut runs = runs(sketch, channels, &plan, &wishes);
    runs.sort_by_key(|run| (Reverse(run.wires.len()), run.wish, run.wires[0]));
    settle(sketch, channels, &mut plan, runs, wishes);
    plan
}

/// The columns that pieces would have if they were alone: near those that they join.
fn wishes(sketch: &Sketch, channels: &Channels, plan: &Plan) -> Vec<i64> {
    let range = |wire: &Wire| channels.range(sketch, &plan.boxes, wire.passage);
    let ranges: Vec<(i32, i32)> = plan.wires.iter().map(range).collect();
    let joints: Vec<Vec<(usize, bool)>> = (0..channels.count()).flat_map(|c| plan.nets(c).into_values()).collect();
    let mut at: Vec<i64> = ranges.iter().map(|(low, high)| i64::from(low + high) / 2).collect();
    for _ in 0..SWEEPS {
        let mut sums = vec![(0_i64, 0_i64); at.len()];
        for joined in &joints {
            let all: i64 = joined.iter().map(|&(w, _)| at[w]).sum();
            for &(wire, _) in joined {
                sums[wire].0 += all - at[wire];
                sums[wire].1 += joined.len() as i64 - 1;
            }
        }
        for (wire, &(sum, count)) in sums.iter().enumerate().filter(|(_, s)| s.1 > 0) {
            let (low, high) = ranges[wire];
            at[wire] = (sum / count).clamp(i64::from(low), i64::from(high.max(low)));
        }
    }
    at
}

/// Pieces that can share a column, joined: where a net has one above a channel and one below.
fn runs(sketch: &Sketch, channels: &Channels, plan: &Plan, wishes: &[i64]) -> Vec<Run> {
    let mut of: Vec<usize> = (0..plan.wires.len()).collect();
    let mut members: Vec<Vec<usize>> = of.iter().map(|&w| vec![w]).collect();
    let mut ranges: Vec<(i32, i32)> =
        plan.wires.iter().map(|w| channels.range(sketch, &plan.boxes, w.passage)).collect();
    for channel in 0..channels.count() {
        for joined in plan.nets(channel).values() {
            let &[(a, from_above), (b, too)] = joined.as_slice() else { continue };
            let (keep, gone) = (of[a].min(of[b]), of[a].max(of[b]));
            let common = (ranges[keep].0.max(ranges[gone].0), ranges[keep].1.min(ranges[gone].1));
            if from_above == too || keep == gone || common.0 > common.1 {
                continue;
            }
            ranges[keep] = common;
            for wire in std::mem::take(&mut members[gone]) {
                of[wire] = keep;
                members[keep].push(wire);
            }
        }
    }
    let run = |wires: Vec<usize>| {
        let wish = wires.iter().map(|&w| wishes[w]).sum::<i64>() / wires.len() as i64;
        Run { wires, wish }
    };
    members.into_iter().filter(|m| !m.is_empty()).map(run).collect()
}

/// Gives each run a free column; runs that find none are taken apart, and single pieces get room made.
fn settle(sketch: &Sketch, channels: &Channels, plan: &mut Plan, runs: Vec<Run>, mut wishes: Vec<i64>) {
    let mut taken = Taken::default();
    let mut settled: Vec<usize> = Vec::new();
    let mut open: Vec<Run> = runs.into_iter().rev().collect();
    while let Some(run) = open.pop() {
        let wish = if run.wires.len() == 1 { wishes[run.wires[0]] } else { run.wish };
        let (low, high) = common(sketch, channels, plan, &run.wires);
        let x = match column(plan, &taken, &run.wires, (low, high), wish as i32) {
            Some(x) => x,
            None if run.wires.len() > 1 => {
                open.extend(run.wires.iter().rev().map(|&w| Run { wires: vec![w], wish: wishes[w] }));
                continue;
            }
            None => {
                plan.stretch(high + 1, 3);
                open.iter_mut().filter(|r| r.wish > i64::from(high)).for_each(|r| r.wish += 3);
                wishes.iter_mut().filter(|w| **w > i64::from(high)).for_each(|w| *w += 3);
                taken = Taken::default();
                settled.iter().for_each(|&w| taken.add(&plan.wires[w]));
                high + 2
            }
        };
        for &wire in &run.wires {
            plan.wires[wire].x = x;
            taken.add(&plan.wires[wire]);
            settled.push(wire);
        }
    }
}

/// The columns that all pieces of a run may have.
fn common(sketch: &Sketch, channels: &Channels, plan: &Plan, wires: &[usize]) -> (i32, i32) {
    let ranges = wires.iter().map(|&w| channels.range(sketch, &plan.boxes, plan.wires[w].passage));
    ranges.fold((i32::MIN, i32::MAX), |all, one| (all.0.max(one.0), all.1.min(one.1)))
}

/// The free column nearest to the wish.
fn column(plan: &Plan, taken: &Taken, wires: &[usize], (low, high): (i32, i32), wish: i32) -> Option<i32> {
    let free = |x: &i32| wires.iter().all(|&w| taken.free(*x, plan.wires[w].span, plan.wires[w].net));
    let wish = wish.clamp(low.min(high), high.max(low));
    let beside = |d: i32| [wish + d, wish - d].into_iter().filter(|x| (low..=high).contains(x));
    (0..=high.saturating_sub(low)).flat_map(beside).find(free)
}
