//! The smaller commands, and what each says of itself.

use crate::load::SCALED;
use crate::run::{CLEAN, Folder, Run};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

/// Commands that are built. One that isn't has no place in the help.
const COMMANDS: &[&str] = &[
    "check",
    "build",
    "diagram",
    "docs",
    "fmt",
    "explain",
    "why",
    "graph",
    "diff",
    "health",
    "whatif",
    "test",
    "capacity",
    "simulate",
    "init",
    "lsp",
    "completions",
    "man",
];

fn clean() -> Folder {
    Folder::with(&[("stack.obs", CLEAN)])
}

#[test]
fn help_lists_what_is_built() {
    let run = Folder::with(&[]).run(&["--help"]).exits(0);
    let listed: BTreeSet<&str> = run
        .stdout
        .lines()
        .skip_while(|l| !l.starts_with("Commands:"))
        .skip(1)
        .take_while(|l| !l.is_empty())
        .filter_map(|l| l.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert_eq!(listed, COMMANDS.iter().copied().collect());
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn each_command_has_help_with_examples() {
    let folder = Folder::with(&[]);
    for command in COMMANDS {
        let run = folder.run(&[command, "--help"]).exits(0);
        assert!(run.stdout.contains(&format!("Usage: obs {command}")), "{command}: {}", run.stdout);
        assert!(run.stdout.contains("Example"), "{command} has no examples: {}", run.stdout);
    }
}

#[test]
fn a_first_program_builds_clean() {
    let folder = Folder::with(&[]);
    folder.run(&["init", "demo"]).exits(0).says("next: obs build demo/stack.obs");
    folder.run(&["check", "demo/stack.obs", "--deny", "warnings"]).exits(0);
    folder.run(&["fmt", "--check", "demo/stack.obs"]).exits(0);
    folder.run(&["build", "demo/stack.obs", "--deny", "warnings"]).exits(0).says("next: kubectl apply");
    folder.run(&["docs", "demo/stack.obs"]).exits(0);
    let first = folder.read("demo/stack.obs");
    folder.run(&["init", "demo"]).exits(2).says("`demo/stack.obs` is already there; nothing was changed");
    assert_eq!(folder.read("demo/stack.obs"), first);
    folder.write("file", "");
    folder.run(&["init", "file"]).exits(2).says("file");
}

#[test]
fn each_command_says_what_to_do_next() {
    let folder = clean();
    folder.write("loose.obs", CLEAN.replace("  component back", "   component   back"));
    folder.write("tested.obs", format!("{CLEAN}test \"two\" {{ assert back.replicas >= 1 }}\n"));
    let next = |arguments: &[&str], code: i32, next: &str| {
        folder.run(arguments).exits(code).says(&format!("next: {next}\n"));
        let mut quiet = arguments.to_vec();
        quiet.push("-q");
        let run = folder.run(&quiet);
        assert!(!run.stderr.contains("next"), "{arguments:?}: {}", run.stderr);
    };
    let nothing = |arguments: &[&str], code: i32| {
        let run = folder.run(arguments).exits(code);
        assert!(!run.stderr.contains("next:"), "{arguments:?}: {}", run.stderr);
    };
    next(&["fmt", "--check", "loose.obs"], 1, "obs fmt loose.obs");
    next(&["fmt", "--diff", "loose.obs"], 0, "obs fmt loose.obs");
    nothing(&["fmt", "--check", "stack.obs"], 0);
    folder.run(&["fmt", "loose.obs"]).exits(0).says("next: obs check loose.obs\n");
    next(&["build", "stack.obs", "--check"], 1, "obs build stack.obs -o out");
    let more = ["build", "stack.obs", "--dry-run", "-o", "k", "--profile", "default", "--target", "compose"];
    next(&more, 0, "obs build stack.obs -o k --profile default --target compose");
    next(&["docs", "stack.obs", "--check", "--format", "html"], 1, "obs docs stack.obs -o docs --format html");
    next(&["docs", "--std", "--check", "-o", "library"], 1, "obs docs --std -o library");
    for command in ["build", "docs"] {
        folder.run(&[command, "stack.obs"]).exits(0);
        let run = folder.run(&[command, "stack.obs", "--check"]).exits(0).says("nothing would change");
        assert!(!run.stderr.contains("next:"), "{}", run.stderr);
    }
    next(&["diagram", "stack.obs", "--format", "svg", "-o", "a.svg"], 0, "open a.svg");
    next(&["diagram", "stack.obs", "-o", "a.txt"], 0, "obs docs stack.obs puts all views into a guide");
    next(&["explain", "OBS2104"], 0, "obs check, once it is mended");
    next(&["test", "tested.obs"], 0, "obs build tested.obs");
    next(&["test", "stack.obs"], 0, "say with `test` what must stay true of the stack");
    // data alone
    nothing(&["diagram", "stack.obs"], 0);
    nothing(&["build", "stack.obs", "--stdout"], 0);
    nothing(&["graph", "stack.obs"], 0);
    nothing(&["explain", "--list"], 0);
    nothing(&["test", "tested.obs", "--format", "junit"], 0);
}

#[test]
fn an_empty_program_has_nothing_to_apply() {
    let folder = Folder::with(&[("stack.obs", "")]);
    for target in ["kubernetes", "compose"] {
        let run = folder.run(&["build", "stack.obs", "--target", target]).exits(0);
        let run = run.says("nothing to run: the program deploys no component");
        assert!(!run.stderr.contains("kubectl") && !run.stderr.contains("docker"), "{}", run.stderr);
    }
    for arguments in [&["why", "stack.obs", "a.b"][..], &["health", "stack.obs", "--at", "a=b"]] {
        let run = folder.run(arguments).exits(2).says("there is no component `a`").says("help: the program has none");
        assert!(!run.stderr.contains("known:"), "{}", run.stderr);
    }
}

#[test]
fn the_line_that_shows_progress_is_gone_before_anything_else_is_said() {
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("skipped: the_line_that_shows_progress_is_gone_before_anything_else_is_said needs `script`");
        return;
    }
    let namespace = CLEAN.find("namespace web").expect("it has one");
    let mut components = 5;
    loop {
        let each: String = (0..components).map(|n| format!("  component c{n}: App\n")).collect();
        let flows: String = (1..components).map(|n| format!("c{} -> c{n}: http\n", n - 1)).collect();
        let program = format!("{}namespace web {{\n{each}}}\n\n{flows}", &CLEAN[..namespace]);
        let folder = Folder::with(&[("stack.obs", &program)]);
        let line = format!("{} docs stack.obs", obs_tests::programs::obs().display());
        let output = Command::new("script").args(["-qec", &line, "/dev/null"]).current_dir(folder.path()).output();
        let screen = String::from_utf8_lossy(&output.expect("script runs").stdout).into_owned();
        assert!(screen.contains("docs: "), "{screen}");
        if let Some((_, shown)) = screen.split_once("obs: ") {
            let line = shown.split("\r\u{1b}[2K").next().unwrap_or_default();
            assert!(line.len() < shown.len() && line.trim_end_matches('.').ends_with("stack.obs "), "{screen:?}");
            return;
        }
        components *= 2;
        assert!(components < 5000, "work was never longer than a blink");
    }
}

#[test]
fn each_code_has_a_page() {
    let folder = Folder::with(&[]);
    let list = folder.run(&["explain", "--list"]).exits(0);
    let codes: Vec<&str> = list.stdout.lines().filter_map(|l| l.split_whitespace().next()).collect();
    assert!(codes.len() > 50 && codes.is_sorted(), "{codes:?}");
    let page = folder.run(&["explain", "OBS2104"]).exits(0).stdout;
    assert!(page.contains("OBS2104"), "{page}");
    // codes are taken as they are typed, and by name
    assert_eq!(folder.run(&["explain", "obs2104"]).exits(0).stdout, page);
    assert_eq!(folder.run(&["explain", "unknown-kind"]).exits(0).stdout, page);
    folder.run(&["explain", "OBS2140"]).exits(2).says("did you mean `OBS2104`?").says("--list");
    folder.run(&["explain"]).exits(2);
}

#[test]
fn why_answers_from_the_source() {
    let folder = clean();
    let why = |object: &str| folder.run(&["why", "stack.obs", object]);
    let run = why("Deployment/front").exits(0);
    assert!(run.stdout.contains("stack.obs:16:"), "{}", run.stdout);
    let run = why("web/Deployment/front#/spec/replicas").exits(0);
    assert!(run.stdout.starts_with("/spec/replicas = 1\n") && run.stdout.contains("stack.obs:"), "{}", run.stdout);
    let run = why("ConfigMap/back-config#/data/config.yaml").exits(0);
    assert!(run.stdout.contains("size: 2") && run.stdout.contains("stack.obs:10:"), "{}", run.stdout);
    let run = why("back.size").exits(0);
    assert!(run.stdout.starts_with("back.size = 2\n") && run.stdout.contains("stack.obs:17:"), "{}", run.stdout);
    assert!(run.stdout.contains("stack.obs:3:"), "the default is in the chain: {}", run.stdout);
    // what isn't there is told with what is near it
    why("Deployment/frnt").exits(2).says("did you mean `Deployment/front`?");
    why("frnt.size").exits(2).says("did you mean `front`?");
    why("front.sise").exits(2).says("did you mean `size`?");
    why("Deployment/front#/spec/replica").exits(2).says("did you mean `replicas`?");
    why("Deployment/front#/spec/template/spec/containers/7").exits(2).says("a list of 1");
    why("Deployment/front#spec").exits(2).says("is no JSON pointer");
}

#[test]
fn graph_is_data_in_a_stable_shape() {
    let folder = clean();
    let run = folder.run(&["graph", "stack.obs"]).exits(0);
    assert_eq!(run.stdout, folder.run(&["graph", "stack.obs", "--format", "json"]).exits(0).stdout);
    let graph: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(graph["version"], 1);
    let shape = json!({
        "top": keys(&graph),
        "component": keys(&graph["components"][0]),
        "port": keys(&graph["components"][0]["ports"][0]),
        "flow": keys(&graph["flows"][0]),
        "first flow": graph["flows"][0],
    });
    insta::assert_snapshot!(serde_json::to_string_pretty(&shape).expect("a value has a JSON form"));
}

#[test]
fn diagrams_go_to_stdout_or_a_file() {
    let folder = clean();
    let ascii = folder.run(&["diagram", "stack.obs"]).exits(0).stdout;
    assert!(ascii.contains("front") && ascii.contains('┌'), "{ascii}");
    folder.run(&["diagram", "stack.obs", "-o", "d.txt"]).exits(0).says("d.txt written");
    assert_eq!(folder.read("d.txt"), ascii);
    assert!(folder.run(&["diagram", "stack.obs", "--format", "mermaid"]).exits(0).stdout.contains("flowchart"));
    folder.run(&["diagram", "stack.obs", "--view", "sistem"]).exits(2).says("did you mean `system`?");
    folder.run(&["diagram", "stack.obs", "-o", "."]).exits(2).says("it is a folder");
    folder.run(&["diagram", "stack.obs", "-o", "/dev/null"]).exits(0);
    assert!(std::fs::metadata("/dev/null").is_ok_and(|m| !m.is_file()), "a device became a file");
}

#[test]
fn no_output_takes_the_place_of_a_source() {
    let folder = Folder::with(&[
        ("sub/stack.obs", &format!("import \"../other.obs\".{{a}}\n{CLEAN}")),
        ("other.obs", "let a = 1\n"),
        ("sub/obs.lock", ""),
        ("load.csv", "time,cpu\n0s,1\n1m,1\n"),
    ]);
    let before = folder.tree(".");
    let mut places = vec!["sub/stack.obs", "sub/../other.obs", "sub/obs.lock"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("sub/stack.obs", folder.path().join("file")).expect("a link");
        std::os::unix::fs::symlink("sub", folder.path().join("folder")).expect("a link");
        places.extend(["file", "folder/stack.obs"]);
    }
    for place in places {
        let run = folder.run(&["diagram", "sub/stack.obs", "-o", place]).exits(2);
        run.says(&format!("`{place}` is what this is made from; nothing was written"));
        for command in ["build", "docs"] {
            folder.run(&[command, "sub/stack.obs", "--force", "-o", place]).exits(2);
        }
    }
    folder.write("scaled.obs", SCALED);
    for place in ["scaled.obs", "load.csv"] {
        folder.run(&["simulate", "scaled.obs", "--load", "load.csv", "-o", place]).exits(2).says("made from");
    }
    for (path, content) in before {
        assert_eq!(folder.read(&path.to_string_lossy()).into_bytes(), content, "{}", path.display());
    }
    assert_eq!(folder.read("scaled.obs"), SCALED);
    folder.run(&["diagram", "sub/stack.obs", "-o", "picture"]).exits(0);
    folder.run(&["diagram", "sub/stack.obs", "-o", "picture"]).exits(0);
}

#[test]
fn fmt_changes_only_what_is_not_formatted() {
    let folder = Folder::with(&[("good.obs", CLEAN), ("bad.obs", "let   x=1\n"), ("broken.obs", "let x = [\n")]);
    let run = folder.run(&["fmt", "--check"]).exits(1);
    assert_eq!(run.stdout, "bad.obs\n");
    let run = folder.run(&["fmt", "--diff", "bad.obs"]).exits(0);
    assert!(run.stdout.contains("-let   x=1\n+let x = 1\n"), "{}", run.stdout);
    assert_eq!(folder.read("bad.obs"), "let   x=1\n");
    folder.run(&["fmt"]).exits(1).says("broken.obs is left as it is");
    assert_eq!(
        (folder.read("bad.obs"), folder.read("broken.obs")),
        ("let x = 1\n".to_owned(), "let x = [\n".to_owned())
    );
}

#[test]
fn the_manual_page_has_every_command() {
    let page = Folder::with(&[]).run(&["man"]).exits(0).stdout;
    assert!(page.contains(".TH obs 1"), "{page}");
    for command in COMMANDS {
        // a hyphen is escaped in roff
        assert!(page.contains(&format!("obs\\-{command}")) || page.contains(&format!("obs {command}")), "{command}");
    }
    pipe("groff", &["-man", "-Tutf8", "-ww", "-z"], &page);
}

#[test]
fn completions_for_every_shell() {
    let folder = Folder::with(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = folder.run(&["completions", shell]).exits(0).stdout;
        for command in COMMANDS {
            assert!(script.contains(command), "{shell} doesn't complete {command}");
        }
        if ["bash", "zsh", "fish"].contains(&shell) {
            pipe(shell, &["-n"], &script);
        }
    }
    folder.run(&["completions", "tcsh"]).exits(2).says("bash");
}

/// Gives a text to a program, which has nothing to say about it; where there is no such program, nothing is tried.
fn pipe(program: &str, arguments: &[&str], text: &str) {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        eprintln!("skipped: there is no {program} here");
        return;
    };
    child.stdin.take().expect("piped").write_all(text.as_bytes()).expect("it reads all");
    Run::of(child.wait_with_output().expect("it ends")).exits(0).says_nothing();
}

impl Run {
    #[track_caller]
    fn says_nothing(self) {
        assert_eq!((self.stdout.as_str(), self.stderr.as_str()), ("", ""));
    }
}

#[test]
fn the_language_server_is_found_beside_obs() {
    let folder = Folder::with(&[]);
    // nobody says anything to it: it ends with its input
    let run = Run::of(folder.command(&["lsp"]).stdin(Stdio::null()).output().expect("obs runs"));
    assert!(!run.stderr.contains("can't start"), "{}", run.stderr);
}
