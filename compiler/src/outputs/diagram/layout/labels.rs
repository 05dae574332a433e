//! Room for labels, in the channels that their lines take.

use super::channels::{Channels, Passage};
use super::model::{Net, Sketch};
use super::tracks::Lanes;
use super::wires::Plan;
use std::collections::BTreeSet;

/// A label's place: in a row of a channel, with a blank at each side.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub net: usize,
    pub channel: usize,
    pub row: i32,
    pub x: i32,
    pub width: i32,
}

/// A part of a net that hangs together: its channels, the one at the hub first.
struct Part {
    net: usize,
    channels: Vec<usize>,
}

struct Labeller<'a> {
    sketch: &'a Sketch,
    plan: &'a mut Plan,
    lanes: &'a mut [Lanes],
    labels: Vec<Label>,
    /// Labels by channel.
    at: Vec<Vec<usize>>,
}

/// Places for the labels of all nets; the plan is stretched where there is none.
pub(super) fn place(sketch: &Sketch, channels: &Channels, plan: &mut Plan, lanes: &mut [Lanes]) -> Vec<Label> {
    let parts = parts(sketch, channels, plan);
    let at = vec![Vec::new(); channels.count()];
    let mut labeller = Labeller { sketch, plan, lanes, labels: Vec::new(), at };
    for part in parts {
        labeller.part(&part);
    }
    labeller.labels
}

/// The node that all lines of a net start or end at.
fn hub(net: &Net) -> usize {
    if net.from.len() == 1 { net.from[0] } else { net.to[0] }
}

/// The parts of all nets that have a label.
fn parts(sketch: &Sketch, channels: &Channels, plan: &Plan) -> Vec<Part> {
    let mut wires: Vec<Vec<usize>> = vec![Vec::new(); sketch.nets.len()];
    for (number, wire) in plan.wires.iter().enumerate() {
        wires[wire.net].push(number);
    }
    let mut out = Vec::new();
    for (net, wires) in wires.iter().enumerate().filter(|(net, _)| sketch.nets[*net].label > 0) {
        let ends = |w: usize| {
            let (upper, lower) = channels.ends(sketch, plan.wires[w].passage);
            upper.into_iter().chain(lower)
        };
        let mut seen = BTreeSet::new();
        let from_hub = |w: &&usize| matches!(plan.wires[**w].passage, Passage::Pin { node, .. } if node == hub(&sketch.nets[net]));
        for &start in wires.iter().filter(from_hub) {
            let mut found: Vec<usize> = ends(start).filter(|&c| seen.insert(c)).collect();
            let mut at = 0;
            while at < found.len() {
                let here = found[at];
                for &wire in wires.iter().filter(|&&w| ends(w).any(|c| c == here)) {
                    found.extend(ends(wire).filter(|&c| seen.insert(c)));
                }
                at += 1;
            }
            if !found.is_empty() {
                out.push(Part { net, channels: found });
            }
        }
    }
    out
}

impl Labeller<'_> {
    fn part(&mut self, part: &Part) {
        // text, and a blank at each side
        let width = self.sketch.nets[part.net].label + 2;
        let place = part.channels.iter().find_map(|&channel| {
            let beside = self.beside(part.net, channel, width);
            beside.or_else(|| self.within(part.net, channel, width)).map(|(row, x)| (channel, row, x))
        });
        let (channel, row, x) = place.unwrap_or_else(|| self.make_room(part, width));
        self.at[channel].push(self.labels.len());
        self.labels.push(Label { net: part.net, channel, row, x, width });
    }

    /// The rows of a channel that a wire takes, the end at its track left out.
    fn rows(&self, wire: usize, above: bool, channel: usize) -> std::ops::Range<i32> {
        let lanes = &self.lanes[channel];
        match (lanes.row(self.plan.wires[wire].net), above) {
            (None, _) => 0..lanes.height,
            (Some(row), true) => 0..row,
            (Some(row), false) => row + 1..lanes.height,
        }
    }

    /// Whether cells of a row are free: of foreign lines, of labels, and of own lines as well.
    fn free(&self, channel: usize, row: i32, (low, high): (i32, i32)) -> bool {
        let meets = |x: i32| (low..=high).contains(&x);
        let wire = |&(wire, above): &(usize, bool)| {
            let track = self.lanes[channel].row(self.plan.wires[wire].net);
            meets(self.plan.wires[wire].x) && (self.rows(wire, above, channel).contains(&row) || track == Some(row))
        };
        let label = |&label: &usize| {
            let label = &self.labels[label];
            label.row == row && label.x <= high && low <= label.x + label.width - 1
        };
        !self.plan.touching[channel].iter().any(wire) && !self.at[channel].iter().any(label)
    }

    /// Whether a track other than the net's own lies over cells of a row.
    fn covered(&self, net: Option<usize>, channel: usize, row: i32, (low, high): (i32, i32)) -> bool {
        let over = |other: usize| {
            let (start, end) = self.hull(other, channel);
            start <= high && low <= end
        };
        self.lanes[channel].tracks.iter().any(|t| Some(t.net) != net && t.row == row && over(t.net))
    }

    /// The columns of a net's wires at a channel, sorted.
    fn columns(&self, net: usize, channel: usize) -> Vec<i32> {
        let own = self.plan.touching[channel].iter().filter(|(w, _)| self.plan.wires[*w].net == net);
        let mut out: Vec<i32> = own.map(|&(w, _)| self.plan.wires[w].x).collect();
        out.sort_unstable();
        out
    }

    fn hull(&self, net: usize, channel: usize) -> (i32, i32) {
        let columns = self.columns(net, channel);
        (columns.first().copied().unwrap_or(0), columns.last().copied().unwrap_or(0))
    }

    /// A place right of an upright piece that all of the net's lines share.
    fn beside(&self, net: usize, channel: usize, width: i32) -> Option<(i32, i32)> {
        let of = &self.sketch.nets[net];
        let single = of.from.len() == 1 && of.to.len() == 1;
        let own = self.plan.touching[channel].iter().filter(|(w, _)| self.plan.wires[*w].net == net);
        let trunk = own.filter(|(w, _)| {
            single || matches!(self.plan.wires[*w].passage, Passage::Pin { node, .. } if node == hub(of))
        });
        trunk
            .flat_map(|&(wire, above)| self.rows(wire, above, channel).map(move |row| (wire, row)))
            .map(|(wire, row)| (row, self.plan.wires[wire].x + 1))
            .find(|&(row, x)| {
                let cells = (x, x + width - 1);
                self.free(channel, row, cells) && !self.covered(None, channel, row, cells)
            })
    }

    /// A place on the net's track.
    fn within(&self, net: usize, channel: usize, width: i32) -> Option<(i32, i32)> {
        let row = self.lanes[channel].row(net)?;
        let (start, end) = self.hull(net, channel);
        let last = end - 1 - width;
        (start + 2..=last).map(|x| (row, x)).find(|&(row, x)| {
            // a bit of line shows at each side
            self.free(channel, row, (x - 1, x + width)) && !self.covered(Some(net), channel, row, (x, x + width - 1))
        })
    }

    /// Puts in what a label lacks at the hub's channel: columns on the track, or a row and columns beside the line.
    fn make_room(&mut self, part: &Part, width: i32) -> (usize, i32, i32) {
        let channel = part.channels[0];
        let columns = self.columns(part.net, channel);
        match self.lanes[channel].row(part.net) {
            Some(row) => {
                // all uprights move away from the track's start
                let at = columns[0] + 1;
                self.stretch(at, width + 2);
                (channel, row, at + 1)
            }
            None => {
                let at = columns[0] + 1;
                self.insert_row(channel);
                self.stretch(at, width);
                (channel, 1, at)
            }
        }
    }

    fn stretch(&mut self, at: i32, by: i32) {
        self.plan.stretch(at, by);
        // a label that starts just there stays at its line: the new columns are free
        self.labels.iter_mut().filter(|l| l.x > at).for_each(|l| l.x += by);
    }

    /// A free row below the first one of a channel.
    fn insert_row(&mut self, channel: usize) {
        let lanes = &mut self.lanes[channel];
        lanes.height += 1;
        lanes.tracks.iter_mut().for_each(|t| t.row += 1);
        for &label in &self.at[channel] {
            if self.labels[label].row >= 1 {
                self.labels[label].row += 1;
            }
        }
    }
}
