//! `obs docs --format html`: the site.

use crate::programs::{HOSTILE, observability, run, written};
use crate::tools::Browser;
use std::collections::BTreeMap;
use std::path::Path;

/// The files of a program's site, by name.
fn site(program: &Path, folder: &Path) -> BTreeMap<String, String> {
    let program = program.display().to_string();
    run(&["docs", &program, "--format", "html", "-o", &folder.display().to_string()]);
    let entries = std::fs::read_dir(folder).expect("the site was written").map(|e| e.expect("an entry").path());
    let name = |p: &Path| p.file_name().expect("a file").to_string_lossy().into_owned();
    entries.map(|p| (name(&p), std::fs::read_to_string(&p).expect("text"))).collect()
}

/// The values of an attribute.
fn attributes<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    text.split(&format!(" {name}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn links_lead_to_pages_and_places_that_there_are() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let files = site(&observability(), folder.path());
    let mut checked = 0;
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".html") && *name != "explore.html") {
        for target in attributes(text, "href").into_iter().chain(attributes(text, "src")) {
            if target.starts_with("http") {
                continue;
            }
            let (page, place) = target.split_once('#').unwrap_or((target, ""));
            let to = if page.is_empty() { name } else { page };
            let there = files.get(to).unwrap_or_else(|| panic!("{name}: {target}"));
            assert!(place.is_empty() || attributes(there, "id").contains(&place), "{name}: {target}");
            checked += 1;
        }
    }
    assert!(checked > 300, "{checked}");
}

#[test]
fn chapters_and_pictures_are_those_of_the_markdown() {
    let (html, markdown) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let files = site(&observability(), html.path());
    let path = observability().display().to_string();
    run(&["docs", &path, "--pages", "-o", &markdown.path().display().to_string()]);
    let mut compared = 0;
    for entry in std::fs::read_dir(markdown.path()).expect("the guide was written") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        match name.strip_suffix(".md") {
            Some("README") => {}
            Some(chapter) => {
                let text = std::fs::read_to_string(&path).expect("text");
                let page = &files[&format!("{chapter}.html")];
                assert_eq!(text.matches("\n| --- ").count(), page.matches("<table>").count(), "tables of {chapter}");
                assert_eq!(text.matches("](").count() > 0, page.contains("<a href"), "{chapter}");
                compared += 1;
            }
            None if name.ends_with(".svg") => {
                assert_eq!(files[&name], std::fs::read_to_string(&path).expect("text"), "{name}");
            }
            None => {}
        }
    }
    assert!(compared > 10, "{compared}");
}

#[test]
fn text_of_the_program_brings_no_tags() {
    let (folder, program) = written(HOSTILE);
    let files = site(&program, &folder.path().join("site"));
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".html") && *name != "explore.html") {
        assert_eq!(text.matches("<script").count(), 2, "{name}");
        for never in ["<i>", "<b>", "alert(1)</script>"] {
            assert!(!text.contains(never), "{name}: {never}");
        }
    }
    assert!(files["components.html"].contains("Keeps | pipes, &lt;i&gt;tags&lt;/i&gt; and <code>ticks</code>."));
}

#[test]
fn search_finds_the_part_of_a_page() {
    let Some(browser) = Browser::find() else { return };
    let folder = tempfile::tempdir().expect("a folder for the test");
    site(&observability(), folder.path());
    browser.run("site.cjs", &[&folder.path().join("index.html")]);
}

/// The address of each alert's runbook, in the rules that are built of a program.
fn runbooks(program: &Path) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder for the test");
    run(&["build", &program.display().to_string(), "-q", "-o", &folder.path().display().to_string()]);
    let rules = folder.path().join("kubernetes/base/observability/prometheus/configmap-prometheus-config.yaml");
    let text = std::fs::read_to_string(rules).expect("the rules were written");
    let value = |line: &str| Some(line.split_once("runbook_url: ")?.1.trim().trim_matches('"').to_owned());
    let found: Vec<String> = text.lines().filter_map(value).collect();
    assert_eq!(found.len(), text.matches("- alert: ").count(), "each alert has one");
    found
}

/// The anchor that hosts of Markdown give a heading, by what they document: read from the text, not from the compiler.
fn slug(heading: &str) -> String {
    let shown = heading.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&").to_lowercase();
    let kept = shown.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn alerts_lead_to_their_parts_of_the_guide() {
    let page = "https://docs.example.com/self-monitoring.html";
    let text = std::fs::read_to_string(observability()).expect("it is an example");
    // a component by the name of an alert's part takes no anchor away from it
    let text = text + "component watchdog-on-prometheus: KubernetesApi\n";
    let (_kept, program) = written(&text);
    let found = runbooks(&program);
    let different: std::collections::BTreeSet<&String> = found.iter().collect();
    assert!(found.len() > 50 && different.len() == found.len(), "{} of {}", different.len(), found.len());

    let folder = tempfile::tempdir().expect("a folder for the test");
    let files = site(&program, folder.path());
    let ids = attributes(&files["self-monitoring.html"], "id");
    run(&["docs", &program.display().to_string(), "-o", &folder.path().display().to_string()]);
    let guide = std::fs::read_to_string(folder.path().join("README.md")).expect("the guide was written");
    let slugs: Vec<String> = guide.lines().filter_map(|l| Some(slug(l.strip_prefix("#### ")?))).collect();
    for address in &found {
        let (at, part) = address.split_once('#').expect("a part of the page");
        assert_eq!(at, page);
        assert_eq!(ids.iter().filter(|id| **id == part).count(), 1, "{part} in the site");
        assert_eq!(slugs.iter().filter(|slug| *slug == part).count(), 1, "{part} in the guide");
    }
}
