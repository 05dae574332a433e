//! `suite/AREA/*.obs`: every finding of every fixture, exactly.

use obs_compiler::diagnostics::{Code, Diagnostic};
use obs_compiler::ide::Host;
use obs_tests::fixture::{Fixture, first_difference, update};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// All fixtures, by path.
pub fn fixtures() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/suite");
    let mut paths = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the suite is a folder") {
            let path = entry.expect("its entries can be listed").path();
            match path.extension() {
                Some(extension) if extension == "obs" => paths.push(path),
                _ if path.is_dir() => folders.push(path),
                _ => {}
            }
        }
    }
    paths.sort();
    let read = |p: PathBuf| (p.clone(), std::fs::read_to_string(p).expect("fixtures are UTF-8"));
    paths.into_iter().map(read).collect()
}

/// What is found in a fixture.
pub fn found(host: &mut Host, fixture: &Fixture) -> Vec<Diagnostic> {
    fixture.load(host);
    fixture.check(&host.analysis())
}

#[test]
fn findings_are_those_written_in_the_fixtures() {
    let (mut host, mut wrong) = (Host::new(), Vec::new());
    for (path, text) in fixtures() {
        let fixture = Fixture::parse(&text);
        fixture.load(&mut host);
        let analysis = host.analysis();
        let now = fixture.annotated(&analysis, &fixture.check(&analysis));
        if now == text {
            continue;
        }
        if update() {
            std::fs::write(&path, now).expect("the fixture can be written");
        } else {
            wrong.push(format!("{}: {}", path.display(), first_difference(&text, &now)));
        }
    }
    assert!(wrong.is_empty(), "{}\nOBS_UPDATE=1 rewrites them; read what changed\n", wrong.join("\n"));
}

#[test]
fn every_code_is_in_a_fixture() {
    let mut host = Host::new();
    let all = fixtures();
    let seen = all.iter().flat_map(|(_, t)| found(&mut host, &Fixture::parse(t)));
    let seen: BTreeSet<Code> = seen.map(|d| d.code).collect();
    // what is wrong with a load curve is in no program: `tests/cli` has one
    let elsewhere = [Code::OBS4121];
    let unseen = Code::ALL.iter().filter(|c| !seen.contains(c) && !elsewhere.contains(c));
    let unseen: Vec<&str> = unseen.map(|c| c.id()).collect();
    assert!(unseen.is_empty(), "codes that no fixture provokes: {}", unseen.join(", "));
}

#[test]
fn six_mistakes_give_six_messages() {
    let six = fixtures().into_iter().find(|(p, _)| p.ends_with("six-mistakes.obs")).expect("the fixture is there");
    assert_eq!(found(&mut Host::new(), &Fixture::parse(&six.1)).len(), 6);
}
