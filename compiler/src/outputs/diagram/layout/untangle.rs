//! Fewer crossings by moving vertical pieces of lines past those beside them.
//!
//! Greedy switching (Eades and Kelly 1986) on the places of lines rather than of boxes: a piece, alone or with those
//! that continue it straight on, goes to the free column beyond a neighbour or in line with what it joins while that is
//! better. Two lines' crossings within a channel are counted as if the better of both orders of their tracks could be
//! had.

use super::channels::{Channels, Passage};
use super::model::Sketch;
use super::wires::Plan;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// How often all lines are gone through.
const ROUNDS: usize = 3;
/// From so many pieces on, lines are gone through once: what later rounds win is little, and a thousand components are to
/// be drawn in a second.
const LARGE: usize = 3000;
/// What a crossing costs, in columns of line.
const CROSSING: i64 = 24;
/// What a track costs.
const TRACK: i64 = 4;
/// How many neighbours on each side a piece may pass at once.
const NEAR: usize = 3;
/// How far beyond a neighbour a free column is looked for.
const REACH: i32 = 6;

/// The columns at which a net comes into a channel.
struct Entry {
    /// Its wires, and whether each comes from above.
    wires: Vec<(usize, bool)>,
    /// First and last column.
    hull: (i32, i32),
}

struct Untangler<'a> {
    plan: &'a mut Plan,
    /// The nets at each channel, by number.
    entries: Vec<Vec<Entry>>,
    /// Where each wire is an entry: channels, and the place among their entries.
    ends: Vec<Vec<(usize, usize)>>,
    /// The wires at each column.
    columns: FxHashMap<i32, Vec<usize>>,
    /// The columns that each wire may have.
    ranges: Vec<(i32, i32)>,
}

/// Moves pieces while that makes the drawing better.
pub(super) fn untangle(sketch: &Sketch, channels: &Channels, plan: &mut Plan) {
    let mut passages: BTreeMap<Passage, Vec<usize>> = BTreeMap::new();
    let mut columns: FxHashMap<i32, Vec<usize>> = FxHashMap::default();
    for (number, wire) in plan.wires.iter().enumerate() {
        passages.entry(wire.passage).or_default().push(number);
        columns.entry(wire.x).or_default().push(number);
    }
    let entry = |wires: Vec<(usize, bool)>| Entry { hull: hull(plan, &wires), wires };
    let entries: Vec<Vec<Entry>> =
        (0..channels.count()).map(|c| plan.nets(c).into_values().map(entry).collect()).collect();
    let mut ends = vec![Vec::new(); plan.wires.len()];
    for (channel, entries) in entries.iter().enumerate() {
        for (at, entry) in entries.iter().enumerate() {
            entry.wires.iter().for_each(|&(wire, _)| ends[wire].push((channel, at)));
        }
    }
    let ranges = plan.wires.iter().map(|w| channels.range(sketch, &plan.boxes, w.passage)).collect();
    let mut untangler = Untangler { plan, entries, ends, columns, ranges };
    let rounds = if untangler.plan.wires.len() > LARGE { 1 } else { ROUNDS };
    for _ in 0..rounds {
        let mut better = false;
        for wires in passages.values() {
            for &wire in wires {
                better |= untangler.wire(wire, wires);
            }
        }
        if !better {
            break;
        }
    }
}

/// The first and last column of wires.
fn hull(plan: &Plan, wires: &[(usize, bool)]) -> (i32, i32) {
    let xs = wires.iter().map(|&(w, _)| plan.wires[w].x);
    xs.fold((i32::MAX, i32::MIN), |hull, x| (hull.0.min(x), hull.1.max(x)))
}

impl Untangler<'_> {
    /// Moves a wire, with its run or alone, to the best place near; whether there was a better one.
    fn wire(&mut self, wire: usize, beside: &[usize]) -> bool {
        let targets = self.targets(wire, beside);
        if targets.is_empty() {
            return false;
        }
        let run = self.run(wire);
        let alone = vec![wire];
        let mut better = run.len() > 1 && self.best(&run, &targets);
        better |= self.best(&alone, &targets);
        better
    }

    /// Columns to try: beyond the nearest neighbours in the same place, and those of what the wire joins.
    fn targets(&self, wire: usize, beside: &[usize]) -> Vec<i32> {
        let own = &self.plan.wires[wire];
        let mut others: Vec<i32> =
            beside.iter().map(|&w| &self.plan.wires[w]).filter(|w| w.net != own.net).map(|w| w.x).collect();
        others.sort_unstable();
        let at = others.partition_point(|x| *x < own.x);
        let mut out: Vec<i32> = others[..at].iter().rev().take(NEAR).map(|x| x - 2).collect();
        out.extend(others[at..].iter().take(NEAR).map(|x| x + 2));
        for &(channel, entry) in &self.ends[wire] {
            out.extend(self.entries[channel][entry].wires.iter().map(|&(w, _)| self.plan.wires[w].x));
        }
        out.sort_unstable();
        out.dedup();
        out.retain(|x| *x != own.x);
        out
    }

    /// The wires of a net that go straight on from a wire, itself among them.
    fn run(&self, wire: usize) -> Vec<usize> {
        let x = self.plan.wires[wire].x;
        let mut out = vec![wire];
        let mut at = 0;
        while let Some(&here) = out.get(at) {
            for &(channel, entry) in &self.ends[here] {
                for &(next, _) in &self.entries[channel][entry].wires {
                    if self.plan.wires[next].x == x && !out.contains(&next) {
                        out.push(next);
                    }
                }
            }
            at += 1;
        }
        out
    }

    /// Moves wires of one column to the best of the targets; whether that is better than where they are.
    fn best(&mut self, wires: &[usize], targets: &[i32]) -> bool {
        let own = self.plan.wires[wires[0]].x;
        let mut channels: Vec<(usize, usize)> = wires.iter().flat_map(|&w| self.ends[w].iter().copied()).collect();
        channels.sort_unstable();
        channels.dedup();
        let (mut best, mut least) = (own, self.cost(&channels));
        for &target in targets {
            let Some(x) = self.free_near(wires, target, target < own) else { continue };
            self.put(wires, x);
            let cost = self.cost(&channels);
            if cost < least {
                (best, least) = (x, cost);
            }
            self.put(wires, own);
        }
        if best != own {
            self.put(wires, best);
        }
        best != own
    }

    /// The first column from a target on, to the left or to the right, that all wires may have.
    fn free_near(&self, wires: &[usize], target: i32, left: bool) -> Option<i32> {
        (0..REACH).map(|by| if left { target - by } else { target + by }).find(|&x| {
            let within = |&w: &usize| self.ranges[w].0 <= x && x <= self.ranges[w].1;
            wires.iter().all(|w| within(w) && self.free(*w, x))
        })
    }

    /// Whether no other net's wire is in a column or beside it, in rows that a wire may take.
    fn free(&self, wire: usize, x: i32) -> bool {
        let own = &self.plan.wires[wire];
        let beside = (x - 1..=x + 1).filter_map(|x| self.columns.get(&x)).flatten();
        beside.map(|&w| &self.plan.wires[w]).all(|other| other.net == own.net || !own.meets(other))
    }

    fn put(&mut self, wires: &[usize], x: i32) {
        for &wire in wires {
            let from = std::mem::replace(&mut self.plan.wires[wire].x, x);
            if let Some(here) = self.columns.get_mut(&from) {
                here.retain(|w| *w != wire);
            }
            self.columns.entry(x).or_default().push(wire);
            for &(channel, at) in &self.ends[wire] {
                let entry = &mut self.entries[channel][at];
                entry.hull = hull(self.plan, &entry.wires);
            }
        }
    }

    /// Crossings of a net with all others and its length, at channels given with its entries.
    fn cost(&self, channels: &[(usize, usize)]) -> i64 {
        let at = |&(channel, own): &(usize, usize)| {
            let entries = &self.entries[channel];
            let (low, high) = entries[own].hull;
            let others = entries.iter().enumerate().filter(|(at, _)| *at != own);
            let crossings: i64 = others.map(|(_, other)| self.crossings(&entries[own], other)).sum();
            i64::from(high - low) + if low < high { TRACK } else { 0 } + crossings * CROSSING
        };
        channels.iter().map(at).sum()
    }

    /// How often two nets cross in a channel, with their tracks in the better order.
    fn crossings(&self, one: &Entry, other: &Entry) -> i64 {
        let (mine, theirs) = (one.hull, other.hull);
        if mine.1 < theirs.0 || theirs.1 < mine.0 {
            return 0;
        }
        let within = |entry: &Entry, above: bool, (low, high): (i32, i32)| {
            let here = |&&(w, from_above): &&(usize, bool)| {
                from_above == above && (low..=high).contains(&self.plan.wires[w].x)
            };
            entry.wires.iter().filter(here).count() as i64
        };
        let first = within(other, true, mine) + within(one, false, theirs);
        let second = within(one, true, theirs) + within(other, false, mine);
        first.min(second)
    }
}
