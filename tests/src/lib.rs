//! What the suites share.

pub mod cache;
pub mod checks;
pub mod editor;
pub mod fixture;
pub mod generated;
pub mod programs;
pub mod stacks;
pub mod stress;
