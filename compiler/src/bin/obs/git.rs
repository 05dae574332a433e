//! Sources as they were at a revision: git itself is asked, and nothing of it is changed.

use crate::failure::Failure;
use obs_compiler::db::FileText;
use obs_compiler::disk;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The commit that a revision names.
pub fn commit(root: &Path, revision: &str) -> Result<String, Failure> {
    let wanted = format!("{revision}^{{commit}}");
    let asked = git(root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])
        .map_err(|e| Failure::new(format!("git can't be asked for `{revision}`: {}", disk::reason(&e))))?;
    let name = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
    if !asked.status.success() || name.is_empty() {
        return Err(Failure::new(format!("git knows no revision `{revision}` in `{}`", root.display()))
            .help("`git log --oneline` shows what there is"));
    }
    Ok(name)
}

/// A file of a commit, by its path below a folder of the work tree.
pub fn read(root: &Path, commit: &str, path: &str) -> FileText {
    // a path that starts with `./` is relative to the folder; files are told from folders by their type
    let object = format!("{commit}:./{path}");
    match git(root, &["cat-file", "blob", &object]) {
        Ok(found) if found.status.success() => disk::read_text(found.stdout.as_slice()),
        Ok(_) => FileText::Missing,
        Err(e) => FileText::Unreadable(disk::reason(&e)),
    }
}

fn git(root: &Path, arguments: &[&str]) -> std::io::Result<Output> {
    Command::new("git").arg("-C").arg(root).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output()
}
