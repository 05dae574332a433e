//! Every name of every example, renamed: the program must mean what it meant.

use obs_compiler::db::FileText;
use obs_compiler::ide::{Analysis, Host, Outline, OutlineKind};
use obs_compiler::text::{Sources, TextRange};
use obs_tests::programs::root;
use std::collections::BTreeMap;

fn host(files: &BTreeMap<String, String>) -> Host {
    let mut host = Host::new();
    for (path, text) in files {
        host.set_file(path, FileText::Text(text.as_str().into()));
    }
    host
}

/// Codes of findings, sorted.
fn found(analysis: &Analysis, entry: &str) -> Vec<&'static str> {
    let mut codes: Vec<_> = analysis.check(entry).iter().map(|d| d.code.id()).collect();
    codes.sort_unstable();
    codes
}

/// Offsets of the names in an outline.
fn names(entries: &[Outline], out: &mut Vec<(String, u32)>) {
    for entry in entries {
        let is_name = !matches!(entry.kind, OutlineKind::Flow | OutlineKind::Setting);
        if is_name && entry.detail.as_deref() != Some("cluster") {
            out.push((entry.name.clone(), entry.name_range.start));
        }
        names(&entry.children, out);
    }
}

#[test]
fn a_renamed_program_means_what_it_meant() {
    let path = "stack.obs".to_owned();
    for example in ["minimal", "observability"] {
        let file = root().join("examples").join(example).join("stack.obs");
        let text = std::fs::read_to_string(file).expect("the example is there");
        let files = BTreeMap::from([(path.clone(), text.clone())]);
        let analysis = host(&files).analysis();
        let before = found(&analysis, &path);
        let mut all = Vec::new();
        names(&analysis.outline(&path), &mut all);
        assert!(!all.is_empty(), "{example} has names");
        for (name, offset) in all {
            let places = analysis.rename(&path, offset, "renamed").unwrap_or_else(|why| panic!("{name}: {why}"));
            let mut changed = text.clone();
            let ranges: Vec<TextRange> = places.iter().map(|at| at.range).collect();
            assert!(places.iter().all(|at| analysis.path(at.file) == path));
            for at in ranges.iter().rev() {
                changed.replace_range(at.start as usize..at.end as usize, "renamed");
            }
            let after = host(&BTreeMap::from([(path.clone(), changed)])).analysis();
            assert_eq!(found(&after, &path), before, "{example}: `{name}` renamed at {ranges:?}");
        }
    }
}
