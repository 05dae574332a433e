//! The right to write into an output folder: one build at a time.

use crate::failure::Failure;
use crate::interrupt;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// Held while a build writes into a folder. Folders that were made for it and stayed empty go with it.
pub struct Claim {
    made: Vec<PathBuf>,
    /// The lock is the open folder; it ends with the process, however that ends.
    _lock: Option<File>,
}

impl Claim {
    /// Makes the folder, if need be, and keeps other builds out of it.
    pub fn take(folder: &Path) -> Result<Self, Failure> {
        interrupt::catch();
        let missing = |p: &&Path| !p.as_os_str().is_empty() && fs::symlink_metadata(p).is_err();
        let made = folder.ancestors().take_while(missing).map(Path::to_path_buf).collect();
        let mut claim = Self { made, _lock: None };
        fs::create_dir_all(folder).map_err(|e| Failure::io("create", folder, &e))?;
        claim._lock = lock(folder)?;
        Ok(claim)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // innermost first; a folder with something in it can't be removed, and shouldn't
        self.made.iter().for_each(|folder| drop(fs::remove_dir(folder)));
    }
}

/// Where folders can't be locked, there is no lock: the renames still keep files whole.
fn lock(folder: &Path) -> Result<Option<File>, Failure> {
    let Ok(handle) = File::open(folder) else { return Ok(None) };
    match handle.try_lock() {
        Err(TryLockError::WouldBlock) => {
            Err(Failure::new(format!("another obs is writing into `{}`", folder.display())).help("wait for it to end"))
        }
        _ => Ok(Some(handle)),
    }
}
