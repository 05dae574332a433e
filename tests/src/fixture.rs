//! The fixture language: programs with their findings written under the lines, as comments.
//!
//! ```text
//! //- main.obs
//! import std.{Pods}
//! component shop: Shpo
//!               //^^^^ error[OBS2104]: there is no kind `Shpo`
//!               //   | help: did you mean `Shop`?
//! ```
//!
//! A header `//- PATH` starts a file; without one, all is `main.obs`. The program starts at the first that ends in `.obs`.
//! What a disk could say stands behind the path: `//- a.obs missing`, `//- a.obs not-utf8 7`, `//- a.obs too-large
//! 90000000`, `//- a.obs unreadable WHY`, `//- a.obs outside`. `//- today 2027-01-31` also asks for waivers that
//! ended before that day.
//!
//! Carets stand under the place: `//^^^`. A place in the first two columns, where `//` is, is written `//<^^^`, from
//! the first column on, or with its columns, `//@0..2`. `…` behind says that it goes on to later lines. An empty place
//! has one caret. Lines that start with `|` go on with the same finding.
//!
//! [`Fixture::annotated`] writes the text with what was found; a test compares it with the text as it is, so that a
//! missing finding and an unexpected one both fail.

use obs_compiler::db::FileText;
use obs_compiler::diagnostics::Diagnostic;
use obs_compiler::ide::{Analysis, Host};
use obs_compiler::text::{FileRange, LineCol, LineIndex, Sources, TextRange};
use std::fmt::Write;

/// A program in fixture language, its annotations taken out.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// Its files.
    pub files: Vec<FixtureFile>,
    /// The day on which waivers are looked at.
    pub today: Option<String>,
    /// Lines before the first header, when there is one.
    preamble: String,
    /// Whether files have headers.
    headed: bool,
}

/// One file of a fixture.
#[derive(Debug, Clone)]
pub struct FixtureFile {
    /// Below the project's root.
    pub path: String,
    /// Its text without annotations.
    pub text: String,
    /// What stands behind the path in its header.
    state: String,
}

impl FixtureFile {
    fn input(&self) -> FileText {
        let (word, rest) = self.state.split_once(' ').unwrap_or((&self.state, ""));
        match word {
            "" => FileText::Text(self.text.as_str().into()),
            "missing" => FileText::Missing,
            "outside" => FileText::OutsideRoot,
            "unreadable" => FileText::Unreadable(rest.to_owned()),
            "not-utf8" => {
                let valid_up_to = rest.parse().expect("a number of bytes");
                FileText::NotUtf8 { shown: self.text.as_str().into(), valid_up_to }
            }
            "too-large" => FileText::TooLarge { bytes: rest.parse().expect("a number of bytes") },
            other => panic!("a header can't say `{other}`"),
        }
    }
}

impl Fixture {
    /// Reads a fixture.
    pub fn parse(text: &str) -> Self {
        let mut out = Self { files: Vec::new(), today: None, preamble: String::new(), headed: false };
        let mut within = false;
        for line in text.split_inclusive('\n') {
            if let Some(header) = line.strip_prefix("//- ") {
                out.header(header.trim_end());
                within = false;
            } else if is_annotation(line) || (within && is_continuation(line)) {
                within = true;
            } else {
                within = false;
                match out.files.last_mut() {
                    Some(file) => file.text.push_str(line),
                    None => out.preamble.push_str(line),
                }
            }
        }
        out.headed = !out.files.is_empty();
        if !out.headed {
            let text = std::mem::take(&mut out.preamble);
            out.files.push(FixtureFile { path: "main.obs".to_owned(), text, state: String::new() });
        }
        out
    }

    fn header(&mut self, header: &str) {
        let (path, state) = header.split_once(' ').unwrap_or((header, ""));
        match path {
            "today" => self.today = Some(state.to_owned()),
            _ => self.files.push(FixtureFile { path: path.to_owned(), text: String::new(), state: state.to_owned() }),
        }
    }

    /// Where the program starts.
    pub fn entry(&self) -> &str {
        let source = |f: &&FixtureFile| f.path.ends_with(".obs");
        &self.files.iter().find(source).unwrap_or(&self.files[0]).path
    }

    /// Gives a host the files, beside those that it has: with one host for many fixtures, the library is read once.
    /// No snapshot of it may be alive.
    pub fn load(&self, host: &mut Host) {
        if self.files.iter().all(|f| f.path != "obs.lock") {
            // that of another fixture isn't this one's
            host.set_file("obs.lock", FileText::Missing);
        }
        for file in &self.files {
            host.set_file(&file.path, file.input());
        }
    }

    /// All that is found, ordered by place.
    pub fn check(&self, analysis: &Analysis) -> Vec<Diagnostic> {
        let mut found = analysis.check(self.entry());
        if let Some(today) = &self.today {
            found.extend(analysis.expired_waivers(self.entry(), today));
            found.sort_by_key(|d| analysis.locate(d.primary));
        }
        found
    }

    /// The fixture's text with these findings under its lines.
    pub fn annotated(&self, analysis: &Analysis, found: &[Diagnostic]) -> String {
        let mut out = if self.headed { self.preamble.clone() } else { String::new() };
        if let Some(today) = &self.today {
            let _ = writeln!(out, "//- today {today}");
        }
        let mut shown = 0;
        for file in &self.files {
            if self.headed {
                let space = if file.state.is_empty() { "" } else { " " };
                let _ = writeln!(out, "//- {}{space}{}", file.path, file.state);
            }
            let own: Vec<(FileRange, &Diagnostic)> = found
                .iter()
                .map(|d| (analysis.locate(d.primary), d))
                .filter(|(at, _)| analysis.path(at.file) == file.path)
                .collect();
            shown += own.len();
            annotate(&mut out, analysis, &file.text, &own);
        }
        let foreign = found.iter().filter(|d| self.files.iter().all(|f| f.path != analysis.path(d.primary.file)));
        let foreign: Vec<&str> = foreign.map(|d| d.message.as_str()).collect();
        assert_eq!(shown, found.len(), "findings in files that the fixture hasn't got: {foreign:#?}");
        out
    }
}

fn annotate(out: &mut String, analysis: &Analysis, text: &str, found: &[(FileRange, &Diagnostic)]) {
    let lines = LineIndex::new(text);
    let mut rest = found;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        out.push_str(line);
        let here = rest.partition_point(|(at, _)| lines.line_col(at.range.start).line as usize <= number);
        let (now, later) = rest.split_at(here);
        rest = later;
        if !now.is_empty() && !line.ends_with('\n') {
            out.push('\n');
        }
        for (at, diagnostic) in now {
            annotation(out, analysis, &lines, at.range, diagnostic);
        }
    }
    // an empty file, and places behind the last line
    for (at, diagnostic) in rest {
        annotation(out, analysis, &lines, at.range, diagnostic);
    }
}

fn annotation(out: &mut String, analysis: &Analysis, lines: &LineIndex, range: TextRange, d: &Diagnostic) {
    let (start, end) = (lines.line_col(range.start), lines.line_col(range.end));
    let line_end = lines.line_start(start.line + 1).saturating_sub(1) - lines.line_start(start.line);
    let (last, open) = if end.line > start.line { (line_end.max(start.col), "…") } else { (end.col, "") };
    let (indent, marks) = marks(start, last);
    let message = &d.message;
    let _ = writeln!(out, "{indent}//{marks}{open} {}[{}]: {message}", d.severity.name(), d.code.id());
    let told = d.primary_label.iter().map(|l| format!("here: {l}"));
    let labels = d.labels.iter().map(|l| format!("at {}: {}", place(analysis, l.span), l.message));
    let help = d.help.iter().map(|h| format!("help: {h}"));
    let fixes = d.fixes.iter().map(|f| format!("{}: {}", if f.safe { "fix" } else { "suggestion" }, f.title));
    for more in told.chain(labels).chain(help).chain(fixes) {
        let _ = writeln!(out, "{indent}//   | {more}");
    }
}

/// Where the comment starts, and what stands behind its `//`, for a place in one line.
fn marks(start: LineCol, end: u32) -> (String, String) {
    let width = end.saturating_sub(start.col).max(1) as usize;
    match start.col {
        0 if end > 3 => (String::new(), format!("<{}", "^".repeat(end as usize - 3))),
        0 | 1 => (String::new(), format!("@{}..{end}", start.col)),
        column => (" ".repeat(column as usize - 2), "^".repeat(width)),
    }
}

/// The text of a label's place, cut to its first line.
fn place(analysis: &Analysis, span: obs_compiler::text::Span) -> String {
    let at = analysis.locate(span);
    let text = analysis.text(at.file).get(at.range.start as usize..at.range.end as usize).unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    format!("`{first}{}`", if first.len() < text.len() { "…" } else { "" })
}

fn is_annotation(line: &str) -> bool {
    let Some(mark) = line.trim_start().strip_prefix("//") else { return false };
    let Some((marks, rest)) = mark.split_once(' ') else { return false };
    let marks = marks.trim_end_matches('…');
    let is_mark = !marks.is_empty()
        && (marks.trim_start_matches('<').chars().all(|c| c == '^') || marks.strip_prefix('@').is_some_and(is_columns));
    is_mark && ["error[OBS", "warning[OBS", "info[OBS"].iter().any(|s| rest.starts_with(s))
}

fn is_columns(text: &str) -> bool {
    text.split_once("..").is_some_and(|(a, b)| [a, b].iter().all(|n| n.parse::<u32>().is_ok()))
}

fn is_continuation(line: &str) -> bool {
    line.trim_start().strip_prefix("//").is_some_and(|rest| rest.trim_start().starts_with("| "))
}

/// Whether `OBS_UPDATE=1` is set: fixtures are rewritten as they are found.
pub fn update() -> bool {
    std::env::var_os("OBS_UPDATE").is_some_and(|v| v == "1")
}

/// The first line in which two texts differ, with both versions, for people.
pub fn first_difference(expected: &str, found: &str) -> String {
    let (mut a, mut b) = (expected.lines(), found.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (a.next(), b.next()) {
            (None, None) => return "they differ in line ends only".to_owned(),
            (x, y) if x == y => {}
            (x, y) => {
                let [x, y] = [x, y].map(|l| l.unwrap_or("(end)"));
                return format!("line {number}\n  written: {x}\n  found:   {y}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotate(text: &str) -> String {
        let fixture = Fixture::parse(text);
        let mut host = Host::new();
        fixture.load(&mut host);
        let analysis = host.analysis();
        fixture.annotated(&analysis, &fixture.check(&analysis))
    }

    #[test]
    fn a_missing_and_an_unexpected_finding_change_the_text() {
        let right = "component x: Nope\n           //^^^^ error[OBS2104]: there is no kind `Nope`\n";
        assert_eq!(annotate("component x: Nope\n").lines().take(2).collect::<String>(), right.replace('\n', ""));
        assert_eq!(annotate(&annotate(right)), annotate(right));
        let gone = "let x = 1\n      //^ error[OBS2104]: there is no kind `Nope`\n";
        assert_eq!(annotate(gone), "let x = 1\n");
    }

    #[test]
    fn files_have_states() {
        let text = "//- main.obs\nimport \"./a.obs\" as a\n//- a.obs too-large 90000000\n";
        let fixture = Fixture::parse(text);
        assert_eq!(fixture.files.len(), 2);
        assert_eq!(fixture.files[1].input(), FileText::TooLarge { bytes: 90_000_000 });
        assert!(annotate(text).starts_with(text), "{}", annotate(text));
    }
}
