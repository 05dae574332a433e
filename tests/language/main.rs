//! The language: what parses, formats, resolves, checks and evaluates, and what is said where it doesn't.

mod chains;
mod closed;
mod constructs;
mod corpus;
mod format;
mod incremental;
mod mutate;
mod own_std;
mod pieces;
mod reference;
mod secrets;
mod support;
mod syntax;
mod values;
