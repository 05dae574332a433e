//! The guide's Markdown as a renderer of hosts sees it, and its commands as a shell does.

use crate::programs::{HOSTILE, observability, run, written};
use crate::tools;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The pages of a program's guide, written below its folder, so that lines of the source have addresses.
fn guide(source: &Path, pages: bool) -> (tempfile::TempDir, Vec<PathBuf>) {
    let text = std::fs::read_to_string(source).expect("a program");
    let (folder, program) = written(&text);
    let to = folder.path().join("docs/guide");
    let (program, to) = (program.display().to_string(), to);
    let mut arguments = vec!["docs", program.as_str(), "-o", to.to_str().expect("UTF-8")];
    arguments.extend(pages.then_some("--pages"));
    run(&arguments);
    let entries = std::fs::read_dir(&to).expect("the guide was written").map(|e| e.expect("an entry").path());
    let mut files: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e == "md")).collect();
    files.sort();
    (folder, files)
}

fn list<'a>(page: &'a Value, of: &str) -> Vec<&'a str> {
    page[of].as_array().expect("a list").iter().map(|v| v.as_str().expect("text")).collect()
}

/// Every link of a page leads somewhere: a heading, a file, or a line of a file; how many lead to lines.
fn links(page: &Value, all: &[Value]) -> usize {
    let file = Path::new(page["file"].as_str().expect("a path"));
    let folder = file.parent().expect("it is in a folder");
    let mut lines = 0;
    for target in list(page, "links").into_iter().chain(list(page, "images")).filter(|t| !t.starts_with("http")) {
        let (path, place) = target.split_once('#').unwrap_or((target, ""));
        let to = if path.is_empty() { file.to_path_buf() } else { folder.join(path) };
        assert!(to.is_file(), "{target} of {}", file.display());
        if let Some(line) = place.strip_prefix('L').and_then(|n| n.parse::<usize>().ok()) {
            let count = std::fs::read_to_string(&to).expect("text").lines().count();
            assert!((1..=count).contains(&line), "{target}");
            lines += 1;
        } else if !place.is_empty() {
            let there = all.iter().find(|p| Path::new(p["file"].as_str().unwrap_or_default()) == to);
            assert!(list(there.expect("a page"), "headings").contains(&place), "{target} of {}", file.display());
        }
    }
    lines
}

#[test]
fn pictures_that_are_long_as_text_stand_beside_the_page() {
    let mut text = "import std.{Pods}\n".to_owned();
    (0..400).for_each(|n| text.push_str(&format!("component the-applications-{n}: Pods\n")));
    let (_source, program) = written(&text);
    for (source, beside) in [(program, true), (observability(), false)] {
        let (_folder, files) = guide(&source, false);
        let [page] = &files[..] else { panic!("one page: {files:?}") };
        let text = std::fs::read_to_string(page).expect("text");
        let fences: Vec<&str> = text.split("\n```").skip(1).step_by(2).collect();
        assert!(
            !fences.is_empty() && fences.iter().all(|f| f.len() <= 50_100),
            "{:?}",
            fences.iter().map(|f| f.len()).max()
        );
        let drawn = page.with_file_name("system.txt");
        assert_eq!(drawn.is_file(), beside, "the picture as text");
        assert_eq!(text.contains("[The same as text](system.txt)"), beside, "a link to it");
        if beside {
            let drawn = std::fs::read_to_string(drawn).expect("text");
            assert!(drawn.len() > 50_000 && drawn.contains("the-applications-399"), "all of it");
        }
    }
}

#[test]
fn hosts_render_tables_links_anchors_and_what_opens() {
    let (_hostile, hostile) = written(HOSTILE);
    for (source, pages) in [(observability(), false), (observability(), true), (hostile, false)] {
        let (_folder, files) = guide(&source, pages);
        let Some(Value::Array(all)) = tools::rendered(&files) else { return };
        let mut lines = 0;
        for (page, path) in all.iter().zip(&files) {
            let text = std::fs::read_to_string(path).expect("text");
            let tables = page["tables"].as_array().expect("a list");
            assert_eq!(tables.len(), text.matches("\n| --- ").count(), "tables of {}", path.display());
            for table in tables {
                let rows: BTreeSet<u64> = table.as_array().expect("rows").iter().filter_map(Value::as_u64).collect();
                assert_eq!(rows.len(), 1, "each row has as many cells as the head: {table}");
            }
            let headings = list(page, "headings");
            let different: BTreeSet<&str> = headings.iter().copied().collect();
            assert_eq!(different.len(), headings.len(), "each heading has an address of its own");
            // nothing but what opens is HTML, and what is in it is Markdown again
            let allowed = ["<details>", "</details>"];
            for html in list(page, "html") {
                let folded = html.starts_with("<details>\n<summary>") && html.ends_with("</summary>");
                assert!(folded || allowed.contains(&html), "{html}");
            }
            for text in list(page, "texts") {
                assert!(!text.contains("| ---") && !text.contains("]("), "left over: {text}");
            }
            lines += links(page, &all);
        }
        let drawn = all.iter().flat_map(|p| p["fences"].as_array().expect("a list")).filter(|f| f[0] == "mermaid");
        assert_eq!(drawn.count(), 1, "the system for hosts that draw it");
        assert!(lines > 0, "values have the lines where they are set");
    }
}

#[test]
fn commands_are_such_to_a_shell_and_name_the_program() {
    let (folder, _) = written("");
    let program = folder.path().join("my stack.obs");
    std::fs::copy(observability(), &program).expect("a copy");
    let to = folder.path().join("docs");
    run(&["docs", program.to_str().expect("UTF-8"), "-o", to.to_str().expect("UTF-8")]);
    let text = std::fs::read_to_string(to.join("README.md")).expect("the guide");
    let fences: Vec<&str> =
        text.split("\n```sh\n").skip(1).map(|rest| rest.split("\n```").next().unwrap_or_default()).collect();
    assert!(fences.len() > 15, "{}", fences.len());
    assert!(!text.replace("my stack.obs", "").replace("my%20stack.obs", "").contains("stack.obs"), "no other name");
    assert!(fences.iter().any(|f| f.contains("obs build 'my stack.obs'")));
    for shell in ["sh", "bash"] {
        let Some(path) = tools::program(&[shell]) else { continue };
        for fence in &fences {
            let mut child = Command::new(&path)
                .arg("-n")
                .stdin(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the shell starts");
            let mut stdin = child.stdin.take().expect("piped");
            std::io::Write::write_all(&mut stdin, fence.as_bytes()).expect("the shell reads");
            drop(stdin);
            let output = child.wait_with_output().expect("it ends");
            assert!(output.status.success(), "{shell} on {fence}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

/// What a shell makes of the commands of the guide that hold some words, with these functions in the place of programs:
/// what they write to the file `$MADE`, and what is said on stderr.
fn pasted(program: &str, words: &str, functions: &str) -> Option<(String, String)> {
    let shell = tools::program(&["sh"])?;
    let (folder, program) = written(program);
    let to = folder.path().join("docs");
    run(&["docs", program.to_str().expect("UTF-8"), "-o", to.to_str().expect("UTF-8")]);
    let text = std::fs::read_to_string(to.join("README.md")).expect("the guide");
    let process = text.split("### Recovery process").nth(1).expect("the runbook");
    let fences = process.split("\n```sh\n").skip(1).map(|rest| rest.split("\n```").next().unwrap_or_default());
    let fence = fences.into_iter().find(|f| f.contains(words)).unwrap_or_else(|| panic!("no commands with {words}"));
    let made = folder.path().join("made");
    std::fs::write(&made, "").expect("the folder is writable");
    let script = format!("sleep() {{ :; }}\n{functions}\n{fence}\n");
    let output = Command::new(shell)
        .args(["-c", &script])
        .env("MADE", &made)
        .current_dir(folder.path())
        .output()
        .expect("the shell starts");
    let made = std::fs::read_to_string(&made).expect("text");
    Some((made, String::from_utf8_lossy(&output.stderr).into_owned()))
}

const SAVED: &str = "import std.{Prometheus}
namespace n {
  component prometheus: Prometheus { storage: disk(10Gi, class: \"fast.ssd\"), replicas: 1 }
}
prometheus -> prometheus: scrape
backup prometheus { schedule: \"0 2 * * *\", keep: 7 }
";

#[test]
fn claims_come_back_from_snapshots_and_without_any_nothing_is_made() {
    let made = "case \"$*\" in *create*|*apply*) cat >> \"$MADE\" ;; *' get '*) printf '%s' \"$ANSWER\" ;; esac";
    let there = format!("kubectl() {{ ANSWER=data-prometheus-0-abcde; {made}; }}");
    let Some((claims, errors)) = pasted(SAVED, "kind: PersistentVolumeClaim", &there) else { return };
    assert!(claims.contains("kind: VolumeSnapshot, name: data-prometheus-0-abcde }"), "{claims}");
    assert!(claims.contains("\n  storageClassName: fast.ssd\n") && errors.is_empty(), "{claims}{errors}");
    let nothing = format!("kubectl() {{ ANSWER=; {made}; }}");
    let (claims, errors) = pasted(SAVED, "kind: PersistentVolumeClaim", &nothing).expect("a shell is there");
    assert_eq!(claims, "");
    assert!(errors.contains("no snapshot of data-prometheus-0 in n"), "{errors}");
}

#[test]
fn snapshots_come_back_from_their_contents() {
    let kubectl = "kubectl() { case \"$*\" in apply*) cat >> \"$MADE\" ;; \
                   get*'{\"\\n\"}{end}'*) printf '%s\\n' 'data-prometheus-0-abcde drv old' 'data-prometheus-0-fghij drv /new/1' \
                   'data-prometheus-0-klmno drv ' 'data-prometheus-0-1-pqrst drv other' ;; esac; }";
    let Some((made, errors)) = pasted(SAVED, "kind: VolumeSnapshotContent", kubectl) else { return };
    assert!(made.contains("snapshotHandle: '/new/1'") && made.contains("driver: 'drv'"), "{made}{errors}");
    assert!(made.contains("deletionPolicy: Retain") && made.contains("labels: { snapshot-of: data-prometheus-0 }"));
    assert_eq!(made.matches("n-data-prometheus-0-again").count(), 2, "bound to each other: {made}");
    let documents: Vec<serde_yaml::Value> =
        made.split("---\n").map(|text| serde_yaml::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))).collect();
    assert_eq!(documents.len(), 2);
    let (made, errors) =
        pasted(SAVED, "kind: VolumeSnapshotContent", "kubectl() { cat >/dev/null; }").expect("a shell is there");
    assert!(made.is_empty() && errors.contains("nothing is left of a snapshot of data-prometheus-0"), "{errors}");
}

#[test]
fn dashboards_come_back_from_the_latest_export_with_the_password_of_the_secret() {
    let program = "import std.{Grafana}\nnamespace n {\n  component grafana: Grafana\n}\nbackup grafana { schedule: \"0 3 * * *\", keep: 3 }\n";
    let kubectl = "kubectl() { case \"$*\" in *' ls '*|*'ls /backup'*) echo 20260102T030000Z ;; *tar*) echo \"$*\" >> \"$MADE\"; tar -cf - -T /dev/null ;; \
                   *create*) cat >> \"$MADE\" ;; esac; }";
    let Some((made, errors)) = pasted(program, "grafana-backup-reader", kubectl) else { return };
    assert!(made.contains("-C /backup/20260102T030000Z"), "{made}{errors}");
    let pod: serde_yaml::Value = serde_yaml::from_str(made.split("-n n exec").next().expect("a pod")).expect("YAML");
    assert_eq!(pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"], "grafana-backup");
    let kubectl = "kubectl() { case \"$*\" in *'cat /etc/secrets/admin/password') echo geheim ;; esac; }; curl() { echo \"$*\" >> \"$MADE\"; }; \
                   jq() { :; }; mkdir -p dashboards; touch dashboards/a.json";
    let (made, errors) = pasted(program, "/api/dashboards/db", kubectl).expect("a shell is there");
    assert!(made.contains("-u admin:geheim "), "{made}{errors}");
}

#[test]
fn names_of_classes_are_names() {
    let (_folder, program) = written(&SAVED.replace("fast.ssd", "\\$(touch pwned)"));
    let out = Command::new(obs_tests::programs::obs()).arg("check").arg(&program).output().expect("obs starts");
    let told = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(!out.status.success() && told.contains("OBS2108"), "{told}");
}

/// The questions that verify a recovery, as a shell hands them to `curl`, in the order of the guide.
fn asked(program: &str) -> Option<Vec<Vec<String>>> {
    let shell = tools::program(&["sh"])?;
    let (folder, program) = written(program);
    let to = folder.path().join("docs");
    run(&["docs", program.to_str().expect("UTF-8"), "-o", to.to_str().expect("UTF-8")]);
    let text = std::fs::read_to_string(to.join("README.md")).expect("the guide");
    let questions = text.lines().filter(|line| line.starts_with("curl ") && line.contains("://localhost:"));
    let words = |line: &str| {
        let script = format!("curl() {{ printf '%s\\n' \"$@\"; }}\nCERT=my.crt KEY=my.key\n{line}\n");
        let output = Command::new(&shell).args(["-c", &script]).output().expect("the shell starts");
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
    };
    Some(questions.map(words).collect())
}

#[test]
fn a_server_is_asked_as_it_wants_to_be() {
    let of = |settings: &str| {
        asked(&format!("import std.{{Loki}}\nnamespace n {{ component store: Loki {{ {settings} }} }}\n"))
    };
    let Some(plain) = of("") else { return };
    assert_eq!(plain, [["-fsS", "http://localhost:3100/loki/api/v1/labels"]]);
    let tls = "tls: { certificate: secret(\"cert\"), authority: secret(\"ca\") }";
    let url = "https://localhost:3100/loki/api/v1/labels";
    assert_eq!(of(tls), Some(vec![vec!["-fsS".to_owned(), "--insecure".to_owned(), url.to_owned()]]));
    let mutual = tls.replace(" }", ", mutual: true }");
    let known = of(&format!("{mutual}, tenant: \"it's\"")).expect("a shell is there");
    let words = ["-fsS", "--insecure", "--cert", "my.crt", "--key", "my.key", "-H", "X-Scope-OrgID: it's", url];
    assert_eq!(known, [words]);
}
