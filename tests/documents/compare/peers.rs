//! The same graph in the languages of others, and the lines and boxes that they draw.

use super::CELL;
use super::edits::Frame;
use super::lines::{Lines, Point, curve};
use obs_compiler::outputs::diagram::layout::{Form, Sketch};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a tool may take: some never end on some graphs, and then have drawn nothing.
const PATIENCE: Duration = Duration::from_secs(20);

/// Pixels of an arrowhead of `dot`: its `arrowsize` is 1, which is 10 points.
const ARROWHEAD: f64 = 10.0;

/// How classes of boxes start in d2's pictures.
const CLASS: &str = "box_";

/// What a tool draws.
pub struct Picture {
    pub lines: Lines,
    /// Where each box that is no group is.
    pub boxes: BTreeMap<usize, Frame>,
}

/// How a language writes groups and boxes.
struct Words {
    open: fn(usize, &str) -> String,
    leaf: fn(usize, i32, i32) -> String,
}

fn nested(sketch: &Sketch, group: usize, words: &Words, out: &mut String) {
    for (node, _) in sketch.nodes.iter().enumerate().filter(|(_, n)| n.parent == Some(group)) {
        match sketch.nodes[node].form {
            Form::Group { title } => {
                out.push_str(&(words.open)(node, &text(title)));
                nested(sketch, node, words, out);
                out.push_str("}\n");
            }
            Form::Leaf { width, height } => out.push_str(&(words.leaf)(node, width, height)),
        }
    }
}

/// Text of so many columns.
fn text(columns: i32) -> String {
    "n".repeat(columns.unsigned_abs() as usize)
}

/// What `dot` draws; `None` where it draws nothing.
pub fn dot(sketch: &Sketch, program: &Path) -> Option<Picture> {
    let words = Words {
        open: |node, title| format!("subgraph cluster_{node} {{ label=\"{title}\";\n"),
        leaf: |node, width, height| {
            let inches = |cells: i32, pixels: f64| f64::from(cells) * pixels / 72.0;
            format!("n{node} [label=\"\", width={}, height={}];\n", inches(width, CELL.0), inches(height, CELL.1))
        },
    };
    let mut source = "digraph { node [shape=box, fixedsize=true]; edge [fontsize=12];\n".to_owned();
    nested(sketch, 0, &words, &mut source);
    for net in &sketch.nets {
        for (from, to) in net.from.iter().flat_map(|f| net.to.iter().map(move |t| (f, t))) {
            let _ = writeln!(source, "n{from} -> n{to} [label=\"{}\"];", text(net.label));
        }
    }
    source.push('}');
    let drawn = drawn(program, &["-Tplain"], &source, "g.dot")?.replace("\\\n", "");
    let lines = Lines(drawn.lines().filter_map(|l| l.strip_prefix("edge ")).map(|l| vec![spline(l)]).collect());
    Some(Picture { lines, boxes: drawn.lines().filter_map(|l| plain_box(l.strip_prefix("node n")?)).collect() })
}

/// `name x y width height …` in inches, from the middle, upwards.
fn plain_box(line: &str) -> Option<(usize, Frame)> {
    let (name, rest) = line.split_once(' ')?;
    let numbers: Vec<f64> = rest.split(' ').map_while(|w| w.parse().ok()).collect();
    let &[x, y, w, h, ..] = numbers.as_slice() else { return None };
    let frame = Frame { left: x - w / 2.0, right: x + w / 2.0, top: -y - h / 2.0, bottom: -y + h / 2.0 };
    Some((name.parse().ok()?, frame))
}

/// `tail head n x1 y1 … xn yn …`: a Bézier curve in inches. It ends where the arrowhead begins, which is drawn on in the
/// same direction.
fn spline(line: &str) -> Vec<Point> {
    let mut numbers = line.split(' ').skip(2).map_while(|w| w.parse::<f64>().ok());
    let count = numbers.next().unwrap_or(0.0) as usize;
    let all: Vec<f64> = numbers.take(2 * count).map(|n| n * 72.0).collect();
    let points: Vec<Point> = all.chunks(2).map(|p| (p[0], p[1])).collect();
    let mut out = vec![points[0]];
    points[1..].chunks_exact(3).for_each(|p| curve(&mut out, [p[0], p[1], p[2]]));
    if let &[.., (x1, y1), (x2, y2)] = points.as_slice() {
        let by = ARROWHEAD / (x2 - x1).hypot(y2 - y1).max(1.0);
        out.push((x2 + (x2 - x1) * by, y2 + (y2 - y1) * by));
    }
    out
}

/// What one of d2's layouts draws; `None` where it draws nothing. Boxes are found by a class of their own.
pub fn d2(sketch: &Sketch, program: &Path, layout: &str) -> Option<Picture> {
    let words = Words {
        open: |node, title| format!("n{node}: \"{title}\" {{\n"),
        leaf: |node, width, height| {
            format!("n{node}: \"\" {{ class: {CLASS}{node}; width: {}; height: {} }}\n", width * 8, height * 17)
        },
    };
    let mut source = String::new();
    nested(sketch, 0, &words, &mut source);
    let path = |node: usize| {
        let mut path: Vec<String> = sketch.path(node).filter(|n| *n != 0).map(|n| format!("n{n}")).collect();
        path.reverse();
        path.join(".")
    };
    for net in &sketch.nets {
        for (&from, &to) in net.from.iter().flat_map(|f| net.to.iter().map(move |t| (f, t))) {
            let _ = writeln!(source, "{} -> {}: \"{}\"", path(from), path(to), text(net.label));
        }
    }
    let svg = drawn(program, &["--layout", layout], &source, "g.d2")?;
    let document = roxmltree::Document::parse(&svg).ok()?;
    let connections = document
        .descendants()
        .filter(|n| n.tag_name().name() == "path" && n.attribute("class").is_some_and(|c| c.starts_with("connection")));
    let lines = Lines(connections.filter_map(|n| Some(vec![path_points(n.attribute("d")?)])).collect());
    Some(Picture { lines, boxes: document.descendants().filter_map(svg_box).collect() })
}

/// A group of the class of a box, which is the first rectangle in it.
fn svg_box(group: roxmltree::Node) -> Option<(usize, Frame)> {
    let node = group.attribute("class")?.split(' ').find_map(|c| c.strip_prefix(CLASS))?;
    let rect = group.descendants().find(|n| n.tag_name().name() == "rect")?;
    let number = |name: &str| rect.attribute(name)?.parse::<f64>().ok();
    let (left, top) = (number("x")?, number("y")?);
    let frame = Frame { left, top, right: left + number("width")?, bottom: top + number("height")? };
    Some((node.parse().ok()?, frame))
}

/// The points of a path of absolute `M`, `L`, `C` and `S` commands, each before its numbers.
fn path_points(path: &str) -> Vec<Point> {
    let spaced: String =
        path.chars().flat_map(|c| if "MLCS".contains(c) { vec![' ', c, ' '] } else { vec![c] }).collect();
    let mut out: Vec<Point> = Vec::new();
    let mut words = spaced.split([' ', ',']).filter(|w| !w.is_empty()).peekable();
    let mut command = "";
    while let Some(word) = words.peek() {
        if word.parse::<f64>().is_err() {
            command = words.next().unwrap_or_default();
            continue;
        }
        let mut point = || -> Point {
            let mut number = || words.next().and_then(|w| w.parse().ok()).unwrap_or(0.0);
            (number(), number())
        };
        match command {
            "C" => curve(&mut out, [point(), point(), point()]),
            // a rounded corner: by its control point
            "S" => out.extend([point(), point()]),
            _ => out.push(point()),
        }
    }
    out
}

/// What a tool makes of a source file, within the time there is.
fn drawn(program: &Path, arguments: &[&str], source: &str, name: &str) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let (path, out) = (folder.path().join(name), folder.path().join("out.svg"));
    std::fs::write(&path, source).expect("the folder is writable");
    let mut command = Command::new(program);
    command.args(arguments).arg(&path);
    command.args(if name.ends_with("dot") { &["-o"][..] } else { &[] }).arg(&out);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the tool starts");
    let start = Instant::now();
    loop {
        match child.try_wait().expect("a child of ours") {
            Some(status) => return std::fs::read_to_string(out).ok().filter(|_| status.success()),
            None if start.elapsed() > PATIENCE => {
                // it may have ended in between
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}
