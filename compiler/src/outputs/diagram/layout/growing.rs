//! Rows of small graphs: boxes join one after the other, each where the drawing of those that are there costs least.
//!
//! They join in the order smallest last (Matula and Beck 1983): the last is the one of the fewest lines, the one before it
//! that of the fewest among the rest, and so on. So a component more with a line or two joins late: until then all goes
//! as it went without it, and it finds the others in place. After each, those that it has lines to and the groups of both
//! may go elsewhere (sifting, Matuszewski, Schönfeld and Molitor 1999). In the end all may once, where that makes the
//! drawing clearly better: what is about as good stays where it is.

use super::layering::Rows;
use super::model::{Drawing, Form, Net, Node, Sketch};
use super::{cost, rough};
use crate::parallel;
use std::collections::BTreeSet;

/// Up to so many boxes and ends of lines a graph is small: some hundred drawings are made of it.
const SMALL: usize = 110;
/// Fewer places than this aren't worth a thread: a drawing takes a fraction of a millisecond.
const WORTH: usize = 4;
/// What a line costs that does not lead down, as a crossing: each cycle has one.
const UP: i64 = 120;
/// What it costs that a child stands before one that the source has before it: decides where nothing else does.
const ORDER: i64 = 4;
/// Of a hundred, by how much less a drawing must cost for a move in the end.
const CLEARLY: i64 = 3;

/// Rows for all groups; `None` for graphs that are not small.
pub(super) fn rows(sketch: &Sketch) -> Option<Rows> {
    let ends: usize = sketch.nets.iter().map(|net| net.from.len() + net.to.len()).sum();
    if sketch.nodes.len() + ends > SMALL {
        return None;
    }
    let mut growing = Growing::new(sketch);
    for node in smallest_last(sketch, &growing.near) {
        growing.join(node);
    }
    growing.sift();
    growing.order_twins();
    Some(growing.rows)
}

/// What has joined so far.
struct Growing<'a> {
    sketch: &'a Sketch,
    /// What each node has lines to.
    near: Vec<BTreeSet<usize>>,
    within: Vec<bool>,
    rows: Rows,
}

/// Boxes in the order in which they join; groups join with the first of theirs, or for themselves where they are ends of
/// lines or empty.
fn smallest_last(sketch: &Sketch, near: &[BTreeSet<usize>]) -> Vec<usize> {
    let mut near = near.to_vec();
    let parents: BTreeSet<usize> = sketch.nodes.iter().filter_map(|node| node.parent).collect();
    let joins = |node: &usize| !parents.contains(node) || !near[*node].is_empty();
    let mut open: BTreeSet<usize> = (1..sketch.nodes.len()).filter(joins).collect();
    let mut out = Vec::with_capacity(open.len());
    // of equals, the last of the source goes first
    while let Some(&least) = open.iter().rev().min_by_key(|node| near[**node].len()) {
        open.remove(&least);
        for other in std::mem::take(&mut near[least]) {
            near[other].remove(&least);
        }
        out.push(least);
    }
    out.reverse();
    out
}

impl<'a> Growing<'a> {
    fn new(sketch: &'a Sketch) -> Self {
        let mut near = vec![BTreeSet::new(); sketch.nodes.len()];
        for (a, b) in sketch.pairs() {
            near[a].insert(b);
            near[b].insert(a);
        }
        let mut within = vec![false; sketch.nodes.len()];
        within[0] = true;
        Self { sketch, near, within, rows: vec![Vec::new(); sketch.nodes.len()] }
    }

    /// Puts a node where it costs least, with the groups around it that were not there yet; then those around it.
    fn join(&mut self, node: usize) {
        let path: Vec<usize> = self.sketch.path(node).take_while(|n| !self.within[*n]).collect();
        // a group that is an end of a line may come after what is in it
        let Some(&top) = path.last() else { return };
        for pair in path.windows(2) {
            self.rows[pair[1]] = vec![vec![pair[0]]];
        }
        path.iter().for_each(|n| self.within[*n] = true);
        let part = Part::of(self);
        let mut least = self.settle(&part, top, i64::MAX);
        for other in self.around(node) {
            least = self.settle(&part, other, least);
        }
    }

    /// Whether what is outside of a picture's only frame stands above or below it: beside it, it would look like a part of
    /// the frame's rows, and a line to it would go all the way round.
    fn apart(&self, rows: &[Vec<usize>]) -> bool {
        let frame = |node: &usize| matches!(self.sketch.nodes[*node].form, Form::Group { .. });
        let frames = self.sketch.nodes.iter().filter(|n| n.parent == Some(0) && matches!(n.form, Form::Group { .. }));
        frames.count() != 1 || rows.iter().all(|row| row.len() == 1 || !row.iter().any(frame))
    }

    /// Lets each node once go to where the drawing is clearly better.
    fn sift(&mut self) {
        let part = Part::of(self);
        let mut now = part.cost(&self.rows);
        for node in 1..self.sketch.nodes.len() {
            let enough = now - now * CLEARLY / 100;
            let least = self.settle(&part, node, enough);
            // not less: it stayed
            now = if least < enough { least } else { now };
        }
    }

    /// Lets children that have their lines to the same change places until they stand as in the source: the drawing stays
    /// about what it is, and readers look for the first, the second, the third.
    fn order_twins(&mut self) {
        let outside = self.outside();
        for rows in &mut self.rows {
            let all: Vec<usize> = rows.iter().flatten().copied().collect();
            let mut sorted = all.clone();
            sorted.sort_unstable();
            let is_twin = |a: usize, b: usize| !outside[a].is_empty() && outside[a] == outside[b];
            // the first twin of the source takes the first twin's place, the second the second's
            let place = |child: usize| {
                let before = all.iter().take_while(|c| **c != child).filter(|c| is_twin(**c, child)).count();
                sorted.iter().copied().filter(|c| is_twin(*c, child)).nth(before).unwrap_or(child)
            };
            rows.iter_mut().flatten().for_each(|child| *child = place(*child));
        }
    }

    /// What all within each node has lines to outside of it, and whether they come from there.
    fn outside(&self) -> Vec<BTreeSet<(usize, bool)>> {
        let mut out = vec![BTreeSet::new(); self.sketch.nodes.len()];
        for (from, to) in self.sketch.pairs() {
            for (end, other, comes) in [(from, to, false), (to, from, true)] {
                self.sketch.path(end).for_each(|around| _ = out[around].insert((other, comes)));
            }
        }
        for (node, ends) in out.iter_mut().enumerate() {
            ends.retain(|(end, _)| !self.sketch.path(*end).any(|around| around == node));
        }
        out
    }

    fn group(&self, node: usize) -> usize {
        // the picture itself never moves
        self.sketch.nodes[node].parent.unwrap_or(0)
    }

    /// What may go elsewhere once a node is there: what it has lines to, and the groups that hold it or those.
    fn around(&self, node: usize) -> BTreeSet<usize> {
        let mut out: BTreeSet<usize> = self.sketch.path(node).filter(|n| *n != 0).collect();
        for &other in self.near[node].iter().filter(|n| self.within[**n]) {
            let Some((_, top)) = self.sketch.siblings(node, other) else { continue };
            out.extend(self.sketch.path(other).take_while(|n| *n != top));
            out.insert(top);
        }
        out
    }

    /// Moves a child within its group to where it costs least, if that is less than given; what it costs then.
    fn settle(&mut self, part: &Part, child: usize, mut least: i64) -> i64 {
        let group = self.group(child);
        let mut all = places(&self.rows[group], child);
        all.retain(|rows| group != 0 || self.apart(rows));
        let costs = parallel::map(&all, WORTH, |place| {
            let mut rows = self.rows.clone();
            rows[group].clone_from(place);
            part.cost(&rows)
        });
        for (place, cost) in all.into_iter().zip(costs) {
            if cost < least {
                (least, self.rows[group]) = (cost, place);
            }
        }
        least
    }
}

/// The rows of a group with a child anywhere: among the others of a row, or in a row of its own.
fn places(rows: &[Vec<usize>], child: usize) -> Vec<Vec<Vec<usize>>> {
    let others = |row: &Vec<usize>| row.iter().copied().filter(|c| *c != child).collect::<Vec<usize>>();
    let rest: Vec<Vec<usize>> = rows.iter().map(others).filter(|row| !row.is_empty()).collect();
    let mut out = Vec::new();
    for row in 0..=rest.len() {
        for at in 0..=rest.get(row).map_or(0, Vec::len) {
            let mut with = rest.clone();
            match with.get_mut(row) {
                Some(row) => row.insert(at, child),
                None => with.push(vec![child]),
            }
            out.push(with);
        }
        if row < rest.len() {
            let mut with = rest.clone();
            with.insert(row, vec![child]);
            out.push(with);
        }
    }
    out.retain(|place| place != rows);
    out
}

/// What has joined, as a sketch of its own.
struct Part {
    sketch: Sketch,
    /// The number in it of each node of the whole.
    number: Vec<Option<usize>>,
}

impl Part {
    fn of(growing: &Growing) -> Self {
        let Growing { sketch: whole, within, .. } = growing;
        let mut number = vec![None; whole.nodes.len()];
        // its page is its own too: what is to join has no part in where the others are
        let mut sketch = Sketch { nodes: Vec::new(), nets: Vec::new(), width: whole.width, across: whole.across };
        for (node, Node { parent, form }) in whole.nodes.iter().enumerate().filter(|(node, _)| within[*node]) {
            number[node] = Some(sketch.nodes.len());
            sketch.nodes.push(Node { parent: parent.and_then(|p| number[p]), form: *form });
        }
        for net in &whole.nets {
            let ends = |ends: &[usize]| -> Vec<usize> { ends.iter().filter_map(|end| number[*end]).collect() };
            let (from, to) = (ends(&net.from), ends(&net.to));
            if !from.is_empty() && !to.is_empty() {
                sketch.nets.push(Net { from, to, label: net.label });
            }
        }
        Self { sketch, number }
    }

    /// What the drawing of these rows of the whole costs.
    fn cost(&self, rows: &Rows) -> i64 {
        let mut own = vec![Vec::new(); self.sketch.nodes.len()];
        for (rows, number) in rows.iter().zip(&self.number) {
            let Some(number) = *number else { continue };
            let row = |row: &Vec<usize>| row.iter().filter_map(|child| self.number[*child]).collect();
            own[number] = rows.iter().map(row).collect();
        }
        let turned: i64 = own.iter().map(|rows| inversions(rows)).sum();
        let drawing = rough(&self.sketch, own);
        cost::cost(&self.sketch, &drawing) + UP * self.up(&drawing) + ORDER * turned
    }

    /// How many lines lead up or to the side.
    fn up(&self, drawing: &Drawing) -> i64 {
        let up = |&(from, to): &(usize, usize)| {
            let (from, to) = (&drawing.boxes[from], &drawing.boxes[to]);
            if self.sketch.across { to.x < from.right() } else { to.y < from.bottom() }
        };
        self.sketch.pairs().filter(up).count() as i64
    }
}

/// How many pairs of children stand in another order than in the source.
fn inversions(rows: &[Vec<usize>]) -> i64 {
    let all: Vec<usize> = rows.iter().flatten().copied().collect();
    all.iter().enumerate().map(|(at, one)| all[at + 1..].iter().filter(|other| *other < one).count() as i64).sum()
}
