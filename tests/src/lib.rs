//! What the suites share.

pub mod programs;
pub mod stacks;
