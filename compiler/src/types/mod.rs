//! Types: what is expected where, and whether what is written fits. Produces [`core::Core`].

pub mod attributes;
pub mod builtins;
pub mod core;
mod def_key;
mod elaborate;
mod embedded;
pub mod items;
pub mod members;
pub mod quantity;
pub mod queries;
pub mod refine;
mod resolve;
pub mod ty;

pub use elaborate::{Elaborator, Place, Target, Use};
pub use ty::{FieldTy, Ty, Unit};
