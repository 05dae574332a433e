//! The configuration files of a component, as text, and the folders that they are mounted at.

use super::config;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{ConfigFile, Workload};
use std::rc::Rc;

/// A configuration file and its text.
pub(super) type Rendered<'a> = (&'a ConfigFile, Rc<str>);

/// The files of a component that can be written; what is wrong with the others is a finding. `before` are those of the
/// same component under another profile: most are the same, and comparing takes a fraction of writing.
pub(super) fn render<'a>(
    name: &str,
    workload: &'a Workload,
    before: &[Rendered<'_>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Rendered<'a>> {
    let mut out = Vec::with_capacity(workload.files.len());
    for file in &workload.files {
        let same = before.iter().find(|(other, _)| other.path == file.path && other.content == file.content);
        if let Some((_, text)) = same {
            out.push((file, Rc::clone(text)));
            continue;
        }
        match config::render(&file.content) {
            Ok(text) => out.push((file, text.into())),
            Err(error) => {
                let span = error.span.unwrap_or(file.span);
                let message = format!("`{}` of `{name}` can't be written: {error}", file.path);
                diagnostics.push(Diagnostic::new(Code::OBS6101, span, message));
            }
        }
    }
    out
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("/", |(folder, _)| if folder.is_empty() { "/" } else { folder })
}

/// Whether a path lies in a folder, at any depth.
pub(super) fn is_below(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| folder == "/" || rest.starts_with('/'))
}

/// The folders that files are in, without those within another.
pub(super) fn folders(files: &[Rendered<'_>]) -> Vec<String> {
    let mut folders: Vec<&str> = files.iter().map(|(f, _)| folder_of(&f.path)).collect();
    folders.sort_unstable();
    folders.dedup();
    let mut out: Vec<String> = Vec::new();
    for folder in folders {
        if !out.iter().any(|root| is_below(root, folder)) {
            out.push(folder.to_owned());
        }
    }
    out
}
