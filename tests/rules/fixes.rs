//! Fixes: applied to each fixture, they resolve what they are offered for and break nothing.

use crate::suite::{fixtures, found};
use obs_compiler::diagnostics::{Diagnostic, Fix};
use obs_compiler::ide::{Analysis, Host};
use obs_compiler::text::Sources;
use obs_tests::fixture::Fixture;
use std::collections::BTreeMap;

/// How often each finding is told: code and message.
fn counts(found: &[Diagnostic]) -> BTreeMap<(&str, &str), usize> {
    let mut out = BTreeMap::new();
    for d in found {
        *out.entry((d.code.id(), d.message.as_str())).or_default() += 1;
    }
    out
}

/// The fixture with the edits made.
fn apply(fixture: &Fixture, analysis: &Analysis, fix: &Fix) -> Fixture {
    let mut out = fixture.clone();
    let mut edits: Vec<_> = fix.edits.iter().map(|e| (analysis.locate(e.span), e.text.as_str())).collect();
    edits.sort_by_key(|(at, _)| std::cmp::Reverse(at.range.start));
    for (at, text) in edits {
        let path = analysis.path(at.file);
        let file = out.files.iter_mut().find(|f| f.path == path).expect("fixes edit the program's own files");
        file.text.replace_range(at.range.start as usize..at.range.end as usize, text);
    }
    out
}

#[test]
fn fixes_resolve_their_finding_and_bring_no_new_error() {
    let (mut host, mut wrong, mut applied) = (Host::new(), Vec::new(), 0);
    for (path, text) in fixtures() {
        let fixture = Fixture::parse(&text);
        let before = found(&mut host, &fixture);
        for (diagnostic, fix) in before.iter().flat_map(|d| d.fixes.iter().map(move |f| (d, f))) {
            applied += 1;
            fixture.load(&mut host);
            let fixed = apply(&fixture, &host.analysis(), fix);
            let after = found(&mut host, &fixed);
            wrong.extend(complaint(&before, &after, diagnostic, fix).map(|c| format!("{}: {c}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(applied > 40, "the suite has fixes to try, found {applied}");
}

/// What is wrong with a fix, by what was found before and after it.
fn complaint(before: &[Diagnostic], after: &[Diagnostic], of: &Diagnostic, fix: &Fix) -> Option<String> {
    let (known, now) = (counts(before), counts(after));
    let key = (of.code.id(), of.message.as_str());
    if now.get(&key).copied().unwrap_or(0) >= known[&key] {
        return Some(format!("`{}`: `{}` is still there", fix.title, of.message));
    }
    // what the mistake hid may come to light; a safe fix brings nothing at all
    let errors = |found: &[Diagnostic]| found.iter().filter(|d| d.is_error()).count();
    let worse = errors(after) > errors(before) || (fix.safe && after.len() > before.len());
    let new = after.iter().filter(|d| !known.contains_key(&(d.code.id(), d.message.as_str())));
    let new: Vec<&str> = new.map(|d| d.message.as_str()).collect();
    worse.then(|| format!("`{}` brings {new:?}", fix.title))
}
