//! A picture as something to lay out: text measured, arrows gathered to nets.

use super::layout::{Drawing, Form, Net, Sketch, lay_out};
use super::picture::{Arrow, Node, Picture, Shape};
use std::collections::{BTreeMap, BTreeSet};
use unicode_width::UnicodeWidthStr;

/// A picture with places for all of it.
pub(super) struct Scene {
    pub title: String,
    /// What each node of the drawing shows; the first is the picture itself.
    pub items: Vec<Item>,
    /// The label of each net.
    pub labels: Vec<String>,
    pub sketch: Sketch,
    pub drawing: Drawing,
}

/// What a node shows.
pub(super) enum Item {
    Frame { title: String },
    Box { lines: Vec<String>, external: bool },
}

/// How many columns a text takes, in bold or not.
pub(super) type Measure = fn(&str, bool) -> i32;

/// Columns of text.
pub(super) fn columns(text: &str) -> i32 {
    // no line of a picture comes near the limits of i32
    i32::try_from(text.width()).unwrap_or(i32::MAX)
}

/// Text on one line.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl Scene {
    /// Lays a picture out, about as wide as a page of this many columns. `measure` says how many columns a text
    /// takes, in bold or not: at least those of a terminal.
    pub(super) fn of(picture: &Picture, width: i32, measure: Measure) -> Self {
        let mut out = Self {
            title: plain(&picture.title),
            items: vec![Item::Frame { title: String::new() }],
            labels: Vec::new(),
            sketch: Sketch::new(width),
            drawing: Drawing::default(),
        };
        let mut names = BTreeMap::new();
        out.nodes(0, &picture.content, &picture.arrows, measure, &mut names);
        let mut nets = nets(&picture.arrows, &names);
        for (_, net) in &mut nets {
            whole_groups(&out.sketch, net);
        }
        for (label, net) in joined(nets) {
            out.sketch.nets.push(Net { label: measure(&label, false), ..net });
            out.labels.push(label);
        }
        out.drawing = lay_out(&out.sketch);
        out
    }

    fn nodes(
        &mut self,
        parent: usize,
        nodes: &[Node],
        arrows: &[Arrow],
        measure: Measure,
        names: &mut BTreeMap<String, usize>,
    ) {
        for node in nodes {
            match node {
                Node::Group { title, content } => {
                    let title = plain(title);
                    let group = self.sketch.add(parent, Form::Group { title: measure(&title, true) + 2 });
                    self.items.push(Item::Frame { title });
                    self.nodes(group, content, arrows, measure, names);
                }
                Node::Box(shape) => {
                    let lines = lines(shape, arrows);
                    let columns = lines.iter().enumerate().map(|(at, line)| measure(line, at == 0));
                    let width = columns.max().unwrap_or(0) + 4;
                    let form = Form::Leaf { width, height: lines.len() as i32 + 2 };
                    names.insert(shape.name.clone(), self.sketch.add(parent, form));
                    self.items.push(Item::Box { lines, external: shape.external });
                }
            }
        }
    }
}

/// A box's text. An arrow back to its own box is a line of it.
fn lines(shape: &Shape, arrows: &[Arrow]) -> Vec<String> {
    let own = arrows.iter().filter(|a| a.from == shape.name && a.to == shape.name);
    let own: BTreeSet<String> = own.map(|a| format!("↻ {}", plain(&a.label))).collect();
    shape.lines.iter().map(|l| plain(l)).chain(own).collect()
}

/// Arrows with one label, from one box to several or from several to one, whichever are more.
fn nets(arrows: &[Arrow], names: &BTreeMap<String, usize>) -> Vec<(String, Net)> {
    let mut ends: Vec<(usize, usize, String)> = Vec::new();
    for arrow in arrows {
        if let (Some(&from), Some(&to)) = (names.get(&arrow.from), names.get(&arrow.to)) {
            let end = (from, to, plain(&arrow.label));
            if from != to && !ends.contains(&end) {
                ends.push(end);
            }
        }
    }
    let mut from_one: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    let mut to_one: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    for (from, to, label) in &ends {
        *from_one.entry((*from, label)).or_default() += 1;
        *to_one.entry((*to, label)).or_default() += 1;
    }
    let mut index: BTreeMap<(bool, usize, &str), usize> = BTreeMap::new();
    let mut out: Vec<(String, Net)> = Vec::new();
    for (from, to, label) in &ends {
        let outward = from_one[&(*from, label.as_str())] >= to_one[&(*to, label.as_str())];
        let hub = if outward { *from } else { *to };
        let at = *index.entry((outward, hub, label)).or_insert_with(|| {
            let (from, to) = if outward { (vec![hub], Vec::new()) } else { (Vec::new(), vec![hub]) };
            out.push((label.clone(), Net { from, to, label: 0 }));
            out.len() - 1
        });
        let net = &mut out[at].1;
        if outward { net.to.push(*to) } else { net.from.push(*from) }
    }
    out
}

/// Lines to all boxes of a group end at the group.
fn whole_groups(sketch: &Sketch, net: &mut Net) {
    let hub = if net.from.len() == 1 { net.from[0] } else { net.to[0] };
    let ends = if net.from.len() == 1 { &mut net.to } else { &mut net.from };
    for group in 1..sketch.nodes.len() {
        let inside: Vec<usize> = (group + 1..sketch.nodes.len())
            .filter(|&n| matches!(sketch.nodes[n].form, Form::Leaf { .. }) && sketch.path(n).any(|p| p == group))
            .collect();
        if inside.len() > 1 && !inside.contains(&hub) && inside.iter().all(|n| ends.contains(n)) {
            ends.retain(|n| !inside.contains(n));
            ends.push(group);
        }
    }
}

/// Nets with the same ends become one, with both labels.
fn joined(nets: Vec<(String, Net)>) -> Vec<(String, Net)> {
    let mut out: Vec<(String, Net)> = Vec::new();
    for (label, net) in nets {
        match out.iter_mut().find(|(_, other)| *other == net) {
            Some((all, _)) => all.push_str(&format!(", {label}")),
            None => out.push((label, net)),
        }
    }
    out
}
