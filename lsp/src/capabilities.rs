//! What the editor can do, as our own booleans, and what the server offers it.

use crate::places::Encoding;
use tower_lsp::lsp_types::{
    ClientCapabilities, CompletionOptions, HoverProviderCapability, MarkupKind, OneOf, PositionEncodingKind,
    SaveOptions, ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions, WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
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
    /// Telling of files that change, when asked to.
    pub watches: bool,
}

impl Client {
    /// Reads what the editor says of itself; what it doesn't mention it can't do.
    pub fn of(client: &ClientCapabilities) -> Self {
        let general = client.general.as_ref();
        let encodings = general.and_then(|g| g.position_encodings.as_deref()).unwrap_or_default();
        let text = client.text_document.as_ref();
        let hover = text.and_then(|t| t.hover.as_ref()?.content_format.as_deref()).unwrap_or_default();
        let diagnostics = text.and_then(|t| t.publish_diagnostics.as_ref());
        let watched = client.workspace.as_ref().and_then(|w| w.did_change_watched_files.as_ref());
        Self {
            encoding: match encodings.contains(&PositionEncodingKind::UTF8) {
                true => Encoding::Utf8,
                false => Encoding::Utf16,
            },
            markdown: hover.contains(&MarkupKind::Markdown),
            related: diagnostics.and_then(|d| d.related_information).unwrap_or_default(),
            code_links: diagnostics.and_then(|d| d.code_description_support).unwrap_or_default(),
            tags: diagnostics.is_some_and(|d| d.tag_support.is_some()),
            watches: watched.and_then(|w| w.dynamic_registration).unwrap_or_default(),
        }
    }
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
        ..Default::default()
    }
}
