//! The compiler of the `.obs` language: source → syntax → names → types → graph → outputs.
//!
//! Modules depend in one direction only, in the order below; `ARCHITECTURE.md` says what each must never know.

pub mod diagnostics;
pub mod eval;
pub mod graph;
pub mod ide;
pub mod rules;
pub mod outputs;
pub mod render;
pub mod syntax;
pub mod db;
pub mod names;
pub mod types;
pub mod text;
