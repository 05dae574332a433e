//! obs-lsp.
fn main() {}
