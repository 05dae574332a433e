//! What holds for every drawing, tried on random graphs.

use crate::compare::edits::{edits, spread};
use crate::compare::turned;
use obs_compiler::outputs::diagram::layout::{Drawing, Form, Net, Point, Rect, Segment, Side, Sketch, lay_out};
use proptest::prelude::*;

/// A nested graph of so many nodes: each draws its parent among the groups so far, each net its ends among
/// all nodes.
fn sketches(nodes: std::ops::Range<usize>) -> impl Strategy<Value = Sketch> {
    let node = (any::<prop::sample::Index>(), 0..10_u8, 4..30_i32, 3..9_i32);
    let net = (
        any::<prop::sample::Index>(),
        prop::collection::vec(any::<prop::sample::Index>(), 1..6),
        any::<bool>(),
        0..18_i32,
    );
    (prop::collection::vec(node, nodes), prop::collection::vec(net, 0..60), 60..140_i32).prop_map(
        |(nodes, nets, width)| {
            let mut sketch = Sketch::new(width);
            let mut groups = vec![0];
            for (parent, kind, width, height) in nodes {
                let parent = groups[parent.index(groups.len())];
                let group = kind < 2;
                let form = if group { Form::Group { title: width } } else { Form::Leaf { width, height } };
                let node = sketch.add(parent, form);
                if group {
                    groups.push(node);
                }
            }
            let all = sketch.nodes.len() - 1;
            for (hub, others, outward, label) in nets {
                let hub = 1 + hub.index(all);
                let mut ends: Vec<usize> = Vec::new();
                for other in others.into_iter().map(|o| 1 + o.index(all)) {
                    let apart = |a: usize, b: usize| !within(&sketch, a, b) && !within(&sketch, b, a);
                    if apart(other, hub) && ends.iter().all(|&e| apart(e, other)) {
                        ends.push(other);
                    }
                }
                if !ends.is_empty() {
                    let (from, to) = if outward { (vec![hub], ends) } else { (ends, vec![hub]) };
                    sketch.nets.push(Net { from, to, label });
                }
            }
            sketch
        },
    )
}

/// Whether a node is another or in it.
fn within(sketch: &Sketch, node: usize, group: usize) -> bool {
    sketch.path(node).any(|n| n == group)
}

fn overlap(a: &Rect, b: &Rect) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

fn cells(s: &Segment) -> Rect {
    Rect { x: s.a.x, y: s.a.y, w: s.b.x - s.a.x + 1, h: s.b.y - s.a.y + 1 }
}

fn leaf(sketch: &Sketch, node: usize) -> bool {
    matches!(sketch.nodes[node].form, Form::Leaf { .. })
}

fn boxes_nest(sketch: &Sketch, drawing: &Drawing) {
    for (node, rect) in drawing.boxes.iter().enumerate().skip(1) {
        match sketch.nodes[node].form {
            Form::Leaf { width, height } => {
                assert!(rect.w >= width && rect.h >= height, "{node} lost room for its text")
            }
            Form::Group { title } => assert!(rect.w >= title + 4 && rect.h >= 2, "{node} lost room for its title"),
        }
        assert!(rect.x >= 0 && rect.y >= 0 && rect.right() <= drawing.width && rect.bottom() <= drawing.height);
        let parent = sketch.nodes[node].parent.expect("only the first has none");
        let frame = i32::from(parent != 0);
        let around = drawing.boxes[parent];
        assert!(rect.x >= around.x + frame && rect.right() <= around.right() - frame, "{node} leaves {parent}");
        assert!(rect.y >= around.y + frame && rect.bottom() <= around.bottom() - frame, "{node} leaves {parent}");
        for other in 1..node {
            let nested = within(sketch, node, other) || within(sketch, other, node);
            assert!(nested || !overlap(rect, &drawing.boxes[other]), "{node} lies over {other}");
        }
    }
}

fn lines_keep_clear(sketch: &Sketch, drawing: &Drawing) {
    for (net, route) in drawing.routes.iter().enumerate() {
        let of = &sketch.nets[net];
        for segment in &route.segments {
            assert!(segment.a.x == segment.b.x || segment.a.y == segment.b.y);
            for (node, rect) in drawing.boxes.iter().enumerate().skip(1).filter(|(n, _)| leaf(sketch, *n)) {
                let own = of.from.contains(&node) || of.to.contains(&node);
                let inner = if own { inside(sketch, rect) } else { *rect };
                assert!(!overlap(&cells(segment), &inner), "net {net} goes through {node}");
            }
            for (node, rect) in drawing.boxes.iter().enumerate().skip(1).filter(|(n, _)| !leaf(sketch, *n)) {
                along_no_border(sketch, net, node, segment, rect);
                let Form::Group { title } = sketch.nodes[node].form else { continue };
                let title = Rect { x: rect.x + 1, y: rect.y, w: title + 1, h: 1 };
                assert!(!overlap(&cells(segment), &title), "net {net} goes through the title of {node}");
                let own = of.from.iter().chain(&of.to).any(|end| *end != node && within(sketch, *end, node));
                let end = of.from.contains(&node) || of.to.contains(&node);
                let inner = if end { inside(sketch, rect) } else { *rect };
                assert!(
                    own || !overlap(&cells(segment), &inner),
                    "net {net} goes through {node}, which holds no end of it"
                );
            }
        }
        connected(sketch, net, of, drawing);
    }
}

/// A node without the borders that lines end at.
fn inside(sketch: &Sketch, rect: &Rect) -> Rect {
    let Rect { x, y, w, h } = *rect;
    if sketch.across { Rect { x: x + 1, y, w: w - 2, h } } else { Rect { x, y: y + 1, w, h: h - 2 } }
}

/// Lines cross borders of frames, and those only that lines of the picture's direction leave by.
fn along_no_border(sketch: &Sketch, net: usize, node: usize, segment: &Segment, rect: &Rect) {
    let turn = |p: Point| if sketch.across { Point { x: p.y, y: p.x } } else { p };
    let segment = &Segment { a: turn(segment.a), b: turn(segment.b) };
    let turned = Rect { x: rect.y, y: rect.x, w: rect.h, h: rect.w };
    let rect = if sketch.across { &turned } else { rect };
    let (left, right) = (rect.x, rect.right() - 1);
    let (top, bottom) = (rect.y, rect.bottom() - 1);
    if segment.a.x == segment.b.x {
        let beside = segment.b.y < top || segment.a.y > bottom;
        assert!(beside || (segment.a.x != left && segment.a.x != right), "net {net} runs along the side of {node}");
    } else {
        let beside = segment.b.x < left || segment.a.x > right;
        assert!(beside || (segment.a.y != top && segment.a.y != bottom), "net {net} runs along the border of {node}");
        let apart = beside || segment.a.y < top || segment.a.y > bottom;
        let within = segment.a.x > left && segment.b.x < right;
        assert!(apart || within, "net {net} goes through the side of {node}");
    }
}

/// All ends of a net hang together, and arrowheads are where they belong.
fn connected(sketch: &Sketch, net: usize, of: &Net, drawing: &Drawing) {
    let route = &drawing.routes[net];
    for node in of.from.iter().chain(&of.to) {
        let end = route.ends.iter().find(|e| e.node == *node);
        let end = end.unwrap_or_else(|| panic!("net {net} misses {node}"));
        assert_eq!(end.arrow, of.to.contains(node));
        let rect = drawing.boxes[*node];
        let border = match end.side {
            Side::Top => end.at.y == rect.y,
            Side::Bottom => end.at.y == rect.bottom() - 1,
            Side::Left => end.at.x == rect.x,
            Side::Right => end.at.x == rect.right() - 1,
        };
        let across = matches!(end.side, Side::Left | Side::Right);
        assert!(border && across == sketch.across, "net {net} ends at the {:?} of {node}", end.side);
        let corner = match across {
            true => end.at.y == rect.y || end.at.y == rect.bottom() - 1,
            false => end.at.x == rect.x || end.at.x == rect.right() - 1,
        };
        assert!(!corner, "net {net} ends at a corner of {node}");
    }
    // segments that touch, from the hub's on: a hub has up to two trunks
    let hub = if of.from.len() == 1 { of.from[0] } else { of.to[0] };
    let touches = |at: Point, s: &Segment| overlap(&cells(s), &Rect { x: at.x, y: at.y, w: 1, h: 1 });
    let starts = route.ends.iter().filter(|e| e.node == hub);
    let mut reached: Vec<bool> = vec![false; route.segments.len()];
    for start in starts {
        for (at, segment) in route.segments.iter().enumerate() {
            reached[at] |= touches(start.at, segment);
        }
    }
    while let Some(next) = (0..reached.len()).find(|&n| {
        let touch = |m: usize| reached[m] && overlap(&cells(&route.segments[m]), &cells(&route.segments[n]));
        !reached[n] && (0..reached.len()).any(touch)
    }) {
        reached[next] = true;
    }
    assert!(reached.iter().all(|r| *r), "net {net} is in pieces");
    for end in &route.ends {
        assert!(route.segments.iter().any(|s| touches(end.at, s)), "net {net} does not reach {}", end.node);
    }
}

/// Nets only ever cross: no two share cells otherwise, and nothing of another's is on a bend or an arrowhead.
fn nets_stay_apart(drawing: &Drawing) {
    for (net, route) in drawing.routes.iter().enumerate() {
        for (other, theirs) in drawing.routes.iter().enumerate().filter(|(o, _)| *o != net) {
            for mine in &route.segments {
                for segment in &theirs.segments {
                    let upright = |s: &Segment| s.a.x == s.b.x;
                    if !overlap(&cells(mine), &cells(segment)) {
                        continue;
                    }
                    assert_ne!(upright(mine), upright(segment), "nets {net} and {other} share a line");
                    let (flat, tall) = if upright(mine) { (segment, mine) } else { (mine, segment) };
                    assert!(flat.a.x < tall.a.x && tall.a.x < flat.b.x, "nets {net} and {other} meet at a bend");
                    assert!(tall.a.y < flat.a.y && flat.a.y < tall.b.y, "nets {net} and {other} meet at a bend");
                }
            }
        }
    }
}

fn labels_have_room(sketch: &Sketch, drawing: &Drawing) {
    let all: Vec<(usize, &Rect)> =
        drawing.routes.iter().enumerate().flat_map(|(n, r)| r.labels.iter().map(move |l| (n, l))).collect();
    for (at, (net, label)) in all.iter().enumerate() {
        assert_eq!(label.w, sketch.nets[*net].label + 2);
        assert!(all[..at].iter().all(|(_, other)| !overlap(label, other)), "two labels meet");
        for (node, rect) in drawing.boxes.iter().enumerate().skip(1) {
            let inside =
                label.x > rect.x && label.right() < rect.right() && label.y > rect.y && label.y < rect.bottom() - 1;
            assert!(!overlap(label, rect) || (inside && !leaf(sketch, node)), "the label of {net} lies on {node}");
        }
        for (other, route) in drawing.routes.iter().enumerate() {
            for segment in route.segments.iter().filter(|s| overlap(&cells(s), label)) {
                let own = other == *net
                    && segment.a.y == segment.b.y
                    && segment.a.x < label.x
                    && label.right() <= segment.b.x;
                assert!(own, "net {other} goes through the label of {net}");
            }
        }
        let near = if sketch.across {
            Rect { y: label.y - 1, h: label.h + 2, ..**label }
        } else {
            Rect { x: label.x - 1, w: label.w + 2, ..**label }
        };
        let touches = drawing.routes[*net].segments.iter().any(|s| overlap(&cells(s), &near));
        assert!(touches, "the label of {net} is not at its line");
    }
    for (net, of) in sketch.nets.iter().enumerate() {
        assert!(of.label == 0 || !drawing.routes[net].labels.is_empty(), "net {net} lost its label");
    }
}

fn holds(sketch: &Sketch) {
    let drawing = lay_out(sketch);
    assert_eq!(drawing, lay_out(sketch), "the same sketch, another drawing");
    boxes_nest(sketch, &drawing);
    lines_keep_clear(sketch, &drawing);
    nets_stay_apart(&drawing);
    labels_have_room(sketch, &drawing);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn drawings_of_any_graph_are_sound(sketch in sketches(1..60)) {
        holds(&sketch);
    }

    #[test]
    fn drawings_from_left_to_right_are_sound(sketch in sketches(1..30)) {
        holds(&Sketch { across: true, ..sketch });
    }
}

/// So many services in namespaces, each with lines to three others.
fn services(count: usize) -> Sketch {
    let mut sketch = Sketch::new(120);
    let mut leaves = Vec::new();
    for at in 0..count {
        if at % 12 == 0 {
            sketch.add(0, Form::Group { title: 14 });
        }
        let group = sketch.nodes.iter().rposition(|n| matches!(n.form, Form::Group { .. })).expect("just added");
        leaves.push(sketch.add(group, Form::Leaf { width: 18, height: 5 }));
    }
    for at in 0..count {
        let to: Vec<usize> = [at / 2, at * 7 % count, (at + 5) % count].into_iter().filter(|t| *t != at).collect();
        let mut to: Vec<usize> = to.into_iter().map(|t| leaves[t]).collect();
        to.sort_unstable();
        to.dedup();
        if !to.is_empty() {
            sketch.nets.push(Net { from: vec![leaves[at]], to, label: 6 });
        }
    }
    sketch
}

#[test]
fn a_drawing_of_hundreds_is_sound() {
    holds(&services(200));
}

#[test]
fn one_component_more_moves_few_others() {
    let (median, most) = spread(edits().iter().map(turned).collect());
    println!("of 100 pairs of boxes {median:.1} turn round in the median, {most:.1} in the ninth decile");
    assert!(median <= 2.0 && most <= 15.0, "{median} and {most}");
}
