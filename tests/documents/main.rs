//! The suite `documents`.
