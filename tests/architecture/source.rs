//! Rust source as the checks see it: lines of code, without comments, and without tests where those may differ.

use obs_tests::programs::root;
use std::path::Path;

/// A source file of the workspace.
pub struct RustFile {
    /// From the root, with `/`.
    pub path: String,
    text: String,
}

/// All `.rs` files below a folder, sorted.
pub fn rust_files(folder: &str) -> Vec<RustFile> {
    let mut paths = Vec::new();
    collect(&root().join(folder), &mut paths);
    paths.sort();
    paths.iter().map(|p| RustFile::read(p)).collect()
}

fn collect(folder: &Path, out: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the source") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let path = path.strip_prefix(root()).expect("it is below the root");
            out.push(path.to_string_lossy().replace('\\', "/"));
        }
    }
}

impl RustFile {
    /// Reads a file, by its path from the root.
    pub fn read(path: &str) -> Self {
        let text = std::fs::read_to_string(root().join(path)).expect("a source file");
        Self { path: path.to_owned(), text }
    }

    /// The library's module that it is in; nothing for the library's root and the command.
    pub fn module(&self) -> Option<&str> {
        let below = self.path.strip_prefix("compiler/src/")?;
        let first = below.split('/').next()?;
        let module = first.strip_suffix(".rs").unwrap_or(first);
        (module != "bin" && module != "lib").then_some(module)
    }

    /// Lines up to the tests at the end, by number from 1, comments included.
    pub fn lines_outside_tests(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(i, l)| (i + 1, l));
        lines.take_while(|(_, l)| !l.starts_with("#[cfg(test)]"))
    }

    /// Lines of code outside of tests, without comments.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.lines_outside_tests();
        lines.map(|(at, l)| (at, l.split("//").next().unwrap_or_default())).filter(|(_, l)| !l.trim().is_empty())
    }

    /// The modules that paths from the crate's root name: `crate::MODULE` and within `use crate::{…}`.
    pub fn crate_paths(&self) -> Vec<(usize, &str)> {
        let mut out = Vec::new();
        for (at, line) in self.code() {
            for rest in line.split("crate::").skip(1) {
                match rest.strip_prefix('{') {
                    Some(list) => out.extend(list.split([',', '}']).map(|m| (at, first_word(m.trim())))),
                    None => out.push((at, first_word(rest))),
                }
            }
        }
        out
    }
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// Whether a line has the word, as a word of prose or part of a name in any case: `OtelCollector` has `otel`, and
/// `temporary` no `tempo`.
pub fn names(line: &str, word: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    lower.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let starts = before.is_none_or(|c| !c.is_ascii_alphabetic()) || line[at..].starts_with(char::is_uppercase);
        starts && after.is_none_or(|c| !c.is_ascii_lowercase())
    })
}

#[test]
fn words_are_found_in_prose_and_in_names() {
    assert!(names("/// Prometheus scrapes", "prometheus"));
    assert!(names("struct OtelCollector;", "otel"));
    assert!(names("let otel_port = 1;", "otel"));
    assert!(!names("let temporary = 1;", "tempo"));
    assert!(!names("hotel", "otel"));
}
