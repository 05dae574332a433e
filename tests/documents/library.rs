//! `obs docs --std`: a page for each kind and protocol of the library.

use crate::programs::{run, written};
use obs_tests::programs::{obs, root};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Names that the sources of the library declare at the beginning of a line.
fn declared(keyword: &str) -> BTreeSet<String> {
    let files = std::fs::read_dir(root().join("std")).expect("the library");
    let texts = files.map(|f| std::fs::read_to_string(f.expect("an entry").path()).expect("text"));
    let names = |text: String| -> Vec<String> {
        let lines = text.lines().filter_map(|l| l.strip_prefix(keyword)?.strip_prefix(' '));
        lines.filter_map(|l| Some(l.split([' ', '{']).next()?.to_owned())).collect()
    };
    texts.flat_map(names).collect()
}

fn pages(folder: &Path, of: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder.join(of)).expect("the folder was written");
    entries.filter_map(|e| Some(e.ok()?.file_name().to_str()?.strip_suffix(".md")?.to_owned())).collect()
}

fn library() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    run(&["docs", "--std", "-o", &folder.path().display().to_string()]);
    folder
}

#[test]
fn each_kind_and_each_protocol_has_a_page_that_the_contents_lead_to() {
    let folder = library();
    let contents = std::fs::read_to_string(folder.path().join("README.md")).expect("the contents");
    for (keyword, of) in [("kind", "kinds"), ("protocol", "protocols")] {
        let names = declared(keyword);
        assert!(names.len() > 10, "{names:?}");
        assert_eq!(pages(folder.path(), of), names);
        for name in &names {
            assert!(contents.contains(&format!("[{name}]({of}/{name}.md)")), "{name}");
        }
    }
    for name in declared("type") {
        assert!(contents.contains(&format!("| `{name}` |")), "{name}");
    }
}

#[test]
fn pages_tell_params_options_ports_and_who_speaks_with_whom() {
    let folder = library();
    let read = |path: &str| std::fs::read_to_string(folder.path().join(path)).expect("a page");
    let kind = read("kinds/Prometheus.md");
    for row in [
        "| `retention` | `duration(2h..)` | `15d` | How long samples stay on local disk. |",
        "| `http` | 9090 | UI &amp; API |",
        "| accepts | [query](../protocols/query.md) | metrics | `http` |",
        "| emits | [remote_write](../protocols/remote_write.md) | metrics |  |",
        "| `state` | `replicated` |",
    ] {
        assert!(kind.contains(row), "{row}\n{kind}");
    }
    let protocol = read("protocols/scrape.md");
    assert!(protocol.contains("| `interval` | `duration(1s..)` | `30s` | How often. |"), "{protocol}");
    assert!(protocol.contains("- From: [Prometheus](../kinds/Prometheus.md)"), "{protocol}");
    assert!(protocol.contains("pulls the data"), "{protocol}");
    let bucket = read("kinds/Bucket.md");
    assert!(bucket.contains("| `endpoint` | `host` | must be said |"), "{bucket}");
}

#[test]
fn links_between_pages_lead_to_pages() {
    let folder = library();
    let mut count = 0;
    for (of, names) in [("kinds", declared("kind")), ("protocols", declared("protocol"))] {
        for name in names {
            let page = folder.path().join(of).join(format!("{name}.md"));
            let text = std::fs::read_to_string(&page).expect("a page");
            for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                assert!(folder.path().join(of).join(target).is_file(), "{of}/{name}: {target}");
                count += 1;
            }
        }
    }
    assert!(count > 100, "{count} links");
}

#[test]
fn the_example_of_a_kind_that_needs_nothing_compiles() {
    let folder = library();
    let mut tried = 0;
    for name in declared("kind") {
        let text = std::fs::read_to_string(folder.path().join(format!("kinds/{name}.md"))).expect("a page");
        let example = text.split("```obs\n").nth(1).and_then(|rest| rest.split("\n```").next()).expect("an example");
        if example.contains('…') {
            continue;
        }
        let (_folder, path) = written(&format!("{example}\n"));
        let out = Command::new(obs()).arg("check").arg(&path).output().expect("obs starts");
        assert_eq!(out.status.code(), Some(0), "{example}\n{}", String::from_utf8_lossy(&out.stderr));
        tried += 1;
    }
    assert!(tried > 8, "{tried} examples");
}
