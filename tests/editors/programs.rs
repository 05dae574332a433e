//! Programs without errors of syntax: all that the repository has.

use obs_compiler::syntax::{lower, parse};
use obs_compiler::text::FileId;
use obs_tests::fixture::Fixture;
use obs_tests::programs::root;
use std::path::PathBuf;

/// Where programs are.
const FOLDERS: &[&str] = &["std", "examples", "tests", "editors/vscode/media", "editors/vscode/tests"];

/// All programs that are well written, with a name for each.
pub fn programs() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for path in paths() {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let name = path.strip_prefix(root()).expect("it is below the root").display().to_string();
        match name.starts_with("tests/rules/suite") {
            // without the findings, which are comments
            true => {
                all.extend(Fixture::parse(&text).files.into_iter().map(|f| (format!("{name}: {}", f.path), f.text)))
            }
            false => all.push((name, text)),
        }
    }
    let page = std::fs::read_to_string(root().join("compiler/docs/language.md")).expect("the reference");
    let fences = page.split("```").skip(1).step_by(2).enumerate();
    let of_obs =
        fences.filter_map(|(at, fence)| Some((at, fence.split_once('\n').filter(|(i, _)| i.starts_with("obs"))?.1)));
    all.extend(of_obs.map(|(at, text)| (format!("language.md: block {at}"), text.to_owned())));
    all.retain(|(_, text)| lower(&parse(text), FileId(0)).errors.is_empty());
    assert!(all.len() > 150, "{} programs", all.len());
    all
}

fn paths() -> Vec<PathBuf> {
    let (mut out, mut folders): (_, Vec<PathBuf>) = (Vec::new(), FOLDERS.iter().map(|f| root().join(f)).collect());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of the source") {
            let path = entry.expect("an entry").path();
            match path.extension() {
                Some(extension) if extension == "obs" => out.push(path),
                _ if path.is_dir() => folders.push(path),
                _ => {}
            }
        }
    }
    out.sort();
    out
}
