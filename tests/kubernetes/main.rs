//! The suite `kubernetes`.
