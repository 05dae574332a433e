//! A row for each horizontal piece of a line.

use super::channels::Channels;
use super::wires::Plan;

/// The rows of a channel.
#[derive(Debug, Clone, Default)]
pub(super) struct Lanes {
    /// How many; at least 1.
    pub height: i32,
    /// Horizontal pieces: one for each net that needs one here.
    pub tracks: Vec<Track>,
}

/// A horizontal piece.
#[derive(Debug, Clone)]
pub(super) struct Track {
    pub net: usize,
    /// Its row in the channel, from 0.
    pub row: i32,
    /// Columns of what comes in from above, and from below.
    above: Vec<i32>,
    below: Vec<i32>,
}

impl Track {
    fn ends(&self) -> impl Iterator<Item = i32> + '_ {
        self.above.iter().chain(&self.below).copied()
    }

    /// First and last column.
    fn hull(&self) -> (i32, i32) {
        (self.ends().min().unwrap_or(0), self.ends().max().unwrap_or(0))
    }

    /// How often they cross with this one above the other.
    fn crossings_above(&self, other: &Track) -> usize {
        let (mine, theirs) = (self.hull(), other.hull());
        let within = |xs: &[i32], (low, high): (i32, i32)| xs.iter().filter(|x| (low..=high).contains(*x)).count();
        within(&other.above, mine) + within(&self.below, theirs)
    }
}

impl Lanes {
    /// The row of a net's track.
    pub(super) fn row(&self, net: usize) -> Option<i32> {
        self.tracks.iter().find(|t| t.net == net).map(|t| t.row)
    }
}

/// Tracks for all channels.
pub(super) fn assign(channels: &Channels, plan: &Plan) -> Vec<Lanes> {
    (0..channels.count()).map(|channel| lanes(plan, channel)).collect()
}

fn lanes(plan: &Plan, channel: usize) -> Lanes {
    if plan.touching[channel].is_empty() {
        return Lanes { height: 1, tracks: Vec::new() };
    }
    let mut tracks = Vec::new();
    for (net, joined) in plan.nets(channel) {
        let columns = |from_above: bool| {
            joined.iter().filter(|(_, above)| *above == from_above).map(|&(w, _)| plan.wires[w].x).collect()
        };
        let track = Track { net, row: 0, above: columns(true), below: columns(false) };
        let (low, high) = track.hull();
        if low < high {
            tracks.push(track);
        }
    }
    order(&mut tracks);
    pack(&mut tracks);
    let rows = tracks.iter().map(|t| t.row).max().unwrap_or(0);
    Lanes { height: rows + 2, tracks }
}

/// Each track goes where it crosses the others least, until none moves.
fn order(tracks: &mut Vec<Track>) {
    let mut moved = true;
    let mut rounds = 0;
    while moved && rounds < 8 {
        moved = false;
        rounds += 1;
        for at in 0..tracks.len() {
            let to = best_place(tracks, at);
            if to != at {
                let track = tracks.remove(at);
                tracks.insert(to, track);
                moved = true;
            }
        }
    }
}

/// The place of the fewest crossings for one track among the others; its own where none is better.
fn best_place(tracks: &[Track], at: usize) -> usize {
    let cost = |to: usize| {
        let others = tracks.iter().enumerate().filter(|(other, _)| *other != at);
        let one = |(place, (_, other)): (usize, (usize, &Track))| {
            if place < to { other.crossings_above(&tracks[at]) } else { tracks[at].crossings_above(other) }
        };
        others.enumerate().map(one).sum::<usize>()
    };
    let own = cost(at);
    let best = (0..tracks.len()).min_by_key(|&to| (cost(to), to)).unwrap_or(at);
    if cost(best) < own { best } else { at }
}

/// Rows from 1: below all earlier tracks that a track lies over or touches.
fn pack(tracks: &mut [Track]) {
    for at in 0..tracks.len() {
        let (low, high) = tracks[at].hull();
        let over = tracks[..at].iter().filter(|t| t.hull().0 <= high + 1 && low <= t.hull().1 + 1);
        tracks[at].row = over.map(|t| t.row).max().unwrap_or(0) + 1;
    }
}
