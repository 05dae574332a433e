//! What editors and the command line ask of the compiler, as plain data: no LSP types, no disk.
