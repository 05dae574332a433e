//! Each net's way: which channels, gaps and borders it takes.

use super::channels::{Channels, Passage};
use super::model::{Face, Form, Net, Rect, Sketch};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// What a bend costs, in columns.
const BEND: i64 = 6;
/// What it costs to leave a box at its top, or to come in at its bottom.
const AGAINST: i64 = 14;
/// What a second trunk costs.
const TRUNK: i64 = 30;
/// How many places along a channel a search tells apart.
const PLACES: i32 = 64;
/// About how high a channel is, in columns.
const CHANNEL: i64 = 4;
/// From so many nets on, ways are looked for once.
const LARGE: usize = 600;
/// What each line that already passes costs another.
const CROWD: i64 = 3;

/// The vertical pieces of each net, in order.
pub(super) struct Ways {
    pub passages: Vec<Vec<Passage>>,
}

/// A step from one channel to the next.
struct Link {
    passage: Passage,
    to: usize,
    range: (i32, i32),
    cost: i64,
}

/// What a net has reached: columns by channel.
#[derive(Default)]
struct Tree {
    passages: BTreeSet<Passage>,
    reach: BTreeMap<usize, (i32, i32)>,
}

/// A place that a search came to: some of these columns of a channel, or an end.
struct Step {
    channel: usize,
    columns: (i32, i32),
    before: Option<usize>,
    passage: Option<Passage>,
    end: Option<usize>,
}

/// A border of an end that a net has yet to reach.
struct Goal {
    channel: usize,
    node: usize,
    passage: Passage,
    range: (i32, i32),
    extra: i64,
}

struct Router<'a> {
    sketch: &'a Sketch,
    channels: &'a Channels,
    boxes: &'a [Rect],
    links: Vec<Vec<Link>>,
    depths: Vec<i64>,
    crowd: FxHashMap<Passage, i64>,
}

/// How often ways are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rounds {
    One,
    /// Again, now that all others are known; graphs too large for that have one round all the same.
    Two,
}

/// Ways for all nets, in their order.
pub(super) fn route(sketch: &Sketch, channels: &Channels, boxes: &[Rect], rounds: Rounds) -> Ways {
    let depths = depths(sketch, channels);
    let links = links(sketch, channels, boxes, &depths);
    let mut router = Router { sketch, channels, boxes, links, depths, crowd: FxHashMap::default() };
    let mut passages: Vec<Vec<Passage>> = sketch.nets.iter().map(|net| router.net(net)).collect();
    let again = rounds == Rounds::Two && sketch.nets.len() < LARGE;
    for (net, own) in sketch.nets.iter().zip(&mut passages).filter(|_| again) {
        own.iter().for_each(|passage| *router.crowd.entry(*passage).or_insert(0) -= CROWD);
        *own = router.net(net);
    }
    Ways { passages }
}

/// All steps, by the channel that they start from. A step costs what lies between its channels.
fn links(sketch: &Sketch, channels: &Channels, boxes: &[Rect], depths: &[i64]) -> Vec<Vec<Link>> {
    let mut out: Vec<Vec<Link>> = (0..channels.count()).map(|_| Vec::new()).collect();
    let mut add = |passage: Passage| {
        let range = channels.range(sketch, boxes, passage);
        let range = (range.0, range.1.max(range.0));
        if let (Some(upper), Some(lower)) = channels.ends(sketch, passage) {
            let cost = depths[lower] - depths[upper];
            out[upper].push(Link { passage, to: lower, range, cost });
            out[lower].push(Link { passage, to: upper, range, cost });
        }
    };
    for group in 0..sketch.nodes.len() {
        for (row, children) in channels.rows[group].iter().enumerate() {
            (0..=children.len()).for_each(|at| add(Passage::Gap { group, row, at }));
        }
        if group != 0 && matches!(sketch.nodes[group].form, Form::Group { .. }) {
            add(Passage::Border { group, side: Face::Top });
            add(Passage::Border { group, side: Face::Bottom });
        }
    }
    out
}

/// About how far down each channel is, a row as two columns.
fn depths(sketch: &Sketch, channels: &Channels) -> Vec<i64> {
    let mut heights = vec![0; sketch.nodes.len()];
    let tallest = |heights: &[i64], row: &[usize]| row.iter().map(|&c| heights[c]).max().unwrap_or(0) + CHANNEL;
    for node in (0..sketch.nodes.len()).rev() {
        heights[node] = match sketch.nodes[node].form {
            Form::Leaf { height, .. } if sketch.across => i64::from(height) / 2,
            Form::Leaf { height, .. } => 2 * i64::from(height),
            Form::Group { .. } => {
                channels.rows[node].iter().map(|row| tallest(&heights, row)).sum::<i64>() + 2 * CHANNEL
            }
        };
    }
    let mut out = vec![0; channels.count()];
    for group in 0..sketch.nodes.len() {
        if matches!(sketch.nodes[group].form, Form::Leaf { .. }) {
            continue;
        }
        let start = if group == 0 { 0 } else { out[channels.beside(sketch, group, Face::Top)] + CHANNEL };
        let mut depth = start;
        out[channels.channel(group, 0)] = depth;
        for (row, children) in channels.rows[group].iter().enumerate() {
            depth += tallest(&heights, children);
            out[channels.channel(group, row + 1)] = depth;
        }
    }
    out
}

/// The columns of a range nearest to those given, and how far they are.
fn nearest(from: (i32, i32), range: (i32, i32)) -> ((i32, i32), i64) {
    if from.1 < range.0 {
        ((range.0, range.0), i64::from(range.0 - from.1))
    } else if range.1 < from.0 {
        ((range.1, range.1), i64::from(from.0 - range.1))
    } else {
        ((from.0.max(range.0), from.1.min(range.1)), 0)
    }
}

fn across(distance: i64) -> i64 {
    if distance == 0 { 0 } else { distance + BEND }
}

impl Router<'_> {
    /// A tree from the net's one end to its several.
    fn net(&mut self, net: &Net) -> Vec<Passage> {
        let outward = net.from.len() == 1;
        let (hub, others) = if outward { (net.from[0], &net.to) } else { (net.to[0], &net.from) };
        let mut tree = Tree::default();
        let mut open: BTreeSet<usize> = others.iter().copied().collect();
        // frames around none of its ends stay closed: there is a way round each, by the gaps at the ends of its row
        let ends = net.from.iter().chain(&net.to);
        let frames: FxHashSet<usize> = ends.flat_map(|&end| self.sketch.path(end).skip(1)).collect();
        while !open.is_empty() {
            let Some(found) = self.grow(&mut tree, hub, outward, &open, &frames) else { break };
            open.remove(&found);
        }
        for &passage in &tree.passages {
            *self.crowd.entry(passage).or_insert(0) += CROWD;
        }
        tree.passages.into_iter().collect()
    }

    fn against(side: Face, leaves: bool) -> i64 {
        if (side == Face::Bottom) == leaves { 0 } else { AGAINST }
    }

    /// Adds the way to the nearest of the open ends; which one that is. An A* search: what is still to go is at
    /// least the way straight there.
    fn grow(
        &self,
        tree: &mut Tree,
        hub: usize,
        outward: bool,
        open: &BTreeSet<usize>,
        frames: &FxHashSet<usize>,
    ) -> Option<usize> {
        let goals = self.goals(open, !outward);
        let rest = |channel: usize, columns: (i32, i32)| {
            let to = |goal: &Goal| {
                (self.depths[goal.channel] - self.depths[channel]).abs()
                    + across(nearest(columns, goal.range).1)
                    + goal.extra
            };
            goals.iter().map(to).min().unwrap_or(0)
        };
        let mut steps: Vec<Step> = Vec::new();
        let mut heap = BinaryHeap::new();
        for (step, cost) in self.starts(tree, hub, outward) {
            heap.push(Reverse((cost + rest(step.channel, step.columns), steps.len(), cost)));
            steps.push(step);
        }
        let mut seen = FxHashSet::default();
        // in wide pictures, columns nearby count as the same place
        let near = (self.boxes[0].w / PLACES).max(1);
        let spot = |channel: usize, (low, high): (i32, i32)| (channel, low / near, high / near);
        while let Some(Reverse((_, at, cost))) = heap.pop() {
            let Step { channel, columns, end, .. } = steps[at];
            if let Some(end) = end {
                take(tree, &steps, at);
                return Some(end);
            }
            if !seen.insert(spot(channel, columns)) {
                continue;
            }
            for goal in goals.iter().filter(|g| g.channel == channel) {
                let (columns, distance) = nearest(columns, goal.range);
                let cost = cost + across(distance) + goal.extra;
                heap.push(Reverse((cost, steps.len(), cost)));
                let (before, passage, end) = (Some(at), Some(goal.passage), Some(goal.node));
                steps.push(Step { channel, columns, before, passage, end });
            }
            let shut = |link: &&Link| matches!(link.passage, Passage::Border { group, .. } if !frames.contains(&group));
            for link in self.links[channel].iter().filter(|link| !shut(link)) {
                let (columns, distance) = nearest(columns, link.range);
                if seen.contains(&spot(link.to, columns)) {
                    continue;
                }
                let crowd = self.crowd.get(&link.passage).copied().unwrap_or(0);
                let cost = cost + across(distance) + link.cost + crowd;
                heap.push(Reverse((cost + rest(link.to, columns), steps.len(), cost)));
                steps.push(Step {
                    channel: link.to,
                    columns,
                    before: Some(at),
                    passage: Some(link.passage),
                    end: None,
                });
            }
        }
        None
    }

    /// Where a search starts: from all that the net has, or from the borders of its hub.
    fn starts(&self, tree: &Tree, hub: usize, outward: bool) -> Vec<(Step, i64)> {
        let step = |channel, columns, passage| Step { channel, columns, before: None, passage, end: None };
        let mut out: Vec<(Step, i64)> = tree.reach.iter().map(|(&c, &columns)| (step(c, columns, None), 0)).collect();
        for side in [Face::Bottom, Face::Top] {
            let passage = Passage::Pin { node: hub, side };
            if !tree.passages.contains(&passage) {
                let trunk = if tree.reach.is_empty() { 0 } else { TRUNK };
                let range = self.channels.range(self.sketch, self.boxes, passage);
                let channel = self.channels.beside(self.sketch, hub, side);
                out.push((step(channel, range, Some(passage)), trunk + Self::against(side, outward)));
            }
        }
        out
    }

    /// The borders of open ends.
    fn goals(&self, open: &BTreeSet<usize>, leaves: bool) -> Vec<Goal> {
        let mut out = Vec::new();
        for &node in open {
            for side in [Face::Top, Face::Bottom] {
                let passage = Passage::Pin { node, side };
                let channel = self.channels.beside(self.sketch, node, side);
                let range = self.channels.range(self.sketch, self.boxes, passage);
                out.push(Goal { channel, node, passage, range, extra: Self::against(side, leaves) });
            }
        }
        out
    }
}

/// Makes the way to a step part of the tree.
fn take(tree: &mut Tree, steps: &[Step], end: usize) {
    let mut at = Some(end);
    while let Some(step) = at.map(|at| &steps[at]) {
        let x = i32::midpoint(step.columns.0, step.columns.1);
        let channels = [Some(step.channel), step.before.map(|b| steps[b].channel)];
        for channel in channels.into_iter().flatten().filter(|_| step.passage.is_some()) {
            let reach = tree.reach.entry(channel).or_insert((x, x));
            *reach = (reach.0.min(x), reach.1.max(x));
        }
        tree.passages.extend(step.passage);
        at = step.before;
    }
}
