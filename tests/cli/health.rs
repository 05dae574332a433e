//! `obs health`: components asked at given addresses, in the forms that programs and people read.

use crate::run::Folder;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const STACK: &str = "\
kind App {
  workload: deployment
  image: \"registry.example.com/app:1.0\"
  port http: 8080 \"API\"
  user: 10001
  ready: http(\"/up\")
  resources: { cpu: 100m, memory: 128Mi }
}

kind Silent extends App { ready: tcp(port: \"http\") }
kind Elsewhere { workload: external }

namespace web {
  component front: App
  component back: Silent
}

component other: Elsewhere
";

/// A page on loopback that answers by how often it was asked; its address, and how often that was.
fn page(status: impl Fn(usize, &str) -> u16 + Send + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it has one").to_string();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = [0; 4096];
            let length = stream.read(&mut head).unwrap_or(0);
            let text = String::from_utf8_lossy(&head[..length]).into_owned();
            let path = text.split(' ').nth(1).unwrap_or_default();
            let status = status(count.fetch_add(1, Ordering::SeqCst), path);
            // who asks may be gone
            let _ = write!(
                stream,
                "HTTP/1.1 {status} .\r\nContent-Length: 0\r\nLocation: /away\r\nConnection: close\r\n\r\n"
            );
        }
    });
    (address, asked)
}

fn folder() -> Folder {
    Folder::with(&[("stack.obs", STACK)])
}

#[test]
fn each_is_asked_as_its_probe_would() {
    let folder = folder();
    let (front, _) = page(|_, path| if path == "/up" { 200 } else { 404 });
    let (back, _) = page(|_, _| 503);
    let at = [format!("front={front}"), format!("back=http://{back}/")];
    let run = folder.run(&["health", "stack.obs", "--at", &at[0], "--at", &at[1]]).exits(0);
    // one has a page, of the other it is enough that something answers
    let cells: Vec<Vec<&str>> = run.stdout.lines().map(|l| l.split_whitespace().collect()).collect();
    assert_eq!(cells[0], ["component", "state", "asked", "answer"]);
    assert_eq!(cells[1], ["front", "ready", &format!("http://{front}/up"), "HTTP", "200"]);
    assert_eq!(cells[2], ["back", "ready", &format!("http://{back}/"), "HTTP", "503"]);
    assert!(run.stderr.contains("2 of 2 instances ready"), "{}", run.stderr);
    folder.write("places.txt", format!("# where they are\n\n{}\n{}\n", at[0], at[1]));
    let run = folder.run(&["health", "stack.obs", "--addresses", "places.txt", "--format", "json"]).exits(0);
    let told: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(told["components"][0]["state"], "ready");
    assert_eq!(told["components"][0]["url"], format!("http://{front}/up"));
}

#[test]
fn one_that_is_not_ready_fails_the_run() {
    let folder = folder();
    let (front, _) = page(|_, _| 503);
    let (back, _) = page(|_, _| 200);
    let back = format!("back={back}");
    let run = folder.run(&["health", "stack.obs", "--at", &format!("front={front}"), "--at", &back]).exits(1);
    assert!(run.stdout.contains("not ready") && run.stdout.contains("HTTP 503"), "{}", run.stdout);
    // nothing listens there
    let free = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port");
    let run = folder.run(&["health", "stack.obs", "--at", &format!("front={free}"), "--at", &back]).exits(1);
    assert!(run.stdout.contains("no answer") && run.stdout.contains("connection refused"), "{}", run.stdout);
    // one of two instances is enough to fail
    let (good, _) = page(|_, _| 302);
    let both = [format!("front={good}"), format!("front={front}")];
    let run = folder.run(&["health", "stack.obs", "--at", &both[0], "--at", &both[1], "--at", &back]).exits(1);
    assert!(run.stdout.contains("HTTP 302") && run.stderr.contains("2 of 3 instances ready"), "{}", run.stdout);
}

#[test]
fn one_without_an_address_is_missed() {
    let folder = folder();
    let (front, _) = page(|_, _| 200);
    let at = format!("front={front}");
    let run = folder.run(&["health", "stack.obs", "--at", &at]).exits(1);
    assert!(run.stdout.contains("back") && run.stdout.contains("no address"), "{}", run.stdout);
    folder.run(&["health", "stack.obs", "--at", &at, "--partial"]).exits(0);
    // nobody asked is nobody ready
    folder.run(&["health", "stack.obs", "--partial"]).exits(1);
}

#[test]
fn it_goes_on_asking_as_long_as_it_is_told() {
    let folder = folder();
    let (front, asked) = page(|count, _| if count < 2 { 503 } else { 200 });
    let at = format!("front={front}");
    folder.run(&["health", "stack.obs", "--at", &at, "--partial", "--wait", "60"]).exits(0);
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[test]
fn what_makes_no_sense_is_told() {
    let folder = folder();
    let health = |at: &str| folder.run(&["health", "stack.obs", "--at", at]).exits(2);
    health("frnt=localhost:1").says("did you mean `front`?");
    health("front").says("write NAME=URL");
    health("other=localhost:1").says("`other` can't be asked: it has no readiness page");
    folder.run(&["health", "stack.obs", "--addresses", "nowhere.txt"]).exits(2).says("nowhere.txt");
    folder.write("ca.pem", "nothing");
    folder.run(&["health", "stack.obs", "--ca", "ca.pem"]).exits(2).says("there is no certificate in `ca.pem`");
}

/// A stack whose pages want certificates: one is asked by a page, one by its port, one by a command within.
const GUARDED: &str = "\
protocol page { transport: http, carries: [], label: \"page\", tls: bool = false, mutual: bool = false }

kind App {
  workload: deployment
  image: \"registry.example.com/app:1.0\"
  port http: 8443 \"API\"
  accepts page on http { tls: true, mutual: true }
  user: 10001
  ready: https(\"/up\")
  resources: { cpu: 100m, memory: 128Mi }
}

kind Silent extends App { ready: tcp(port: \"http\") }
kind Within extends App { ready: exec([\"/bin/ask\"]) }

namespace web {
  component front: App
  component back: Silent
  component inner: Within
}
";

#[test]
fn one_that_only_its_pod_can_ask_is_told_and_missed() {
    let folder = Folder::with(&[("stack.obs", GUARDED)]);
    let run = folder.run(&["health", "stack.obs"]).exits(1);
    let line = run.stdout.lines().find(|l| l.starts_with("inner")).unwrap_or_else(|| panic!("{}", run.stdout));
    assert!(line.contains("can't be asked") && line.contains("a command in its pod"), "{line}");
    assert!(run.stderr.contains("0 of 3 instances ready"), "{}", run.stderr);
    // that an address is known of it changes nothing
    let run = folder.run(&["health", "stack.obs", "--at", "inner=localhost:1", "--format", "json"]).exits(1);
    let told: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(told["components"][2]["state"], "can't be asked");
}

#[test]
fn certificates_are_shown_to_those_who_ask_for_them() {
    let folder = Folder::with(&[("stack.obs", GUARDED)]);
    let Some(server) = TlsServer::start(&folder) else {
        assert!(std::env::var_os("CI").is_none(), "CI has openssl");
        return;
    };
    let at = [format!("front=localhost:{}", server.port), format!("back=localhost:{}", server.port)];
    let ask = |more: &[&str]| {
        let mut all = vec!["health", "stack.obs", "--partial", "--at", &at[0], "--at", &at[1]];
        all.extend(["--timeout", "30"]);
        all.extend(more);
        folder.run(&all)
    };
    // the scheme is the one of the port, whatever the probe is
    let known = ask(&["--cacert", "ca.pem", "--cert", "me.pem", "--key", "me.key"]).exits(0);
    assert_eq!(known.stdout.matches(&format!("https://localhost:{}", server.port)).count(), 2, "{}", known.stdout);
    let stranger = ask(&["--cacert", "ca.pem"]).exits(1);
    assert_eq!(stranger.stdout.matches("no answer").count(), 2, "{}", stranger.stdout);
    ask(&["--cert", "me.pem"]).exits(2).says("--key");
    ask(&["--cert", "me.pem", "--key", "stack.obs"]).exits(2).says("there is no key in `stack.obs`");
}

/// A server that lets in only clients with a certificate of its authority.
struct TlsServer {
    port: u16,
    process: std::process::Child,
}

impl TlsServer {
    /// `None` where there is no openssl.
    fn start(folder: &Folder) -> Option<Self> {
        use std::process::{Command, Stdio};
        let openssl = |line: &str| {
            let mut command = Command::new("openssl");
            command.args(line.split(' ')).current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
            command.stdin(Stdio::piped());
            command
        };
        let made = |line: &str| openssl(line).status().ok().filter(std::process::ExitStatus::success).map(drop);
        let new = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
        folder.write("names.ext", "subjectAltName = DNS:localhost\n");
        made(&format!("req -x509 {new} -keyout ca.key -out ca.pem -subj /CN=authority"))?;
        for name in ["server", "me"] {
            made(&format!("req {new} -keyout {name}.key -out {name}.csr -subj /CN={name}"))?;
            let sign = format!("x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2");
            made(&format!("{sign} -extfile names.ext -out {name}.pem"))?;
        }
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let serve = format!("s_server -accept 127.0.0.1:{port} -cert server.pem -key server.key");
        let process = openssl(&format!("{serve} -CAfile ca.pem -Verify 1 -verify_return_error -www")).spawn().ok()?;
        let server = Self { port, process };
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(server);
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("openssl doesn't listen");
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        // it may be gone
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn passwords_in_addresses_are_not_shown() {
    let folder = folder();
    let (front, _) = page(|_, _| 200);
    let free = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port");
    let at = [format!("front=http://me:hushhush@{front}"), format!("back=me:hushhush@{free}")];
    for form in ["text", "json"] {
        let run = folder.run(&["health", "stack.obs", "--at", &at[0], "--at", &at[1], "--format", form]).exits(1);
        assert!(run.stdout.contains(&format!("http://{front}/up")), "{}", run.stdout);
        assert!(!format!("{}{}", run.stdout, run.stderr).contains("hushhush"), "{}{}", run.stdout, run.stderr);
    }
    for wrong in ["http://me:hushhush@localhost", "http://me:hushhush=@localhost", "me:hushhush=1@localhost"] {
        let run = folder.run(&["health", "stack.obs", "--at", wrong]).exits(2);
        assert!(!run.stderr.contains("hushhush"), "{}", run.stderr);
    }
}
