//! Evaluation: total, hermetic, deterministic.

pub mod value;
