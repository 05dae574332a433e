//! Which `.obs` files a list of files and folders means.

use crate::failure::Failure;
use obs_compiler::disk;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Files as given, and those within folders, sorted, each once; hidden folders and symbolic links to folders are left
/// out. With them, what could not be read.
pub fn expand(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<Failure>) {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let (mut out, mut failures) = (Vec::new(), Vec::new());
    for path in paths {
        match expand_one(path) {
            Ok(files) => out.extend(files),
            Err(failure) => failures.push(failure),
        }
    }
    let mut seen = HashSet::new();
    out.retain(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
    (out, failures)
}

fn expand_one(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let meta = std::fs::metadata(path).map_err(|e| Failure::io("read", path, &e))?;
    if !meta.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let found = disk::sources_below(path).map_err(|e| Failure::io("read", path, &e))?;
    if found.is_empty() {
        return Err(Failure::new(format!("no .obs files in `{}`", path.display()))
            .help(format!("`obs init {}` writes a first one", path.display())));
    }
    Ok(found)
}
