//! Types: what is expected where, and whether what is written fits. Produces [`core::Core`].

pub mod attributes;
pub mod builtins;
pub mod core;
mod def_key;
mod elaborate;
pub mod embedded;
pub mod items;
pub mod members;
pub mod quantity;
pub mod queries;
pub mod refine;
mod resolve;
pub mod ty;

pub use elaborate::{BUILTIN_NAMES, Elaborator, FORMATS, Place, Target, Use};
pub use embedded::TAGS;
pub use resolve::BUILTIN_TYPES;
pub use ty::{FieldTy, Ty, Unit};
