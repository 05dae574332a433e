//! Values as the text of configuration files, one format per file.
//!
//! `none` entries are left out everywhere. What a file can't hold (a secret, a component) is refused by the type
//! checker before; here it is a [`ConfigError`], so that nothing wrong is ever written.

mod blocks;
mod data;
mod ini;
pub(super) mod json;
mod toml;
pub mod yaml;

pub use data::{Data, pointer_step};

use crate::text::Span;
use crate::value::{Content, Value};
use std::fmt;

/// Why a value can't be written in a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// Where in the content, as a JSON pointer.
    pub pointer: String,
    /// What is wrong there.
    pub problem: String,
    /// The place in the source, where the content knows it.
    pub span: Option<Span>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => f.write_str(&self.problem),
            pointer => write!(f, "at `{pointer}`: {}", self.problem),
        }
    }
}

impl std::error::Error for ConfigError {}

impl ConfigError {
    fn whole(problem: impl fmt::Display) -> Self {
        Self { pointer: String::new(), problem: problem.to_string(), span: None }
    }
}

/// The text of a file. It ends with a newline unless it is empty or plain text that doesn't.
pub fn render(content: &Content) -> Result<String, ConfigError> {
    match content.format.as_str() {
        "yaml" => yaml::render(&content.value),
        "json" => json::render(&content.value),
        "toml" => toml::render(&content.value),
        "ini" => ini::render(&content.value),
        "blocks" => blocks::render(&content.value),
        "text" => text(&content.value),
        other => Err(ConfigError::whole(format_args!("there is no format `{other}`"))),
    }
}

fn text(value: &Value) -> Result<String, ConfigError> {
    match value {
        Value::None | Value::Error => Ok(String::new()),
        Value::Str(text) => Ok(text.to_string()),
        other => Err(ConfigError::whole(format_args!("text is a string, not {}", data::describe(other)))),
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Short ways to write values in tests.

    use crate::text::{FileId, Span, TextRange};
    use crate::value::{Record, Spanned, Value};
    use std::sync::Arc;

    /// The span `at..at+1` of item 1.
    pub fn span(at: u32) -> Span {
        Span { file: FileId(0), item: 1, range: TextRange::new(at, at + 1) }
    }

    /// A real program to judge what is written; tests that want it are skipped where it isn't there.
    pub fn real(program: &str) -> Option<std::path::PathBuf> {
        let folder = std::env::var_os("OBS_REAL_PROGRAMS").map(std::path::PathBuf::from);
        let folder =
            folder.or_else(|| Some(std::path::Path::new(&std::env::var_os("HOME")?).join(".cache/obs-real/bin")))?;
        let path = folder.join(program);
        if !path.exists() {
            eprintln!("skipped: no `{program}` in {}", folder.display());
        }
        path.exists().then_some(path)
    }

    pub fn str(text: &str) -> Value {
        Value::Str(text.into())
    }

    pub fn list(items: impl IntoIterator<Item = Value>) -> Value {
        let spanned = |(i, value)| Spanned { value, span: span(1000 + i as u32) };
        Value::List(Arc::new(items.into_iter().enumerate().map(spanned).collect()))
    }

    pub fn record<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
        Value::Record(Arc::new(fields_of(fields)))
    }

    pub fn fields_of<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Record {
        let spanned =
            |(i, (k, value)): (usize, (&str, Value))| (k.into(), Spanned { value, span: span(2000 + i as u32) });
        fields.into_iter().enumerate().map(spanned).collect()
    }
}
