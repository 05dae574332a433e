//! The tables of this folder's README that the suite writes, where `OBS_UPDATE=1` asks for it.

use obs_tests::fixture::update;
use obs_tests::programs::root;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// A table between two comments.
pub struct Table {
    /// What its first comment calls it.
    pub name: &'static str,
    /// Its head, two lines.
    pub head: &'static str,
}

impl Table {
    /// Replaces its rows by what `change` makes of them, where that is asked for.
    pub fn rewrite(&self, change: impl FnOnce(&str) -> String) {
        // tests end at once
        static ONE: Mutex<()> = Mutex::new(());
        if !update() {
            return;
        }
        let _alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let path = root().join("tests/conformance/README.md");
        let readme = std::fs::read_to_string(&path).expect("it is in the repository");
        let start = format!("<!-- {}: written by the suite -->\n{}", self.name, self.head);
        let (before, rest) = readme.split_once(&start).expect("it has a place for the table");
        let (rows, after) = rest.split_once("<!-- end -->").expect("which ends");
        let rows = change(rows);
        std::fs::write(&path, format!("{before}{start}{rows}<!-- end -->{after}")).expect("a checkout is writable");
    }
}

/// Rows by their first cells, so many of them.
pub fn by_key(rows: &str, cells: usize) -> BTreeMap<Vec<String>, String> {
    let key = |row: &str| row.split('|').skip(1).take(cells).map(|cell| cell.trim().to_owned()).collect();
    rows.lines().map(|row| (key(row), format!("{row}\n"))).collect()
}
