//! The typed graph.

pub mod model;

pub use model::*;
