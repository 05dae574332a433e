//! Edits by chance, over the wire: typing, deleting, pasting halves, undoing. After each batch the server must say what
//! one says that has just been started and was given the text as it is.

use crate::editor::Editor;
use crate::programs;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Numbers by chance, always the same ones: Knuth's linear congruential generator.
pub struct Chance(u64);

impl Chance {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

/// The texts of the examples and the suite of the rules, by path.
pub fn texts() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "obs") {
                out.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&programs::root().join("examples"), &mut paths);
    walk(&programs::root().join("tests/rules/suite"), &mut paths);
    paths.sort();
    let read = |path: PathBuf| std::fs::read_to_string(&path).ok().map(|text| (path, text));
    paths.into_iter().filter_map(read).collect()
}

/// What is typed: what opens, closes and parts things more often than the rest.
const TYPED: [&str; 24] = [
    "a",
    "x",
    "1",
    " ",
    "\n",
    "{",
    "}",
    "\"",
    ":",
    "-> ",
    ",",
    ".",
    "[",
    "(",
    "\"\"\"",
    "//",
    "///",
    "é",
    "🦀",
    "\r\n",
    "component a: Pods\n",
    "namespace n {\n",
    "let x = 1\n",
    "50Gi",
];

/// A document that is edited, beside the server that is told of it.
pub struct Session {
    editor: Editor,
    folder: tempfile::TempDir,
    uri: String,
    version: i64,
    text: String,
    first: String,
    before: Vec<String>,
    cursor: usize,
}

fn capabilities() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-8"]},
        "textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": true}},
    })
}

impl Session {
    /// Opens a text.
    pub fn open(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("obs.toml"), "").expect("it can be written to");
        let root = folder.path().canonicalize().expect("it is there");
        let uri = format!("file://{}/main.obs", root.display());
        let mut editor = Editor::start(capabilities());
        editor.open(&uri, text);
        Self {
            editor,
            folder,
            uri,
            version: 1,
            text: text.to_owned(),
            first: text.to_owned(),
            before: Vec::new(),
            cursor: 0,
        }
    }

    /// Starts over with another text in the same document.
    pub fn restart(&mut self, text: &str) {
        (self.first, self.before) = (text.to_owned(), Vec::new());
        self.replace_all(text.to_owned());
    }

    /// One edit by chance.
    pub fn edit(&mut self, chance: &mut Chance) {
        if self.text.len() > 2 * self.first.len() + 2000 {
            return self.replace_all(self.first.clone());
        }
        if chance.below(5) == 0 {
            self.cursor = chance.below(self.text.len() + 1);
        }
        let at = self.boundary(self.cursor);
        match chance.below(20) {
            0 => {
                if let Some(text) = self.before.pop() {
                    self.replace_all(text)
                }
            }
            1 => {
                let start = self.boundary(chance.below(self.text.len() + 1));
                let end = self.boundary(start + chance.below(400));
                let half = self.text[start..end.max(start)].to_owned();
                self.replace(at, at, &half);
            }
            2..=6 => {
                let end = self.boundary(at + 1 + chance.below(12));
                self.replace(at, end.max(at), "");
            }
            _ => self.replace(at, at, TYPED[chance.below(TYPED.len())]),
        }
    }

    /// The nearest place at or before an offset where a text may be parted.
    fn boundary(&self, offset: usize) -> usize {
        let mut at = offset.min(self.text.len());
        while !self.text.is_char_boundary(at) || (self.text[..at].ends_with('\r') && self.text[at..].starts_with('\n'))
        {
            at -= 1;
        }
        at
    }

    fn position(&self, offset: usize) -> Value {
        let before = &self.text[..offset];
        let start = before.rfind('\n').map_or(0, |n| n + 1);
        json!({"line": before.matches('\n').count(), "character": offset - start})
    }

    fn replace(&mut self, start: usize, end: usize, new: &str) {
        let range = json!({"start": self.position(start), "end": self.position(end)});
        self.before.push(self.text.clone());
        if self.before.len() > 20 {
            self.before.remove(0);
        }
        self.text.replace_range(start..end, new);
        // no lone carriage return: where it ends a line is for each side to say
        self.cursor = start + new.len();
        self.version += 1;
        let uri = self.uri.clone();
        self.editor.change(&uri, self.version, json!([{"range": range, "text": new}]));
    }

    fn replace_all(&mut self, text: String) {
        self.text = text;
        self.cursor = 0;
        self.version += 1;
        let (uri, text) = (self.uri.clone(), self.text.clone());
        self.editor.replace(&uri, self.version, &text);
    }

    /// Compares what the server says with what one says that has just been started.
    pub fn compare(&mut self) {
        let _ = self.editor.unasked();
        let mut fresh = Editor::start(capabilities());
        fresh.open(&self.uri, &self.text);
        let (found, expected) = (answers(&mut self.editor, &self.uri), answers(&mut fresh, &self.uri));
        for ((what, found), (_, expected)) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{what} of\n{}\nin {}", self.text, self.folder.path().display());
        }
    }

    /// Megabytes that the server has.
    pub fn memory(&self) -> f64 {
        let statm = std::fs::read_to_string(format!("/proc/{}/statm", self.editor.process())).unwrap_or_default();
        let pages: f64 = statm.split(' ').nth(1).and_then(|n| n.parse().ok()).unwrap_or(0.0);
        pages * 4.0 / 1024.0
    }
}

/// Diagnostics, symbols, tokens, and a picture of what comes of it.
fn answers(editor: &mut Editor, uri: &str) -> Vec<(&'static str, Value)> {
    let document = json!({"textDocument": {"uri": uri}});
    let methods = [
        "textDocument/diagnostic",
        "textDocument/documentSymbol",
        "textDocument/semanticTokens/full",
        "textDocument/codeLens",
        "obs/preview",
    ];
    let ask = |method: &'static str| {
        let mut found = editor.result(method, document.clone());
        // counts what was asked before
        if let Some(found) = found.as_object_mut() {
            found.remove("resultId");
        }
        (method, found)
    };
    methods.into_iter().map(ask).collect()
}

/// So many edits over all texts, compared after each batch. Tells of memory after each tenth.
pub fn run(edits: usize, batch: usize, seed: u64, mut tell: impl FnMut(usize, f64)) {
    let (texts, mut chance) = (texts(), Chance::new(seed));
    let mut session = Session::open(&texts[0].1);
    for done in 1..=edits {
        session.edit(&mut chance);
        if done % batch == 0 {
            session.compare();
            session.restart(&texts[chance.below(texts.len())].1);
        }
        if done % (edits / 10).max(1) == 0 {
            tell(done, session.memory());
        }
    }
}
