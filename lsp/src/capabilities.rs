//! What the editor can do, as our own booleans, and what the server offers it.

use crate::convert;
use crate::places::Encoding;
use serde_json::Value;
use tower_lsp::lsp_types::{
    CallHierarchyServerCapability, ClientCapabilities, CodeActionOptions, CodeActionProviderCapability,
    CodeLensOptions, CompletionOptions, DiagnosticOptions, DiagnosticServerCapabilities, DocumentLinkOptions,
    DocumentOnTypeFormattingOptions, FoldingRangeProviderCapability, HoverProviderCapability,
    ImplementationProviderCapability, LinkedEditingRangeServerCapabilities, MarkupKind, OneOf, PositionEncodingKind,
    RenameOptions, SaveOptions, SelectionRangeProviderCapability, SemanticTokensFullOptions, SemanticTokensOptions,
    SemanticTokensServerCapabilities, ServerCapabilities, SignatureHelpOptions, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions, TypeDefinitionProviderCapability,
    WorkDoneProgressOptions, WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
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
    /// Being asked for the user's settings.
    pub configures: bool,
    /// Snippets as completions.
    pub snippets: bool,
    /// Showing how far long work is.
    pub progress: bool,
    /// The commands that lenses name (`"experimental": {"obsCommands": true}`).
    pub commands: bool,
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
            snippets: text
                .and_then(|t| t.completion.as_ref()?.completion_item.as_ref()?.snippet_support)
                .unwrap_or_default(),
            progress: client.window.as_ref().and_then(|w| w.work_done_progress).unwrap_or_default(),
            commands: client.experimental.as_ref().is_some_and(|e| e["obsCommands"] == true),
            configures: workspace.and_then(|w| w.configuration).unwrap_or_default(),
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
            trigger_characters: Some([":", ">", "{", ".", ",", "\"", "/"].map(str::to_owned).to_vec()),
            resolve_provider: Some(true),
            ..Default::default()
        }),
        document_formatting_provider: Some(OneOf::Left(true)),
        document_range_formatting_provider: Some(OneOf::Left(true)),
        document_on_type_formatting_provider: Some(DocumentOnTypeFormattingOptions {
            first_trigger_character: "}".to_owned(),
            more_trigger_character: Some(vec!["\n".to_owned()]),
        }),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: Some(["(", ",", "{", ":"].map(str::to_owned).to_vec()),
            ..Default::default()
        }),
        type_definition_provider: Some(TypeDefinitionProviderCapability::Simple(true)),
        implementation_provider: Some(ImplementationProviderCapability::Simple(true)),
        call_hierarchy_provider: Some(CallHierarchyServerCapability::Simple(true)),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        linked_editing_range_provider: Some(LinkedEditingRangeServerCapabilities::Simple(true)),
        document_link_provider: Some(DocumentLinkOptions {
            resolve_provider: Some(false),
            work_done_progress_options: none(),
        }),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        diagnostic_provider: client.pulls.then(|| {
            DiagnosticServerCapabilities::Options(DiagnosticOptions {
                inter_file_dependencies: true,
                workspace_diagnostics: true,
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
            code_action_kinds: Some(convert::action_kinds()),
            ..Default::default()
        })),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        inlay_hint_provider: Some(OneOf::Left(true)),
        semantic_tokens_provider: Some(SemanticTokensServerCapabilities::SemanticTokensOptions(
            SemanticTokensOptions {
                legend: convert::legend(),
                full: Some(SemanticTokensFullOptions::Delta { delta: Some(true) }),
                range: Some(true),
                work_done_progress_options: none(),
            },
        )),
        ..Default::default()
    }
}
