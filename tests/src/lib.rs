//! What the suites share.

pub mod fixture;
pub mod programs;
pub mod stacks;
