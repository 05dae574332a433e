//! What obs makes of the programs in `examples/` is kept beside them, in `out/`, and stays what it is byte for byte.
//! `OBS_UPDATE=1` rewrites it: read the difference before you commit it.

use obs_tests::fixture::update;
use obs_tests::programs::{obs, root};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Programs that build.
const BUILD: &[&str] = &["minimal", "observability"];

fn run(args: &[&str]) -> Output {
    Command::new(obs()).args(args).current_dir(root()).output().expect("obs starts")
}

/// Files below a folder with their content.
fn tree(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut out = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            let below = path.strip_prefix(folder).expect("it is below").to_path_buf();
            if path.is_dir() {
                folders.push(path);
            } else {
                out.insert(below, std::fs::read_to_string(&path).expect("outputs are text"));
            }
        }
    }
    out
}

/// Compares what a command writes into a folder with what is kept of it.
fn compare(kept: &Path, write: impl Fn(&str) -> Output) {
    let fresh = tempfile::tempdir().expect("a temporary folder");
    let target = if update() { kept.to_path_buf() } else { fresh.path().to_path_buf() };
    let output = write(&target.to_string_lossy());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (kept, made) = (tree(kept), tree(&target));
    let names = |t: &BTreeMap<PathBuf, String>| t.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&kept), names(&made), "the files that are written; OBS_UPDATE=1 rewrites them");
    for (path, text) in &made {
        assert!(kept[path] == *text, "{} changed; OBS_UPDATE=1 rewrites it:\n{text}", path.display());
    }
}

#[test]
fn examples_check_clean() {
    for name in BUILD {
        let output = run(&["check", "--deny", "warnings", &format!("examples/{name}/stack.obs")]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{name}: {said}");
    }
}

#[test]
fn the_readme_shows_the_first_program() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).expect("it is there");
    let program = format!("```obs\n{}```\n", read("examples/minimal/stack.obs"));
    assert!(read("README.md").contains(&program), "README.md shows examples/minimal/stack.obs as it is");
}

#[test]
fn manifests_are_what_is_kept() {
    for name in BUILD {
        let program = format!("examples/{name}/stack.obs");
        // both targets, as they lie beside each other
        compare(&root().join("examples").join(name).join("out/build"), |to| {
            let cluster = run(&["build", &program, "-o", to]);
            assert!(cluster.status.success(), "{}", String::from_utf8_lossy(&cluster.stderr));
            run(&["build", &program, "-o", to, "--target", "compose"])
        });
    }
}

#[test]
fn the_simulation_is_what_is_kept() {
    let (program, load) = ("examples/observability/stack.obs", "examples/observability/load.csv");
    let kept = root().join("examples/observability/out/simulation.svg");
    let output = run(&["simulate", program, "--load", load, "--format", "svg"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made = String::from_utf8(output.stdout).expect("an SVG is text");
    if update() {
        std::fs::write(&kept, &made).expect("it can be written");
    }
    assert!(
        std::fs::read_to_string(&kept).is_ok_and(|text| text == made),
        "{} changed; OBS_UPDATE=1 rewrites it",
        kept.display()
    );
}

/// In their own place: links lead from there to lines of the program.
#[test]
fn documents_are_what_is_kept() {
    for name in BUILD {
        let program = format!("examples/{name}/stack.obs");
        let kept = root().join("examples").join(name).join("out/docs");
        let to = kept.to_string_lossy();
        let check = ["docs", &program, "-o", &*to, "--check"];
        let output = run(if update() { &check[..4] } else { &check });
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}OBS_UPDATE=1 rewrites what changed");
    }
}
