//! JUnit's XML, which every CI reads: a case for each file with findings, or one that passed.

use super::Finding;
use crate::diagnostics::Severity;
use crate::text::xml_escape;
use std::fmt::Write;

pub(super) fn render(findings: &[Finding]) -> String {
    let mut cases = String::new();
    for f in findings {
        let (name, file) = (format!("{} {}", f.code.id(), f.place.short()), &f.place.source.path);
        // writing to a string can't fail
        let _ = writeln!(cases, r#"    <testcase name="{}" classname="{}">"#, xml_escape(&name), xml_escape(file));
        let element = if f.severity == Severity::Error { "failure" } else { "system-out" };
        let attributes = match f.severity {
            Severity::Error => format!(r#" message="{}" type="{}""#, xml_escape(&f.message), f.code.id()),
            _ => String::new(),
        };
        let text = super::short::render(std::slice::from_ref(f));
        let _ = writeln!(cases, "      <{element}{attributes}>{}</{element}>", xml_escape(text.trim_end()));
        cases.push_str("    </testcase>\n");
    }
    if findings.is_empty() {
        cases.push_str("    <testcase name=\"check\" classname=\"obs\"/>\n");
    }
    let (all, failed) = (findings.len().max(1), super::count(findings, Severity::Error));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"obs\" tests=\"{all}\" \
         failures=\"{failed}\" errors=\"0\" skipped=\"0\">\n{cases}  </testsuite>\n</testsuites>\n"
    )
}
