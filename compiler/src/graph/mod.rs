//! The typed graph: components and flows, and what follows from them under each profile.

mod build;
mod links;
pub mod model;
pub mod signals;
mod world;

pub use build::{Graphs, Stacks, TestResult, Verdict, check_asserts, graphs, run_tests, stacks};
pub use links::Links;
pub use model::*;
pub use world::GraphWorld;
