//! The handlers: each puts a job into the queue before its first `.await`, so that jobs keep the order of messages.

use crate::analysis::{Analysis, Event, Greeting, Notice};
use crate::capabilities::{self, Client as Abilities};
use crate::convert;
use crate::findings::Findings;
use crate::view::View;
use obs_compiler::outputs::diagram::Format;
use obs_compiler::text::{FileRange, Sources};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};
use tokio::sync::mpsc;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::*;
use tower_lsp::{Client, LanguageServer};

/// The server as tower-lsp drives it.
pub struct Backend {
    analysis: Analysis,
    client: Client,
    abilities: OnceLock<Abilities>,
    /// Taken by `initialized`.
    events: Mutex<Option<mpsc::UnboundedReceiver<Event>>>,
}

impl Backend {
    /// A server for a client. It passes on what comes from `events` once the client is ready for it.
    pub fn new(client: Client, analysis: Analysis, events: mpsc::UnboundedReceiver<Event>) -> Self {
        Self { analysis, client, abilities: OnceLock::new(), events: Mutex::new(Some(events)) }
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

    fn abilities(&self) -> Abilities {
        self.abilities.get().copied().unwrap_or_default()
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
        let greeting = Greeting { encoding: abilities.encoding, pulls: abilities.pulls, folders: open };
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
        self.analysis.notice(Notice::Close(convert::document(&params.text_document.uri)));
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        let paths = params.changes.iter().filter_map(|change| change.uri.to_file_path().ok()).collect();
        self.analysis.notice(Notice::Disk(paths));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.analysis.notice(Notice::Folders(folders(&params.event.added)));
    }

    // the server has no settings; some editors send them all the same
    async fn did_change_configuration(&self, _: DidChangeConfigurationParams) {}

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
        let found = self.read(&text_document.uri, move |view| {
            let found = view.analysis.completions(&view.path, view.offset(at))?;
            let replaces = view.own_range(found.replaces)?;
            let items = found.items.into_iter().map(|mut item| {
                let also = item.also.take();
                let also = also.and_then(|(range, text)| Some((view.own_range(range)?, text)));
                convert::completion(item, replaces, also)
            });
            Some(items.collect::<Vec<_>>())
        });
        Ok(found.await?.flatten().map(CompletionResponse::Array))
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let found = self.read(&params.text_document.uri, |view| {
            let formatted = view.analysis.format(&view.path)?;
            let file = view.file()?;
            let change = crate::formatting::change(view.analysis.text(file), &formatted);
            Some(change.and_then(|(range, text)| Some(convert::text_edit(view.own_range(range)?, text))))
        });
        Ok(found.await?.flatten().map(|edit| edit.into_iter().collect()))
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
        let wanted =
            params.context.only.as_ref().is_none_or(|only| {
                only.iter().any(|kind| CodeActionKind::QUICKFIX.as_str().starts_with(kind.as_str()))
            });
        if !abilities.code_actions || !wanted {
            return Ok(None);
        }
        let found = self.read(&params.text_document.uri, move |view| view.fixes(at)).await?;
        let action = |fix| convert::code_action(abilities, fix, &params.context.diagnostics);
        Ok(found.map(|fixes| fixes.into_iter().map(action).collect()))
    }

    async fn semantic_tokens_full(&self, params: SemanticTokensParams) -> Result<Option<SemanticTokensResult>> {
        let found = self.read(&params.text_document.uri, View::tokens).await?;
        Ok(found.map(|tokens| SemanticTokensResult::Tokens(convert::tokens(tokens))))
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
        let within = convert::from_range(params.range);
        let found = self.read(&params.text_document.uri, move |view| {
            let Some(file) = view.file() else { return Vec::new() };
            let hints = view.analysis.hints(&view.path, view.text_range(within)).into_iter();
            hints.map(|h| convert::hint(view.lines(file).position(h.offset), h.label, h.writable)).collect()
        });
        found.await
    }
}
