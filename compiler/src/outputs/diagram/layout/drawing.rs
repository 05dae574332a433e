//! The finished drawing: places of all pieces, put together.

use super::channels::{Channels, Passage};
use super::labels::Label;
use super::levels;
use super::model::{Drawing, End, Face, Form, Point, Rect, Route, Segment, Sketch};
use super::tracks::Lanes;
use super::wires::Plan;

/// Rows for everything; lines and labels at their places.
pub(super) fn finish(sketch: &Sketch, channels: &Channels, plan: &Plan, lanes: &[Lanes], labels: &[Label]) -> Drawing {
    let mut boxes = plan.boxes.clone();
    let heights: Vec<i32> = lanes.iter().map(|l| l.height).collect();
    let levels = levels::set(sketch, channels, &heights, &mut boxes);
    trim(sketch, plan, &mut boxes);
    let mut routes = vec![Route::default(); sketch.nets.len()];
    for wire in &plan.wires {
        // without a track it goes straight on: from the first row of the channel
        let row = |channel: usize| levels.channel[channel] + lanes[channel].row(wire.net).unwrap_or(0);
        let (upper, lower) = channels.ends(sketch, wire.passage);
        let mut ends = (upper.map(row), lower.map(row));
        let route = &mut routes[wire.net];
        if let Passage::Pin { node, side } = wire.passage {
            let y = if side == Face::Top { boxes[node].y } else { boxes[node].bottom() - 1 };
            ends = (ends.0.or(Some(y)), ends.1.or(Some(y)));
            let arrow = sketch.nets[wire.net].to.contains(&node);
            let side = side.side(sketch.across);
            route.ends.push(End { node, at: Point { x: wire.x, y }, side, arrow });
        }
        if let (Some(top), Some(bottom)) = ends {
            route.segments.push(Segment { a: Point { x: wire.x, y: top }, b: Point { x: wire.x, y: bottom } });
        }
    }
    for (channel, lanes) in lanes.iter().enumerate() {
        for (net, joined) in plan.nets(channel) {
            let Some(row) = lanes.row(net) else { continue };
            let y = levels.channel[channel] + row;
            let xs = || joined.iter().map(|&(w, _)| plan.wires[w].x);
            if let (Some(low), Some(high)) = (xs().min(), xs().max()) {
                routes[net].segments.push(Segment { a: Point { x: low, y }, b: Point { x: high, y } });
            }
        }
    }
    for label in labels {
        let y = levels.channel[label.channel] + label.row;
        routes[label.net].labels.push(Rect { x: label.x, y, w: label.width, h: label.height });
    }
    routes.iter_mut().for_each(|route| route.segments = merged(std::mem::take(&mut route.segments)));
    Drawing { width: boxes[0].w, height: levels.height, boxes, routes }
}

/// Boxes are as high as their row until here, so that lines end where they were looked for. Now each has its own height, at
/// that side of the row where more of its lines are: the rest go on through what was the box's own room.
fn trim(sketch: &Sketch, plan: &Plan, boxes: &mut [Rect]) {
    let mut below = vec![0_i32; boxes.len()];
    for wire in &plan.wires {
        if let Passage::Pin { node, side } = wire.passage {
            below[node] += if side == Face::Bottom { 1 } else { -1 };
        }
    }
    for ((node, rect), below) in sketch.nodes.iter().zip(boxes).zip(below) {
        let Form::Leaf { height, .. } = node.form else { continue };
        if below > 0 {
            rect.y = rect.bottom() - height;
        }
        rect.h = height;
    }
}

/// Upright pieces in one column that touch become one.
fn merged(mut segments: Vec<Segment>) -> Vec<Segment> {
    segments.sort_by_key(|s| (s.a.y == s.b.y && s.a.x != s.b.x, s.a.x, s.a.y));
    let mut out: Vec<Segment> = Vec::new();
    for segment in segments {
        match out.last_mut() {
            Some(last)
                if last.a.x == last.b.x
                    && segment.a.x == segment.b.x
                    && last.a.x == segment.a.x
                    && segment.a.y <= last.b.y + 1 =>
            {
                last.b.y = last.b.y.max(segment.b.y);
            }
            _ => out.push(segment),
        }
    }
    out
}
