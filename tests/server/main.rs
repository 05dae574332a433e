//! The suite `server`.
