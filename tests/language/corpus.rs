//! Texts that once broke something, and every fixture of the repository, through the checks of the fuzz targets.

use obs_compiler::ide::Host;
use obs_tests::checks;
use obs_tests::programs::root;
use std::path::{Path, PathBuf};

/// Every file below a folder, sorted; those that aren't UTF-8 are read as the compiler would be given them.
fn texts(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, out: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "obs") {
                let bytes = std::fs::read(&path).expect("it is readable");
                out.push((path, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
    }
    let mut out = Vec::new();
    walk(&root().join(folder), &mut out);
    out.sort();
    assert!(!out.is_empty(), "{folder} holds texts");
    out
}

#[test]
fn what_once_broke_something_and_every_fixture_pass_the_checks() {
    let mut host = Host::new();
    for folder in ["tests/corpus", "tests/rules/suite", "examples", "std"] {
        for (path, text) in texts(folder) {
            // which text it was, where a check panics
            println!("{}", path.display());
            checks::parses(&text);
            checks::formats(&text);
            checks::checks(&mut host, &text);
            checks::builds(&mut host, &text);
        }
    }
}
