//! Programs compiled in this process: the examples, and stacks of a suite's own.

use crate::programs::root;
use obs_compiler::db::FileText;
use obs_compiler::disk;
use obs_compiler::graph::Stack;
use obs_compiler::ide::{Analysis, Host};
use obs_compiler::outputs::compose;
use obs_compiler::outputs::kubernetes::{self, Object, Packed};
use obs_compiler::text::Sources;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// A program without errors.
pub struct Program {
    /// The name of its folder or file.
    pub name: String,
    /// One that people read: a folder of `examples`.
    pub is_example: bool,
    /// Its graph and workloads, one a profile.
    pub stacks: Arc<Vec<Stack>>,
    /// What it is on one machine, one a profile.
    pub compose: Vec<compose::Emitted>,
}

/// All examples that compile to something, the stacks of the Kubernetes suite, and programs made by chance.
pub fn programs() -> &'static [Program] {
    static PROGRAMS: OnceLock<Vec<Program>> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let examples = disk::sources_below(&root().join("examples")).expect("examples/ is in the repository");
        let own = disk::sources_below(&root().join("tests/kubernetes/stacks")).expect("so are these");
        // the guide word for word is there for its errors
        let entries = examples.into_iter().filter(|p| !p.ends_with("guide-literal/stack.obs")).chain(own);
        let written = entries.filter(|p| is_entry(p)).map(|p| program(&p));
        written.chain((0..seeds()).filter_map(by_chance)).collect()
    })
}

/// How many seeds are tried for programs made by chance; about half make sense. `OBS_SEEDS` asks for others.
const SEEDS: u64 = 12;

fn seeds() -> u64 {
    let asked = std::env::var("OBS_SEEDS").ok();
    asked.map_or(SEEDS, |n| n.parse().expect("OBS_SEEDS is a number"))
}

fn by_chance(seed: u64) -> Option<Program> {
    let (host, entry) = of_text(&crate::generated::program(seed));
    let analysis = host.analysis();
    let stacks = analysis.stacks(&entry)?;
    let name = format!("by chance {seed}");
    Some(Program { compose: on_one_machine(&analysis, &entry, &name), name, is_example: false, stacks })
}

/// Files of the `kinds` folders are imported by others.
fn is_entry(path: &Path) -> bool {
    !path.iter().any(|part| part == "kinds")
}

/// The program of a file in the repository, which has no errors.
pub fn program(path: &Path) -> Program {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    let name = if stem == "stack" { folder } else { stem }.into_owned();
    let (host, entry) = open(path);
    let analysis = host.analysis();
    match analysis.stacks(&entry) {
        Some(stacks) => {
            let is_example = path.starts_with(root().join("examples"));
            Program { compose: on_one_machine(&analysis, &entry, &name), name, is_example, stacks }
        }
        None => panic!("{name} has errors:\n{}", findings(&analysis, &entry)),
    }
}

/// What fits a cluster also fits one machine.
fn on_one_machine(analysis: &Analysis, entry: &str, name: &str) -> Vec<compose::Emitted> {
    let found = analysis.check_compose(entry);
    assert!(found.is_empty(), "{name} has errors under compose: {found:?}");
    analysis.compose(entry).to_vec()
}

/// A host with a program on disk in it, and the entry's path below the repository.
pub fn open(path: &Path) -> (Host, String) {
    let mut host = Host::new();
    let entry = path.strip_prefix(root()).expect("a path in the repository").to_string_lossy().replace('\\', "/");
    host.set_file(&entry, disk::read(path));
    read_imports(&mut host, &entry);
    (host, entry)
}

/// A host with a program that is one text at the root of the repository.
pub fn of_text(text: &str) -> (Host, String) {
    let mut host = Host::new();
    host.set_file("main.obs", FileText::Text(text.into()));
    read_imports(&mut host, "main.obs");
    (host, "main.obs".to_owned())
}

fn read_imports(host: &mut Host, entry: &str) {
    loop {
        let wanted = host.analysis().wanted(entry);
        if wanted.is_empty() {
            return;
        }
        for path in wanted {
            host.set_file(&path, disk::read_within(root(), &root().join(&path)));
        }
    }
}

/// `LINE: CODE MESSAGE` of each finding.
pub fn findings(analysis: &Analysis, entry: &str) -> String {
    let line = |d: &obs_compiler::diagnostics::Diagnostic| {
        let at = analysis.locate(d.primary);
        let line = analysis.line_index(at.file).line_col(at.range.start).line + 1;
        format!("{}:{line}: {} {}\n", analysis.path(at.file), d.code.id(), d.message)
    };
    analysis.check(entry).iter().map(line).collect()
}

/// The objects of a profile.
pub fn objects(stack: &Stack) -> Vec<Object> {
    let mut diagnostics = Vec::new();
    let objects = kubernetes::objects(stack, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    objects.iter().map(Packed::open).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_makes_programs_that_compile() {
        let seeds: Vec<_> = (0..seeds()).filter_map(by_chance).map(|p| p.name).collect();
        assert!(seeds.len() >= 4, "only {seeds:?}");
    }
}
