//! The library as files that an editor can open: it is embedded in the compiler, so it is written to the user's cache
//! when a place in it is first asked for.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The folder that holds the library's folder `std`.
#[derive(Debug, Clone)]
pub struct Library {
    folder: Option<PathBuf>,
}

impl Library {
    /// In the user's cache; nowhere, if there is none.
    pub fn in_cache() -> Self {
        let from = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
        let cache =
            from("XDG_CACHE_HOME").or_else(|| from("LOCALAPPDATA")).or_else(|| Some(from("HOME")?.join(".cache")));
        Self { folder: cache.map(|c| c.join("obs").join("library")) }
    }

    /// Where the library's file `path` (`std/x.obs`) is on disk, written there if need be. One that differs from
    /// another version's has another place.
    pub fn on_disk(&self, path: &str, text: &str) -> Option<PathBuf> {
        let mut hasher = DefaultHasher::new();
        (env!("CARGO_PKG_VERSION"), text).hash(&mut hasher);
        let file = self.folder.as_ref()?.join(format!("{:016x}", hasher.finish())).join(path);
        match std::fs::read_to_string(&file) {
            Ok(there) if there == text => return Some(file),
            Err(e) if e.kind() != ErrorKind::NotFound => return None,
            _ => {}
        }
        std::fs::create_dir_all(file.parent()?).and_then(|()| std::fs::write(&file, text)).ok()?;
        Some(file)
    }

    /// The library's path of a file on disk, if it is one of its.
    pub fn path_of(&self, file: &Path) -> Option<String> {
        let below = file.strip_prefix(self.folder.as_ref()?).ok()?;
        let parts: Option<Vec<&str>> = below.iter().skip(1).map(|p| p.to_str()).collect();
        Some(parts?.join("/"))
    }
}
