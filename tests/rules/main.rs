//! Diagnostics: fixtures, pages, fixes, and the examples.

mod suite;
