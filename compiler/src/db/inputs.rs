//! The inputs of all queries: files and the list of them.

#![allow(missing_docs, reason = "what salsa generates beside each field has none")]

use super::FileText;
use crate::text::FileId;

/// One file, there or not.
#[salsa::input(debug)]
pub struct SourceFile {
    /// Its number.
    #[returns(copy)]
    pub id: FileId,
    /// Project-relative path with `/`; `<std>/…` for the library.
    #[returns(deref)]
    pub path: String,
    /// What is in it.
    #[returns(ref)]
    pub text: FileText,
}

/// All files, the library first. `files[i].id == FileId(i)`.
#[salsa::input(singleton, debug)]
pub struct Project {
    /// The files.
    #[returns(deref)]
    pub files: Vec<SourceFile>,
    /// How many of them are the library's.
    #[returns(copy)]
    pub library: usize,
}
