//! From a line of an emitted file back to what caused it.

use super::Analysis;
use crate::db;
use crate::text::{FileRange, Sources};

impl Analysis {
    /// What caused a line (from 0) of an emitted file of the program that a file belongs to, the nearest first. `path`
    /// may be longer than the emitted one: a path on disk. None where the program has errors or emits no such file.
    pub fn sources_of(&self, file: &str, path: &str, line: usize) -> Vec<FileRange> {
        let Some(entry) = self.entry(file).map(|f| self.entry_of(f)) else { return Vec::new() };
        if self.stacks(entry.path(&self.db)).is_none() {
            return Vec::new();
        }
        let is_it =
            |emitted: &str| path.strip_suffix(emitted).is_some_and(|folder| folder.is_empty() || folder.ends_with('/'));
        let files = super::files(&self.db, entry).iter().filter(|f| is_it(&f.path));
        let Some(emitted) = files.max_by_key(|f| f.path.len()) else { return Vec::new() };
        let pointer = pointer_at(&emitted.text, line);
        let around = emitted.origins.iter().filter(|o| {
            pointer.strip_prefix(o.pointer.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        let mut found: Vec<_> = around.map(|o| (o.pointer.len(), self.locate(o.span))).collect();
        found.sort_by_key(|(len, _)| std::cmp::Reverse(*len));
        let mut out: Vec<FileRange> = Vec::new();
        for (_, at) in found {
            if !out.contains(&at) {
                out.push(at);
            }
        }
        // places in the library tell no one what to change, unless there is nothing else
        let library = |at: &FileRange| db::is_library(&self.db, db::file(&self.db, at.file));
        out.sort_by_key(library);
        out
    }
}

/// A key or an element that a line lies in.
struct Level {
    indent: usize,
    key: Option<String>,
    /// Of a list: the number of its last element.
    element: Option<usize>,
}

/// The JSON pointer of a line of a YAML document in block style. Lines of a text lie in the text's key.
fn pointer_at(yaml: &str, line: usize) -> String {
    let mut levels: Vec<Level> = Vec::new();
    let mut text_within: Option<usize> = None;
    for current in yaml.lines().take(line + 1) {
        let indent = current.len() - current.trim_start_matches(' ').len();
        let blank = current.trim().is_empty();
        if text_within.is_some_and(|within| blank || indent > within) {
            continue;
        }
        text_within = None;
        if !blank && current != "---" {
            enter(&mut levels, indent, current.trim_start_matches(' '), &mut text_within);
        }
    }
    let mut out = String::new();
    for level in levels {
        if let Some(element) = level.element {
            out.push_str(&format!("/{element}"));
        }
        if let Some(key) = level.key {
            out.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1")));
        }
    }
    out
}

fn enter(levels: &mut Vec<Level>, indent: usize, rest: &str, text_within: &mut Option<usize>) {
    levels.retain(|level| level.indent <= indent);
    if let Some(inner) = rest.strip_prefix("- ").or_else(|| (rest == "-").then_some("")) {
        match levels.last_mut().filter(|level| level.indent == indent && level.element.is_some()) {
            Some(level) => {
                level.element = level.element.map(|n| n + 1);
                level.key = None;
            }
            None => levels.push(Level { indent, key: None, element: Some(0) }),
        }
        if !inner.is_empty() {
            enter(levels, indent + rest.len() - inner.len(), inner, text_within);
        }
        return;
    }
    // what stands in this column before it has ended
    while levels.last().is_some_and(|level| level.indent == indent) {
        levels.pop();
    }
    let Some((key, value)) = split_key(rest) else { return };
    if value.starts_with(['|', '>']) {
        *text_within = Some(indent);
    }
    levels.push(Level { indent, key: Some(key), element: None });
}

/// `key: value`, the key bare or in quotes.
fn split_key(text: &str) -> Option<(String, &str)> {
    if let Some(rest) = text.strip_prefix('"') {
        let end = rest.find("\":")?;
        return Some((rest[..end].to_owned(), rest[end + 2..].trim_start()));
    }
    let (key, value) = text.split_once(": ").or_else(|| text.strip_suffix(':').map(|key| (key, "")))?;
    Some((key.trim_matches('\'').to_owned(), value.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::pointer_at;
    use crate::ide::fixture::{Fixture, SHOP};

    #[test]
    fn a_line_has_a_pointer() {
        let yaml = "a: 1\nb:\n  c:\n  - x: 1\n    y: 2\n  - z\n  d/e: |\n    text: no key\n\n    more\n  \"f:g\": 1\nh:\n  - - 1\n    - 2\n";
        let of = |line| pointer_at(yaml, line);
        let all: Vec<String> = (0..14).map(of).collect();
        assert_eq!(
            all,
            [
                "/a", "/b", "/b/c", "/b/c/0/x", "/b/c/0/y", "/b/c/1", "/b/d~1e", "/b/d~1e", "/b/d~1e", "/b/d~1e",
                "/b/f:g", "/h", "/h/0/0", "/h/0/1"
            ]
        );
    }

    #[test]
    fn an_emitted_line_leads_to_the_component() {
        let text = format!("{SHOP}namespace n {{\n  component till: Shop\n}}\ncustomer -> till: order\n")
            .replace("component shop: Shop { shelves: 5 }\n", "");
        let fixture = Fixture::new(&text);
        let at = text.find("till: Shop").expect("it is there") as u32;
        let emitted = fixture.analysis.emitted_by(&fixture.path, at);
        let file = emitted.iter().find(|f| f.path.ends_with("till/deployment.yaml")).expect("it is deployed");
        let found = fixture.analysis.sources_of(&fixture.path, &format!("/home/x/out/{}", file.path), 0);
        let shown: String = found.iter().map(|at| fixture.shown(*at, "")).collect();
        assert!(shown.contains("component till: Shop\n"), "{shown}");
        assert_eq!(fixture.analysis.sources_of(&fixture.path, "nowhere.yaml", 0), []);
    }
}
