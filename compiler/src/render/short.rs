//! One line each: `stack.obs:3:7: error[OBS2104]: message`.

use super::{Finding, harmless};
use std::fmt::Write;

pub(super) fn render(findings: &[Finding]) -> String {
    let mut out = String::new();
    for finding in findings {
        let (place, severity, code) = (finding.place.short(), finding.severity.name(), finding.code.id());
        let help = finding.help.as_ref().map(|h| format!(" ({h})")).unwrap_or_default();
        let line = format!("{place}: {severity}[{code}]: {}{help}", finding.message);
        // writing to a string can't fail
        let _ = writeln!(out, "{}", harmless(&line).replace('\n', " "));
    }
    out
}
