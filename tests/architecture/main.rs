//! What ARCHITECTURE.md promises of the source, read from its tables and checked.

mod source;

use obs_tests::programs::root;
use source::{RustFile, rust_files};

fn architecture() -> String {
    std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there")
}

/// The lines between `<!-- name -->` and `<!-- /name -->`.
fn section(name: &str) -> String {
    let page = architecture();
    let after = page.split_once(&format!("<!-- {name} -->")).expect("the section's beginning").1;
    after.split_once(&format!("<!-- /{name} -->")).expect("the section's end").0.trim().to_owned()
}

fn order() -> Vec<String> {
    section("order").split('→').map(|m| m.trim().to_owned()).collect()
}

#[test]
fn modules_use_only_what_is_to_their_left() {
    let order = order();
    let place = |module: &str| order.iter().position(|m| m == module);
    let mut wrong = Vec::new();
    for file in rust_files("compiler/src") {
        let Some(own) = file.module() else { continue };
        let own_place = place(own).unwrap_or_else(|| panic!("`{own}` is not in ARCHITECTURE.md's order"));
        for (line, used) in file.crate_paths() {
            // the crate's own macros and types at its root have no place
            if place(&used).is_some_and(|used_place| used_place > own_place) {
                wrong.push(format!("{}:{line}: `{own}` uses `{used}`, which comes after it", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_order_names_every_module_of_the_library() {
    let lib = RustFile::read("compiler/src/lib.rs");
    let declared: Vec<&str> =
        lib.code().filter_map(|(_, l)| l.trim().strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(declared, order(), "lib.rs declares the modules in ARCHITECTURE.md's order");
}

#[test]
fn confined_words_stand_only_where_they_may() {
    let mut wrong = Vec::new();
    let mut rows = 0;
    for row in section("confined").lines().skip(2) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [words, places] = cells[..] else { panic!("a row has two cells: {row}") };
        let listed = |cell: &str| cell.split(',').map(|p| p.trim().trim_matches('`').to_owned()).collect::<Vec<_>>();
        let (words, places) = (listed(words), listed(places));
        rows += 1;
        for file in all_files() {
            if places.iter().any(|p| file.path.starts_with(p.as_str())) {
                continue;
            }
            let code = file.code().map(|(at, line)| (at, line.to_owned()));
            for (at, line) in code.chain(file.paths()) {
                let found = words.iter().filter(|word| line.contains(word.as_str()));
                wrong.extend(found.map(|word| format!("{}:{at}: `{word}`", file.path)));
            }
        }
    }
    assert!(rows > 5, "the table was found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Names of products: what they are is written in `std/*.obs`.
const PRODUCTS: &[&str] = &[
    "prometheus",
    "grafana",
    "loki",
    "mimir",
    "alloy",
    "tempo",
    "otel",
    "otelcol",
    "opentelemetry",
    "alertmanager",
    "cortex",
    "thanos",
    "victoriametrics",
    "jaeger",
    "promtail",
    "postgres",
    "nginx",
];

#[test]
fn no_product_is_named_in_rust() {
    let mut wrong = Vec::new();
    for file in all_files() {
        for (at, line) in file.lines_outside_tests() {
            let named = PRODUCTS.iter().filter(|p| source::names(line, p));
            wrong.extend(named.map(|p| format!("{}:{at}: `{p}`", file.path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn all_files() -> Vec<RustFile> {
    let mut files = rust_files("compiler/src");
    files.extend(rust_files("lsp/src"));
    files.push(RustFile::read("compiler/build.rs"));
    assert!(files.len() > 100, "the sources were found");
    files
}

#[test]
fn ci_runs_the_test_command_of_the_readme() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("README.md is there");
    let ci = std::fs::read_to_string(root().join(".ci/run")).expect(".ci/run is there");
    let command = readme.lines().find(|l| l.starts_with("cargo test")).expect("the README has a test command");
    assert!(ci.lines().any(|l| l.trim() == command), ".ci/run calls `{command}`");
}
