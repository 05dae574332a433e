//! A picture as something to lay out: text measured, arrows gathered to nets.

use super::layout::{Drawing, Form, Net, Sketch, lay_out};
use super::picture::{Arrow, Node, Picture, Shape};
use crate::analysis::Fate;
use crate::maps::IndexMap;
use indexmap::map::Entry;
use std::collections::{BTreeMap, BTreeSet, btree_map};
use unicode_width::UnicodeWidthStr;

/// A picture with places for all of it.
pub(super) struct Scene {
    pub title: String,
    /// What each node of the drawing shows; the first is the picture itself.
    pub items: Vec<Item>,
    /// The label of each net.
    pub labels: Vec<String>,
    /// The picture's arrows that each net stands for, by index.
    pub arrows: Vec<Vec<usize>>,
    pub sketch: Sketch,
    pub drawing: Drawing,
    /// The node of each box, by name.
    names: BTreeMap<String, usize>,
}

/// What a node shows.
pub(super) enum Item {
    Frame { title: String },
    Box { name: String, lines: Vec<String>, external: bool, fate: Fate },
}

/// Lines with one label, as they are gathered.
struct Bundle {
    label: String,
    net: Net,
    arrows: Vec<usize>,
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
        let mut out = Self::unplaced(picture, width, measure);
        out.drawing = lay_out(&out.sketch);
        out
    }

    /// The same without places.
    pub(super) fn unplaced(picture: &Picture, width: i32, measure: Measure) -> Self {
        let mut out = Self {
            title: plain(&picture.title),
            items: vec![Item::Frame { title: String::new() }],
            labels: Vec::new(),
            arrows: Vec::new(),
            sketch: Sketch::new(width),
            drawing: Drawing::default(),
            names: BTreeMap::new(),
        };
        let mut names = BTreeMap::new();
        out.nodes(0, &picture.content, &picture.arrows, measure, &mut names);
        let bundles = together(bundles(&out.sketch, &picture.arrows, &names));
        for Bundle { label, net, arrows } in joined(bundles) {
            out.sketch.nets.push(Net { label: measure(&label, false), ..net });
            out.labels.push(label);
            out.arrows.push(arrows);
        }
        out.sketch.across = picture.sideways;
        out.names = names;
        out
    }

    /// The node of a box.
    pub(super) fn node(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
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
                    self.items.push(Item::Box {
                        name: shape.name.clone(),
                        lines,
                        external: shape.external,
                        fate: shape.fate,
                    });
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

/// Arrows by their ends and label, by number.
type Lines = IndexMap<(usize, usize, String), Vec<usize>>;

/// Arrows with one label, from one node to several or from several to one, whichever are more.
fn bundles(sketch: &Sketch, arrows: &[Arrow], names: &BTreeMap<String, usize>) -> Vec<Bundle> {
    let mut ends = Lines::default();
    for (number, arrow) in arrows.iter().enumerate() {
        let (Some(&from), Some(&to)) = (names.get(&arrow.from), names.get(&arrow.to)) else { continue };
        if from != to {
            ends.entry((from, to, plain(&arrow.label))).or_default().push(number);
        }
    }
    let ends = whole_groups(sketch, whole_groups(sketch, ends, true), false);
    let mut from_one: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    let mut to_one: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    for (from, to, label) in ends.keys() {
        *from_one.entry((*from, label)).or_default() += 1;
        *to_one.entry((*to, label)).or_default() += 1;
    }
    let mut out: IndexMap<(bool, usize, &str), Bundle> = IndexMap::default();
    for ((from, to, label), numbers) in &ends {
        let outward = from_one[&(*from, label.as_str())] >= to_one[&(*to, label.as_str())];
        let hub = if outward { *from } else { *to };
        let bundle = out.entry((outward, hub, label)).or_insert_with(|| {
            let (from, to) = if outward { (vec![hub], Vec::new()) } else { (Vec::new(), vec![hub]) };
            Bundle { label: label.clone(), net: Net { from, to, label: 0 }, arrows: Vec::new() }
        });
        if outward {
            bundle.net.to.push(*to)
        } else {
            bundle.net.from.push(*from)
        }
        bundle.arrows.extend(numbers);
    }
    out.into_values().collect()
}

/// How many boxes each group holds, at any depth.
fn boxes_within(sketch: &Sketch) -> Vec<usize> {
    let mut out = vec![0; sketch.nodes.len()];
    for (at, node) in sketch.nodes.iter().enumerate() {
        if matches!(node.form, Form::Leaf { .. }) {
            sketch.path(at).skip(1).for_each(|group| out[group] += 1);
        }
    }
    out
}

/// Lines with one label from one node to all boxes of a group end at the group: the outermost one that doesn't hold that
/// node. `starts`: lines to one node from all boxes of a group, likewise.
fn whole_groups(sketch: &Sketch, lines: Lines, starts: bool) -> Lines {
    let boxes = boxes_within(sketch);
    let split = |&(from, to, _): &(usize, usize, String)| if starts { (to, from) } else { (from, to) };
    let mut reached: BTreeMap<(usize, &str), BTreeMap<usize, usize>> = BTreeMap::new();
    for key in lines.keys() {
        let (hub, end) = split(key);
        let groups = reached.entry((hub, &key.2)).or_default();
        sketch.path(end).skip(1).for_each(|group| *groups.entry(group).or_default() += 1);
    }
    for ((hub, _), groups) in &mut reached {
        let around: BTreeSet<usize> = sketch.path(*hub).collect();
        groups.retain(|group, count| *count > 1 && *count == boxes[*group] && !around.contains(group));
    }
    let mut out = Lines::default();
    for (key, numbers) in &lines {
        let (hub, end) = split(key);
        let whole = &reached[&(hub, key.2.as_str())];
        let end = sketch.path(end).filter(|group| whole.contains_key(group)).last().unwrap_or(end);
        let (from, to) = if starts { (end, hub) } else { (hub, end) };
        out.entry((from, to, key.2.clone())).or_default().extend(numbers);
    }
    out
}

/// Lines with one label that lead from several nodes to one become one.
fn together(bundles: Vec<Bundle>) -> Vec<Bundle> {
    let mut known: BTreeMap<(String, usize), usize> = BTreeMap::new();
    let mut out: Vec<Bundle> = Vec::with_capacity(bundles.len());
    for bundle in bundles {
        let [to] = bundle.net.to[..] else {
            out.push(bundle);
            continue;
        };
        match known.entry((bundle.label.clone(), to)) {
            btree_map::Entry::Occupied(at) => {
                let all = &mut out[*at.get()];
                all.net.from.extend(bundle.net.from);
                all.arrows.extend(bundle.arrows);
            }
            btree_map::Entry::Vacant(free) => {
                free.insert(out.len());
                out.push(bundle);
            }
        }
    }
    out
}

/// Lines with the same ends become one, with both labels.
fn joined(bundles: Vec<Bundle>) -> Vec<Bundle> {
    let mut out: IndexMap<(Vec<usize>, Vec<usize>), Bundle> = IndexMap::default();
    for bundle in bundles {
        match out.entry((bundle.net.from.clone(), bundle.net.to.clone())) {
            Entry::Occupied(mut all) => {
                let all = all.get_mut();
                all.label = format!("{}, {}", all.label, bundle.label);
                all.arrows.extend(bundle.arrows);
            }
            Entry::Vacant(free) => {
                free.insert(bundle);
            }
        }
    }
    out.into_values().collect()
}
