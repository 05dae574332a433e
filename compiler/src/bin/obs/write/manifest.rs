//! `.obs-manifest.json`: what earlier builds wrote into a folder, and so what a later one may change or remove.

use crate::failure::Failure;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path};

/// Its name in the output folder.
pub const NAME: &str = ".obs-manifest.json";

/// What earlier builds wrote.
#[derive(Serialize, Deserialize, Default, PartialEq)]
pub struct Manifest {
    pub version: u32,
    /// Path below the folder, with `/` → SHA-256 of what was written. Two of them while a build is under way: an
    /// interrupted one has left one or the other.
    pub files: BTreeMap<String, Vec<String>>,
}

impl Manifest {
    /// The manifest in a folder. One that can't be understood vouches for nothing: all files then count as somebody
    /// else's. Nor does an entry that leads out of the folder, whoever wrote it.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(NAME);
        let mut manifest: Self = match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).unwrap_or_default(),
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) => Self::default(),
            Err(e) => return Err(Failure::io("read", &path, &e)),
        };
        manifest.files.retain(|path, _| stays_inside(path));
        Ok(manifest)
    }

    /// As it is written.
    pub fn text(&self) -> String {
        // a map of strings always has a JSON form
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Whether a build wrote exactly this to the path.
    pub fn vouches(&self, path: &str, hash: &str) -> bool {
        self.files.get(path).is_some_and(|hashes| hashes.iter().any(|h| h == hash))
    }
}

fn stays_inside(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}
