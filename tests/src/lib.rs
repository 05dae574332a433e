//! What the suites share.

pub mod checks;
pub mod fixture;
pub mod generated;
pub mod programs;
pub mod stacks;
