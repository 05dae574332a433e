//! Everything that is emitted: functions of the graph under each profile, to files in memory.

pub mod capacity;
mod columns;
pub mod compose;
pub mod config;
mod config_files;
pub mod diagram;
pub mod diff;
pub mod docs;
pub mod failures;
pub mod graph_json;
pub mod kubernetes;
pub mod plot;
mod recovery;
pub mod simulation;
mod words;

pub use columns::columns;

use crate::text::Span;
use sha2::{Digest, Sha256};

/// A file to write, in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// Path below the output folder, with `/`.
    pub path: String,
    /// Its content.
    pub text: String,
    /// What caused which part.
    pub origins: Vec<Origin>,
}

/// The place in the source that caused a part of an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// A JSON pointer into the object; empty for all of it.
    pub pointer: String,
    /// The place.
    pub span: Span,
}

/// SHA-256 in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    let digits = |byte: u8| [byte >> 4, byte & 15].map(|half| char::from_digit(half.into(), 16).unwrap_or_default());
    Sha256::digest(bytes).iter().flat_map(|byte| digits(*byte)).collect()
}
