//! What the suites share.

pub mod fixture;
pub mod generated;
pub mod programs;
pub mod stacks;
