//! What a run checked: a table in this folder's README.

use crate::programs::text;
use crate::readme::{Table, by_key};
use crate::recipes;
use obs_tests::fixture::update;
use std::path::Path;
use std::process::Command;
use std::sync::Once;

const TABLE: Table =
    Table { name: "table", head: "| program | what was checked | version | files | result |\n|---|---|---|---|---|\n" };

/// Adds to the run's table: `files` were judged by the program at `path`, which refused some. A run of the whole suite
/// begins with an empty table; one of some tests leaves the rows of the others.
pub fn checked(path: &Path, what: &str, files: usize, refused: usize) {
    static EMPTIED: Once = Once::new();
    if !update() {
        return;
    }
    if is_whole() {
        EMPTIED.call_once(|| TABLE.rewrite(|_| String::new()));
    }
    let program = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let result = match refused {
        0 => "accepted".to_owned(),
        n => format!("{n} refused"),
    };
    let row = format!("| {program} | {what} | {} | {files} | {result} |\n", version(&program, path));
    TABLE.rewrite(|rows| {
        let mut all = by_key(rows, 2);
        all.extend(by_key(&row, 2));
        all.into_values().collect()
    });
}

/// Whether no test was left out of this run.
fn is_whole() -> bool {
    let chosen = |arg: &String| !arg.starts_with('-') && arg.parse::<u32>().is_err() || arg == "--ignored";
    !std::env::args().skip(1).any(|arg| chosen(&arg))
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
