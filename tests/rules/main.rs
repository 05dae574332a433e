//! Diagnostics: fixtures, pages, fixes, and the examples.

mod credentials;
mod failures;
mod fixes;
mod gathered;
mod guide;
mod pages;
mod suite;
mod terminal;
