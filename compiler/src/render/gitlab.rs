//! GitLab's code quality report (the subset of Code Climate's format that it reads).

use super::Finding;
use crate::diagnostics::Severity;
use crate::outputs::hash;
use serde_json::{Value, json};

pub(super) fn render(findings: &[Finding]) -> String {
    super::document(&Value::Array(findings.iter().map(finding).collect()))
}

fn finding(f: &Finding) -> Value {
    let severity = match f.severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Info => "info",
    };
    // no line in it, so that a finding keeps its identity when lines above it change
    let identity = format!("{}\0{}\0{}", f.code.id(), f.place.source.path, f.message);
    json!({
        "description": f.message,
        "check_name": f.code.id(),
        "fingerprint": hash(identity.as_bytes()),
        "severity": severity,
        "location": {"path": f.place.source.path, "lines": {"begin": f.place.start.line, "end": f.place.end.line}},
    })
}
