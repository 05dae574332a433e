//! What stands between the controller and the API server: it answers for the metrics API itself and hands all else on.
//! One request a connection, so that each can be looked at.

use serde_json::Value as Json;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A list of PodMetrics.
pub type Metrics = Arc<Mutex<Json>>;

/// It ends with the process: threads wait for connections until then.
pub struct Proxy {
    port: u16,
    asked: Arc<AtomicBool>,
}

impl Proxy {
    /// Starts one before the API server that listens on a port without TLS.
    pub fn start(api: u16, metrics: Metrics) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let asked = Arc::new(AtomicBool::new(false));
        let noted = Arc::clone(&asked);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (metrics, noted) = (Arc::clone(&metrics), Arc::clone(&noted));
                // a client that goes away is none of the test's business
                std::thread::spawn(move || drop(serve(client, api, &metrics, &noted)));
            }
        });
        Self { port, asked }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether anyone has asked for metrics.
    pub fn was_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }
}

fn serve(mut client: TcpStream, api: u16, metrics: &Metrics, asked: &AtomicBool) -> std::io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let (mut head, mut path) = (String::new(), String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if head.is_empty() {
            path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        }
        if line == "\r\n" {
            break;
        }
        if !line.to_ascii_lowercase().starts_with("connection:") {
            head.push_str(&line);
        }
    }
    if path.starts_with("/apis/metrics.k8s.io/") {
        let body = metrics.lock().unwrap_or_else(PoisonError::into_inner).to_string();
        asked.store(true, Ordering::SeqCst);
        let length = body.len();
        return write!(
            client,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
    }
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, api))?;
    write!(server, "{head}Connection: close\r\n\r\n")?;
    let mut onward = server.try_clone()?;
    // what the client still sends goes on beside the answer
    std::thread::spawn(move || drop(std::io::copy(&mut reader, &mut onward)));
    std::io::copy(&mut server, &mut client)?;
    client.shutdown(Shutdown::Both)
}

/// A request to a server without TLS, and the JSON that it answers.
pub fn ask(port: u16, method: &str, path: &str, body: Option<&Json>) -> Result<Json, String> {
    let io = |e: std::io::Error| format!("{method} {path}: {e}");
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map_err(io)?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).map_err(io)?;
    let kind = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
    let body = body.map(Json::to_string).unwrap_or_default();
    let length = body.len();
    // 1.0: the answer comes in one piece, and ends with the connection
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .map_err(io)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(io)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| format!("{method} {path}: no answer"))?;
    let good = head.split(' ').nth(1).is_some_and(|status| status.starts_with('2'));
    match good {
        // `/readyz` answers a word
        true => Ok(serde_json::from_str(body).unwrap_or(Json::Null)),
        false => Err(format!("{method} {path}: {head}\n{body}")),
    }
}
