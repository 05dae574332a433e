//! Each net's way: which channels, gaps and borders it takes.

use super::channels::{Channels, Passage};
use super::model::{Form, Net, Rect, Side, Sketch};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// What a bend costs, in columns.
const BEND: i64 = 6;
/// What it costs to leave a box at its top, or to come in at its bottom.
const AGAINST: i64 = 14;
/// What a second trunk costs.
const TRUNK: i64 = 30;
/// What each line that already passes costs another.
const CROWD: i64 = 2;

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

struct Router<'a> {
    sketch: &'a Sketch,
    channels: &'a Channels,
    boxes: &'a [Rect],
    links: Vec<Vec<Link>>,
    crowd: FxHashMap<Passage, i64>,
}

/// Ways for all nets, in their order.
pub(super) fn route(sketch: &Sketch, channels: &Channels, boxes: &[Rect]) -> Ways {
    let links = links(sketch, channels, boxes);
    let mut router = Router { sketch, channels, boxes, links, crowd: FxHashMap::default() };
    Ways { passages: sketch.nets.iter().map(|net| router.net(net)).collect() }
}

/// All steps, by the channel that they start from.
fn links(sketch: &Sketch, channels: &Channels, boxes: &[Rect]) -> Vec<Vec<Link>> {
    let heights = heights(sketch, channels);
    let mut out: Vec<Vec<Link>> = (0..channels.count()).map(|_| Vec::new()).collect();
    let mut add = |passage: Passage, cost: i64| {
        let range = channels.range(sketch, boxes, passage);
        let range = (range.0, range.1.max(range.0));
        if let (Some(upper), Some(lower)) = channels.ends(sketch, passage) {
            out[upper].push(Link { passage, to: lower, range, cost });
            out[lower].push(Link { passage, to: upper, range, cost });
        }
    };
    for group in 0..sketch.nodes.len() {
        for (row, children) in channels.rows[group].iter().enumerate() {
            let tallest = children.iter().map(|&c| heights[c]).max().unwrap_or(0);
            for at in 0..=children.len() {
                add(Passage::Gap { group, row, at }, 2 * tallest + 4);
            }
        }
        if group != 0 && matches!(sketch.nodes[group].form, Form::Group { .. }) {
            add(Passage::Border { group, side: Side::Top }, 4);
            add(Passage::Border { group, side: Side::Bottom }, 4);
        }
    }
    out
}

/// About how many rows each node takes.
fn heights(sketch: &Sketch, channels: &Channels) -> Vec<i64> {
    let mut out = vec![0; sketch.nodes.len()];
    for node in (0..sketch.nodes.len()).rev() {
        out[node] = match sketch.nodes[node].form {
            Form::Leaf { height, .. } => i64::from(height),
            Form::Group { .. } => {
                let row = |row: &Vec<usize>| row.iter().map(|&c| out[c]).max().unwrap_or(0) + 3;
                channels.rows[node].iter().map(row).sum::<i64>() + 4
            }
        };
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
        while !open.is_empty() {
            let Some(found) = self.grow(&mut tree, hub, outward, &open) else { break };
            open.remove(&found);
        }
        for &passage in &tree.passages {
            *self.crowd.entry(passage).or_insert(0) += CROWD;
        }
        tree.passages.into_iter().collect()
    }

    fn against(side: Side, leaves: bool) -> i64 {
        if (side == Side::Bottom) == leaves { 0 } else { AGAINST }
    }

    /// Adds the way to the nearest of the open ends; which one that is.
    fn grow(&self, tree: &mut Tree, hub: usize, outward: bool, open: &BTreeSet<usize>) -> Option<usize> {
        let mut steps = self.starts(tree, hub, outward);
        let mut heap: BinaryHeap<Reverse<(i64, usize)>> =
            steps.iter().enumerate().map(|(at, s)| Reverse((s.1, at))).collect();
        let mut steps: Vec<Step> = steps.drain(..).map(|(step, _)| step).collect();
        let goals = self.goals(open, !outward);
        let mut seen = rustc_hash::FxHashSet::default();
        while let Some(Reverse((cost, at))) = heap.pop() {
            let Step { channel, columns, end, .. } = steps[at];
            if let Some(end) = end {
                take(tree, &steps, at);
                return Some(end);
            }
            if !seen.insert((channel, columns)) {
                continue;
            }
            for &(goal, node, passage, extra) in goals.iter().filter(|g| g.0 == channel) {
                let (columns, distance) = nearest(columns, self.channels.range(self.sketch, self.boxes, passage));
                heap.push(Reverse((cost + across(distance) + extra, steps.len())));
                steps.push(Step { channel: goal, columns, before: Some(at), passage: Some(passage), end: Some(node) });
            }
            for link in &self.links[channel] {
                let (columns, distance) = nearest(columns, link.range);
                if seen.contains(&(link.to, columns)) {
                    continue;
                }
                let crowd = self.crowd.get(&link.passage).copied().unwrap_or(0);
                let free = tree.passages.contains(&link.passage);
                let price = if free { 0 } else { link.cost + crowd };
                heap.push(Reverse((cost + across(distance) + price, steps.len())));
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
        for side in [Side::Bottom, Side::Top] {
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

    /// The borders of open ends: channel, node, piece, cost.
    fn goals(&self, open: &BTreeSet<usize>, leaves: bool) -> Vec<(usize, usize, Passage, i64)> {
        let mut out = Vec::new();
        for &node in open {
            for side in [Side::Top, Side::Bottom] {
                let channel = self.channels.beside(self.sketch, node, side);
                out.push((channel, node, Passage::Pin { node, side }, Self::against(side, leaves)));
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
