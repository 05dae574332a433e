//! A real API server over a real etcd on loopback, stopped with its owner.

use crate::ports::free_port;
use crate::programs::{find, scratch};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the two may take to be ready; they take three seconds where nothing else runs.
const PATIENCE: Duration = Duration::from_secs(120);

/// A control plane: objects are judged and kept. Controllers run where they are started; no pod ever does.
pub struct Cluster {
    kubectl: PathBuf,
    apiserver: PathBuf,
    folder: PathBuf,
    // stopped in this order: the API server hangs in its own end when etcd is gone
    processes: Mutex<Vec<Child>>,
    _kept: tempfile::TempDir,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let processes = self.processes.get_mut().unwrap_or_else(PoisonError::into_inner);
        for process in processes.iter_mut().rev() {
            // one that has ended already needs no end
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

impl Cluster {
    /// Starts one; `None` where a program is missing.
    pub fn start() -> Option<Self> {
        let (etcd, apiserver, kubectl) = (find("etcd")?, find("kube-apiserver")?, find("kubectl")?);
        // it makes the API server's keys
        let openssl = find("openssl")?;
        let (kept, folder) = scratch();
        let cluster = Self { kubectl, apiserver: apiserver.clone(), folder, processes: Mutex::default(), _kept: kept };
        cluster.keys(&openssl);
        let [store, peers, port] = [(); 3].map(|()| free_port());
        let here = |port: u16| format!("http://127.0.0.1:{port}");
        let mut command = Command::new(etcd);
        command.args(["--unsafe-no-fsync", "--data-dir"]).arg(cluster.folder.join("etcd"));
        command.args(["--listen-client-urls", &here(store), "--advertise-client-urls", &here(store)]);
        command.args(["--listen-peer-urls", &here(peers), "--initial-advertise-peer-urls", &here(peers)]);
        command.args(["--initial-cluster", &format!("default={}", here(peers))]);
        cluster.run("etcd", &mut command);
        let mut command = Command::new(apiserver);
        command.args(["--etcd-servers", &here(store), "--secure-port", &port.to_string()]).args(API_SERVER);
        for (flag, file) in [
            ("--cert-dir", "certs"),
            ("--service-account-key-file", "sa.pub"),
            ("--service-account-signing-key-file", "sa.key"),
            ("--token-auth-file", "tokens.csv"),
        ] {
            command.arg(flag).arg(cluster.folder.join(file));
        }
        cluster.run("apiserver", &mut command);
        cluster.kubeconfig(port);
        cluster.wait();
        Some(cluster)
    }

    /// Starts the controllers; their program, or `None` where it is missing.
    pub fn start_controllers(&self) -> Option<PathBuf> {
        let program = find("kube-controller-manager")?;
        let mut command = Command::new(&program);
        // nodes without machines would be said to be gone, and their pods taken from them
        command.args(["--controllers=*,-node-lifecycle-controller", "--leader-elect=false", "--secure-port=0"]);
        for (flag, file) in [
            ("--kubeconfig", "kubeconfig"),
            ("--service-account-private-key-file", "sa.key"),
            ("--root-ca-file", "certs/apiserver.crt"),
        ] {
            command.arg(flag).arg(self.folder.join(file));
        }
        self.run("controllers", &mut command);
        Some(program)
    }

    /// Keys and a token that live as long as the cluster.
    fn keys(&self, program: &Path) {
        let key = self.folder.join("sa.key");
        let openssl = |args: &[&str], out: &str| {
            let status =
                Command::new(program).args(args).arg("-out").arg(self.folder.join(out)).stderr(Stdio::null()).status();
            assert!(status.is_ok_and(|s| s.success()), "openssl {args:?}");
        };
        openssl(&["genrsa"], "sa.key");
        openssl(&["rsa", "-pubout", "-in", &key.to_string_lossy()], "sa.pub");
        std::fs::write(self.folder.join("tokens.csv"), format!("{TOKEN},admin,admin,system:masters\n"))
            .expect("writable");
    }

    fn kubeconfig(&self, port: u16) {
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: x\n\
             clusters: [{{name: c, cluster: {{server: \"https://127.0.0.1:{port}\", insecure-skip-tls-verify: true}}}}]\n\
             users: [{{name: u, user: {{token: {TOKEN}}}}}]\n\
             contexts: [{{name: x, context: {{cluster: c, user: u}}}}]\n"
        );
        std::fs::write(self.folder.join("kubeconfig"), text).expect("writable");
    }

    fn run(&self, name: &str, command: &mut Command) {
        let log = File::create(self.folder.join(format!("{name}.log"))).expect("writable");
        let both = log.try_clone().expect("a file's handle can be doubled");
        let process = command.stdin(Stdio::null()).stdout(log).stderr(both).spawn();
        let process = process.unwrap_or_else(|e| panic!("{name}: {e}"));
        self.processes.lock().unwrap_or_else(PoisonError::into_inner).push(process);
    }

    fn wait(&self) {
        let start = Instant::now();
        loop {
            let ready = self.kubectl().args(["get", "--raw", "/readyz"]).output();
            if ready.is_ok_and(|o| o.stdout == b"ok") {
                return;
            }
            let log = || std::fs::read_to_string(self.folder.join("apiserver.log")).unwrap_or_default();
            assert!(start.elapsed() < PATIENCE, "the API server isn't ready:\n{}", log());
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// kubectl, talking to this cluster.
    pub fn kubectl(&self) -> Command {
        let mut command = Command::new(&self.kubectl);
        command.env("KUBECONFIG", self.folder.join("kubeconfig")).env("HOME", &self.folder).stdin(Stdio::null());
        command
    }

    /// The program of its API server.
    pub fn server(&self) -> &Path {
        &self.apiserver
    }

    /// The program of its client.
    pub fn client(&self) -> &Path {
        &self.kubectl
    }

    /// A folder that lives as long as the cluster.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Good for this process on loopback only.
const TOKEN: &str = "conformance";

const API_SERVER: [&str; 8] = [
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    "--service-account-issuer=https://kubernetes.default.svc",
    "--authorization-mode=RBAC",
    "--service-cluster-ip-range=10.96.0.0/16",
    "--endpoint-reconciler-type=none",
    "--allow-privileged=true",
    "--v=0",
];
