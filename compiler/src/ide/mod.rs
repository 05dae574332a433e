//! What editors and the command line ask of the compiler, as plain data: no LSP types, no disk.

mod actions;
mod calls;
mod completion;
mod edits;
mod extract_kind;
mod extract_param;
mod fixes;
#[cfg(test)]
mod fixture;
mod folding;
mod hints;
mod hover;
mod imports;
mod insertion;
mod lenses;
mod links;
mod missing_components;
mod missing_flows;
mod missing_imports;
mod outline;
mod preview;
mod references;
mod relations;
mod selection;
mod signature;
mod sources;
mod symbol;
mod test_items;
mod tokens;

pub use actions::{ChangeKind, ProgramChange};
pub use calls::{Route, Station};
pub use completion::{Completion, CompletionKind, Completions};
pub use fixes::Action;
pub use folding::{Fold, FoldKind};
pub use hints::Hint;
pub use hover::Hover;
pub use lenses::{Lens, LensKind};
pub use links::{Destination, Link};
pub use outline::{Outline, OutlineKind};
pub use references::Reference;
pub use signature::Signature;
pub use tokens::{Token, TokenKind};

use crate::db::{self, Db, FileText, RootDb, SourceFile};
use crate::diagnostics::Diagnostic;
use crate::graph::{self, Stack, Target, TestResult};
use crate::names;
use crate::outputs::{OutputFile, compose, docs, kubernetes};
use crate::parallel;
use crate::rules;
use crate::text::{FileId, FileRange, LineIndex, Sources, Span, TextRange};
use crate::types::items;
use std::sync::Arc;
use std::thread::{JoinHandle, ScopedJoinHandle};

/// The Kubernetes objects of all profiles, and what is wrong with them.
#[salsa::tracked]
fn emitted(db: &dyn Db, entry: SourceFile) -> kubernetes::Emitted {
    kubernetes::emit(&graph::stacks(db, entry).stacks)
}

/// The Kubernetes files of all profiles.
#[salsa::tracked]
fn files(db: &dyn Db, entry: SourceFile) -> Vec<OutputFile> {
    kubernetes::files(&graph::stacks(db, entry).stacks, &emitted(db, entry).objects)
}

/// The Compose files under each profile, and what is wrong with them.
#[salsa::tracked]
fn composed(db: &dyn Db, entry: SourceFile) -> Vec<compose::Emitted> {
    compose::emit(&graph::stacks_for(db, entry, Target::Compose).stacks, &graph::stacks(db, entry).stacks)
}

/// Owns the program's inputs. One thread writes; [`Host::analysis`] gives snapshots to read from.
#[derive(Default)]
pub struct Host {
    db: RootDb,
}

impl Host {
    /// A host with the library and nothing else.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, telling `log` of each query that runs.
    pub fn with_log(log: db::QueryLog) -> Self {
        Self { db: RootDb::with_log(log) }
    }

    /// Adds a file or changes what is known of it. `path` is relative to the project's root, with `/`.
    /// Waits until all snapshots are gone.
    pub fn set_file(&mut self, path: &str, text: FileText) {
        self.db.set_file(path, text);
    }

    /// Reads the library in another thread, while this one reads the program. A change in between would stop it: wait
    /// for it first. `None` where the system gives no thread; then it is read when it is needed.
    pub fn read_ahead(&self) -> Option<JoinHandle<()>> {
        let db = self.db.clone();
        // from the other end than a program would: they meet in the middle
        let read = move || {
            for file in db::library(&db).iter().rev() {
                names::exports(&db, *file);
            }
        };
        std::thread::Builder::new().spawn(read).ok()
    }

    /// A snapshot.
    pub fn analysis(&self) -> Analysis {
        Analysis { db: self.db.clone() }
    }
}

/// Why a reading came to no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// A write came in between, or what it waited for in another thread ended early; that was a write's doing too, unless
    /// that thread panicked: then asking again panics here.
    Written,
    /// Nobody wants its answer any more.
    Cancelled,
}

/// Stops a reading from another thread.
#[derive(Debug, Clone)]
pub struct Canceller(salsa::CancellationToken);

impl Canceller {
    /// Stops the reading under way at its next query.
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

/// A snapshot of the program. Where it doesn't know a path it answers with nothing.
pub struct Analysis {
    db: RootDb,
}

impl Analysis {
    fn entry(&self, path: &str) -> Option<SourceFile> {
        db::file_by_path(&self.db, path)
    }

    /// Files that `entry` imports, directly or not, which the host was never given.
    pub fn wanted(&self, entry: &str) -> Vec<String> {
        self.entry(entry).map(|e| names::program(&self.db, e).wanted.clone()).unwrap_or_default()
    }

    /// The files of the program that starts at `entry`, itself first.
    pub fn files(&self, entry: &str) -> Vec<FileId> {
        self.entry(entry).map(|e| names::program(&self.db, e).files.clone()).unwrap_or_default()
    }

    /// All that is wrong with the program that starts at `entry`, by place; what is waived is left out.
    pub fn check(&self, entry: &str) -> Vec<Diagnostic> {
        let Some(entry) = self.entry(entry) else { return Vec::new() };
        self.beside_emission(entry, || rules::check(&self.db, entry));
        self.known(entry)
    }

    /// The same for those who ask again: no thread is worth it once it is known.
    fn known(&self, entry: SourceFile) -> Vec<Diagnostic> {
        let mut found = rules::check(&self.db, entry).found.clone();
        if !found.iter().any(Diagnostic::is_error) {
            found.extend_from_slice(&emitted(&self.db, entry).diagnostics);
        }
        found.iter_mut().for_each(|d| edits::whole_lines(self, d));
        found.sort_by_cached_key(|d| (self.locate(d.primary), d.code, d.message.clone()));
        found
    }

    /// Does something that asks for the program's stacks while another thread builds them from the other end, and then
    /// emits the objects: a program without errors has them asked for next.
    fn beside_emission<R>(&self, entry: SourceFile, work: impl FnOnce() -> R) -> R {
        let help = move |db: &RootDb| {
            graph::from_the_end(db, entry);
            let (items, graphs) = (rules::check_items(db, entry), graph::graphs(db, entry));
            if !items.iter().chain(&graphs.diagnostics).any(Diagnostic::is_error) {
                emitted(db, entry);
            }
        };
        self.beside(help, work)
    }

    /// Does something while another thread asks for what it will ask for later. Whatever goes wrong in that thread goes
    /// wrong again where it is asked for.
    fn beside<R>(&self, help: impl FnOnce(&RootDb) + Send, work: impl FnOnce() -> R) -> R {
        let db = self.db.clone();
        std::thread::scope(|scope| {
            let helper = parallel::builder().spawn_scoped(scope, move || help(&db));
            let done = work();
            drop(helper.map(ScopedJoinHandle::join));
            done
        })
    }

    /// The errors in the text, the names and the types of the program that starts at `entry`: what can be said at once
    /// after an edit. [`Analysis::check`] finds them too.
    pub fn early_errors(&self, entry: &str) -> Vec<Diagnostic> {
        let Some(entry) = self.entry(entry) else { return Vec::new() };
        let mut found = self.beside(|db| items::from_the_end(db, entry), || rules::check_items(&self.db, entry));
        found.retain(Diagnostic::is_error);
        found.iter_mut().for_each(|d| edits::whole_lines(self, d));
        found
    }

    /// How many items the program that starts at `entry` has: places in it stay what they are while that does.
    pub fn item_count(&self, entry: &str) -> usize {
        let files = self.files(entry).into_iter().map(|id| db::file(&self.db, id));
        files.map(|file| db::anchors(&self.db, file).0.len()).sum()
    }

    /// A finding for each waiver whose last day is before `today` (`YYYY-MM-DD`), and what it no longer covers. The
    /// compiler itself reads no clock.
    pub fn expired_waivers(&self, entry: &str, today: &str) -> Vec<Diagnostic> {
        self.entry(entry).map(|e| rules::expired_waivers(&self.db, e, today)).unwrap_or_default()
    }

    /// What is deployed under each profile; `None` where the program has errors.
    pub fn stacks(&self, entry: &str) -> Option<Arc<Vec<Stack>>> {
        let entry = self.entry(entry)?;
        if self.known(entry).iter().any(Diagnostic::is_error) {
            return None;
        }
        Some(Arc::clone(&graph::stacks(&self.db, entry).stacks))
    }

    /// The Kubernetes objects under each profile of a program without errors, in the order of its stacks.
    pub fn objects(&self, entry: &str) -> &[Vec<kubernetes::Packed>] {
        self.entry(entry).map_or(&[], |e| &emitted(&self.db, e).objects)
    }

    /// What is wrong with the program under Compose and not under Kubernetes, by place; nothing where it has errors
    /// under that.
    pub fn check_compose(&self, entry: &str) -> Vec<Diagnostic> {
        let Some(entry) = self.entry(entry) else { return Vec::new() };
        let known = self.known(entry);
        if known.iter().any(Diagnostic::is_error) {
            return Vec::new();
        }
        let mut found = rules::check_target(&self.db, entry, Target::Compose);
        if !found.iter().any(Diagnostic::is_error) {
            found.extend(composed(&self.db, entry).iter().flat_map(|e| e.diagnostics.iter().cloned()));
        }
        found.sort_by_cached_key(|d| (self.locate(d.primary), d.code, d.message.clone()));
        found.dedup();
        found.retain(|d| !known.contains(d));
        found
    }

    /// The files for Compose under each profile of a program without errors, in the order of its stacks.
    pub fn compose(&self, entry: &str) -> &[compose::Emitted] {
        self.entry(entry).map_or(&[], |e| composed(&self.db, e))
    }

    /// The pages of the library: one for each kind and protocol.
    pub fn library_pages(&self) -> Vec<OutputFile> {
        docs::library(&self.db)
    }

    /// The files of the program that starts at `entry` which aren't the library's, itself first; its lock last, there or
    /// not.
    pub fn project_files(&self, entry: &str) -> Vec<String> {
        let files = self.files(entry).into_iter().map(|id| db::file(&self.db, id));
        let own = files.filter(|f| !db::is_library(&self.db, *f)).map(|f| f.path(&self.db).to_owned());
        own.chain([names::lock_path(entry)]).collect()
    }

    /// Whether the library has a file at this path.
    pub fn is_library_path(&self, path: &str) -> bool {
        self.entry(path).is_some_and(|f| db::is_library(&self.db, f))
    }

    /// The program's `test` items, carried out.
    pub fn tests(&self, entry: &str) -> Vec<TestResult> {
        self.entry(entry).map(|e| graph::run_tests(&self.db, e)).unwrap_or_default()
    }

    /// The programs that a file is part of, by their entries: files that no other one imports. Itself, where it
    /// imports itself in a circle.
    pub fn entries(&self) -> Vec<String> {
        let project = db::Project::get(&self.db);
        let own = project.files(&self.db).iter().copied().filter(|f| !db::is_library(&self.db, *f));
        let is_there = |f: &SourceFile| !matches!(f.text(&self.db), FileText::Missing | FileText::OutsideRoot);
        let own: Vec<SourceFile> = own.filter(is_there).collect();
        let imported: Vec<&str> =
            own.iter().flat_map(|f| names::imports(&self.db, *f)).filter_map(|i| i.path.as_deref()).collect();
        let mut out: Vec<String> = Vec::new();
        let mut reached: Vec<FileId> = Vec::new();
        // those that nothing imports first; then what only circles lead to
        let (free, rest): (Vec<SourceFile>, Vec<SourceFile>) =
            own.iter().partition(|f| !imported.contains(&f.path(&self.db)));
        for file in free.into_iter().chain(rest) {
            if !reached.contains(&file.id(&self.db)) {
                reached.extend(&names::program(&self.db, file).files);
                out.push(file.path(&self.db).to_owned());
            }
        }
        out
    }

    /// All files that aren't the library's and are there.
    pub fn own_files(&self) -> Vec<String> {
        let project = db::Project::get(&self.db);
        let own = project.files(&self.db).iter().filter(|f| !db::is_library(&self.db, **f));
        own.filter(|f| matches!(f.text(&self.db), FileText::Text(_))).map(|f| f.path(&self.db).to_owned()).collect()
    }

    /// The entry of the first program that has the file.
    fn entry_of(&self, file: SourceFile) -> SourceFile {
        let has = |entry: &String| self.files(entry).contains(&file.id(&self.db));
        self.entries().iter().find(|e| has(e)).and_then(|e| self.entry(e)).unwrap_or(file)
    }

    /// What is known of the name at an offset.
    pub fn hover(&self, path: &str, offset: u32) -> Option<Hover> {
        let file = self.entry(path)?;
        let program = || {
            let entry = self.entry_of(file);
            let graph = graph::graphs(&self.db, entry).graphs.first()?;
            Some(hover::Program { entry, graph })
        };
        hover::hover(&self.db, file, offset, program)
    }

    /// Where what the name at an offset means is declared.
    pub fn definition(&self, path: &str, offset: u32) -> Option<FileRange> {
        let (_, target) = symbol::at(&self.db, self.entry(path)?, offset)?;
        symbol::declaration(&self.db, &target)
    }

    /// The documentation of a completion's item, as [`Completion::of`] names it.
    pub fn documentation(&self, file: u32, item: u32) -> Option<String> {
        hover::documentation(&self.db, file, item)
    }

    /// Where the kind of the component at an offset is declared.
    pub fn type_definition(&self, path: &str, offset: u32) -> Option<FileRange> {
        relations::type_definition(&self.db, self.entry(path)?, offset)
    }

    /// The components of the kind, or the kinds of the protocol, at an offset.
    pub fn implementations(&self, path: &str, offset: u32) -> Vec<FileRange> {
        self.entry(path).map(|file| relations::implementations(&self.db, file, offset)).unwrap_or_default()
    }

    /// The component that is named at an offset.
    pub fn component_at(&self, path: &str, offset: u32) -> Option<Station> {
        let file = self.entry(path)?;
        calls::component_at(&self.db, self.entry_of(file), file, offset)
    }

    /// Who has flows to a component of the program that a file belongs to (`upstream`), or whom it has flows to.
    pub fn routes(&self, path: &str, component: &str, upstream: bool) -> Vec<Route> {
        let Some(file) = self.entry(path) else { return Vec::new() };
        calls::routes(&self.db, self.entry_of(file), component, upstream)
    }

    /// What a selection at an offset grows to, step by step.
    pub fn selections(&self, path: &str, offset: u32) -> Vec<TextRange> {
        self.entry(path).map(|file| selection::around(&db::parse(&self.db, file).tree, offset)).unwrap_or_default()
    }

    /// What of the file can be followed.
    pub fn links(&self, path: &str) -> Vec<Link> {
        self.entry(path).map(|file| links::links(&self.db, file)).unwrap_or_default()
    }

    /// What can be given at an offset.
    pub fn signature(&self, path: &str, offset: u32) -> Option<Signature> {
        let file = self.entry(path)?;
        signature::signature(&self.db, self.entry_of(file), file, offset)
    }

    /// All places of the name at an offset.
    pub fn references(&self, path: &str, offset: u32) -> Vec<Reference> {
        self.entry(path).map(|file| references::references(&self.db, file, offset)).unwrap_or_default()
    }

    /// The name at an offset, if it can be given another one.
    ///
    /// # Errors
    /// Says why it can't.
    pub fn renamable(&self, path: &str, offset: u32) -> Result<TextRange, String> {
        let file = self.entry(path).ok_or("there is no such file")?;
        references::renamable(&self.db, file, offset)
    }

    /// The places to write `name` to, so that what is named at an offset has that name.
    ///
    /// # Errors
    /// Says why it can't have it.
    pub fn rename(&self, path: &str, offset: u32, name: &str) -> Result<Vec<FileRange>, String> {
        let file = self.entry(path).ok_or("there is no such file")?;
        references::rename(&self.db, file, offset, name)
    }

    /// What the file holds.
    pub fn outline(&self, path: &str) -> Vec<Outline> {
        self.entry(path).map(|file| outline::outline(&self.db, file)).unwrap_or_default()
    }

    /// The file's tokens that have a colour.
    pub fn tokens(&self, path: &str) -> Vec<Token> {
        self.entry(path).map(|file| tokens::tokens(&self.db, file)).unwrap_or_default()
    }

    /// What can be folded away.
    pub fn folds(&self, path: &str) -> Vec<Fold> {
        self.entry(path).map(|file| folding::folds(&db::parse(&self.db, file).tree)).unwrap_or_default()
    }

    /// What a part of the file leaves out and the compiler knows.
    pub fn hints(&self, path: &str, within: TextRange) -> Vec<Hint> {
        let Some(file) = self.entry(path) else { return Vec::new() };
        let graphs = graph::graphs(&self.db, self.entry_of(file));
        hints::hints(&self.db, file, within, graphs.graphs.first().map(|g| &**g))
    }

    /// What could be done about the findings in a part of the file.
    pub fn fixes(&self, path: &str, range: TextRange) -> Vec<Action> {
        let Some(file) = self.entry(path) else { return Vec::new() };
        fixes::fixes(self, &self.found_of(file), FileRange { file: file.id(&self.db), range })
    }

    /// Items that the findings in a part of the file say are missing: imports, components, flows.
    pub fn additions(&self, path: &str, range: TextRange) -> Vec<Action> {
        let Some(file) = self.entry(path).filter(|f| !db::is_library(&self.db, *f)) else { return Vec::new() };
        let (found, within) = (self.found_of(file), FileRange { file: file.id(&self.db), range });
        let mut out = self.missing_imports(file, &found, within);
        out.extend(self.missing_components(file, &found, within));
        out.extend(self.missing_flows(file, &found, within));
        out
    }

    /// What is wrong with the programs that a file is part of.
    fn found_of(&self, file: SourceFile) -> Vec<Diagnostic> {
        let programs = self.entries().into_iter().filter(|e| self.files(e).contains(&file.id(&self.db)));
        programs.filter_map(|entry| self.entry(&entry)).flat_map(|entry| self.known(entry)).collect()
    }

    /// What could stand at an offset.
    pub fn completions(&self, path: &str, offset: u32) -> Option<Completions> {
        let file = self.entry(path)?;
        Some(completion::completions(&self.db, self.entry_of(file), file, offset))
    }

    /// The file in its one form; `None` where it has syntax errors.
    pub fn format(&self, path: &str) -> Option<String> {
        crate::syntax::format(db::text(&self.db, self.entry(path)?))
    }

    /// Runs a reading of this snapshot, all of whose queries can be stopped: by a write, which waits for it, or by
    /// [`Canceller::cancel`].
    ///
    /// # Errors
    /// Says why it was stopped.
    pub fn read<T>(&self, read: impl FnOnce() -> T) -> Result<T, Stopped> {
        use salsa::{Cancelled, Database};
        // attached throughout: else each query would forget that it was cancelled when it ends
        let read = self.db.attach(|_| Cancelled::catch(std::panic::AssertUnwindSafe(read)));
        read.map_err(|why| match why {
            Cancelled::Local => Stopped::Cancelled,
            _ => Stopped::Written,
        })
    }

    /// What stops readings of this snapshot.
    pub fn canceller(&self) -> Canceller {
        use salsa::Database;
        Canceller(self.db.cancellation_token())
    }

    /// Lines of a file.
    pub fn line_index(&self, file: FileId) -> &LineIndex {
        db::line_index(&self.db, db::file(&self.db, file))
    }

    /// The file at a path.
    pub fn file(&self, path: &str) -> Option<FileId> {
        self.entry(path).map(|f| f.id(&self.db))
    }
}

impl Sources for Analysis {
    fn path(&self, file: FileId) -> &str {
        db::file(&self.db, file).path(&self.db)
    }

    fn text(&self, file: FileId) -> &str {
        db::shown(&self.db, db::file(&self.db, file))
    }

    fn locate(&self, span: Span) -> FileRange {
        db::anchors(&self.db, db::file(&self.db, span.file)).resolve(span)
    }
}
