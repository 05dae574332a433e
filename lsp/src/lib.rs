//! obs-lsp.
