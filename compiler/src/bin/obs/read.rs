//! From disk into a [`Host`]: the entry, and what it imports, never from outside of the project.

use crate::failure::Failure;
use obs_compiler::db::FileText;
use obs_compiler::disk;
use obs_compiler::ide::Host;
use std::path::{Component, Path, PathBuf};

/// A program on disk.
pub struct Program {
    /// What the compiler knows of it.
    pub host: Host,
    /// The project's root: imports can't leave it. Canonical.
    pub root: PathBuf,
    /// The entry's path below the root, with `/`.
    pub entry: String,
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
        let mut program = Self { host: Host::new(), root, entry };
        let text = program.read(&program.entry);
        if let FileText::Unreadable(why) = &text {
            return Err(Failure::new(format!("can't read `{}`: {why}", path.display())));
        }
        program.host.set_file(&program.entry.clone(), text);
        program.read_imports();
        Ok(program)
    }

    /// A program that is one text, on no disk.
    pub fn of_text(name: &str, text: FileText) -> Self {
        let mut host = Host::new();
        host.set_file(name, text);
        Self { host, root: std::env::current_dir().unwrap_or_default(), entry: name.to_owned() }
    }

    /// Reads all files again: for `--watch`.
    pub fn refresh(&mut self) {
        for path in self.files() {
            let text = self.read(&path);
            self.host.set_file(&path, text);
        }
        self.read_imports();
    }

    /// The project's files that make up the program, below the root.
    pub fn files(&self) -> Vec<String> {
        let analysis = self.host.analysis();
        analysis.project_files(&self.entry)
    }

    fn read_imports(&mut self) {
        loop {
            let wanted = self.host.analysis().wanted(&self.entry);
            if wanted.is_empty() {
                return;
            }
            for path in wanted {
                let text = self.read(&path);
                self.host.set_file(&path, text);
            }
        }
    }

    /// What is at a path below the root, following links only where they stay inside.
    fn read(&self, path: &str) -> FileText {
        disk::read_within(&self.root, &self.root.join(path))
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
