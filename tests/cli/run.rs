//! A folder to work in, and `obs` run in it.

use obs_tests::programs;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A program without findings.
pub const CLEAN: &str = "\
kind App {
  workload: deployment
  param size: int(1..9) = 1
  image: \"registry.example.com/app:1.0\"
  port http: 8080 \"API\"
  accepts http on http
  emits http
  user: 10001
  resources: { cpu: 100m, memory: 128Mi }
  file \"/etc/app/config.yaml\": yaml({ size: size, peers: [for f in flows.out(http): f.url] })
}

cluster c { domain: \"example.com\" }

namespace web {
  component front: App
  component back: App { size: 2 }
}

front -> back: http
";

/// A program with an error in line 4, column 20, and nothing else wrong.
pub const WRONG: &str = "\
import std.{Prometheus}

namespace web {
  component front: Promtheus
}
";

/// A folder that goes with the test. A project of its own: imports can't leave it.
pub struct Folder {
    folder: tempfile::TempDir,
}

/// What a run gave.
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Folder {
    /// A folder with these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self { folder: tempfile::tempdir().expect("a temporary folder can be made") };
        fs::create_dir(folder.path().join(".git")).expect("the folder is new");
        files.iter().for_each(|(path, text)| folder.write(path, text));
        folder
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("folders can be made");
        fs::write(path, content).expect("files can be written");
    }

    /// A file's text.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    /// `obs`, in this folder, with an environment that says nothing.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(programs::obs());
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    /// Runs `obs` to its end.
    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().expect("obs can be started"))
    }

    /// All files below a folder with their contents, links with where they lead; without what obs keeps for itself.
    pub fn tree(&self, below: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut out = BTreeMap::new();
        collect(&self.path().join(below), &mut out);
        let root = self.path().join(below);
        out.into_iter()
            .map(|(path, content)| (path.strip_prefix(&root).expect("it is below").to_path_buf(), content))
            .collect()
    }

    /// Names in a folder that start with `.obs-`, but for the manifest: nothing of them may stay.
    pub fn left_over(&self, below: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path().join(below)).into_iter().flatten().flatten();
        let names = entries.map(|e| e.file_name().to_string_lossy().into_owned());
        names.filter(|n| n.starts_with(".obs-") && n != ".obs-manifest.json").collect()
    }
}

impl Run {
    pub fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("obs writes UTF-8");
        let run = Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) };
        assert!(!run.stderr.contains("panicked"), "obs panicked: {}", run.stderr);
        run
    }

    /// Demands an exit code; shows all that was said where it was another.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Demands that stderr has a text.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no `{text}` in: {}", self.stderr);
        self
    }
}

fn collect(folder: &Path, out: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let kind = entry.file_type().expect("an entry has a type");
        if entry.file_name().to_string_lossy().starts_with(".obs-") {
            continue;
        }
        if kind.is_dir() {
            collect(&path, out);
        } else if kind.is_symlink() {
            let to = fs::read_link(&path).expect("a link leads somewhere");
            out.insert(path, to.to_string_lossy().into_owned().into_bytes());
        } else {
            out.insert(path.clone(), fs::read(&path).expect("a file can be read"));
        }
    }
}
