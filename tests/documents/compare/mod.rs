//! Crossings and length of lines, side by side with `dot` and with d2's layouts, on the same graphs.
//!
//! Every graph has boxes of the same sizes in the same groups, and labels of the same length, for each tool. `dot` draws
//! curves and we draw along the grid, which alone makes a line up to 1.4 times as long; lines with one label share a
//! trunk here, which makes them shorter. Both count as they are drawn.

pub mod edits;
pub mod graphs;
mod lines;
mod peers;

use crate::tools;
use edits::{Edit, Frame, edits, spread};
use lines::{Lines, Measure};
use obs_compiler::db::FileText;
use obs_compiler::ide::Host;
use obs_compiler::outputs::diagram::layout::{Drawing, Sketch, lay_out};
use obs_compiler::outputs::diagram::{self, VIEWS};
use std::path::Path;

/// Pixels of a cell, as the SVG has them.
const CELL: (f64, f64) = (8.0, 17.0);

/// From the smallest to the largest that pictures are made for.
const SIZES: &[usize] = &[5, 10, 20, 30, 45, 60, 80, 100, 130, 160, 200];
/// Sizes that are looked at on their own, with more than one graph of each.
const SMALL: (&[usize], std::ops::RangeInclusive<u64>) = (&[5, 8, 12, 20], 1..=3);

/// Who else draws.
#[derive(Debug, Clone, Copy)]
enum Peer {
    Dot,
    D2(&'static str),
}

const PEERS: [Peer; 3] = [Peer::Dot, Peer::D2("dagre"), Peer::D2("elk")];

impl Peer {
    fn draw(self, sketch: &Sketch, dot: &Path, d2: &Path) -> Option<peers::Picture> {
        match self {
            Peer::Dot => peers::dot(sketch, dot),
            Peer::D2(layout) => peers::d2(sketch, d2, layout),
        }
    }
}

fn ours(drawing: &Drawing) -> Lines {
    let at = |p: obs_compiler::outputs::diagram::layout::Point| (f64::from(p.x) * CELL.0, f64::from(p.y) * CELL.1);
    let route =
        |r: &obs_compiler::outputs::diagram::layout::Route| r.segments.iter().map(|s| vec![at(s.a), at(s.b)]).collect();
    Lines(drawing.routes.iter().map(route).collect())
}

/// The better of the others, in both respects. Not every tool draws every graph.
fn best(sketch: &Sketch, dot: &Path, d2: &Path) -> Option<Measure> {
    let all = PEERS.map(|peer| peer.draw(sketch, dot, d2));
    let all: Vec<Measure> = all.into_iter().flatten().map(|picture| picture.lines.measure()).collect();
    let crossings = all.iter().map(|m| m.crossings).min()?;
    let length = all.iter().map(|m| m.length).fold(f64::MAX, f64::min);
    Some(Measure { crossings, length })
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// Our crossings and length as multiples of the best of the others, in the median over graphs.
struct Medians {
    crossings: f64,
    length: f64,
}

impl Medians {
    fn of(what: &str, graphs: impl IntoIterator<Item = (String, Sketch)>) -> Option<Self> {
        let (dot, d2) = (tools::program(&["dot"])?, tools::d2()?);
        let (mut crossings, mut lengths) = (Vec::new(), Vec::new());
        for (name, sketch) in graphs {
            let Some(best) = best(&sketch, &dot, &d2) else { continue };
            let own = ours(&lay_out(&sketch)).measure();
            println!(
                "{name}: {} crossings of {}, {:.0} pixels of {:.0}",
                own.crossings, best.crossings, own.length, best.length
            );
            // one more on both sides: small graphs have none
            crossings.push((own.crossings + 1) as f64 / (best.crossings + 1) as f64);
            lengths.push(own.length / best.length);
        }
        assert!(!crossings.is_empty(), "the tools drew some of them");
        let out = Self { crossings: median(crossings), length: median(lengths) };
        println!("{what}: in the median {:.2} times the crossings, {:.2} times the length", out.crossings, out.length);
        Some(out)
    }
}

/// The views of the examples that have lines.
fn views() -> Vec<(String, Sketch)> {
    let mut out = Vec::new();
    for example in ["minimal", "observability"] {
        let path = obs_tests::programs::root().join("examples").join(example).join("stack.obs");
        let text = std::fs::read_to_string(&path).expect("an example");
        let mut host = Host::new();
        host.set_file("stack.obs", FileText::Text(text.into()));
        let stacks = host.analysis().stacks("stack.obs").expect("examples have no errors");
        for view in VIEWS {
            let sketch = diagram::sketch(&stacks[0], view).expect("it always exists");
            if !sketch.nets.is_empty() {
                out.push((format!("{example}, {view}"), sketch));
            }
        }
    }
    out
}

fn random(sizes: &[usize], seeds: impl IntoIterator<Item = u64> + Clone) -> Vec<(String, Sketch)> {
    let of = |&size: &usize| {
        let graph = move |seed| (format!("{size} components, graph {seed}"), graphs::stack(size, seed));
        seeds.clone().into_iter().map(graph).collect::<Vec<_>>()
    };
    sizes.iter().flat_map(of).collect()
}

#[test]
fn views_of_examples_cross_no_more_and_are_no_longer_than_the_best_of_others() {
    let Some(found) = Medians::of("examples", views()) else { return };
    assert!(found.crossings <= 1.0 && found.length <= 1.0, "{} and {}", found.crossings, found.length);
}

#[test]
fn graphs_of_all_sizes_cross_no_more_and_are_no_longer_than_the_best_of_others() {
    let Some(found) = Medians::of("5 to 200 components", random(SIZES, [1])) else { return };
    assert!(found.crossings <= 1.0 && found.length <= 1.0, "{} and {}", found.crossings, found.length);
}

#[test]
fn small_graphs_cross_no_more_and_are_no_longer_than_the_best_of_others() {
    let (sizes, seeds) = SMALL;
    let Some(found) = Medians::of("5 to 20 components", random(sizes, seeds)) else { return };
    assert!(found.crossings <= 1.0 && found.length <= 1.0, "{} and {}", found.crossings, found.length);
}

/// How many of a hundred pairs of boxes of a picture turn round when a component joins.
pub fn turned(edit: &Edit) -> f64 {
    let drawings = [lay_out(&edit.before), lay_out(&edit.after)];
    let frame = |drawing: &Drawing, node: usize| {
        let rect = &drawing.boxes[node];
        let [left, top, right, bottom] = [rect.x, rect.y, rect.right(), rect.bottom()].map(f64::from);
        Some(Frame { left, top, right, bottom })
    };
    edit.turned(|n| frame(&drawings[0], n), |n| frame(&drawings[1], n)).expect("all boxes have a place")
}

#[test]
fn one_component_more_turns_no_more_boxes_than_with_others() {
    let (Some(dot), Some(d2)) = (tools::program(&["dot"]), tools::d2()) else { return };
    let edits = edits();
    let own: Vec<f64> = edits.iter().map(turned).collect();
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    for peer in PEERS {
        let theirs = |edit: &Edit| {
            let [before, after] = [&edit.before, &edit.after].map(|sketch| peer.draw(sketch, &dot, &d2));
            let (before, after) = (before?.boxes, after?.boxes);
            edit.turned(|n| before.get(&n).copied(), |n| after.get(&n).copied())
        };
        // not every tool draws every graph
        let pairs: Vec<(f64, f64)> =
            edits.iter().zip(&own).filter_map(|(edit, &own)| Some((own, theirs(edit)?))).collect();
        let (own, theirs): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        assert!(!own.is_empty(), "{peer:?} drew some of them");
        let (own_mean, their_mean) = (mean(&own), mean(&theirs));
        let ((median, most), (their_median, their_most)) = (spread(own.clone()), spread(theirs));
        println!(
            "{peer:?}, {} edits: of 100 pairs of boxes {their_mean:.1} turn round in the mean, {their_median:.1} in the \
             median, {their_most:.1} in the ninth decile; ours: {own_mean:.1}, {median:.1}, {most:.1}",
            own.len()
        );
        assert!(own_mean <= their_mean, "{own_mean} and {their_mean} of {peer:?}");
    }
}
