//! `--watch`: the same again after a change, until interrupted.

#![cfg(unix)]

use crate::run::{CLEAN, Folder, WRONG};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longer than any of this takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

struct Watched {
    child: Child,
    lines: Receiver<String>,
}

impl Watched {
    fn start(folder: &Folder, arguments: &[&str]) -> Self {
        let mut command = folder.command(arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("obs can be started");
        let stderr = BufReader::new(child.stderr.take().expect("piped"));
        let (sender, lines) = channel();
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines }
    }

    /// Waits until it has worked and watches; gives what it said.
    fn until_it_watches(&self) -> String {
        let mut said = String::new();
        loop {
            let line = self.lines.recv_timeout(PATIENCE).expect("obs goes on watching");
            said.push_str(&line);
            said.push('\n');
            if line.contains("watching for changes") {
                return said;
            }
        }
    }

    /// Ends it as Ctrl-C does; gives its exit code.
    fn interrupt(mut self) -> Option<i32> {
        let status = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(status.expect("kill can be started").success());
        self.child.wait().expect("obs ends").code()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // where a test failed before its end
        let _ = self.child.kill();
    }
}

#[test]
fn a_change_is_checked_and_an_interrupt_ends_it() {
    let folder = Folder::with(&[("stack.obs", CLEAN)]);
    let watched = Watched::start(&folder, &["check", "stack.obs", "--watch"]);
    assert!(watched.until_it_watches().contains("nothing wrong"));
    folder.write("stack.obs", WRONG);
    assert!(watched.until_it_watches().contains("OBS2104"));
    folder.write("stack.obs", CLEAN);
    assert!(watched.until_it_watches().contains("nothing wrong"));
    // a file that goes and comes again is waited out
    std::fs::remove_file(folder.path().join("stack.obs")).expect("it is there");
    watched.until_it_watches();
    folder.write("stack.obs", CLEAN);
    assert!(watched.until_it_watches().contains("nothing wrong"));
    assert_eq!(watched.interrupt(), Some(130));
}

#[test]
fn imported_files_are_watched_too() {
    let folder = Folder::with(&[
        ("stack.obs", "import \"size.obs\".{size}\nlet twice = size * 2\n"),
        ("size.obs", "let size = 1\n"),
    ]);
    let watched = Watched::start(&folder, &["check", "stack.obs", "--watch"]);
    watched.until_it_watches();
    folder.write("size.obs", "let size = nonsense\n");
    assert!(watched.until_it_watches().contains("size.obs:1:12"));
    assert_eq!(watched.interrupt(), Some(130));
}

#[test]
fn builds_pictures_and_docs_follow_the_source() {
    let cases: &[(&[&str], &str)] = &[
        (&["build", "stack.obs", "--watch"], "out/kubernetes/base/web/added/deployment.yaml"),
        (&["docs", "stack.obs", "--watch"], "docs/README.md"),
        (&["diagram", "stack.obs", "--watch", "-o", "d.txt"], "d.txt"),
    ];
    for (arguments, path) in cases {
        let folder = Folder::with(&[("stack.obs", CLEAN)]);
        let watched = Watched::start(&folder, arguments);
        watched.until_it_watches();
        folder.write("stack.obs", WRONG);
        assert!(watched.until_it_watches().contains("OBS2104"), "{arguments:?}");
        let added = CLEAN.replace("component front: App", "component front: App\n  component added: App");
        folder.write("stack.obs", added.replace("front -> back", "front -> back, added"));
        watched.until_it_watches();
        assert!(folder.read(path).contains("added"), "{arguments:?}");
        assert_eq!(watched.interrupt(), Some(130), "{arguments:?}");
        assert_eq!(folder.left_over("out"), Vec::<String>::new());
    }
}

#[test]
fn one_program_is_watched() {
    let folder = Folder::with(&[("a.obs", CLEAN), ("b.obs", CLEAN)]);
    folder.run(&["check", "--watch"]).exits(2).says("--watch follows one program; 2 were named");
    folder.run(&["build", "a.obs", "--watch", "--check"]).exits(2).says("cannot be used with");
}
