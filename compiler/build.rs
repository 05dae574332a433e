//! Reads the library when the compiler is built, so that no run has to: each file of `std/` is embedded as text and as
//! abstract syntax. The modules that this takes use no others (`ARCHITECTURE.md`).

// pest's derived parser names it
extern crate alloc;

// the compiler itself uses all of them
#[allow(dead_code, unused_imports)]
#[path = "src/diagnostics/mod.rs"]
mod diagnostics;
#[allow(dead_code, unused_imports)]
#[path = "src/syntax/mod.rs"]
mod syntax;
#[allow(dead_code, unused_imports)]
#[path = "src/text/mod.rs"]
mod text;

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let library = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../std").canonicalize()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed={}", library.display());
    for module in ["diagnostics", "syntax", "text"] {
        println!("cargo::rerun-if-changed=src/{module}");
    }
    let mut table = "&[\n".to_owned();
    for (number, path) in sources(&library)?.iter().enumerate() {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or("a file of the library has no name")?;
        let text = fs::read_to_string(path)?;
        let tree = out.join(name).with_extension("tree");
        fs::write(&tree, read(&text, number)?)?;
        writeln!(table, "    ({name:?}, include_str!({path:?}), include_bytes!({tree:?})),")?;
    }
    table.push_str("]\n");
    fs::write(out.join("library.rs"), table)?;
    Ok(())
}

/// The library's files, in the order of their names: that of their numbers.
fn sources(library: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut paths =
        fs::read_dir(library)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    paths.retain(|path| path.extension().is_some_and(|e| e == "obs"));
    paths.sort();
    Ok(paths)
}

/// A file's abstract syntax; nothing where the text has errors: then the compiler reads it itself, and says what is wrong.
fn read(text: &str, number: usize) -> Result<Vec<u8>, Box<dyn Error>> {
    let lowered = syntax::lower(&syntax::parse(text), text::FileId(u32::try_from(number)?));
    if !lowered.errors.is_empty() {
        return Ok(Vec::new());
    }
    Ok(postcard::to_allocvec(&(lowered.file, lowered.anchors))?)
}
