//! What queries of one declaration are keyed by.

#![allow(missing_docs, reason = "what salsa generates has none")]

use crate::db::SourceFile;

/// An item as a key of queries.
#[salsa::interned]
pub(super) struct DefKey<'db> {
    #[returns(copy)]
    pub(super) file: SourceFile,
    #[returns(copy)]
    pub(super) item: u32,
}
