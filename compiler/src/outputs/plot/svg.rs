//! The plot as SVG: shapes with classes of the palette, written in one place.

use super::scale::{Scale, times, told, values};
use super::{Line, Panel, Plot};
use crate::outputs::diagram::palette;
use crate::text::xml_escape;
use std::fmt::Write;

// writing to a string can't fail: results of `write!` are dropped throughout

/// Pixels of the whole and of a panel's drawing.
const WIDTH: f64 = 960.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 190.0;
const TOP: f64 = 48.0;
const PANEL: f64 = 150.0;
/// Between two panels: the title of the lower one stands there.
const GAP: f64 = 46.0;
const FOOT: f64 = 34.0;
const ROW: f64 = 17.0;

const STYLE: &str = "\
text{font:12px ui-sans-serif,system-ui,sans-serif}.t{font-size:15px;font-weight:600}.h{font-weight:600}
.g{stroke-width:1;stroke-opacity:.35}.v{fill:none;stroke-width:2}.d{stroke-dasharray:5 4;stroke-width:1.5}
.e{text-anchor:end}.m{text-anchor:middle}
";

/// What is drawn.
enum Shape<'a> {
    /// Straight, with a class.
    Straight { class: &'a str, from: (f64, f64), to: (f64, f64) },
    /// A line of steps, with what it is.
    Path { class: String, name: &'a str, data: String },
    /// Words.
    Text { class: &'a str, at: (f64, f64), text: &'a str },
}

impl Shape<'_> {
    fn write(&self, out: &mut String) {
        let _ = match self {
            Shape::Straight { class, from, to } => writeln!(
                out,
                "<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
                from.0, from.1, to.0, to.1
            ),
            Shape::Path { class, name, data } => {
                writeln!(out, "<path class=\"{class}\" d=\"{data}\"><title>{}</title></path>", xml_escape(name))
            }
            Shape::Text { class, at, text } => {
                writeln!(out, "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>", at.0, at.1, xml_escape(text))
            }
        };
    }
}

pub(super) fn paint(plot: &Plot) -> String {
    let panels = plot.panels.len() as f64;
    let height = TOP + panels * PANEL + (panels - 1.0).max(0.0) * GAP + FOOT + plot.notes.len() as f64 * ROW + 10.0;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"title desc\" width=\"{WIDTH}\" \
         height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\">\n<title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n",
        xml_escape(&plot.title),
        xml_escape(&plot.notes.join(" "))
    );
    let _ = write!(
        out,
        "<style>{STYLE}{}</style>\n<rect class=\"p\" width=\"{WIDTH}\" height=\"{height}\"/>\n",
        palette::rules()
    );
    Shape::Text { class: "t", at: (16.0, 20.0), text: &plot.title }.write(&mut out);
    for (number, panel) in plot.panels.iter().enumerate() {
        draw(plot, panel, TOP + number as f64 * (PANEL + GAP), &mut out);
    }
    let below = height - 10.0 - plot.notes.len() as f64 * ROW;
    for (number, note) in plot.notes.iter().enumerate() {
        Shape::Text { class: "n", at: (16.0, below + (number + 1) as f64 * ROW - 5.0), text: note }.write(&mut out);
    }
    out.push_str("</svg>\n");
    out
}

fn draw(plot: &Plot, panel: &Panel, top: f64, out: &mut String) {
    let (right, bottom) = (WIDTH - RIGHT, top + PANEL);
    let axis = values(panel);
    let time = Scale::new((plot.span.0 as f64, plot.span.1 as f64), (LEFT, right));
    let value = Scale::new((0.0, axis.last().copied().unwrap_or(1.0)), (bottom, top));
    Shape::Text { class: "h", at: (LEFT, top - 8.0), text: &panel.title }.write(out);
    for at in &axis {
        let y = value.at(*at);
        Shape::Straight { class: "g f0", from: (LEFT, y), to: (right, y) }.write(out);
        Shape::Text { class: "n e", at: (LEFT - 6.0, y + 4.0), text: &rounded(*at) }.write(out);
    }
    for at in times(plot.span) {
        let x = time.at(at as f64);
        Shape::Straight { class: "g f0", from: (x, top), to: (x, bottom) }.write(out);
        Shape::Text { class: "n m", at: (x, bottom + 15.0), text: &told(at) }.write(out);
    }
    let mut names: Vec<(f64, usize, String)> = Vec::new();
    for mark in &panel.marks {
        let y = value.at(mark.at);
        Shape::Straight {
            class: &format!("d l{}", mark.colour % palette::LINES.len()),
            from: (LEFT, y),
            to: (right, y),
        }
        .write(out);
        names.push((y, mark.colour, mark.name.clone()));
    }
    for line in &panel.lines {
        let dashed = if line.dashed { " d" } else { "" };
        let class = format!("v l{}{dashed}", line.colour % palette::LINES.len());
        Shape::Path { class, name: &line.name, data: steps(line, time, value, right) }.write(out);
        let y = line.points.last().map_or(bottom, |p| value.at(p.1));
        names.push((y, line.colour, line.name.clone()));
    }
    for (y, colour, name) in apart(names, (top, bottom)) {
        let class = format!("c{}", colour % palette::LINES.len());
        Shape::Text { class: &class, at: (right + 8.0, y + 4.0), text: &name }.write(out);
    }
}

/// Each value holds until the next. Of many within one pixel the smallest, the largest and the last are drawn.
fn steps(line: &Line, time: Scale, value: Scale, right: f64) -> String {
    let mut data = String::new();
    let mut points = line.points.iter().map(|(t, v)| (time.at(*t as f64).floor(), value.at(*v))).peekable();
    let mut before: Option<f64> = None;
    while let Some((x, y)) = points.next() {
        let (mut low, mut high, mut last) = (y, y, y);
        while let Some((_, y)) = points.next_if(|(other, _)| *other == x) {
            (low, high, last) = (low.min(y), high.max(y), y);
        }
        let _ = match before {
            None => write!(data, "M{x} {last}"),
            Some(was) if was == last && low == high => Ok(()),
            Some(_) if low == high => write!(data, "H{x}V{last}"),
            Some(_) => write!(data, "H{x}V{low}V{high}V{last}"),
        };
        before = Some(last);
    }
    if before.is_some() {
        let _ = write!(data, "H{right}");
    }
    data
}

/// Names at the right end of what they are of, moved so that none covers another.
fn apart(mut names: Vec<(f64, usize, String)>, (top, bottom): (f64, f64)) -> Vec<(f64, usize, String)> {
    const APART: f64 = 14.0;
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = top;
    for name in &mut names {
        name.0 = name.0.max(free);
        free = name.0 + APART;
    }
    let mut free = bottom + 4.0;
    for name in names.iter_mut().rev() {
        name.0 = name.0.min(free);
        free = name.0 - APART;
    }
    names
}

/// Without digits that sums of floating point leave behind.
fn rounded(value: f64) -> String {
    format!("{}", (value * 1e6).round() / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_and_apart() {
        let line = |name: &str| Line {
            name: name.to_owned(),
            colour: 0,
            dashed: false,
            points: vec![(0, 1.0), (5, 1.0), (9, 2.0)],
        };
        let plot = Plot {
            title: "<a> & \"b\"".to_owned(),
            notes: vec!["<script>".to_owned()],
            span: (0, 10),
            panels: vec![Panel { title: "x".to_owned(), lines: vec![line("<b>"), line("c")], marks: Vec::new() }],
        };
        let svg = plot.svg();
        assert!(!svg.contains("<a>") && !svg.contains("<script>") && !svg.contains("<b>"), "{svg}");
        assert!(svg.contains("prefers-color-scheme:dark"));
        // a value that stays draws nothing until it changes
        assert_eq!(svg.matches("M56 123H698V48H770").count(), 2, "{svg}");
        let places = apart(vec![(60.0, 0, "a".into()), (60.0, 0, "b".into())], (0.0, 60.0));
        assert!(places[1].0 - places[0].0 >= 14.0, "{places:?}");
    }
}
