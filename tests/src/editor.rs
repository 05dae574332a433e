//! An editor: starts `obs-lsp` and speaks the protocol with it over pipes.

use crate::programs;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A server that hasn't answered by then never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection with a server of its own.
pub struct Editor {
    child: Child,
    stdin: Option<ChildStdin>,
    inbox: Receiver<(Instant, Value)>,
    /// Messages that came while another one was waited for.
    waiting: Vec<Value>,
    last_id: i64,
    /// When the message that was waited for last came in.
    received: Instant,
    cache: tempfile::TempDir,
}

impl Editor {
    /// A server to which nothing was said yet.
    pub fn connect() -> Self {
        Self::connect_to(Command::new(programs::obs_lsp()))
    }

    /// The same with another command that starts it.
    pub fn connect_to(mut command: Command) -> Self {
        let cache = tempfile::tempdir().expect("a temporary folder");
        command.env("XDG_CACHE_HOME", cache.path()).env("LOCALAPPDATA", cache.path());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the server was built and starts");
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().expect("it is piped");
        let (sender, inbox) = channel();
        std::thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            while let Some(body) = read(&mut stdout) {
                let received = Instant::now();
                let message = serde_json::from_slice(&body).expect("a message is JSON");
                if sender.send((received, message)).is_err() {
                    return;
                }
            }
        });
        Self { child, stdin, inbox, waiting: Vec::new(), last_id: 0, received: Instant::now(), cache }
    }

    /// A server that has been greeted.
    pub fn start(capabilities: Value) -> Self {
        let mut editor = Self::connect();
        editor.greet(capabilities);
        editor
    }

    /// The greeting; gives what the server can do.
    pub fn greet(&mut self, capabilities: Value) -> Value {
        self.greet_with(json!({"processId": null, "rootUri": null, "capabilities": capabilities}))
    }

    /// The greeting with all its parameters.
    pub fn greet_with(&mut self, params: Value) -> Value {
        let answer = self.ask("initialize", params);
        self.tell("initialized", json!({}));
        answer["result"]["capabilities"].clone()
    }

    /// Where the server keeps what it can make again.
    pub fn cache(&self) -> PathBuf {
        self.cache.path().to_path_buf()
    }

    /// Sends bytes as they are.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("it is still open");
        stdin.write_all(bytes).and_then(|()| stdin.flush()).expect("the server reads");
    }

    /// Sends a body with its header.
    pub fn send_body(&mut self, body: &str) {
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    fn send(&mut self, message: Value) {
        self.send_body(&message.to_string());
    }

    /// A notification.
    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// A request; its answer is for [`Editor::answer`].
    pub fn request(&mut self, method: &str, params: Value) -> i64 {
        self.last_id += 1;
        let mut message = json!({"jsonrpc": "2.0", "id": self.last_id, "method": method});
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(message);
        self.last_id
    }

    /// The answer to a request: `{"result": …}` or `{"error": …}`.
    pub fn answer(&mut self, id: i64) -> Value {
        self.wait_for(&format!("the answer to request {id}"), |m| m["method"].is_null() && m["id"] == json!(id))
    }

    /// A request and its answer.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        self.answer(id)
    }

    /// A request and its result.
    pub fn result(&mut self, method: &str, params: Value) -> Value {
        let answer = self.ask(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// The next message that fits; others are kept in order.
    pub fn wait_for(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        match self.wait_until(Instant::now() + PATIENCE, fits) {
            Some(message) => message,
            None => panic!("{what} didn't come; what did: {:#?}", self.waiting),
        }
    }

    /// The next message that fits, if it comes by then.
    pub fn wait_until(&mut self, end: Instant, fits: impl Fn(&Value) -> bool) -> Option<Value> {
        if let Some(at) = self.waiting.iter().position(&fits) {
            return Some(self.waiting.remove(at));
        }
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let (received, message) = self.inbox.recv_timeout(left).ok()?;
            if fits(&message) {
                self.received = received;
                return Some(message);
            }
            self.waiting.push(message);
        }
    }

    /// When the message that was waited for last came in.
    pub fn received(&self) -> Instant {
        self.received
    }

    /// The messages that came and nobody waited for.
    pub fn unasked(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.waiting)
    }

    /// The server's process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Answers a request of the server's.
    pub fn reply(&mut self, request: &Value, result: Value) {
        self.send(json!({"jsonrpc": "2.0", "id": request["id"], "result": result}));
    }

    /// The next diagnostics of a document.
    pub fn diagnostics(&mut self, uri: &str) -> Value {
        let of = |m: &Value| m["method"] == "textDocument/publishDiagnostics" && m["params"]["uri"] == uri;
        self.wait_for(&format!("diagnostics of {uri}"), of)["params"].clone()
    }

    /// The diagnostics of a version of a document; those of older ones are dropped.
    pub fn diagnostics_of(&mut self, uri: &str, version: i64) -> Value {
        loop {
            let found = self.diagnostics(uri);
            if found["version"] == json!(version) {
                return found;
            }
        }
    }

    /// Opens a document.
    pub fn open(&mut self, uri: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": "obs", "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// Replaces the whole text of a document.
    pub fn replace(&mut self, uri: &str, version: i64, text: &str) {
        self.change(uri, version, json!([{"text": text}]));
    }

    /// Changes a document.
    pub fn change(&mut self, uri: &str, version: i64, changes: Value) {
        let document = json!({"uri": uri, "version": version});
        self.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
    }

    /// Closes the server's stdin.
    pub fn hang_up(&mut self) {
        self.stdin = None;
    }

    /// Waits for the server's end.
    pub fn ended(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return status;
            }
            assert!(Instant::now() < end, "the server didn't end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // an ended child has nothing to kill
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The next message; none at the end. Anything that isn't one is a defect.
fn read(stdout: &mut BufReader<ChildStdout>) -> Option<Vec<u8>> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().ok(),
            Some(("Content-Type", _)) => {}
            None if line == "\r\n" => break,
            _ => panic!("the server wrote something that is no message: {line:?}"),
        }
    }
    let mut body = vec![0; length.expect("a message says how long it is")];
    stdout.read_exact(&mut body).ok()?;
    Some(body)
}
