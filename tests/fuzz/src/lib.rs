//! What the targets check, shared with the language suite.

#[path = "../../src/checks.rs"]
pub mod checks;
