//! Between our plain data and the protocol's types, one place each way.

use crate::analysis::Unanswered;
use crate::capabilities::Client;
use crate::documents::Change;
use crate::findings::Finding;
use crate::places::{DocumentId, Place, Position, Range};
use crate::view::{FileEdits, Fix, Found};
use obs_compiler::diagnostics::{Code, Severity};
use obs_compiler::ide::{Completion, CompletionKind, FoldKind, Outline, OutlineKind, TokenKind};
use obs_compiler::render;
use obs_compiler::text::TextRange;
use std::collections::BTreeMap;
use tower_lsp::jsonrpc::{Error, ErrorCode};
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

/// A wish that can't be granted, and why.
pub fn refused(why: String) -> Error {
    Error { code: ErrorCode::ServerError(-32803), message: why.into(), data: None }
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

/// Edits of files by place. `versions` are those of open documents.
pub fn workspace_edit(client: Client, edits: BTreeMap<Place, FileEdits>) -> lsp::WorkspaceEdit {
    let files = edits.into_iter().filter_map(|(place, file)| {
        let edits: Vec<lsp::TextEdit> = file.edits.into_iter().map(|(at, text)| text_edit(at, text)).collect();
        Some((uri(&place)?, file.version, edits))
    });
    if !client.versioned_edits {
        let changes = files.map(|(uri, _, edits)| (uri, edits)).collect();
        return lsp::WorkspaceEdit { changes: Some(changes), ..Default::default() };
    }
    let edit = |(uri, version, edits): (lsp::Url, Option<i32>, Vec<lsp::TextEdit>)| lsp::TextDocumentEdit {
        text_document: lsp::OptionalVersionedTextDocumentIdentifier { uri, version },
        edits: edits.into_iter().map(lsp::OneOf::Left).collect(),
    };
    let edits = lsp::DocumentChanges::Edits(files.map(edit).collect());
    lsp::WorkspaceEdit { document_changes: Some(edits), ..Default::default() }
}

/// A quick fix for the diagnostics that the editor has of its code and place.
pub fn code_action(client: Client, fix: Fix, of_editor: &[lsp::Diagnostic]) -> lsp::CodeActionOrCommand {
    let code = Some(lsp::NumberOrString::String(fix.code.id().to_owned()));
    let answered = of_editor.iter().filter(|d| d.code == code && d.range == range(fix.at)).cloned().collect();
    lsp::CodeActionOrCommand::CodeAction(lsp::CodeAction {
        title: fix.title,
        kind: Some(lsp::CodeActionKind::QUICKFIX),
        diagnostics: Some(answered),
        edit: Some(workspace_edit(client, fix.edits)),
        is_preferred: Some(fix.safe),
        ..Default::default()
    })
}

const fn symbol_kind(kind: OutlineKind) -> lsp::SymbolKind {
    match kind {
        OutlineKind::Value => lsp::SymbolKind::CONSTANT,
        OutlineKind::Function => lsp::SymbolKind::FUNCTION,
        OutlineKind::Type => lsp::SymbolKind::STRUCT,
        OutlineKind::Protocol => lsp::SymbolKind::INTERFACE,
        OutlineKind::Kind => lsp::SymbolKind::CLASS,
        OutlineKind::Group => lsp::SymbolKind::NAMESPACE,
        OutlineKind::Component => lsp::SymbolKind::OBJECT,
        OutlineKind::Flow => lsp::SymbolKind::EVENT,
        OutlineKind::Setting => lsp::SymbolKind::PROPERTY,
        OutlineKind::Field => lsp::SymbolKind::FIELD,
        OutlineKind::Port => lsp::SymbolKind::NUMBER,
    }
}

/// An outline's entry. `at` gives positions for ranges.
pub fn symbol(entry: Outline, at: &impl Fn(TextRange) -> Range) -> lsp::DocumentSymbol {
    let children: Vec<_> = entry.children.into_iter().map(|child| symbol(child, at)).collect();
    #[allow(deprecated)] // the field must be given
    lsp::DocumentSymbol {
        name: entry.name,
        detail: entry.detail,
        kind: symbol_kind(entry.kind),
        tags: None,
        deprecated: None,
        range: range(at(entry.range)),
        selection_range: range(at(entry.name_range)),
        children: (!children.is_empty()).then_some(children),
    }
}

/// A tree of symbols as a list, for editors that know no trees.
pub fn flat(uri: &lsp::Url, symbols: Vec<lsp::DocumentSymbol>) -> Vec<lsp::SymbolInformation> {
    fn walk(
        uri: &lsp::Url,
        within: Option<&str>,
        symbols: Vec<lsp::DocumentSymbol>,
        out: &mut Vec<lsp::SymbolInformation>,
    ) {
        for symbol in symbols {
            let location = lsp::Location { uri: uri.clone(), range: symbol.range };
            let (name, container_name) = (symbol.name.clone(), within.map(str::to_owned));
            #[allow(deprecated)] // the field must be given
            out.push(lsp::SymbolInformation {
                name: symbol.name,
                kind: symbol.kind,
                tags: None,
                deprecated: None,
                location,
                container_name,
            });
            walk(uri, Some(&name), symbol.children.unwrap_or_default(), out);
        }
    }
    let mut out = Vec::new();
    walk(uri, None, symbols, &mut out);
    out
}

/// A name somewhere in the workspace.
pub fn found_symbol(found: Found) -> Option<lsp::SymbolInformation> {
    #[allow(deprecated)] // the field must be given
    Some(lsp::SymbolInformation {
        name: found.name,
        kind: symbol_kind(found.kind),
        tags: None,
        deprecated: None,
        location: location(&found.place, found.range)?,
        container_name: found.within,
    })
}

/// A fold. Where the editor folds whole lines only, the line of a closing bracket stays.
pub fn fold(kind: FoldKind, at: Range, whole_lines: bool) -> Option<lsp::FoldingRange> {
    let stays = whole_lines && kind == FoldKind::Block;
    let end_line = if stays { at.end.line.checked_sub(1)? } else { at.end.line };
    (at.start.line < end_line).then(|| lsp::FoldingRange {
        start_line: at.start.line,
        start_character: (!whole_lines).then_some(at.start.character),
        end_line,
        end_character: (!whole_lines).then_some(at.end.character),
        kind: match kind {
            FoldKind::Block => Some(lsp::FoldingRangeKind::Region),
            FoldKind::Comment => Some(lsp::FoldingRangeKind::Comment),
            FoldKind::Imports => Some(lsp::FoldingRangeKind::Imports),
        },
        collapsed_text: None,
    })
}

pub fn hint(at: Position, label: String, writable: bool) -> lsp::InlayHint {
    let at = position(at);
    let edit = lsp::TextEdit { range: lsp::Range::new(at, at), new_text: label.clone() };
    lsp::InlayHint {
        position: at,
        padding_left: Some(!writable),
        text_edits: writable.then(|| vec![edit]),
        label: lsp::InlayHintLabel::String(label),
        kind: Some(lsp::InlayHintKind::TYPE),
        tooltip: None,
        padding_right: None,
        data: None,
    }
}

/// The types of tokens by number, in the order of [`TokenKind`].
const TOKEN_TYPES: &[(TokenKind, lsp::SemanticTokenType)] = &[
    (TokenKind::Keyword, lsp::SemanticTokenType::KEYWORD),
    (TokenKind::Comment, lsp::SemanticTokenType::COMMENT),
    (TokenKind::String, lsp::SemanticTokenType::STRING),
    (TokenKind::Number, lsp::SemanticTokenType::NUMBER),
    (TokenKind::Operator, lsp::SemanticTokenType::OPERATOR),
    (TokenKind::Type, lsp::SemanticTokenType::CLASS),
    (TokenKind::Protocol, lsp::SemanticTokenType::INTERFACE),
    (TokenKind::Namespace, lsp::SemanticTokenType::NAMESPACE),
    (TokenKind::Function, lsp::SemanticTokenType::FUNCTION),
    (TokenKind::Variable, lsp::SemanticTokenType::VARIABLE),
    (TokenKind::Property, lsp::SemanticTokenType::PROPERTY),
];

/// What the numbers of tokens mean.
pub fn legend() -> lsp::SemanticTokensLegend {
    lsp::SemanticTokensLegend {
        token_types: TOKEN_TYPES.iter().map(|(_, name)| name.clone()).collect(),
        token_modifiers: vec![lsp::SemanticTokenModifier::DEFAULT_LIBRARY],
    }
}

/// Tokens, each within a line and after the one before it, as differences.
pub fn tokens(tokens: Vec<(Range, TokenKind, bool)>) -> lsp::SemanticTokens {
    let mut before = Position { line: 0, character: 0 };
    let mut data = Vec::new();
    for (at, kind, library) in tokens {
        let delta_line = at.start.line - before.line;
        let column = if delta_line == 0 { before.character } else { 0 };
        data.push(lsp::SemanticToken {
            delta_line,
            delta_start: at.start.character - column,
            length: at.end.character - at.start.character,
            token_type: TOKEN_TYPES.iter().position(|(k, _)| *k == kind).unwrap_or_default() as u32,
            token_modifiers_bitset: u32::from(library),
        });
        before = at.start;
    }
    lsp::SemanticTokens { result_id: None, data }
}
