//! Pieces of a file, parsed on all cores before they are asked for one after the other: a piece as a query depends on
//! the number of items before it, its syntax doesn't.

use crate::parallel;
use crate::syntax::{self, Parse};
use crate::text::FileId;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Fewer pieces than this aren't worth a thread.
const WORTH: usize = 8;

/// Syntax that waits for whom it is read for. What is here only saves time: a piece that isn't is parsed when it is
/// needed.
#[derive(Default)]
pub struct Ahead {
    ready: Mutex<FxHashMap<FileId, FxHashMap<Box<str>, Parse>>>,
    begun: Mutex<FxHashSet<(FileId, Option<u32>)>>,
}

impl Ahead {
    /// Parses all pieces of a file, or of the group behind so many items, the first time that it is read: an edit later
    /// on leaves most of them as they are. `bounds` are the ends of pieces, and the start of the first.
    pub(super) fn parse(&self, file: FileId, before: Option<u32>, text: &str, bounds: &[usize]) {
        if bounds.len() <= WORTH * 2 || !lock(&self.begun).insert((file, before)) {
            return;
        }
        let pieces: Vec<&str> = bounds.windows(2).map(|ends| &text[ends[0]..ends[1]]).collect();
        // what has groups to read apart isn't parsed as it is
        let parsed =
            parallel::map(&pieces, WORTH, |piece| syntax::holes(piece).is_empty().then(|| syntax::parse(piece)));
        let parsed = pieces.iter().zip(parsed).filter_map(|(piece, parse)| Some((Box::from(*piece), parse?)));
        lock(&self.ready).entry(file).or_default().extend(parsed);
    }

    /// The syntax of a piece of a file, parsed now if it wasn't before.
    pub(super) fn take(&self, file: FileId, text: &str) -> Parse {
        let ready = lock(&self.ready).get_mut(&file).and_then(|ready| ready.remove(text));
        ready.unwrap_or_else(|| syntax::parse(text))
    }

    /// The file is read. Pieces that were taken in longer ones are left.
    pub(super) fn done(&self, file: FileId) {
        lock(&self.ready).remove(&file);
    }
}

/// A thread that failed left what it had, which is whole at any moment.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
