//! Diagnostics as text for people and machines. Decides nothing.
