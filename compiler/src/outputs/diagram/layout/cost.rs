//! What a drawing costs those who read it.

use super::layering;
use super::model::{Drawing, Segment, Sketch};

/// What a column and a row of line cost: about their pixels.
const COLUMN: i64 = 8;
const ROW: i64 = 17;
/// What a crossing costs.
const CROSSING: i64 = 120;
/// What each column costs by which a picture is too wide for its page.
const WIDE: i64 = 16 * COLUMN;

/// Length and crossings of all lines, half a line of the picture's height, and much for what is too wide.
pub(super) fn cost(sketch: &Sketch, drawing: &Drawing) -> i64 {
    let lines: Vec<(usize, &Segment)> =
        drawing.routes.iter().enumerate().flat_map(|(net, r)| r.segments.iter().map(move |s| (net, s))).collect();
    let length = |s: &Segment| i64::from(s.b.x - s.a.x) * COLUMN + i64::from(s.b.y - s.a.y) * ROW;
    let mut crossings = 0;
    for (at, (net, one)) in lines.iter().enumerate() {
        let others = lines[at + 1..].iter().filter(|(other, _)| other != net);
        crossings += others.filter(|(_, other)| cross(one, other) || cross(other, one)).count() as i64;
    }
    // a turned sketch breaks its columns, which then are rows
    let wide = match sketch.across {
        true => (drawing.height - layering::page(sketch) * 11 / 10).max(0) * 2,
        false => (drawing.width - layering::page(sketch) * 11 / 10).max(0),
    };
    let all: i64 = lines.iter().map(|(_, s)| length(s)).sum();
    all + crossings * CROSSING + i64::from(wide) * WIDE + i64::from(drawing.height) * ROW / 2
}

fn cross(flat: &Segment, tall: &Segment) -> bool {
    flat.a.x < tall.a.x && tall.a.x < flat.b.x && tall.a.y < flat.a.y && flat.a.y < tall.b.y
}
