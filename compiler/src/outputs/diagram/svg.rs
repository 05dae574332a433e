//! An SVG of its own: no script, no fonts to load, light and dark.

use super::branches::branches;
use super::layout::{End, Point, Rect, Route, Segment, Side, Sketch};
use super::palette;
use super::picture::{Arrow, Picture};
use super::scene::{Item, Scene};
use crate::analysis::Fate;
use crate::text::xml_escape;
use std::fmt::Write;
use unicode_width::UnicodeWidthChar;

// writing to a string can't fail: results of `write!` are dropped throughout

/// A cell in pixels.
const CELL: (i32, i32) = (8, 17);
/// Pixels of the text, and from the middle of a row down to its base line.
const FONT: f64 = 12.0;
const BASE: i32 = 4;
/// Rows above the drawing for its title; columns at its sides.
const HEAD: i32 = 2;
const MARGIN: i32 = 2;
/// Pixels between a line and the text upon it.
const ROOM: i32 = 5;
/// Pictures are about as wide as this many columns, where what is in them allows.
const WIDTH: i32 = 100;

const STYLE: &str = "\
text{font:12px ui-sans-serif,system-ui,sans-serif}
.t{font-size:15px;font-weight:600}.h{font-weight:600}.b{stroke-width:1.5}.e{stroke-dasharray:5 3}
.k0,.k1,.k2{stroke-width:8;stroke-linejoin:round;paint-order:stroke}
path{fill:none;stroke-width:1.5}.z{text-anchor:end}.m{text-anchor:middle}
";

/// The picture as it is laid out here.
pub(super) fn sketch(picture: &Picture) -> Sketch {
    Scene::unplaced(picture, WIDTH, room).sketch
}

pub(super) fn paint(picture: &Picture) -> String {
    let scene = Scene::of(picture, WIDTH, room);
    let drawing = &scene.drawing;
    let mut legend = picture.legend.clone();
    legend.extend(dashes(&scene.labels));
    let text = legend.iter().map(|l| measured("n", l)).chain([measured("t", &scene.title)]).max().unwrap_or(0);
    // the legend stands below, a blank row before it
    let foot = legend.len() as i32 + 1;
    let (columns, rows) = (drawing.width.max(text / CELL.0 + 1) + 2 * MARGIN, drawing.height + HEAD + foot);
    let (width, height) = (columns * CELL.0, rows * CELL.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"title desc\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">\n<title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n",
        xml_escape(&scene.title),
        xml_escape(&told(picture))
    );
    let _ = write!(
        out,
        "<style>{}</style>\n<rect class=\"p\" width=\"{width}\" height=\"{height}\"/>\n",
        format_args!("{STYLE}{}{}", palette::rules(), if marked(&scene) { palette::marks() } else { String::new() })
    );
    out.push_str(&line("t", MARGIN * CELL.0, CELL.1 + BASE, &scene.title, width));
    // short pictures stand in the middle
    let left = (columns - drawing.width) / 2 * CELL.0;
    let _ = writeln!(out, "<g transform=\"translate({left} {})\">", HEAD * CELL.1);
    nodes(&scene, &mut out);
    nets(&scene, &picture.arrows, &mut out);
    out.push_str("</g>\n");
    for (number, text) in legend.iter().rev().enumerate() {
        let y = height - (number as i32 + 1) * CELL.1 + BASE;
        out.push_str(&line("n", MARGIN * CELL.0, y, text, width - 2 * MARGIN * CELL.0));
    }
    out.push_str("</svg>\n");
    out
}

/// Whether the picture shows a failure.
fn marked(scene: &Scene) -> bool {
    scene.items.iter().any(|i| matches!(i, Item::Box { fate: Fate::Lost | Fate::Degraded, .. }))
}

/// What a line's look means, where colours alone don't tell the labels apart.
fn dashes(labels: &[String]) -> Option<String> {
    let different: std::collections::BTreeSet<&String> = labels.iter().collect();
    (different.len() > palette::LINES.len())
        .then(|| "Lines of one label have one look. Where two labels have one colour, their dashes differ.".to_owned())
}

/// The arrows as sentences, for those who don't see them.
fn told(picture: &Picture) -> String {
    let sentence = |a: &Arrow| format!("{} to {}: {}.", a.from, a.to, a.told());
    picture.arrows.iter().map(sentence).collect::<Vec<_>>().join(" ")
}

/// The middle of a cell.
fn middle(at: Point) -> (i32, i32) {
    (at.x * CELL.0 + CELL.0 / 2, at.y * CELL.1 + CELL.1 / 2)
}

fn nodes(scene: &Scene, out: &mut String) {
    for (node, (item, rect)) in scene.items.iter().zip(&scene.drawing.boxes).enumerate().skip(1) {
        let (x, y) = middle(Point { x: rect.x, y: rect.y });
        let (w, h) = ((rect.w - 1) * CELL.0, (rect.h - 1) * CELL.1);
        let depth = scene.sketch.path(node).count();
        let class = match item {
            Item::Frame { .. } => format!("f{}", (depth - 1) % 3),
            Item::Box { external, fate, .. } => {
                let mark = match fate {
                    Fate::Lost => " x",
                    Fate::Degraded => " y",
                    Fate::Unaffected => "",
                };
                format!("{}{mark}", if *external { "b e" } else { "b" })
            }
        };
        if let Item::Box { name, .. } = item {
            let _ = writeln!(out, "<g class=\"node\" data-name=\"{}\">", xml_escape(name));
        }
        let _ = writeln!(out, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"4\"/>");
        match item {
            Item::Frame { title } => out.push_str(&frame_title(rect, title, (depth - 1) % 3)),
            Item::Box { lines, .. } => {
                for (number, (text, row)) in lines.iter().zip(rect.y + 1..).enumerate() {
                    let class = if number == 0 { "h" } else { "n" };
                    let y = middle(Point { x: 0, y: row }).1 + BASE;
                    out.push_str(&line(class, (rect.x + 2) * CELL.0, y, text, (rect.w - 4) * CELL.0 + CELL.0));
                }
                out.push_str("</g>\n");
            }
        }
    }
}

/// A title upon the top border, with a rim in the ground of its frame; the drawing keeps lines away from it.
fn frame_title(rect: &Rect, title: &str, ground: usize) -> String {
    let (x, y) = ((rect.x + 2) * CELL.0, middle(Point { x: 0, y: rect.y }).1);
    line(&format!("h k{ground}"), x, y + BASE, title, (room(title, true) + 1) * CELL.0 - 4)
}

/// A line of text. Where it might not fit in common fonts it is set to the room there is.
fn line(class: &str, x: i32, y: i32, text: &str, room: i32) -> String {
    let fit = if measured(class, text) > room {
        format!(" textLength=\"{room}\" lengthAdjust=\"spacingAndGlyphs\"")
    } else {
        String::new()
    };
    format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{fit}>{}</text>\n", xml_escape(text))
}

/// Columns that a text needs: those of a terminal do for most.
fn room(text: &str, bold: bool) -> i32 {
    let pixels = measured(if bold { "h" } else { "n" }, text);
    super::scene::columns(text).max((pixels + CELL.0 - 1) / CELL.0)
}

/// Pixels of a text, no fewer than in common fonts.
fn measured(class: &str, text: &str) -> i32 {
    let size = match class {
        "t" => 15.0 * 1.12,
        "h" => FONT * 1.12,
        _ => FONT,
    };
    (text.chars().map(advance).sum::<f64>() * size).ceil() as i32
}

/// How far a character moves on in em, no less than in any common sans-serif (Verdana and DejaVu are the widest).
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '\'' | '|' => 0.3,
        'f' | 't' | 'r' | 'I' | '.' | ',' | ':' | ';' | '!' | ' ' | '(' | ')' | '[' | ']' | '/' | '-' => 0.43,
        'm' | 'M' | 'W' | '@' | '%' => 1.0,
        'w' | 'Q' | 'O' | 'G' | 'N' | 'H' | 'D' | 'U' => 0.83,
        '0'..='9' | 'a'..='z' => 0.64,
        'A'..='Z' => 0.72,
        // of other alphabets: the widest letter of DejaVu's is `Щ`
        c if c.is_uppercase() => 1.15,
        c if c.is_lowercase() => 1.0,
        c => 0.9 * c.width().unwrap_or(0).max(1) as f64,
    }
}

fn nets(scene: &Scene, arrows: &[Arrow], out: &mut String) {
    let mut seen: Vec<&str> = Vec::new();
    for (net, (route, label)) in scene.drawing.routes.iter().zip(&scene.labels).enumerate() {
        let known = seen.iter().position(|l| l == label);
        let (colour, dash) = palette::look(known.unwrap_or(seen.len()));
        if known.is_none() {
            seen.push(label);
        }
        let _ = writeln!(
            out,
            "<g class=\"net\" data-arrows=\"{}\"><title>{}</title>",
            xml_escape(&told_to_scripts(&scene.arrows[net], arrows)),
            xml_escape(if label.is_empty() { "then" } else { label })
        );
        let parts = Parts::of(scene, arrows, net);
        for branch in branches(route, parts.hub) {
            let mut path = String::new();
            for (a, b) in branch.pieces.iter().flat_map(|s| around(s, &route.labels, measured("n", label))) {
                let _ = write!(path, "M{} {}L{} {}", a.0, a.1, b.0, b.1);
            }
            let part = parts.told(&branch.ends);
            let _ = writeln!(out, "<path class=\"l{colour}{dash}\"{part} stroke-linecap=\"square\" d=\"{path}\"/>");
        }
        for (x, y) in junctions(route).into_iter().map(middle) {
            let _ = writeln!(out, "<circle class=\"c{colour}\" cx=\"{x}\" cy=\"{y}\" r=\"2.5\"/>");
        }
        for end in route.ends.iter().filter(|e| e.arrow) {
            let part = if end.node == parts.hub { String::new() } else { parts.told(&[end.node]) };
            let _ = writeln!(out, "<polygon class=\"c{colour}\"{part} points=\"{}\"/>", head(end));
        }
        for rect in &route.labels {
            out.push_str(&net_label(route, rect, label, colour));
        }
        out.push_str("</g>\n");
    }
}

/// Which of a net's arrows its branches belong to.
struct Parts {
    /// The node that all arrows start or end at.
    hub: usize,
    /// For each arrow the nodes that its other end is in, itself among them.
    ends: Vec<Vec<usize>>,
}

impl Parts {
    fn of(scene: &Scene, arrows: &[Arrow], net: usize) -> Self {
        let of = &scene.sketch.nets[net];
        let outward = of.from.len() == 1;
        let end = |&number: &usize| {
            let name = if outward { &arrows[number].to } else { &arrows[number].from };
            scene.node(name).map(|node| scene.sketch.path(node).collect()).unwrap_or_default()
        };
        Self { hub: if outward { of.from[0] } else { of.to[0] }, ends: scene.arrows[net].iter().map(end).collect() }
    }

    /// An attribute with the numbers of the arrows that lead to some nodes; none where that is all of them.
    fn told(&self, nodes: &[usize]) -> String {
        let leads = |ends: &Vec<usize>| ends.iter().any(|n| nodes.contains(n));
        let own: Vec<String> =
            self.ends.iter().enumerate().filter(|(_, ends)| leads(ends)).map(|(at, _)| at.to_string()).collect();
        if own.len() == self.ends.len() { String::new() } else { format!(" data-of=\"{}\"", own.join(" ")) }
    }
}

/// Which arrows lines stand for: JSON, a list of `[from, to, label]`.
fn told_to_scripts(numbers: &[usize], arrows: &[Arrow]) -> String {
    let one = |&number: &usize| {
        let arrow = &arrows[number];
        [arrow.from.as_str(), arrow.to.as_str(), arrow.label.as_str()]
    };
    serde_json::Value::from_iter(numbers.iter().map(|n| one(n).to_vec())).to_string()
}

/// A label that stands upon a line rather than beside it.
fn upon(label: &Rect, &Segment { a, b }: &Segment) -> bool {
    a.y == b.y && label.y == a.y && a.x < label.x && label.x < b.x
}

/// The middle of a label, in pixels.
fn centre(label: &Rect) -> i32 {
    label.x * CELL.0 + label.w * CELL.0 / 2
}

/// A line without what a label on it covers: its text, `wide` in pixels, and as much room on either side.
fn around(segment: &Segment, labels: &[Rect], wide: i32) -> Vec<((i32, i32), (i32, i32))> {
    let (a, b) = (middle(segment.a), middle(segment.b));
    let Some(label) = labels.iter().find(|l| upon(l, segment)) else { return vec![(a, b)] };
    let half = (wide / 2 + ROOM).min((label.w - 1) * CELL.0 / 2);
    let (left, right) = (centre(label) - half, centre(label) + half);
    vec![(a, (left.max(a.0), a.1)), ((right.min(b.0), b.1), b)]
}

/// The text of a label, close to its line: a font is narrower than the room that is kept for it.
fn net_label(route: &Route, rect: &Rect, label: &str, colour: usize) -> String {
    let line_at =
        |x: i32| route.segments.iter().any(|s| s.a.x == x && s.b.x == x && s.a.y <= rect.y && rect.y <= s.b.y);
    let (class, room) = (format!("c{colour}"), (rect.w - 1) * CELL.0);
    let y = middle(Point { x: 0, y: rect.y }).1 + BASE;
    if route.segments.iter().any(|s| upon(rect, s)) {
        return line(&format!("{class} m"), centre(rect), y, label, room);
    }
    if line_at(rect.x - 1) || !line_at(rect.right()) {
        return line(&class, (rect.x + 1) * CELL.0, y, label, room);
    }
    line(&format!("{class} z"), (rect.right() - 1) * CELL.0, y, label, room)
}

/// Where a line ends upon another of its own, between that one's ends, or crosses it.
fn junctions(route: &Route) -> Vec<Point> {
    let mut out: Vec<Point> = Vec::new();
    for (level, upright) in route.segments.iter().flat_map(|s| route.segments.iter().map(move |t| (s, t))) {
        let at = Point { x: upright.a.x, y: level.a.y };
        let across = level.a.y == level.b.y && level.a.x < at.x && at.x < level.b.x;
        if across && upright.a.x == upright.b.x && upright.a.y < at.y && at.y < upright.b.y && !out.contains(&at) {
            out.push(at);
        }
    }
    for one in &route.segments {
        for point in [one.a, one.b] {
            let inside = |s: &Segment| {
                (s.a.y == s.b.y && s.a.y == point.y && s.a.x < point.x && point.x < s.b.x)
                    || (s.a.x == s.b.x && s.a.x == point.x && s.a.y < point.y && point.y < s.b.y)
            };
            if route.segments.iter().any(inside) && !out.contains(&point) {
                out.push(point);
            }
        }
    }
    out
}

/// An arrowhead with its tip on the border.
fn head(end: &End) -> String {
    let (x, y) = middle(end.at);
    let (length, half) = (9, 5);
    match end.side {
        Side::Top => format!("{x},{y} {},{y2} {},{y2}", x - half, x + half, y2 = y - length),
        Side::Bottom => format!("{x},{y} {},{y2} {},{y2}", x - half, x + half, y2 = y + length),
        Side::Left => format!("{x},{y} {x2},{} {x2},{}", y - half, y + half, x2 = x - length),
        Side::Right => format!("{x},{y} {x2},{} {x2},{}", y - half, y + half, x2 = x + length),
    }
}
