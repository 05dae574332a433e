//! Programs as text for the tests of this module: `//- PATH` starts a file, `$0` is the cursor. Answers are shown as
//! carets under lines.

use super::{Analysis, Host};
use crate::db::FileText;
use crate::text::{FileRange, Sources, TextRange};
use std::fmt::Write;

pub(super) struct Fixture {
    pub analysis: Analysis,
    /// The file with the cursor, else the first one.
    pub path: String,
    pub offset: u32,
}

impl Fixture {
    pub fn new(text: &str) -> Self {
        let mut host = Host::new();
        let (mut at, mut first) = (None, None);
        let headed = if text.starts_with("//- ") { text.to_owned() } else { format!("//- main.obs\n{text}") };
        for file in headed.split("//- ").skip(1) {
            let (path, text) = file.split_once('\n').expect("a header is a line");
            first.get_or_insert((path.to_owned(), 0));
            if let Some(offset) = text.find("$0") {
                at = Some((path.to_owned(), offset as u32));
            }
            host.set_file(path, FileText::Text(text.replace("$0", "").into()));
        }
        let (path, offset) = at.or(first).expect("a fixture has a file");
        Self { analysis: host.analysis(), path, offset }
    }

    /// A place as carets under its first line, with a remark behind them.
    pub fn shown(&self, at: FileRange, remark: &str) -> String {
        let text = self.analysis.text(at.file);
        let (start, end) = (at.range.start as usize, at.range.end as usize);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        let end = end.min(line_start + line.len()).max(start);
        let (indent, width) = (text[line_start..start].chars().count(), text[start..end].chars().count().max(1));
        let mut out = String::new();
        if self.analysis.path(at.file) != self.path {
            let _ = writeln!(out, "{}", self.analysis.path(at.file));
        }
        let _ = writeln!(out, "{line}\n{}{}{remark}", " ".repeat(indent), "^".repeat(width));
        out
    }

    /// The same for a range of the fixture's own file.
    pub fn own(&self, range: TextRange, remark: &str) -> String {
        let file = self.analysis.file(&self.path).expect("it is in the host");
        self.shown(FileRange { file, range }, remark)
    }

    /// The text of a file after edits.
    pub fn edited(&self, path: &str, edits: &[(TextRange, String)]) -> String {
        let file = self.analysis.file(path).expect("it is in the host");
        let mut text = self.analysis.text(file).to_owned();
        let mut edits = edits.to_vec();
        edits.sort();
        for (at, new) in edits.into_iter().rev() {
            text.replace_range(at.start as usize..at.end as usize, &new);
        }
        text
    }
}

/// Two kinds that share one protocol each way, and a component of each.
pub(super) const SHOP: &str = "
/// Goods that are asked for.
protocol order { transport: http, carries: [metrics], every: duration = 30s }
protocol deliver { transport: http, carries: [metrics] }
protocol pay { transport: http, carries: [metrics] }
/// Sells things.
kind Shop {
  workload: deployment
  image: \"example.com/shop:1\"
  /// How many shelves it has.
  param shelves: int = 3
  param open: \"day\" | \"night\" = \"day\"
  port http: 8080
  accepts order, pay on http
  emits deliver
  args: [\"--shelves=${shelves}\"]
}
kind Customer {
  workload: external
  port http: 80
  accepts deliver on http
  emits order
}
component shop: Shop { shelves: 5 }
component customer: Customer
";
