//! The children of each group in rows, one below the other.

use super::model::{Form, Sketch};
use super::ranking::{self, Ranks};

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
    let ranks = ranking::ranks(sketch, &children);
    let limit = page(sketch);
    let mut out = vec![Vec::new(); sketch.nodes.len()];
    let mut widths = vec![0; sketch.nodes.len()];
    // children have higher numbers than their parents
    for (group, ranks) in ranks.into_iter().enumerate().rev() {
        widths[group] = match sketch.nodes[group].form {
            Form::Leaf { width, .. } => width,
            Form::Group { title } => {
                let depth = sketch.path(group).count() as i32;
                out[group] = broken(ranks, &widths, limit - FRAME * depth);
                let row = |row: &Vec<usize>| estimate(row, &widths);
                out[group].iter().map(row).max().unwrap_or(0).max(title) + FRAME
            }
        };
    }
    out
}

/// About how many columns a row takes.
fn estimate(row: &[usize], widths: &[i32]) -> i32 {
    row.iter().map(|&n| widths[n] + GAP).sum()
}

/// The width to break rows at: wider for pictures that would else be far higher than wide.
pub(super) fn page(sketch: &Sketch) -> i32 {
    let area: i64 = sketch
        .nodes
        .iter()
        .map(|node| match node.form {
            Form::Leaf { width, height } => i64::from(width + GAP) * i64::from(2 * (height + GAP)),
            Form::Group { .. } => 0,
        })
        .sum();
    let width = sketch.width.max((area * 2).isqrt() as i32);
    if sketch.across { width / 2 } else { width }
}

/// Ranks, broken into rows that are no wider than the limit. What nothing connects stands where there is most room in the
/// rows, or where there isn't for all of it, in rows of its own, out of the way of most lines.
fn broken(Ranks { connected, alone, down }: Ranks, widths: &[i32], limit: i32) -> Vec<Vec<usize>> {
    let connected = connected.into_iter().flat_map(|rank| fitting(rank, widths, limit));
    let out: Vec<Vec<usize>> = connected.collect();
    let widest = out.iter().map(|row| estimate(row, widths)).max().unwrap_or(0).max(limit);
    let mut with = out.clone();
    let mut rest = Vec::new();
    for &child in &alone {
        let room = |row: &&mut Vec<usize>| estimate(row, widths) + widths[child] + GAP <= widest;
        match with.iter_mut().filter(room).min_by_key(|row| estimate(row, widths)) {
            Some(row) => row.push(child),
            None => rest.push(child),
        }
    }
    if rest.is_empty() {
        return with;
    }
    let rest = fitting(alone, widths, limit);
    if down { rest.into_iter().chain(out).collect() } else { out.into_iter().chain(rest).collect() }
}

/// A rank as rows that are no wider than the limit.
fn fitting(rank: Vec<usize>, widths: &[i32], limit: i32) -> Vec<Vec<usize>> {
    // a little wider is better than broken
    let limit = limit.max(estimate(&rank, widths).min(limit * 6 / 5));
    let mut out = Vec::new();
    let mut row: Vec<usize> = Vec::new();
    for child in rank {
        if !row.is_empty() && estimate(&row, widths) + widths[child] > limit {
            out.push(std::mem::take(&mut row));
        }
        row.push(child);
    }
    out.extend(Some(row).filter(|row| !row.is_empty()));
    out
}
