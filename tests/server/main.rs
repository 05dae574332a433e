//! The language server as a process, over its wire.

mod client;
mod diagnostics;
mod features;
mod grammar;
mod lifecycle;
mod names;
mod ordering;
mod outputs;
mod positions;
mod project;
mod renaming;
mod shapes;
