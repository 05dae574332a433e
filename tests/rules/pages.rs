//! The pages of `obs explain`: one skeleton, and examples that hold.

use crate::suite::found;
use obs_compiler::diagnostics::{Code, Diagnostic};
use obs_compiler::ide::Host;
use obs_tests::fixture::Fixture;

/// The headings of a page, in order.
const HEADINGS: [&str; 5] = ["What it means", "Why it matters", "Wrong", "Right", "How to waive it"];

/// The day on which examples are looked at.
const TODAY: &str = "2026-06-30";

/// Codes whose examples are words: what is wrong is not in a program that could be shown.
const IN_WORDS: &[Code] = &[Code::OBS0004, Code::OBS0005, Code::OBS4121];

/// The parts of a page by heading, each trimmed; panics where the skeleton isn't kept.
fn parts(code: Code) -> Vec<String> {
    let page = code.page().replace("\r\n", "\n");
    let title = format!("# {}: {}\n", code.id(), code.name());
    assert!(page.starts_with(&title), "{}: the page starts with `{}`", code.id(), title.trim());
    let mut sections = page.split("\n## ");
    sections.next();
    let found: Vec<(&str, &str)> = sections.map(|s| s.split_once('\n').unwrap_or((s, ""))).collect();
    let headings: Vec<&str> = found.iter().map(|(h, _)| *h).collect();
    assert_eq!(headings, HEADINGS, "{}: its headings", code.id());
    found.into_iter().map(|(_, text)| text.trim().to_owned()).collect()
}

/// What stands in the only fence of a part.
fn fence(code: Code, part: &str) -> String {
    let language = if IN_WORDS.contains(&code) { "text" } else { "obs" };
    let opened = part.split_once(&format!("```{language}\n")).map(|(_, rest)| rest);
    let inner = opened.and_then(|rest| rest.split_once("\n```")).map(|(text, _)| text);
    let inner = inner.unwrap_or_else(|| panic!("{}: expected a fence of {language} in:\n{part}", code.id()));
    format!("{inner}\n")
}

fn check(host: &mut Host, example: &str) -> Vec<Diagnostic> {
    let mut fixture = Fixture::parse(example);
    fixture.today = Some(TODAY.to_owned());
    found(host, &fixture)
}

fn told(found: &[Diagnostic]) -> String {
    found.iter().map(|d| format!("  {} {}\n", d.code.id(), d.message)).collect()
}

#[test]
fn pages_have_one_skeleton() {
    for &code in Code::ALL {
        let parts = parts(code);
        for (part, heading) in parts.iter().zip(HEADINGS) {
            assert!(part.len() > 20, "{}: `{heading}` says nothing", code.id());
        }
        assert!(parts[..2].iter().all(|p| p.ends_with('.')), "{}: sentences end in a full stop", code.id());
        if !code.is_waivable() {
            assert!(parts[4].contains("can't be waived"), "{}: errors can't be waived", code.id());
        }
    }
}

#[test]
fn wrong_examples_have_the_finding_and_no_other() {
    let (mut host, mut wrong) = (Host::new(), String::new());
    for &code in Code::ALL.iter().filter(|c| !IN_WORDS.contains(c)) {
        let found = check(&mut host, &fence(code, &parts(code)[2]));
        // a waiver that ended brings back what it covered
        let same = |d: &Diagnostic| d.code == code || (code == Code::OBS5105 && d.code == Code::OBS5108);
        let right = found.iter().any(|d| d.code == code) && found.iter().all(same);
        if !right {
            wrong += &format!("{}: its wrong example gives\n{}", code.id(), told(&found));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn right_examples_are_clean() {
    let (mut host, mut wrong) = (Host::new(), String::new());
    for &code in Code::ALL.iter().filter(|c| !IN_WORDS.contains(c)) {
        let found = check(&mut host, &fence(code, &parts(code)[3]));
        if !found.is_empty() {
            wrong += &format!("{}: its right example gives\n{}", code.id(), told(&found));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn waivers_on_pages_work() {
    let mut host = Host::new();
    let waivable = |c: &&Code| c.is_waivable() && parts(**c)[4].contains("```");
    for &code in Code::ALL.iter().filter(waivable) {
        let parts = parts(code);
        let program = fence(code, &parts[2]) + &fence(code, &parts[4]);
        let found = check(&mut host, &program);
        assert!(
            found.is_empty(),
            "{}: with the waiver of its page, its wrong example gives\n{}",
            code.id(),
            told(&found)
        );
    }
}
