//! The library: the files of `std/`, embedded by folder (`build.rs`), so that no file of it is named in Rust.

use crate::syntax::Lowered;
use crate::text::FileId;

/// The folder of the library in paths: no file on a disk is likely to be in one of this name.
pub const LIBRARY: &str = "<std>";

/// Name, text and abstract syntax of each file, by number.
static FILES: &[(&str, &str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// Path and text of each file.
pub(super) fn all() -> impl Iterator<Item = (String, &'static str)> {
    FILES.iter().map(|(name, text, _)| (format!("{LIBRARY}/{name}"), *text))
}

/// A file as the build of this compiler read it; `None` for other files, and for another text.
pub(super) fn lowered(file: FileId, text: &str) -> Option<Lowered> {
    let (.., tree) = FILES.get(file.0 as usize).filter(|(_, own, _)| *own == text)?;
    let (file, anchors) = postcard::from_bytes(tree).ok()?;
    Some(Lowered { file, anchors, errors: Vec::new(), complete: true, closed: false, pieces: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax;

    #[test]
    fn the_library_is_what_its_text_says() {
        for (number, (name, text, _)) in FILES.iter().enumerate() {
            let file = FileId(number as u32);
            let read = syntax::lower(&syntax::parse(text), file);
            let ready = lowered(file, text).unwrap_or_else(|| panic!("{name} has errors"));
            assert_eq!((&ready.file, &ready.anchors), (&read.file, &read.anchors), "{name}");
        }
        assert!(lowered(FileId(0), "").is_none());
    }
}
