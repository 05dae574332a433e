//! The children of each group in rows, one below the other.

use super::model::{Form, Sketch};
use std::collections::{BTreeMap, BTreeSet};

/// Columns that a frame takes from its content, and columns between boxes, as rows are first estimated.
const FRAME: i32 = 4;
const GAP: i32 = 4;

/// Rows of children, by group; empty for leaves.
pub(super) type Rows = Vec<Vec<Vec<usize>>>;

/// Rows for all groups.
pub(super) fn rows(sketch: &Sketch) -> Rows {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); sketch.nodes.len()];
    for (at, node) in sketch.nodes.iter().enumerate() {
        if let Some(parent) = node.parent {
            children[parent].push(at);
        }
    }
    let edges = lifted(sketch);
    let limit = page(sketch);
    let mut out = vec![Vec::new(); sketch.nodes.len()];
    let mut widths = vec![0; sketch.nodes.len()];
    // children have higher numbers than their parents
    for group in (0..sketch.nodes.len()).rev() {
        widths[group] = match sketch.nodes[group].form {
            Form::Leaf { width, .. } => width,
            Form::Group { title } => {
                let depth = sketch.path(group).count() as i32;
                let ranks = ranks(&children[group], &edges[group]);
                out[group] = broken(ranks, &widths, limit - FRAME * depth);
                let row = |row: &Vec<usize>| row.iter().map(|&n| widths[n] + GAP).sum::<i32>();
                out[group].iter().map(row).max().unwrap_or(0).max(title) + FRAME
            }
        };
    }
    out
}

/// The width to break rows at: wider for pictures that would else be far higher than wide.
fn page(sketch: &Sketch) -> i32 {
    let area: i64 = sketch
        .nodes
        .iter()
        .map(|node| match node.form {
            Form::Leaf { width, height } => i64::from(width + GAP) * i64::from(2 * (height + GAP)),
            Form::Group { .. } => 0,
        })
        .sum();
    sketch.width.max((area * 2).isqrt() as i32)
}

/// What leads from child to child, by group.
fn lifted(sketch: &Sketch) -> Vec<BTreeSet<(usize, usize)>> {
    let mut out = vec![BTreeSet::new(); sketch.nodes.len()];
    for (from, to) in sketch.pairs() {
        if let Some((a, b)) = sketch.siblings(from, to) {
            // siblings have a parent
            out[sketch.nodes[a].parent.unwrap_or(0)].insert((a, b));
        }
    }
    out
}

/// Children by rank: each below all that lead to it. Those that nothing connects come last.
fn ranks(children: &[usize], edges: &BTreeSet<(usize, usize)>) -> Vec<Vec<usize>> {
    let component = strongly_connected(children, edges);
    let down = |&(a, b): &(usize, usize)| {
        // within a cycle the order of the source decides
        if component[&a] == component[&b] && b < a { (b, a) } else { (a, b) }
    };
    let mut above: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (a, b) in edges.iter().map(down) {
        above.entry(b).or_default().push(a);
    }
    let mut rank = BTreeMap::new();
    for &child in children {
        deepest(child, &above, &mut rank);
    }
    let connected: BTreeSet<usize> = edges.iter().flat_map(|&(a, b)| [a, b]).collect();
    let last = rank.values().max().map_or(0, |m| m + 1);
    let mut out = vec![Vec::new(); last + 1];
    for &child in children {
        out[if connected.contains(&child) { rank[&child] } else { last }].push(child);
    }
    out.retain(|row| !row.is_empty());
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

/// Ranks, broken into rows that are no wider than the limit.
fn broken(ranks: Vec<Vec<usize>>, widths: &[i32], limit: i32) -> Vec<Vec<usize>> {
    let mut out = Vec::new();
    for rank in ranks {
        let mut row: Vec<usize> = Vec::new();
        let mut used = 0;
        for child in rank {
            if !row.is_empty() && used + GAP + widths[child] > limit {
                out.push(std::mem::take(&mut row));
                used = 0;
            }
            used += GAP + widths[child];
            row.push(child);
        }
        out.push(row);
    }
    out
}
