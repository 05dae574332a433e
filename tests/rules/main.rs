//! Diagnostics: fixtures, pages, fixes, and the examples.

mod fixes;
mod guide;
mod pages;
mod suite;
mod terminal;
