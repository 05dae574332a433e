//! Boxes of box-drawing characters, nested; the arrows as sentences below.

use super::picture::{Arrow, Node, Picture, Shape};
use unicode_width::UnicodeWidthStr;

/// Boxes go on a new row where one would be wider than this, in columns.
const WIDTH: usize = 100;
/// Columns between boxes in a row.
const GAP: usize = 2;

/// Lines of the same width in columns.
struct Block {
    lines: Vec<String>,
    width: usize,
}

pub(super) fn paint(picture: &Picture) -> String {
    let mut out = vec![picture.title.clone(), String::new()];
    let width = natural(&picture.content, WIDTH);
    out.extend(stack(&picture.content, width).lines);
    out.push(String::new());
    out.extend(sentences(&picture.arrows));
    let mut text: String = out.iter().map(|line| format!("{}\n", line.trim_end())).collect();
    while text.ends_with("\n\n") {
        text.pop();
    }
    text
}

/// Columns of a text; control characters were made blanks.
fn width(text: &str) -> usize {
    text.width()
}

fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

fn center(text: &str, columns: usize) -> String {
    let left = columns.saturating_sub(width(text)) / 2;
    pad(&format!("{}{text}", " ".repeat(left)), columns)
}

/// The columns that content needs, rows broken at `limit`.
fn natural(nodes: &[Node], limit: usize) -> usize {
    let inner = limit.saturating_sub(4);
    let mut widest = 0;
    for row in rows(nodes, limit) {
        let needs = |node: &Node| match node {
            Node::Group { title, content } => (natural(content, inner) + 4).max(width(title) + 4),
            Node::Box(shape) => box_width(shape),
        };
        let gaps = GAP * row.len().saturating_sub(1);
        widest = widest.max(row.iter().map(|n| needs(n)).sum::<usize>() + gaps);
    }
    widest
}

fn box_width(shape: &Shape) -> usize {
    shape.lines.iter().map(|l| width(l)).max().unwrap_or(0) + 4
}

/// Groups stand alone; boxes share a row as long as they fit.
fn rows(nodes: &[Node], limit: usize) -> Vec<Vec<&Node>> {
    let mut out: Vec<Vec<&Node>> = Vec::new();
    let mut used = 0;
    for node in nodes {
        match (node, out.last_mut()) {
            (Node::Box(shape), Some(row))
                if matches!(row.last(), Some(Node::Box(_))) && used + GAP + box_width(shape) <= limit =>
            {
                used += GAP + box_width(shape);
                row.push(node);
            }
            (Node::Box(shape), _) => {
                used = box_width(shape);
                out.push(vec![node]);
            }
            (Node::Group { .. }, _) => out.push(vec![node]),
        }
    }
    out
}

/// Rows of nodes one below the other, all as wide as `columns`.
fn stack(nodes: &[Node], columns: usize) -> Block {
    let mut lines = Vec::new();
    for (at, row) in rows(nodes, columns).iter().enumerate() {
        if at > 0 {
            lines.push(" ".repeat(columns));
        }
        let blocks: Vec<Block> = row.iter().map(|node| block(node, columns)).collect();
        lines.extend(side_by_side(blocks).into_iter().map(|l| pad(&l, columns)));
    }
    Block { lines, width: columns }
}

fn block(node: &Node, columns: usize) -> Block {
    match node {
        Node::Group { title, content } => {
            let inner = stack(content, columns.saturating_sub(4));
            let mut lines = vec![center(&plain(title), inner.width), " ".repeat(inner.width)];
            lines.extend(inner.lines);
            frame(Block { lines, width: inner.width })
        }
        Node::Box(shape) => {
            let inner = box_width(shape) - 4;
            let lines = shape.lines.iter().map(|l| pad(&plain(l), inner)).collect();
            frame(Block { lines, width: inner })
        }
    }
}

fn frame(inner: Block) -> Block {
    let bar = "─".repeat(inner.width + 2);
    let mut lines = vec![format!("┌{bar}┐")];
    lines.extend(inner.lines.iter().map(|l| format!("│ {l} │")));
    lines.push(format!("└{bar}┘"));
    Block { lines, width: inner.width + 4 }
}

/// Blocks beside each other, the lower ones drawn out to the height of the highest.
fn side_by_side(blocks: Vec<Block>) -> Vec<String> {
    let height = blocks.iter().map(|b| b.lines.len()).max().unwrap_or(0);
    let mut out = vec![String::new(); height];
    for (at, block) in blocks.into_iter().enumerate() {
        let missing = height - block.lines.len();
        let bottom = block.lines.len() - 1;
        let blank = format!("│{}│", " ".repeat(block.width - 2));
        let filled = block.lines[..bottom].iter().chain(std::iter::repeat_n(&blank, missing));
        for (line, text) in out.iter_mut().zip(filled.chain(std::iter::once(&block.lines[bottom]))) {
            if at > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            line.push_str(text);
        }
    }
    out
}

/// `prometheus ──► mimir, loki   scrape`: arrows with one subject and one label share a line.
fn sentences(arrows: &[Arrow]) -> Vec<String> {
    let mut groups: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for arrow in arrows {
        match groups.iter_mut().find(|(from, label, _)| *from == arrow.from && *label == arrow.label) {
            Some((.., to)) => to.push(&arrow.to),
            None => groups.push((&arrow.from, &arrow.label, vec![&arrow.to])),
        }
    }
    let from = groups.iter().map(|g| width(g.0)).max().unwrap_or(0);
    let label = groups.iter().map(|g| width(g.1)).max().unwrap_or(0);
    let line = |(subject, what, to): &(&str, &str, Vec<&str>)| {
        format!(
            "{} ──{}──► {}",
            pad(subject, from),
            format_args!("{what}{}", "─".repeat(label - width(what))),
            to.join(", ")
        )
    };
    groups.iter().map(line).collect()
}
