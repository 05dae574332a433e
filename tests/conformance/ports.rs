//! Ports for programs that are told theirs.

use std::net::TcpListener;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};

/// A port that nobody listens on, and that was given to nobody else. Asking the system for any port isn't enough: it may
/// give the same one again, to a program or to a connection, before the one that asked first listens on it.
pub fn free_port() -> u16 {
    // below those that the system gives to connections, and apart from another run's
    const FIRST: u16 = 10_000;
    const RUNS: u16 = 100;
    const EACH: u16 = 200;
    static NEXT: OnceLock<AtomicU16> = OnceLock::new();
    let run = (std::process::id() % u32::from(RUNS)) as u16;
    let next = NEXT.get_or_init(|| AtomicU16::new(FIRST + run * EACH));
    loop {
        let port = next.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
