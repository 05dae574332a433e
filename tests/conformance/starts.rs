//! Programs started with the files, arguments and environment of their containers, until they say that they are ready.
//! Only what ties them to a cluster is changed: addresses, ports, the folders that are mounted, and where the Kubernetes
//! API is. Where a bucket is asked for there is one, empty.

use crate::configs::old_collector;
use crate::containers::{self, Container, at};
use crate::ports::free_port;
use crate::programs::{all_accepted, find, judge, scratch, skipped};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a program may take; the slowest waits 15 s of its own.
const PATIENCE: Duration = Duration::from_secs(120);

/// Killed with its owner.
pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // one that has ended already needs no end
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A container unpacked on this machine.
struct Start<'a> {
    container: &'a Container,
    folder: PathBuf,
    args: Vec<String>,
    /// Where its page is.
    port: u16,
    /// An object store, where it needs one.
    store: Option<u16>,
}

impl Start<'_> {
    fn add(&mut self, args: impl IntoIterator<Item = String>) {
        self.args.extend(args);
    }

    /// Replaces parts of one of its files.
    fn edit(&self, path: &str, parts: &[(&str, String)]) {
        let path = at(&self.folder, path);
        let text = std::fs::read_to_string(&path).expect("it was just written");
        let text = parts.iter().fold(text, |text, (from, to)| text.replace(from, to));
        std::fs::write(path, text).expect("a temporary folder is writable");
    }

    /// A file that says how to reach the Kubernetes API: at a place where nobody listens.
    fn kubeconfig(&self) -> PathBuf {
        let path = self.folder.join("kubeconfig");
        let text = "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
                    clusters: [{ name: c, cluster: { server: 'http://127.0.0.1:9' } }]\n\
                    contexts: [{ name: c, context: { cluster: c, user: u } }]\nusers: [{ name: u, user: {} }]\n";
        std::fs::write(&path, text).expect("a temporary folder is writable");
        path
    }

    fn says(&self, word: &str) -> bool {
        self.container.files.values().chain(&self.container.args).any(|text| text.contains(word))
    }

    /// Whether it is ready: by its own probe, where that runs something; else by a page that answers 200.
    fn answers(&self, page: &str, tls: bool) -> bool {
        if let Some((program, args)) = self.container.probe_below(&self.folder) {
            let Some(program) = find(program) else { return false };
            let here = |arg: &String| match arg.split_once("://localhost:") {
                Some((before, _)) => format!("{before}://localhost:{}", self.port),
                None => arg.clone(),
            };
            return judge(Command::new(program).args(args.iter().map(here))).is_ok();
        }
        self.page(page, tls).is_some()
    }

    /// A page, where it answers 200. A server's own certificate is the authority of all here.
    fn page(&self, page: &str, tls: bool) -> Option<String> {
        let server = |name: &str| at(&self.folder, "/etc/secrets/server").join(name);
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--fail", "--insecure", "--max-time", "5"]);
        if tls {
            curl.arg("--cert").arg(server("tls.crt")).arg("--key").arg(server("tls.key"));
        }
        let scheme = if tls { "https" } else { "http" };
        let output = judge(curl.arg(format!("{scheme}://127.0.0.1:{}{page}", self.port))).ok()?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn run(&self, program: &Path) -> Result<Running, String> {
        let mut command = Command::new(program);
        command.args(&self.args).envs(self.container.environment(&self.folder)).env("KUBECONFIG", self.kubeconfig());
        spawn(command.current_dir(&self.folder), &self.folder.join("log"))
    }

    /// Waits until something holds; the end of its log where it ends before that or takes too long.
    fn wait(&self, running: &mut Running, holds: impl Fn() -> bool) -> Result<(), String> {
        let start = Instant::now();
        while !holds() {
            let ended = running.0.try_wait().map_err(|e| e.to_string())?.is_some();
            if ended || start.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                let lines: Vec<&str> = log.lines().collect();
                let tail = &lines[lines.len().saturating_sub(30)..];
                return Err(format!("with {:?} it isn't ready:\n{}", self.args, tail.join("\n")));
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    /// Starts the program and waits until it is ready.
    fn ready(&self, program: &Path, page: &str, tls: bool) -> Result<(), String> {
        let mut running = self.run(program)?;
        self.wait(&mut running, || self.answers(page, tls))
    }
}

/// Starts a program that writes both streams to a file.
pub fn spawn(command: &mut Command, log: &Path) -> Result<Running, String> {
    let file = File::create(log).expect("a temporary folder is writable");
    let both = file.try_clone().expect("a file's handle can be doubled");
    let command = command.stdin(Stdio::null()).stdout(file).stderr(both);
    command.spawn().map(Running).map_err(|e| format!("{command:?}: {e}"))
}

/// An object store that makes buckets when they are first asked for, and keeps them in memory.
fn object_store(log: &Path) -> Option<(Running, u16)> {
    let program = find("gofakes3")?;
    let port = free_port();
    let mut command = Command::new(program);
    command.args(["-backend", "memory", "-autobucket", "-host", &format!("127.0.0.1:{port}")]);
    Some((spawn(&mut command, log).unwrap_or_else(|why| panic!("{why}")), port))
}

/// Where a product says that it is ready.
struct Page {
    path: &'static str,
    /// It speaks TLS where the container has a certificate of its own.
    tls: bool,
}

/// How many programs run at once: most of the time they wait.
const AT_ONCE: usize = 4;

/// Starts each distinct container of a product, save those that a program of another version is for.
fn each(product: &str, program: &str, page: &Page, prepare: impl Fn(&mut Start<'_>) + Sync) {
    let (Some(program), Some(_)) = (find(program), find("curl")) else { return };
    let containers: Vec<_> =
        containers::to_start(product).into_iter().filter(|(_, c)| old_collector(c).is_none()).collect();
    let (_kept, store_folder) = scratch();
    let asks_for_bucket = containers.iter().any(|(_, c)| c.files.values().any(|text| text.contains("s3:")));
    let store = if asks_for_bucket { object_store(&store_folder.join("log")) } else { None };
    let bucket = store.as_ref().map(|(_, port)| *port);
    let one = |(name, container): &(String, Container)| {
        let (_kept, folder) = scratch();
        let args = container.unpack(&folder);
        let mut start = Start { container, folder, args, port: free_port(), store: bucket };
        let tls = container.serves_tls() && page.tls;
        if start.says("s3:") && bucket.is_none() {
            skipped(&format!("starting {product} of {name}: a bucket would be needed"));
            return None;
        }
        prepare(&mut start);
        Some(start.ready(&program, page.path, tls).map_err(|why| format!("{name}: {why}")))
    };
    let together = |some: &[(String, Container)]| -> Vec<Option<Result<(), String>>> {
        std::thread::scope(|scope| {
            let threads: Vec<_> = some.iter().map(|c| scope.spawn(|| one(c))).collect();
            threads.into_iter().map(|t| t.join().expect("a thread that panics has said why")).collect()
        })
    };
    let verdicts: Vec<_> = containers.chunks(AT_ONCE).flat_map(together).flatten().collect();
    let refused: Vec<String> = verdicts.iter().filter_map(|v| v.clone().err()).collect();
    all_accepted(&program, "starts and is ready", verdicts.len(), &refused);
}

/// Servers of one family: listeners, ring members and gossip on loopback, and the bucket where there is one.
fn ring(start: &mut Start<'_>, rings: &[&str], bucket: &str) {
    let (port, gossip) = (start.port, free_port());
    start.add([
        "-server.http-listen-address=127.0.0.1".to_owned(),
        format!("-server.http-listen-port={port}"),
        "-server.grpc-listen-address=127.0.0.1".to_owned(),
        format!("-server.grpc-listen-port={}", free_port()),
        "-memberlist.advertise-addr=127.0.0.1".to_owned(),
        format!("-memberlist.bind-port={gossip}"),
        format!("-memberlist.advertise-port={gossip}"),
    ]);
    start.add(rings.iter().map(|ring| format!("-{ring}.instance-addr=127.0.0.1")));
    if let Some(store) = start.store {
        start.add([format!("-{bucket}.s3.endpoint=127.0.0.1:{store}"), format!("-{bucket}.s3.insecure=true")]);
    }
}

const MIMIR_RINGS: [&str; 8] = [
    "ingester.ring",
    "distributor.ring",
    "store-gateway.sharding-ring",
    "compactor.ring",
    "ruler.ring",
    "querier.ring",
    "query-scheduler.ring",
    "query-frontend",
];
const LOKI_RINGS: [&str; 1] = ["common.storage.ring"];

#[test]
fn mimir_starts() {
    each("mimir", "mimir", &Page { path: "/ready", tls: true }, |start| ring(start, &MIMIR_RINGS, "common.storage"));
}

#[test]
fn loki_starts() {
    each("loki", "loki", &Page { path: "/ready", tls: true }, |start| ring(start, &LOKI_RINGS, "object-store"));
}

/// Three instances see each other, in the clear and with certificates.
#[test]
fn instances_find_each_other() {
    for (product, rings, bucket) in
        [("mimir", &MIMIR_RINGS[..], "common.storage"), ("loki", &LOKI_RINGS, "object-store")]
    {
        let (Some(program), Some(_), Some(_)) = (find(product), find("curl"), find("gofakes3")) else { continue };
        let (_kept, store_folder) = scratch();
        let store = object_store(&store_folder.join("log")).map(|(running, port)| (running, Some(port)));
        let Some((_store, bucket_port)) = store else { continue };
        let of_three = containers::of(product)
            .into_iter()
            .filter(|(n, _)| n.starts_with("secured") || n.starts_with("replicated"));
        let of_three: Vec<_> = of_three.collect();
        let verdicts = of_three.iter().map(|(name, container)| {
            three(container, &program, bucket_port, &|start| ring(start, rings, bucket))
                .map_err(|why| format!("{name}: {why}"))
        });
        let refused: Vec<String> = verdicts.filter_map(Result::err).collect();
        all_accepted(&program, "three instances see each other", of_three.len(), &refused);
    }
}

/// Starts three instances of a container, and waits until each counts three.
fn three(
    container: &Container,
    program: &Path,
    store: Option<u16>,
    prepare: &dyn Fn(&mut Start<'_>),
) -> Result<(), String> {
    let tls = container.serves_tls();
    let (mut all, mut first) = (Vec::new(), None);
    for _ in 0..3 {
        let (kept, folder) = scratch();
        let args = container.unpack(&folder);
        let mut start = Start { container, folder, args, port: free_port(), store };
        prepare(&mut start);
        // the first is where the others come in
        let port = |arg: &String| arg.strip_prefix("-memberlist.bind-port=").map(str::to_owned);
        first = first.or_else(|| start.args.iter().find_map(port));
        start.add(first.iter().map(|port| format!("-memberlist.join=127.0.0.1:{port}")));
        let running = start.run(program)?;
        all.push((kept, start, running));
    }
    for (_, start, running) in &mut all {
        let count = || start.page("/metrics", tls)?.lines().find_map(members);
        start.wait(running, || count() == Some(3))?;
    }
    Ok(())
}

/// How many members an instance counts, from a line of its metrics.
fn members(line: &str) -> Option<u32> {
    let (name, count) = line.rsplit_once(' ')?;
    if name.ends_with("memberlist_client_cluster_members_count") { count.parse().ok() } else { None }
}

#[test]
fn alertmanager_starts() {
    each("alertmanager", "alertmanager", &Page { path: "/-/ready", tls: true }, |start| {
        let gossip = format!("127.0.0.1:{}", free_port());
        start.args.iter_mut().for_each(|arg| *arg = arg.replace("0.0.0.0:9094", &gossip));
        start.add([format!("--web.listen-address=127.0.0.1:{}", start.port)]);
    });
}

#[test]
fn prometheus_starts() {
    each("prometheus", "prometheus", &Page { path: "/-/ready", tls: true }, |start| {
        start.add([format!("--web.listen-address=127.0.0.1:{}", start.port)]);
    });
}

#[test]
fn the_collector_starts() {
    each("otel-collector", "otelcol", &Page { path: "/", tls: false }, |start| {
        let ports = [4317, 4318].map(|port| (format!(":{port}\n"), format!(":{}\n", free_port())));
        let mut parts: Vec<(&str, String)> = ports.iter().map(|(from, to)| (from.as_str(), to.clone())).collect();
        parts.push((":13133", format!(":{}", start.port)));
        parts.push(("port: 8888", format!("port: {}", free_port())));
        // where the API is
        parts.push((
            "  k8s_attributes:\n    extract",
            "  k8s_attributes:\n    auth_type: kubeConfig\n    extract".to_owned(),
        ));
        start.edit("/etc/otelcol/config.yaml", &parts);
    });
}

#[test]
fn alloy_starts() {
    each("alloy", "alloy", &Page { path: "/-/ready", tls: true }, |start| {
        let api = format!("kubeconfig_file = {:?}\n", start.kubeconfig());
        start.edit(
            "/etc/alloy/config.alloy",
            &[
                ("0.0.0.0:4317", format!("127.0.0.1:{}", free_port())),
                ("0.0.0.0:4318", format!("127.0.0.1:{}", free_port())),
                ("discovery.kubernetes \"pods\" {\n", format!("discovery.kubernetes \"pods\" {{\n{api}")),
                (
                    "loki.source.kubernetes \"pods\" {\n",
                    format!("loki.source.kubernetes \"pods\" {{\nclient {{\n{api}}}\n"),
                ),
                (
                    "otelcol.processor.k8sattributes \"default\" {\n",
                    "otelcol.processor.k8sattributes \"default\" {\nauth_type = \"kubeConfig\"\n".to_owned(),
                ),
            ],
        );
        let page = format!("127.0.0.1:{}", start.port);
        start.args.iter_mut().for_each(|arg| *arg = arg.replace("0.0.0.0:12345", &page));
    });
}
