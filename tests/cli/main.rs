//! The suite `cli`.
