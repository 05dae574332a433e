//! The forms of diagnostics: where they go, that they are complete, and what they hold.

use crate::run::{CLEAN, Folder, Run, WRONG};
use serde_json::{Value, json};

const MACHINE: &[&str] = &["json", "sarif", "github", "gitlab", "junit"];

fn wrong() -> Folder {
    Folder::with(&[("stack.obs", WRONG)])
}

fn parsed(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e} in: {}", run.stdout))
}

#[test]
fn text_goes_to_stderr_with_the_line_and_a_mark() {
    let run = wrong().run(&["check", "stack.obs"]).exits(1);
    assert_eq!(run.stdout, "");
    insta::assert_snapshot!(run.stderr);
}

#[test]
fn short_is_one_line_each() {
    let run = wrong().run(&["check", "stack.obs", "--format", "short", "-q"]).exits(1);
    assert_eq!(run.stdout, "");
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert!(lines.iter().any(|l| l.starts_with("stack.obs:4:20: error[OBS2104]: ")), "{}", run.stderr);
    assert!(lines.iter().all(|l| l.starts_with("stack.obs:")), "{}", run.stderr);
}

#[test]
fn json_is_what_the_contract_says() {
    let found = parsed(&wrong().run(&["check", "stack.obs", "--format", "json"]).exits(1));
    assert_eq!((&found["version"], &found["errors"]), (&json!(1), &json!(1)));
    let all = found["diagnostics"].as_array().expect("a list");
    assert_eq!(found["warnings"], json!(all.iter().filter(|d| d["severity"] == "warning").count()));
    let diagnostic = all.iter().find(|d| d["code"] == "OBS2104").expect("the unknown kind is found");
    let keys: Vec<&String> = diagnostic.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["code", "severity", "message", "file", "range", "labels", "help", "fixes", "url"]);
    // `Promtheus` is the fourth line's column 20; offsets count bytes from 0
    let offset = WRONG.find("Promtheus").expect("it is there");
    let range = json!({"start": {"line": 4, "column": 20, "offset": offset}, "end": {"line": 4, "column": 29, "offset": offset + 9}});
    assert_eq!((&diagnostic["severity"], &diagnostic["file"]), (&json!("error"), &json!("stack.obs")));
    assert_eq!(diagnostic["range"], range);
    let edit = json!({"file": "stack.obs", "range": range, "newText": "Prometheus"});
    assert_eq!(diagnostic["fixes"][0]["edits"], json!([edit]));
    assert!(diagnostic["url"].as_str().is_some_and(|u| u.starts_with("https://") && u.contains("OBS2104")));
}

#[test]
fn columns_and_offsets_count_bytes() {
    let text = "namespace web \"é\" { component a: Nix }\n";
    let folder = Folder::with(&[("stack.obs", text)]);
    let found = parsed(&folder.run(&["check", "stack.obs", "--format", "json"]).exits(1));
    let at = text.find("Nix").expect("it is there");
    assert_eq!(found["diagnostics"][0]["range"]["start"], json!({"line": 1, "column": at + 1, "offset": at}));
    // SARIF counts characters: one less, for the two bytes of é
    let sarif = parsed(&folder.run(&["check", "stack.obs", "--format", "sarif"]).exits(1));
    let region = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startColumn"], &region["endColumn"]), (&json!(at), &json!(at + 3)));
}

#[test]
fn machine_forms_are_whole_documents_when_nothing_is_wrong() {
    let folder = Folder::with(&[("stack.obs", CLEAN)]);
    for command in ["check", "build", "test"] {
        for form in MACHINE {
            let run = folder.run(&[command, "stack.obs", "--format", form]).exits(0);
            assert_whole(form, &run.stdout, 0);
        }
    }
}

#[test]
fn machine_forms_are_whole_documents_where_files_cant_be_read() {
    let folder = wrong();
    for form in MACHINE {
        let run = folder.run(&["check", "stack.obs", "nowhere.obs", "--format", form]).exits(2);
        assert_whole(form, &run.stdout, 1);
        let run = run.says("can't read `nowhere.obs`");
        assert!(!run.stdout.contains("nowhere"), "{}", run.stdout);
        assert_whole(form, &folder.run(&["check", "nowhere.obs", "--format", form]).exits(2).stdout, 0);
    }
}

/// Demands that a document of a form is complete and has (at least) so many errors.
fn assert_whole(form: &str, text: &str, errors: usize) {
    let value = || -> Value { serde_json::from_str(text).unwrap_or_else(|e| panic!("{form}: {e} in: {text}")) };
    match form {
        "json" => assert_eq!(value()["errors"], json!(errors)),
        "sarif" => assert_sarif(&value(), errors),
        "gitlab" => {
            let value = value();
            let all = value.as_array().expect("a list");
            assert_eq!(all.iter().filter(|f| f["severity"] == "critical").count(), errors);
            for finding in all {
                assert!(finding["fingerprint"].as_str().is_some_and(|f| f.len() == 64), "{finding}");
                assert!(finding["location"]["lines"]["begin"].as_u64().is_some_and(|l| l > 0), "{finding}");
            }
        }
        "junit" => {
            assert!(text.starts_with("<?xml") && text.ends_with("</testsuites>\n"), "{text}");
            assert_eq!(text.matches("<failure").count(), errors);
            assert!(text.contains(&format!("failures=\"{errors}\"")), "{text}");
        }
        "github" => assert_eq!(text.lines().filter(|l| l.starts_with("::error file=")).count(), errors),
        other => panic!("{other} is not a machine's form"),
    }
}

/// What SARIF 2.1.0 demands of the parts that are used here (its sections 3.13 to 3.57).
fn assert_sarif(log: &Value, errors: usize) {
    assert_eq!(log["version"], "2.1.0");
    let runs = log["runs"].as_array().expect("§3.13.4: an array");
    let [run] = &runs[..] else { panic!("one run") };
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "obs");
    assert!(["utf16CodeUnits", "unicodeCodePoints"].contains(&run["columnKind"].as_str().expect("§3.14.27")));
    let rules = driver["rules"].as_array().expect("§3.19.23: an array");
    let results = run["results"].as_array().expect("§3.14.23: present, and empty where nothing was found");
    assert_eq!(results.iter().filter(|r| r["level"] == "error").count(), errors);
    for rule in rules {
        assert!(rule["id"].is_string() && rule["helpUri"].is_string() && rule["help"]["text"].is_string());
        assert!(rule["shortDescription"]["text"].is_string() && rule["fullDescription"]["text"].is_string());
        assert!(
            ["none", "note", "warning", "error"]
                .contains(&rule["defaultConfiguration"]["level"].as_str().expect("a level"))
        );
    }
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("§3.27.6: an index") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(result["message"]["text"].as_str().is_some_and(|t| !t.is_empty()));
        assert!(!result["locations"].as_array().expect("§3.27.12").is_empty());
        for location in
            result["locations"].as_array().into_iter().chain(result["relatedLocations"].as_array()).flatten()
        {
            let physical = &location["physicalLocation"];
            assert_sarif_uri(&physical["artifactLocation"]["uri"]);
            assert_sarif_region(&physical["region"]);
        }
        for fix in result["fixes"].as_array().into_iter().flatten() {
            let changes = fix["artifactChanges"].as_array().expect("§3.55.3: an array");
            assert!(!changes.is_empty());
            for change in changes {
                assert_sarif_uri(&change["artifactLocation"]["uri"]);
                for replacement in change["replacements"].as_array().expect("§3.56.3: an array") {
                    assert_sarif_region(&replacement["deletedRegion"]);
                    assert!(replacement["insertedContent"]["text"].is_string());
                }
            }
        }
    }
}

fn assert_sarif_uri(uri: &Value) {
    let uri = uri.as_str().expect("§3.4.3: a string");
    assert!(uri.bytes().all(|b| b.is_ascii_graphic()) && !uri.contains('\\'), "{uri} is not a URI reference");
}

fn assert_sarif_region(region: &Value) {
    let number = |key: &str| region[key].as_u64().filter(|n| *n > 0).unwrap_or_else(|| panic!("{key} of {region}"));
    assert!((number("startLine"), number("startColumn")) <= (number("endLine"), number("endColumn")), "{region}");
}

#[test]
fn sarif_has_the_fix_and_escapes_paths() {
    let folder = Folder::with(&[("a b/ü%.obs", WRONG)]);
    let log = parsed(&folder.run(&["check", ".", "--format", "sarif"]).exits(1));
    assert_sarif(&log, 1);
    let results = log["runs"][0]["results"].as_array().expect("a list");
    let result = results.iter().find(|r| r["ruleId"] == "OBS2104").expect("the unknown kind is found");
    let change = &result["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "a%20b/%C3%BC%25.obs");
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "Prometheus");
    assert_eq!(change["replacements"][0]["deletedRegion"]["startColumn"], 20);
}

#[test]
fn github_escapes_what_would_end_a_command() {
    let folder = Folder::with(&[("a,b.obs", WRONG)]);
    let run = folder.run(&["check", "a,b.obs", "--format", "github"]).exits(1);
    let line = run.stdout.lines().find(|l| l.starts_with("::error")).expect("an error");
    assert!(
        line.starts_with("::error file=a%2Cb.obs,line=4,endLine=4,col=20,endColumn=29,title=OBS2104 unknown-kind::"),
        "{line}"
    );
}

#[test]
fn the_same_run_twice_gives_the_same_bytes() {
    let folder = wrong();
    for form in MACHINE {
        let run = || folder.run(&["check", "stack.obs", "--format", form]).stdout;
        assert_eq!(run(), run());
    }
}

#[test]
fn warnings_fail_a_run_only_where_they_are_denied() {
    // nothing uses the component
    let text = CLEAN.replace("front -> back: http\n", "");
    let folder = Folder::with(&[("stack.obs", &text)]);
    folder.run(&["check", "stack.obs"]).exits(0).says("OBS5108");
    folder.run(&["check", "stack.obs", "--deny", "warnings"]).exits(1);
    folder.run(&["build", "stack.obs", "--deny", "warnings"]).exits(1);
    assert!(!folder.path().join("out").exists());
    let run = folder.run(&["check", "stack.obs", "--deny", "warnings", "--allow", "OBS5108"]).exits(0);
    assert!(!run.stderr.contains("OBS5108"), "{}", run.stderr);
    folder.run(&["check", "stack.obs", "--allow", "obs5018"]).exits(2).says("did you mean `OBS5108`?");
    folder.run(&["check", "stack.obs", "--deny", "everything"]).exits(2).says("warnings");
}

#[test]
fn an_error_cant_be_allowed() {
    wrong().run(&["check", "stack.obs", "--allow", "OBS2104"]).exits(1).says("OBS2104");
}

#[test]
fn colours_only_where_they_are_wanted() {
    let folder = wrong();
    let has_colour = |run: Run| run.stderr.contains('\u{1b}');
    assert!(!has_colour(folder.run(&["check", "stack.obs"])));
    assert!(has_colour(folder.run(&["check", "stack.obs", "--color", "always"])));
    assert!(!has_colour(folder.run(&["check", "stack.obs", "--color", "never"])));
    let mut plain = folder.command(&["check", "stack.obs", "--color", "auto"]);
    assert!(!has_colour(Run::of(plain.env("NO_COLOR", "1").output().expect("obs runs"))));
    for form in MACHINE {
        let run = folder.run(&["check", "stack.obs", "--color", "always", "--format", form]);
        assert!(!run.stdout.contains('\u{1b}') && !run.stderr.contains('\u{1b}'), "{form}");
    }
}

#[test]
fn quiet_leaves_only_findings() {
    let folder = wrong();
    let run = folder.run(&["check", "stack.obs", "-q"]).exits(1);
    assert!(run.stderr.contains("OBS2104") && !run.stderr.contains("obs explain"), "{}", run.stderr);
    let clean = Folder::with(&[("stack.obs", CLEAN)]);
    assert_eq!(clean.run(&["check", "stack.obs", "-q"]).exits(0).stderr, "");
    assert_eq!(clean.run(&["build", "stack.obs", "-q"]).exits(0).stderr, "");
    clean.run(&["build", "stack.obs", "-q", "-v"]).exits(2);
}

#[test]
fn verbose_names_each_file() {
    let folder = Folder::with(&[("stack.obs", CLEAN)]);
    folder.run(&["build", "stack.obs", "-v"]).exits(0).says("  out/kubernetes/base/web/front/deployment.yaml");
}

#[test]
fn nothing_of_a_source_steers_the_terminal() {
    // escapes, a C1 control, a bell, and a mark that turns the reading order: in a comment, a string and a name
    let text = "import std.{Nope}\n// \u{1b}[2J\u{9b}31m\u{7}\u{202e}\nnamespace web \"\u{1b}]0;x\u{7}\" { component a: \u{2066}Nix }\n";
    let name = "evil\u{1b}[31m\u{202e}.obs";
    let folder = Folder::with(&[(name, text)]);
    let missing = "no\u{1b}[31m\u{202e}where.obs";
    for arguments in [
        &["check", name][..],
        &["check", name, "--format", "short"],
        &["check", missing],
        &["build", name],
        &["fmt", name],
    ] {
        let run = folder.run(arguments);
        let steers =
            |c: &char| (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let found: Vec<char> = run.stderr.chars().filter(steers).collect();
        assert!(found.is_empty(), "{arguments:?} let through {found:?}: {:?}", run.stderr);
    }
}

#[test]
fn folders_are_searched_and_shared_files_are_reported_once() {
    let folder = Folder::with(&[
        ("a.obs", "import \"shared.obs\".{App}\nnamespace x { component a: App }\n"),
        ("sub/b.obs", "import \"../shared.obs\".{App}\nnamespace y { component b: App }\n"),
        ("shared.obs", "kind App { workload: nonsense }\n"),
        (".hidden/c.obs", WRONG),
        ("notes.txt", "no program"),
    ]);
    let found = parsed(&folder.run(&["check", "--format", "json"]).exits(1));
    let in_shared = |d: &&Value| d["file"] == "shared.obs" && d["code"] == "OBS2101";
    let all = found["diagnostics"].as_array().expect("a list");
    assert_eq!(all.iter().filter(in_shared).count(), 1, "{found:#}");
    assert!(all.iter().all(|d| d["file"] != ".hidden/c.obs"), "{found:#}");
    // named twice, reported once
    let twice = parsed(&folder.run(&["check", "a.obs", "./a.obs", ".", "--format", "json"]).exits(1));
    assert_eq!(twice["diagnostics"].as_array().map(Vec::len), found["diagnostics"].as_array().map(Vec::len));
}

#[test]
fn a_folder_without_programs_says_what_to_do() {
    Folder::with(&[]).run(&["check"]).exits(2).says("no .obs files in `.`").says("obs init");
}
