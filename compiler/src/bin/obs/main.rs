//! obs.
fn main() {}
