//! What tests need and this repository hasn't got: programs on the `PATH`, and a cache of the user's that is filled from
//! the package registries where `OBS_FETCH` asks for it.
//!
//! What can't be had is skipped, and stderr says so; with `OBS_REQUIRE_ALL=1` it fails the test.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// The first of some names that is a program on the `PATH`.
pub fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().find_map(|name| folders.iter().map(|f| f.join(name)).find(|p| p.is_file()))
}

/// Names of the browser, as distributions have them.
pub const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// A program on the `PATH`, or `None` and a line on stderr.
pub fn program(names: &[&str]) -> Option<PathBuf> {
    let found = on_path(names);
    if found.is_none() {
        missing(&format!("no `{}` on the PATH", names[0]));
    }
    found
}

/// The cache, outside of the repository: other checkouts use it too.
pub fn folder() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let caches = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| Some(home?.join(".cache")))?;
    Some(caches.join("obs-real"))
}

/// Says that something was not judged, and why, once: past the capture of test output, so that a run that passes shows it.
pub fn skipped(what: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if said.insert(what.to_owned()) {
        // nobody to tell where stderr is closed
        let _ = std::io::stderr().write_all(format!("skipped: {what}\n").as_bytes());
    }
}

/// Says that something can't be had; panics where all is asked for.
pub fn missing(what: &str) {
    let required = std::env::var_os("OBS_REQUIRE_ALL").is_some_and(|v| v == "1");
    assert!(!required, "{what}, and OBS_REQUIRE_ALL asks for all that is needed");
    skipped(what);
}

/// A file that is written last: a folder without it is what an interrupted run left.
const COMPLETE: &str = "complete";

/// The folder `NAME-VERSION` of the cache, made now if it isn't there and a fetch is asked for: with `OBS_FETCH=1`, or
/// with `OBS_FETCH=all` where it takes `long`. stderr says why one failed.
pub fn kept(name: &str, version: &str, long: bool, make: impl Fn(&Path) -> Result<(), String>) -> Option<PathBuf> {
    // one at a time: tests ask for the same at once
    static ONE: Mutex<()> = Mutex::new(());
    let _alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder()?.join(format!("{name}-{version}"));
    if !folder.join(COMPLETE).is_file() {
        let asked = std::env::var("OBS_FETCH").unwrap_or_default();
        if asked != "all" && (long || asked != "1") {
            return None;
        }
        if let Err(why) = fetch(&folder, make) {
            skipped(&format!("fetching `{name}` {version}: {why}"));
            return None;
        }
    }
    Some(folder)
}

/// A folder of the cache that is made in a minute or two, or `None` and a line on stderr.
pub fn cached(name: &str, version: &str, make: impl Fn(&Path) -> Result<(), String>) -> Option<PathBuf> {
    let found = kept(name, version, false, make);
    if found.is_none() {
        missing(&format!("`{name}` {version} is not in the cache; OBS_FETCH=1 fetches it"));
    }
    found
}

fn fetch(folder: &Path, make: impl Fn(&Path) -> Result<(), String>) -> Result<(), String> {
    let io = |e: std::io::Error| format!("{}: {e}", folder.display());
    fs::create_dir_all(folder).map_err(io)?;
    // other processes wait here for the one that fetches
    let mut beside = folder.as_os_str().to_owned();
    beside.push(".lock");
    let lock = File::create(beside).map_err(io)?;
    lock.lock().map_err(io)?;
    if folder.join(COMPLETE).is_file() {
        return Ok(());
    }
    fs::remove_dir_all(folder).map_err(io)?;
    fs::create_dir_all(folder).map_err(io)?;
    make(folder)?;
    File::create(folder.join(COMPLETE)).map(drop).map_err(io)
}

/// Installs a Python package, named with its version, into an environment of its own: its programs are in `bin`.
pub fn python_package(package: &str, folder: &Path) -> Result<(), String> {
    run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run(Command::new(folder.join("bin/python")).args(pip).arg(package)).map(drop)
}

/// Runs to the end: what it wrote to stdout, or the last line on stderr where it fails.
pub fn run(command: &mut Command) -> Result<Vec<u8>, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("`{program}`: {e}"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!("`{program}`: {}", errors.lines().last().unwrap_or("no word why"))),
    }
}
