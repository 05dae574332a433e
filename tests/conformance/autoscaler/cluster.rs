//! Pods as a ReplicaSet and a kubelet would make them, and what the metrics API says of them.

use super::proxy::{Metrics, ask};
use obs_compiler::simulate::Load;
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// The number of instances from a time on, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    pub time: f64,
    pub replicas: u32,
}

struct Pod {
    name: String,
    /// Seconds since the start of the curve; `None`: it has always been there.
    started: Option<f64>,
    ready: bool,
}

/// A Deployment whose pods the test makes.
pub struct Watched {
    api: u16,
    namespace: String,
    name: String,
    template: Json,
    startup: f64,
    window: Duration,
    pods: Mutex<(Vec<Pod>, u32)>,
    metrics: Metrics,
}

impl Watched {
    pub fn new(api: u16, deployment: &Json, startup: Duration, window: Duration) -> Self {
        let text =
            |pointer: &str| deployment.pointer(pointer).and_then(Json::as_str).expect("it is emitted").to_owned();
        Self {
            api,
            namespace: text("/metadata/namespace"),
            name: text("/metadata/name"),
            template: deployment["spec"]["template"].clone(),
            startup: startup.as_secs_f64(),
            window,
            pods: Mutex::default(),
            metrics: Arc::new(Mutex::new(json!({}))),
        }
    }

    /// What the metrics API answers.
    pub fn metrics(&self) -> Metrics {
        Arc::clone(&self.metrics)
    }

    /// Makes and ends pods as the Deployment asks, lets those be ready that have started, and gives them their load.
    /// How many there are.
    pub fn follow(&self, time: f64, load: Load) -> u32 {
        let path = format!("/apis/apps/v1/namespaces/{}/deployments/{}", self.namespace, self.name);
        let deployment = ask(self.api, "GET", &path, None).expect("the Deployment is there");
        let wanted = deployment["spec"]["replicas"].as_u64().map_or(1, |n| n as usize);
        let mut held = self.pods.lock().unwrap_or_else(PoisonError::into_inner);
        let (pods, made) = &mut *held;
        // at first there are as many as the autoscaler keeps at least, all ready for long
        let (wanted, started) = if pods.is_empty() { (wanted.max(2), None) } else { (wanted, Some(time)) };
        while pods.len() < wanted {
            *made += 1;
            let name = format!("{}-{made}", self.name);
            self.make(&name, started.is_none());
            pods.push(Pod { name, started, ready: started.is_none() });
        }
        for pod in pods.drain(wanted.min(pods.len())..) {
            self.end(&pod.name);
        }
        for pod in pods.iter_mut().filter(|p| !p.ready) {
            if pod.started.is_none_or(|start| start + self.startup <= time) {
                pod.ready = true;
                self.condition(&pod.name, true);
            }
        }
        self.measure(pods, load);
        u32::try_from(pods.len()).expect("a few pods")
    }

    fn pod(&self, name: &str) -> String {
        format!("/api/v1/namespaces/{}/pods/{name}", self.namespace)
    }

    fn make(&self, name: &str, for_long: bool) {
        let mut pod = json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": self.template["metadata"], "spec": self.template["spec"],
        });
        pod["metadata"]["name"] = name.into();
        let path = format!("/api/v1/namespaces/{}/pods", self.namespace);
        ask(self.api, "POST", &path, Some(&pod)).expect("a pod is made");
        let since = if for_long { moment(Duration::from_secs(3600)) } else { moment(Duration::ZERO) };
        let status =
            json!({ "status": { "phase": "Running", "startTime": since, "conditions": [ready(for_long, &since)] } });
        ask(self.api, "PATCH", &format!("{}/status", self.pod(name)), Some(&status)).expect("and runs");
    }

    fn condition(&self, name: &str, is: bool) {
        let status = json!({ "status": { "conditions": [ready(is, &moment(Duration::ZERO))] } });
        ask(self.api, "PATCH", &format!("{}/status", self.pod(name)), Some(&status)).expect("it gets ready");
    }

    fn end(&self, name: &str) {
        let at_once = json!({ "gracePeriodSeconds": 0 });
        ask(self.api, "DELETE", &self.pod(name), Some(&at_once)).expect("a pod ends");
    }

    fn measure(&self, pods: &[Pod], load: Load) {
        let ready = pods.iter().filter(|p| p.ready).count().max(1) as i64;
        let known = pods.len().saturating_sub(load.missing as usize);
        let now = moment(Duration::ZERO);
        let one = |pod: &Pod| {
            let share = |total: i64, each: i64| each + if pod.ready { total / ready } else { 0 };
            let (cpu, memory) = (share(load.cpu, load.cpu_each), share(load.memory, load.memory_each));
            json!({
                "metadata": { "name": pod.name, "namespace": self.namespace, "labels": self.template["metadata"]["labels"] },
                "timestamp": now,
                "window": format!("{}s", self.window.as_secs()),
                "containers": [{ "name": self.name, "usage": { "cpu": format!("{cpu}m"), "memory": format!("{memory}m") } }],
            })
        };
        let items: Vec<Json> = pods.iter().take(known).map(one).collect();
        let list =
            json!({ "kind": "PodMetricsList", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {}, "items": items });
        *self.metrics.lock().unwrap_or_else(PoisonError::into_inner) = list;
    }
}

fn ready(is: bool, since: &str) -> Json {
    json!({ "type": "Ready", "status": if is { "True" } else { "False" }, "lastTransitionTime": since })
}

/// So long ago, as Kubernetes writes times: whole seconds.
fn moment(ago: Duration) -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("the clock is right") - ago;
    let (days, seconds) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    // days since 1970 as a date: the civil calendar in eras of 400 years (Howard Hinnant)
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted - era * 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[test]
fn moments_are_written_as_kubernetes_does() {
    let long = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("the clock is right");
    assert_eq!(moment(long), "1970-01-01T00:00:00Z");
    assert_eq!(moment(long - Duration::from_secs(951_782_400)), "2000-02-29T00:00:00Z");
}
