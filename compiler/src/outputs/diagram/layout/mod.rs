//! Places for boxes within boxes and the lines between them, on a grid of whole cells that every painter shares.
//!
//! The steps follow the layered method of Sugiyama, Tagawa and Toda (1981), applied to each group as in Sander's
//! *Layout of compound directed graphs* (1996), with lines along channels between the rows as in circuit design:
//!
//! 1. [`layering`]: the children of each group in rows, so that lines lead down. Cycles are cut where a line goes
//!    against the order of the source, so that a small edit moves little.
//! 2. [`ordering`]: the order within rows, by barycentres over all of the picture (Forster 2002 keeps groups
//!    whole the same way: a group moves as one).
//! 3. [`placement`]: columns, each row by isotonic regression (pool adjacent violators) towards the boxes
//!    that it is connected to.
//! 4. [`routing`]: each net's way through channels and gaps, a tree grown by A* searches from all that the net
//!    already has: lines with one subject and one label share a trunk.
//! 5. [`wires`]: a column for each vertical piece; no two nets share one within a channel, so any order of
//!    tracks will do.
//! 6. [`tracks`]: a row for each horizontal piece, in an order with few crossings (pairwise, as in Hashimoto
//!    and Stevens' channel routing of 1971 without its constraints), packed by the left-edge rule.
//! 7. [`labels`]: room for each label. Where there is none, columns or rows are put in, which changes no
//!    topology: there always is a place.
//! 8. [`squeeze`]: columns and rows that nothing needs are taken out.
//!
//! Lines never meet boxes since they run in channels and gaps only. All is integer arithmetic over vectors in
//! source order: same input, same drawing.

mod channels;
mod drawing;
mod labels;
mod layering;
mod levels;
mod model;
mod ordering;
mod placement;
mod routing;
mod squeeze;
mod tracks;
mod wires;

use channels::Channels;
pub use model::{Drawing, End, Form, Net, Node, Point, Rect, Route, Segment, Side, Sketch};
use placement::Room;

/// Places for everything in a sketch.
pub fn lay_out(sketch: &Sketch) -> Drawing {
    let mut rows = layering::rows(sketch);
    ordering::improve(sketch, &mut rows);
    let channels = Channels::new(sketch, rows);
    let coarse = placement::place(sketch, &channels, &Room::default());
    let ways = routing::route(sketch, &channels, &coarse);
    let columns = placement::place(sketch, &channels, &Room::of(&ways));
    let mut plan = wires::assign(sketch, &channels, columns, &ways);
    let mut lanes = tracks::assign(&channels, &plan);
    let labels = labels::place(sketch, &channels, &mut plan, &mut lanes);
    let mut drawing = drawing::finish(sketch, &channels, &plan, &lanes, &labels);
    squeeze::squeeze(sketch, &mut drawing);
    drawing
}
