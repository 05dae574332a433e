//! `obs lsp`: becomes the language server.

use crate::failure::{Failure, Outcome};
use std::path::PathBuf;
use std::process::Command;

pub fn run() -> Result<Outcome, Failure> {
    let name = format!("obs-lsp{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join(&name)));
    let server = beside.filter(|p| p.is_file()).unwrap_or_else(|| PathBuf::from(&name));
    let status = Command::new(&server).status().map_err(|e| {
        Failure::io("start", &server, &e).help("obs-lsp belongs beside obs, or on the PATH; `cargo build` makes both")
    })?;
    if status.success() { Ok(Outcome::Clean) } else { Err(Failure::new(format!("obs-lsp ended with {status}"))) }
}
