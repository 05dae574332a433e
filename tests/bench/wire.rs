//! What language servers take for a keystroke and for a question, over their wire, as a Markdown table.
//!
//! A keystroke makes a name wrong, or right again; it counts until the diagnostics say so. Our server's wait for a
//! pause in typing is off: it is a setting, and no work. Those of other servers are part of them.

use crate::workload;
use obs_tests::editor::Editor;
use obs_tests::programs;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Other servers: name, language, program with its arguments, settings that they ask for.
const PEERS: [(&str, &str, &str); 4] = [
    ("nls", "nickel", "nls"),
    ("taplo", "toml", "taplo lsp stdio"),
    ("cue", "cue", "cue lsp"),
    ("jsonnet-ls", "jsonnet", "jsonnet-language-server --eval-diags"),
];

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// What one phase may take; it ends with the samples that it has then.
const BUDGET: Duration = Duration::from_secs(20);
/// Keystrokes that make a name wrong; as many make it right again.
const EDITS: usize = 50;
/// Requests of each sort.
const REQUESTS: usize = 100;

/// A server with a file to open.
struct Case {
    name: String,
    command: Vec<String>,
    options: Value,
    root: PathBuf,
    file: String,
    language: String,
    places: Places,
}

/// Places in the file, as lines and columns.
struct Places {
    /// Where a text makes it wrong.
    edits: Vec<(u64, u64, String)>,
    /// The same, within groups of many components.
    within: Vec<(u64, u64, String)>,
    hover: Vec<(u64, u64)>,
    definition: Vec<(u64, u64)>,
    completion: Vec<(u64, u64)>,
}

/// Milliseconds, and what the process took.
#[derive(Default)]
struct Measured {
    first: f64,
    keystroke: Vec<f64>,
    /// Those in a group.
    within: Vec<f64>,
    /// Milliseconds of processor time.
    cpu: f64,
    hover: Vec<f64>,
    definition: Vec<f64>,
    completion: Vec<f64>,
    /// A completion right behind a keystroke.
    typed: Vec<f64>,
    /// Megabytes once the file is open, and at the end.
    memory: (f64, f64),
}

/// Measures all servers at each size, one after the other. `peers` are folders: workloads at `L<SIZE>/` as
/// `gen_lsp.py` writes them, and programs.
pub fn run(sizes: &[usize], peers: Option<&(PathBuf, PathBuf)>) {
    println!(
        "| server, components | first diagnostics | keystroke | keystroke in a group | CPU a keystroke | hover | \
         definition | completion | completion behind a keystroke | MB open / end |\n|---|---|---|---|---|---|---|---|---|---|"
    );
    let scratch = tempfile::tempdir().expect("the temporary folder can be written");
    for size in sizes {
        let mut cases = vec![own(scratch.path(), *size)];
        cases.extend(peers.into_iter().flat_map(|(inputs, bin)| others(&inputs.join(format!("L{size}")), bin)));
        for case in &cases {
            // a server that dies takes its row with it
            let measured = std::panic::catch_unwind(|| measure(case)).unwrap_or_else(|_| Err("it ended".to_owned()));
            match measured {
                Ok(measured) => println!("| {}, {size} | {} |", case.name, measured.row()),
                Err(why) => println!("| {}, {size} | {why} |", case.name),
            }
        }
    }
}

impl Measured {
    fn row(&self) -> String {
        let times = [&self.keystroke, &self.within, &self.hover, &self.definition, &self.completion, &self.typed];
        let [keystroke, within, hover, definition, completion, typed] = times.map(|t| percentiles(t));
        let keystrokes = (self.keystroke.len() + self.within.len()).max(1) as f64;
        let (cpu, (open, end)) = (self.cpu / keystrokes, self.memory);
        let (first, keys) = (self.first, format!("{keystroke} | {within} | {cpu:.0}"));
        let questions = format!("{hover} | {definition} | {completion} | {typed}");
        format!("{first:.0} | {keys} | {questions} | {open:.0} / {end:.0}")
    }
}

/// The half and the 99th of a hundred, by nearest rank.
fn percentiles(times: &[f64]) -> String {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((share * times.len() as f64).ceil() as usize - 1);
    match times.len() {
        0 => "–".to_owned(),
        n => format!("{:.1} / {:.1} ({n})", at(0.5).unwrap_or(&0.0), at(0.99).unwrap_or(&0.0)),
    }
}

fn own(scratch: &Path, size: usize) -> Case {
    let root = scratch.join(format!("obs-{size}"));
    fs::create_dir_all(&root).expect("the temporary folder can be written");
    let text = workload::program(size);
    fs::write(root.join("main.obs"), &text).expect("the temporary folder can be written");
    Case {
        name: "obs".to_owned(),
        command: vec![programs::obs_lsp().display().to_string()],
        options: json!({"delay": 0}),
        root,
        file: "main.obs".to_owned(),
        language: "obs".to_owned(),
        places: Places::of_flows(&text),
    }
}

fn others(inputs: &Path, bin: &Path) -> Vec<Case> {
    let case = |(name, language, command): (&str, &str, &str)| {
        let places = fs::read_to_string(inputs.join(format!("{language}.positions.json"))).ok()?;
        let places: Value = serde_json::from_str(&places).expect("positions are JSON");
        let mut command: Vec<String> = command.split(' ').map(str::to_owned).collect();
        let program = bin.join(&command[0]);
        command[0] = program.display().to_string();
        program.is_file().then(|| Case {
            name: name.to_owned(),
            command,
            options: Value::Null,
            root: inputs.join(language),
            file: places["file"].as_str().expect("a file").to_owned(),
            language: places["language"].as_str().expect("a language").to_owned(),
            places: Places::read(&places),
        })
    };
    PEERS.into_iter().filter_map(case).collect()
}

impl Places {
    /// The names that flows lead to, in a scattered order that is always the same.
    fn of_flows(text: &str) -> Self {
        let flows = text.lines().enumerate().filter_map(|(line, text)| {
            let (from, rest) = text.split_once(" -> ")?;
            let name = rest.split(':').next()?;
            Some((line as u64, from.len() as u64 + 4, name.len() as u64))
        });
        let flows: Vec<_> = flows.collect();
        let some = (0..REQUESTS).map(|i| flows[(i * 7919 + 13) % flows.len()]);
        let some: Vec<_> = some.collect();
        let heads = text.lines().enumerate().filter_map(|(line, text)| {
            let kind = text.strip_prefix("  component ")?.find(" {")?;
            Some((line as u64, (kind + "  component ".len()) as u64, "x".to_owned()))
        });
        let heads: Vec<_> = heads.collect();
        let third = || some.iter().map(|(line, at, _)| (*line, at + 3)).collect::<Vec<_>>();
        Self {
            edits: some.iter().map(|(line, at, len)| (*line, at + len, "x".to_owned())).collect(),
            within: (0..REQUESTS).map(|i| heads[(i * 7919 + 13) % heads.len()].clone()).collect(),
            hover: third(),
            definition: third(),
            completion: third(),
        }
    }

    /// As `gen_lsp.py` writes them.
    fn read(places: &Value) -> Self {
        let number = |v: &Value| v.as_u64().expect("places are numbers");
        let of = |name: &str| {
            let all = places[name].as_array().into_iter().flatten();
            all.map(|p| (number(&p[0]), number(&p[1]))).collect::<Vec<_>>()
        };
        let edits = places["edits"].as_array().into_iter().flatten();
        let edits =
            edits.map(|e| (number(&e["line"]), number(&e["char"]), e["text"].as_str().unwrap_or("x").to_owned()));
        Self {
            edits: edits.collect(),
            within: Vec::new(),
            hover: of("hover"),
            definition: of("definition"),
            completion: of("completion"),
        }
    }
}

/// An editor with the file open.
struct Session<'a> {
    editor: Editor,
    case: &'a Case,
    uri: String,
    version: i64,
    /// Whether it takes parts of the text.
    parts: bool,
    lines: Vec<String>,
}

fn measure(case: &Case) -> Result<Measured, String> {
    let mut out = Measured::default();
    let begin = Instant::now();
    let mut session = Session::start(case);
    // one that finds nothing wrong may say nothing
    let found = session.published(begin + PATIENCE / 4);
    out.first = found.as_ref().map_or(f64::NAN, |_| millis(begin, session.editor.received()));
    let wrong = session.settle(Duration::from_secs(2)).or(found).unwrap_or(0);
    out.memory.0 = session.taken().0;
    out.keystrokes(&mut session, wrong)?;
    out.questions(&mut session)?;
    out.memory.1 = session.taken().0;
    Ok(out)
}

impl Measured {
    fn keystrokes(&mut self, session: &mut Session<'_>, wrong: usize) -> Result<(), String> {
        let cpu = session.taken().1;
        let places = &session.case.places;
        for (edits, times) in [(&places.edits, &mut self.keystroke), (&places.within, &mut self.within)] {
            type_in(session, wrong, edits, times)?;
        }
        session.settle(Duration::from_millis(500));
        self.cpu = session.taken().1 - cpu;
        Ok(())
    }

    fn questions(&mut self, session: &mut Session<'_>) -> Result<(), String> {
        let places = &session.case.places;
        let kinds = [
            ("hover", &places.hover, &mut self.hover),
            ("definition", &places.definition, &mut self.definition),
            ("completion", &places.completion, &mut self.completion),
        ];
        for (kind, places, times) in kinds {
            let end = Instant::now() + BUDGET;
            for place in places.iter().take(REQUESTS).take_while(|_| Instant::now() < end) {
                times.extend(session.ask(kind, *place)?);
            }
        }
        let end = Instant::now() + BUDGET;
        for ((line, at, text), place) in places.edits.iter().zip(&places.completion).take(EDITS) {
            session.settle(Duration::from_millis(100));
            session.change(*line as usize, *at as usize, text, 0);
            self.typed.extend(session.ask("completion", *place)?);
            session.change(*line as usize, *at as usize, "", text.len());
            if Instant::now() > end {
                break;
            }
        }
        session.settle(Duration::from_millis(500));
        Ok(())
    }
}

/// Makes names wrong and right again, and adds how long it took until that was told.
fn type_in(
    session: &mut Session<'_>,
    wrong: usize,
    edits: &[(u64, u64, String)],
    times: &mut Vec<f64>,
) -> Result<(), String> {
    let end = Instant::now() + BUDGET;
    for (line, at, text) in edits.iter().take(EDITS).take_while(|_| Instant::now() < end) {
        for (add, remove, errs) in [(text.as_str(), 0, true), ("", text.len(), false)] {
            session.settle(Duration::from_millis(100));
            let begin = Instant::now();
            session.change(*line as usize, *at as usize, add, remove);
            loop {
                let found = session.published(begin + PATIENCE).ok_or("no diagnostics after a keystroke")?;
                if (found > wrong) == errs {
                    break;
                }
            }
            times.push(millis(begin, session.editor.received()));
        }
    }
    Ok(())
}

impl<'a> Session<'a> {
    fn start(case: &'a Case) -> Self {
        let mut command = Command::new(&case.command[0]);
        command.args(&case.command[1..]).current_dir(&case.root).stderr(std::process::Stdio::null());
        let mut editor = Editor::connect_to(command);
        let root = format!("file://{}", case.root.canonicalize().expect("it was written").display());
        let uri = format!("{root}/{}", case.file);
        let mut greeting = json!({
            "processId": std::process::id(), "rootUri": root, "rootPath": case.root,
            "workspaceFolders": [{"uri": root, "name": "bench"}],
            "capabilities": {"textDocument": {
                "publishDiagnostics": {"versionSupport": true}, "hover": {"contentFormat": ["markdown"]},
                "completion": {"completionItem": {"snippetSupport": true}},
            }},
        });
        if !case.options.is_null() {
            greeting["initializationOptions"] = case.options.clone();
        }
        let offered = editor.greet_with(greeting);
        let text = fs::read_to_string(case.root.join(&case.file)).expect("it was written");
        let document = json!({"uri": uri, "languageId": case.language, "version": 1, "text": text});
        editor.tell("textDocument/didOpen", json!({"textDocument": document}));
        let sync = &offered["textDocumentSync"];
        let parts = sync["change"].as_u64().or(sync.as_u64()) == Some(2);
        let lines = text.split('\n').map(str::to_owned).collect();
        Self { editor, case, uri, version: 1, parts, lines }
    }

    /// How many findings the next diagnostics of the current text have.
    fn published(&mut self, end: Instant) -> Option<usize> {
        loop {
            let found = self.editor.wait_until(end, |m| m["method"] == "textDocument/publishDiagnostics")?;
            let params = &found["params"];
            let current = params["version"].as_i64().is_none_or(|v| v >= self.version);
            if current && params["uri"].as_str().is_some_and(|uri| uri.replace("%3A", ":") == self.uri) {
                return params["diagnostics"].as_array().map(Vec::len);
            }
        }
    }

    /// Waits until nothing has come for a while; gives what the last diagnostics had.
    fn settle(&mut self, quiet: Duration) -> Option<usize> {
        let mut last = None;
        while let Some(found) = self.published(Instant::now() + quiet) {
            last = Some(found);
        }
        for request in self.editor.unasked().iter().filter(|m| m["method"].is_string() && !m["id"].is_null()) {
            let items = request["params"]["items"].as_array().map_or(0, Vec::len);
            self.editor.reply(request, if items > 0 { json!(vec![Value::Null; items]) } else { Value::Null });
        }
        last
    }

    /// Puts a text where so many bytes are; all of them are ASCII.
    fn change(&mut self, line: usize, at: usize, add: &str, remove: usize) {
        self.lines[line].replace_range(at..at + remove, add);
        self.version += 1;
        let (start, end) = (json!({"line": line, "character": at}), json!({"line": line, "character": at + remove}));
        let change = match self.parts {
            true => json!({"range": {"start": start, "end": end}, "text": add}),
            false => json!({"text": self.lines.join("\n")}),
        };
        let uri = self.uri.clone();
        self.editor.change(&uri, self.version, json!([change]));
    }

    /// How long an answer takes; nothing for a server that has none.
    fn ask(&mut self, kind: &str, (line, character): (u64, u64)) -> Result<Option<f64>, String> {
        let params = json!({"textDocument": {"uri": self.uri}, "position": {"line": line, "character": character}});
        let begin = Instant::now();
        let id = self.editor.request(&format!("textDocument/{kind}"), params);
        let answer = self.editor.wait_until(begin + PATIENCE, |m| m["method"].is_null() && m["id"] == json!(id));
        let answer = answer.ok_or_else(|| format!("no answer to {kind}"))?;
        Ok(answer.get("error").is_none().then(|| millis(begin, self.editor.received())))
    }

    /// Megabytes that the server and its children have, and milliseconds of processor time that they took.
    fn taken(&self) -> (f64, f64) {
        let own = self.editor.process().to_string();
        let (mut pages, mut ticks) = (0.0, 0.0);
        for process in fs::read_dir("/proc").expect("Linux has it").flatten() {
            let Ok(stat) = fs::read_to_string(process.path().join("stat")) else { continue };
            let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
            if process.file_name().to_str() != Some(&own) && fields.get(1) != Some(&own.as_str()) {
                continue;
            }
            let number = |at: usize| fields.get(at).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
            pages += number(21);
            ticks += number(11) + number(12);
        }
        // pages of 4 KiB, ticks of 10 ms: what Linux has on the machines that this is run on
        (pages * 4.0 / 1024.0, ticks * 10.0)
    }
}

fn millis(begin: Instant, end: Instant) -> f64 {
    end.saturating_duration_since(begin).as_secs_f64() * 1e3
}
