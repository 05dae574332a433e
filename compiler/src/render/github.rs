//! GitHub's workflow commands: annotations on the lines of a change.

use super::Finding;
use crate::diagnostics::Severity;
use std::fmt::Write;

pub(super) fn render(findings: &[Finding]) -> String {
    let mut out = String::new();
    for f in findings {
        let command = match f.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let help = f.help.as_ref().map(|h| format!("\n{h}")).unwrap_or_default();
        let (start, end) = (f.place.start, f.place.end);
        // the columns are left out where the place spans lines: GitHub rejects them there
        let columns = if start.line == end.line {
            format!(",col={},endColumn={}", start.column, end.column.max(start.column))
        } else {
            String::new()
        };
        // writing to a string can't fail
        let _ = writeln!(
            out,
            "::{command} file={},line={},endLine={}{columns},title={}::{}",
            property(&f.place.source.path),
            start.line,
            end.line,
            property(&format!("{} {}", f.code.id(), f.code.name())),
            data(&format!("{}{help}", f.message)),
        );
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
