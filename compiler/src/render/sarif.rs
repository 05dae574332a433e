//! SARIF 2.1.0, for code scanning.

use super::located::Repair;
use super::{Finding, Place, Position};
use crate::diagnostics::{Code, Severity};
use serde_json::{Value, json};

pub(super) fn render(findings: &[Finding]) -> String {
    let mut codes: Vec<Code> = findings.iter().map(|f| f.code).collect();
    codes.sort_unstable();
    codes.dedup();
    super::document(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "obs",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": codes.iter().map(|c| rule(*c)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(|f| result(f, &codes)).collect::<Vec<_>>(),
        }],
    }))
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.id(),
        "name": code.name(),
        "shortDescription": {"text": code.summary()},
        "fullDescription": {"text": code.page()},
        "help": {"text": code.page(), "markdown": code.page()},
        "helpUri": super::page(code),
        "defaultConfiguration": {"level": level(code.severity())},
    })
}

fn result(f: &Finding, codes: &[Code]) -> Value {
    let text = match &f.help {
        Some(help) => format!("{}\n{help}", f.message),
        None => f.message.clone(),
    };
    let related = f.labels.iter().map(|(place, message)| {
        let mut at = location(place);
        at["message"] = json!({"text": message});
        at
    });
    let mut out = json!({
        "ruleId": f.code.id(),
        "ruleIndex": codes.iter().position(|c| *c == f.code),
        "level": level(f.severity),
        "message": {"text": text},
        "locations": [location(&f.place)],
        "relatedLocations": related.collect::<Vec<_>>(),
    });
    if !f.fixes.is_empty() {
        out["fixes"] = f.fixes.iter().map(fix).collect();
    }
    out
}

/// A fix, its edits grouped by file.
fn fix(repair: &Repair) -> Value {
    let mut files: Vec<(&str, Vec<Value>)> = Vec::new();
    for (place, text) in &repair.edits {
        let replacement = json!({"deletedRegion": region(place), "insertedContent": {"text": text}});
        match files.iter_mut().find(|(path, _)| *path == place.source.path) {
            Some((_, replacements)) => replacements.push(replacement),
            None => files.push((&place.source.path, vec![replacement])),
        }
    }
    let change = |(path, replacements)| json!({"artifactLocation": {"uri": uri(path)}, "replacements": replacements});
    json!({"description": {"text": repair.title}, "artifactChanges": files.into_iter().map(change).collect::<Vec<_>>()})
}

fn location(place: &Place) -> Value {
    json!({"physicalLocation": {"artifactLocation": {"uri": uri(&place.source.path)}, "region": region(place)}})
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": characters(place, place.start),
        "endLine": place.end.line,
        "endColumn": characters(place, place.end),
    })
}

/// The column in characters, from 1.
fn characters(place: &Place, at: Position) -> usize {
    let before = at.column as usize - 1;
    place.source.line(at.line).char_indices().take_while(|(offset, _)| *offset < before).count() + 1
}

/// A relative path as a URI reference (RFC 3986).
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
