//! Between our plain data and the protocol's types, one place each way.

use crate::analysis::Unanswered;
use crate::capabilities::Client;
use crate::documents::Change;
use crate::findings::Finding;
use crate::places::{DocumentId, Place, Position, Range};
use obs_compiler::diagnostics::{Code, Severity};
use obs_compiler::ide::{Completion, CompletionKind};
use obs_compiler::render;
use tower_lsp::jsonrpc::Error;
use tower_lsp::lsp_types as lsp;

// ── from the editor ──

pub fn document(uri: &lsp::Url) -> DocumentId {
    DocumentId { uri: uri.as_str().to_owned(), path: uri.to_file_path().ok() }
}

pub fn from_position(at: lsp::Position) -> Position {
    Position { line: at.line, character: at.character }
}

pub fn from_range(range: lsp::Range) -> Range {
    Range { start: from_position(range.start), end: from_position(range.end) }
}

pub fn changes(changes: Vec<lsp::TextDocumentContentChangeEvent>) -> Vec<Change> {
    changes.into_iter().map(|c| Change { range: c.range.map(from_range), text: c.text }).collect()
}

// ── to the editor ──

pub fn unanswered(why: Unanswered) -> Error {
    match why {
        Unanswered::Modified => Error::content_modified(),
        Unanswered::Failed => Error::internal_error(),
    }
}

pub fn position(at: Position) -> lsp::Position {
    lsp::Position { line: at.line, character: at.character }
}

pub fn range(range: Range) -> lsp::Range {
    lsp::Range { start: position(range.start), end: position(range.end) }
}

/// Nothing, for paths that have no URI: relative ones.
pub fn uri(place: &Place) -> Option<lsp::Url> {
    match place {
        Place::Uri(uri) => lsp::Url::parse(uri).ok(),
        Place::Path(path) => lsp::Url::from_file_path(path).ok(),
    }
}

pub fn location(place: &Place, at: Range) -> Option<lsp::Location> {
    Some(lsp::Location { uri: uri(place)?, range: range(at) })
}

pub fn text_edit(at: Range, new_text: String) -> lsp::TextEdit {
    lsp::TextEdit { range: range(at), new_text }
}

pub fn hover(client: Client, at: Range, markdown: String) -> lsp::Hover {
    let kind = if client.markdown { lsp::MarkupKind::Markdown } else { lsp::MarkupKind::PlainText };
    let contents = lsp::HoverContents::Markup(lsp::MarkupContent { kind, value: markdown });
    lsp::Hover { contents, range: Some(range(at)) }
}

pub fn diagnostic(client: Client, finding: Finding) -> lsp::Diagnostic {
    let related = finding.related.iter().filter_map(|r| {
        let location = location(&r.place, r.range)?;
        Some(lsp::DiagnosticRelatedInformation { location, message: r.message.clone() })
    });
    let link = |code: Code| Some(lsp::CodeDescription { href: lsp::Url::parse(&render::page(code)).ok()? });
    lsp::Diagnostic {
        range: range(finding.range),
        severity: Some(match finding.severity {
            Severity::Error => lsp::DiagnosticSeverity::ERROR,
            Severity::Warning => lsp::DiagnosticSeverity::WARNING,
            Severity::Info => lsp::DiagnosticSeverity::INFORMATION,
        }),
        code: finding.code.map(|c| lsp::NumberOrString::String(c.id().to_owned())),
        code_description: finding.code.filter(|_| client.code_links).and_then(link),
        source: Some("obs".to_owned()),
        related_information: client.related.then(|| related.collect::<Vec<_>>()).filter(|r| !r.is_empty()),
        tags: finding.code.filter(|_| client.tags).and_then(tag).map(|tag| vec![tag]),
        message: finding.message,
        data: None,
    }
}

/// What is of no use is shown faded, what is deprecated struck through.
fn tag(code: Code) -> Option<lsp::DiagnosticTag> {
    match code {
        Code::OBS5103 | Code::OBS5108 | Code::OBS5109 | Code::OBS5110 => Some(lsp::DiagnosticTag::UNNECESSARY),
        Code::OBS5112 => Some(lsp::DiagnosticTag::DEPRECATED),
        _ => None,
    }
}

/// A completion, with the edits and their ranges.
pub fn completion(item: Completion, replaces: Range, also: Option<(Range, String)>) -> lsp::CompletionItem {
    let text = item.insert.unwrap_or_else(|| item.label.clone());
    lsp::CompletionItem {
        kind: Some(match item.kind {
            CompletionKind::Keyword => lsp::CompletionItemKind::KEYWORD,
            CompletionKind::Kind => lsp::CompletionItemKind::CLASS,
            CompletionKind::Component => lsp::CompletionItemKind::VARIABLE,
            CompletionKind::Protocol => lsp::CompletionItemKind::INTERFACE,
            CompletionKind::Field => lsp::CompletionItemKind::FIELD,
            CompletionKind::Value => lsp::CompletionItemKind::ENUM_MEMBER,
        }),
        detail: item.detail,
        text_edit: Some(lsp::CompletionTextEdit::Edit(text_edit(replaces, text))),
        additional_text_edits: also.map(|(at, text)| vec![text_edit(at, text)]),
        label: item.label,
        ..Default::default()
    }
}
