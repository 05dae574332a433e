//! The suite `rules`.
