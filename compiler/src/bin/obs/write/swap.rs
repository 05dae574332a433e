//! Many changes as one: the folder that holds them all is made anew beside the old one, and the two change places.
//!
//! The new folder has the changed files, and links to all others, somebody else's too. Where a file system can't
//! exchange two names or link files, the changed files are renamed into place one by one.

use super::manifest::Manifest;
use crate::failure::Failure;
use crate::interrupt;
use obs_compiler::outputs::hash;
use obs_compiler::parallel;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// How the folders are called in which builds prepare what they write.
const STAGING: &str = ".obs-staging-";
/// In them: what isn't in place yet, and can be thrown away.
const NEW: &str = "new";
/// In them: what may be the old tree already, and so may have files that nobody else has.
const SWAP: &str = "swap";
/// In them: what is left of the old tree once all that matters is saved.
const OLD: &str = "old";
/// Fewer files than this aren't worth a thread.
const WORTH: usize = 64;

/// What changes within an output folder.
pub struct Changes<'a> {
    /// The output folder.
    pub folder: &'a Path,
    /// Path → what it is to contain.
    pub write: BTreeMap<&'a str, &'a str>,
    /// What is to go.
    pub remove: BTreeSet<&'a str>,
}

impl Changes<'_> {
    fn touches(&self, path: &str) -> bool {
        self.write.contains_key(path) || self.remove.contains(path)
    }

    /// The lowest folders that hold all changes below each entry of the output folder.
    fn scenes(&self) -> Vec<PathBuf> {
        let mut scenes: BTreeMap<&str, PathBuf> = BTreeMap::new();
        for path in self.write.keys().chain(&self.remove) {
            let Some((top, _)) = path.split_once('/') else { continue };
            let parent = Path::new(path).parent().unwrap_or(Path::new(""));
            let scene = scenes.entry(top).or_insert_with(|| parent.to_path_buf());
            *scene = scene.components().zip(parent.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
        }
        // what isn't there at all comes with the outermost folder that is missing
        let outermost = |scene: PathBuf| {
            let missing = scene.ancestors().take_while(|a| !a.as_os_str().is_empty() && !self.folder.join(a).exists());
            missing.last().map_or_else(|| scene.clone(), Path::to_path_buf)
        };
        scenes.into_values().map(outermost).collect()
    }
}

/// The changes, prepared beside the output folder's own files.
pub struct Staged<'a> {
    changes: &'a Changes<'a>,
    folder: tempfile::TempDir,
    /// Folders that change places; the rest is renamed one by one.
    scenes: Vec<PathBuf>,
}

impl<'a> Staged<'a> {
    /// Writes what is to be written where a full disk or an interrupt does no harm.
    pub fn prepare(changes: &'a Changes<'a>) -> Result<Self, Failure> {
        let fail = |e: &io::Error| Failure::io("write into", changes.folder, e);
        let staging = tempfile::Builder::new().prefix(STAGING).tempdir_in(changes.folder).map_err(|e| fail(&e))?;
        let new = staging.path().join(NEW);
        fs::create_dir(&new).map_err(|e| fail(&e))?;
        let single = changes.write.len() + changes.remove.len() == 1;
        let mut scenes = if single { Vec::new() } else { changes.scenes() };
        scenes.retain(|scene| link_scene(changes, scene, &new).is_ok());
        let writes: Vec<(&str, &str)> = changes.write.iter().map(|(path, text)| (*path, *text)).collect();
        let write = |(path, text): &(&str, &str)| {
            if interrupt::pending() {
                return Err(Failure::interrupted());
            }
            write_new(&new.join(path), text).map_err(|e| unwritten(changes.folder, path, &e))
        };
        parallel::map(&writes, WORTH, write).into_iter().collect::<Result<(), _>>()?;
        Ok(Self { changes, folder: staging, scenes })
    }

    /// A file of its own beside the prepared ones.
    pub fn beside(&self, name: &str, text: &str) -> Result<PathBuf, Failure> {
        let path = self.folder.path().join(name);
        write_new(&path, text).map_err(|e| Failure::io("write", &self.changes.folder.join(name), &e))?;
        Ok(path)
    }

    /// Brings the changes into place. Gives the paths to which files were saved that somebody else wrote meanwhile.
    pub fn finish(&self, ours: &Manifest) -> Result<Vec<String>, Failure> {
        let swap = self.folder.path().join(SWAP);
        fs::rename(self.folder.path().join(NEW), &swap).map_err(|e| Failure::io("write", &swap, &e))?;
        let mut saved = Vec::new();
        let mut swapped = Vec::new();
        for scene in &self.scenes {
            if exchange(&swap.join(scene), &self.changes.folder.join(scene)).is_ok() {
                rescue(&swap.join(scene), self.changes.folder, scene, ours, &mut saved);
                swapped.push(scene);
            }
        }
        let is_done = |path: &str| swapped.iter().any(|scene| Path::new(path).starts_with(scene));
        for path in self.changes.write.keys().filter(|p| !is_done(p)) {
            rename_into_place(&swap.join(path), &self.changes.folder.join(path))?;
        }
        self.changes.remove.iter().filter(|p| !is_done(p)).for_each(|path| remove(self.changes.folder, path));
        // from here on the manifest may forget what the old tree had
        fs::rename(&swap, self.folder.path().join(OLD)).map_err(|e| Failure::io("write", &swap, &e))?;
        Ok(saved)
    }
}

/// A scene's new folder with links to all that stays.
fn link_scene(changes: &Changes, scene: &Path, new: &Path) -> io::Result<()> {
    let old = changes.folder.join(scene);
    if old.exists() {
        fs::create_dir_all(new.join(scene))?;
        link_folder(changes, scene, new)?;
    }
    Ok(())
}

fn link_folder(changes: &Changes, folder: &Path, new: &Path) -> io::Result<()> {
    let (old, target) = (changes.folder.join(folder), new.join(folder));
    fs::set_permissions(&target, fs::metadata(&old)?.permissions())?;
    let (mut any, mut kept) = (false, false);
    for entry in fs::read_dir(&old)? {
        let entry = entry?;
        any = true;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir(new.join(&path))?;
            link_folder(changes, &path, new)?;
            kept |= new.join(&path).exists();
        } else if !path.to_str().is_some_and(|p| changes.touches(&p.replace('\\', "/"))) {
            fs::hard_link(entry.path(), new.join(&path))?;
            kept = true;
        }
    }
    // a folder that only had what goes, goes; one that somebody keeps empty stays
    if any && !kept { fs::remove_dir(&target) } else { Ok(()) }
}

/// Writes a file that isn't there yet, and the folders above it.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let create = || File::options().write(true).create_new(true).open(path);
    let file = create().or_else(|e| match (e.kind(), path.parent()) {
        (ErrorKind::NotFound, Some(folder)) => fs::create_dir_all(folder).and_then(|()| create()),
        _ => Err(e),
    });
    file?.write_all(text.as_bytes())
}

fn unwritten(folder: &Path, path: &str, error: &io::Error) -> Failure {
    let full = folder.join(path);
    if error.kind() == ErrorKind::AlreadyExists {
        return Failure::new(format!("`{}` differs from another file of this build only in case", full.display()))
            .help("this file system takes them for one: rename one of the two objects");
    }
    Failure::io("write", &full, error)
}

/// Lets two names change places, or gives the first one's folder the second name, where that is free.
fn exchange(new: &Path, place: &Path) -> io::Result<()> {
    if place.exists() { exchange_names(new, place) } else { fs::rename(new, place) }
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn exchange_names(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn exchange_names(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

fn rename_into_place(new: &Path, place: &Path) -> Result<(), Failure> {
    let folder = place.parent().unwrap_or(place);
    fs::create_dir_all(folder).map_err(|e| Failure::io("create", folder, &e))?;
    fs::rename(new, place).map_err(|e| Failure::io("write", place, &e))
}

/// Removes a file of ours, and folders that this leaves empty. What can't be removed stays: the next build tries again.
fn remove(folder: &Path, path: &str) {
    let _ = fs::remove_file(folder.join(path));
    for parent in Path::new(path).ancestors().skip(1).filter(|p| !p.as_os_str().is_empty()) {
        if fs::remove_dir(folder.join(parent)).is_err() {
            break;
        }
    }
}

/// Out of an old folder that has been replaced: what isn't ours and came or changed while the new one was made. What
/// we know is in the new folder already, or was meant to go.
fn rescue(old: &Path, folder: &Path, path: &Path, ours: &Manifest, saved: &mut Vec<String>) {
    for entry in fs::read_dir(old).into_iter().flatten().flatten() {
        let path = path.join(entry.file_name());
        let (from, name) = (entry.path(), path.to_string_lossy().replace('\\', "/"));
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            rescue(&from, folder, &path, ours, saved);
            continue;
        }
        let to = folder.join(&path);
        let known = is_same_file(&from, &to) || fs::read(&from).is_ok_and(|bytes| ours.vouches(&name, &hash(&bytes)));
        if !known {
            let to = if to.exists() { PathBuf::from(format!("{}.orig", to.display())) } else { to };
            let moved = to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::rename(&from, &to));
            saved.extend(moved.ok().map(|()| to.display().to_string()));
        }
    }
}

#[cfg(unix)]
fn is_same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |p: &Path| fs::symlink_metadata(p).ok().map(|m| (m.dev(), m.ino()));
    identity(a).is_some() && identity(a) == identity(b)
}

#[cfg(not(unix))]
fn is_same_file(_: &Path, _: &Path) -> bool {
    false
}

/// Removes what an interrupted build left of its own, after saving what isn't.
pub fn sweep(folder: &Path, ours: &Manifest) -> Vec<String> {
    let mut saved = Vec::new();
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|e| e.file_name().to_string_lossy().starts_with(STAGING)) {
        rescue(&entry.path().join(SWAP), folder, Path::new(""), ours, &mut saved);
        // if it can't be removed it does no harm either
        let _ = fs::remove_dir_all(entry.path());
    }
    saved
}
