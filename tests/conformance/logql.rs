//! Queries of dashboards in LogQL, parsed by the store that answers them: nothing else knows the language.

use crate::grafana::queries;
use crate::ports::free_port;
use crate::programs::{all_accepted, find, judge, scratch};
use crate::starts::{Running, spawn};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// How long the store may take to answer; it takes a second where nothing else runs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A store with nothing in it, on loopback.
fn config(folder: &Path, http: u16, grpc: u16) -> String {
    let folder = folder.display();
    format!(
        "auth_enabled: false\n\
         server: {{ http_listen_address: 127.0.0.1, http_listen_port: {http}, grpc_listen_address: 127.0.0.1, grpc_listen_port: {grpc} }}\n\
         common: {{ path_prefix: {folder}, replication_factor: 1, instance_addr: 127.0.0.1, ring: {{ kvstore: {{ store: inmemory }} }} }}\n\
         schema_config: {{ configs: [{{ from: '2024-04-01', store: tsdb, object_store: filesystem, schema: v13, index: {{ prefix: index_, period: 24h }} }}] }}\n\
         storage_config: {{ filesystem: {{ directory: {folder}/chunks }} }}\n\
         analytics: {{ reporting_enabled: false }}\n"
    )
}

/// A store of logs that runs.
pub struct Store {
    port: u16,
    _running: Running,
}

impl Store {
    /// Starts it, and waits until it answers.
    pub fn start(program: &Path, folder: &Path) -> Self {
        let port = free_port();
        let file = folder.join("config.yaml");
        std::fs::write(&file, config(folder, port, free_port())).expect("a temporary folder is writable");
        let log = folder.join("log");
        let mut command = Command::new(program);
        let running = spawn(command.arg("-config.file").arg(file), &log).unwrap_or_else(|why| panic!("{why}"));
        let store = Self { port, _running: running };
        let start = Instant::now();
        while let Err(why) = store.parse("{a=\"b\"}") {
            let said = || std::fs::read_to_string(&log).unwrap_or_default();
            assert!(start.elapsed() < PATIENCE, "it doesn't answer: {why}\n{}", said());
            std::thread::sleep(Duration::from_millis(200));
        }
        store
    }

    /// Where it is.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asks for the query in the language's own form, which needs it parsed.
    fn parse(&self, query: &str) -> Result<(), String> {
        let page = format!("{}/loki/api/v1/format_query", self.address());
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--fail-with-body", "--max-time", "10", "--get", "--data-urlencode"]);
        let answer = judge(curl.arg(format!("query={query}")).arg(page))?;
        match String::from_utf8_lossy(&answer.stdout).contains("\"status\":\"success\"") {
            true => Ok(()),
            false => Err(format!("{query}: {}", String::from_utf8_lossy(&answer.stdout))),
        }
    }
}

#[test]
fn loki_parses_the_queries_of_dashboards() {
    let queries = queries("loki");
    assert!(queries.len() > 3, "only {queries:?}");
    let (Some(program), Some(_)) = (find("loki"), find("curl")) else { return };
    let (_kept, folder) = scratch();
    let store = Store::start(&program, &folder);
    let refused: Vec<String> = queries.iter().filter_map(|query| store.parse(query).err()).collect();
    all_accepted(&program, "queries of dashboards", queries.len(), &refused);
    for wrong in ["{a=\"b\"", "{a=\"b\"} |", "rate({a=\"b\"})", "sum by (a) ({a=\"b\"})"] {
        assert!(store.parse(wrong).is_err(), "a judge that takes everything proves nothing: {wrong}");
    }
}
