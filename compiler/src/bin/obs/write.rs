//! Output folders: files are written whole or not at all, and only what a build wrote is ever overwritten or
//! pruned. `.obs-manifest.json` in the folder says what that is.

use crate::failure::Failure;
use obs_compiler::outputs::{OutputFile, hash};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

const MANIFEST: &str = ".obs-manifest.json";
const STAGING: &str = ".obs-staging-";

/// What earlier builds wrote.
#[derive(Serialize, Deserialize, Default)]
struct Manifest {
    version: u32,
    /// Path below the folder → SHA-256 of what was written. Two of them while a build is under way: an
    /// interrupted one has left one or the other.
    files: BTreeMap<String, Vec<String>>,
}

/// What a build would do to a folder.
#[derive(Default)]
pub struct Plan {
    /// Files to create or change.
    pub write: Vec<String>,
    /// Files of an earlier build that are no longer emitted.
    pub remove: Vec<String>,
    /// Files of an earlier build that are no longer emitted, but were changed since.
    pub left: Vec<String>,
    /// Files in the way that aren't ours, or were changed since.
    pub foreign: Vec<String>,
    /// Files that are as they should be.
    pub same: usize,
}

impl Plan {
    pub fn is_empty(&self) -> bool {
        self.write.is_empty() && self.remove.is_empty() && self.foreign.is_empty()
    }
}

/// An output folder and what should be in it.
pub struct Target<'a> {
    folder: &'a Path,
    files: BTreeMap<&'a str, &'a str>,
    manifest: Manifest,
}

impl<'a> Target<'a> {
    pub fn new(folder: &'a Path, files: &'a [OutputFile]) -> Result<Self, Failure> {
        match fs::metadata(folder) {
            Ok(meta) if !meta.is_dir() => {
                return Err(Failure::new(format!("`{}` is a file; output needs a folder", folder.display())));
            }
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(Failure::io("read", folder, &e)),
            _ => {}
        }
        let manifest = read_manifest(folder)?;
        Ok(Self { folder, files: files.iter().map(|f| (f.path.as_str(), f.text.as_str())).collect(), manifest })
    }

    /// Compares the folder with what should be in it.
    pub fn plan(&self) -> Result<Plan, Failure> {
        let mut plan = Plan::default();
        for (path, text) in &self.files {
            match self.on_disk(path)? {
                OnDisk::Nothing => plan.write.push((*path).to_owned()),
                OnDisk::File(now) if now == hash(text.as_bytes()) => plan.same += 1,
                OnDisk::File(now) if self.is_ours(path, &now) => plan.write.push((*path).to_owned()),
                OnDisk::File(_) | OnDisk::Other => plan.foreign.push((*path).to_owned()),
            }
        }
        for path in self.manifest.files.keys().filter(|p| !self.files.contains_key(p.as_str())) {
            match self.on_disk(path)? {
                OnDisk::Nothing => {}
                OnDisk::File(now) if self.is_ours(path, &now) => plan.remove.push(path.clone()),
                OnDisk::File(_) | OnDisk::Other => plan.left.push(path.clone()),
            }
        }
        Ok(plan)
    }

    fn is_ours(&self, path: &str, now: &str) -> bool {
        self.manifest.files.get(path).is_some_and(|hashes| hashes.iter().any(|h| h == now))
    }

    /// What is at a path now. A symbolic link is somebody else's, wherever it leads.
    fn on_disk(&self, path: &str) -> Result<OnDisk, Failure> {
        let full = self.folder.join(path);
        let mut parent = self.folder.to_path_buf();
        for part in Path::new(path).parent().into_iter().flat_map(Path::iter) {
            parent.push(part);
            match fs::symlink_metadata(&parent) {
                Ok(meta) if !meta.is_dir() => return Ok(OnDisk::Other),
                Err(e) if e.kind() == ErrorKind::NotFound => return Ok(OnDisk::Nothing),
                Err(e) => return Err(Failure::io("read", &parent, &e)),
                Ok(_) => {}
            }
        }
        match fs::symlink_metadata(&full) {
            Ok(meta) if meta.is_file() => {
                let bytes = fs::read(&full).map_err(|e| Failure::io("read", &full, &e))?;
                Ok(OnDisk::File(hash(&bytes)))
            }
            Ok(_) => Ok(OnDisk::Other),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(OnDisk::Nothing),
            Err(e) => Err(Failure::io("read", &full, &e)),
        }
    }

    /// Carries out a plan. Everything is first written beside the folder's files, where a full disk or an
    /// interrupt does no harm, and then renamed into place.
    pub fn carry_out(mut self, plan: &Plan, force: bool) -> Result<(), Failure> {
        if !force && let Some(first) = plan.foreign.first() {
            return Err(refuse(self.folder, first, plan.foreign.len()));
        }
        let interrupted = catch_interrupts();
        fs::create_dir_all(self.folder).map_err(|e| Failure::io("create", self.folder, &e))?;
        let _lock = lock(self.folder)?;
        sweep(self.folder);
        let staging = tempfile::Builder::new()
            .prefix(STAGING)
            .tempdir_in(self.folder)
            .map_err(|e| Failure::io("write into", self.folder, &e))?;
        let wanted: Vec<&String> = plan.write.iter().chain(&plan.foreign).collect();
        for (number, path) in wanted.iter().enumerate() {
            if interrupted.load(Ordering::Relaxed) {
                return Err(Failure::new("interrupted; nothing was changed"));
            }
            let staged = staging.path().join(number.to_string());
            let text = self.files.get(path.as_str()).copied().unwrap_or_default();
            write_whole(&staged, text).map_err(|e| Failure::io("write", &self.folder.join(path), &e))?;
        }
        self.make_folders(&wanted)?;
        let mut both = self.final_manifest(plan);
        for (path, hashes) in &mut both.files {
            hashes.extend(self.manifest.files.get(path).into_iter().flatten().cloned());
            hashes.dedup();
        }
        for path in &plan.remove {
            both.files.insert(path.clone(), self.manifest.files.get(path).cloned().unwrap_or_default());
        }
        self.write_manifest(&both, staging.path())?;
        for (number, path) in wanted.iter().enumerate() {
            let full = self.folder.join(path);
            let staged = staging.path().join(number.to_string());
            fs::rename(&staged, &full).map_err(|e| Failure::io("write", &full, &e))?;
        }
        plan.remove.iter().for_each(|path| self.remove(path));
        self.manifest = self.final_manifest(plan);
        self.write_manifest(&self.manifest, staging.path())
    }

    fn make_folders(&self, paths: &[&String]) -> Result<(), Failure> {
        for path in paths {
            let full = self.folder.join(path);
            let parent = full.parent().unwrap_or(self.folder);
            fs::create_dir_all(parent).map_err(|e| Failure::io("create", parent, &e))?;
        }
        Ok(())
    }

    /// What is ours after a plan: what is emitted, and what we wrote once and left for having been changed.
    fn final_manifest(&self, plan: &Plan) -> Manifest {
        let emitted = self.files.iter().map(|(path, text)| ((*path).to_owned(), vec![hash(text.as_bytes())]));
        let left = plan.left.iter().filter_map(|p| self.manifest.files.get(p).map(|h| (p.clone(), h.clone())));
        Manifest { version: 1, files: emitted.chain(left).collect() }
    }

    fn write_manifest(&self, manifest: &Manifest, staging: &Path) -> Result<(), Failure> {
        // a map of strings always has a JSON form
        let mut text = serde_json::to_string_pretty(manifest).unwrap_or_default();
        text.push('\n');
        let (staged, full) = (staging.join("manifest"), self.folder.join(MANIFEST));
        write_whole(&staged, &text)
            .and_then(|()| fs::rename(&staged, &full))
            .map_err(|e| Failure::io("write", &full, &e))
    }

    /// Removes a file of ours, and folders that this leaves empty. What can't be removed stays: the next build
    /// tries again.
    fn remove(&self, path: &str) {
        let _ = fs::remove_file(self.folder.join(path));
        for parent in Path::new(path).ancestors().skip(1).filter(|p| !p.as_os_str().is_empty()) {
            if fs::remove_dir(self.folder.join(parent)).is_err() {
                break;
            }
        }
    }
}

enum OnDisk {
    Nothing,
    File(String),
    Other,
}

/// One file outside of any output folder (`diagram -o`, `fmt`): whole or not at all, with the rights it had.
pub fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let fail = |e: &std::io::Error| Failure::io("write", path, e);
    // through a link, so that the link stays a link
    let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let folder = match real.parent() {
        Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let mut file = tempfile::Builder::new().prefix(".obs-").tempfile_in(&folder).map_err(|e| fail(&e))?;
    file.write_all(text.as_bytes()).map_err(|e| fail(&e))?;
    let rights = fs::metadata(&real).map(|m| m.permissions()).ok();
    if rights.as_ref().is_some_and(fs::Permissions::readonly) {
        return Err(Failure::new(format!("can't write `{}`: it is read-only", path.display())));
    }
    match rights {
        Some(rights) => file.as_file().set_permissions(rights).map_err(|e| fail(&e))?,
        None => usual_rights(file.as_file()).map_err(|e| fail(&e))?,
    }
    file.persist(&real).map_err(|e| fail(&e.error))?;
    Ok(())
}

/// Temporary files are private; outputs are as readable as any file of the user's.
#[cfg(unix)]
fn usual_rights(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn usual_rights(_: &File) -> std::io::Result<()> {
    Ok(())
}

fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.flush()
}

fn read_manifest(folder: &Path) -> Result<Manifest, Failure> {
    let path = folder.join(MANIFEST);
    match fs::read_to_string(&path) {
        // one that can't be read vouches for nothing: all files count as somebody else's
        Ok(text) => Ok(serde_json::from_str(&text).unwrap_or_default()),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Manifest::default()),
        Err(e) => Err(Failure::io("read", &path, &e)),
    }
}

fn refuse(folder: &Path, first: &str, count: usize) -> Failure {
    let more = if count > 1 { format!(" (and {} more)", count - 1) } else { String::new() };
    Failure::new(format!(
        "`{}`{more} was changed by hand or isn't obs's; nothing was written",
        folder.join(first).display()
    ))
    .help("move it away, or pass --force to overwrite it")
}

/// Keeps a second build out of the folder. Where folders can't be locked, the renames still keep files whole.
fn lock(folder: &Path) -> Result<Option<File>, Failure> {
    let Ok(handle) = File::open(folder) else { return Ok(None) };
    match handle.try_lock() {
        Err(fs::TryLockError::WouldBlock) => {
            Err(Failure::new(format!("another obs is writing into `{}`", folder.display())).help("wait for it to end"))
        }
        _ => Ok(Some(handle)),
    }
}

/// Removes what an interrupted build left of its own.
fn sweep(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|e| e.file_name().to_string_lossy().starts_with(STAGING)) {
        // if it can't be removed it does no harm either
        let _ = fs::remove_dir_all(entry.path());
    }
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From here on an interrupt is a flag, not an end.
fn catch_interrupts() -> &'static AtomicBool {
    // a handler that is already set does the same
    let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
    &INTERRUPTED
}
