//! Projects as text: files by headers, `$0` for the cursor, answers as carets under lines.

use obs_tests::editor::Editor;
use obs_tests::fixture::Fixture;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::PathBuf;

/// A project on disk, one file of which is open in an editor.
pub struct Project {
    pub editor: Editor,
    folder: tempfile::TempDir,
    /// The open file's text.
    text: String,
    /// The open file.
    pub uri: String,
    cursor: Option<Value>,
    /// What the server says it can do.
    pub offered: Value,
    /// What one column of the wire is.
    utf8: bool,
}

impl Project {
    /// Writes the files (`//- PATH`; one without a header is `main.obs`) to disk and opens the one with the cursor `$0`,
    /// else the first.
    pub fn open(files: &str) -> Self {
        Self::open_with(files, json!({"textDocument": {"hover": {"contentFormat": ["markdown"]}}}))
    }

    /// The same for an editor that can do these things.
    pub fn open_with(files: &str, capabilities: Value) -> Self {
        let fixture = Fixture::parse(files);
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("obs.toml"), "").expect("it can be written to");
        for file in &fixture.files {
            let path = folder.path().join(&file.path);
            std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("it can be written to");
            std::fs::write(path, file.text.replace("$0", "")).expect("it can be written to");
        }
        let opened = fixture.files.iter().find(|f| f.text.contains("$0")).unwrap_or(&fixture.files[0]);
        let (utf8, mut editor) = (capabilities["general"]["positionEncodings"][0] == "utf-8", Editor::connect());
        let offered = editor.greet(capabilities);
        let text = opened.text.replace("$0", "");
        let cursor = opened.text.find("$0").map(|at| position(&text, at, utf8));
        let uri = uri(&folder, &opened.path);
        editor.open(&uri, &text);
        Self { editor, folder, text, uri, cursor, offered, utf8 }
    }

    /// A file of the project.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().canonicalize().expect("it is there").join(path)
    }

    /// A file of the project as the protocol names it.
    pub fn uri_of(&self, path: &str) -> String {
        uri(&self.folder, path)
    }

    /// The cursor as parameters of a request.
    pub fn at_cursor(&self) -> Value {
        let position = self.cursor.clone().expect("the fixture has a $0");
        json!({"textDocument": {"uri": self.uri}, "position": position})
    }

    /// The hover at the cursor: its place and its text.
    pub fn hover(&mut self) -> String {
        let params = self.at_cursor();
        let found = self.editor.result("textDocument/hover", params);
        if found.is_null() {
            return "nothing\n".to_owned();
        }
        let text = found["contents"]["value"].as_str().expect("hovers are markup");
        format!("{}{text}", self.shown(&self.text.clone(), &found["range"], ""))
    }

    /// The result of a request about the open file.
    pub fn about_file(&mut self, method: &str) -> Value {
        let params = json!({"textDocument": {"uri": self.uri}});
        self.editor.result(method, params)
    }

    /// The open file's text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where what is at the cursor is declared, as carets under its line.
    pub fn definition(&mut self) -> String {
        let params = self.at_cursor();
        let found = self.editor.result("textDocument/definition", params);
        if found.is_null() { "nothing\n".to_owned() } else { self.location(&found) }
    }

    /// A place, as carets under its line, with the file's name.
    pub fn location(&self, location: &Value) -> String {
        let (name, text) = self.file(location["uri"].as_str().expect("a location has a URI"));
        format!("{name}\n{}", self.shown(&text, &location["range"], ""))
    }

    /// The name for people and the text of a file that the server names.
    pub fn file(&self, uri: &str) -> (String, String) {
        if uri == self.uri {
            return (self.name(uri), self.text.clone());
        }
        let path = uri.strip_prefix("file://").expect("all files are on disk");
        (self.name(uri), std::fs::read_to_string(path).expect("the server names files that are there"))
    }

    fn name(&self, uri: &str) -> String {
        match uri.strip_prefix(&self.uri_of("")) {
            Some(below) => below.to_owned(),
            None => uri.rsplit('/').take(2).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("/"),
        }
    }

    /// Labels that could stand at the cursor, in the order of the server.
    pub fn completions(&mut self) -> Vec<Value> {
        let params = self.at_cursor();
        let found = self.editor.result("textDocument/completion", params);
        found.as_array().expect("completions are a list").clone()
    }

    /// The same, as labels.
    pub fn labels(&mut self) -> Vec<String> {
        self.completions().iter().map(|c| c["label"].as_str().expect("a label").to_owned()).collect()
    }

    /// The text once the completion with this label was taken.
    pub fn complete(&mut self, label: &str) -> String {
        let items = self.completions();
        let item = items.iter().find(|c| c["label"] == label).unwrap_or_else(|| panic!("{label} isn't offered"));
        let more = item["additionalTextEdits"].as_array().cloned().unwrap_or_default();
        let edits: Vec<Value> = std::iter::once(item["textEdit"].clone()).chain(more).collect();
        self.edited(&edits)
    }

    /// The text after formatting; nothing if the server has none.
    pub fn formatted(&mut self) -> Option<String> {
        let params = json!({"textDocument": {"uri": self.uri}, "options": {"tabSize": 2, "insertSpaces": true}});
        let edits = self.editor.result("textDocument/formatting", params);
        edits.as_array().map(|edits| self.edited(edits))
    }

    /// All files that a workspace edit changes, as they are after it.
    pub fn after(&self, edit: &Value) -> String {
        let changes = edit["documentChanges"].as_array().expect("the editor takes versioned edits");
        let mut out = Vec::new();
        for change in changes {
            let (name, text) = self.file(change["textDocument"]["uri"].as_str().expect("a document has a URI"));
            let edits = change["edits"].as_array().expect("edits are a list");
            out.push(format!("//- {name}\n{}", self.edited_text(&text, edits)));
        }
        out.sort();
        out.concat()
    }

    /// The open file's text with edits.
    pub fn edited(&self, edits: &[Value]) -> String {
        self.edited_text(&self.text, edits)
    }

    fn edited_text(&self, text: &str, edits: &[Value]) -> String {
        let at = |p: &Value| offset(text, p, self.utf8);
        let mut edits: Vec<(usize, usize, &str)> = edits
            .iter()
            .map(|e| {
                (at(&e["range"]["start"]), at(&e["range"]["end"]), e["newText"].as_str().expect("edits have text"))
            })
            .collect();
        edits.sort();
        let mut text = text.to_owned();
        for (start, end, new) in edits.into_iter().rev() {
            text.replace_range(start..end, new);
        }
        text
    }

    /// The next diagnostics of the open file, as carets under its lines.
    pub fn diagnostics(&mut self) -> String {
        let uri = self.uri.clone();
        let found = self.editor.diagnostics(&uri);
        self.annotated(&self.text.clone(), &found["diagnostics"])
    }

    /// Changes the open file to this text and gives the diagnostics of that version.
    pub fn change(&mut self, version: i64, text: &str) -> String {
        self.text = text.to_owned();
        let uri = self.uri.clone();
        self.editor.replace(&uri, version, text);
        let found = self.editor.diagnostics_of(&uri, version);
        self.annotated(text, &found["diagnostics"])
    }

    /// Diagnostics as carets under lines, each line once.
    pub fn annotated(&self, text: &str, found: &Value) -> String {
        let mut out = String::new();
        for d in found.as_array().expect("diagnostics are a list") {
            let severity = ["", "error", "warning", "info"][d["severity"].as_u64().expect("a severity") as usize];
            let code = d["code"].as_str().unwrap_or_default();
            let message = d["message"].as_str().expect("a message").replace('\n', " | ");
            out.push_str(&self.shown(text, &d["range"], &format!(" {severity}[{code}]: {message}")));
        }
        if out.is_empty() { "nothing\n".to_owned() } else { out }
    }

    /// A range as carets under its first line.
    pub fn shown(&self, text: &str, range: &Value, remark: &str) -> String {
        let (start, end) = (offset(text, &range["start"], self.utf8), offset(text, &range["end"], self.utf8));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        let end = end.min(line_start + line.len()).max(start);
        let columns = |part: &str| part.chars().count();
        let indent = columns(&text[line_start..start]);
        let mut out = String::new();
        let carets = columns(&text[start..end]).max(1);
        let _ = writeln!(out, "{line}\n{}{}{remark}", " ".repeat(indent), "^".repeat(carets));
        out
    }
}

fn uri(folder: &tempfile::TempDir, path: &str) -> String {
    // temporary folders have no characters that a URI would have to escape
    format!("file://{}/{path}", folder.path().canonicalize().expect("it is there").display())
}

/// A byte offset on the wire.
pub fn position(text: &str, offset: usize, utf8: bool) -> Value {
    let before = &text[..offset];
    let line = before.matches('\n').count();
    let column = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let character = if utf8 { column.len() } else { column.encode_utf16().count() };
    json!({"line": line, "character": character})
}

/// A position of the wire as a byte offset. One that is out of place fails the test.
pub fn offset(text: &str, position: &Value, utf8: bool) -> usize {
    let (line, character) = (position["line"].as_u64().expect("a line"), position["character"].as_u64().expect("one"));
    let start: usize = text.split_inclusive('\n').take(line as usize).map(str::len).sum();
    let line = text[start..].split_inclusive('\n').next().unwrap_or_default();
    let mut left = character as usize;
    for (at, c) in line.char_indices() {
        if left == 0 {
            return start + at;
        }
        let wide = if utf8 { c.len_utf8() } else { c.len_utf16() };
        left = left.checked_sub(wide).expect("the server splits no character");
    }
    assert_eq!(left, 0, "the server stays within lines");
    start + line.len()
}
