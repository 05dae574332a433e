//! What differs between two programs, or two profiles of one: in the graph, in the objects, in the files.

mod facts;
mod graph;
mod objects;
mod show;
mod steps;

pub use show::{json, markdown, text};

use super::OutputFile;
use super::kubernetes::Packed;
use crate::graph::Stack;
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeMap;

/// One side under one profile.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The stack.
    pub stack: &'a Stack,
    /// Its objects.
    pub objects: &'a [Packed],
}

/// Two sides to hold against each other, and what the pair is called: the profile that both are of.
pub struct Pair<'a> {
    /// Its name.
    pub name: &'a str,
    /// As it was.
    pub old: Side<'a>,
    /// As it is.
    pub new: Side<'a>,
}

/// All that differs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Difference {
    /// The pairs that were compared.
    pub pairs: Vec<String>,
    /// Profiles that only one side has, components, flows and what else the graph holds.
    pub graph: Vec<Change>,
    /// Objects.
    pub objects: Vec<Change>,
    /// Files.
    pub files: Vec<FileChange>,
}

impl Difference {
    /// Whether both are the same.
    pub fn is_empty(&self) -> bool {
        self.graph.is_empty() && self.objects.is_empty() && self.files.is_empty()
    }
}

/// What became of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Only the new side has it.
    Added,
    /// Only the old side had it.
    Removed,
    /// Both have it, and it differs.
    Changed,
}

impl Kind {
    /// `added`, `removed`, `changed`.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Added => "added",
            Kind::Removed => "removed",
            Kind::Changed => "changed",
        }
    }

    /// `+`, `-`, `~`.
    const fn sign(self) -> &'static str {
        match self {
            Kind::Added => "+",
            Kind::Removed => "-",
            Kind::Changed => "~",
        }
    }
}

/// Something that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What became of it.
    pub kind: Kind,
    /// What it is: `component shop`, `flow till -> shop: order`, `StatefulSet web/shop`.
    pub what: String,
    /// What of it differs.
    pub details: Vec<Detail>,
    /// What should be known of it: that something is opened, say.
    pub notes: Vec<String>,
    /// Why the API server refuses it, and what to do then; empty: it takes it.
    pub recreation: Vec<String>,
    /// The pairs in which it differs so.
    pub pairs: Vec<String>,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// Its name, or a JSON pointer.
    pub field: String,
    /// What it was; `None`: it wasn't there.
    pub old: Option<String>,
    /// What it is; `None`: it isn't there.
    pub new: Option<String>,
}

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// What became of it.
    pub kind: Kind,
    /// Its path below the output folder.
    pub path: String,
    /// Lines that are new.
    pub added: usize,
    /// Lines that are gone.
    pub removed: usize,
}

/// Compares pair by pair. `profiles` are those of the old and of the new program; none where two of one are compared.
pub fn difference(pairs: &[Pair<'_>], profiles: Option<(&[Stack], &[Stack])>, files: [&[OutputFile]; 2]) -> Difference {
    let mut out = Difference { pairs: pairs.iter().map(|p| p.name.to_owned()).collect(), ..Difference::default() };
    if let Some((old, new)) = profiles {
        out.graph.extend(graph::profiles(old, new));
    }
    for pair in pairs {
        gather(&mut out.graph, graph::changes(&pair.old.stack.graph, &pair.new.stack.graph, pair), pair.name);
        gather(&mut out.objects, objects::changes(pair), pair.name);
    }
    out.files = file_changes(files[0], files[1]);
    out
}

/// Adds changes; one that is the same in another pair is told once.
fn gather(all: &mut Vec<Change>, new: Vec<Change>, pair: &str) {
    for mut change in new {
        let same = |c: &&mut Change| {
            c.kind == change.kind
                && c.what == change.what
                && c.details == change.details
                && c.notes == change.notes
                && c.recreation == change.recreation
        };
        match all.iter_mut().find(same) {
            Some(known) => known.pairs.push(pair.to_owned()),
            None => {
                change.pairs = vec![pair.to_owned()];
                all.push(change);
            }
        }
    }
}

/// Files by path, with how many lines differ.
fn file_changes(old: &[OutputFile], new: &[OutputFile]) -> Vec<FileChange> {
    let mut by_path: BTreeMap<&str, [Option<&str>; 2]> = BTreeMap::new();
    for (side, files) in [old, new].into_iter().enumerate() {
        for file in files {
            by_path.entry(&file.path).or_default()[side] = Some(&file.text);
        }
    }
    let change = |(path, texts): (&str, [Option<&str>; 2])| {
        let (kind, before, after) = match texts {
            [Some(old), Some(new)] if old == new => return None,
            [Some(old), Some(new)] => (Kind::Changed, old, new),
            [old, new] => {
                (if old.is_none() { Kind::Added } else { Kind::Removed }, old.unwrap_or(""), new.unwrap_or(""))
            }
        };
        let (added, removed) = lines(before, after);
        Some(FileChange { kind, path: path.to_owned(), added, removed })
    };
    by_path.into_iter().filter_map(change).collect()
}

/// How many lines are new, and how many are gone.
fn lines(old: &str, new: &str) -> (usize, usize) {
    let lines = TextDiff::from_lines(old, new);
    let count = |tag| lines.iter_all_changes().filter(|c| c.tag() == tag).count();
    (count(ChangeTag::Insert), count(ChangeTag::Delete))
}
