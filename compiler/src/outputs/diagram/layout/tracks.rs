//! A row for each horizontal piece of a line.

use super::channels::Channels;
use super::model::Sketch;
use super::wires::Plan;

/// How often the tracks of a channel are gone through.
const ROUNDS: usize = 8;

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
pub(super) fn assign(sketch: &Sketch, channels: &Channels, plan: &Plan) -> Vec<Lanes> {
    // columns of a picture that is turned: two lines beside each other have one free between them
    let step = if sketch.across { 2 } else { 1 };
    (0..channels.count()).map(|channel| lanes(plan, channel, step)).collect()
}

fn lanes(plan: &Plan, channel: usize, step: i32) -> Lanes {
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
    pack(&mut tracks, step);
    let rows = tracks.iter().map(|t| t.row).max().unwrap_or(0);
    Lanes { height: rows + 2, tracks }
}

/// Each track goes where it crosses the others least, until none moves.
fn order(tracks: &mut Vec<Track>) {
    let above: Vec<Vec<usize>> =
        tracks.iter().map(|one| tracks.iter().map(|other| one.crossings_above(other)).collect()).collect();
    let mut order: Vec<usize> = (0..tracks.len()).collect();
    for _ in 0..ROUNDS {
        let mut moved = false;
        for track in 0..tracks.len() {
            // `order` holds each track once
            let Some(at) = order.iter().position(|&t| t == track) else { continue };
            let to = best_place(&order, at, &above);
            if to != at {
                order.remove(at);
                order.insert(to, track);
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    let mut by_place: Vec<(usize, Track)> = tracks.drain(..).enumerate().collect();
    let mut place = vec![0; order.len()];
    order.iter().enumerate().for_each(|(at, &track)| place[track] = at);
    by_place.sort_by_key(|(track, _)| place[*track]);
    tracks.extend(by_place.into_iter().map(|(_, track)| track));
}

/// The place of the fewest crossings for the track at a place; its own where none is better. `above[a][b]`: how
/// often `a` and `b` cross with `a` above.
fn best_place(order: &[usize], at: usize, above: &[Vec<usize>]) -> usize {
    let track = order[at];
    let others = || order.iter().copied().filter(|&t| t != track);
    // at the top first; each step down puts one more of the others above it
    let mut cost: usize = others().map(|other| above[track][other]).sum();
    let (mut best, mut own) = ((cost, 0), cost);
    for (place, other) in others().enumerate() {
        cost = cost - above[track][other] + above[other][track];
        best = best.min((cost, place + 1));
        if place + 1 == at {
            own = cost;
        }
    }
    if best.0 < own { best.1 } else { at }
}

/// Rows from 1: below all earlier tracks that a track lies over or touches.
fn pack(tracks: &mut [Track], step: i32) {
    for at in 0..tracks.len() {
        let (low, high) = tracks[at].hull();
        let over = tracks[..at].iter().filter(|t| t.hull().0 <= high + 1 && low <= t.hull().1 + 1);
        tracks[at].row = over.map(|t| t.row + step).max().unwrap_or(1);
    }
}
