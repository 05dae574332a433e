//! What a run checked: the table in this folder's README, rewritten where `OBS_UPDATE=1` asks for it.

use crate::programs::text;
use crate::recipes;
use obs_tests::fixture::update;
use obs_tests::programs::root;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// How many files a program looked at, and how many it refused.
#[derive(Default)]
struct Row {
    version: String,
    files: usize,
    refused: usize,
}

/// Adds to the run's table: `files` were judged by the program at `path`, which refused some.
pub fn checked(path: &Path, what: &'static str, files: usize, refused: usize) {
    // by program and what was checked
    static ROWS: Mutex<BTreeMap<(String, &str), Row>> = Mutex::new(BTreeMap::new());
    if !update() {
        return;
    }
    let program = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let version = version(&program, path);
    let mut rows = ROWS.lock().unwrap_or_else(PoisonError::into_inner);
    rows.insert((program, what), Row { version, files, refused });
    // the last test to end writes the whole
    write(&rows);
}

/// What the program says of itself, or what its recipe pins.
fn version(program: &str, path: &Path) -> String {
    if let Some(pinned) = recipes::version(program) {
        return pinned.to_owned();
    }
    let flags: &[&str] = if program == "kubectl" { &["version", "--client"] } else { &["--version"] };
    let said = Command::new(path).args(flags).output().map(|o| text(&o)).unwrap_or_default();
    let numbered = |word: &&str| word.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit());
    let dotted = said.split_whitespace().find(|word| numbered(word) && word.contains('.'));
    // one built from a commit names that behind the word
    let named = || said.lines().next()?.split_once("version ")?.1.split_whitespace().next();
    let first_line_has_number = dotted.filter(|word| said.lines().next().is_some_and(|line| line.contains(word)));
    first_line_has_number.or_else(named).unwrap_or("unknown").trim_start_matches('v').to_owned()
}

const START: &str = "<!-- table: written by the suite -->\n";
const END: &str = "<!-- end of the table -->\n";

fn write(rows: &BTreeMap<(String, &str), Row>) {
    let path = root().join("tests/conformance/README.md");
    let readme = std::fs::read_to_string(&path).expect("it is in the repository");
    let (before, rest) = readme.split_once(START).expect("it has a place for the table");
    let (_, after) = rest.split_once(END).expect("which ends");
    let mut table = String::from("| program | version | what was checked | files | result |\n|---|---|---|---|---|\n");
    for ((program, what), Row { version, files, refused }) in rows {
        let result = match refused {
            0 => "accepted".to_owned(),
            n => format!("{n} refused"),
        };
        // writing to a string can't fail
        let _ = writeln!(table, "| {program} | {version} | {what} | {files} | {result} |");
    }
    std::fs::write(&path, format!("{before}{START}{table}{END}{after}")).expect("a checkout is writable");
}
