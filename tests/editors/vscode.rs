//! The extension for Visual Studio Code: its grammar, its package, and all of it in the real editor.

use crate::programs::programs;
use crate::queries::tokens;
use crate::tools::Node;
use obs_compiler::ide::Host;
use obs_compiler::syntax::{ITEM_KEYWORDS, lower, parse};
use obs_compiler::text::FileId;
use obs_tests::cache::{BROWSERS, program};
use obs_tests::programs::{obs, root};
use regex::Regex;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const EXTENSION: &str = "editors/vscode";

fn manifest() -> Value {
    let text = std::fs::read_to_string(root().join(EXTENSION).join("package.json")).expect("the manifest");
    serde_json::from_str(&text).expect("it is JSON")
}

/// Runs a command to its end; fails with what it said.
fn succeeds(command: &mut Command) -> String {
    let output = command.output().expect("it starts");
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{:?}\n{said}\n{errors}", command.get_program());
    said.into_owned()
}

#[test]
fn constructs_have_their_scopes() {
    let Some(node) = Node::with(EXTENSION) else { return };
    let folder = root().join(EXTENSION);
    let mut test = Command::new(node.bin("vscode-tmgrammar-test"));
    test.current_dir(&folder).args(["-g", "syntaxes/obs.tmLanguage.json", "tests/*.obs"]);
    succeeds(&mut test);
}

#[test]
fn colours_are_those_of_the_language_server() {
    let Some(node) = Node::with(EXTENSION) else { return };
    let mut host = Host::new();
    let one = |(name, text): (String, String)| {
        // offsets count UTF-16 units there
        let units: Vec<usize> = utf16_offsets(&text);
        let at = |offset: u32| units[offset as usize];
        let tokens: Vec<_> = tokens(&mut host, &text).into_iter().map(|(s, e, of)| json!([at(s), at(e), of])).collect();
        json!({"name": name, "text": text, "tokens": tokens})
    };
    let all: Vec<Value> = programs().into_iter().map(one).collect();
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("tokens.json");
    std::fs::write(&path, Value::Array(all).to_string()).expect("it can be written");
    let mut compare = node.script("textmate.cjs");
    succeeds(compare.arg(root().join(EXTENSION).join("syntaxes/obs.tmLanguage.json")).arg(&path));
}

/// Of each byte, how many UTF-16 units stand before it.
fn utf16_offsets(text: &str) -> Vec<usize> {
    let mut out = Vec::with_capacity(text.len() + 1);
    let mut units = 0;
    for c in text.chars() {
        out.extend(std::iter::repeat_n(units, c.len_utf8()));
        units += c.len_utf16();
    }
    out.push(units);
    out
}

#[test]
fn what_the_manifest_names_is_there() {
    let manifest = manifest();
    let folder = root().join(EXTENSION);
    let mut names = Vec::new();
    strings(&manifest["contributes"], &mut names);
    strings(&manifest["icon"], &mut names);
    let files: Vec<&str> = names
        .into_iter()
        .filter(|n| n.starts_with("./") || n.starts_with("walkthrough/") || n.ends_with(".png"))
        .collect();
    assert!(files.len() >= 9, "{files:?}");
    let lacking: Vec<_> = files.iter().filter(|f| !folder.join(f).is_file()).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
    // every command is registered, and every setting is read
    let code: String = std::fs::read_dir(folder.join("src"))
        .expect("the source")
        .map(|e| std::fs::read_to_string(e.expect("an entry").path()).expect("it is UTF-8"))
        .collect();
    for command in manifest["contributes"]["commands"].as_array().expect("a list") {
        let name = command["command"].as_str().expect("a name");
        assert!(code.contains(&format!("registerCommand(\"{name}\"")), "{name} isn't registered");
    }
    for name in manifest["contributes"]["configuration"]["properties"].as_object().expect("settings").keys() {
        let own = name.strip_prefix("obs.").expect("all are ours");
        // the client library reads this one
        assert!(own == "trace.server" || code.contains(own), "{name} isn't read");
    }
    let readme = std::fs::read_to_string(folder.join("README.md")).expect("the page");
    for name in manifest["contributes"]["configuration"]["properties"].as_object().expect("settings").keys() {
        assert!(readme.contains(&format!("`{name}`")), "README.md doesn't tell of {name}");
    }
}

fn strings<'a>(value: &'a Value, out: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => out.push(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, out)),
        Value::Object(fields) => fields.values().for_each(|field| strings(field, out)),
        _ => {}
    }
}

#[test]
fn the_problem_matcher_reads_what_obs_check_writes() {
    let matcher = &manifest()["contributes"]["problemMatchers"][0]["pattern"];
    let pattern = Regex::new(matcher["regexp"].as_str().expect("a pattern")).expect("it is plain enough for both");
    let folder = tempfile::tempdir().expect("a folder for the test");
    std::fs::write(folder.path().join("stack.obs"), "component a: Nothing\n").expect("it can be written");
    let output = Command::new(obs()).args(["check", "--format", "short", "."]).current_dir(folder.path()).output();
    let output = output.expect("obs starts");
    // a terminal shows both
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).expect("it writes UTF-8");
    let found = said.lines().find_map(|line| pattern.captures(line)).unwrap_or_else(|| panic!("{said}"));
    let of = |name: &str| &found[matcher[name].as_u64().expect("a group") as usize];
    assert!(of("file").ends_with("stack.obs"), "{said}");
    assert_eq!([of("line"), of("column"), of("severity"), of("code")], ["1", "14", "error", "OBS2104"]);
}

#[test]
fn the_first_program_has_no_errors() {
    let mut check = Command::new(obs());
    succeeds(check.args(["check", "--quiet"]).arg(root().join(EXTENSION).join("media/program.obs")));
}

#[test]
fn every_item_has_a_snippet_that_is_well_written() {
    let path = root().join(EXTENSION).join("snippets/obs.json");
    let text = std::fs::read_to_string(path).expect("the snippets");
    let snippets: serde_json::Map<String, Value> = serde_json::from_str(&text).expect("it is JSON");
    let names: BTreeSet<&str> = snippets.keys().map(String::as_str).collect();
    let lacking: Vec<_> = ITEM_KEYWORDS.iter().filter(|k| !names.contains(**k)).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
    let choice = Regex::new(r"\$\{\d+\|([^,|]*)[^}]*\}").expect("a pattern");
    let filled = Regex::new(r"\$\{\d+:([^{}]*)\}").expect("a pattern");
    for (name, snippet) in snippets {
        let body = match &snippet["body"] {
            Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
            line => line.as_str().expect("a line").to_owned(),
        };
        let body = filled
            .replace_all(&choice.replace_all(&body, "$1"), "$1")
            .replace("$0", if name == "fn" { "of" } else { "" });
        let text = if name == "param" { format!("kind K {{\n{body}\n}}") } else { body };
        let errors = lower(&parse(&text), FileId(0)).errors;
        assert!(errors.is_empty(), "{name}: {errors:?}\n{text}");
    }
}

/// The package, built as it is published, in a folder of its own.
fn package(node: &Node, folder: &Path) -> PathBuf {
    let copy = folder.join("extension");
    copy_folder(&root().join(EXTENSION), &copy);
    // the packages of the lock, and none that happen to be there
    link(node.modules(), &copy.join("node_modules"));
    let path = folder.join("obs.vsix");
    let mut vsce = Command::new(node.bin("vsce"));
    vsce.current_dir(&copy).args(["package", "--no-dependencies", "--out"]).arg(&path);
    let bins = node.modules().join(".bin");
    let known = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(bins).chain(std::env::split_paths(&known));
    succeeds(vsce.env("PATH", std::env::join_paths(paths).expect("paths")));
    path
}

/// A folder by another name.
fn link(from: &Path, to: &Path) {
    #[cfg(unix)]
    std::os::unix::fs::symlink(from, to).expect("a link");
    #[cfg(windows)]
    std::os::windows::fs::symlink_dir(from, to).expect("a link");
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder of the source") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        let leave =
            ["node_modules", "dist"].iter().any(|n| name == *n) || path.extension().is_some_and(|e| e == "vsix");
        match path.is_dir() {
            _ if leave => {}
            true => copy_folder(&path, &to.join(name)),
            false => drop(std::fs::copy(&path, to.join(name)).expect("it can be copied")),
        }
    }
}

#[test]
fn the_package_has_what_it_needs_and_nothing_else() {
    let Some(node) = Node::with(EXTENSION) else { return };
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = package(&node, folder.path());
    let listed = succeeds(node.script("list.cjs").arg(&path));
    let found: Vec<&str> = listed.lines().collect();
    let wanted = [
        "[Content_Types].xml",
        "extension.vsixmanifest",
        "extension/LICENSE.txt",
        "extension/dist/extension.js",
        "extension/language-configuration.json",
        "extension/media/file.svg",
        "extension/media/icon.png",
        "extension/media/preview.css",
        "extension/media/preview.js",
        "extension/media/program.obs",
        "extension/package.json",
        "extension/readme.md",
        "extension/snippets/obs.json",
        "extension/syntaxes/markdown.tmLanguage.json",
        "extension/syntaxes/obs.tmLanguage.json",
        "extension/walkthrough/emit.md",
        "extension/walkthrough/install.md",
        "extension/walkthrough/see.md",
        "extension/walkthrough/write.md",
    ];
    assert_eq!(found, wanted);
    let size = std::fs::metadata(&path).expect("it was written").len();
    assert!(size < 300_000, "{size} bytes");
}

#[test]
fn the_extension_is_well_typed() {
    let Some(node) = Node::with(EXTENSION) else { return };
    let folder = tempfile::tempdir().expect("a folder for the test");
    copy_folder(&root().join(EXTENSION), folder.path());
    link(node.modules(), &folder.path().join("node_modules"));
    succeeds(Command::new(node.bin("tsc")).current_dir(folder.path()).args(["--project", "jsconfig.json"]));
}

#[test]
fn a_picture_is_drawn_once_however_it_is_asked_for() {
    let Some(node) = Node::plain() else { return };
    succeeds(node.script("preview.cjs").arg(root().join(EXTENSION)));
}

#[test]
fn all_of_it_works_in_the_real_editor() {
    let Some(chromium) = program(BROWSERS) else { return };
    let (Some(build), Some(node)) = (Node::with(EXTENSION), Node::with("tests/editors/node")) else { return };
    let folder = tempfile::tempdir().expect("a folder for the test");
    let package = package(&build, folder.path());
    let mut drive = node.script("vscode.cjs");
    drive.arg(&package).arg(obs()).arg(folder.path()).env("CHROMIUM", chromium);
    // `OBS_SHOTS` names a folder for screenshots, to look at
    succeeds(&mut drive);
}
