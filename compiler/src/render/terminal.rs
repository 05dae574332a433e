//! For people, through miette: the line, a mark under the place, help and fixes.

use super::{Finding, Place, Source, Style, harmless};
use crate::diagnostics::Severity;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, SourceCode, SourceSpan, SpanContents};
use std::fmt::{self, Display};
use std::sync::Arc;

pub(super) fn render(findings: &[Finding], style: Style) -> String {
    let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width.clamp(40, 200))
        .with_context_lines(1)
        .with_wrap_lines(true)
        .with_links(false);
    let mut out = String::new();
    for finding in findings {
        let report = Report::new(finding);
        if handler.render_report(&mut out, &report).is_err() {
            // a place that miette can't show is still a finding
            out.push_str(&super::short::render(std::slice::from_ref(finding)));
        }
        out.push('\n');
    }
    out
}

/// One file's text with its name, as miette reads it.
#[derive(Debug)]
struct Text(Arc<Source>);

impl SourceCode for Text {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset() as u32, (span.offset() + span.len()) as u32);
        // only the lines around: miette reads a text from its top each time
        let (part, line) = self.0.lines_around(start, end, before as u32, after as u32);
        let text = self.0.shown().get(part.clone()).ok_or(MietteError::OutOfBounds)?;
        let inner = text.read_span(&SourceSpan::from((span.offset() - part.start, span.len())), before, after)?;
        // nor is its own count of lines that of the part
        let lines = inner.data().iter().filter(|b| **b == b'\n').count().max(1);
        let contents = miette::MietteSpanContents::new_named(
            harmless(&self.0.path),
            inner.data(),
            SourceSpan::from((part.start + inner.span().offset(), inner.span().len())),
            line + inner.line(),
            inner.column(),
            lines,
        );
        Ok(Box::new(contents))
    }
}

/// A finding as miette wants it. Labels in other files become reports of their own below it.
#[derive(Debug)]
struct Report {
    message: String,
    code: Option<&'static str>,
    severity: Severity,
    text: Text,
    labels: Vec<LabeledSpan>,
    help: Option<String>,
    elsewhere: Vec<Report>,
}

impl Report {
    fn new(finding: &Finding) -> Self {
        let mut labels = vec![label(&finding.place, finding.remark.clone(), true)];
        let mut elsewhere = Vec::new();
        for (place, message) in &finding.labels {
            if place.source.path == finding.place.source.path {
                labels.push(label(place, Some(message.clone()), false));
            } else {
                elsewhere.push(Self::remark(place, message));
            }
        }
        let fixes = finding.fixes.iter().map(|f| format!("fix: {}", f.title));
        let told = finding.help.iter().cloned();
        // a fix that says the same as the help is for editors
        let help: Vec<String> = if finding.help.is_some() { told.collect() } else { fixes.collect() };
        Self {
            message: harmless(&finding.message),
            code: Some(finding.code.id()),
            severity: finding.severity,
            text: Text(Arc::clone(&finding.place.source)),
            labels,
            help: (!help.is_empty()).then(|| harmless(&help.join("\n"))),
            elsewhere,
        }
    }

    fn remark(place: &Place, message: &str) -> Self {
        Self {
            message: harmless(message),
            code: None,
            severity: Severity::Info,
            text: Text(Arc::clone(&place.source)),
            labels: vec![label(place, None, true)],
            help: None,
            elsewhere: Vec::new(),
        }
    }
}

fn label(place: &Place, message: Option<String>, primary: bool) -> LabeledSpan {
    let message = message.map(|m| harmless(&m));
    let (start, end) = (place.start.offset as usize, place.end.offset as usize);
    // of what goes over several lines the first says what it is
    let text = place.source.text.get(start..end).unwrap_or_default();
    let span = (start, text.lines().next().unwrap_or_default().len());
    if primary { LabeledSpan::new_primary_with_span(message, span) } else { LabeledSpan::new_with_span(message, span) }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report {}

impl miette::Diagnostic for Report {
    fn code(&self) -> Option<Box<dyn Display + '_>> {
        let code = self.code?;
        Some(Box::new(format!("{}[{code}]", self.severity.name())))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help(&self) -> Option<Box<dyn Display + '_>> {
        self.help.as_ref().map(|h| Box::new(h) as Box<dyn Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.text)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        if self.elsewhere.is_empty() {
            return None;
        }
        Some(Box::new(self.elsewhere.iter().map(|r| r as &dyn miette::Diagnostic)))
    }
}
