//! Source text to a lossless tree, and from there to plain abstract syntax. Total: never fails.

pub mod ast;
