//! The typed graph: components and flows, and what follows from them under each profile.

pub mod autoscaling;
mod build;
mod links;
pub mod metrics;
pub mod model;
pub mod signals;
mod world;

pub use build::{
    Graphs, Stacks, TestResult, Trial, Verdict, check_asserts, from_the_end, graphs, graphs_for, run_tests, stacks,
    stacks_for, workload,
};
pub use links::Links;
pub use model::*;
pub use world::GraphWorld;
