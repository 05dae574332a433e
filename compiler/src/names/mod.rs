//! What names mean: what each file declares, what it imports, what is in scope in it.

mod declarations;
mod edits;
mod files;
mod lock_file;
mod visible;

pub use declarations::{
    DefId, DefKind, Export, Exports, Space, declared_name, export_of, exports, find_in, find_item, library_exports,
    nested_items, nested_parts,
};
pub use edits::{add_library_import, remove_import};
pub use files::{Imported, Program, imports, program, relative_path};
pub use lock_file::{Lock, Locked, is_digest, lock, lock_path};
pub use visible::{Binding, ImportedName, Names, Scope, library_imports, name_diagnostics, scope};
