//! The one thread that owns all projects. Jobs come in through a queue and are done in order; reads leave it at once
//! with a snapshot, for a worker; what is wrong is looked for when the editor has been quiet for a moment.

use crate::documents::{Change, Document};
use crate::findings::{Finding, Findings, Settled};
use crate::library::Library;
use crate::places::{DocumentId, Encoding, Place};
use crate::pool::Pool;
use crate::projects::{self, Key, Project, Root};
use crate::settings::Settings;
use crate::view::View;
use obs_compiler::db::FileText;
use obs_compiler::disk;
use obs_compiler::ide::{Canceller, Stopped};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// What the server tells the editor of its own accord.
#[derive(Debug)]
pub enum Event {
    /// All that is wrong with a document, in place of what was said of it before.
    Findings {
        /// The document.
        place: Place,
        /// The version it was found in, if the document is open.
        version: Option<i32>,
        /// What was found.
        findings: Vec<Finding>,
    },
    /// What is wrong with open documents is no longer what the editor was told when it asked.
    Stale,
    /// Something that takes a while: what, and when its end is told.
    Work(String, oneshot::Receiver<()>),
}

/// What the editor is like.
#[derive(Debug, Clone, Default)]
pub struct Greeting {
    /// How it counts.
    pub encoding: Encoding,
    /// Whether it asks for what is wrong with open documents, instead of being told.
    pub pulls: bool,
    /// The folders that it has open.
    pub folders: Vec<PathBuf>,
    /// What the user has set.
    pub settings: Settings,
}

/// What the editor does.
#[derive(Debug)]
pub enum Notice {
    /// It greets.
    Start(Greeting),
    /// A document is opened.
    Open(DocumentId, i32, String),
    /// A document changes.
    Change(DocumentId, i32, Vec<Change>),
    /// A document is saved.
    Save(DocumentId),
    /// A document is closed.
    Close(DocumentId),
    /// Files or folders appeared, changed or went.
    Disk(Vec<PathBuf>),
    /// Folders are opened.
    Folders(Vec<PathBuf>),
    /// Folders are closed.
    FoldersClosed(Vec<PathBuf>),
    /// The user sets something.
    Settings(Settings),
}

/// When a project is to be checked, and how far.
#[derive(Debug, Clone, Copy)]
struct Due {
    at: Instant,
    /// All that is wrong with it, not only what is known without its graph.
    whole: bool,
}

/// Programs with more items than this are not looked at in one go.
const LARGE: usize = 1000;

/// How much longer the editor must be quiet before a whole program is checked: it takes a while, and an edit meanwhile
/// would have to wait.
const PAUSE: Duration = Duration::from_millis(150);

enum Job {
    Notice(Notice),
    Read(Request),
    /// The sources below a folder.
    Scanned(PathBuf, Vec<(String, FileText)>),
    /// Folders that are roots of projects.
    Roots(BTreeSet<PathBuf>),
    Checked(Checked),
    /// A project has to be checked whole: little can be said of it otherwise.
    Whole(Root),
    CheckEnded,
}

/// A question about one document, or about all projects.
struct Request {
    document: Option<DocumentId>,
    /// How many edits came before it: set when it is first its turn.
    edits: Option<u64>,
    /// Answers, unless a write that is none of the editor's came in between: then it is to be asked again.
    ask: Box<dyn FnMut(Seen) -> Asked + Send>,
}

/// What a question is answered from.
enum Seen {
    /// The project of the document, or all projects.
    Views(Vec<View>),
    /// The editor has changed something since it asked.
    Overtaken,
}

#[derive(PartialEq, Eq)]
enum Asked {
    Answered,
    Again,
}

/// What was found in one revision of a project.
struct Checked {
    root: Root,
    revision: u64,
    found: BTreeMap<String, Vec<Finding>>,
    /// Of open documents only; the rest is to come.
    first: bool,
    /// For the next check, where this one is whole.
    settled: BTreeMap<String, Settled>,
    /// Imports that have to be read before anything can be said.
    wanted: Vec<String>,
}

/// Why a request has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered {
    /// The program changed meanwhile.
    Modified,
    /// A defect of the server.
    Failed,
}

/// The queue's entrance.
#[derive(Clone)]
pub struct Analysis {
    jobs: Sender<Job>,
}

impl Analysis {
    /// Starts the thread. What it has to say goes to `events`; what it has to keep goes into the folder `cache`.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(events: mpsc::UnboundedSender<Event>, cache: Option<PathBuf>) -> std::io::Result<Self> {
        let (jobs, queue) = channel();
        let thread = Thread {
            jobs: jobs.clone(),
            events,
            pool: Pool::start()?,
            projects: BTreeMap::new(),
            keys: BTreeMap::new(),
            library: Library::within(cache),
            encoding: Encoding::default(),
            pulls: false,
            settings: Settings::default(),
            edits: 0,
            due: BTreeMap::new(),
            checking: false,
        };
        std::thread::Builder::new()
            .name("analysis".to_owned())
            .stack_size(64 << 20)
            .spawn(move || thread.run(&queue))?;
        Ok(Self { jobs })
    }

    /// Tells what the editor does. Never waits.
    pub fn notice(&self, notice: Notice) {
        // the thread lives as long as this process
        let _ = self.jobs.send(Job::Notice(notice));
    }

    /// Asks about a document, as it is after all that was noticed before. Nothing, where it is unknown. Dropping the
    /// future stops the reading.
    pub async fn read<T: Send + 'static>(
        &self,
        document: DocumentId,
        mut read: impl FnMut(&View) -> T + Send + 'static,
    ) -> Result<Option<T>, Unanswered> {
        let found = self.ask(Some(document), move |view| vec![read(view)]).await?;
        Ok(found.into_iter().next())
    }

    /// Asks about all projects.
    pub async fn read_all<T: Send + 'static>(
        &self,
        read: impl FnMut(&View) -> Vec<T> + Send + 'static,
    ) -> Result<Vec<T>, Unanswered> {
        self.ask(None, read).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        document: Option<DocumentId>,
        mut read: impl FnMut(&View) -> Vec<T> + Send + 'static,
    ) -> Result<Vec<T>, Unanswered> {
        let (answer, answered) = oneshot::channel();
        let wanted = Wanted::default();
        let held = wanted.clone();
        let mut answer = Some(answer);
        let ask = move |seen| {
            let result = match seen {
                Seen::Overtaken => Err(Stopped::Cancelled),
                Seen::Views(views) => {
                    let each = views.iter().map(|view| held.read(&view.analysis, || read(view)));
                    each.collect::<Result<Vec<Vec<T>>, _>>()
                }
            };
            let result = match result {
                Ok(found) => Ok(found.into_iter().flatten().collect()),
                Err(Stopped::Written) => return Asked::Again,
                Err(Stopped::Cancelled) => Err(Unanswered::Modified),
            };
            if let Some(answer) = answer.take() {
                // an editor that has gone wants no answer
                let _ = answer.send(result);
            }
            Asked::Answered
        };
        let _ = self.jobs.send(Job::Read(Request { document, edits: None, ask: Box::new(ask) }));
        let _stop = StopOnDrop(wanted);
        // one that is dropped without an answer has panicked
        answered.await.unwrap_or(Err(Unanswered::Failed))
    }
}

/// Whether an answer is still wanted; shared by who waits for it and who works on it.
#[derive(Clone, Default)]
struct Wanted(Arc<(AtomicBool, Mutex<Option<Canceller>>)>);

impl Wanted {
    fn read<T>(&self, analysis: &obs_compiler::ide::Analysis, read: impl FnOnce() -> T) -> Result<T, Stopped> {
        *self.0.1.lock().unwrap_or_else(PoisonError::into_inner) = Some(analysis.canceller());
        if self.0.0.load(Ordering::SeqCst) {
            return Err(Stopped::Cancelled);
        }
        analysis.read(read)
    }
}

/// Lives in a handler's future, which is dropped when the editor cancels its request.
struct StopOnDrop(Wanted);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        let (stopped, canceller) = &*self.0.0;
        stopped.store(true, Ordering::SeqCst);
        if let Some(canceller) = &*canceller.lock().unwrap_or_else(PoisonError::into_inner) {
            canceller.cancel();
        }
    }
}

struct Thread {
    jobs: Sender<Job>,
    events: mpsc::UnboundedSender<Event>,
    pool: Pool,
    projects: BTreeMap<Root, Project>,
    /// Where open documents are, by URI.
    keys: BTreeMap<String, Key>,
    library: Library,
    encoding: Encoding,
    pulls: bool,
    settings: Settings,
    /// Counts what the editor does to documents.
    edits: u64,
    /// When each changed project is to be checked.
    due: BTreeMap<Root, Due>,
    checking: bool,
}

impl Thread {
    fn run(mut self, queue: &Receiver<Job>) {
        loop {
            match self.next(queue) {
                Ok(job) => self.work(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.check_due();
        }
    }

    /// The next job, or the end of the wait for one. Texts are handed on only when there is nothing else to do, so that
    /// changes that come in a row cost one revision.
    fn next(&mut self, queue: &Receiver<Job>) -> Result<Job, RecvTimeoutError> {
        match queue.try_recv() {
            Ok(job) => return Ok(job),
            Err(TryRecvError::Disconnected) => return Err(RecvTimeoutError::Disconnected),
            Err(TryRecvError::Empty) => {}
        }
        self.projects.values_mut().for_each(Project::flush);
        match self.due.values().map(|due| due.at).min() {
            Some(due) if !self.checking => queue.recv_timeout(due.saturating_duration_since(Instant::now())),
            _ => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    fn work(&mut self, job: Job) {
        match job {
            Job::Notice(notice) => self.notice(notice),
            Job::Read(request) => self.read(request),
            Job::Scanned(root, files) => self.scanned(Root::Folder(root), files),
            Job::Roots(roots) => roots.into_iter().for_each(|root| _ = self.project(Root::Folder(root))),
            Job::Checked(checked) => self.checked(checked),
            Job::Whole(root) => self.set_due(root, Duration::ZERO, true),
            Job::CheckEnded => self.checking = false,
        }
    }

    fn read(&mut self, mut request: Request) {
        let edits = *request.edits.get_or_insert(self.edits);
        let seen = match &request.document {
            _ if edits != self.edits => Seen::Overtaken,
            Some(document) => Seen::Views(self.view(document).into_iter().collect()),
            None => Seen::Views(self.views()),
        };
        let jobs = self.jobs.clone();
        self.pool.spawn(move || {
            if (request.ask)(seen) == Asked::Again {
                // the thread lives as long as this process
                let _ = jobs.send(Job::Read(request));
            }
        });
    }

    fn notice(&mut self, notice: Notice) {
        if matches!(notice, Notice::Open(..) | Notice::Change(..) | Notice::Close(_)) {
            self.edits += 1;
        }
        match notice {
            Notice::Start(greeting) => {
                self.encoding = greeting.encoding;
                self.pulls = greeting.pulls;
                self.settings = greeting.settings;
                self.look_into(greeting.folders);
            }
            Notice::Folders(folders) => self.look_into(folders),
            Notice::FoldersClosed(folders) => folders.iter().for_each(|folder| self.close_folder(folder)),
            Notice::Settings(settings) => self.settings = settings,
            Notice::Open(document, version, text) => self.open(document, version, text),
            Notice::Change(document, version, changes) => {
                let (Some(key), encoding) = (self.keys.get(&document.uri).cloned(), self.encoding) else { return };
                self.project(key.root.clone()).edit(&key.path, version, changes, encoding);
                self.changed(&key.root, self.settings.delay());
            }
            Notice::Save(document) => {
                // not every editor tells of files that change on disk
                let Some(key) = self.keys.get(&document.uri).cloned() else { return };
                let project = self.project(key.root.clone());
                project.read_again(project.known_below(""));
                self.changed(&key.root, self.settings.delay());
            }
            Notice::Close(document) => self.close(&document),
            Notice::Disk(paths) => self.disk(&paths),
        }
    }

    fn open(&mut self, document: DocumentId, version: i32, text: String) {
        let key = Key::of(&document, &self.library);
        let entry = Document { uri: document.uri.clone(), version, text };
        let project = self.project(key.root.clone());
        project.open(&key.path, entry);
        if self.pulls && self.forget(&key) {
            self.tell(Place::Uri(document.uri.clone()), Some(version), Vec::new());
        }
        self.changed(&key.root, Duration::ZERO);
        self.keys.insert(document.uri, key);
    }

    /// Forgets what the editor was told of a document; says whether there was anything.
    fn forget(&mut self, key: &Key) -> bool {
        self.project(key.root.clone()).published.remove(&key.path).is_some()
    }

    fn close(&mut self, document: &DocumentId) {
        let Some(key) = self.keys.remove(&document.uri) else { return };
        self.project(key.root.clone()).close(&key.path);
        if self.pulls {
            self.forget(&key);
        }
        if matches!(key.root, Root::Alone(_)) {
            self.projects.remove(&key.root);
            self.due.remove(&key.root);
            self.tell(Place::Uri(document.uri.clone()), None, Vec::new());
        } else {
            self.changed(&key.root, self.settings.delay());
        }
    }

    fn disk(&mut self, paths: &[PathBuf]) {
        for path in paths {
            let Some(key) = Key::of_path(path, &self.library) else { continue };
            let Some(project) = self.projects.get_mut(&key.root) else {
                if disk::is_source(path) {
                    self.project(key.root);
                }
                continue;
            };
            let mut touched = project.known_below(&key.path);
            if path.extension().is_some_and(|e| e == "obs") {
                touched.insert(key.path);
            }
            project.read_again(touched);
            self.changed(&key.root, self.settings.delay());
        }
    }

    fn look_into(&self, folders: Vec<PathBuf>) {
        let jobs = self.jobs.clone();
        self.pool.spawn(move || {
            let roots = folders.iter().flat_map(|folder| projects::roots_in(folder)).collect();
            let _ = jobs.send(Job::Roots(roots));
        });
    }

    /// Forgets the projects in a folder, but for those with open documents.
    fn close_folder(&mut self, folder: &std::path::Path) {
        let folder = disk::real(folder);
        let inside = |root: &Root| matches!(root, Root::Folder(root) if root.starts_with(&folder));
        let gone = self.projects.iter().filter(|(root, p)| inside(root) && p.open_paths().is_empty());
        for root in gone.map(|(root, _)| root.clone()).collect::<Vec<_>>() {
            self.due.remove(&root);
            let Some(project) = self.projects.remove(&root) else { continue };
            for place in project.published.keys().filter_map(|path| project.place(path)) {
                self.tell(place, None, Vec::new());
            }
        }
    }

    /// The project at a root; a new one has its folder looked through.
    fn project(&mut self, root: Root) -> &mut Project {
        if let Root::Folder(folder) = &root
            && !self.projects.contains_key(&root)
        {
            let (jobs, folder) = (self.jobs.clone(), folder.clone());
            let (ended, end) = oneshot::channel();
            let _ = self.events.send(Event::Work(format!("reading {}", folder.display()), end));
            self.pool.spawn(move || {
                let files = projects::scan(&folder);
                // whoever shows it may have gone
                let _ = ended.send(());
                let _ = jobs.send(Job::Scanned(folder, files));
            });
        }
        self.projects.entry(root).or_insert_with_key(|root| Project::new(root.clone()))
    }

    fn scanned(&mut self, root: Root, files: Vec<(String, FileText)>) {
        let Some(project) = self.projects.get_mut(&root) else { return };
        project.add(files);
        project.complete = true;
        self.changed(&root, Duration::ZERO);
    }

    fn changed(&mut self, root: &Root, quiet: Duration) {
        self.set_due(root.clone(), quiet, false);
    }

    fn set_due(&mut self, root: Root, after: Duration, whole: bool) {
        self.due.insert(root, Due { at: Instant::now() + after, whole });
    }

    fn view(&mut self, document: &DocumentId) -> Option<View> {
        let key = match self.keys.get(&document.uri) {
            Some(key) => key.clone(),
            None => Key::of(document, &self.library),
        };
        let project = self.projects.get_mut(&key.root).filter(|p| p.has(&key.path))?;
        project.flush();
        Some(project.view(&key.path, self.encoding, &self.library))
    }

    fn views(&mut self) -> Vec<View> {
        let projects = self.projects.iter_mut().filter(|(root, _)| **root != Root::Library);
        let view = |(_, project): (&Root, &mut Project)| {
            project.flush();
            project.view("", self.encoding, &self.library)
        };
        projects.map(view).collect()
    }

    /// Looks for what is wrong with the project that waited longest, if its time has come.
    fn check_due(&mut self) {
        if self.checking {
            return;
        }
        let now = Instant::now();
        let ready = |(root, due): &(&Root, &Due)| due.at <= now && self.projects.get(*root).is_some_and(|p| p.complete);
        let Some((root, due)) = self.due.iter().filter(ready).min_by_key(|(_, due)| due.at) else {
            // of projects that aren't complete yet `scanned` tells
            self.due.retain(|_, due| due.at > now);
            return;
        };
        let (root, due) = (root.clone(), *due);
        self.due.remove(&root);
        let Some(project) = self.projects.get_mut(&root).filter(|_| root != Root::Library) else { return };
        project.flush();
        let open = project.open_paths();
        let check = Check {
            view: project.view("", self.encoding, &self.library),
            revision: project.revision,
            root,
            open: open.keys().cloned().collect(),
            before: Arc::clone(&project.settled),
            whole: due.whole || project.settled.is_empty(),
            ended: CheckEnded(self.jobs.clone()),
        };
        self.checking = true;
        if !check.whole {
            self.set_due(check.root.clone(), PAUSE, true);
        }
        self.pool.spawn(move || check.run());
    }

    fn checked(&mut self, checked: Checked) {
        let Some(project) = self.projects.get_mut(&checked.root) else { return };
        if !checked.wanted.is_empty() {
            project.read_again(checked.wanted.into_iter().collect());
            self.changed(&checked.root, Duration::ZERO);
            return;
        }
        // what was found in another revision has no place in this one; this one's check is due
        if checked.revision != project.revision || !project.is_flushed() {
            return;
        }
        if !checked.first {
            project.settled = Arc::new(checked.settled);
        }
        let mut found = checked.found;
        let open = project.open_paths();
        let gone = project.published.keys().filter(|path| !checked.first || open.contains_key(*path));
        for path in gone.cloned().collect::<Vec<_>>() {
            found.entry(path).or_default();
        }
        for path in &project.silent {
            found.entry(path.clone()).or_default();
        }
        let mut news = Vec::new();
        for (path, findings) in found {
            let is_news = project.silent.remove(&path);
            let before = project.published.get(&path).map(Vec::as_slice).unwrap_or_default();
            if before == findings && !is_news {
                continue;
            }
            if let Some(place) = project.place(&path) {
                news.push((place, project.version(&path), findings.clone()));
            }
            match findings.is_empty() {
                true => _ = project.published.remove(&path),
                false => _ = project.published.insert(path, findings),
            }
        }
        let (asked, told) = news.into_iter().partition::<Vec<_>, _>(|(_, version, _)| self.pulls && version.is_some());
        if !asked.is_empty() {
            let _ = self.events.send(Event::Stale);
        }
        told.into_iter().for_each(|(place, version, findings)| self.tell(place, version, findings));
    }

    fn tell(&self, place: Place, version: Option<i32>, findings: Vec<Finding>) {
        let _ = self.events.send(Event::Findings { place, version, findings });
    }
}

/// Tells the thread that a check is over, however it ended.
struct CheckEnded(Sender<Job>);

impl Drop for CheckEnded {
    fn drop(&mut self) {
        let _ = self.0.send(Job::CheckEnded);
    }
}

/// A look at all that is wrong with a project.
struct Check {
    view: View,
    root: Root,
    revision: u64,
    open: BTreeSet<String>,
    /// What was found in each program the last time.
    before: Arc<BTreeMap<String, Settled>>,
    /// Whether all is to be looked for.
    whole: bool,
    ended: CheckEnded,
}

impl Check {
    /// A write stops it: then another one is due.
    fn run(self) {
        let _ = self.view.analysis.read(|| self.find());
    }

    fn find(&self) {
        let analysis = &self.view.analysis;
        let entries = analysis.entries();
        let wanted: BTreeSet<String> = entries.iter().flat_map(|e| analysis.wanted(e)).collect();
        if !wanted.is_empty() {
            return self.tell(Checked { wanted: wanted.into_iter().collect(), ..self.nothing() });
        }
        let has_open = |entry: &&String| analysis.project_files(entry).iter().any(|f| self.open.contains(f));
        let (first, rest): (Vec<&String>, Vec<&String>) = entries.iter().partition(has_open);
        if !self.whole {
            return self.find_early(&first);
        }
        if self.before.is_empty() {
            self.find_first(&first);
        }
        let mut settled = BTreeMap::new();
        let mut find = |entries: &[&String]| {
            let mut findings = Findings::new();
            for entry in entries {
                settled.insert((*entry).clone(), findings.add(&self.view, entry));
            }
            findings.finish()
        };
        if !rest.is_empty() {
            let found = find(&first);
            self.tell_open(found);
        }
        let all: Vec<&String> = first.into_iter().chain(rest).collect();
        let found = find(&all);
        self.tell(Checked { found, first: false, settled, ..self.nothing() });
    }

    /// What can be said of open documents at once.
    fn find_early(&self, entries: &[&String]) {
        let mut findings = Findings::new();
        let add = |entry: &&String| findings.add_early(&self.view, entry, self.before.get(*entry)?);
        match entries.iter().map(add).collect::<Option<Vec<()>>>() {
            Some(_) => self.tell_open(findings.finish()),
            None => _ = self.ended.0.send(Job::Whole(self.root.clone())),
        }
    }

    /// What can be said of a large program while the rest of it is still being looked at for the first time.
    fn find_first(&self, entries: &[&String]) {
        if entries.iter().any(|entry| self.view.analysis.item_count(entry) > LARGE) {
            let mut findings = Findings::new();
            entries.iter().for_each(|entry| findings.add_errors(&self.view, entry));
            self.tell_open(findings.finish());
        }
    }

    fn tell_open(&self, mut found: BTreeMap<String, Vec<Finding>>) {
        found.retain(|path, _| self.open.contains(path));
        self.tell(Checked { found, ..self.nothing() });
    }

    fn nothing(&self) -> Checked {
        let (root, revision) = (self.root.clone(), self.revision);
        Checked { root, revision, found: BTreeMap::new(), first: true, settled: BTreeMap::new(), wanted: Vec::new() }
    }

    fn tell(&self, checked: Checked) {
        // the thread lives as long as this process
        let _ = self.ended.0.send(Job::Checked(checked));
    }
}
