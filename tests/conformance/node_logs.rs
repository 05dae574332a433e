//! `collect: files`, end to end: an agent with the files and arguments of its DaemonSet reads what a kubelet would have
//! written on its node. A real API server tells it which pods run there; a real store is asked what arrived.

use crate::cluster::Cluster;
use crate::containers::{self, Container, at};
use crate::logql::Store;
use crate::ports::free_port;
use crate::programs::{all_accepted, find, judge, scratch};
use crate::starts::{Running, spawn};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(120);
const NODE: &str = "node-1";

/// A pod with two ports, each of which the API server's client takes for a target.
fn pod(name: &str, node: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{ name: {name}, namespace: shop, labels: {{ app.kubernetes.io/name: web }} }}\n\
         spec:\n  nodeName: {node}\n  automountServiceAccountToken: false\n  containers:\n  - name: main\n    \
         image: example.com/web:1.0\n    ports: [{{ name: http, containerPort: 8080 }}, {{ name: grpc, containerPort: 8081 }}]\n"
    )
}

/// The cluster with a pod on the agent's node and one on another, and their folders of logs by their names.
fn pods(cluster: &Cluster) -> Vec<(&'static str, String)> {
    let mut text = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n---\n\
                    apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: default, namespace: shop }\n"
        .to_owned();
    let names = [("here", NODE), ("elsewhere", "node-2")];
    for (name, node) in names {
        let _ = write!(text, "---\n{}", pod(name, node));
    }
    let file = cluster.folder().join("pods.yaml");
    fs::write(&file, text).expect("a temporary folder is writable");
    judge(cluster.kubectl().args(["apply", "--server-side", "-f"]).arg(file)).expect("the pods are taken");
    let status = r#"{"status":{"phase":"Running","podIP":"192.0.2.1","podIPs":[{"ip":"192.0.2.1"}]}}"#;
    let one = |(name, _): (&'static str, &str)| {
        let mut patch = cluster.kubectl();
        patch.args(["-n", "shop", "patch", "pod", name, "--subresource=status", "--type=merge", "-p", status]);
        judge(&mut patch).expect("a kubelet may say so");
        let uid = ["-n", "shop", "get", "pod", name, "-o", "jsonpath={.metadata.uid}"];
        let uid = judge(cluster.kubectl().args(uid)).expect("it is there").stdout;
        (name, format!("shop_{name}_{}", String::from_utf8_lossy(&uid)))
    };
    names.map(one).to_vec()
}

/// Lines as a container's runtime writes them.
fn append(log: &Path, numbers: std::ops::Range<u32>) {
    fs::create_dir_all(log.parent().expect("a file is in a folder")).expect("a temporary folder is writable");
    let mut file = File::options().create(true).append(true).open(log).expect("and so is a file in it");
    let now = judge(Command::new("date").args(["-u", "+%FT%T.%NZ"])).expect("every machine has a clock").stdout;
    let now = String::from_utf8_lossy(&now);
    for number in numbers {
        writeln!(file, "{} stdout F line {number}", now.trim()).expect("there is room");
    }
}

/// The agent of the stack that reads files.
fn agent() -> Container {
    let reads = |c: &Container| c.files.values().any(|text| text.contains("loki.source.file \"pods\""));
    let all = containers::of("alloy").into_iter();
    let found = all.filter(|(name, _)| name.starts_with("nodes at")).find(|(_, container)| reads(container));
    found.expect("`nodes.obs` has one").1
}

fn start(alloy: &Path, container: &Container, cluster: &Cluster, store: &Store, folder: &Path) -> Running {
    let page = format!("127.0.0.1:{}", free_port());
    let args: Vec<String> = container.unpack(folder).iter().map(|a| a.replace("0.0.0.0:12345", &page)).collect();
    let config = at(folder, "/etc/alloy/config.alloy");
    let text = fs::read_to_string(&config).expect("it was just written");
    let api =
        format!("discovery.kubernetes \"pods\" {{\nkubeconfig_file = {:?}\n", cluster.folder().join("kubeconfig"));
    let text = text.replace("discovery.kubernetes \"pods\" {\n", &api);
    let text = text.replace("http://loki.kept.svc.cluster.local:3100", &store.address());
    fs::write(&config, text).expect("a temporary folder is writable");
    let mut command = Command::new(alloy);
    command.args(args).envs(container.environment(folder)).env("K8S_NODE_NAME", NODE).current_dir(folder);
    spawn(&mut command, &folder.join("log")).unwrap_or_else(|why| panic!("{why}"))
}

/// Labels and lines of all that arrived.
fn arrived(store: &Store) -> Result<Vec<(Json, String)>, String> {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--fail-with-body", "--max-time", "10", "--get", "--data-urlencode"]);
    let answer = judge(
        curl.arg("query={cluster=~\".+\"}")
            .args(["--data-urlencode", "since=1h"])
            .arg(format!("{}/loki/api/v1/query_range", store.address())),
    )?;
    let answer: Json = serde_json::from_slice(&answer.stdout).map_err(|e| e.to_string())?;
    let streams = answer["data"]["result"].as_array().ok_or_else(|| answer.to_string())?;
    let lines = |stream: &Json| -> Vec<(Json, String)> {
        let values = stream["values"].as_array().into_iter().flatten();
        let line = |v: &Json| Some((stream["stream"].clone(), v[1].as_str()?.to_owned()));
        values.filter_map(line).collect()
    };
    Ok(streams.iter().flat_map(lines).collect())
}

/// Waits until so many lines are there.
fn until(count: usize, store: &Store, log: &Path) -> Vec<(Json, String)> {
    let start = Instant::now();
    loop {
        let found = arrived(store);
        if found.as_ref().is_ok_and(|lines| lines.len() >= count) {
            return found.expect("it was just looked at");
        }
        let said = || fs::read_to_string(log).unwrap_or_default();
        assert!(start.elapsed() < PATIENCE, "not {count} lines but {found:?}\n{}", said());
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn lines_in_files_of_a_node_arrive() {
    let (Some(alloy), Some(loki), Some(_)) = (find("alloy"), find("loki"), find("curl")) else { return };
    let Some(cluster) = Cluster::start() else { return };
    let (_kept_store, store_folder) = scratch();
    let store = Store::start(&loki, &store_folder);
    let (_kept, folder) = scratch();
    let log = |below: &str| -> PathBuf { at(&folder, "/var/log/pods").join(below).join("main/0.log") };
    let container = agent();
    let pods = pods(&cluster);
    pods.iter().for_each(|(_, below)| append(&log(below), 0..3));
    let _running = start(&alloy, &container, &cluster, &store, &folder);
    until(3, &store, &folder.join("log"));
    // what is written while it reads
    pods.iter().for_each(|(_, below)| append(&log(below), 3..5));
    let found = until(5, &store, &folder.join("log"));
    let lines: BTreeSet<&str> = found.iter().map(|(_, line)| line.as_str()).collect();
    assert_eq!(lines.into_iter().collect::<Vec<_>>(), ["line 0", "line 1", "line 2", "line 3", "line 4"]);
    assert_eq!(found.len(), 5, "each once, though its pod has two ports: {found:?}");
    for (label, value) in [
        ("namespace", "shop"),
        ("pod", "here"),
        ("container", "main"),
        ("app", "web"),
        ("node", NODE),
        ("stream", "stdout"),
    ] {
        assert!(found.iter().all(|(labels, _)| labels[label] == value), "{label} is {value}: {found:?}");
    }
    assert!(found.iter().all(|(labels, _)| labels.get("filename").is_none()), "{found:?}");
    all_accepted(&alloy, "lines in files of a node, found in Loki", found.len(), &[]);
}
