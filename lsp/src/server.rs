//! The handlers: each puts a job into the queue before its first `.await`, so that jobs keep the order of messages.

use crate::analysis::{Analysis, Event, Greeting, Notice};
use crate::capabilities::{self, Client as Abilities};
use crate::convert;
use crate::findings::Findings;
use crate::settings::Settings;
use crate::view::View;
use obs_compiler::outputs::diagram::Format;
use obs_compiler::text::{FileRange, Sources, TextRange};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use tokio::sync::{mpsc, oneshot};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::*;
use tower_lsp::{Client, LanguageServer};

/// The server as tower-lsp drives it.
pub struct Backend {
    analysis: Analysis,
    client: Client,
    abilities: OnceLock<Abilities>,
    settings: Mutex<Settings>,
    /// The tokens that the editor has of open documents, each with its number: for differences.
    tokens: Mutex<HashMap<String, (u64, Vec<SemanticToken>)>>,
    /// Taken by `initialized`.
    events: Mutex<Option<mpsc::UnboundedReceiver<Event>>>,
}

impl Backend {
    /// A server for a client. It passes on what comes from `events` once the client is ready for it.
    pub fn new(client: Client, analysis: Analysis, events: mpsc::UnboundedReceiver<Event>) -> Self {
        Self {
            analysis,
            client,
            abilities: OnceLock::new(),
            settings: Mutex::default(),
            tokens: Mutex::default(),
            events: Mutex::new(Some(events)),
        }
    }

    /// Stands for a message that can't be read: JSON that is no message, or not even that.
    ///
    /// # Errors
    /// Always.
    pub async fn unreadable(&self, (json,): (bool,)) -> Result<()> {
        Err(if json { Error::invalid_request() } else { Error::parse_error() })
    }

    /// `obs/preview`: a picture of the program that a document belongs to, of its text as it is now.
    ///
    /// # Errors
    /// For a view or a form that there is none of.
    pub async fn preview(&self, params: PreviewParams) -> Result<Option<Preview>> {
        let (view_name, form) = (params.view.unwrap_or_else(|| "system".to_owned()), params.format);
        let form = form.unwrap_or_else(|| "mermaid".to_owned());
        let format = Format::parse(&form)
            .ok_or_else(|| Error::invalid_params(format!("the forms are {}", Format::NAMES.join(", "))))?;
        let name = view_name.clone();
        let found = self.read(&params.text_document.uri, move |view| view.analysis.preview(&view.path, &name, format));
        match found.await? {
            Some(None) => Err(Error::invalid_params(format!("there is no view `{view_name}`"))),
            found => Ok(found.flatten().map(|text| Preview { view: view_name, format: form, text })),
        }
    }

    /// `obs/views`: the views that there is something to see in.
    ///
    /// # Errors
    /// Where the document changed meanwhile.
    pub async fn views(&self, params: ViewsParams) -> Result<Option<Vec<NamedView>>> {
        let found = self.read(&params.text_document.uri, |view| view.analysis.views(&view.path));
        let named = |(name, title)| NamedView { name, title };
        Ok(found.await?.map(|views| views.into_iter().map(named).collect()))
    }

    /// `obs/emitted`: the files that owe something to the item at a position, with what they hold.
    ///
    /// # Errors
    /// Where the document changed meanwhile.
    pub async fn emitted(&self, params: TextDocumentPositionParams) -> Result<Option<Vec<EmittedFile>>> {
        let at = convert::from_position(params.position);
        let found = self.read(&params.text_document.uri, move |view| {
            let files = view.analysis.emitted_by(&view.path, view.offset(at)).into_iter();
            files.map(|f| EmittedFile { path: f.path, text: f.text }).collect()
        });
        found.await
    }

    /// `obs/sourceOf`: what caused a line of an emitted file, the nearest first.
    ///
    /// # Errors
    /// Where the document changed meanwhile.
    pub async fn source_of(&self, params: SourceOfParams) -> Result<Option<Vec<Location>>> {
        let (path, line) = (params.path.replace('\\', "/"), params.line as usize);
        let found = self.read(&params.text_document.uri, move |view| {
            let found = view.analysis.sources_of(&view.path, &path, line);
            found.into_iter().filter_map(|at| view.located(at)).collect::<Vec<_>>()
        });
        Ok(found.await?.map(convert::locations))
    }

    /// The edits that format a document, of those parts that `wanted` says.
    async fn format(
        &self,
        uri: &Url,
        mut wanted: impl FnMut(&View) -> Option<TextRange> + Send + 'static,
    ) -> Result<Option<Vec<TextEdit>>> {
        let found = self.read(uri, move |view| {
            let (formatted, file) = (view.analysis.format(&view.path)?, view.file()?);
            let within = wanted(view)?;
            let changes = crate::formatting::changes(view.analysis.text(file), &formatted).into_iter();
            let touched = changes.filter(|(at, _)| at.start <= within.end && within.start <= at.end);
            Some(touched.filter_map(|(at, text)| Some((view.own_range(at)?, text))).collect::<Vec<_>>())
        });
        let edits =
            |found: Vec<(_, String)>| found.into_iter().map(|(at, text)| convert::text_edit(at, text)).collect();
        Ok(found.await?.flatten().map(edits))
    }

    /// Remembers the tokens that the editor gets; gives what it had before, and the new number.
    fn keep_tokens(&self, uri: &Url, tokens: &[SemanticToken]) -> (Option<(u64, Vec<SemanticToken>)>, u64) {
        let mut all = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let number = all.get(uri.as_str()).map_or(1, |(number, _)| number + 1);
        (all.insert(uri.as_str().to_owned(), (number, tokens.to_vec())), number)
    }

    fn abilities(&self) -> Abilities {
        self.abilities.get().copied().unwrap_or_default()
    }

    fn settings(&self) -> Settings {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes settings over; what is no settings changes nothing.
    fn set(&self, said: &serde_json::Value) {
        let Some(settings) = Settings::read(said) else { return };
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner) = settings;
        self.analysis.notice(Notice::Settings(settings));
    }

    async fn ask_settings(&self) {
        if !self.abilities().configures {
            return;
        }
        let section = ConfigurationItem { scope_uri: None, section: Some("obs".to_owned()) };
        let said = self.client.configuration(vec![section]).await.unwrap_or_default();
        said.iter().filter(|said| !said.is_null()).for_each(|said| self.set(said));
    }

    /// Asks about a document.
    async fn read<T: Send + 'static>(
        &self,
        uri: &Url,
        read: impl FnMut(&View) -> T + Send + 'static,
    ) -> Result<Option<T>> {
        self.analysis.read(convert::document(uri), read).await.map_err(convert::unanswered)
    }

    /// Passes events on, one after the other.
    fn tell_events(&self) {
        let events = self.events.lock().ok().and_then(|mut events| events.take());
        let Some(mut events) = events else { return };
        let (client, abilities) = (self.client.clone(), self.abilities());
        tokio::spawn(async move {
            let mut works = 0;
            while let Some(event) = events.recv().await {
                match event {
                    Event::Findings { place, version, findings } => {
                        let Some(uri) = convert::uri(&place) else { continue };
                        let found = findings.into_iter().map(|f| convert::diagnostic(abilities, f)).collect();
                        client.publish_diagnostics(uri, found, version).await;
                    }
                    Event::Stale => {
                        let client = client.clone();
                        // only for editors that would rather ask; the answer says nothing, and may never come
                        tokio::spawn(async move { client.workspace_diagnostic_refresh().await });
                    }
                    Event::Work(title, end) if abilities.progress => {
                        works += 1;
                        tokio::spawn(show_work(client.clone(), works, title, end));
                    }
                    Event::Work(..) => {}
                }
            }
        });
    }

    async fn watch_files(&self) {
        let watcher = FileSystemWatcher { glob_pattern: GlobPattern::String("**/*.obs".to_owned()), kind: None };
        let options = DidChangeWatchedFilesRegistrationOptions { watchers: vec![watcher] };
        let registration = Registration {
            id: "files".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: serde_json::to_value(options).ok(),
        };
        // an editor that refuses after all is told by saving
        let _ = self.client.register_capability(vec![registration]).await;
    }
}

/// Shows that something is being worked on until it ends.
async fn show_work(client: Client, number: i32, title: String, end: oneshot::Receiver<()>) {
    let token = NumberOrString::String(format!("obs/{number}"));
    let create = WorkDoneProgressCreateParams { token: token.clone() };
    if client.send_request::<request::WorkDoneProgressCreate>(create).await.is_err() {
        return;
    }
    let tell = |work| {
        let value = ProgressParamsValue::WorkDone(work);
        client.send_notification::<notification::Progress>(ProgressParams { token: token.clone(), value })
    };
    let begin = WorkDoneProgressBegin { title, cancellable: Some(false), ..Default::default() };
    tell(WorkDoneProgress::Begin(begin)).await;
    // one that is dropped has ended too
    let _ = end.await;
    tell(WorkDoneProgress::End(WorkDoneProgressEnd { message: None })).await;
}

/// What `obs/sourceOf` is asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceOfParams {
    /// A document of the program.
    pub text_document: TextDocumentIdentifier,
    /// The emitted file: its path below the output folder, or anywhere.
    pub path: String,
    /// Its line, from 0.
    pub line: u32,
}

/// What `obs/preview` is asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreviewParams {
    /// A document of the program.
    pub text_document: TextDocumentIdentifier,
    /// One of the views that always exist or of the program's own; `system` where there is none.
    pub view: Option<String>,
    /// `mermaid` where there is none.
    pub format: Option<String>,
}

/// What `obs/preview` answers.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Preview {
    pub view: String,
    pub format: String,
    pub text: String,
}

/// What `obs/views` is asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ViewsParams {
    /// A document of the program.
    pub text_document: TextDocumentIdentifier,
}

/// What `obs/views` answers.
#[derive(Debug, Serialize)]
pub struct NamedView {
    /// What `obs/preview` knows it by.
    pub name: String,
    /// What it shows.
    pub title: String,
}

/// What `obs/emitted` answers.
#[derive(Debug, Serialize)]
pub struct EmittedFile {
    /// Below the output folder.
    pub path: String,
    /// Its content.
    pub text: String,
}

fn folders(folders: &[WorkspaceFolder]) -> Vec<PathBuf> {
    folders.iter().filter_map(|f| f.uri.to_file_path().ok()).collect()
}

#[tower_lsp::async_trait]
impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let abilities =
            *self.abilities.get_or_init(|| Abilities::of(&params.capabilities, params.initialization_options.as_ref()));
        #[allow(deprecated)] // editors that know no folders name their root
        let root = params.root_uri.as_ref().and_then(|uri| uri.to_file_path().ok());
        let open = match &params.workspace_folders {
            Some(open) => folders(open),
            None => root.into_iter().collect(),
        };
        let settings = params.initialization_options.as_ref().and_then(Settings::read).unwrap_or_default();
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner) = settings;
        let greeting = Greeting { encoding: abilities.encoding, pulls: abilities.pulls, folders: open, settings };
        self.analysis.notice(Notice::Start(greeting));
        Ok(InitializeResult {
            capabilities: capabilities::server(abilities),
            server_info: Some(ServerInfo {
                name: "obs-lsp".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.tell_events();
        self.ask_settings().await;
        if self.abilities().watches {
            self.watch_files().await;
        }
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let TextDocumentItem { uri, version, text, .. } = params.text_document;
        self.analysis.notice(Notice::Open(convert::document(&uri), version, text));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let document = convert::document(&params.text_document.uri);
        let changes = convert::changes(params.content_changes);
        self.analysis.notice(Notice::Change(document, params.text_document.version, changes));
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.analysis.notice(Notice::Save(convert::document(&params.text_document.uri)));
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).remove(params.text_document.uri.as_str());
        self.analysis.notice(Notice::Close(convert::document(&params.text_document.uri)));
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        let paths = params.changes.iter().filter_map(|change| change.uri.to_file_path().ok()).collect();
        self.analysis.notice(Notice::Disk(paths));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.analysis.notice(Notice::FoldersClosed(folders(&params.event.removed)));
        self.analysis.notice(Notice::Folders(folders(&params.event.added)));
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        match params.settings.is_null() {
            // the editor wants to be asked for them
            true => self.ask_settings().await,
            false => self.set(&params.settings),
        }
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let at = convert::from_position(position);
        let found = self.read(&text_document.uri, move |view| {
            let hover = view.analysis.hover(&view.path, view.offset(at))?;
            Some((view.own_range(hover.range)?, hover.markdown))
        });
        let abilities = self.abilities();
        Ok(found.await?.flatten().map(|(range, markdown)| convert::hover(abilities, range, markdown)))
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let at = convert::from_position(position);
        let found = self.read(&text_document.uri, move |view| {
            let declared = view.analysis.definition(&view.path, view.offset(at))?;
            Some((view.place(declared.file)?, view.range(declared)))
        });
        let found = found.await?.flatten();
        Ok(found.and_then(|(place, range)| convert::location(&place, range)).map(GotoDefinitionResponse::Scalar))
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        let at = convert::from_position(position);
        let (uri, abilities) = (text_document.uri, self.abilities());
        let of = uri.clone();
        let found = self.read(&uri, move |view| {
            let (found, complete) = view.completions(at)?;
            let replaces = view.own_range(found.replaces)?;
            let items = found.items.into_iter().enumerate().map(|(rank, mut item)| {
                let also = item.also.take();
                let also = also.and_then(|(range, text)| Some((view.own_range(range)?, text)));
                convert::completion(abilities, &of, item, (rank, replaces), also)
            });
            Some((items.collect::<Vec<_>>(), complete))
        });
        let answer = |(items, complete)| match complete {
            true => CompletionResponse::Array(items),
            false => CompletionResponse::List(CompletionList { is_incomplete: true, items }),
        };
        Ok(found.await?.flatten().map(answer))
    }

    async fn completion_resolve(&self, mut item: CompletionItem) -> Result<CompletionItem> {
        let Some(of) = item.data.as_ref().and_then(convert::documented) else { return Ok(item) };
        let found = self.read(&of.uri, move |view| view.analysis.documentation(of.file, of.item)).await?;
        item.documentation = found.flatten().map(convert::documentation);
        Ok(item)
    }

    async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let at = convert::from_position(position);
        let found = self.read(&text_document.uri, move |view| view.analysis.signature(&view.path, view.offset(at)));
        Ok(found.await?.flatten().map(convert::signature))
    }

    async fn goto_type_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let at = convert::from_position(position);
        let found = self.read(&text_document.uri, move |view| {
            view.analysis.type_definition(&view.path, view.offset(at)).and_then(|at| view.located(at))
        });
        let location = |(place, at)| convert::location(&place, at).map(GotoDefinitionResponse::Scalar);
        Ok(found.await?.flatten().and_then(location))
    }

    async fn goto_implementation(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let at = convert::from_position(position);
        let found = self.read(&text_document.uri, move |view| {
            let found = view.analysis.implementations(&view.path, view.offset(at));
            found.into_iter().filter_map(|at| view.located(at)).collect::<Vec<_>>()
        });
        Ok(found.await?.map(|found| GotoDefinitionResponse::Array(convert::locations(found))))
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let at = convert::from_position(position);
        let found = self.read(&text_document.uri, move |view| {
            let station = view.analysis.component_at(&view.path, view.offset(at))?;
            view.station(station)
        });
        Ok(found.await?.flatten().and_then(convert::station).map(|item| vec![item]))
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        let name = params.item.name;
        let found = self.read(&params.item.uri, move |view| view.routes(&name, true)).await?;
        let call = |(station, places): (_, Vec<_>)| {
            let from_ranges = places.into_iter().map(convert::range).collect();
            Some(CallHierarchyIncomingCall { from: convert::station(station)?, from_ranges })
        };
        Ok(found.map(|found| found.into_iter().filter_map(call).collect()))
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        let name = params.item.name;
        let found = self.read(&params.item.uri, move |view| view.routes(&name, false)).await?;
        let call = |(station, places): (_, Vec<_>)| {
            let from_ranges = places.into_iter().map(convert::range).collect();
            Some(CallHierarchyOutgoingCall { to: convert::station(station)?, from_ranges })
        };
        Ok(found.map(|found| found.into_iter().filter_map(call).collect()))
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        let positions: Vec<_> = params.positions.into_iter().map(convert::from_position).collect();
        let found = self.read(&params.text_document.uri, move |view| {
            let around = |at| view.analysis.selections(&view.path, view.offset(at));
            let place =
                |ranges: Vec<TextRange>| ranges.into_iter().filter_map(|r| view.own_range(r)).collect::<Vec<_>>();
            positions.iter().map(|at| (*at, place(around(*at)))).collect::<Vec<_>>()
        });
        Ok(found.await?.map(|found| found.into_iter().map(|(at, around)| convert::selection(at, around)).collect()))
    }

    async fn linked_editing_range(&self, params: LinkedEditingRangeParams) -> Result<Option<LinkedEditingRanges>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let at = convert::from_position(position);
        let found = self.read(&text_document.uri, move |view| view.linked(view.offset(at))).await?;
        let ranges = |found: Vec<_>| found.into_iter().map(convert::range).collect::<Vec<_>>();
        let found = found.map(ranges).filter(|ranges| ranges.len() > 1);
        Ok(found.map(|ranges| LinkedEditingRanges { ranges, word_pattern: Some("[A-Za-z_][A-Za-z0-9_-]*".to_owned()) }))
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        let found = self.read(&params.text_document.uri, View::links).await?;
        Ok(found.map(|found| found.into_iter().filter_map(|(at, to)| convert::link(at, to)).collect()))
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        if !self.settings().code_lenses {
            return Ok(None);
        }
        let (uri, commands) = (params.text_document.uri, self.abilities().commands);
        let found = self.read(&uri, |view| {
            let lenses = view.analysis.lenses(&view.path).into_iter();
            lenses.filter_map(|lens| Some((view.own_range(lens.range)?, lens.shows))).collect::<Vec<_>>()
        });
        let lens = |(at, shows)| convert::lens(&uri, at, shows, commands);
        Ok(found.await?.map(|found| found.into_iter().map(lens).collect()))
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.format(&params.text_document.uri, |_| Some(TextRange::new(0, u32::MAX))).await
    }

    async fn range_formatting(&self, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let range = convert::from_range(params.range);
        self.format(&params.text_document.uri, move |view| Some(view.text_range(range))).await
    }

    async fn on_type_formatting(&self, params: DocumentOnTypeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        let (at, closes) = (convert::from_position(position), params.ch == "}");
        self.format(&text_document.uri, move |view| Some(view.typed(at, closes))).await
    }

    async fn workspace_diagnostic(&self, _: WorkspaceDiagnosticParams) -> Result<WorkspaceDiagnosticReportResult> {
        let found = self.analysis.read_all(Findings::of_project).await.map_err(convert::unanswered)?;
        let abilities = self.abilities();
        let report = |(place, version, findings): (_, Option<i32>, Vec<_>)| {
            let items = findings.into_iter().map(|f| convert::diagnostic(abilities, f)).collect();
            let full_document_diagnostic_report = FullDocumentDiagnosticReport { result_id: None, items };
            let (uri, version) = (convert::uri(&place)?, version.map(i64::from));
            let full = WorkspaceFullDocumentDiagnosticReport { uri, version, full_document_diagnostic_report };
            Some(WorkspaceDocumentDiagnosticReport::Full(full))
        };
        let items = found.into_iter().filter_map(report).collect();
        Ok(WorkspaceDiagnosticReportResult::Report(WorkspaceDiagnosticReport { items }))
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        let found = self.read(&params.text_document.uri, Findings::of_document).await?.unwrap_or_default();
        let abilities = self.abilities();
        let items = found.into_iter().map(|f| convert::diagnostic(abilities, f)).collect();
        let full_document_diagnostic_report = FullDocumentDiagnosticReport { result_id: None, items };
        let report = RelatedFullDocumentDiagnosticReport { related_documents: None, full_document_diagnostic_report };
        Ok(DocumentDiagnosticReportResult::Report(DocumentDiagnosticReport::Full(report)))
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        let (uri, nested) = (params.text_document.uri, self.abilities().nested_symbols);
        let found = self.read(&uri, move |view| {
            let Some(file) = view.file() else { return Vec::new() };
            let at = |range| view.range(FileRange { file, range });
            view.analysis.outline(&view.path).into_iter().map(|entry| convert::symbol(entry, &at)).collect()
        });
        let found: Option<Vec<DocumentSymbol>> = found.await?;
        Ok(found.map(|symbols| match nested {
            true => DocumentSymbolResponse::Nested(symbols),
            false => DocumentSymbolResponse::Flat(convert::flat(&uri, symbols)),
        }))
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<Vec<SymbolInformation>>> {
        let found = self.analysis.read_all(move |view| view.find(&params.query));
        let found = found.await.map_err(convert::unanswered)?;
        Ok(Some(found.into_iter().filter_map(convert::found_symbol).collect()))
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        let (at, declared) = (convert::from_position(position), params.context.include_declaration);
        let found = self.read(&text_document.uri, move |view| {
            let found = view.analysis.references(&view.path, view.offset(at)).into_iter();
            let found = found.filter(|r| declared || !r.declares);
            found.filter_map(|r| Some((view.place(r.at.file)?, view.range(r.at)))).collect::<Vec<_>>()
        });
        let locations = |found: Vec<_>| found.iter().filter_map(|(place, at)| convert::location(place, *at)).collect();
        Ok(found.await?.map(locations))
    }

    async fn document_highlight(&self, params: DocumentHighlightParams) -> Result<Option<Vec<DocumentHighlight>>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let at = convert::from_position(position);
        let found = self.read(&text_document.uri, move |view| {
            let (own, found) = (view.file(), view.analysis.references(&view.path, view.offset(at)));
            let found = found.into_iter().filter(|r| Some(r.at.file) == own);
            found.map(|r| (view.range(r.at), r.declares)).collect::<Vec<_>>()
        });
        let highlight = |(at, declares)| DocumentHighlight {
            range: convert::range(at),
            kind: Some(if declares { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ }),
        };
        Ok(found.await?.map(|found| found.into_iter().map(highlight).collect()))
    }

    async fn prepare_rename(&self, params: TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>> {
        let at = convert::from_position(params.position);
        let found = self.read(&params.text_document.uri, move |view| {
            view.analysis.renamable(&view.path, view.offset(at)).map(|range| view.own_range(range))
        });
        let range = found.await?.transpose().map_err(convert::refused)?.flatten();
        Ok(range.map(|range| PrepareRenameResponse::Range(convert::range(range))))
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        let (at, name) = (convert::from_position(position), params.new_name);
        let found = self.read(&text_document.uri, move |view| {
            let places = view.analysis.rename(&view.path, view.offset(at), &name)?;
            Ok(view.edits(places.into_iter().map(|at| (at, name.clone()))))
        });
        let edits = found.await?.transpose().map_err(convert::refused)?;
        Ok(edits.map(|edits| convert::workspace_edit(self.abilities(), edits)))
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let (abilities, at) = (self.abilities(), convert::from_range(params.range));
        if !abilities.code_actions {
            return Ok(None);
        }
        let only = params.context.only.clone();
        let found = self.read(&params.text_document.uri, move |view| {
            (view.fixes(at), view.fix_all(at), view.changes(at, only.is_some()))
        });
        let Some((fixes, all, changes)) = found.await? else { return Ok(None) };
        let fixes = fixes.into_iter().map(|fix| convert::code_action(abilities, fix, &params.context.diagnostics));
        let all = all.into_iter().map(|all| convert::fix_all(abilities, all));
        let changes = changes.into_iter().map(|change| convert::change(abilities, change));
        let wanted = |action: &CodeActionOrCommand| convert::is_wanted(action, params.context.only.as_deref());
        Ok(Some(fixes.chain(all).chain(changes).filter(wanted).collect()))
    }

    async fn semantic_tokens_full(&self, params: SemanticTokensParams) -> Result<Option<SemanticTokensResult>> {
        let uri = params.text_document.uri;
        let Some(found) = self.read(&uri, View::tokens).await? else { return Ok(None) };
        let mut tokens = convert::tokens(found);
        tokens.result_id = Some(self.keep_tokens(&uri, &tokens.data).1.to_string());
        Ok(Some(SemanticTokensResult::Tokens(tokens)))
    }

    async fn semantic_tokens_full_delta(
        &self,
        params: SemanticTokensDeltaParams,
    ) -> Result<Option<SemanticTokensFullDeltaResult>> {
        let uri = params.text_document.uri;
        let Some(found) = self.read(&uri, View::tokens).await? else { return Ok(None) };
        let mut tokens = convert::tokens(found);
        let (before, number) = self.keep_tokens(&uri, &tokens.data);
        let before = before.filter(|(number, _)| number.to_string() == params.previous_result_id);
        let Some((_, before)) = before else {
            tokens.result_id = Some(number.to_string());
            return Ok(Some(SemanticTokensFullDeltaResult::Tokens(tokens)));
        };
        let edits = convert::token_edits(&before, &tokens.data);
        let delta = SemanticTokensDelta { result_id: Some(number.to_string()), edits };
        Ok(Some(SemanticTokensFullDeltaResult::TokensDelta(delta)))
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        let within = convert::from_range(params.range);
        let found = self.read(&params.text_document.uri, move |view| {
            let mut tokens = view.tokens();
            tokens.retain(|(at, ..)| at.start < within.end && within.start < at.end);
            tokens
        });
        Ok(found.await?.map(|tokens| SemanticTokensRangeResult::Tokens(convert::tokens(tokens))))
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        let whole_lines = self.abilities().line_folds_only;
        let found = self.read(&params.text_document.uri, move |view| {
            let folds = view.analysis.folds(&view.path).into_iter();
            folds.filter_map(|f| Some((f.kind, view.own_range(f.range)?))).collect::<Vec<_>>()
        });
        let fold = |(kind, at)| convert::fold(kind, at, whole_lines);
        Ok(found.await?.map(|folds| folds.into_iter().filter_map(fold).collect()))
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        if !self.settings().inlay_hints {
            return Ok(None);
        }
        let within = convert::from_range(params.range);
        let found = self.read(&params.text_document.uri, move |view| {
            let Some(file) = view.file() else { return Vec::new() };
            let hints = view.analysis.hints(&view.path, view.text_range(within)).into_iter();
            hints.map(|h| convert::hint(view.lines(file).position(h.offset), h.label, h.writable)).collect()
        });
        found.await
    }
}
