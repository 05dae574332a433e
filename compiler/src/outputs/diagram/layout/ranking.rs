//! Which children of a group stand above which: the ranks of all groups.

use super::model::Sketch;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// How often the children of a group are gone through at most.
const ROUNDS: usize = 32;
/// How many lines are looked at for that at most, in a group: as many as take some tens of milliseconds.
const WORK: usize = 4_000_000;

/// The children of a group.
#[derive(Default)]
pub(super) struct Ranks {
    /// Those that lines lead to or from, by rank.
    pub connected: Vec<Vec<usize>>,
    /// Those without any.
    pub alone: Vec<usize>,
    /// Whether most lines out of the group lead down.
    pub down: bool,
}

/// Lines between children of one group, each from above to below, with how many there are.
type Lines = BTreeMap<(usize, usize), i64>;

/// A line out of a group, as its child there sees it.
struct Leaving {
    child: usize,
    /// Siblings further out: the one that the child is in, and the one that the line leads to.
    own: usize,
    other: usize,
}

/// Ranks for all groups, from the outermost inwards: what lines lead to above a group draws its children up, what is
/// below it down.
pub(super) fn ranks(sketch: &Sketch, children: &[Vec<usize>]) -> Vec<Ranks> {
    let mut lines: Vec<Lines> = vec![Lines::new(); children.len()];
    let mut leaving: Vec<Vec<Leaving>> = (0..children.len()).map(|_| Vec::new()).collect();
    for (from, to) in sketch.pairs() {
        let Some((a, b)) = sketch.siblings(from, to) else { continue };
        // siblings have a parent
        *lines[sketch.nodes[a].parent.unwrap_or(0)].entry((a, b)).or_default() += 1;
        for (end, own, other) in [(from, a, b), (to, b, a)] {
            for child in sketch.path(end).take_while(|n| *n != own) {
                leaving[sketch.nodes[child].parent.unwrap_or(0)].push(Leaving { child, own, other });
            }
        }
    }
    let mut rank = vec![0; children.len()];
    let mut out = Vec::with_capacity(children.len());
    for (group, children) in children.iter().enumerate() {
        let mut pulls: BTreeMap<usize, i64> = BTreeMap::new();
        for Leaving { child, own, other } in &leaving[group] {
            *pulls.entry(*child).or_default() += match rank[*other].cmp(&rank[*own]) {
                Ordering::Less => -1,
                Ordering::Equal => 0,
                Ordering::Greater => 1,
            };
        }
        out.push(within(children, &lines[group], &pulls, &mut rank));
    }
    out
}

/// The ranks of one group.
fn within(children: &[usize], lines: &Lines, pulls: &BTreeMap<usize, i64>, rank: &mut [usize]) -> Ranks {
    let lines = acyclic(children, lines);
    let mut above: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    lines.keys().for_each(|&(a, b)| above.entry(b).or_default().push(a));
    let mut depth = BTreeMap::new();
    for &child in children {
        deepest(child, &above, &mut depth);
    }
    depth.into_iter().for_each(|(child, depth)| rank[child] = depth);
    let between: BTreeSet<usize> = lines.keys().flat_map(|&(a, b)| [a, b]).collect();
    let (connected, alone): (Vec<usize>, Vec<usize>) =
        children.iter().partition(|c| between.contains(c) || pulls.contains_key(c));
    let mut shorter = Shorter::new(&lines, pulls, &connected, rank);
    shorter.all();
    connected.iter().zip(&shorter.rank).for_each(|(&child, &to)| rank[child] = to);
    let mut by_rank = BTreeMap::new();
    for child in connected {
        by_rank.entry(rank[child]).or_insert_with(Vec::new).push(child);
    }
    Ranks { connected: by_rank.into_values().collect(), alone, down: pulls.values().sum::<i64>() > 0 }
}

/// Moves children to where lines span fewer ranks, no line turned round: as in the network simplex of Gansner and
/// others (*A technique for drawing directed graphs*, 1993), but by steps of what hangs together, each of which makes
/// the sum smaller. A step looks only at what it moves. Children have numbers by their place among those connected.
struct Shorter {
    rank: Vec<usize>,
    last: usize,
    pulls: Vec<i64>,
    /// What lines lead to and from, with how many there are.
    below: Vec<Vec<(usize, i64)>>,
    above: Vec<Vec<(usize, i64)>>,
    /// Who goes with the step: those that have its number.
    steps: Vec<usize>,
    step: usize,
    /// How many lines may still be looked at.
    left: usize,
}

impl Shorter {
    /// `children` rise, and have all ends of lines among them.
    fn new(lines: &Lines, pulls: &BTreeMap<usize, i64>, children: &[usize], rank: &[usize]) -> Self {
        let number: BTreeMap<usize, usize> = children.iter().enumerate().map(|(at, &child)| (child, at)).collect();
        let (mut below, mut above) = (vec![Vec::new(); children.len()], vec![Vec::new(); children.len()]);
        for ((a, b), &count) in lines {
            let (a, b) = (number[a], number[b]);
            below[a].push((b, count));
            above[b].push((a, count));
        }
        let rank: Vec<usize> = children.iter().map(|&child| rank[child]).collect();
        Self {
            last: rank.iter().copied().max().unwrap_or(0),
            rank,
            pulls: children.iter().map(|child| pulls.get(child).copied().unwrap_or(0)).collect(),
            below,
            above,
            steps: vec![0; children.len()],
            step: 0,
            left: WORK,
        }
    }

    fn all(&mut self) {
        for _ in 0..ROUNDS {
            let mut better = false;
            for child in 0..self.rank.len() {
                better |= self.step(child, true) || self.step(child, false);
            }
            if !better {
                break;
            }
        }
    }

    /// Moves a child a rank down or up, with all that it would meet there; whether that makes lines shorter.
    fn step(&mut self, child: usize, down: bool) -> bool {
        let Some(moved) = self.met(child, down) else { return false };
        let pulled: i64 = moved.iter().map(|&n| self.pulls[n]).sum();
        let (ahead, behind) = if down { (&self.below, &self.above) } else { (&self.above, &self.below) };
        let staying = |lines: &[(usize, i64)]| -> i64 {
            lines.iter().filter(|(other, _)| self.steps[*other] != self.step).map(|(_, count)| count).sum()
        };
        let longer: i64 = moved.iter().map(|&n| staying(&behind[n]) - staying(&ahead[n])).sum();
        if longer - if down { pulled } else { -pulled } >= 0 {
            return false;
        }
        moved.iter().for_each(|&n| self.rank[n] = if down { self.rank[n] + 1 } else { self.rank[n] - 1 });
        true
    }

    /// A child and all that has to make way for it; `None` where there is no room, or it was sought long enough.
    fn met(&mut self, child: usize, down: bool) -> Option<Vec<usize>> {
        let ahead = if down { &self.below } else { &self.above };
        self.step += 1;
        self.steps[child] = self.step;
        let mut moved = vec![child];
        let mut open = vec![child];
        while let Some(at) = open.pop() {
            self.left = self.left.checked_sub(1 + ahead[at].len())?;
            if self.rank[at] == if down { self.last } else { 0 } {
                return None;
            }
            for &(other, _) in &ahead[at] {
                if self.rank[other].abs_diff(self.rank[at]) == 1 && self.steps[other] != self.step {
                    self.steps[other] = self.step;
                    moved.push(other);
                    open.push(other);
                }
            }
        }
        Some(moved)
    }
}

/// Lines without cycles: within one, the order of the source decides which lead down.
fn acyclic(children: &[usize], lines: &Lines) -> Lines {
    let edges: BTreeSet<(usize, usize)> = lines.keys().copied().collect();
    let cycle = strongly_connected(children, &edges);
    let mut out = Lines::new();
    for (&(a, b), count) in lines {
        let turned = cycle[&a] == cycle[&b] && b < a;
        *out.entry(if turned { (b, a) } else { (a, b) }).or_default() += count;
    }
    out
}
/// The longest way to a node from above, without recursion: chains may be long.
fn deepest(node: usize, above: &BTreeMap<usize, Vec<usize>>, rank: &mut BTreeMap<usize, usize>) {
    let none = Vec::new();
    let mut open = vec![node];
    while let Some(&at) = open.last() {
        let before = above.get(&at).unwrap_or(&none);
        let waiting: Vec<usize> = before.iter().copied().filter(|b| !rank.contains_key(b)).collect();
        if waiting.is_empty() || rank.contains_key(&at) {
            rank.insert(at, before.iter().map(|b| rank[b] + 1).max().unwrap_or(0));
            open.pop();
        } else {
            open.extend(waiting);
        }
    }
}

/// The number of the cycle that a node is part of (Kosaraju's way: two searches, the second against the lines).
fn strongly_connected(nodes: &[usize], edges: &BTreeSet<(usize, usize)>) -> BTreeMap<usize, usize> {
    let backward: BTreeSet<(usize, usize)> = edges.iter().map(|&(a, b)| (b, a)).collect();
    let mut finished = Vec::new();
    let mut seen = BTreeSet::new();
    for &node in nodes {
        finished.extend(reached(node, edges, &mut seen));
    }
    let mut out = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (number, &node) in finished.iter().rev().enumerate() {
        for member in reached(node, &backward, &mut seen) {
            out.insert(member, number);
        }
    }
    out
}

/// Nodes that a search from here newly finds, in the order in which it leaves them.
fn reached(start: usize, edges: &BTreeSet<(usize, usize)>, seen: &mut BTreeSet<usize>) -> Vec<usize> {
    let mut out = Vec::new();
    let mut open = vec![(start, false)];
    while let Some((node, left)) = open.pop() {
        if left {
            out.push(node);
        } else if seen.insert(node) {
            open.push((node, true));
            open.extend(edges.range((node, 0)..=(node, usize::MAX)).map(|&(_, to)| (to, false)));
        }
    }
    out
}
