//! The same machine with certificates at both ends of every flow, among instances too, and stores that keep tenants apart.
//!
//! One certificate stands for all, with the names that servers are called by: those of components, not of instances.

use super::machine::Machine;
use super::project::{Mount, Project, plain};
use super::story::{at_least, only, seconds, series, until};
use super::table::Table;
use super::{FOLDER, http};
use crate::programs::{judge, skipped};
use crate::secrets;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const PROMETHEUS: [&str; 2] = ["prometheus-0", "prometheus-1"];
const COLLECTORS: [&str; 2] = ["otel-0", "otel-1"];
/// The folder of a client's certificate, which the suite asks with.
const CLIENT: &str = "secrets/apps-client";

/// Fills the folders and files of secrets that the Compose file in `folder/compose` names.
pub fn make_secrets(folder: &Path) {
    let compose = folder.join("compose");
    let project = Project::read(&compose.join("compose.yaml"));
    let aliases = |name: &String| -> Vec<String> {
        let networks = project.services[name].networks.values();
        let aliases: Vec<String> = networks.flat_map(|n| n.aliases.iter().cloned()).collect();
        if aliases.is_empty() { vec![name.clone()] } else { aliases }
    };
    let names: BTreeSet<String> = project.services.keys().flat_map(aliases).collect();
    let contents = secrets::contents(&names);
    let sources = project.services.values().flat_map(|s| &s.volumes).filter_map(|mount| match mount {
        Mount::Bind { source, .. } => Some(plain(source)).filter(|s| s.starts_with("./secrets/")),
        _ => None,
    });
    let files = project.secrets.values().map(|s| plain(&s.file));
    let folders = files.filter_map(|file| Some(file.rsplit_once('/')?.0.to_owned()));
    for secret in sources.chain(folders).collect::<BTreeSet<_>>() {
        std::fs::create_dir_all(compose.join(&secret)).expect("a temporary folder is writable");
        for (name, content) in &contents {
            std::fs::write(compose.join(&secret).join(name), content).expect("and so is a file in it");
        }
    }
}

/// The story, told in namespaces of its own: see [`super::signals_arrive_with_certificates_and_tenants`].
#[test]
#[ignore = "another test starts it in namespaces of its own"]
fn told() {
    let folder = std::env::var_os(FOLDER).map(PathBuf::from);
    // it mounts, and changes the network: never on the machine itself
    let Some(folder) = folder.filter(|_| std::process::id() == 1) else {
        return skipped("a stack on one machine, with certificates: another test tells of it");
    };
    let mut story = Secured { machine: Machine::new(&folder), table: Table::default(), folder: folder.clone() };
    for name in story.machine.missing() {
        skipped(&format!("{name} of a stack on one machine, with certificates: its program can't be had"));
    }
    story.machine.start_all();
    story.everything_is_ready();
    story.strangers_are_refused();
    story.everything_is_scraped();
    story.a_metric_arrives();
    story.a_line_arrives();
    story.a_span_arrives();
    story.an_alert_arrives();
    story.table.leave(&folder);
}

struct Secured {
    machine: Machine,
    table: Table,
    folder: PathBuf,
}

/// A server: its service, the name in its certificate, its port.
type Server<'a> = (&'a str, &'a str, u16);

const MIMIR: Server<'_> = ("mimir", "mimir", 8080);
const LOKI: Server<'_> = ("loki", "loki", 3100);

impl Secured {
    /// Asks over TLS, by the name of the certificate; with a certificate of one's own where `known`.
    fn ask(&self, server: Server<'_>, path: &str, tenant: Option<&str>, known: bool) -> Result<String, String> {
        let (service, name, port) = server;
        let own = |file: &str| self.folder.join("compose").join(CLIENT).join(file);
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--fail", "--max-time", "10", "--cacert"]).arg(own("ca.crt"));
        curl.arg("--resolve").arg(format!("{name}:{port}:{}", self.machine.address(service)));
        if known {
            curl.arg("--cert").arg(own("tls.crt")).arg("--key").arg(own("tls.key"));
        }
        if let Some(tenant) = tenant {
            curl.arg("--header").arg(format!("X-Scope-OrgID: {tenant}"));
        }
        let output = judge(curl.arg(format!("https://{name}:{port}{path}")))?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn json(&self, server: Server<'_>, path: &str, tenant: Option<&str>) -> Result<Json, String> {
        let text = self.ask(server, path, tenant, true)?;
        serde_json::from_str(&text).map_err(|e| format!("{path}: {e}: {text}"))
    }

    /// The only value that a store of metrics answers.
    fn value(&self, server: Server<'_>, base: &str, query: &str, tenant: Option<&str>) -> Result<f64, String> {
        let path = format!("{base}/api/v1/query?query={}", http::escape(query));
        only(series(&self.json(server, &path, tenant)?)?)
    }

    /// What the sample says that it did.
    fn sent(&self, what: &str) -> f64 {
        let page = http::get(self.machine.address("apps"), 8080, "/metrics").expect("the sample answers");
        http::sample(&page, &format!("sample_{what}_total"))
    }

    fn everything_is_ready(&mut self) {
        let pages = [(MIMIR, "/ready"), (LOKI, "/ready"), (("alloy", "alloy", 12345), "/-/ready")];
        let replicas = PROMETHEUS.map(|name| ((name, "prometheus", 9090), "/-/ready"));
        let notifiers = ["alertmanager-0", "alertmanager-1"].map(|name| ((name, "alertmanager", 9093), "/-/ready"));
        for (server, page) in pages.into_iter().chain(replicas).chain(notifiers) {
            until("ready", &self.machine, &[server.0], || self.ask(server, page, None, true));
        }
        until("a cluster", &self.machine, &["alertmanager-0", "alertmanager-1"], || {
            let status = self.json(("alertmanager-0", "alertmanager", 9093), "/api/v2/status", None)?;
            match status["cluster"]["peers"].as_array().map(Vec::len) {
                Some(2) => Ok(()),
                _ => Err(status["cluster"].to_string()),
            }
        });
        for name in self.machine.servers() {
            assert!(self.machine.runs(&name), "{name} ended:\n{}", self.machine.tail(&name));
        }
    }

    /// Who shows no certificate, and who doesn't say whose data is asked for.
    fn strangers_are_refused(&mut self) {
        let query = "/prometheus/api/v1/query?query=up";
        self.ask(MIMIR, query, Some("main"), true).expect("a client with both is answered");
        let without =
            self.ask(MIMIR, query, Some("main"), false).expect_err("a client without a certificate is refused");
        // in TLS 1.3 the server refuses when the client is done already: that reads why, or finds the connection ended while
        // it sends (55) or receives (56)
        let refused = |said: &str| ["certificate", "(55)", "(56)"].iter().any(|sign| said.contains(sign));
        assert!(refused(&without.to_lowercase()), "{without}");
        let nobody = self.ask(MIMIR, query, None, true).expect_err("nobody's data is nobody's to ask for");
        assert!(nobody.contains("401"), "{nobody}");
        self.table.row("query", "without a certificate → mimir", "1", "0: refused");
        self.table.row("query", "without a tenant → mimir", "1", "0: refused");
    }

    fn everything_is_scraped(&mut self) {
        let missing = self.machine.missing().len() as f64;
        // the agent has a page more, of its node
        let targets = self.machine.servers().len() as f64 + 1.0;
        for replica in PROMETHEUS {
            let server = (replica, "prometheus", 9090);
            until("all up but what can't be had", &self.machine, &[replica], || {
                let up = self.value(server, "", "count(up == 1)", None)?;
                let down = self.value(server, "", "count(up)", None)? - up;
                if down == missing && up == targets { Ok(()) } else { Err(format!("{up} up, {down} down")) }
            });
            let path = format!("{replica} → every service");
            self.table.row("self-scrape", &path, format!("{targets} targets"), format!("{targets} up"));
        }
    }

    fn a_metric_arrives(&mut self) {
        let sent = self.sent("requests");
        let query = "sample_requests_total";
        let arrived = until("the metric", &self.machine, &["mimir", PROMETHEUS[0]], || {
            at_least(self.value(MIMIR, "/prometheus", query, Some("metrics"))?, sent)
        });
        assert!(self.value(MIMIR, "/prometheus", query, Some("main")).is_err(), "another tenant has none of it");
        let arrived = format!("{arrived}, all of them; none for another tenant");
        self.table.row("metric", "apps → prometheus ×2 → mimir, tenant metrics", format!("{sent} requests"), arrived);
    }

    fn a_line_arrives(&mut self) {
        let sent = self.sent("log_lines");
        let query = http::escape("sum(count_over_time({app=\"apps\"}[1h]))");
        let path = format!("/loki/api/v1/query?query={query}");
        let arrived = until("the line", &self.machine, &["loki", "alloy"], || {
            at_least(only(series(&self.json(LOKI, &path, Some("pods"))?)?)?, sent)
        });
        let other = self.json(LOKI, &path, Some("main")).and_then(|answer| series(&answer)).expect("Loki answers");
        assert!(other.is_empty(), "another tenant has none of it");
        let arrived = format!("{arrived}, all of them; none for another tenant");
        self.table.row("log line", "apps → alloy → loki, tenant pods", format!("{sent} lines"), arrived);
    }

    fn a_span_arrives(&mut self) {
        let sent = until("spans", &self.machine, &["apps", "alloy"], || at_least(self.sent("spans_sent"), 1.0));
        let page = |name: &&str| http::get(self.machine.address(name), 8888, "/metrics").unwrap_or_default();
        let taken = until("the spans at the collectors", &self.machine, &["alloy", "otel-0", "otel-1"], || {
            let name = "otelcol_receiver_accepted_spans_total";
            at_least(COLLECTORS.iter().map(|collector| http::sample(&page(collector), name)).sum(), sent)
        });
        self.table.row("span", "apps → alloy → otel ×2", format!("{sent} spans"), format!("{taken}, all of them"));
        let calls = "sum(traces_span_metrics_calls_total{service_name=\"apps\"})";
        let counted = until("the metric of spans", &self.machine, &["otel-0", "mimir"], || {
            at_least(self.value(MIMIR, "/prometheus", calls, Some("main"))?, sent)
        });
        let path = "apps → alloy → otel ×2 → mimir, tenant main";
        self.table.row("span as a metric", path, format!("{sent} spans"), format!("{counted}, all of them"));
    }

    fn an_alert_arrives(&mut self) {
        let [stopped, _] = COLLECTORS;
        self.machine.stop(stopped);
        let start = Instant::now();
        let path = "/api/v2/alerts?filter=alertname%3D%22CollectorStopped%22";
        for notifier in ["alertmanager-0", "alertmanager-1"] {
            until("the alert", &self.machine, &[PROMETHEUS[0], notifier], || {
                let answer = self.json((notifier, "alertmanager", 9093), path, None)?;
                match answer[0]["labels"]["pod"].as_str() {
                    Some(pod) if pod == stopped => Ok(()),
                    _ => Err(answer.to_string()),
                }
            });
        }
        let path = format!("{stopped} stopped → prometheus ×2 → alertmanager ×2");
        self.table.row("alert", &path, "1 alert", seconds(start));
    }
}
