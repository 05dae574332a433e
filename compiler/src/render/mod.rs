//! Diagnostics as people and machines read them. The only module that knows miette.

mod github;
mod gitlab;
mod harmless;
mod json;
mod junit;
mod located;
mod sarif;
mod short;
mod terminal;

pub use harmless::harmless;
pub use located::{Finding, Locator, Place, Position, Source};

use crate::diagnostics::{Code, Severity};

/// A form of diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Format {
    Text,
    Short,
    Json,
    Sarif,
    Github,
    Gitlab,
    Junit,
}

/// How text for people is dressed.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// With ANSI colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Format {
    /// The names of all forms.
    pub const NAMES: &[&str] = &["text", "short", "json", "sarif", "github", "gitlab", "junit"];

    /// The form with this name.
    pub fn parse(name: &str) -> Option<Self> {
        const ALL: &[Format] =
            &[Format::Text, Format::Short, Format::Json, Format::Sarif, Format::Github, Format::Gitlab, Format::Junit];
        Self::NAMES.iter().position(|n| *n == name).map(|at| ALL[at])
    }

    /// Whether it is read by people (and goes to stderr) rather than by machines (and is a whole document on
    /// stdout).
    pub const fn for_people(self) -> bool {
        matches!(self, Format::Text | Format::Short)
    }

    /// All findings in this form.
    pub fn render(self, findings: &[Finding], style: Style) -> String {
        match self {
            Format::Text => terminal::render(findings, style),
            Format::Short => short::render(findings),
            Format::Json => json::render(findings),
            Format::Sarif => sarif::render(findings),
            Format::Github => github::render(findings),
            Format::Gitlab => gitlab::render(findings),
            Format::Junit => junit::render(findings),
        }
    }
}

/// How many findings there are of a severity.
pub fn count(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().filter(|f| f.severity == severity).count()
}

/// JSON for machines: indented, with a line feed at its end.
fn document(value: &serde_json::Value) -> String {
    // a serde_json value always has a JSON form
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// Where a code's page is on the web.
pub fn page(code: Code) -> String {
    format!("{}/blob/main/compiler/src/diagnostics/pages/{}.md", env!("CARGO_PKG_REPOSITORY"), code.id())
}
