//! What the editor can do, as our own booleans, and what the server offers it.

use crate::convert;
use crate::places::Encoding;
use serde_json::Value;
use tower_lsp::lsp_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CompletionOptions,
    DiagnosticOptions, DiagnosticServerCapabilities, FoldingRangeProviderCapability, HoverProviderCapability,
    MarkupKind, OneOf, PositionEncodingKind, RenameOptions, SaveOptions, SemanticTokensFullOptions,
    SemanticTokensOptions, SemanticTokensServerCapabilities, ServerCapabilities, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions, WorkDoneProgressOptions,
    WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};

/// What the editor can do.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs)]
pub struct Client {
    pub encoding: Encoding,
    /// Hovers in Markdown.
    pub markdown: bool,
    /// Other places of a diagnostic.
    pub related: bool,
    /// Links from a diagnostic's code.
    pub code_links: bool,
    /// Tags of diagnostics.
    pub tags: bool,
    /// Asking whether a name can be changed before it asks for the new one.
    pub prepares_renames: bool,
    /// Outlines as trees.
    pub nested_symbols: bool,
    /// Edits with the versions of documents.
    pub versioned_edits: bool,
    /// Code actions with their edits, not only commands.
    pub code_actions: bool,
    /// Folds within a line.
    pub line_folds_only: bool,
    /// Asking for diagnostics of open documents, and wanting to instead of being told.
    pub pulls: bool,
    /// Telling of files that change, when asked to.
    pub watches: bool,
}

impl Client {
    /// Reads what the editor says of itself; what it doesn't mention it can't do. Its options may say
    /// `{"diagnostics": "pull"}`: not every editor that can ask for diagnostics does, so they are told otherwise.
    pub fn of(client: &ClientCapabilities, options: Option<&Value>) -> Self {
        let general = client.general.as_ref();
        let encodings = general.and_then(|g| g.position_encodings.as_deref()).unwrap_or_default();
        let text = client.text_document.as_ref();
        let hover = text.and_then(|t| t.hover.as_ref()?.content_format.as_deref()).unwrap_or_default();
        let diagnostics = text.and_then(|t| t.publish_diagnostics.as_ref());
        let symbols = text.and_then(|t| t.document_symbol.as_ref()?.hierarchical_document_symbol_support);
        let workspace = client.workspace.as_ref();
        let watched = workspace.and_then(|w| w.did_change_watched_files.as_ref());
        Self {
            encoding: match encodings.contains(&PositionEncodingKind::UTF8) {
                true => Encoding::Utf8,
                false => Encoding::Utf16,
            },
            markdown: hover.contains(&MarkupKind::Markdown),
            related: diagnostics.and_then(|d| d.related_information).unwrap_or_default(),
            code_links: diagnostics.and_then(|d| d.code_description_support).unwrap_or_default(),
            pulls: text.is_some_and(|t| t.diagnostic.is_some()) && options.is_some_and(|o| o["diagnostics"] == "pull"),
            prepares_renames: text.and_then(|t| t.rename.as_ref()?.prepare_support).unwrap_or_default(),
            nested_symbols: symbols.unwrap_or_default(),
            versioned_edits: workspace.and_then(|w| w.workspace_edit.as_ref()?.document_changes).unwrap_or_default(),
            code_actions: text
                .is_some_and(|t| t.code_action.as_ref().is_some_and(|a| a.code_action_literal_support.is_some())),
            line_folds_only: text.and_then(|t| t.folding_range.as_ref()?.line_folding_only).unwrap_or_default(),
            tags: diagnostics.is_some_and(|d| d.tag_support.is_some()),
            watches: watched.and_then(|w| w.dynamic_registration).unwrap_or_default(),
        }
    }
}

const fn none() -> WorkDoneProgressOptions {
    WorkDoneProgressOptions { work_done_progress: None }
}

/// What the server offers to such an editor.
pub fn server(client: Client) -> ServerCapabilities {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
        ..Default::default()
    };
    let folders =
        WorkspaceFoldersServerCapabilities { supported: Some(true), change_notifications: Some(OneOf::Left(true)) };
    ServerCapabilities {
        position_encoding: Some(match client.encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        workspace: Some(WorkspaceServerCapabilities { workspace_folders: Some(folders), file_operations: None }),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        definition_provider: Some(OneOf::Left(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some([":", ">", "{", ".", ","].map(str::to_owned).to_vec()),
            ..Default::default()
        }),
        document_formatting_provider: Some(OneOf::Left(true)),
        diagnostic_provider: client.pulls.then(|| {
            DiagnosticServerCapabilities::Options(DiagnosticOptions {
                inter_file_dependencies: true,
                workspace_diagnostics: false,
                ..Default::default()
            })
        }),
        document_symbol_provider: Some(OneOf::Left(true)),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        rename_provider: Some(match client.prepares_renames {
            true => OneOf::Right(RenameOptions { prepare_provider: Some(true), work_done_progress_options: none() }),
            false => OneOf::Left(true),
        }),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
            ..Default::default()
        })),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        inlay_hint_provider: Some(OneOf::Left(true)),
        semantic_tokens_provider: Some(SemanticTokensServerCapabilities::SemanticTokensOptions(
            SemanticTokensOptions {
                legend: convert::legend(),
                full: Some(SemanticTokensFullOptions::Bool(true)),
                range: Some(true),
                work_done_progress_options: none(),
            },
        )),
        ..Default::default()
    }
}
