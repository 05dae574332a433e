//! The library as files that an editor can open: it is embedded in the compiler, so it is written to the user's cache
//! when a place in it is first asked for.

use obs_compiler::db::LIBRARY;
use obs_compiler::disk;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// The folder that holds the library's folder `std`.
#[derive(Debug, Clone)]
pub struct Library {
    folder: Option<PathBuf>,
}

impl Library {
    /// In this folder; nowhere, if there is none.
    pub fn within(cache: Option<PathBuf>) -> Self {
        Self { folder: cache.map(|cache| cache.join("library")) }
    }

    /// Where the library's file `path` (`<std>/x.obs`) is on disk, written there if need be. One that differs from
    /// another version's has another place.
    pub fn on_disk(&self, path: &str, text: &str) -> Option<PathBuf> {
        let mut hasher = DefaultHasher::new();
        (env!("CARGO_PKG_VERSION"), text).hash(&mut hasher);
        let file = self.folder.as_ref()?.join(format!("{:016x}", hasher.finish()));
        let file = file.join("std").join(path.strip_prefix(LIBRARY)?.trim_start_matches('/'));
        disk::provide(&file, text).ok()?;
        Some(file)
    }

    /// The library's path of a file on disk, if it is one of its.
    pub fn path_of(&self, file: &Path) -> Option<String> {
        let below = file.strip_prefix(self.folder.as_ref()?).ok()?;
        Some(format!("{LIBRARY}/{}", below.file_name()?.to_str()?))
    }
}
