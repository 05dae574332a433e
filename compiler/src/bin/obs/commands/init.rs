//! `obs init`.

use crate::failure::{Failure, Outcome};
use crate::session::Session;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

/// The smallest example: what is shown to newcomers is what is tested.
const FIRST: &str = include_str!("../../../../../examples/minimal/stack.obs");

pub fn run(session: &Session, folder: &Path) -> Result<Outcome, Failure> {
    fs::create_dir_all(folder).map_err(|e| Failure::io("create", folder, &e))?;
    let path = folder.join("stack.obs");
    match OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(mut file) => file.write_all(FIRST.as_bytes()).map_err(|e| Failure::io("write", &path, &e))?,
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            return Err(Failure::new(format!("`{}` is already there; nothing was changed", path.display()))
                .help(format!("`obs check {}` says what is wrong with it", path.display())));
        }
        Err(e) => return Err(Failure::io("write", &path, &e)),
    }
    session.say(&format!("{} written\nnext: obs build {}", path.display(), path.display()));
    Ok(Outcome::Clean)
}
