//! The editors' grammars and clients: against the compiler, and in the real editors.

mod corpus;
mod programs;
mod queries;
mod real;
mod tools;
mod tree;
mod vscode;
mod words;
