//! `obs simulate` held against the real controller: the HorizontalPodAutoscaler that is emitted, a real API server and
//! kube-controller-manager, pods that the test makes as a ReplicaSet would, and a metrics API that gives them the same load.

mod cluster;
mod proxy;

use crate::cluster::Cluster;
use crate::ports::free_port;
use crate::programs::{find, judge};
use crate::report;
use cluster::{Seen, Watched};
use obs_compiler::outputs::kubernetes::Object;
use obs_compiler::simulate::{Curve, Settings, Spec, run};
use obs_tests::stacks::{objects, of_text};
use proxy::Proxy;
use serde_json::json;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Rules as a user writes them, with periods of seconds instead of minutes.
const PROGRAM: &str = r#"
cluster c { kubernetes: 1.35 }
kind Worker {
  image: "registry.example.com/worker:1.0"
  port http: 80
  accepts http on http
  resources: { cpu: 100m, memory: 100Mi }
}
namespace work { component worker: Worker }
autoscale worker {
  replicas: 2..10
  up: { when: cpu > 70% or memory > 80%, by: 100% }
  down: { when: cpu < 35% and memory < 40%, for: 8s, by: 50% }
}
patch HorizontalPodAutoscaler/worker in work {
  spec: {
    behavior: {
      scaleUp: { policies: [{ type: "Percent", value: 100, periodSeconds: 4 }] }
      scaleDown: { policies: [{ type: "Percent", value: 50, periodSeconds: 6 }] }
    }
  }
}
"#;

/// It doubles, waits for pods that start, meets its upper bound, is held by pods without metrics, and halves.
const CURVE: &str = "\
time,cpu,memory_each,missing
0s,0.1,30Mi,0
6s,0.5,30Mi,0
25s,0.9,30Mi,0
40s,0.05,30Mi,3
58s,0.05,30Mi,0
82s,0.05,30Mi,0
";

/// How long a pod takes to be ready, and over how long its CPU is measured.
const STARTUP: Duration = Duration::from_secs(3);
const WINDOW: Duration = Duration::from_secs(2);
/// How far the two may be apart in time: the controller looks once a second and hears of pods by and by.
const APART: f64 = 3.0;

/// Stopped with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // one that has ended already needs no end
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The autoscaler and what it scales, as emitted.
fn emitted() -> Vec<Object> {
    let (host, entry) = of_text(PROGRAM);
    let stacks = host.analysis().stacks(&entry).expect("the program has no errors");
    objects(&stacks[0])
}

fn of_kind<'o>(all: &'o [Object], kind: &str) -> &'o Object {
    all.iter().find(|o| o.kind() == kind).unwrap_or_else(|| panic!("a {kind} is emitted"))
}

#[test]
fn a_simulation_is_what_the_controller_does() {
    let Some(manager) = find("kube-controller-manager") else { return };
    let Some(cluster) = Cluster::start() else { return };
    let all = emitted();
    let curve = Curve::read(CURVE).expect("a curve");
    let file = cluster.folder().join("autoscaled.json");
    let items: Vec<_> = all.iter().map(|o| o.json.clone()).collect();
    std::fs::write(&file, json!({ "apiVersion": "v1", "kind": "List", "items": items }).to_string()).expect("writable");
    let namespaces = cluster.folder().join("namespace.json");
    std::fs::write(&namespaces, of_kind(&all, "Namespace").json.to_string()).expect("writable");
    for path in [&namespaces, &file] {
        judge(cluster.kubectl().args(["apply", "--server-side", "-f"]).arg(path)).expect("the API server takes it");
    }
    let (api, _behind) = plain(&cluster);
    let watched = Watched::new(api, &of_kind(&all, "Deployment").json, STARTUP, WINDOW);
    watched.follow(0.0, curve.at(0));
    let proxy = Proxy::start(api, watched.metrics());
    let _controller = controller(&cluster, &manager, proxy.port());
    let seen = watch(&watched, &curve, &proxy);

    let spec = Spec::read(&of_kind(&all, "HorizontalPodAutoscaler").json, &of_kind(&all, "Deployment").json)
        .expect("can be simulated");
    let millis = |d: Duration| i64::try_from(d.as_millis()).expect("seconds");
    // a little more than a second, as its looks are: a period of whole seconds never ends just at one
    let settings =
        Settings { replicas: 2, sync: 1020, startup: millis(STARTUP), window: millis(WINDOW), ..Settings::default() };
    let mut foretold: Vec<Seen> = vec![Seen { time: 0.0, replicas: 2 }];
    for step in run(&spec, &curve, &settings).iter().filter(|s| s.desired != s.replicas) {
        foretold.push(Seen { time: step.time as f64 / 1000.0, replicas: step.desired });
    }
    let counts = |all: &[Seen]| all.iter().map(|s| s.replicas).collect::<Vec<_>>();
    assert_eq!(counts(&seen), counts(&foretold), "seen {seen:?}\nforetold {foretold:?}");
    for (seen, foretold) in seen.iter().zip(&foretold) {
        assert!((seen.time - foretold.time).abs() <= APART, "seen {seen:?}, foretold {foretold:?}");
    }
    // four on the way down: memory asked for that while there were ten, within the window
    assert_eq!(counts(&seen), [2, 4, 8, 10, 5, 4, 2], "the curve makes it do all that it can");
    report::checked(&manager, "replicas over a load curve, as simulated", 1, 0);
}

/// The API server without TLS and logins, for the test's own ends: `kubectl proxy`.
fn plain(cluster: &Cluster) -> (u16, Running) {
    let port = free_port();
    let mut command = cluster.kubectl();
    command.args(["proxy", "--disable-filter=true", "--port", &port.to_string()]);
    let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("kubectl runs");
    let process = Running(process);
    let start = Instant::now();
    while proxy::ask(port, "GET", "/readyz", None).is_err() {
        assert!(start.elapsed() < Duration::from_secs(30), "kubectl proxy answers");
        std::thread::sleep(Duration::from_millis(100));
    }
    (port, process)
}

fn controller(cluster: &Cluster, manager: &std::path::Path, port: u16) -> Running {
    let config = cluster.folder().join("controller.yaml");
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: x\n\
         clusters: [{{name: c, cluster: {{server: \"http://127.0.0.1:{port}\"}}}}]\n\
         users: [{{name: u, user: {{}}}}]\ncontexts: [{{name: x, context: {{cluster: c, user: u}}}}]\n"
    );
    std::fs::write(&config, text).expect("writable");
    let log = std::fs::File::create(cluster.folder().join("controller.log")).expect("writable");
    let mut command = Command::new(manager);
    command.arg("--kubeconfig").arg(&config).args([
        "--controllers=horizontal-pod-autoscaler-controller",
        "--leader-elect=false",
        "--use-service-account-credentials=false",
        "--bind-address=127.0.0.1",
        "--horizontal-pod-autoscaler-sync-period=1s",
        "--v=2",
    ]);
    command.arg("--secure-port").arg(free_port().to_string());
    command.arg("--cert-dir").arg(cluster.folder().join("controller-certs"));
    let both = log.try_clone().expect("a file's handle can be doubled");
    Running(command.stdin(Stdio::null()).stdout(log).stderr(both).spawn().expect("it runs"))
}

/// Plays the curve, and notes when the number changes.
fn watch(watched: &Watched, curve: &Curve, proxy: &Proxy) -> Vec<Seen> {
    let patience = Instant::now();
    while !proxy.was_asked() {
        assert!(patience.elapsed() < Duration::from_secs(60), "the controller asks for metrics");
        std::thread::sleep(Duration::from_millis(50));
    }
    let start = Instant::now();
    let mut seen: Vec<Seen> = Vec::new();
    loop {
        let time = start.elapsed().as_secs_f64();
        if time * 1000.0 > curve.end() as f64 {
            return seen;
        }
        let replicas = watched.follow(time, curve.at((time * 1000.0) as i64));
        if seen.last().is_none_or(|s| s.replicas != replicas) {
            seen.push(Seen { time, replicas });
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
