//! Programs started with the files and arguments of their containers, until they say that they are ready. Only what
//! ties them to a cluster is changed: addresses, ports, and the folders that are mounted.

use crate::containers;
use crate::programs::{all_accepted, find, scratch, skipped};
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a program may take; the slowest waits 15 s of its own.
const PATIENCE: Duration = Duration::from_secs(120);

/// Killed with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // one that has ended already needs no end
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    listener.local_addr().expect("a bound socket has an address").port()
}

/// Whether GET answers 200.
fn answers(port: u16, path: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let request = format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n");
    let mut head = [0; 12];
    let read = stream.write_all(request.as_bytes()).and_then(|()| stream.read_exact(&mut head));
    read.is_ok() && head.ends_with(b" 200")
}

/// Starts a program and waits until a page answers; its log where it ends or takes too long.
fn ready(command: &mut Command, log: &Path, port: u16, page: &str) -> Result<(), String> {
    let file = File::create(log).expect("a temporary folder is writable");
    let both = file.try_clone().expect("a file's handle can be doubled");
    let child =
        command.stdin(Stdio::null()).stdout(file).stderr(both).spawn().map_err(|e| format!("{command:?}: {e}"))?;
    let mut running = Running(child);
    let start = Instant::now();
    while !answers(port, page) {
        let ended = running.0.try_wait().map_err(|e| e.to_string())?.is_some();
        if ended || start.elapsed() > PATIENCE {
            let log = std::fs::read_to_string(log).unwrap_or_default();
            let tail: Vec<&str> = log.lines().rev().take(10).collect();
            return Err(format!("{command:?} isn't ready:\n{}", tail.join("\n")));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// Starts each distinct container of a product that needs nothing outside of itself.
fn each(product: &str, program: &str, page: &str, flags: impl Fn(u16) -> Vec<String>) {
    let Some(program) = find(program) else { return };
    let (mut refused, mut left) = (Vec::new(), Vec::new());
    let mut started = 0;
    for (name, container) in containers::of(product) {
        let needs_others = ["s3:", "memberlist", "--cluster.peer"]
            .iter()
            .any(|needed| container.files.values().chain(&container.args).any(|text| text.contains(needed)));
        if needs_others {
            left.push(name);
            continue;
        }
        let (_kept, folder) = scratch();
        let port = free_port();
        started += 1;
        let mut command = Command::new(&program);
        command.args(container.unpack(&folder)).args(flags(port)).current_dir(&folder);
        refused.extend(ready(&mut command, &folder.join("log"), port, page).err().map(|why| format!("{name}: {why}")));
    }
    if !left.is_empty() {
        skipped(&format!("starting {product} of {}: a bucket or peers would be needed", left.join(", ")));
    }
    all_accepted(&program, "starts and is ready", started, &refused);
}

/// Servers of one family: listeners and ring members on loopback.
fn ring_flags(port: u16, rings: &[&str]) -> Vec<String> {
    let mut out = vec![
        "-server.http-listen-address=127.0.0.1".to_owned(),
        format!("-server.http-listen-port={port}"),
        "-server.grpc-listen-address=127.0.0.1".to_owned(),
        format!("-server.grpc-listen-port={}", free_port()),
    ];
    out.extend(rings.iter().map(|ring| format!("-{ring}.instance-addr=127.0.0.1")));
    out
}

#[test]
fn mimir_starts() {
    let rings = ["ingester.ring", "distributor.ring", "store-gateway.sharding-ring", "compactor.ring", "ruler.ring"];
    each("mimir", "mimir", "/ready", |port| ring_flags(port, &rings));
}

#[test]
fn loki_starts() {
    each("loki", "loki", "/ready", |port| ring_flags(port, &["common.storage.ring"]));
}

#[test]
fn alertmanager_starts() {
    each("alertmanager", "alertmanager", "/-/ready", |port| vec![format!("--web.listen-address=127.0.0.1:{port}")]);
}
