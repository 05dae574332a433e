//! Imports that a program lacks: of names that mean nothing here and something elsewhere.

use super::Analysis;
use super::fixes::Action;
use super::imports::Imports;
use crate::db::SourceFile;
use crate::diagnostics::{Code, Diagnostic};
use crate::names::DefKind;
use crate::text::{FileRange, Sources};

impl Analysis {
    /// Imports that answer findings which touch a part of a file, besides those that the findings offer themselves.
    pub(super) fn missing_imports(&self, file: SourceFile, found: &[Diagnostic], within: FileRange) -> Vec<Action> {
        let mut out: Vec<Action> = Vec::new();
        for finding in found.iter().filter(|d| self.touches(d, within)) {
            let sorts: &[DefKind] = match finding.code {
                Code::OBS2102 => &[DefKind::Let, DefKind::Fn],
                Code::OBS2104 => &[DefKind::Kind],
                Code::OBS2105 => &[DefKind::Type, DefKind::Protocol],
                Code::OBS2117 => &[DefKind::Component],
                _ => continue,
            };
            let at = self.locate(finding.primary);
            let Some(name) = self.text(at.file).get(at.range.start as usize..at.range.end as usize) else { continue };
            for there in (Imports { db: &self.db, file }).elsewhere(sorts) {
                let Some((range, text)) = there.edit.filter(|_| there.name == name) else { continue };
                let from = there.path.unwrap_or_else(|| "std".to_owned());
                let title = format!("import `{name}` from `{from}`");
                let edits = vec![(FileRange { file: at.file, range }, text)];
                // a finding may bring the same
                if !finding.fixes.iter().any(|fix| fix.title == title) {
                    out.push(Action { title, code: finding.code, at, edits, safe: false });
                }
            }
        }
        out
    }
}
