//! From disk into a [`Host`]: the entry, and what it imports, never from outside of the project.

use crate::failure::{Failure, reason};
use obs_compiler::db::FileText;
use obs_compiler::ide::Host;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

/// Larger sources are not read: nobody writes them by hand.
const LIMIT: u64 = 16 << 20;

/// Files that mark the root of a project.
const ROOT_MARKS: &[&str] = &["obs.toml", ".git"];

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
        let root = root_of(&canonical);
        let entry = below(&root, &canonical)
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
    pub fn of_text(name: &str, text: std::sync::Arc<str>) -> Self {
        let mut host = Host::new();
        host.set_file(name, FileText::Text(text));
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
        let full = self.root.join(path);
        match full.canonicalize() {
            Ok(real) if !real.starts_with(&self.root) => FileText::OutsideRoot,
            Ok(real) => read_file(&real),
            Err(e) if e.kind() == ErrorKind::NotFound => FileText::Missing,
            Err(e) => FileText::Unreadable(reason(&e)),
        }
    }
}

/// One file's text, as the compiler wants to know of it.
pub fn read_file(path: &Path) -> FileText {
    let bytes = File::open(path).and_then(|file| {
        let meta = file.metadata()?;
        // a pipe or a device could go on for ever
        if !meta.is_file() {
            return Err(std::io::Error::other("it is not a regular file"));
        }
        let mut bytes = Vec::new();
        // one byte more than the limit tells that it was reached, even if the file grows meanwhile
        file.take(LIMIT + 1).read_to_end(&mut bytes)?;
        Ok((bytes, meta.len()))
    });
    match bytes {
        Ok((bytes, size)) if bytes.len() as u64 > LIMIT => FileText::TooLarge { bytes: size.max(LIMIT + 1) },
        Ok((bytes, _)) => match String::from_utf8(bytes) {
            Ok(text) => FileText::Text(text.into()),
            Err(e) => FileText::NotUtf8 { valid_up_to: e.utf8_error().valid_up_to() },
        },
        Err(e) if e.kind() == ErrorKind::NotFound => FileText::Missing,
        Err(e) => FileText::Unreadable(reason(&e)),
    }
}

fn root_of(file: &Path) -> PathBuf {
    let folder = file.parent().unwrap_or(file);
    let marked = folder.ancestors().find(|a| ROOT_MARKS.iter().any(|mark| a.join(mark).exists()));
    marked.unwrap_or(folder).to_path_buf()
}

fn below(root: &Path, file: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = file.strip_prefix(root).ok()?.iter().map(|p| p.to_str()).collect();
    Some(parts?.join("/"))
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
