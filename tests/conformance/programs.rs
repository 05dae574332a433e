//! Where the real programs are.
//!
//! In this order: a folder named by `OBS_REAL_PROGRAMS`; the `PATH`; a cache of the user's, filled from built programs
//! beside the checkout where there are some, and by [`recipes`] where `OBS_FETCH=1` asks for it. With `OBS_REQUIRE_ALL=1` a program that can't be had fails the suite;
//! otherwise what it would have judged is skipped, and stderr says so.

use crate::{recipes, report};
use obs_tests::cache;
pub use obs_tests::cache::skipped;
use obs_tests::programs::root;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The program, or `None` and a line on stderr.
pub fn find(name: &str) -> Option<PathBuf> {
    let at_hand = folders().iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    let found = at_hand.or_else(|| recipes::fetched(name));
    if found.is_none() {
        missing(name);
    }
    found
}

/// Folders with definitions of custom resources: `crds` beside the programs, or what the recipes fetched.
pub fn definitions() -> Vec<PathBuf> {
    let beside = folders().iter().map(|folder| folder.join("crds")).find(|path| path.is_dir());
    let found = beside.map_or_else(recipes::definitions, |f| vec![f]);
    if found.is_empty() {
        missing(recipes::CUSTOM_RESOURCES);
    }
    found
}

fn missing(name: &str) {
    let asks = recipes::how(name).map(|how| format!("; {how}")).unwrap_or_default();
    cache::missing(&format!("no `{name}` on the PATH, in OBS_REAL_PROGRAMS or in the cache{asks}"));
}

fn folders() -> &'static [PathBuf] {
    static FOLDERS: OnceLock<Vec<PathBuf>> = OnceLock::new();
    FOLDERS.get_or_init(|| {
        let given = std::env::var_os("OBS_REAL_PROGRAMS").map(PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let on_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
        match given {
            Some(folder) => std::iter::once(folder).chain(on_path).collect(),
            None => on_path.into_iter().chain(unpacked()).collect(),
        }
    })
}

/// The cache's folder of programs, after unpacking what lies beside the checkout.
fn unpacked() -> Option<PathBuf> {
    let cache = cache::folder()?;
    let script = root().parent()?.join("shared/real-programs/install.sh");
    if script.is_file() {
        let status = Command::new("bash").arg(&script).env("GB", &cache).stdout(std::process::Stdio::null()).status();
        if !status.is_ok_and(|s| s.success()) {
            skipped(&format!("{} failed", script.display()));
        }
    }
    Some(cache.join("bin"))
}

/// Runs a program to its end; its whole output where it fails.
pub fn judge(command: &mut Command) -> Result<Output, String> {
    let output = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    match output.status.success() {
        true => Ok(output),
        false => Err(format!("{command:?}\n{}", text(&output))),
    }
}

/// What a program wrote to both streams.
pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Notes what a program judged, and fails the test with all that it refused.
pub fn all_accepted(program: &Path, what: &'static str, files: usize, refused: &[String]) {
    report::checked(program, what, files, refused.len());
    assert!(
        refused.is_empty(),
        "{what}: {} refused {}:\n{}",
        program.display(),
        refused.len(),
        refused.join("\n----\n")
    );
}

/// A folder that is gone with its owner.
pub fn scratch() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = Path::to_path_buf(folder.path());
    (folder, path)
}
