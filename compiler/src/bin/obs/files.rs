//! Which `.obs` files a list of files and folders means.

use crate::failure::Failure;
use obs_compiler::disk;
use std::path::PathBuf;

/// Files as given, and those within folders, sorted; hidden folders and symbolic links to folders are left out.
pub fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let mut out = Vec::new();
    for path in paths {
        let meta = std::fs::metadata(path).map_err(|e| Failure::io("read", path, &e))?;
        if meta.is_dir() {
            let found = disk::sources_below(path).map_err(|e| Failure::io("read", path, &e))?;
            let empty = found.is_empty();
            out.extend(found);
            if empty {
                return Err(Failure::new(format!("no .obs files in `{}`", path.display()))
                    .help(format!("`obs init {}` writes a first one", path.display())));
            }
        } else {
            out.push(path.clone());
        }
    }
    out.dedup();
    Ok(out)
}
