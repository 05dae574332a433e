//! Room for labels, in the channels that their lines take.

use super::channels::{Channels, Passage};
use super::model::{Form, Net, Rect, Sketch};
use super::tracks::Lanes;
use super::wires::Plan;
use std::collections::BTreeSet;

/// A label's place: in a row of a channel, with a blank at each side. In a picture that is turned, in a column of rows.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub net: usize,
    pub channel: usize,
    pub row: i32,
    pub x: i32,
    pub width: i32,
    pub height: i32,
    /// The wire that it stands right of or left of; without, it is on a track.
    beside: Option<(usize, Hand)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hand {
    Left,
    Right,
}

impl Hand {
    /// Where a label starts.
    fn start(self, wire: i32, width: i32) -> i32 {
        if self == Hand::Left { wire - width } else { wire + 1 }
    }
}

/// A part of a net that hangs together: its channels, the one at the hub first.
struct Part {
    net: usize,
    channels: Vec<usize>,
}

struct Labeller<'a> {
    sketch: &'a Sketch,
    channels: &'a Channels,
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
    let mut labeller = Labeller { sketch, channels, plan, lanes, labels: Vec::new(), at };
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
        let from_hub =
            |w: &&usize| matches!(plan.wires[**w].passage, Passage::Pin { node, .. } if node == hub(&sketch.nets[net]));
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
        let (width, height) = self.sketch.label(part.net);
        let place = part.channels.iter().find_map(|&channel| {
            let on_track = || if self.sketch.across { None } else { self.within(part.net, channel, width) };
            self.beside(part.net, channel, (width, height)).or_else(on_track)
        });
        let label = match place {
            Some(place) => place,
            None if self.sketch.across => self.make_rows(part, (width, height)),
            None => self.make_room(part, width),
        };
        self.at[label.channel].push(self.labels.len());
        self.labels.push(label);
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
            (label.row..label.row + label.height).contains(&row) && label.x <= high && low < label.x + label.width
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

    /// The net's upright pieces at a channel that all of its lines share, with the rows that they take.
    fn trunks(&self, net: usize, channel: usize) -> Vec<(usize, std::ops::Range<i32>)> {
        let of = &self.sketch.nets[net];
        let single = of.from.len() == 1 && of.to.len() == 1;
        let shared = |wire: usize| {
            single || matches!(self.plan.wires[wire].passage, Passage::Pin { node, .. } if node == hub(of))
        };
        let own = self.plan.touching[channel].iter().filter(|(w, _)| self.plan.wires[*w].net == net && shared(*w));
        own.map(|&(wire, above)| (wire, self.rows(wire, above, channel))).collect()
    }

    /// Whether cells of a row are in the channel's group and free of all but the net's own track.
    fn open(&self, net: Option<usize>, channel: usize, row: i32, cells: (i32, i32)) -> bool {
        let group = self.channels.group(channel);
        let (frame, rect) = (i32::from(group != 0), &self.plan.boxes[group]);
        let inside = rect.x + frame <= cells.0 && cells.1 < rect.right() - frame;
        inside && self.free(channel, row, cells) && !self.covered(net, channel, row, cells)
    }

    /// A place right or left of an upright piece.
    fn beside(&self, net: usize, channel: usize, (width, height): (i32, i32)) -> Option<Label> {
        let trunks = self.trunks(net, channel);
        let at = |hand: Hand| {
            trunks
                .iter()
                .flat_map(move |(wire, rows)| (rows.start..rows.end - height + 1).map(move |row| (*wire, row, hand)))
        };
        at(Hand::Right).chain(at(Hand::Left)).find_map(|(wire, row, hand)| {
            let x = hand.start(self.plan.wires[wire].x, width);
            let label = Label { net, channel, row, x, width, height, beside: Some((wire, hand)) };
            (row..row + height).all(|row| self.open(None, channel, row, (x, x + width - 1))).then_some(label)
        })
    }

    /// A place on the net's track, with a bit of line at each side.
    fn within(&self, net: usize, channel: usize, width: i32) -> Option<Label> {
        let row = self.lanes[channel].row(net)?;
        let (start, end) = self.hull(net, channel);
        let x = (start + 2..=end - 1 - width).find(|x| self.open(Some(net), channel, row, (x - 1, x + width)))?;
        Some(Label { net, channel, row, x, width, height: 1, beside: None })
    }

    /// Puts in rows for a label of a picture that is turned, beside a piece that all of the net's lines share: at the end
    /// of the channel where the piece comes in, since there are no tracks, and nothing beside it either.
    fn make_rows(&mut self, part: &Part, (width, height): (i32, i32)) -> Label {
        let channel = part.channels[0];
        // the first channel is the one at the hub
        let (wire, rows) = self.trunks(part.net, channel).swap_remove(0);
        let lanes = &mut self.lanes[channel];
        let row = if rows.start == 0 { 0 } else { lanes.height };
        lanes.height += height;
        if row == 0 {
            lanes.tracks.iter_mut().for_each(|t| t.row += height);
            self.at[channel].iter().for_each(|&label| self.labels[label].row += height);
        }
        let x = Hand::Right.start(self.plan.wires[wire].x, width);
        Label { net: part.net, channel, row, x, width, height, beside: Some((wire, Hand::Right)) }
    }

    /// Puts in the columns that a label lacks at one of the net's channels, where this widens the fewest boxes.
    fn make_room(&mut self, part: &Part, width: i32) -> Label {
        let mut choices = Vec::new();
        for &channel in &part.channels {
            choices.extend(self.rooms(part.net, channel, width));
        }
        if choices.is_empty() {
            // a straight line with tracks of others all along: a row of its own first
            self.insert_row(part.channels[0]);
            choices = self.rooms(part.net, part.channels[0], width);
        }
        let best = choices.into_iter().min_by_key(|c| (self.cost(c), c.label.row, c.label.x));
        // a net passes its first channel: on a track, or upright through the row just made
        let best = best.expect("a net has a track or an upright piece in each of its channels");
        self.stretch(best.at, best.by);
        best.label
    }

    /// Columns that the picture gets wider by, and boxes.
    fn cost(&self, choice: &Choice) -> i32 {
        let leaf = |node: usize| matches!(self.sketch.nodes[node].form, Form::Leaf { .. });
        let across = |&(node, rect): &(usize, &Rect)| leaf(node) && rect.x < choice.at && choice.at < rect.right();
        let wider = self.plan.boxes.iter().enumerate().filter(across).count() as i32;
        choice.by * (2 + wider)
    }

    /// Places for a label that lack some columns.
    fn rooms(&self, net: usize, channel: usize, width: i32) -> Vec<Choice> {
        let mut out = Vec::new();
        if let Some(row) = self.lanes[channel].row(net) {
            let (start, end) = self.hull(net, channel);
            let mut on_track = |x: i32, at: i32, by: i32| {
                out.push(Choice { label: Label { net, channel, row, x, width, height: 1, beside: None }, at, by });
            };
            let mut x = start + 1;
            while x < end {
                let free = (x..end).take_while(|&x| self.open(Some(net), channel, row, (x, x))).count() as i32;
                if free > 0 {
                    on_track(x + 1, x + free, (width + 2 - free).max(1));
                }
                x += free + 1;
            }
            on_track(start + 2, start + 1, width + 2);
        }
        for (wire, rows) in self.trunks(net, channel) {
            let x = Hand::Right.start(self.plan.wires[wire].x, width);
            for row in rows {
                let free = (x..x + width).take_while(|&x| self.open(None, channel, row, (x, x))).count() as i32;
                // tracks of others would go on through the new columns
                if !self.covered(None, channel, row, (x, x + width - 1)) {
                    let label = Label { net, channel, row, x, width, height: 1, beside: Some((wire, Hand::Right)) };
                    out.push(Choice { label, at: x + free, by: (width - free).max(1) });
                }
            }
        }
        out
    }

    fn stretch(&mut self, at: i32, by: i32) {
        self.plan.stretch(at, by);
        for label in &mut self.labels {
            match label.beside {
                // it stays at its line
                Some((wire, hand)) => label.x = hand.start(self.plan.wires[wire].x, label.width),
                None if label.x > at => label.x += by,
                None => {}
            }
        }
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

/// A place for a label once columns are put in: before which, and how many.
struct Choice {
    label: Label,
    at: i32,
    by: i32,
}
