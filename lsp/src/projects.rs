//! The projects on disk and what is open of them. Owned by the analysis thread.

use crate::documents::{Change, Document};
use crate::findings::{Finding, Settled};
use crate::library::Library;
use crate::places::{DocumentId, Encoding, Place};
use crate::view::{Editor, View};
use obs_compiler::db::FileText;
use obs_compiler::disk;
use obs_compiler::ide::Host;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What makes a project one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root {
    /// A folder, canonical.
    Folder(PathBuf),
    /// One document that is on no disk, by its URI.
    Alone(String),
    /// The library's own files, opened to be read.
    Library,
}

/// A file of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The project.
    pub root: Root,
    /// The file's path in it, with `/`.
    pub path: String,
}

impl Key {
    /// Where a document belongs.
    pub fn of(document: &DocumentId, library: &Library) -> Key {
        document
            .path
            .as_deref()
            .and_then(|path| Key::of_path(path, library))
            .unwrap_or_else(|| Key { root: Root::Alone(document.uri.clone()), path: "untitled.obs".to_owned() })
    }

    /// Where a file belongs, there or not. Nothing for paths that are not UTF-8.
    pub fn of_path(path: &Path, library: &Library) -> Option<Key> {
        if let Some(path) = library.path_of(path) {
            return Some(Key { root: Root::Library, path });
        }
        let real = disk::real(path);
        let root = disk::project_root(&real);
        Some(Key { path: disk::below(&root, &real)?, root: Root::Folder(root) })
    }
}

/// One project.
pub struct Project {
    host: Host,
    root: Root,
    /// Open documents by path.
    documents: BTreeMap<String, Document>,
    open: Arc<BTreeMap<String, (String, i32)>>,
    /// Documents whose text the host doesn't have yet.
    edited: BTreeSet<String>,
    /// Files that the host has from disk, or knows not to be there.
    known: BTreeSet<String>,
    /// Whether the files of the folder were looked for.
    pub complete: bool,
    /// Counts writes to the host.
    pub revision: u64,
    /// What the editor was last told, by path.
    pub published: BTreeMap<String, Vec<Finding>>,
    /// What was found last in each program, by its entry.
    pub settled: Arc<BTreeMap<String, Settled>>,
    /// Documents that were opened and of which nothing was said since, not even that nothing is wrong.
    pub silent: BTreeSet<String>,
}

impl Project {
    /// A project with nothing in it.
    pub fn new(root: Root) -> Self {
        let complete = !matches!(root, Root::Folder(_));
        Self {
            host: Host::new(),
            root,
            documents: BTreeMap::new(),
            open: Arc::default(),
            edited: BTreeSet::new(),
            known: BTreeSet::new(),
            complete,
            revision: 0,
            published: BTreeMap::new(),
            settled: Arc::default(),
            silent: BTreeSet::new(),
        }
    }

    fn folder(&self) -> Option<&Path> {
        match &self.root {
            Root::Folder(folder) => Some(folder),
            _ => None,
        }
    }

    fn read(&self, path: &str) -> FileText {
        self.folder().map_or(FileText::Missing, |root| disk::read_within(root, &root.join(path)))
    }

    fn set(&mut self, path: &str, text: FileText) {
        self.revision += 1;
        self.host.set_file(path, text);
    }

    /// The editor opens a document: from now on its text is the editor's.
    pub fn open(&mut self, path: &str, document: Document) {
        if self.root != Root::Library {
            self.set(path, FileText::Text(document.text.as_str().into()));
        }
        self.documents.insert(path.to_owned(), document);
        self.silent.insert(path.to_owned());
        self.list_open();
        self.read_wanted(&[path.to_owned()]);
    }

    /// The editor changes a document; the host learns of it at the next [`Project::flush`].
    pub fn edit(&mut self, path: &str, version: i32, changes: Vec<Change>, encoding: Encoding) {
        let Some(document) = self.documents.get_mut(path) else { return };
        document.version = version;
        document.apply(changes, encoding);
        if self.root != Root::Library {
            self.edited.insert(path.to_owned());
        }
        self.list_open();
    }

    /// The editor closes a document: from now on its text is the disk's.
    pub fn close(&mut self, path: &str) {
        if self.documents.remove(path).is_none() {
            return;
        }
        self.edited.remove(path);
        self.silent.remove(path);
        self.list_open();
        if self.root != Root::Library {
            self.known.insert(path.to_owned());
            let text = self.read(path);
            self.set(path, text);
        }
    }

    fn list_open(&mut self) {
        self.open =
            Arc::new(self.documents.iter().map(|(path, d)| (path.clone(), (d.uri.clone(), d.version))).collect());
    }

    /// Tells the host of the documents' texts. Waits until snapshots are gone.
    pub fn flush(&mut self) {
        for path in std::mem::take(&mut self.edited) {
            if let Some(document) = self.documents.get(&path) {
                let text = FileText::Text(document.text.as_str().into());
                self.set(&path, text);
            }
        }
    }

    /// Whether the host has all texts.
    pub fn is_flushed(&self) -> bool {
        self.edited.is_empty()
    }

    /// Takes files from disk, save those that are open.
    pub fn add(&mut self, files: Vec<(String, FileText)>) {
        for (path, text) in files {
            if !self.documents.contains_key(&path) {
                self.known.insert(path.clone());
                self.set(&path, text);
            }
        }
    }

    /// Reads what programs import and the host was never given.
    pub fn read_wanted(&mut self, entries: &[String]) {
        loop {
            let analysis = self.host.analysis();
            let wanted: BTreeSet<String> = entries.iter().flat_map(|e| analysis.wanted(e)).collect();
            drop(analysis);
            if wanted.is_empty() {
                return;
            }
            self.read_again(wanted);
        }
    }

    /// Reads files that the editor does not have open.
    pub fn read_again(&mut self, paths: BTreeSet<String>) {
        let files = paths.into_iter().map(|path| (path.clone(), self.read(&path))).collect();
        self.add(files);
    }

    /// The known files at a path or below it: all of them, below the root.
    pub fn known_below(&self, path: &str) -> BTreeSet<String> {
        let inside =
            |k: &&String| path.is_empty() || k.strip_prefix(path).is_some_and(|r| r.is_empty() || r.starts_with('/'));
        self.known.iter().filter(inside).cloned().collect()
    }

    /// Whether it is one of its documents, or a file that the host has.
    pub fn has(&self, path: &str) -> bool {
        self.root == Root::Library || self.documents.contains_key(path) || self.known.contains(path)
    }

    /// The paths of open documents.
    pub fn open_paths(&self) -> Arc<BTreeMap<String, (String, i32)>> {
        Arc::clone(&self.open)
    }

    /// The version of an open document.
    pub fn version(&self, path: &str) -> Option<i32> {
        self.documents.get(path).map(|d| d.version)
    }

    /// How to name a file of the project to the editor.
    pub fn place(&self, path: &str) -> Option<Place> {
        match self.open.get(path) {
            Some((uri, _)) => Some(Place::Uri(uri.clone())),
            None => self.folder().map(|root| Place::Path(root.join(path))),
        }
    }

    /// A snapshot to answer a request about a document from.
    pub fn view(&self, path: &str, encoding: Encoding, library: &Library) -> View {
        let editor = Editor {
            encoding,
            root: self.folder().map(Path::to_path_buf),
            open: Arc::clone(&self.open),
            library: library.clone(),
        };
        View { analysis: self.host.analysis(), path: path.to_owned(), editor }
    }
}

/// Entries of folders that are looked at in search of sources.
const SCAN_LIMIT: usize = 50_000;

/// The sources of a project, read from disk.
pub fn scan(root: &Path) -> Vec<(String, FileText)> {
    let files = disk::sources_near(root, disk::is_marked(root), SCAN_LIMIT);
    let read = |file: PathBuf| Some((disk::below(root, &file)?, disk::read_within(root, &file)));
    files.into_iter().filter_map(read).collect()
}

/// The projects that have sources in a folder of the editor's.
pub fn roots_in(folder: &Path) -> BTreeSet<PathBuf> {
    disk::sources_near(&disk::real(folder), true, SCAN_LIMIT).iter().map(|file| disk::project_root(file)).collect()
}
