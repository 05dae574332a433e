//! GET, for pages of services: as much of HTTP as answers of a known server need.

use serde_json::Value as Json;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(10);

/// The body of a page that answers 200; why there is none otherwise.
pub fn get(address: Ipv4Addr, port: u16, path: &str) -> Result<String, String> {
    let io = |e: std::io::Error| format!("{address}:{port}{path}: {e}");
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from((address, port)), PATIENCE).map_err(io)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(io)?;
    // 1.0: the answer comes in one piece, and ends with the connection
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\nAccept: application/json, text/plain\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(io)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(io)?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| format!("{address}:{port}{path}: no answer"))?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    if status == "200" { Ok(body.to_owned()) } else { Err(format!("{address}:{port}{path}: {status} {body}")) }
}

/// The same as JSON.
pub fn json(address: Ipv4Addr, port: u16, path: &str) -> Result<Json, String> {
    let text = get(address, port, path)?;
    serde_json::from_str(&text).map_err(|e| format!("{address}:{port}{path}: {e}: {text}"))
}

/// Text as a value in a URL's query.
pub fn escape(text: &str) -> String {
    let one = |b: u8| match b {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-' => char::from(b).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(one).collect()
}

/// The value of the first sample of a series on a page of metrics; of several with these beginnings, their sum.
pub fn sample(page: &str, name: &str) -> f64 {
    let of_name = |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{']));
    page.lines().filter(of_name).filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}
