//! Source text to a lossless tree, and from there to plain abstract syntax. Total: never fails.

pub mod ast;
mod depth;
mod format;
mod lower;
mod parse;
mod parts;
mod strings;
pub mod tree;

pub use depth::{MAX_DEPTH, too_deep};
pub use format::format;
pub use lower::{
    Filling, ITEM_KEYWORDS, Lowered, MEMBER_KEYWORDS, Outer, Piece, lower, lower_outer, lower_part, moved,
};
pub use parse::{Parse, Rule, is_keyword, keywords, parse};
pub use parts::{Cut, Hole, cuts, holes};
