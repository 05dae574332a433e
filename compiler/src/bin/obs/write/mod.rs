//! Output folders: what a build writes comes into place whole or not at all, and only what a build wrote is ever
//! overwritten or removed. `.obs-manifest.json` in the folder says what that is.
//!
//! Against the end of a process, at any moment; what a power cut leaves is the file system's business.

mod claim;
mod manifest;
mod places;
mod single;
mod swap;

pub use single::{create, output, replace};

use crate::failure::Failure;
use claim::Claim;
use manifest::Manifest;
use obs_compiler::outputs::{OutputFile, hash};
use places::{OnDisk, Places};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use swap::{Changes, Staged};

/// What a build would do to a folder.
#[derive(Default)]
pub struct Plan {
    /// Files that aren't there.
    pub create: Vec<String>,
    /// Files of an earlier build that are to have other contents.
    pub change: Vec<String>,
    /// Files of an earlier build that are no longer emitted.
    pub remove: Vec<String>,
    /// Files of an earlier build that are no longer emitted, but were changed since.
    pub left: Vec<String>,
    /// Files and links in the way that aren't ours, or were changed since.
    pub foreign: Vec<String>,
    /// Paths at which there is a folder, or that lead through a link or a file: never overwritten.
    pub blocked: Vec<String>,
    /// Files that are as they should be.
    pub same: usize,
}

impl Plan {
    /// Whether the folder is as it should be.
    pub fn is_empty(&self) -> bool {
        [&self.create, &self.change, &self.remove, &self.foreign, &self.blocked].iter().all(|paths| paths.is_empty())
    }
}

/// What was done.
pub struct Done {
    pub plan: Plan,
    /// Files of somebody else's that were written during the build, and where they are now.
    pub saved: Vec<String>,
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
                return Err(Failure::new(format!("`{}` is not a folder; output needs one", folder.display())));
            }
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(Failure::io("read", folder, &e)),
            _ => {}
        }
        let manifest = Manifest::read(folder)?;
        Ok(Self { folder, files: files.iter().map(|f| (f.path.as_str(), f.text.as_str())).collect(), manifest })
    }

    /// Compares the folder with what should be in it.
    pub fn plan(&self) -> Result<Plan, Failure> {
        let mut plan = Plan::default();
        let mut places = Places::new(self.folder);
        for (path, text) in &self.files {
            let to = match places.at(path)? {
                OnDisk::Nothing => &mut plan.create,
                OnDisk::File(now) if now == text.as_bytes() => {
                    plan.same += 1;
                    continue;
                }
                OnDisk::File(now) if self.manifest.vouches(path, &hash(&now)) => &mut plan.change,
                OnDisk::File(_) | OnDisk::Link => &mut plan.foreign,
                OnDisk::Blocked => &mut plan.blocked,
            };
            to.push((*path).to_owned());
        }
        for path in self.manifest.files.keys().filter(|p| !self.files.contains_key(p.as_str())) {
            match places.at(path)? {
                OnDisk::Nothing => {}
                OnDisk::File(now) if self.manifest.vouches(path, &hash(&now)) => plan.remove.push(path.clone()),
                _ => plan.left.push(path.clone()),
            }
        }
        Ok(plan)
    }

    fn changes(&self, plan: &'a Plan, force: bool) -> Changes<'_> {
        let forced = if force { &plan.foreign[..] } else { &[] };
        let written = plan.create.iter().chain(&plan.change).chain(forced);
        Changes {
            folder: self.folder,
            write: written
                .map(|path| (path.as_str(), self.files.get(path.as_str()).copied().unwrap_or_default()))
                .collect(),
            remove: plan.remove.iter().map(String::as_str).collect(),
        }
    }

    /// What is ours after a plan: what is emitted, and what we wrote once and left for having been changed.
    fn final_manifest(&self, plan: &Plan) -> Manifest {
        let emitted = self.files.iter().map(|(path, text)| ((*path).to_owned(), vec![hash(text.as_bytes())]));
        let left = plan.left.iter().filter_map(|p| self.manifest.files.get(p).map(|h| (p.clone(), h.clone())));
        Manifest { version: 1, files: emitted.chain(left).collect() }
    }

    /// What is ours while a plan is carried out: what was, and what will be.
    fn both_manifest(&self, last: &Manifest) -> Manifest {
        let mut files = last.files.clone();
        for (path, hashes) in &self.manifest.files {
            let known = files.entry(path.clone()).or_default();
            known.extend(hashes.iter().filter(|h| !last.vouches(path, h)).cloned());
        }
        Manifest { version: 1, files }
    }
}

/// Makes a folder what it should be. Everything is first written beside the folder's files, where a full disk or an
/// interrupt does no harm.
pub fn write(folder: &Path, files: &[OutputFile], force: bool) -> Result<Done, Failure> {
    // a file in the folder's place is told of before anything is made
    Target::new(folder, files)?;
    let _claim = Claim::take(folder)?;
    let mut saved = swap::sweep(folder, &Manifest::read(folder)?);
    let target = Target::new(folder, files)?;
    let plan = target.plan()?;
    refuse(folder, &plan, force)?;
    let last = target.final_manifest(&plan);
    let changes = target.changes(&plan, force);
    if !(changes.write.is_empty() && changes.remove.is_empty() && target.manifest == last) {
        let staged = Staged::prepare(&changes)?;
        let both = target.both_manifest(&last);
        // all that needs room on the disk is written before the first change
        let (first, then) = (staged.beside("both", &both.text())?, staged.beside("last", &last.text())?);
        let place = folder.join(manifest::NAME);
        let fail = |e: std::io::Error| Failure::io("write", &place, &e);
        fs::rename(first, &place).map_err(fail)?;
        saved.extend(staged.finish(&both)?);
        fs::rename(then, &place).map_err(fail)?;
    }
    Ok(Done { plan, saved })
}

/// Says why nothing is written, where something is in the way.
fn refuse(folder: &Path, plan: &Plan, force: bool) -> Result<(), Failure> {
    let more =
        |paths: &[String]| if paths.len() > 1 { format!(" (and {} more)", paths.len() - 1) } else { String::new() };
    if let Some(first) = plan.blocked.first() {
        let (path, more) = (folder.join(first), more(&plan.blocked));
        return Err(Failure::new(format!(
            "a folder or a link is in the way of `{}`{more}; nothing was written",
            path.display()
        ))
        .help("move it away: obs follows no links within its output folder"));
    }
    match plan.foreign.first() {
        Some(first) if !force => {
            let (path, more) = (folder.join(first), more(&plan.foreign));
            Err(Failure::new(format!(
                "`{}`{more} was changed by hand or isn't obs's; nothing was written",
                path.display()
            ))
            .help("move it away, or pass --force to overwrite it"))
        }
        _ => Ok(()),
    }
}

/// The paths that differ only in case from another one: on some file systems they are one file.
pub fn case_clashes(files: &[OutputFile]) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    files.iter().filter(|f| !seen.insert(f.path.to_lowercase())).map(|f| f.path.as_str()).collect()
}
