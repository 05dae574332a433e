//! A stack on one machine, end to end: `obs build --target compose`, and the real programs started with exactly the
//! files, commands and environment of the Compose file. Each service is in a network namespace of its own, under its
//! own name, in a root of its own that holds what the file mounts and no more.
//!
//! All of it happens in namespaces of one child process: with it, processes, mounts and networks are gone.

mod http;
mod machine;
mod project;
mod secured;
mod specification;
mod story;
mod table;

use crate::programs::{find, judge, scratch, skipped};
use crate::readme;
use obs_tests::programs::{obs, root};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// The variable that names the folder of a run, for the process in namespaces.
const FOLDER: &str = "OBS_LAPTOP_FOLDER";

/// Programs of the images, by the image's name. Others can't be had where we test.
const PROGRAMS: [(&str, &str); 6] = [
    ("prometheus", "prometheus"),
    ("mimir", "mimir"),
    ("loki", "loki"),
    ("alertmanager", "alertmanager"),
    ("alloy", "alloy"),
    ("opentelemetry-collector-k8s", "otelcol"),
];

/// What makes namespaces, and what runs in images that have no program of their own.
const TOOLS: [&str; 9] = [
    "/usr/bin/unshare",
    "/usr/bin/nsenter",
    "/usr/bin/setpriv",
    "/usr/bin/env",
    "/usr/bin/hostname",
    "/usr/sbin/chroot",
    "/usr/sbin/ip",
    "/usr/bin/python3",
    "/usr/bin/mount",
];

/// Why it can't be done here.
fn obstacle() -> Option<String> {
    if let Some(tool) = TOOLS.iter().find(|tool| !Path::new(tool).exists()) {
        return Some(format!("there is no {tool}"));
    }
    let inside = "mount -t tmpfs tmpfs /run && ip link add probe type bridge && ip netns add probe";
    let tried = in_namespaces("sh").args(["-ec", inside]).stdin(Stdio::null()).output();
    match tried {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(e) => Some(e.to_string()),
    }
}

/// A command whose processes, mounts and networks are its own, and end with it.
fn in_namespaces(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"]).arg(program);
    command
}

/// A stack of this folder on the machine, and the test that tells what happens there.
struct Told {
    stack: &'static str,
    test: &'static str,
    table: &'static readme::Table,
}

#[test]
fn signals_arrive() {
    tell(&Told { stack: "stack.obs", test: "laptop::story::told", table: &table::OPEN }, |_| ());
}

#[test]
fn signals_arrive_with_certificates_and_tenants() {
    let told = Told { stack: "secured.obs", test: "laptop::secured::told", table: &table::SECURED };
    if find("openssl").is_some() && find("curl").is_some() {
        tell(&told, secured::make_secrets);
    }
}

fn tell(told: &Told, prepare: impl Fn(&Path)) {
    if PROGRAMS.iter().filter(|(_, program)| find(program).is_none()).count() > 0 {
        return skipped("a stack on one machine: not all of its programs are there");
    }
    if let Some(why) = obstacle() {
        return skipped(&format!("a stack on one machine: this machine allows no namespaces: {why}"));
    }
    // two would slow each other down, and the numbers of both are published
    static ONE: Mutex<()> = Mutex::new(());
    let _alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (_kept, folder) = scratch();
    let stack = root().join("tests/conformance/laptop").join(told.stack);
    let mut build = Command::new(obs());
    judge(build.arg("build").arg(stack).args(["--target", "compose", "-o"]).arg(&folder)).expect("it builds");
    prepare(&folder);
    let own = std::env::current_exe().expect("the path of a running program is known");
    let output = in_namespaces(own)
        .args(["--exact", told.test, "--ignored", "--nocapture"])
        .env(FOLDER, &folder)
        .stdin(Stdio::null())
        .output()
        .expect("it started a moment ago");
    let said = crate::programs::text(&output);
    // a name that has changed would run no test at all
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    // seen with `--nocapture`
    eprintln!("{said}");
    for line in said.lines().filter(|line| line.starts_with("skipped: ")) {
        skipped(line.trim_start_matches("skipped: "));
    }
    table::publish(&folder, told.table);
}
