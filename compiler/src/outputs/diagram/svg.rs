//! An SVG of its own: no script, no fonts to load, light and dark.

use super::layout::{End, Point, Rect, Route, Segment, Side};
use super::picture::Picture;
use super::scene::{Item, Scene};
use crate::text::xml_escape;
use std::fmt::Write;
use unicode_width::UnicodeWidthChar;

// writing to a string can't fail: results of `write!` are dropped throughout

/// A cell in pixels.
const CELL: (i32, i32) = (8, 17);
/// Pixels of the text, and from the middle of a row down to its base line.
const FONT: f64 = 12.0;
const BASE: i32 = 4;
/// Rows above and below the drawing for its title and the legend; columns at its sides.
const HEAD: i32 = 2;
const FOOT: i32 = 3;
const MARGIN: i32 = 2;
/// Pictures are about as wide as this many columns, where what is in them allows.
const WIDTH: i32 = 100;
const LEGEND: [&str; 2] = [
    "An arrow points from the side that opens the connection to the side that listens.",
    "Dashed: not deployed by this program.",
];

/// Colours of lines by label, told apart with any kind of colour blindness (after Okabe and Ito), each with a
/// contrast of 4.5 or more on every ground: for light and for dark.
const COLOURS: &[(&str, &str)] = &[
    ("#0b5cad", "#7db8f0"),
    ("#a83c00", "#ff9d66"),
    ("#00694b", "#5fd0a8"),
    ("#8a3a78", "#e0a0d0"),
    ("#6b4e00", "#e0c060"),
    ("#4a5560", "#b0bcc8"),
];

const STYLE: &str = "\
text{font:12px ui-sans-serif,system-ui,sans-serif;fill:#1b2430}
.t{font-size:15px;font-weight:600}.h{font-weight:600}.n{fill:#4a5560}
.p{fill:#fff}.f1{fill:#f3f6fa;stroke:#8291a3}.f2{fill:#e9eff6;stroke:#8291a3}.f0{fill:#fff;stroke:#8291a3}
.b{fill:#fff;stroke:#4a5a6d;stroke-width:1.5}.e{stroke-dasharray:5 3}.g{stroke:none}
path{fill:none;stroke-width:1.5}
";

const DARK: &str = "\
text{fill:#e6ebf2}.n{fill:#b0bcc8}.p{fill:#0f141a}.f1{fill:#161d26;stroke:#7d8ea3}.f2{fill:#1d2733;stroke:#7d8ea3}
.f0{fill:#0f141a;stroke:#7d8ea3}.b{fill:#0f141a;stroke:#a9b8ca}.g{stroke:none}
";

pub(super) fn paint(picture: &Picture) -> String {
    let scene = Scene::of(picture, WIDTH, room);
    let drawing = &scene.drawing;
    let text = LEGEND.iter().map(|l| measured("n", l)).chain([measured("t", &scene.title)]).max().unwrap_or(0);
    let (columns, rows) = (drawing.width.max(text / CELL.0 + 1) + 2 * MARGIN, drawing.height + HEAD + FOOT);
    let (width, height) = (columns * CELL.0, rows * CELL.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"title desc\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">\n<title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n",
        xml_escape(&scene.title),
        xml_escape(&told(picture))
    );
    let _ = write!(out, "<style>{}</style>\n<rect class=\"p\" width=\"{width}\" height=\"{height}\"/>\n", style());
    out.push_str(&line("t", MARGIN * CELL.0, CELL.1 + BASE, &scene.title, width));
    // short pictures stand in the middle
    let left = (columns - drawing.width) / 2 * CELL.0;
    let _ = writeln!(out, "<g transform=\"translate({left} {})\">", HEAD * CELL.1);
    nodes(&scene, &mut out);
    nets(&scene, &mut out);
    out.push_str("</g>\n");
    for (number, text) in LEGEND.iter().rev().enumerate() {
        let y = height - (number as i32 + 1) * CELL.1 + BASE;
        out.push_str(&line("n", MARGIN * CELL.0, y, text, width - 2 * MARGIN * CELL.0));
    }
    out.push_str("</svg>\n");
    out
}

/// The arrows as sentences, for those who don't see them.
fn told(picture: &Picture) -> String {
    let sentence = |a: &super::picture::Arrow| format!("{} to {}: {}.", a.from, a.to, a.told());
    picture.arrows.iter().map(sentence).collect::<Vec<_>>().join(" ")
}

fn style() -> String {
    let mut out = STYLE.to_owned();
    let mut dark = DARK.to_owned();
    for (number, (light, night)) in COLOURS.iter().enumerate() {
        let _ = writeln!(out, ".l{number}{{stroke:{light}}}.c{number}{{fill:{light}}}");
        let _ = writeln!(dark, ".l{number}{{stroke:{night}}}.c{number}{{fill:{night}}}");
    }
    format!("{out}@media (prefers-color-scheme:dark){{\n{dark}}}\n")
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
            Item::Box { external, .. } => if *external { "b e" } else { "b" }.to_owned(),
        };
        let _ = writeln!(out, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"4\"/>");
        match item {
            Item::Frame { title } => out.push_str(&frame_title(rect, title, &class)),
            Item::Box { lines, .. } => {
                for (number, (text, row)) in lines.iter().zip(rect.y + 1..).enumerate() {
                    let class = if number == 0 { "h" } else { "n" };
                    let y = middle(Point { x: 0, y: row }).1 + BASE;
                    out.push_str(&line(class, (rect.x + 2) * CELL.0, y, text, (rect.w - 4) * CELL.0 + CELL.0));
                }
            }
        }
    }
}

/// A title upon the top border, on the ground of its frame; the drawing keeps lines away from it.
fn frame_title(rect: &Rect, title: &str, class: &str) -> String {
    let (x, y) = ((rect.x + 2) * CELL.0, middle(Point { x: 0, y: rect.y }).1);
    let room = (room(title, true) + 1) * CELL.0;
    let ground = measured("h", title).min(room - 4) + 6;
    let ground = format!(
        "<rect class=\"{class} g\" x=\"{}\" y=\"{}\" width=\"{ground}\" height=\"16\" rx=\"3\"/>\n",
        x - 4,
        y - 8
    );
    format!("{ground}{}", line("h", x, y + BASE, title, room - 4))
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
        c => 0.9 * c.width().unwrap_or(0).max(1) as f64,
    }
}

fn nets(scene: &Scene, out: &mut String) {
    let mut seen: Vec<&str> = Vec::new();
    for (route, label) in scene.drawing.routes.iter().zip(&scene.labels) {
        let known = seen.iter().position(|l| l == label);
        let colour = known.unwrap_or(seen.len()) % COLOURS.len();
        if known.is_none() {
            seen.push(label);
        }
        let mut path = String::new();
        for segment in route.segments.iter().flat_map(|s| around(s, &route.labels)) {
            let (a, b) = (middle(segment.a), middle(segment.b));
            let _ = write!(path, "M{} {}L{} {}", a.0, a.1, b.0, b.1);
        }
        let _ = writeln!(
            out,
            "<g><title>{}</title><path class=\"l{colour}\" stroke-linecap=\"square\" d=\"{path}\"/>",
            xml_escape(label)
        );
        for (x, y) in junctions(route).into_iter().map(middle) {
            let _ = writeln!(out, "<circle class=\"c{colour}\" cx=\"{x}\" cy=\"{y}\" r=\"2.5\"/>");
        }
        for end in route.ends.iter().filter(|e| e.arrow) {
            let _ = writeln!(out, "<polygon class=\"c{colour}\" points=\"{}\"/>", head(end));
        }
        for rect in &route.labels {
            let y = middle(Point { x: 0, y: rect.y }).1 + BASE;
            out.push_str(&line(&format!("c{colour}"), (rect.x + 1) * CELL.0, y, label, (rect.w - 1) * CELL.0));
        }
        out.push_str("</g>\n");
    }
}

/// A line without what labels on it cover.
fn around(segment: &Segment, labels: &[Rect]) -> Vec<Segment> {
    let &Segment { a, b } = segment;
    let on = |l: &&Rect| a.y == b.y && l.y == a.y && a.x < l.x && l.x < b.x;
    match labels.iter().find(on) {
        None => vec![*segment],
        Some(label) => {
            let before = Segment { a, b: Point { x: label.x, y: a.y } };
            let after = Segment { a: Point { x: label.right() - 1, y: a.y }, b };
            vec![before, after]
        }
    }
}

/// Where a line ends upon another of its own, between that one's ends.
fn junctions(route: &Route) -> Vec<Point> {
    let mut out = Vec::new();
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
    let back = if end.side == Side::Top { y - 9 } else { y + 9 };
    format!("{x},{y} {},{back} {},{back}", x - 5, x + 5)
}
