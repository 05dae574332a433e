//! Diagnostics: fixtures, pages, fixes, and the examples.

mod fixes;
mod pages;
mod suite;
