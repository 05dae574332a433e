//! What no one should give to `obs`, and what it says of it: never a panic, never without an end, always what would
//! be right.

use crate::run::{CLEAN, Folder, Run};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Commands that read a program.
const READERS: &[&[&str]] =
    &[&["check"], &["build"], &["diagram"], &["docs"], &["fmt", "--check"], &["graph"], &["test"], &["why"]];

/// Runs each command on a file and demands the exit code and a text; nothing may be written.
#[track_caller]
fn each(folder: &Folder, file: &str, code: i32, text: &str) {
    each_of(READERS.iter().copied(), folder, file, code, text);
}

/// The same of those to which imports matter.
#[track_caller]
fn each_but_fmt(folder: &Folder, file: &str, code: i32, text: &str) {
    each_of(READERS.iter().copied().filter(|c| c[0] != "fmt"), folder, file, code, text);
}

#[track_caller]
fn each_of<'a>(commands: impl Iterator<Item = &'a [&'a str]>, folder: &Folder, file: &str, code: i32, text: &str) {
    let before = folder.tree(".");
    for command in commands {
        let mut arguments = vec![command[0], file];
        arguments.extend(&command[1..]);
        if command[0] == "why" {
            arguments.push("a.b");
        }
        let run = within(folder.command(&arguments), Duration::from_secs(120));
        assert_eq!(run.code, Some(code), "{arguments:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(text), "{arguments:?} doesn't say `{text}`: {}", run.stderr);
        assert_eq!(run.stdout, "", "{arguments:?} said half of something");
    }
    assert_eq!(folder.tree("."), before);
}

/// Runs a command that must come to an end.
#[track_caller]
fn within(mut command: Command, limit: Duration) -> Run {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("obs can be started");
    let (mut out, mut err) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let read = |from: &mut dyn Read| {
        let mut text = Vec::new();
        from.read_to_end(&mut text).expect("a pipe can be read");
        text
    };
    let begin = Instant::now();
    std::thread::scope(|scope| {
        let (stdout, stderr) = (scope.spawn(|| read(&mut out)), scope.spawn(|| read(&mut err)));
        let status = loop {
            if let Some(status) = child.try_wait().expect("obs can be waited for") {
                break status;
            }
            if begin.elapsed() > limit {
                child.kill().expect("a child can be killed");
                panic!("obs came to no end");
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let (stdout, stderr) = (stdout.join().expect("it reads"), stderr.join().expect("it reads"));
        Run::of(std::process::Output { status, stdout, stderr })
    })
}

#[test]
fn an_empty_file_is_a_program_of_nothing() {
    let folder = Folder::with(&[("stack.obs", "")]);
    folder.run(&["check", "stack.obs"]).exits(0);
    folder.run(&["fmt", "--check", "stack.obs"]).exits(0);
    folder.run(&["graph", "stack.obs"]).exits(0);
    folder.run(&["build", "stack.obs"]).exits(0);
}

#[test]
fn a_folder_where_a_file_should_be() {
    let folder = Folder::with(&[("sub/stack.obs", CLEAN)]);
    for command in ["build", "diagram", "docs", "graph", "test"] {
        folder.run(&[command, "sub"]).exits(2).says("`sub` is a folder").says("sub/stack.obs");
    }
    // these take folders
    folder.run(&["check", "sub"]).exits(0);
    folder.run(&["fmt", "--check", "sub"]);
}

#[test]
fn what_is_not_utf8_is_named_with_its_place() {
    let folder = Folder::with(&[]);
    folder.write("stack.obs", b"namespace x {\n  component a\xff\n}\n");
    each(&folder, "stack.obs", 1, "byte 27, in line 2 at column 14, can't be read");
    let check = |form: &str| folder.run(&["check", "stack.obs", "--format", form]).exits(1);
    check("text").says("stack.obs:2:14").says("  component a");
    check("short").says("stack.obs:2:14: ");
    let json: serde_json::Value = serde_json::from_str(&check("json").stdout).expect("JSON");
    let start = &json["diagnostics"][0]["range"]["start"];
    assert_eq!(*start, serde_json::json!({ "line": 2, "column": 14, "offset": 27 }));
    let sarif = check("sarif").stdout;
    assert!(sarif.contains("\"startLine\": 2") && sarif.contains("\"startColumn\": 14"), "{sarif}");
    for (form, place) in
        [("github", "line=2,endLine=2,col=14,"), ("gitlab", "\"begin\": 2"), ("junit", "stack.obs:2:14")]
    {
        let text = check(form).stdout;
        assert!(text.contains(place), "{form}: {text}");
    }
}

#[test]
fn what_is_no_text_at_all_is_not_shown() {
    let folder = Folder::with(&[]);
    folder.write("stack.obs", [&b"a\n"[..], &vec![0xff; 100_000]].concat());
    let run = folder.run(&["check", "stack.obs"]).exits(1).says("stack.obs:2:1");
    assert!(run.stderr.len() < 2000, "{}", run.stderr);
}

#[test]
fn a_nul_byte_is_an_error_in_its_place() {
    let folder = Folder::with(&[("stack.obs", "namespace x {\0 }\n")]);
    each(&folder, "stack.obs", 1, "stack.obs:1:14");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_no_matter() {
    let windows = format!("\u{feff}{}", CLEAN.replace('\n', "\r\n"));
    let folder = Folder::with(&[("stack.obs", &windows), ("unix.obs", CLEAN)]);
    let run = folder.run(&["check", "stack.obs"]).exits(0);
    assert!(!run.stderr.contains("OBS"), "{}", run.stderr);
    folder.run(&["build", "stack.obs", "-o", "windows"]).exits(0);
    folder.run(&["build", "unix.obs", "-o", "unix"]).exits(0);
    assert_eq!(folder.tree("windows"), folder.tree("unix"));
    // lines and marks are where they are, and no carriage return is shown
    folder.write("wrong.obs", "namespace x {\r\n  component a: Nix\r\n}\r\n");
    let run = folder.run(&["check", "wrong.obs"]).exits(1).says("wrong.obs:2:16").says("2 │   component a: Nix");
    assert!(!run.stderr.contains(['\r', '?']), "{}", run.stderr);
}

#[test]
fn a_file_of_fifty_megabytes_is_not_read() {
    let folder = Folder::with(&[]);
    folder.write("stack.obs", vec![b'a'; 50_000_000]);
    each(&folder, "stack.obs", 1, "50000000 bytes, more than a source file may have");
}

#[test]
fn nesting_a_million_deep_is_an_error_in_its_place() {
    for open in ["[", "{", "(", "${\"", "not "] {
        let folder = Folder::with(&[("stack.obs", &format!("let x = {}", open.repeat(1_000_000)))]);
        let run =
            within(folder.command(&["check", "stack.obs", "--format", "short"]), Duration::from_secs(120)).exits(1);
        assert!(run.stderr.contains("stack.obs:1:"), "{open}: {}", &run.stderr[..run.stderr.len().min(2000)]);
    }
}

#[test]
fn ten_thousand_errors_are_all_told() {
    let folder = Folder::with(&[("stack.obs", &") ( }\n".repeat(10_000))]);
    for form in ["text", "short", "json", "sarif"] {
        let run = within(folder.command(&["check", "stack.obs", "--format", form]), Duration::from_secs(120)).exits(1);
        let all = format!("{}{}", run.stdout, run.stderr);
        assert!(all.matches("OBS0001").count() >= 10_000, "{form}");
    }
}

#[test]
fn a_query_longer_than_anybody_writes_is_not_parsed() {
    let long = format!("up{}", " + up".repeat(50_000));
    let deep = format!("{}up{}", "sum(".repeat(3000), ")".repeat(3000));
    let name = "m".repeat(16 << 10);
    for (query, what) in [(long, "has 250002 bytes"), (deep, "nested more than 100 deep"), (name + "m", "16385 bytes")]
    {
        let folder = Folder::with(&[("stack.obs", &format!("let a = promql\"{query}\"\n"))]);
        let run = within(folder.command(&["check", "stack.obs", "--format", "short"]), Duration::from_secs(60));
        run.exits(1).says("stack.obs:1:16: ").says("OBS2114").says(what);
    }
    let fits = format!("{}up{} {}", "sum(".repeat(100), ")".repeat(100), " + up".repeat(1000));
    let folder = Folder::with(&[("stack.obs", &format!("let a = promql\"{fits}\"\n"))]);
    within(folder.command(&["check", "stack.obs"]), Duration::from_secs(60)).exits(0);
}

#[test]
fn imports_stay_inside_the_project_and_lead_somewhere() {
    let folder = Folder::with(&[
        ("up.obs", "import \"../secret.obs\".{X}\n"),
        ("absolute.obs", "import \"/etc/passwd\".{X}\n"),
        ("missing.obs", "import \"nowhere.obs\".{X}\n"),
        ("folder.obs", "import \"sub\".{X}\n"),
        ("sub/keep", ""),
        ("a.obs", "import \"b.obs\".{b}\nlet a = b\n"),
        ("b.obs", "import \"a.obs\".{a}\nlet b = a\n"),
    ]);
    // formatting needs no imports
    folder.run(&["fmt", "--check", "up.obs"]).exits(0);
    each_but_fmt(&folder, "up.obs", 1, "leads out of the project");
    folder.run(&["check", "absolute.obs"]).exits(1).says("absolute.obs:1:8");
    each_but_fmt(&folder, "missing.obs", 1, "there is no file `nowhere.obs`");
    folder.run(&["check", "folder.obs"]).exits(1).says("folder.obs:1:8");
    folder.run(&["check", "a.obs"]).exits(1).says("a.obs → b.obs → a.obs");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn links_that_lead_out_or_nowhere() {
        let outside = Folder::with(&[("secret.obs", "let secret = 1\n")]);
        let folder = Folder::with(&[
            ("stack.obs", "import \"out/secret.obs\".{secret}\n"),
            ("loop.obs", "import \"ring.obs\".{x}\n"),
        ]);
        symlink(outside.path(), folder.path().join("out")).expect("a link");
        symlink("ring.obs", folder.path().join("ring.obs")).expect("a link");
        folder.run(&["check", "stack.obs"]).exits(1).says("leads out of the project through a link");
        folder.run(&["check", "loop.obs"]).exits(1).says("too many levels of symbolic links");
        each(&folder, "ring.obs", 2, "can't read `ring.obs`: too many levels of symbolic links");
        // a link inside of the project is as good as the file
        folder.write("real.obs", CLEAN);
        symlink("real.obs", folder.path().join("linked.obs")).expect("a link");
        folder.run(&["check", "linked.obs"]).exits(0);
    }

    #[test]
    fn pipes_and_devices_are_no_sources() {
        let folder = Folder::with(&[("stack.obs", "import \"pipe.obs\".{x}\n")]);
        assert!(Command::new("mkfifo").arg(folder.path().join("pipe.obs")).status().is_ok_and(|s| s.success()));
        for file in ["pipe.obs", "/dev/zero"] {
            for command in READERS {
                let mut arguments = vec![command[0], file];
                arguments.extend(if command[0] == "why" { &["a.b"][..] } else { &command[1..] });
                within(folder.command(&arguments), Duration::from_secs(60)).exits(2).says("it is not a regular file");
            }
        }
        let run = within(folder.command(&["check", "stack.obs"]), Duration::from_secs(60)).exits(1);
        run.says("the import `pipe.obs` can't be read: it is not a regular file");
    }

    #[test]
    fn what_may_not_be_read_is_named() {
        let folder = Folder::with(&[("stack.obs", CLEAN)]);
        fs::set_permissions(folder.path().join("stack.obs"), fs::Permissions::from_mode(0o000))
            .expect("rights can be set");
        if fs::read(folder.path().join("stack.obs")).is_ok() {
            eprintln!("skipped: what_may_not_be_read_is_named needs a user who may not read everything");
            return;
        }
        each(&folder, "stack.obs", 2, "can't read `stack.obs`: permission denied");
    }

    #[test]
    fn a_folder_that_is_gone() {
        let folder = Folder::with(&[("gone/stack.obs", CLEAN)]);
        let script = "cd gone && rm -r ../gone && \"$0\" \"$@\"";
        let gone = |arguments: &[&str]| {
            let mut shell = Command::new("sh");
            shell.args(["-c", script]).arg(obs_tests::programs::obs()).args(arguments).current_dir(folder.path());
            Run::of(shell.stdin(Stdio::null()).output().expect("a shell"))
        };
        gone(&["check"]).exits(2).says("error: ");
        folder.write("gone/stack.obs", CLEAN);
        gone(&["build", "stack.obs"]).exits(2).says("can't read `stack.obs`");
        folder.write("gone/stack.obs", CLEAN);
        gone(&["init"]).exits(2).says("error: ");
    }

    #[test]
    fn a_reader_that_has_seen_enough_is_no_failure() {
        let folder = Folder::with(&[("stack.obs", CLEAN), ("many.obs", &") (\n".repeat(5000))]);
        let commands: &[&[&str]] = &[
            &["build", "stack.obs", "--stdout"],
            &["explain", "--list"],
            &["man"],
            &["check", "many.obs", "--format", "json"],
        ];
        for arguments in commands {
            let mut command = folder.command(arguments);
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("obs can be started");
            let mut line = String::new();
            BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
            let run = Run::of(child.wait_with_output().expect("obs ends"));
            assert!(!line.is_empty() && run.stderr.is_empty(), "{arguments:?}: {}", run.stderr);
            assert_eq!(run.code, Some(i32::from(arguments[0] == "check")), "{arguments:?}");
        }
    }

    #[test]
    fn without_stdin_stdout_or_stderr() {
        let folder = Folder::with(&[("stack.obs", CLEAN)]);
        let closed = |script: &str| {
            let mut shell = Command::new("sh");
            shell.args(["-c", script]).arg(obs_tests::programs::obs()).current_dir(folder.path());
            Run::of(shell.output().expect("a shell"))
        };
        closed("\"$0\" check stack.obs <&-").exits(0);
        closed("\"$0\" check stack.obs 2>&-").exits(0);
        closed("\"$0\" build stack.obs <&- 2>&-").exits(0);
        let run = closed("\"$0\" fmt - <&-");
        assert!(run.code == Some(0) || run.code == Some(2), "{:?}", run.code);
        closed("\"$0\" explain --list >&-");
    }
}

#[test]
fn without_a_home_and_in_any_language() {
    let folder = Folder::with(&[("stack.obs", CLEAN), ("wrong.obs", "namespace x { component é: Nix }\n")]);
    let run = |language: &str| {
        let mut command = folder.command(&["check", "wrong.obs"]);
        command.env_clear().env("LANG", language).env("LC_ALL", language);
        Run::of(command.output().expect("obs runs"))
    };
    assert_eq!(run("C").stderr, run("tr_TR.UTF-8").stderr);
    let mut bare = folder.command(&["build", "stack.obs"]);
    Run::of(bare.env_clear().output().expect("obs runs")).exits(0);
}

#[test]
fn fmt_of_stdin_gives_all_or_nothing() {
    let folder = Folder::with(&[]);
    let through = |text: &[u8]| {
        let mut command = folder.command(&["fmt", "-"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("obs can be started");
        let mut stdin = child.stdin.take().expect("piped");
        let text = text.to_vec();
        let writer = std::thread::spawn(move || drop(stdin.write_all(&text)));
        let run = Run::of(child.wait_with_output().expect("obs ends"));
        writer.join().expect("it writes");
        run
    };
    assert_eq!(through(b"let   x=1\n").exits(0).stdout, "let x = 1\n");
    for broken in [&b"let x = [\n"[..], b"\xff\xfe", &vec![b'a'; 17 << 20]] {
        let run = through(broken).exits(1).says("stdin");
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn wrong_usage_is_told_with_what_would_be_right() {
    let folder = Folder::with(&[]);
    folder.run(&[]).exits(2).says("Usage: obs");
    folder.run(&["chekc"]).exits(2).says("check");
    folder.run(&["build"]).exits(2).says("<FILE>");
    folder.run(&["check", "x", "--format", "xml"]).exits(2).says("one of text, short, json");
    folder.run(&["build", "nowhere.obs"]).exits(2).says("can't read `nowhere.obs`: no such file or directory");
    folder.run(&["build", ""]).exits(2);
}
