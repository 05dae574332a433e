//! A recovery, rehearsed with the real database in the order of the emitted runbook: its volume is saved while it runs, lost,
//! brought back, and what was in it is queried; `obs health` says before and after how it is.
//!
//! A volume snapshot is what a disk holds at one moment. No driver of snapshots can be had here: a copy of the folder that is
//! made while the program writes stands for it. The program's own snapshots are tried too.

use crate::ports::free_port;
use crate::programs::{find, scratch};
use obs_compiler::outputs::docs::{Home, Pages, markdown};
use obs_tests::programs::obs;
use obs_tests::stacks::of_text;
use serde_json::Value as Json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

const STACK: &str = "\
import std.{Prometheus, Alertmanager}

namespace obs {
  component prometheus: Prometheus { storage: disk(20Gi), replicas: 1 }
  component alertmanager: Alertmanager { replicas: 1 }
}

prometheus -> prometheus, alertmanager: scrape
prometheus -> alertmanager: alert

backup prometheus { schedule: \"0 2 * * *\", keep: 7 }
";

const PATIENCE: Duration = Duration::from_secs(120);

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // one that has ended already needs no end
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(program: &Path, folder: &Path, port: u16) -> Running {
    let config = format!(
        "global:\n  scrape_interval: 1s\nscrape_configs:\n- job_name: prometheus\n  static_configs:\n  - targets: ['127.0.0.1:{port}']\n"
    );
    std::fs::write(folder.join("prometheus.yml"), config).expect("writable");
    let mut command = Command::new(program);
    command.arg(format!("--config.file={}", folder.join("prometheus.yml").display()));
    command.arg(format!("--storage.tsdb.path={}", folder.join("data").display()));
    command.arg(format!("--web.listen-address=127.0.0.1:{port}")).arg("--web.enable-admin-api");
    Running(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts"))
}

/// The data of an answer of the program's API; `None` where there is none yet.
fn ask(port: u16, method: &str, path: &str) -> Option<Json> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    write!(stream, "{method} {path} HTTP/1.0\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    serde_json::from_str::<Json>(body).ok().map(|told| told["data"].clone())
}

fn until<T>(what: &str, mut there: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = there() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "{what} doesn't come");
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// `obs health` of the stack: its exit code and what it said.
fn health(folder: &Path, at: &[String], wait: &str) -> (Option<i32>, String) {
    let mut command = Command::new(obs());
    command.current_dir(folder).args(["health", "stack.obs", "--wait", wait]);
    at.iter().for_each(|place| {
        command.args(["--at", place]);
    });
    let output = command.output().expect("obs runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// How many seconds before `at` (a Unix time) have samples of the program itself.
fn samples(port: u16, at: u64) -> Option<u64> {
    let path = format!("/api/v1/query?query=count_over_time(up%5B10m%5D)&time={at}");
    ask(port, "GET", &path)?["result"][0]["value"][1].as_str()?.parse().ok()
}

fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp").arg("-R").arg(from).arg(to).status();
    assert!(done.is_ok_and(|s| s.success()), "{} is copied", from.display());
}

#[test]
fn what_is_lost_comes_back_and_is_queried() {
    let (Some(program), Some(alertmanager)) = (find("prometheus"), find("alertmanager")) else { return };
    let (_kept, folder) = scratch();
    std::fs::write(folder.join("stack.obs"), STACK).expect("writable");
    let (port, told) = (free_port(), free_port());
    let places = [format!("prometheus=127.0.0.1:{port}"), format!("alertmanager=127.0.0.1:{told}")];
    let config = "route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n";
    std::fs::write(folder.join("alertmanager.yml"), config).expect("writable");
    let mut command = Command::new(alertmanager);
    command.arg(format!("--config.file={}", folder.join("alertmanager.yml").display()));
    command.arg(format!("--storage.path={}", folder.join("told").display()));
    command.args([format!("--web.listen-address=127.0.0.1:{told}"), "--cluster.listen-address=".to_owned()]);
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _alertmanager = Running(quiet.spawn().expect("it starts"));

    let running = start(&program, &folder, port);
    let (code, table) = health(&folder, &places, "90");
    assert_eq!(code, Some(0), "{table}");
    until("samples", || {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
        samples(port, now).filter(|n| *n >= 5)
    });
    let then = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    let there = samples(port, then).expect("samples");

    // save: the volume as it is, and what the program makes itself
    copy(&folder.join("data"), &folder.join("volume"));
    let snapshot = until("a snapshot", || ask(port, "POST", "/api/v1/admin/tsdb/snapshot"));
    let name = snapshot["name"].as_str().expect("it has a name");
    copy(&folder.join("data/snapshots").join(name), &folder.join("own"));

    // lose
    drop(running);
    std::fs::remove_dir_all(folder.join("data")).expect("it is there");
    let (code, table) = health(&folder, &places, "0");
    assert_eq!(code, Some(1), "{table}");
    assert!(table.lines().any(|l| l.starts_with("prometheus") && l.contains("no answer")), "{table}");
    assert!(table.lines().any(|l| l.starts_with("alertmanager") && l.contains("  ready")), "{table}");

    // restore volumes, start, verify, query: the order of the runbook
    for saved in ["volume", "own"] {
        copy(&folder.join(saved), &folder.join("data"));
        let running = start(&program, &folder, port);
        let (code, table) = health(&folder, &places, "90");
        assert_eq!(code, Some(0), "{saved}: {table}");
        let back = samples(port, then).unwrap_or(0);
        assert!(back + 2 >= there, "{saved}: {back} of {there} samples came back");
        drop(running);
        std::fs::remove_dir_all(folder.join("data")).expect("it is there");
    }
    // without what was saved there is nothing to come back: the query can fail
    let _running = start(&program, &folder, port);
    assert_eq!(health(&folder, &places, "90").0, Some(0));
    assert_eq!(samples(port, then), None);
}

/// The steps in the order in which they were rehearsed.
#[test]
fn the_runbook_restores_before_it_applies_and_verifies_last() {
    let (host, entry) = of_text(STACK);
    let analysis = host.analysis();
    let stacks = analysis.stacks(&entry).expect("no errors");
    let home = Home { program: &entry, root: None };
    let guide = markdown(&stacks, Pages::One, &home, &analysis)
        .into_iter()
        .find(|f| f.path == "README.md")
        .expect("a guide")
        .text;
    let runbook = guide.split_once("### Recovery process").expect("a runbook").1;
    let order = ["Restore volumes (PVCs)", "Apply the configuration (kubectl)", "Verify health checks"];
    let places: Vec<Option<usize>> = order.iter().map(|title| runbook.find(title)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
    assert!(runbook.contains("snapshot-of=data-prometheus-0"), "volumes come back from what the CronJob marks");
    assert!(guide.contains("prometheus-backup") && guide.contains("Recovery point and recovery time"), "{guide}");
}
