//! One file outside of any output folder: `diagram -o`, `fmt`, `init`.

use super::claim::Claim;
use crate::failure::Failure;
use crate::interrupt;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Writes what was made from `sources`, unless it would take the place of one of them.
pub fn output(path: &Path, content: &[u8], sources: &[PathBuf]) -> Result<(), Failure> {
    // through links: both of the file and of folders on the way to it
    let real = |p: &Path| p.canonicalize().ok();
    if real(path).is_some_and(|to| sources.iter().any(|source| real(source).as_ref() == Some(&to))) {
        let message = format!("`{}` is what this is made from; nothing was written", path.display());
        return Err(Failure::new(message).help("name another file after `-o`"));
    }
    replace(path, content)
}

/// Makes a file that isn't there yet, whole or not at all, and the folder around it. Says whether it did: what is there
/// stays.
pub fn create(path: &Path, content: &[u8]) -> Result<bool, Failure> {
    let fail = |e: &std::io::Error| Failure::io("write", path, e);
    let folder = folder_of(path);
    let _claim = Claim::take(&folder)?;
    if fs::symlink_metadata(path).is_ok() {
        return Ok(false);
    }
    let mut file = new_file().tempfile_in(&folder).map_err(|e| fail(&e))?;
    file.write_all(content).map_err(|e| fail(&e))?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(e) if e.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(fail(&e.error)),
    }
}

/// Writes a file whole or not at all, with the rights it had. What isn't a file, such as `/dev/stdout` or a pipe, is
/// written into.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let fail = |e: &std::io::Error| Failure::io("write", path, e);
    let before = fs::metadata(path).ok();
    if before.as_ref().is_some_and(|m| m.is_dir()) {
        return Err(Failure::new(format!("can't write `{}`: it is a folder", path.display())));
    }
    if before.as_ref().is_some_and(|m| !m.is_file()) {
        let mut file = OpenOptions::new().write(true).open(path).map_err(|e| fail(&e))?;
        return file.write_all(content).map_err(|e| fail(&e));
    }
    let rights = before.map(|m| m.permissions());
    if rights.as_ref().is_some_and(Permissions::readonly) {
        return Err(Failure::new(format!("can't write `{}`: it is read-only", path.display())));
    }
    // through a link, so that the link stays a link
    let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    interrupt::catch();
    let mut file = new_file().tempfile_in(folder_of(&real)).map_err(|e| fail(&e))?;
    file.write_all(content).map_err(|e| fail(&e))?;
    if let Some(rights) = rights {
        file.as_file().set_permissions(rights).map_err(|e| fail(&e))?;
    }
    file.persist(&real).map_err(|e| fail(&e.error))?;
    Ok(())
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Temporary files are private; outputs are as readable as any file of the user's.
#[cfg(unix)]
fn new_file() -> tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".obs-").permissions(Permissions::from_mode(0o666));
    builder
}

#[cfg(not(unix))]
fn new_file() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".obs-");
    builder
}
