//! The other editors as they are: each opens a program with a mistake and gets what is found, a hover and a completion.

use crate::tools::Debian;
use obs_tests::cache::{missing, on_path};
use obs_tests::programs::{obs, obs_lsp, root};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = "import std.{Grafana, Nothing}\n\ncomponent grafana: Grafana {\n  \n}\n";
/// An editor that isn't done by then never will be.
const PATIENCE: Duration = Duration::from_secs(120);

/// A project, a home for the editor, and the servers on its `PATH`.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        for name in ["project/.git", "home", "bin"] {
            std::fs::create_dir_all(folder.path().join(name)).expect("a folder");
        }
        std::fs::write(folder.path().join("project/stack.obs"), PROGRAM).expect("it can be written");
        for program in [obs(), obs_lsp()] {
            let to = folder.path().join("bin").join(program.file_name().expect("a name"));
            // beside each other: `obs lsp` looks for the server there
            std::fs::hard_link(&program, &to).or_else(|_| std::fs::copy(&program, &to).map(drop)).expect("a program");
        }
        Self { folder }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command with this home and these servers.
    fn seat(&self, mut command: Command) -> Command {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(self.at("bin")).chain(std::env::split_paths(&path)));
        command.current_dir(self.at("project")).env("PATH", path.expect("paths")).env("HOME", self.at("home"));
        for (name, folder) in [("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache"), ("XDG_STATE_HOME", "state")]
        {
            command.env(name, self.at("home").join(folder));
        }
        command.env("XDG_DATA_HOME", self.at("home/data")).env("LANG", "C.UTF-8").env("TERM", "xterm-256color");
        command.stdin(Stdio::null());
        command
    }
}

/// Runs a command to its end; gives all that it says.
fn said(mut command: Command) -> String {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the editor starts");
    let (id, end) = (child.id(), Instant::now() + PATIENCE);
    let waiter = std::thread::spawn(move || child.wait_with_output());
    while !waiter.is_finished() {
        if Instant::now() > end {
            let _ = Command::new("kill").arg(id.to_string()).status();
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let output = waiter.join().expect("it only waits").expect("it ran");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The grammar, compiled for editors that load it.
fn compiled_grammar(to: &Path) -> bool {
    let Some(cc) = on_path(&["cc", "gcc", "clang"]) else {
        missing("no C compiler for the grammar");
        return false;
    };
    let source = root().join("editors/tree-sitter-obs/src");
    let mut compile = Command::new(cc);
    compile.args(["-O1", "-shared", "-fPIC", "-I"]).arg(&source).arg("-o").arg(to);
    compile.args([source.join("parser.c"), source.join("scanner.c")]);
    assert!(compile.status().expect("it starts").success(), "the grammar compiles");
    true
}

fn assert_says(said: &str, wanted: &[&str]) {
    let lacking: Vec<_> = wanted.iter().filter(|what| !said.contains(**what)).collect();
    assert!(lacking.is_empty(), "no {lacking:?} in\n{said}");
}

#[test]
fn neovim_gets_what_it_asks_for() {
    let Some(debian) = Debian::find() else { return };
    let desk = Desk::new();
    let runtime = desk.at("nvim");
    copy(&root().join("editors/nvim"), &runtime);
    std::fs::create_dir_all(runtime.join("parser")).expect("a folder");
    if !compiled_grammar(&runtime.join("parser/obs.so")) {
        return;
    }
    let mut nvim = desk.seat(debian.command("usr/bin/nvim"));
    nvim.env("VIMRUNTIME", debian.path("usr/share/nvim/runtime")).env("OBS_NVIM", &runtime);
    nvim.args(["--headless", "--clean", "-n", "-u"]).arg(root().join("tests/editors/nvim.lua")).arg("stack.obs");
    let said = said(nvim);
    assert_says(
        &said,
        &[
            "filetype obs",
            "diagnostic OBS1004",
            "hover ",
            "Dashboards",
            "completion replicas",
            "token component: keyword",
            "fold 3-5",
            "indent 2",
            "preview grafana",
            "commentstring // %s",
            "emitted obs: nothing comes of this, or the program has errors",
            "end",
        ],
    );
}

#[test]
fn emacs_gets_what_it_asks_for() {
    let Some(debian) = Debian::find() else { return };
    let desk = Desk::new();
    let data = debian.path("usr/share/emacs/30.2");
    let libexec = std::fs::read_dir(debian.path("usr/libexec/emacs/30.2")).expect("Emacs is there");
    let libexec = libexec.map(|e| e.expect("an entry").path()).find(|p| p.is_dir()).expect("a folder");
    let dump = std::fs::read_dir(&libexec).expect("a folder").map(|e| e.expect("an entry").path());
    let dump = dump.into_iter().find(|p| p.extension().is_some_and(|e| e == "pdmp")).expect("Emacs' heap");
    let mut emacs = desk.seat(debian.command("usr/bin/emacs-nox"));
    emacs.env("EMACSLOADPATH", data.join("lisp")).env("EMACSDATA", data.join("etc")).env("EMACSDOC", data.join("etc"));
    emacs.env("EMACSPATH", &libexec).arg(format!("--dump-file={}", dump.display()));
    emacs.args(["--batch", "--directory"]).arg(root().join("editors/emacs")).arg("--load");
    emacs.arg(root().join("tests/editors/emacs.el")).arg("stack.obs");
    let said = said(emacs);
    assert_says(
        &said,
        &[
            "compiled without warnings",
            "mode obs-mode",
            "diagnostic obs [OBS1004]: `std` has nothing called `Nothing`",
            "hover ",
            "Dashboards",
            "completion replicas",
            "indent 2",
            "face component: font-lock-keyword-face",
            "face text in quotes: font-lock-string-face",
            "preview grafana",
            "end",
        ],
    );
    assert!(!said.contains("in quotes: nil"), "{said}");
}

#[test]
fn helix_gets_what_it_asks_for() {
    let Some(debian) = Debian::find() else { return };
    let Some(tmux) = on_path(&["tmux"]) else { return missing("no `tmux`, which Helix is driven through") };
    let desk = Desk::new();
    let config = desk.at("home/config/helix");
    copy(&root().join("editors/helix/queries"), &config.join("runtime/queries"));
    std::fs::create_dir_all(config.join("runtime/grammars")).expect("a folder");
    let settings = root().join("editors/helix/languages.toml");
    std::fs::copy(settings, config.join("languages.toml")).expect("the settings");
    if !compiled_grammar(&config.join("runtime/grammars/obs.so")) {
        return;
    }
    let runtime = debian.path("usr/lib/hx/runtime");
    let mut health = desk.seat(debian.command("usr/lib/hx/hx"));
    health.env("HELIX_RUNTIME", &runtime).args(["--health", "obs"]);
    let colours = regex::Regex::new("\x1b\\[[0-9;]*m").expect("a pattern");
    let health = said(health);
    let health = colours.replace_all(&health, "");
    assert_says(&health, &["✓ obs", "Tree-sitter parser: ✓"]);
    for queries in ["Highlight", "Textobject", "Indent", "Tags", "Rainbow"] {
        assert_says(&health, &[&format!("{queries} queries: ✓")]);
    }

    let terminal = Terminal::start(&desk, tmux, &debian.command_line("usr/lib/hx/hx"), &runtime);
    terminal.shows("has nothing called");
    // hover of the kind: line 3, behind the colon
    terminal.keys(&[":goto 3", "Enter", "g", "s", "f", ":", "l", "l", "Space", "k"]);
    terminal.shows("Dashboards");
    terminal.keys(&["Escape", ":goto 4", "Enter", "A", "repl"]);
    terminal.shows("replicas");
}

/// A program in a terminal of its own.
struct Terminal {
    tmux: PathBuf,
    socket: PathBuf,
}

impl Terminal {
    fn start(desk: &Desk, tmux: PathBuf, line: &[String], runtime: &Path) -> Self {
        let own = Self { tmux, socket: desk.at("tmux") };
        let quoted: Vec<String> = line.iter().map(|word| format!("'{word}'")).collect();
        let mut command = desk.seat(own.command(&["new-session", "-d", "-x", "120", "-y", "30"]));
        command.env("HELIX_RUNTIME", runtime).arg(format!("{} stack.obs", quoted.join(" ")));
        assert!(command.status().expect("tmux starts").success());
        own
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.tmux);
        command.arg("-S").arg(&self.socket).args(arguments).stdin(Stdio::null());
        command
    }

    fn keys(&self, keys: &[&str]) {
        for key in keys {
            assert!(self.command(&["send-keys", key]).status().expect("tmux answers").success(), "{key}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn screen(&self) -> String {
        let output = self.command(&["capture-pane", "-p"]).output().expect("tmux answers");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn shows(&self, what: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.screen().contains(what) {
            assert!(Instant::now() < end, "no `{what}` in\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ = self.command(&["kill-server"]).stderr(Stdio::null()).status();
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder of the source") {
        let path = entry.expect("an entry").path();
        let into = to.join(path.file_name().expect("a name"));
        match path.is_dir() {
            true => copy(&path, &into),
            false => drop(std::fs::copy(&path, into).expect("it can be copied")),
        }
    }
}

#[test]
fn the_parser_is_what_the_grammar_generates() {
    let Some(debian) = Debian::find() else { return };
    let grammar = root().join("editors/tree-sitter-obs");
    let folder = tempfile::tempdir().expect("a folder for the test");
    for file in ["grammar.js", "tree-sitter.json"] {
        std::fs::copy(grammar.join(file), folder.path().join(file)).expect("it can be copied");
    }
    if on_path(&["node"]).is_none() {
        return missing("no `node`, which reads the grammar");
    }
    let mut generate = debian.command("usr/bin/tree-sitter");
    let output = generate.arg("generate").current_dir(folder.path()).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for file in ["parser.c", "grammar.json", "node-types.json"] {
        let read = |folder: &Path| std::fs::read_to_string(folder.join("src").join(file)).expect("it was generated");
        assert!(read(folder.path()) == read(&grammar), "`tree-sitter generate` was not run: {file} differs");
    }
}
