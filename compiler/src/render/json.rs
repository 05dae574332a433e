//! The JSON of `--format json`, as the command line's contract has it.

use super::{Finding, Place, Position, count};
use crate::diagnostics::Severity;
use serde_json::{Value, json};

pub(super) fn render(findings: &[Finding]) -> String {
    super::document(&json!({
        "version": 1,
        "diagnostics": findings.iter().map(finding).collect::<Vec<_>>(),
        "errors": count(findings, Severity::Error),
        "warnings": count(findings, Severity::Warning),
    }))
}

fn finding(f: &Finding) -> Value {
    let edit =
        |(place, text): &(Place, String)| json!({"file": place.source.path, "range": range(place), "newText": text});
    let label =
        |(place, text): &(Place, String)| json!({"file": place.source.path, "range": range(place), "message": text});
    let remark = f.remark.iter().map(|text| (f.place.clone(), text.clone()));
    let labels: Vec<Value> = remark.chain(f.labels.iter().cloned()).map(|l| label(&l)).collect();
    let fixes =
        f.fixes.iter().map(|fix| json!({"title": fix.title, "edits": fix.edits.iter().map(edit).collect::<Vec<_>>()}));
    json!({
        "code": f.code.id(),
        "severity": f.severity.name(),
        "message": f.message,
        "file": f.place.source.path,
        "range": range(&f.place),
        "labels": labels,
        "help": f.help,
        "fixes": fixes.collect::<Vec<_>>(),
        "url": super::page(f.code),
    })
}

fn range(place: &Place) -> Value {
    let position = |p: Position| json!({"line": p.line, "column": p.column, "offset": p.offset});
    json!({"start": position(place.start), "end": position(place.end)})
}
