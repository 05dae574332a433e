//! The suite `architecture`.
