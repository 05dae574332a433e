//! Which `.obs` files a list of files and folders means.

use crate::failure::Failure;
use std::path::{Path, PathBuf};

/// Files as given, and those within folders, sorted; hidden folders and symbolic links to folders are left out.
pub fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let mut out = Vec::new();
    for path in paths {
        let meta = std::fs::metadata(path).map_err(|e| Failure::io("read", path, &e))?;
        if meta.is_dir() {
            let before = out.len();
            within(path, &mut out)?;
            if out.len() == before {
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

fn within(folder: &Path, out: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let fail = |e: std::io::Error| Failure::io("read", folder, &e);
    let mut entries = std::fs::read_dir(folder).map_err(fail)?.collect::<Result<Vec<_>, _>>().map_err(fail)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let kind = entry.file_type().map_err(fail)?;
        let path = if folder == Path::new(".") { PathBuf::from(&name) } else { entry.path() };
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            within(&path, out)?;
        } else if path.extension().is_some_and(|e| e == "obs") {
            out.push(path);
        }
    }
    Ok(())
}
