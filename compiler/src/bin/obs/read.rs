//! From disk into a [`Host`]: the entry, and what it imports, never from outside of the project.

use crate::failure::Failure;
use crate::git;
use obs_compiler::db::FileText;
use obs_compiler::disk;
use obs_compiler::ide::Host;
use std::mem::ManuallyDrop;
use std::path::{Component, Path, PathBuf};
use std::thread::JoinHandle;

/// A program on disk.
pub struct Program {
    /// What the compiler knows of it. It goes with the process: freeing a large graph piece by piece takes a good part of
    /// the time that making it took.
    pub host: ManuallyDrop<Host>,
    /// The project's root: imports can't leave it. Canonical.
    pub root: PathBuf,
    /// The entry's path below the root, with `/`.
    pub entry: String,
    /// The commit that files are read from rather than the disk.
    commit: Option<String>,
}

impl Program {
    /// Reads a program from its entry on.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let meta = std::fs::metadata(path).map_err(|e| Failure::io("read", path, &e))?;
        if meta.is_dir() {
            return Err(Failure::new(format!("`{}` is a folder, not an .obs file", path.display()))
                .help(format!("name the file in it: `{}`", path.join("stack.obs").display())));
        }
        let canonical = path.canonicalize().map_err(|e| Failure::io("read", path, &e))?;
        let root = disk::project_root(&canonical);
        let entry = disk::below(&root, &canonical)
            .ok_or_else(|| Failure::new(format!("the path of `{}` is not UTF-8", path.display())))?;
        Self { host: ManuallyDrop::new(Host::new()), root, entry, commit: None }.started(path)
    }

    /// Reads a program as it was at a revision; the file need not be there any more, its folder does.
    pub fn open_at(path: &Path, revision: &str) -> Result<Self, Failure> {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let canonical = folder.canonicalize().map_err(|e| Failure::io("read", folder, &e))?;
        let file = canonical.join(path.file_name().unwrap_or_default());
        let root = disk::project_root(&file);
        let entry = disk::below(&root, &file)
            .ok_or_else(|| Failure::new(format!("the path of `{}` is not UTF-8", path.display())))?;
        let commit = git::commit(&root, revision)?;
        let program = Self { host: ManuallyDrop::new(Host::new()), root, entry, commit: Some(commit) };
        if matches!(program.read(&program.entry), FileText::Missing) {
            return Err(Failure::new(format!("there is no `{}` at `{revision}`", path.display())));
        }
        program.started(path)
    }

    /// Reads the entry, and what it imports.
    fn started(mut self, path: &Path) -> Result<Self, Failure> {
        let text = self.read(&self.entry);
        if let FileText::Unreadable(why) = &text {
            return Err(Failure::new(format!("can't read `{}`: {why}", path.display())));
        }
        self.host.set_file(&self.entry.clone(), text);
        let ahead = self.host.read_ahead();
        self.read_imports(ahead);
        Ok(self)
    }

    /// A program that is one text, on no disk.
    pub fn of_text(name: &str, text: FileText) -> Self {
        let mut host = Host::new();
        host.set_file(name, text);
        Self {
            host: ManuallyDrop::new(host),
            root: std::env::current_dir().unwrap_or_default(),
            entry: name.to_owned(),
            commit: None,
        }
    }

    /// Reads all files again: for `--watch`.
    pub fn refresh(&mut self) {
        for path in self.files() {
            let text = self.read(&path);
            self.host.set_file(&path, text);
        }
        self.read_imports(None);
    }

    /// The project's files that make up the program, below the root.
    pub fn files(&self) -> Vec<String> {
        let analysis = self.host.analysis();
        analysis.project_files(&self.entry)
    }

    /// Where those files are.
    pub fn sources(&self) -> Vec<PathBuf> {
        self.files().iter().map(|file| self.root.join(file)).collect()
    }

    /// Reads what is imported; `ahead` is the library being read meanwhile.
    fn read_imports(&mut self, mut ahead: Option<JoinHandle<()>>) {
        loop {
            let wanted = self.host.analysis().wanted(&self.entry);
            // had it failed, whoever needs the library fails likewise, and says so
            drop(ahead.take().map(JoinHandle::join));
            if wanted.is_empty() {
                return;
            }
            for path in wanted {
                let text = self.read(&path);
                self.host.set_file(&path, text);
            }
        }
    }

    /// What is at a path below the root, following links only where they stay inside; of a commit, none.
    fn read(&self, path: &str) -> FileText {
        match &self.commit {
            Some(commit) => git::read(&self.root, commit, path),
            None => disk::read_within(&self.root, &self.root.join(path)),
        }
    }
}

/// A path as seen from the current folder, for people.
pub fn from_here(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|d| d.canonicalize()).unwrap_or_default();
    let common = path.components().zip(here.components()).take_while(|(a, b)| a == b).count();
    if common <= 1 {
        return path.display().to_string();
    }
    let up = here.components().skip(common).map(|_| Component::ParentDir);
    let seen: PathBuf = up.chain(path.components().skip(common)).collect();
    seen.to_string_lossy().replace('\\', "/")
}
