//! Rust source as the checks see it: without tests, and where only code counts without comments and the insides of strings.

use obs_tests::programs::root;
use std::path::Path;

/// A source file of the workspace.
pub struct RustFile {
    /// From the root, with `/`.
    pub path: String,
    /// Without tests.
    prose: String,
    /// Without tests, comments and what is in strings. As many lines as the file has, as `prose`.
    code: String,
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
        Self::of(path, &std::fs::read_to_string(root().join(path)).expect("a source file"))
    }

    fn of(path: &str, text: &str) -> Self {
        let mut code = only_code(text.as_bytes());
        let mut prose = text.as_bytes().to_vec();
        for (start, end) in tests(&code) {
            blank(&mut code[start..end]);
            blank(&mut prose[start..end]);
        }
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { path: path.to_owned(), prose: text(prose), code: text(code) }
    }

    /// The library's modules that it is in, outermost first; nothing for the library's root and the command.
    fn modules(&self) -> Option<Vec<&str>> {
        let below = self.path.strip_prefix("compiler/src/")?.strip_suffix(".rs")?;
        let modules: Vec<&str> = below.split('/').filter(|m| *m != "mod").collect();
        (modules[0] != "bin" && modules[0] != "lib").then_some(modules)
    }

    /// The library's module that it is in; nothing for the library's root and the command.
    pub fn module(&self) -> Option<&str> {
        self.modules().map(|modules| modules[0])
    }

    /// Lines outside of tests, by number from 1, comments included.
    pub fn lines_outside_tests(&self) -> impl Iterator<Item = (usize, &str)> {
        self.prose.lines().enumerate().map(|(i, l)| (i + 1, l))
    }

    /// Lines of code outside of tests, without comments.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(i, l)| (i + 1, l)).filter(|(_, l)| !l.trim().is_empty())
    }

    /// Every path in the code, written out: `use std::{fs::{self, File}, io}` has `std::fs`, `std::fs::File` and `std::io`.
    pub fn paths(&self) -> Vec<(usize, String)> {
        let mut reader = Paths { code: self.code.as_bytes(), at: 0, line: 1, found: Vec::new() };
        while reader.at < reader.code.len() {
            if is_name(reader.code[reader.at]) { reader.path("") } else { reader.step() }
        }
        reader.found
    }

    /// The library's modules that paths from the crate's root name, by `crate::` or by enough of `super::`.
    pub fn crate_paths(&self) -> Vec<(usize, String)> {
        let depth = self.modules().map_or(0, |modules| modules.len());
        let from_root = |path: &str| {
            let mut left = path;
            let mut ups = 0;
            while let Some(rest) = left.strip_prefix("super::") {
                (left, ups) = (rest, ups + 1);
            }
            let left = if ups == 0 { path.strip_prefix("crate::")? } else { (ups == depth).then_some(left)? };
            left.split("::").next().map(str::to_owned)
        };
        self.paths().into_iter().filter_map(|(at, path)| Some((at, from_root(&path)?))).collect()
    }
}

/// Reads the paths in code.
struct Paths<'a> {
    code: &'a [u8],
    at: usize,
    line: usize,
    found: Vec<(usize, String)>,
}

impl Paths<'_> {
    fn step(&mut self) {
        self.line += usize::from(self.code.get(self.at) == Some(&b'\n'));
        self.at += 1;
    }

    fn space(&mut self) {
        while self.code.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.step();
        }
    }

    fn eat(&mut self, text: &str) -> bool {
        let eaten = self.code[self.at.min(self.code.len())..].starts_with(text.as_bytes());
        self.at += if eaten { text.len() } else { 0 };
        eaten
    }

    /// A path, or several that begin alike, behind what is known already.
    fn path(&mut self, before: &str) {
        let (start, line) = (self.at, self.line);
        while self.code.get(self.at).is_some_and(|b| is_name(*b)) {
            self.at += 1;
        }
        let path = format!("{before}{}", String::from_utf8_lossy(&self.code[start..self.at]));
        let end = self.at;
        self.space();
        if !self.eat("::") {
            // what was only looked at may be anything
            (self.at, self.line) = (end, line);
            let path = path.strip_suffix("::self").unwrap_or(&path).to_owned();
            return self.found.push((line, path));
        }
        self.space();
        match self.code.get(self.at) {
            Some(b'{') => self.group(&format!("{path}::")),
            Some(b) if is_name(*b) => self.path(&format!("{path}::")),
            _ => self.found.push((line, path)),
        }
    }

    fn group(&mut self, before: &str) {
        self.step();
        let mut renamed = false;
        while self.at < self.code.len() && !self.eat("}") {
            match self.code[self.at] {
                b if is_name(b) && !renamed => {
                    self.path(before);
                    self.space();
                    renamed = self.code[self.at..].starts_with(b"as ");
                }
                b => {
                    renamed &= b != b',' && b != b'}';
                    self.step();
                }
            }
        }
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Spaces in place of all but line ends.
fn blank(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
}

/// The source with spaces in place of comments and of what is in literals.
fn only_code(text: &[u8]) -> Vec<u8> {
    let mut code = text.to_vec();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let in_name = at > 0 && is_name(text[at - 1]);
        let hashes = rest.iter().skip(1).take_while(|b| **b == b'#').count();
        // where it ends, and how much at both ends is code
        let (length, shell) = match rest {
            [b'/', b'/', ..] => (rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len()), 0),
            [b'/', b'*', ..] => (2 + find(&rest[2..], b"*/"), 0),
            [b'r', ..] if (!in_name || text[at - 1] == b'b') && rest.get(1 + hashes) == Some(&b'"') => {
                let end = [&b"\""[..], &b"#".repeat(hashes)].concat();
                (2 + hashes + find(&rest[2 + hashes..], &end), 1)
            }
            [b'"', ..] => (quoted(rest, b'"'), 1),
            [b'\'', b'\\', ..] => (quoted(rest, b'\''), 1),
            // a lifetime has no end
            [b'\'', _, b'\'', ..] => (3, 1),
            _ => {
                at += 1;
                continue;
            }
        };
        blank(&mut code[at + shell..(at + length - shell).max(at + shell)]);
        at += length;
    }
    code
}

/// How far it is to the end of a text within.
fn find(rest: &[u8], end: &[u8]) -> usize {
    rest.windows(end.len()).position(|w| w == end).map_or(rest.len(), |at| at + end.len())
}

/// How long a literal with escapes is.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

/// Where items for tests are: from the attribute to the end of the item behind it.
fn tests(code: &[u8]) -> Vec<(usize, usize)> {
    const MARK: &[u8] = b"#[cfg(test)]";
    let mut out: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(found) = code[at..].windows(MARK.len()).position(|w| w == MARK) {
        let start = at + found;
        let mut depth = 0_usize;
        at = start + MARK.len();
        while at < code.len() {
            let byte = code[at];
            at += 1;
            match byte {
                b'{' | b'(' | b'[' => depth += 1,
                b'}' | b')' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && matches!(byte, b';' | b'}') {
                break;
            }
        }
        out.push((start, at));
    }
    out
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

const SAMPLE: &str = r##"
use std::{fs::{self as disk, File}, io};
use super::super::{eval, graph::{Graph}};
use crate::{
    names,
    value::Value as V,
};
#[cfg(test)]
mod tests;
#[cfg(test)]
fn helper() {
    let text = "}";
    std::net::connect("//");
}
/* std::process */
fn code() { let x = "https://std::env"; std :: path::Path::new(r#"std::time"#); super::own(); '}'; 'a'; }
"##;

#[test]
fn paths_are_written_out() {
    let file = RustFile::of("compiler/src/rules/deep/one.rs", SAMPLE);
    let paths: Vec<String> = file.paths().into_iter().map(|(_, path)| path).collect();
    for path in ["std::fs", "std::fs::File", "std::io", "crate::names", "crate::value::Value", "std::path::Path::new"] {
        assert!(paths.iter().any(|p| p == path), "{path}: {paths:?}");
    }
    for path in ["std::net", "std::process", "std::env", "std::time"] {
        assert!(!paths.iter().any(|p| p.starts_with(path)), "{path}: {paths:?}");
    }
    let used: Vec<(usize, String)> = file.crate_paths();
    assert!(used.contains(&(5, "names".to_owned())) && used.contains(&(6, "value".to_owned())), "{used:?}");
    // two steps up from `rules::deep::one` is `rules`; three are the root
    assert!(!used.iter().any(|(_, m)| m == "eval" || m == "own"), "{used:?}");
    let file = RustFile::of("compiler/src/rules/one.rs", SAMPLE);
    let used = file.crate_paths();
    assert!(used.contains(&(3, "eval".to_owned())) && used.contains(&(3, "graph".to_owned())), "{used:?}");
    assert_eq!(file.lines_outside_tests().count(), SAMPLE.lines().count());
    assert!(file.code().any(|(at, line)| at == 16 && line.contains("fn code")));
}
