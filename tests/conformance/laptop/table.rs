//! What was sent and what arrived, as a table of the README beside this suite.

use crate::readme;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

/// The file of rows, in the folder of a run.
const FILE: &str = "table";

const HEAD: &str = "| signal | path | sent | arrived |\n|---|---|---|---|\n";

/// In the clear.
pub const OPEN: readme::Table = readme::Table { name: "end to end", head: HEAD };
/// With certificates and tenants.
pub const SECURED: readme::Table = readme::Table { name: "end to end, secured", head: HEAD };

/// Rows under way.
pub struct Table {
    rows: String,
    since: Instant,
}

impl Default for Table {
    fn default() -> Self {
        Self { rows: String::new(), since: Instant::now() }
    }
}

impl Table {
    /// A row: what it is, its way, what was sent and what arrived.
    pub fn row(&mut self, signal: &str, path: &str, sent: impl std::fmt::Display, arrived: impl std::fmt::Display) {
        eprintln!("{} s: {signal} | {path} | {sent} | {arrived}", self.since.elapsed().as_secs());
        // writing to a string can't fail
        let _ = writeln!(self.rows, "| {signal} | {path} | {sent} | {arrived} |");
    }

    /// Leaves the rows where the outer process finds them.
    pub fn leave(self, folder: &Path) {
        std::fs::write(folder.join(FILE), self.rows).expect("a temporary folder is writable");
    }
}

/// Puts the rows into the README where that is asked for.
pub fn publish(folder: &Path, table: &readme::Table) {
    let rows = std::fs::read_to_string(folder.join(FILE)).expect("a run that went well has left them");
    table.rewrite(|_| rows);
}
