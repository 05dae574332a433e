//! Takes out columns and rows that nothing needs: what was put in for one label may be room for others.

use super::model::{Drawing, Form, Rect, Segment, Sketch};
use std::collections::BTreeSet;

/// Columns left between two boxes beside each other, and rows between two one above the other.
const BESIDE: i32 = 3;
const BELOW: i32 = 2;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Axis {
    Columns,
    Rows,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Line,
    Label,
    /// The first or last border of a node; `frame`: of a group that no line ends at.
    Side {
        node: usize,
        last: bool,
        frame: bool,
    },
}

/// Something that has a place along the axis, and reaches across it.
struct Thing {
    kind: Kind,
    first: i32,
    last: i32,
    across: (i32, i32),
}

/// The drawing without what isn't needed. Nothing changes its side of anything.
pub(super) fn squeeze(sketch: &Sketch, drawing: &mut Drawing) {
    for axis in [Axis::Columns, Axis::Rows] {
        let kept = kept(sketch, drawing, axis);
        let mut to = Vec::with_capacity(kept.len());
        let mut count = 0;
        for keep in kept {
            to.push(count);
            count += i32::from(keep);
        }
        remap(drawing, axis, &to, count);
    }
}

fn things(sketch: &Sketch, drawing: &Drawing, axis: Axis) -> Vec<Thing> {
    let mut out = Vec::new();
    let ends: BTreeSet<usize> = sketch.nets.iter().flat_map(|net| net.from.iter().chain(&net.to)).copied().collect();
    for (node, rect) in drawing.boxes.iter().enumerate().skip(1) {
        let ((first, last), across) = (along(rect, axis), along(rect, other(axis)));
        let frame = matches!(sketch.nodes[node].form, Form::Group { .. }) && !ends.contains(&node);
        out.push(Thing { kind: Kind::Side { node, last: false, frame }, first, last: first, across });
        out.push(Thing { kind: Kind::Side { node, last: true, frame }, first: last, last, across });
    }
    for route in &drawing.routes {
        for Segment { a, b } in &route.segments {
            match axis {
                Axis::Columns if a.x == b.x => {
                    out.push(Thing { kind: Kind::Line, first: a.x, last: a.x, across: (a.y, b.y) });
                }
                Axis::Rows if a.y == b.y => {
                    out.push(Thing { kind: Kind::Line, first: a.y, last: a.y, across: (a.x, b.x) });
                }
                _ => {}
            }
        }
        for label in &route.labels {
            let ((first, last), across) = (along(label, axis), along(label, other(axis)));
            // on a line, a bit of it stays at each side
            let on = |s: &Segment| s.a.y == s.b.y && s.a.y == label.y && s.a.x < label.x && label.x < s.b.x;
            let more = i32::from(axis == Axis::Columns && route.segments.iter().any(on));
            out.push(Thing { kind: Kind::Label, first: first - more, last: last + more, across });
        }
    }
    out
}

fn along(rect: &Rect, axis: Axis) -> (i32, i32) {
    match axis {
        Axis::Columns => (rect.x, rect.right() - 1),
        Axis::Rows => (rect.y, rect.bottom() - 1),
    }
}

fn other(axis: Axis) -> Axis {
    if axis == Axis::Columns { Axis::Rows } else { Axis::Columns }
}

/// How much stays free between two things.
fn apart(axis: Axis, before: Kind, after: Kind) -> i32 {
    match (before, after) {
        (Kind::Side { node: a, .. }, Kind::Side { node: b, .. }) if a == b => 0,
        // a frame right within another
        (Kind::Side { last: false, .. }, Kind::Side { last: false, frame: true, .. })
        | (Kind::Side { last: true, frame: true, .. }, Kind::Side { last: true, .. })
            if axis == Axis::Rows =>
        {
            0
        }
        (Kind::Side { last: true, .. }, Kind::Side { last: false, .. }) => match axis {
            Axis::Columns => BESIDE,
            Axis::Rows => BELOW,
        },
        (Kind::Label, Kind::Label) => 1,
        (Kind::Label, _) | (_, Kind::Label) => 0,
        // arrowheads need a row, which only what they point to is beside
        (Kind::Line, Kind::Line | Kind::Side { frame: true, .. }) | (Kind::Side { frame: true, .. }, Kind::Line)
            if axis == Axis::Rows =>
        {
            0
        }
        _ => 1,
    }
}

/// Which columns or rows stay.
fn kept(sketch: &Sketch, drawing: &Drawing, axis: Axis) -> Vec<bool> {
    let size = if axis == Axis::Columns { drawing.width } else { drawing.height };
    let size = usize::try_from(size).unwrap_or(0);
    let things = things(sketch, drawing, axis);
    let mut needed = vec![false; size];
    let mut starts: Vec<Vec<usize>> = vec![Vec::new(); size];
    let mut ends: Vec<Vec<usize>> = vec![Vec::new(); size];
    let place = |at: i32| usize::try_from(at).unwrap_or(0).min(size - 1);
    for (number, thing) in things.iter().enumerate() {
        needed[place(thing.first)..=place(thing.last)].fill(true);
        starts[place(thing.first)].push(number);
        ends[place(thing.last)].push(number);
    }
    for (node, rect) in sketch.nodes.iter().zip(&drawing.boxes).skip(1) {
        if let (Form::Group { title }, Axis::Columns) = (node.form, axis) {
            needed[place(rect.x)..=place(rect.x + title + 2)].fill(true);
        }
    }
    let mut room = Room::of(sketch, drawing, axis);
    let mut kept: Vec<usize> = Vec::new();
    let mut out = vec![true; size];
    for at in 0..size {
        let near = |back: usize, ahead: usize| {
            let meet = |a: usize, b: usize| {
                let (a, b) = (&things[a], &things[b]);
                a.across.0 <= b.across.1
                    && b.across.0 <= a.across.1
                    && apart(axis, a.kind, b.kind) > (back + ahead) as i32
            };
            let (Some(&before), Some(after)) = (kept.iter().rev().nth(back), starts.get(at + 1 + ahead)) else {
                return false;
            };
            ends[before].iter().any(|&a| after.iter().any(|&b| meet(a, b)))
        };
        let close = || (0..4).any(|back| (0..4 - back).any(|ahead| near(back, ahead)));
        out[at] = needed[at] || !room.spare(at as i32) || close();
        if out[at] { kept.push(at) } else { room.take(at as i32) }
    }
    out
}

/// How much boxes can lose.
struct Room {
    /// First and last place of a box, and what it can spare.
    boxes: Vec<(i32, i32, i32)>,
}

impl Room {
    fn of(sketch: &Sketch, drawing: &Drawing, axis: Axis) -> Self {
        let one = |(node, rect): (&super::model::Node, &Rect)| {
            let (first, last) = along(rect, axis);
            match (node.form, axis) {
                (Form::Leaf { width, .. }, Axis::Columns) => Some((first, last, rect.w - width)),
                (Form::Leaf { height, .. }, Axis::Rows) => Some((first, last, rect.h - height)),
                (Form::Group { .. }, _) => None,
            }
        };
        Self { boxes: sketch.nodes.iter().zip(&drawing.boxes).filter_map(one).collect() }
    }

    fn spare(&self, at: i32) -> bool {
        self.boxes.iter().all(|&(first, last, spare)| at < first || last < at || spare > 0)
    }

    fn take(&mut self, at: i32) {
        self.boxes.iter_mut().filter(|b| b.0 <= at && at <= b.1).for_each(|b| b.2 -= 1);
    }
}

fn remap(drawing: &mut Drawing, axis: Axis, to: &[i32], count: i32) {
    let map = |at: &mut i32| *at = usize::try_from(*at).ok().and_then(|at| to.get(at)).copied().unwrap_or(count);
    let span = |start: &mut i32, length: &mut i32| {
        let mut end = *start + *length;
        map(start);
        map(&mut end);
        *length = end - *start;
    };
    for rect in &mut drawing.boxes {
        match axis {
            Axis::Columns => span(&mut rect.x, &mut rect.w),
            Axis::Rows => span(&mut rect.y, &mut rect.h),
        }
    }
    for route in &mut drawing.routes {
        let points = route.segments.iter_mut().flat_map(|s| [&mut s.a, &mut s.b]);
        for point in points.chain(route.ends.iter_mut().map(|end| &mut end.at)) {
            map(if axis == Axis::Columns { &mut point.x } else { &mut point.y });
        }
        for label in &mut route.labels {
            map(if axis == Axis::Columns { &mut label.x } else { &mut label.y });
        }
    }
    match axis {
        Axis::Columns => drawing.width = count,
        Axis::Rows => drawing.height = count,
    }
}
