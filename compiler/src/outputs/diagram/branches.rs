//! Which part of a net's lines leads where, seen from the box that all of it starts or ends at.

use super::layout::{Point, Route, Segment};
use std::collections::{BTreeMap, BTreeSet};

/// Straight pieces of a net's lines that lead to the same ends.
pub(super) struct Branch {
    /// The nodes that they lead to, in order.
    pub ends: Vec<usize>,
    pub pieces: Vec<Segment>,
}

/// The lines of a net by what they lead to; all pieces together are its segments.
pub(super) fn branches(route: &Route, hub: usize) -> Vec<Branch> {
    let pieces = cut(route);
    let mut at: BTreeMap<Point, Vec<usize>> = BTreeMap::new();
    for (number, piece) in pieces.iter().enumerate() {
        at.entry(piece.a).or_default().push(number);
        at.entry(piece.b).or_default().push(number);
    }
    let before = search(&pieces, &at, route.ends.iter().filter(|e| e.node == hub).map(|e| e.at));
    let mut leads: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); pieces.len()];
    for end in route.ends.iter().filter(|e| e.node != hub) {
        let mut here = end.at;
        while let Some(&(piece, from)) = before.get(&here) {
            leads[piece].insert(end.node);
            here = from;
        }
    }
    let mut out: BTreeMap<Vec<usize>, Vec<Segment>> = BTreeMap::new();
    for (piece, ends) in pieces.into_iter().zip(leads) {
        out.entry(ends.into_iter().collect()).or_default().push(piece);
    }
    out.into_iter().map(|(ends, pieces)| Branch { ends, pieces }).collect()
}

/// Segments, cut where others of them end or cross them and where they meet nodes.
fn cut(route: &Route) -> Vec<Segment> {
    let ends = route.ends.iter().map(|e| e.at);
    let crossings = route.segments.iter().flat_map(|s| route.segments.iter().filter_map(|t| crossing(s, t)));
    let points: BTreeSet<Point> = route.segments.iter().flat_map(|s| [s.a, s.b]).chain(ends).chain(crossings).collect();
    let mut out = Vec::new();
    for &Segment { a, b } in &route.segments {
        // points are in order of columns, then of rows: along the segment
        let on = |p: &&Point| (a.x..=b.x).contains(&p.x) && (a.y..=b.y).contains(&p.y);
        let stops: Vec<Point> = points.iter().filter(on).copied().collect();
        out.extend(stops.windows(2).map(|w| Segment { a: w[0], b: w[1] }));
    }
    out
}

/// Where an upright segment meets a level one.
fn crossing(upright: &Segment, level: &Segment) -> Option<Point> {
    let at = Point { x: upright.a.x, y: level.a.y };
    let meet = upright.a.x == upright.b.x
        && level.a.y == level.b.y
        && (level.a.x..=level.b.x).contains(&at.x)
        && (upright.a.y..=upright.b.y).contains(&at.y);
    meet.then_some(at)
}

/// For each point that lines reach from some others: the piece that leads there, and from where.
fn search(
    pieces: &[Segment],
    at: &BTreeMap<Point, Vec<usize>>,
    starts: impl Iterator<Item = Point>,
) -> BTreeMap<Point, (usize, Point)> {
    let mut open: Vec<Point> = starts.collect();
    let mut seen: BTreeSet<Point> = open.iter().copied().collect();
    let mut out = BTreeMap::new();
    let mut next = 0;
    while let Some(&here) = open.get(next) {
        next += 1;
        for &piece in at.get(&here).into_iter().flatten() {
            let Segment { a, b } = pieces[piece];
            let there = if a == here { b } else { a };
            if seen.insert(there) {
                out.insert(there, (piece, here));
                open.push(there);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::diagram::layout::{Form, Net, Sketch, lay_out};

    #[test]
    fn every_piece_leads_somewhere_and_the_trunk_everywhere() {
        let mut sketch = Sketch::new(100);
        let form = Form::Leaf { width: 12, height: 3 };
        let nodes: Vec<usize> = (0..5).map(|_| sketch.add(0, form)).collect();
        sketch.nets.push(Net { from: vec![nodes[0]], to: nodes[1..].to_vec(), label: 4 });
        let drawing = lay_out(&sketch);
        let found = branches(&drawing.routes[0], nodes[0]);
        assert!(found.iter().all(|b| !b.ends.is_empty()));
        assert!(found.iter().any(|b| b.ends == nodes[1..]), "a trunk");
        for node in &nodes[1..] {
            assert!(found.iter().any(|b| b.ends == [*node]), "a branch of {node}'s own");
        }
        let cells = |s: &Segment| s.b.x - s.a.x + s.b.y - s.a.y;
        let all: i32 = found.iter().flat_map(|b| &b.pieces).map(cells).sum();
        assert_eq!(all, drawing.routes[0].segments.iter().map(cells).sum::<i32>());
    }
}
