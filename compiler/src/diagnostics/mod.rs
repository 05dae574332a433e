//! Diagnostics as plain data. Rendering is elsewhere ([`crate::render`]); nothing here knows miette or LSP.

mod codes;

pub use codes::{Code, Severity};

use crate::text::Span;

/// One finding about the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its stable code.
    pub code: Code,
    /// How grave it is: the code's own severity unless the program or the command line changed it.
    pub severity: Severity,
    /// One sentence that names the thing; no full stop.
    pub message: String,
    /// The place.
    pub primary: Span,
    /// What to write under the primary place, where it adds something to the message.
    pub primary_label: Option<String>,
    /// Other places that explain it.
    pub labels: Vec<Label>,
    /// What would be right.
    pub help: Option<String>,
    /// Ready edits.
    pub fixes: Vec<Fix>,
    /// Names of the components that it is about: what `waive … on` refers to.
    pub subjects: Vec<String>,
}

/// A further place with a remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The remark.
    pub message: String,
}

/// An edit that resolves a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: "rename to `Shop`".
    pub title: String,
    /// Replacements that do not overlap.
    pub edits: Vec<Edit>,
    /// Whether it keeps the program's meaning and can be applied unseen.
    pub safe: bool,
}

/// Replace what is at `span` by `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The place; an empty range inserts.
    pub span: Span,
    /// The new text.
    pub text: String,
}

impl Diagnostic {
    /// A finding with the code's own severity.
    pub fn new(code: Code, primary: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            primary,
            primary_label: None,
            labels: Vec::new(),
            help: None,
            fixes: Vec::new(),
            subjects: Vec::new(),
        }
    }

    /// Says something under the primary place.
    pub fn marked(mut self, text: impl Into<String>) -> Self {
        self.primary_label = Some(text.into());
        self
    }

    /// Adds a further place.
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Says what would be right.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds a fix that replaces one place.
    pub fn fix(mut self, title: impl Into<String>, span: Span, text: impl Into<String>, safe: bool) -> Self {
        self.fixes.push(Fix { title: title.into(), edits: vec![Edit { span, text: text.into() }], safe });
        self
    }

    /// Adds a ready fix.
    pub fn with_fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fixes.extend(fix.into());
        self
    }

    /// Offers `suggestion`, if there is one, as help and as a fix that replaces the primary place.
    pub fn suggest(self, suggestion: Option<&str>) -> Self {
        let Some(name) = suggestion else { return self };
        let span = self.primary;
        self.help(format!("did you mean `{name}`?")).fix(format!("change to `{name}`"), span, name, false)
    }

    /// The same at a further place: it is marked too, and a fix that changes the primary place changes both.
    pub fn also(&mut self, span: Span) {
        self.labels.push(Label { span, message: "and here".to_owned() });
        let primary = self.primary;
        for fix in &mut self.fixes {
            let same = fix.edits.iter().find(|e| e.span == primary).map(|e| Edit { span, text: e.text.clone() });
            fix.edits.extend(same);
        }
    }

    /// Names a component that this is about.
    pub fn about(mut self, name: impl Into<String>) -> Self {
        self.subjects.push(name.into());
        self
    }

    /// Whether it stops a build.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Of `known`, the name nearest to `name`, if one is near enough to be meant.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = ((name.chars().count() + 1) / 3).max(1);
    let folded = name.to_lowercase();
    let distance = |k: &str| strsim::damerau_levenshtein(&folded, &k.to_lowercase());
    known
        .into_iter()
        .filter(|k| *k != name)
        .map(|k| (distance(k), k))
        .filter(|(d, k)| *d <= limit && *d < k.chars().count().max(name.chars().count()))
        .min_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)))
        .map(|(_, k)| k)
}
