//! The compiler of the `.obs` language: source → syntax → names → types → graph → outputs.
//!
//! Modules depend in one direction only, in the order below; `ARCHITECTURE.md` says what each must never know.

// pest's derived parser names it
extern crate alloc;

pub mod text;

pub mod parallel;

pub mod maps;

pub mod diagnostics;

pub mod syntax;

pub mod db;

pub mod names;

pub mod value;

pub mod types;

pub mod eval;

pub mod graph;

pub mod analysis;

pub mod capacity;

pub mod rules;

pub mod simulate;

pub mod outputs;

pub mod ide;

pub mod disk;

pub mod render;
