//! SARIF 2.1.0, for code scanning.

use super::{Finding, Place};
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
            "results": findings.iter().map(result).collect::<Vec<_>>(),
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

fn result(f: &Finding) -> Value {
    let text = match &f.help {
        Some(help) => format!("{}\n{help}", f.message),
        None => f.message.clone(),
    };
    let related = f.labels.iter().map(|(place, message)| {
        let mut at = location(place);
        at["message"] = json!({"text": message});
        at
    });
    json!({
        "ruleId": f.code.id(),
        "level": level(f.severity),
        "message": {"text": text},
        "locations": [location(&f.place)],
        "relatedLocations": related.collect::<Vec<_>>(),
    })
}

fn location(place: &Place) -> Value {
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(&place.source.path)},
        "region": {
            "startLine": place.start.line,
            "startColumn": characters(place, place.start.line, place.start.column),
            "endLine": place.end.line,
            "endColumn": characters(place, place.end.line, place.end.column),
        },
    }})
}

/// The column in characters, from 1.
fn characters(place: &Place, line: u32, column: u32) -> usize {
    let line = place.source.text.split('\n').nth(line as usize - 1).unwrap_or_default();
    line.char_indices().take_while(|(at, _)| at + 1 < column as usize).count() + 1
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
