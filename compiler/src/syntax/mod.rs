//! Source text to a lossless tree, and from there to plain abstract syntax. Total: never fails.

pub mod ast;
mod depth;
mod format;
mod lower;
mod parse;
mod strings;
pub mod tree;

pub use depth::MAX_DEPTH;
pub use format::format;
pub use lower::{ITEM_KEYWORDS, Lowered, lower};
pub use parse::{Parse, Rule, is_keyword, keywords, parse};
