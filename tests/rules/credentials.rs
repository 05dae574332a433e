//! What looks like a credential is found wherever it stands, stops what would write it, and is shown by nothing.

use obs_compiler::diagnostics::{Code, Severity};
use obs_compiler::render::{Format, Locator, Style};
use obs_tests::stacks::of_text;

const FORMATS: [Format; 7] =
    [Format::Text, Format::Short, Format::Json, Format::Sarif, Format::Github, Format::Gitlab, Format::Junit];

/// Literals that are credentials whatever they are set to, in parts: scanners of repositories look for them whole.
fn literals() -> Vec<String> {
    vec![
        ["AKIA", "Q3EXAMPLE7T5WXYZ"].concat(),
        ["ghp_", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"].concat(),
        ["glpat-", "x7Kq2mZ9vTt4Lw8Rb3Yc"].concat(),
        "https://shop:corr3ct-horse@db.example.com/x".to_owned(),
        "Zk3vX9q1LmT8rW2yB6nH4dPs".to_owned(),
    ]
}

/// Programs with a literal somewhere, `@` in its place. Some are wrong in another way too, so that messages quote.
const PLACES: &[&str] = &[
    "env: { A: \"@\" }",
    "args: [\"--x=@\"]",
    "param word: string = \"@\"",
    "param word: \"a\" | \"b\" = \"@\"",
    "param word: int = \"@\"",
    "let word = \"@\"",
    "labels: { a: \"@\" }",
    "annotations: { a: \"@\" }",
    "file \"/x\": text(\"@\")",
    "file \"/x\": yaml({ a: { b: \"@\" } })",
    "files: { \"/x\": json({ a: \"@\" }) }",
    "assert false, \"@\"",
    "notes: [\"@\"]",
    "unknown: \"@\"",
];

fn program(place: &str, literal: &str) -> String {
    let member = place.replace('@', literal);
    format!(
        "kind K {{\n  workload: deployment\n  image: \"a/b:1\"\n  {member}\n}}\nnamespace n {{\n  component k: K\n}}\n"
    )
}

/// What findings of a text say, in each form.
fn forms(text: &str) -> Vec<String> {
    let (host, entry) = of_text(text);
    let analysis = host.analysis();
    let mut locator = Locator::new(&analysis, str::to_owned);
    let findings: Vec<_> = analysis.check(&entry).iter().map(|d| locator.finding(d)).collect();
    let styles = [Style { color: false, width: 100 }, Style { color: true, width: 60 }];
    FORMATS.iter().flat_map(|format| styles.map(|style| format.render(&findings, style))).collect()
}

#[test]
fn it_is_found_everywhere_and_nothing_is_made_of_it() {
    for place in PLACES {
        for literal in literals() {
            let text = program(place, &literal);
            let (host, entry) = of_text(&text);
            let analysis = host.analysis();
            let found = analysis.check(&entry);
            let told = found.iter().any(|d| d.code == Code::OBS5118 && d.severity == Severity::Error);
            assert!(told, "{text}\n{found:?}");
            assert!(analysis.stacks(&entry).is_none(), "{text}");
        }
    }
}

#[test]
fn no_form_of_a_finding_shows_it() {
    for place in PLACES {
        for literal in literals() {
            let text = program(place, &literal);
            for form in forms(&text) {
                assert!(!form.contains(&literal), "{text}\n{form}");
            }
        }
    }
}

#[test]
fn a_waived_one_is_not_shown_beside_other_findings() {
    let literal = literals().swap_remove(0);
    let text = program("env: { A: \"@\", B: nothing }", &literal) + "waive OBS5118, \"opens nothing\"\n";
    let forms = forms(&text);
    assert!(forms[0].contains("nothing here is called") && forms[0].contains("****"), "{}", forms[0]);
    assert!(forms.iter().all(|form| !form.contains(&literal)), "{forms:?}");
}

#[test]
fn it_can_be_waived() {
    let literal = literals().swap_remove(0);
    let text = program(PLACES[0], &literal) + "waive OBS5118, \"opens nothing\"\n";
    let (host, entry) = of_text(&text);
    assert!(host.analysis().check(&entry).iter().all(|d| d.severity != Severity::Error));
    assert!(host.analysis().stacks(&entry).is_some());
}
