//! Programs in a string, and what the compiler says of them.

use obs_compiler::db::FileText;
use obs_compiler::diagnostics::Diagnostic;
use obs_compiler::graph::Stack;
use obs_compiler::ide::{Analysis, Host};
use obs_compiler::text::Sources;
use std::sync::Mutex;

/// Kinds, protocols and types of no product, for tests that need some: every test program may import `./kit.obs`.
pub const KIT: &str = include_str!("kit.obs");

/// The program's files, loaded. `main.obs` is the entry; a line `//- path` in the text starts another file.
pub fn host(text: &str) -> Loaded {
    let used = HOSTS.lock().ok().and_then(|mut hosts| hosts.pop());
    let (mut host, before) = used.unwrap_or_default();
    let mut paths = Vec::new();
    for (path, text) in [("kit.obs", KIT)].into_iter().chain(files(text)) {
        host.set_file(path, FileText::Text(text.into()));
        paths.push(path.to_owned());
    }
    for gone in before.iter().filter(|p| !paths.contains(p)) {
        host.set_file(gone, FileText::Missing);
    }
    Loaded { inner: Some((host, paths)) }
}

/// Hosts that served a test, and the files they have: each test program is an edit of the one before, so the
/// library is checked once. `incremental` shows that this gives what a fresh host gives.
static HOSTS: Mutex<Vec<(Host, Vec<String>)>> = Mutex::new(Vec::new());

/// A host with a program; goes back among the others when it is dropped.
pub struct Loaded {
    inner: Option<(Host, Vec<String>)>,
}

impl std::ops::Deref for Loaded {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.inner.as_ref().expect("it is there until it is dropped").0
    }
}

impl Drop for Loaded {
    fn drop(&mut self) {
        // one that saw a panic isn't used again
        if !std::thread::panicking()
            && let (Some(inner), Ok(mut hosts)) = (self.inner.take(), HOSTS.lock())
        {
            hosts.push(inner);
        }
    }
}

/// The files of a fixture.
pub fn files(text: &str) -> Vec<(&str, &str)> {
    let mut out = Vec::new();
    let (mut path, mut start, mut at) = ("main.obs", 0, 0);
    for line in text.split_inclusive('\n') {
        if let Some(next) = line.strip_prefix("//- ") {
            out.push((path, &text[start..at]));
            (path, start) = (next.trim(), at + line.len());
        }
        at += line.len();
    }
    out.push((path, &text[start..]));
    out
}

/// One finding as tests look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// `OBS2106`.
    pub code: &'static str,
    /// The source under its primary place.
    pub covers: String,
    /// Message, help and the titles of fixes.
    pub says: String,
    /// Whether it stops a build.
    pub is_error: bool,
}

/// What is wrong with a program, by place.
pub fn findings(text: &str) -> Vec<Finding> {
    let host = host(text);
    let analysis = host.analysis();
    analysis.check("main.obs").iter().map(|d| finding(&analysis, d)).collect()
}

fn finding(analysis: &Analysis, diagnostic: &Diagnostic) -> Finding {
    let place = analysis.locate(diagnostic.primary);
    let (start, end) = (place.range.start as usize, place.range.end as usize);
    let covers = analysis.text(place.file).get(start..end).expect("diagnostics lie within their file").to_owned();
    let mut says = diagnostic.message.clone();
    for more in diagnostic.help.iter().chain(diagnostic.fixes.iter().map(|f| &f.title)) {
        says.push_str(" | ");
        says.push_str(more);
    }
    Finding { code: diagnostic.code.id(), covers, says, is_error: diagnostic.is_error() }
}

/// The program has these errors and no others: code, covered source, and what is said of it.
#[track_caller]
pub fn fails(text: &str, expected: &[(&str, &str, &str)]) {
    let found: Vec<Finding> = findings(text).into_iter().filter(|f| f.is_error).collect();
    let fits = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(f, (code, covers, says))| f.code == *code && f.covers == *covers && f.says.contains(says));
    assert!(fits, "expected {expected:#?}\nfound {found:#?}\nin\n{text}");
}

/// The program has no errors.
#[track_caller]
pub fn holds(text: &str) {
    fails(text, &[]);
}

/// Each line is a condition that holds in a program with these items.
#[track_caller]
pub fn all_true(items: &str, conditions: &[&str]) {
    let asserts: Vec<String> = conditions
        .iter()
        .map(|c| format!("assert {c}, \"failed: {}\"", c.replace(['"', '\\'], "'").replace("${", "{")))
        .collect();
    holds(&format!("{items}\n{}\n", asserts.join("\n")));
}

/// The stack of a profile of a program that has no errors.
#[track_caller]
pub fn stack(text: &str, profile: &str) -> Stack {
    holds(text);
    let host = host(text);
    let stacks = host.analysis().stacks("main.obs").expect("the program holds");
    stacks.iter().find(|s| s.graph.profile == profile).expect("there is such a profile").clone()
}

/// A stack as the YAML that is applied.
#[track_caller]
pub fn manifests(text: &str, profile: &str) -> String {
    let mut diagnostics = Vec::new();
    let objects = obs_compiler::outputs::kubernetes::objects(&stack(text, profile), &mut diagnostics);
    assert_eq!(diagnostics, []);
    obs_compiler::outputs::kubernetes::stream(&objects).collect::<String>()
}
