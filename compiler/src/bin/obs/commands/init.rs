//! `obs init`.

use crate::failure::{Failure, Outcome};
use crate::session::Session;
use crate::write;
use std::path::Path;

/// The smallest example: what is shown to newcomers is what is tested.
const FIRST: &str = include_str!("../../../../../examples/minimal/stack.obs");

pub fn run(session: &Session, folder: &Path) -> Result<Outcome, Failure> {
    let path = folder.join("stack.obs");
    if !write::create(&path, FIRST.as_bytes())? {
        return Err(Failure::new(format!("`{}` is already there; nothing was changed", path.display()))
            .help(format!("`obs check {}` says what is wrong with it", path.display())));
    }
    session.say(&format!("{} written", path.display()));
    session.next(&format!("obs build {}", path.display()));
    Ok(Outcome::Clean)
}
