//! What one request reads: a snapshot of a project, and the document that it asks about.

use crate::library::Library;
use crate::places::{Encoding, Lines, Place, Position, Range};
use obs_compiler::diagnostics::Code;
use obs_compiler::ide::{
    Action, Analysis, ChangeKind, Completions, Destination, Link, Outline, OutlineKind, ProgramChange, Route, Station,
    TokenKind,
};
use obs_compiler::text::{FileId, FileRange, Sources, TextRange};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// More completions than this aren't sent at once.
const MANY: usize = 300;
/// But so many, and the editor asks again with the next letter.
const BEST: usize = 100;

/// How the editor counts, and where it has what.
#[derive(Debug, Clone)]
pub struct Editor {
    /// What its columns count.
    pub encoding: Encoding,
    /// Where the project is on disk.
    pub root: Option<PathBuf>,
    /// The URIs and versions of open documents by their paths in the project.
    pub open: Arc<BTreeMap<String, (String, i32)>>,
    /// The library.
    pub library: Library,
}

/// Edits of one file.
#[derive(Debug, Default)]
pub struct FileEdits {
    /// Its version, if it is open.
    pub version: Option<i32>,
    /// What is replaced by what.
    pub edits: Vec<(Range, String)>,
}

/// A fix with its places.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Fix {
    pub title: String,
    pub code: Code,
    /// Where the finding is.
    pub at: Range,
    pub edits: BTreeMap<Place, FileEdits>,
    pub safe: bool,
}

/// All fixes of one code in a document, or all there are.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct FixAll {
    pub code: Option<Code>,
    pub edits: BTreeMap<Place, FileEdits>,
}

/// A change that answers no error, with its places.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct PlacedChange {
    pub title: String,
    pub kind: ChangeKind,
    pub edits: BTreeMap<Place, FileEdits>,
}

/// A component of a call hierarchy.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct PlacedStation {
    pub name: String,
    pub detail: Option<String>,
    pub place: Place,
    pub range: Range,
    pub name_range: Range,
}

/// Where a link leads.
#[derive(Debug)]
#[allow(missing_docs)]
pub enum Target {
    Place(Place),
    Page(String),
}

/// A name that was looked for.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Found {
    pub name: String,
    pub kind: OutlineKind,
    pub place: Place,
    pub range: Range,
    /// What it stands in.
    pub within: Option<String>,
}

/// A snapshot for one request.
pub struct View {
    /// The project.
    pub analysis: Analysis,
    /// The document's path in it.
    pub path: String,
    /// The editor.
    pub editor: Editor,
}

impl View {
    /// The number of the document. Views are made of documents that the project has.
    pub fn file(&self) -> Option<FileId> {
        self.analysis.file(&self.path)
    }

    /// Lines of a file.
    pub fn lines(&self, file: FileId) -> Lines<'_> {
        Lines::new(self.analysis.text(file), self.analysis.line_index(file), self.editor.encoding)
    }

    /// The offset of a position in the document.
    pub fn offset(&self, at: Position) -> u32 {
        self.file().map_or(0, |file| self.lines(file).offset(at))
    }

    /// The offsets of a range of the document.
    pub fn text_range(&self, range: Range) -> TextRange {
        self.file().map_or_else(TextRange::default, |file| self.lines(file).text_range(range))
    }

    /// The positions of a range.
    pub fn range(&self, at: FileRange) -> Range {
        self.lines(at.file).range(at.range)
    }

    /// The positions of a range of the document.
    pub fn own_range(&self, range: TextRange) -> Option<Range> {
        Some(self.range(FileRange { file: self.file()?, range }))
    }

    /// Where a file is; nothing, if it is nowhere.
    pub fn place(&self, file: FileId) -> Option<Place> {
        let path = self.analysis.path(file);
        if let Some((uri, _)) = self.editor.open.get(path) {
            return Some(Place::Uri(uri.clone()));
        }
        if self.analysis.is_library_path(path) {
            return self.editor.library.on_disk(path, self.analysis.text(file)).map(Place::Path);
        }
        Some(Place::Path(self.editor.root.as_ref()?.join(path)))
    }

    /// Edits by file. Nothing of the library is edited.
    pub fn edits(&self, edits: impl IntoIterator<Item = (FileRange, String)>) -> BTreeMap<Place, FileEdits> {
        let mut out: BTreeMap<Place, FileEdits> = BTreeMap::new();
        for (at, text) in edits {
            let path = self.analysis.path(at.file);
            let Some(place) = self.place(at.file).filter(|_| !self.analysis.is_library_path(path)) else { continue };
            let file = out.entry(place).or_default();
            file.version = self.editor.open.get(path).map(|(_, version)| *version);
            file.edits.push((self.range(at), text));
        }
        out
    }

    /// The fixes of findings in a range of the document, and what they say is missing.
    pub fn fixes(&self, range: Range) -> Vec<Fix> {
        let range = self.text_range(range);
        let mut found = self.analysis.fixes(&self.path, range);
        found.extend(self.analysis.additions(&self.path, range));
        let fix = |action: Action| Fix {
            at: self.range(action.at),
            edits: self.edits(action.edits),
            title: action.title,
            code: action.code,
            safe: action.safe,
        };
        found.into_iter().map(fix).collect()
    }

    /// What could stand at a position, and whether that is all of it: of very many only those that have the letters
    /// that were typed.
    pub fn completions(&self, at: Position) -> Option<(Completions, bool)> {
        let mut found = self.analysis.completions(&self.path, self.offset(at))?;
        if found.items.len() <= MANY {
            return Some((found, true));
        }
        let text = self.analysis.text(self.file()?);
        let typed = &text[found.replaces.start as usize..found.replaces.end as usize];
        found.items.retain(|item| has_letters(&item.label, typed));
        found.items.truncate(BEST);
        Some((found, false))
    }

    /// Where a range is, as the editor names it.
    pub fn located(&self, at: FileRange) -> Option<(Place, Range)> {
        Some((self.place(at.file)?, self.range(at)))
    }

    /// A component of a call hierarchy, with its places.
    pub fn station(&self, station: Station) -> Option<PlacedStation> {
        let (place, range) = self.located(station.at)?;
        let name_range = self.range(station.name_at);
        Some(PlacedStation { name: station.name, detail: station.kind, place, range, name_range })
    }

    /// Components at the other ends of a component's flows, and where the flows name them.
    pub fn routes(&self, component: &str, upstream: bool) -> Vec<(PlacedStation, Vec<Range>)> {
        let routes = self.analysis.routes(&self.path, component, upstream).into_iter();
        let placed = |route: Route| {
            let mut station = self.station(route.station)?;
            let kind = station.detail.map(|kind| format!("{kind}, ")).unwrap_or_default();
            station.detail = Some(format!("{kind}{}", route.protocols.join(", ")));
            Some((station, route.places.iter().map(|at| self.range(*at)).collect()))
        };
        routes.filter_map(placed).collect()
    }

    /// The places of the component's name at an offset, all in this document; none, if it has others.
    pub fn linked(&self, offset: u32) -> Vec<Range> {
        if self.analysis.component_at(&self.path, offset).is_none() {
            return Vec::new();
        }
        let (own, places) = (self.file(), self.analysis.references(&self.path, offset));
        match places.iter().all(|place| Some(place.at.file) == own) {
            true => places.into_iter().map(|place| self.range(place.at)).collect(),
            false => Vec::new(),
        }
    }

    /// What can be followed, and where to.
    pub fn links(&self) -> Vec<(Range, Target)> {
        let link = |link: Link| {
            let to = match link.to {
                Destination::File(file) => Target::Place(self.place(file)?),
                Destination::Page(page) => Target::Page(page),
            };
            Some((self.own_range(link.range)?, to))
        };
        self.analysis.links(&self.path).into_iter().filter_map(link).collect()
    }

    /// The part to format after a character was typed before `at`: what a bracket closes, or the line that was left.
    pub fn typed(&self, at: Position, closes: bool) -> TextRange {
        let offset = self.offset(at);
        let line = |line: u32| {
            self.text_range(Range {
                start: Position { line, character: 0 },
                end: Position { line, character: u32::MAX },
            })
        };
        match closes {
            true => {
                let around = self.analysis.selections(&self.path, offset.saturating_sub(1));
                let closed = around.into_iter().find(|range| range.end == offset && range.len() > 1);
                TextRange::new(closed.map_or(offset, |range| range.start), offset)
            }
            false => line(at.line.saturating_sub(1)),
        }
    }

    /// For each code among the findings in a range, and for all of them: the safe fixes in the whole document.
    pub fn fix_all(&self, range: Range) -> Vec<FixAll> {
        let all = TextRange::new(0, u32::MAX);
        let found = self.analysis.fixes(&self.path, all);
        let safe: Vec<&Action> = found.iter().filter(|action| action.safe).collect();
        let (own, within) = (self.file(), self.text_range(range));
        let here = safe
            .iter()
            .filter(|a| Some(a.at.file) == own && a.at.range.start <= within.end && within.start <= a.at.range.end);
        let codes: std::collections::BTreeSet<Code> = here.map(|action| action.code).collect();
        let of_code = |code: Code| (Some(code), safe.iter().copied().filter(|a| a.code == code).collect::<Vec<_>>());
        let sets = codes.into_iter().map(of_code).filter(|(_, all)| all.len() > 1);
        let sets: Vec<_> =
            sets.chain(std::iter::once((None, safe.clone()))).filter(|(_, all)| !all.is_empty()).collect();
        sets.into_iter().map(|(code, actions)| FixAll { code, edits: self.edits(apart(&actions)) }).collect()
    }

    /// Changes that answer no error. Those of the whole document too, where they are asked for by name.
    pub fn changes(&self, range: Range, named: bool) -> Vec<PlacedChange> {
        let mut found = self.analysis.changes(&self.path, self.text_range(range));
        if named && !found.iter().any(|c| c.kind == ChangeKind::OrganiseImports) {
            found.extend(self.analysis.organise_imports(&self.path));
        }
        let placed = |c: ProgramChange| PlacedChange { title: c.title, kind: c.kind, edits: self.edits(c.edits) };
        found.into_iter().map(placed).collect()
    }

    /// The document's tokens, cut at line ends: editors take none that span lines.
    pub fn tokens(&self) -> Vec<(Range, TokenKind, bool)> {
        let Some(file) = self.file() else { return Vec::new() };
        let (lines, text) = (self.lines(file), self.analysis.text(file));
        let mut out = Vec::new();
        for token in self.analysis.tokens(&self.path) {
            let mut at = token.range.start;
            for part in text[token.range.start as usize..token.range.end as usize].split_inclusive(['\n', '\r']) {
                let bare = part.trim_end_matches(['\n', '\r']);
                if !bare.is_empty() {
                    let range = TextRange::new(at, at + bare.len() as u32);
                    out.push((lines.range(range), token.kind, token.library));
                }
                at += part.len() as u32;
            }
        }
        out
    }

    /// Names of the project that have the letters of `query` in this order, whatever their case.
    pub fn find(&self, query: &str) -> Vec<Found> {
        let mut out = Vec::new();
        for path in self.analysis.own_files() {
            let Some(file) = self.analysis.file(&path) else { continue };
            let Some(place) = self.place(file) else { continue };
            let mut stack: Vec<(Option<String>, Outline)> =
                self.analysis.outline(&path).into_iter().rev().map(|entry| (None, entry)).collect();
            while let Some((within, entry)) = stack.pop() {
                let name = entry.name.clone();
                stack.extend(entry.children.into_iter().rev().map(|child| (Some(name.clone()), child)));
                if entry.kind != OutlineKind::Flow && has_letters(&entry.name, query) {
                    let range = self.range(FileRange { file, range: entry.name_range });
                    out.push(Found { name: entry.name, kind: entry.kind, place: place.clone(), range, within });
                }
            }
        }
        out
    }
}

/// The edits of several fixes, without those of a fix that touches one before it.
fn apart(actions: &[&Action]) -> Vec<(FileRange, String)> {
    let mut out: Vec<(FileRange, String)> = Vec::new();
    for action in actions {
        let touches = |(at, _): &(FileRange, String)| {
            out.iter().any(|(b, _)| b.file == at.file && b.range.start <= at.range.end && at.range.start <= b.range.end)
        };
        if !action.edits.iter().any(touches) {
            out.extend(action.edits.iter().cloned());
        }
    }
    out
}

fn has_letters(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|c| c == wanted))
}
