//! Between our plain data and the protocol's types, one place each way.

use crate::analysis::Unanswered;
use crate::capabilities::Client;
use crate::documents::Change;
use crate::findings::Finding;
use crate::places::{DocumentId, Place, Position, Range};
use crate::view::{FileEdits, Fix, FixAll, Found, PlacedChange, PlacedStation, Target};
use obs_compiler::diagnostics::{Code, Severity};
use obs_compiler::ide::{
    ChangeKind, Completion, CompletionKind, FoldKind, LensKind, Outline, OutlineKind, Signature, TokenKind,
};
use obs_compiler::render;
use obs_compiler::text::TextRange;
use serde::{Deserialize, Serialize};
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

/// What a completion's documentation is asked for with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Documented {
    pub uri: lsp::Url,
    pub file: u32,
    pub item: u32,
}

/// What a completion says that its documentation is of.
pub fn documented(data: &serde_json::Value) -> Option<Documented> {
    Documented::deserialize(data).ok()
}

pub fn documentation(markdown: String) -> lsp::Documentation {
    lsp::Documentation::MarkupContent(lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value: markdown })
}

/// A completion with its place among them all, and the edits with their ranges.
pub fn completion(
    client: Client,
    uri: &lsp::Url,
    item: Completion,
    (rank, replaces): (usize, Range),
    also: Option<(Range, String)>,
) -> lsp::CompletionItem {
    let snippet = item.snippet.filter(|_| client.snippets);
    let format = snippet.is_some().then_some(lsp::InsertTextFormat::SNIPPET);
    let text = snippet.or(item.insert).unwrap_or_else(|| item.label.clone());
    let of = item.of.map(|(file, item)| Documented { uri: uri.clone(), file, item });
    lsp::CompletionItem {
        data: of.and_then(|of| serde_json::to_value(of).ok()),
        documentation: item.doc.map(documentation),
        insert_text_format: format,
        kind: Some(match item.kind {
            CompletionKind::Keyword => lsp::CompletionItemKind::KEYWORD,
            CompletionKind::Kind => lsp::CompletionItemKind::CLASS,
            CompletionKind::Component => lsp::CompletionItemKind::VARIABLE,
            CompletionKind::Protocol => lsp::CompletionItemKind::INTERFACE,
            CompletionKind::Field => lsp::CompletionItemKind::FIELD,
            CompletionKind::Value => lsp::CompletionItemKind::ENUM_MEMBER,
            CompletionKind::Let => lsp::CompletionItemKind::CONSTANT,
            CompletionKind::Function => lsp::CompletionItemKind::FUNCTION,
            CompletionKind::Code => lsp::CompletionItemKind::EVENT,
        }),
        detail: item.detail,
        // else editors go by the alphabet
        sort_text: Some(format!("{rank:05}")),
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

/// Sorts of code actions, widest first.
pub fn action_kinds() -> Vec<lsp::CodeActionKind> {
    vec![
        lsp::CodeActionKind::QUICKFIX,
        lsp::CodeActionKind::REFACTOR,
        lsp::CodeActionKind::REFACTOR_EXTRACT,
        lsp::CodeActionKind::REFACTOR_INLINE,
        lsp::CodeActionKind::SOURCE_ORGANIZE_IMPORTS,
        fix_all_kind(),
    ]
}

fn fix_all_kind() -> lsp::CodeActionKind {
    lsp::CodeActionKind::new("source.fixAll.obs")
}

/// Whether the editor asked for such an action, or for all.
pub fn is_wanted(action: &lsp::CodeActionOrCommand, only: Option<&[lsp::CodeActionKind]>) -> bool {
    let lsp::CodeActionOrCommand::CodeAction(action) = action else { return true };
    let kind = action.kind.as_ref().map(lsp::CodeActionKind::as_str).unwrap_or_default();
    // `source` asks for `source.fixAll` too
    let below = |wanted: &str| kind.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    match only {
        Some(only) => only.iter().any(|wanted| wanted.as_str().is_empty() || below(wanted.as_str())),
        // what is for the whole document is asked for by name
        None => !kind.starts_with("source.fixAll"),
    }
}

/// All fixes of a code in a document is a quick fix; all there are is what editors apply on saving.
pub fn fix_all(client: Client, all: FixAll) -> lsp::CodeActionOrCommand {
    let (title, kind) = match all.code {
        Some(code) => (format!("fix all {} in this file", code.id()), lsp::CodeActionKind::QUICKFIX),
        None => ("fix all that can be fixed safely".to_owned(), fix_all_kind()),
    };
    let edit = Some(workspace_edit(client, all.edits));
    lsp::CodeActionOrCommand::CodeAction(lsp::CodeAction { title, kind: Some(kind), edit, ..Default::default() })
}

/// A change that answers no error.
pub fn change(client: Client, change: PlacedChange) -> lsp::CodeActionOrCommand {
    let kind = match change.kind {
        ChangeKind::Waive => lsp::CodeActionKind::QUICKFIX,
        ChangeKind::Extract | ChangeKind::ExtractKind => lsp::CodeActionKind::REFACTOR_EXTRACT,
        ChangeKind::Add => lsp::CodeActionKind::REFACTOR,
        ChangeKind::Inline => lsp::CodeActionKind::REFACTOR_INLINE,
        ChangeKind::OrganiseImports => lsp::CodeActionKind::SOURCE_ORGANIZE_IMPORTS,
    };
    let (title, edit) = (change.title, Some(workspace_edit(client, change.edits)));
    lsp::CodeActionOrCommand::CodeAction(lsp::CodeAction { title, kind: Some(kind), edit, ..Default::default() })
}

pub fn locations(found: Vec<(Place, Range)>) -> Vec<lsp::Location> {
    found.iter().filter_map(|(place, at)| location(place, *at)).collect()
}

/// A component of a call hierarchy.
pub fn station(station: PlacedStation) -> Option<lsp::CallHierarchyItem> {
    Some(lsp::CallHierarchyItem {
        name: station.name,
        kind: symbol_kind(OutlineKind::Component),
        tags: None,
        detail: station.detail,
        uri: uri(&station.place)?,
        range: range(station.range),
        selection_range: range(station.name_range),
        data: None,
    })
}

/// What a selection at a position grows to. Where it can't, it stays as it is.
pub fn selection(at: Position, around: Vec<Range>) -> lsp::SelectionRange {
    let outer = around.into_iter().rev().fold(None, |parent: Option<Box<lsp::SelectionRange>>, at| {
        Some(Box::new(lsp::SelectionRange { range: range(at), parent }))
    });
    let nothing = || lsp::SelectionRange { range: range(Range { start: at, end: at }), parent: None };
    outer.map_or_else(nothing, |outer| *outer)
}

pub fn link(at: Range, to: Target) -> Option<lsp::DocumentLink> {
    let target = match to {
        Target::Place(place) => uri(&place)?,
        Target::Page(page) => lsp::Url::parse(&page).ok()?,
    };
    Some(lsp::DocumentLink { range: range(at), target: Some(target), tooltip: None, data: None })
}

pub fn signature(signature: Signature) -> lsp::SignatureHelp {
    // offsets are counted as in UTF-16, whatever was agreed on for documents
    let units = |offset: u32| signature.label[..offset as usize].encode_utf16().count() as u32;
    let params = signature.params.iter().map(|at| lsp::ParameterInformation {
        label: lsp::ParameterLabel::LabelOffsets([units(at.start), units(at.end)]),
        documentation: None,
    });
    let information = lsp::SignatureInformation {
        parameters: Some(params.collect()),
        documentation: signature.doc.map(documentation),
        active_parameter: None,
        label: signature.label.clone(),
    };
    let active_parameter = signature.active.map(|at| at as u32);
    lsp::SignatureHelp { signatures: vec![information], active_signature: Some(0), active_parameter }
}

/// A lens. Without commands of the editor's own it only tells.
pub fn lens(of: &lsp::Url, at: Range, shows: LensKind, commands: bool) -> lsp::CodeLens {
    let many = |n: usize, one: &str, more: &str| format!("{n} {}", if n == 1 { one } else { more });
    let (title, command, argument) = match shows {
        LensKind::Preview => ("preview".to_owned(), "obs.preview", None),
        LensKind::Objects(n) => (many(n, "object", "objects"), "obs.showEmitted", None),
        LensKind::Policies(n) => (many(n, "policy", "policies"), "obs.showEmitted", Some("NetworkPolicy".to_owned())),
        LensKind::Why(object) => ("why".to_owned(), "obs.why", Some(object)),
    };
    let arguments = vec![serde_json::json!(of), serde_json::json!(range(at).start), serde_json::json!(argument)];
    let command = match commands {
        true => lsp::Command { title, command: command.to_owned(), arguments: Some(arguments) },
        false => lsp::Command { title, command: String::new(), arguments: None },
    };
    lsp::CodeLens { range: range(at), command: Some(command), data: None }
}

/// What makes tokens of other ones: one edit, between what is the same at both ends.
pub fn token_edits(before: &[lsp::SemanticToken], after: &[lsp::SemanticToken]) -> Vec<lsp::SemanticTokensEdit> {
    let same = |(a, b): &(&lsp::SemanticToken, &lsp::SemanticToken)| a == b;
    let head = before.iter().zip(after).take_while(same).count();
    let (old, new) = (&before[head..], &after[head..]);
    if old.is_empty() && new.is_empty() {
        return Vec::new();
    }
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    // five numbers a token
    vec![lsp::SemanticTokensEdit {
        start: head as u32 * 5,
        delete_count: (old.len() - tail) as u32 * 5,
        data: Some(new[..new.len() - tail].to_vec()),
    }]
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
