//! Maps that keep the order of what is put in.

use rustc_hash::FxBuildHasher;

/// A map in the order of insertion. Its keys are names of programs, which nobody makes up to collide: they are hashed fast.
pub type IndexMap<K, V> = indexmap::IndexMap<K, V, FxBuildHasher>;
