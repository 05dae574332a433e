//! The grammar of `.obs` for [tree-sitter](https://tree-sitter.github.io), with its queries.

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_obs() -> *const ();
}

/// The language.
// the one function of the C that is compiled beside this: it has no arguments, and what it gives lives for ever
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_obs) };

/// Colours of tokens.
pub const HIGHLIGHTS_QUERY: &str = include_str!("../../queries/highlights.scm");
/// Text in other languages.
pub const INJECTIONS_QUERY: &str = include_str!("../../queries/injections.scm");
/// Names and where they can be seen.
pub const LOCALS_QUERY: &str = include_str!("../../queries/locals.scm");
/// Symbols.
pub const TAGS_QUERY: &str = include_str!("../../queries/tags.scm");
