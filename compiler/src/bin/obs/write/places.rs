//! What is at paths below an output folder. Each folder on the way is looked at once, however many files are in it.

use crate::failure::Failure;
use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// What is at a path.
pub enum OnDisk {
    Nothing,
    /// A file and what is in it.
    File(Vec<u8>),
    /// A symbolic link: somebody else's, wherever it leads.
    Link,
    /// A folder, or the way leads through a link or a file.
    Blocked,
}

/// Whether files can be below a folder.
#[derive(Clone, Copy)]
enum Way {
    Open,
    Missing,
    Blocked,
}

/// The paths below a folder.
pub struct Places<'a> {
    root: &'a Path,
    ways: HashMap<String, Way>,
}

impl<'a> Places<'a> {
    /// Below `root`, which may be a link itself, and need not be there.
    pub fn new(root: &'a Path) -> Self {
        let way = if root.exists() { Way::Open } else { Way::Missing };
        Self { root, ways: HashMap::from([(String::new(), way)]) }
    }

    /// What is at a path, which has `/` between its parts.
    pub fn at(&mut self, path: &str) -> Result<OnDisk, Failure> {
        match self.way(parent(path))? {
            Way::Missing => return Ok(OnDisk::Nothing),
            Way::Blocked => return Ok(OnDisk::Blocked),
            Way::Open => {}
        }
        let full = self.root.join(path);
        let fail = |e: std::io::Error| Failure::io("read", &full, &e);
        match fs::symlink_metadata(&full) {
            Ok(meta) if meta.is_file() => Ok(OnDisk::File(fs::read(&full).map_err(fail)?)),
            Ok(meta) if meta.is_symlink() => Ok(OnDisk::Link),
            Ok(_) => Ok(OnDisk::Blocked),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(OnDisk::Nothing),
            Err(e) => Err(fail(e)),
        }
    }

    fn way(&mut self, folder: &str) -> Result<Way, Failure> {
        if let Some(way) = self.ways.get(folder) {
            return Ok(*way);
        }
        let way = match self.way(parent(folder))? {
            Way::Open => self.look(folder)?,
            closed => closed,
        };
        self.ways.insert(folder.to_owned(), way);
        Ok(way)
    }

    fn look(&self, folder: &str) -> Result<Way, Failure> {
        let full = self.root.join(folder);
        match fs::symlink_metadata(&full) {
            Ok(meta) if meta.is_dir() => Ok(Way::Open),
            Ok(_) => Ok(Way::Blocked),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(Way::Missing),
            Err(e) => Err(Failure::io("read", &full, &e)),
        }
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
