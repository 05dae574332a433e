//! A load curve, read from CSV.
//!
//! The first line names the columns, in any order. `time` is since the start (`90s`, `5m`, or a number of seconds). `cpu`
//! (cores: `1.5`, `900m`) and `memory` (bytes: `2Gi`) are shared by all ready pods; `cpu_each` and `memory_each` is what each
//! pod takes whatever the load. `unready` and `missing` are pods that aren't ready, or without metrics, beside those that
//! start. A row holds until the next one; the last says when the curve ends. Lines that start with `#` are comments.

use super::quantity::thousandths;
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::text::{FileId, Span, TextRange};
use crate::types::Unit;
use crate::types::quantity;
use crate::value::Quantity;

/// The load over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// At least two, in order of time (milliseconds).
    rows: Vec<(i64, Load)>,
}

/// The load at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Thousandths of a core that all ready pods take together.
    pub cpu: i64,
    /// Thousandths of a byte that they take together.
    pub memory: i64,
    /// Thousandths of a core that each pod takes besides.
    pub cpu_each: i64,
    /// Thousandths of a byte that each pod takes besides.
    pub memory_each: i64,
    /// Pods that aren't ready, besides those that start.
    pub unready: u32,
    /// Pods without metrics.
    pub missing: u32,
}

const COLUMNS: [&str; 7] = ["time", "cpu", "memory", "cpu_each", "memory_each", "unready", "missing"];

/// Longer curves are refused: a look every second over a month is no more.
const MOST_ROWS: usize = 1_000_000;

/// A part of a line, with its place in the file.
#[derive(Clone, Copy)]
struct Cell<'a> {
    text: &'a str,
    start: usize,
}

impl Cell<'_> {
    fn span(&self) -> Span {
        let at = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { file: FileId(0), item: 0, range: TextRange::new(at(self.start), at(self.start + self.text.len())) }
    }

    fn wrong(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Code::OBS4121, self.span(), message)
    }
}

impl Curve {
    /// Reads one.
    ///
    /// # Errors
    /// All that is wrong with the text; the spans are in file 0.
    pub fn read(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let mut lines = lines(text);
        let Some(head) = lines.next() else {
            let nothing = Cell { text: "", start: 0 };
            return Err(vec![
                nothing.wrong("the curve is empty").help("name its columns in the first line: `time,cpu`"),
            ]);
        };
        let columns = columns(&cells(head))?;
        let (mut rows, mut wrong): (Vec<(i64, Load)>, Vec<Diagnostic>) = (Vec::new(), Vec::new());
        let mut last = head;
        for line in lines.take(MOST_ROWS) {
            last = line;
            match row(&columns, line) {
                Err(found) => wrong.push(*found),
                Ok(row) if rows.last().is_some_and(|(before, _)| *before >= row.0) => {
                    let help = "rows go forward in time";
                    wrong.push(line.wrong("this row isn't later than the one before it").help(help));
                }
                Ok(row) => rows.push(row),
            }
        }
        if wrong.is_empty() && rows.len() < 2 {
            let help = "give it two rows or more: the last one says when it ends";
            wrong.push(last.wrong("a curve of one row has no length").help(help));
        }
        if wrong.is_empty() { Ok(Self { rows }) } else { Err(wrong) }
    }

    /// Where it starts, in milliseconds.
    pub fn start(&self) -> i64 {
        self.rows.first().map_or(0, |(time, _)| *time)
    }

    /// Where it ends.
    pub fn end(&self) -> i64 {
        self.rows.last().map_or(0, |(time, _)| *time)
    }

    /// The load at a time: the row that holds then.
    pub fn at(&self, time: i64) -> Load {
        let after = self.rows.partition_point(|(at, _)| *at <= time);
        self.rows.get(after.saturating_sub(1)).map(|(_, load)| *load).unwrap_or_default()
    }
}

/// Lines that say something, without their ends.
fn lines(text: &str) -> impl Iterator<Item = Cell<'_>> {
    let mut start = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    text[start..].split('\n').filter_map(move |line| {
        let cell = Cell { text: line.strip_suffix('\r').unwrap_or(line), start };
        start += line.len() + 1;
        let said = cell.text.trim();
        (!said.is_empty() && !said.starts_with('#')).then_some(cell)
    })
}

fn cells(line: Cell<'_>) -> Vec<Cell<'_>> {
    let mut start = line.start;
    let cells = line.text.split(',').map(|part| {
        let blank = part.len() - part.trim_start().len();
        let cell = Cell { text: part.trim(), start: start + blank };
        start += part.len() + 1;
        cell
    });
    cells.collect()
}

/// What each column is, by its number in [`COLUMNS`].
fn columns(head: &[Cell<'_>]) -> Result<Vec<usize>, Vec<Diagnostic>> {
    let (mut known, mut wrong) = (Vec::new(), Vec::new());
    for cell in head {
        match COLUMNS.iter().position(|c| *c == cell.text) {
            Some(at) if known.contains(&at) => {
                wrong.push(cell.wrong(format!("two columns are called `{}`", cell.text)))
            }
            Some(at) => known.push(at),
            None => {
                let near = nearest(cell.text, COLUMNS).map(|n| format!("did you mean `{n}`? ")).unwrap_or_default();
                let help = format!("{near}columns are {}", COLUMNS.join(", "));
                wrong.push(cell.wrong(format!("there is no column `{}`", cell.text)).help(help));
            }
        }
    }
    if wrong.is_empty() && !known.contains(&0) {
        let all = Cell { text: head.first().map_or("", |c| c.text), start: head.first().map_or(0, |c| c.start) };
        wrong.push(all.wrong("no column is called `time`").help("say when each row starts: `time,cpu`"));
    }
    if wrong.is_empty() { Ok(known) } else { Err(wrong) }
}

fn row(columns: &[usize], line: Cell<'_>) -> Result<(i64, Load), Box<Diagnostic>> {
    let cells = cells(line);
    if cells.len() != columns.len() {
        let message = format!("this row has {} values, and there are {} columns", cells.len(), columns.len());
        return Err(Box::new(line.wrong(message).help("a value for each column; `0` where there is nothing")));
    }
    let (mut time, mut load) = (0, Load::default());
    for (&column, cell) in columns.iter().zip(&cells) {
        match column {
            0 => time = moment(cell)?,
            1 => load.cpu = amount(cell, "cores, such as `1.5` or `900m`")?,
            2 => load.memory = amount(cell, "bytes, such as `2Gi`")?,
            3 => load.cpu_each = amount(cell, "cores, such as `0.1` or `100m`")?,
            4 => load.memory_each = amount(cell, "bytes, such as `200Mi`")?,
            5 => load.unready = pods(cell)?,
            _ => load.missing = pods(cell)?,
        }
    }
    Ok((time, load))
}

/// A year is the longest.
const MOST_TIME: i64 = 365 * 24 * 3600 * 1000;

fn moment(cell: &Cell<'_>) -> Result<i64, Box<Diagnostic>> {
    let seconds = || cell.text.parse::<f64>().ok().filter(|s| s.is_finite()).map(|s| (s * 1000.0).round() as i64);
    let duration = || match quantity::read(cell.text, Unit::Duration) {
        Some(Quantity::Duration(ms)) => Some(ms),
        _ => None,
    };
    let time = seconds().or_else(duration).filter(|t| (0..=MOST_TIME).contains(t));
    time.ok_or_else(|| {
        let help = "a duration since the start, such as `90s` or `5m`, or a number of seconds; at most a year";
        Box::new(cell.wrong(format!("`{}` is no time", cell.text)).help(help))
    })
}

/// The most there can be of anything, in thousandths: sums of it over all pods can be counted.
const MOST: i64 = 1 << 60;

fn amount(cell: &Cell<'_>, what: &str) -> Result<i64, Box<Diagnostic>> {
    let amount = thousandths(cell.text).filter(|a| *a <= MOST);
    amount.ok_or_else(|| Box::new(cell.wrong(format!("`{}` is no amount", cell.text)).help(format!("expected {what}"))))
}

fn pods(cell: &Cell<'_>) -> Result<u32, Box<Diagnostic>> {
    cell.text
        .parse()
        .map_err(|_| Box::new(cell.wrong(format!("`{}` is no number of pods", cell.text)).help("expected `0`, `1`, …")))
}
