//! The language server of `.obs`: a thin skin over [`obs_compiler::ide`].
//!
//! Handlers ([`server`]) only put jobs into a queue. One thread ([`analysis`]) takes them out in order, owns every
//! project and its texts, and hands snapshots to a few workers ([`pool`]) that answer. LSP's own types occur only in
//! `main`, `server`, `convert` and `capabilities`.

pub mod analysis;
mod capabilities;
mod convert;
mod documents;
mod findings;
mod formatting;
pub mod input;
mod library;
pub mod output;
mod places;
mod pool;
mod projects;
pub mod server;
mod settings;
mod view;
