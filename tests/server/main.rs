//! The language server as a process, over its wire.

mod actions;
mod diagnostics;
mod editing;
mod features;
mod hostile;
mod lifecycle;
mod names;
mod navigation;
mod ordering;
mod outputs;
mod positions;
mod project;
mod renaming;
mod shapes;
mod stress;
mod whole;
