//! The library: the files of `std/`, embedded by folder, so that no file of it is named in Rust.

use include_dir::{Dir, include_dir};

/// The folder of the library in paths: no file on a disk is likely to be in one of this name.
pub const LIBRARY: &str = "<std>";

static STD: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../std");

/// Path and text of each file, sorted by path.
pub(super) fn all() -> impl Iterator<Item = (String, &'static str)> {
    let mut files: Vec<_> = STD
        .files()
        .filter(|f| f.path().extension().is_some_and(|e| e == "obs"))
        .filter_map(|f| Some((format!("{LIBRARY}/{}", f.path().file_name()?.to_str()?), f.contents_utf8()?)))
        .collect();
    files.sort();
    files.into_iter()
}
