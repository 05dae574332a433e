//! Graphs like stacks: namespaces with layers, chains with some lines back, and components that reach many others.

use obs_compiler::outputs::diagram::layout::{Form, Net, Sketch};
use std::collections::BTreeMap;

/// Numbers by chance, always the same ones: a linear congruential generator with Knuth's constants.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

/// A line from one component to another, with the number of its label.
type Arrow = (usize, usize, usize);

/// A graph of so many components.
pub fn stack(count: usize, seed: u64) -> Sketch {
    let mut chance = Chance(seed.wrapping_mul(977).wrapping_add(count as u64));
    let mut sketch = Sketch::new(100);
    let leaves = boxes(&mut sketch, count, &mut chance);
    sketch.nets = nets(&arrows(count, &mut chance), &leaves);
    sketch
}

fn boxes(sketch: &mut Sketch, count: usize, chance: &mut Chance) -> Vec<usize> {
    let leaf = |sketch: &mut Sketch, parent: usize, chance: &mut Chance| {
        let form = Form::Leaf { width: 12 + chance.below(16) as i32, height: 4 + chance.below(5) as i32 };
        sketch.add(parent, form)
    };
    let cluster = sketch.add(0, Form::Group { title: 22 });
    let namespaces = 1 + count / 40;
    let mut out = Vec::new();
    for _ in 0..namespaces {
        let namespace = sketch.add(cluster, Form::Group { title: 20 });
        let mut left = count * 4 / 5 / namespaces;
        while left > 0 {
            let size = (2 + chance.below(6)).min(left);
            let layer = sketch.add(namespace, Form::Group { title: 12 });
            out.extend((0..size).map(|_| leaf(sketch, layer, chance)));
            left -= size;
        }
    }
    while out.len() < count {
        let parent = if chance.below(2) == 0 { 0 } else { cluster };
        out.push(leaf(sketch, parent, chance));
    }
    out
}

fn arrows(count: usize, chance: &mut Chance) -> Vec<Arrow> {
    let mut out: Vec<Arrow> = Vec::new();
    let mut add = |from: usize, to: usize, label: usize| {
        if from != to && !out.iter().any(|a| (a.0, a.1) == (from, to)) {
            out.push((from, to, label));
        }
    };
    for at in 1..count {
        let near = at - 1 - chance.below(8.min(at));
        let (from, to) = if chance.below(6) == 0 { (at, near) } else { (near, at) };
        add(from, to, chance.below(5));
    }
    for _ in 0..count / 3 {
        let (a, b) = (chance.below(count), chance.below(count));
        let (from, to) = if chance.below(5) == 0 { (a.max(b), a.min(b)) } else { (a.min(b), a.max(b)) };
        add(from, to, chance.below(5));
    }
    for hub in 0..=count / 30 {
        let from = chance.below(count);
        for at in 0..count.min(40) {
            if chance.below(3) == 0 {
                add(from, (from + at) % count, 5 + hub % 2);
            }
        }
    }
    out
}

/// Lines with one label and one end in common share a trunk, as in pictures of programs.
fn nets(arrows: &[Arrow], leaves: &[usize]) -> Vec<Net> {
    let count = |end: fn(&Arrow) -> (usize, usize)| {
        let mut out: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        arrows.iter().for_each(|a| *out.entry(end(a)).or_default() += 1);
        out
    };
    let (from_one, to_one) = (count(|a| (a.0, a.2)), count(|a| (a.1, a.2)));
    let mut out: BTreeMap<(bool, usize, usize), Net> = BTreeMap::new();
    for &(from, to, label) in arrows {
        let outward = from_one[&(from, label)] >= to_one[&(to, label)];
        let hub = if outward { from } else { to };
        let net = out.entry((outward, hub, label)).or_insert_with(|| {
            let (from, to) = if outward { (vec![leaves[hub]], vec![]) } else { (vec![], vec![leaves[hub]]) };
            Net { from, to, label: 6 + label as i32 }
        });
        if outward { net.to.push(leaves[to]) } else { net.from.push(leaves[from]) }
    }
    out.into_values().collect()
}
