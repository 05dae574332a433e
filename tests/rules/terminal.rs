//! Findings as people see them.

use obs_compiler::ide::Host;
use obs_compiler::render::{Format, Locator, Style};
use obs_tests::fixture::Fixture;

fn shown(text: &str) -> String {
    let fixture = Fixture::parse(text);
    let mut host = Host::new();
    fixture.load(&mut host);
    let analysis = host.analysis();
    let mut locator = Locator::new(&analysis, str::to_owned);
    let findings: Vec<_> = fixture.check(&analysis).iter().map(|d| locator.finding(d)).collect();
    Format::Text.render(&findings, Style { color: false, width: 100 })
}

#[test]
fn far_places_are_shown_without_what_lies_between() {
    let between = "// between\n".repeat(30);
    let text = shown(&format!("let owner = 1\n{between}let owner = 2\n"));
    assert!(text.contains("let owner = 1") && text.contains("let owner = 2"), "{text}");
    // one line of context on each side
    assert!(text.matches("// between").count() <= 2, "{text}");
}

#[test]
fn near_places_are_shown_together() {
    let text = shown("let owner = 1\n// between\nlet owner = 2\n");
    assert_eq!(text.matches("main.obs").count(), 1, "{text}");
}

#[test]
fn of_a_long_place_the_first_line_is_marked() {
    let lines = "  // within\n".repeat(30);
    let text = shown(&format!("object {{\n{lines}  kind: \"ConfigMap\"\n}}\n"));
    assert!(text.contains("this object lacks"), "{text}");
    assert!(text.matches("// within").count() <= 2, "{text}");
}

#[test]
fn places_in_other_files_carry_their_file() {
    let text = shown(
        "//- main.obs\nimport std.{People}\nimport \"./team.obs\" as team\ncomponent people: People\n\
         //- team.obs\nimport std.{People}\ncomponent people: People\n",
    );
    assert!(text.contains("main.obs:3:11") && text.contains("team.obs:2:11"), "{text}");
}
