//! What happens on the machine: signals are sent, watched, and watched again while parts are stopped.

use super::machine::Machine;
use super::table::Table;
use super::{FOLDER, http};
use crate::programs::skipped;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long anything may take that takes seconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(150);

/// What is on its way arrives within this time, or not at all.
const SETTLED: Duration = Duration::from_secs(20);

/// So many spans may be lost with a collector that stops: what the sample sends in two seconds.
const FEW: f64 = 10.0;

const PROMETHEUS: [&str; 2] = ["prometheus-0", "prometheus-1"];
const COLLECTORS: [&str; 2] = ["otel-0", "otel-1"];

/// The story, told in namespaces of its own: see [`super::signals_arrive`].
#[test]
#[ignore = "another test starts it in namespaces of its own"]
fn told() {
    let folder = std::env::var_os(FOLDER).map(PathBuf::from);
    // it mounts, and changes the network: never on the machine itself
    let Some(folder) = folder.filter(|_| std::process::id() == 1) else {
        return skipped("a stack on one machine: it is told by `signals_arrive`");
    };
    let mut story = Story { machine: Machine::new(&folder), table: Table::default(), spans: 0.0 };
    for name in story.machine.missing() {
        skipped(&format!("{name} of a stack on one machine: its program can't be had"));
    }
    story.start();
    story.everything_is_scraped();
    story.a_metric_arrives();
    story.a_line_arrives();
    story.dashboards_show_lines();
    story.a_span_arrives();
    // metrics of spans come once a minute: this takes as long
    story.a_replica_stops();
    story.a_span_is_counted();
    story.a_collector_stops();
    story.nothing_was_lost_on_the_way();
    story.table.leave(&folder);
}

/// Asks again and again until there is an answer.
pub fn until<T>(what: &str, machine: &Machine, logs: &[&str], mut ask: impl FnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match ask() {
            Ok(answer) => return answer,
            Err(why) if start.elapsed() > PATIENCE => {
                let tail = |name: &&str| format!("{name}:\n{}\n", machine.tail(name));
                panic!("{what}: {why}\n{}", logs.iter().map(tail).collect::<String>());
            }
            Err(_) => std::thread::sleep(Duration::from_millis(250)),
        }
    }
}

pub fn at_least(number: f64, least: f64) -> Result<f64, String> {
    if number >= least { Ok(number) } else { Err(format!("{number}, not yet {least}")) }
}

/// Seconds since 1970.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970").as_secs_f64()
}

/// One series of an answer: its labels, and its samples as moments and values.
pub struct Series {
    pub labels: BTreeMap<String, String>,
    pub samples: Vec<(f64, f64)>,
}

pub fn series(answer: &Json) -> Result<Vec<Series>, String> {
    let result = answer["data"]["result"].as_array().ok_or_else(|| answer.to_string())?;
    let sample = |s: &Json| Some((s[0].as_f64()?, s[1].as_str()?.parse().ok()?));
    let one = |r: &Json| Series {
        labels: serde_json::from_value(r["metric"].clone()).unwrap_or_default(),
        samples: match r.get("values").and_then(Json::as_array) {
            Some(all) => all.iter().filter_map(sample).collect(),
            None => sample(&r["value"]).into_iter().collect(),
        },
    };
    Ok(result.iter().map(one).collect())
}

/// The only value of an answer.
pub fn only(found: Vec<Series>) -> Result<f64, String> {
    match found.as_slice() {
        [one] => one.samples.last().map(|(_, value)| *value).ok_or_else(|| "no sample".to_owned()),
        several => Err(format!("{} series, not one", several.len())),
    }
}

pub fn seconds(start: Instant) -> String {
    format!("after {} s", start.elapsed().as_secs())
}

struct Story {
    machine: Machine,
    table: Table,
    /// Spans that were sent when they were first looked for.
    spans: f64,
}

impl Story {
    fn get(&self, service: &str, port: u16, path: &str) -> Result<String, String> {
        http::get(self.machine.address(service), port, path)
    }

    /// What the sample says that it did.
    fn sent(&self, what: &str) -> f64 {
        let page = self.get("apps", 8080, "/metrics").expect("the sample answers");
        http::sample(&page, &format!("sample_{what}_total"))
    }

    fn query(&self, (service, port, base): (&str, u16, &str), expression: &str) -> Result<Vec<Series>, String> {
        let path = format!("{base}/api/v1/query?query={}", http::escape(expression));
        series(&http::json(self.machine.address(service), port, &path)?)
    }

    fn prometheus(&self, replica: &str, expression: &str) -> Result<Vec<Series>, String> {
        self.query((replica, 9090, ""), expression)
    }

    fn mimir(&self, expression: &str) -> Result<Vec<Series>, String> {
        self.query(("mimir", 8080, "/prometheus"), expression)
    }

    fn start(&mut self) {
        self.machine.start_all();
        self.every_check_finds_it_well();
    }

    /// What the file's own health checks say, and pages of readiness where images can't ask.
    fn every_check_finds_it_well(&mut self) {
        let pages = [("mimir", 8080, "/ready"), ("loki", 3100, "/ready"), ("alloy", 12345, "/-/ready")];
        let pages = pages.into_iter().chain(COLLECTORS.map(|name| (name, 13133, "/")));
        for (name, port, page) in pages {
            until("ready", &self.machine, &[name], || self.get(name, port, page));
        }
        let mut checked = BTreeSet::new();
        for name in self.machine.servers() {
            until("well", &self.machine, &[&name], || match self.machine.healthy(&name) {
                Some(false) => Err(format!("{name} isn't well")),
                found => Ok(found.map(|_| checked.insert(name.clone()))),
            });
            assert!(self.machine.runs(&name), "{name} ended:\n{}", self.machine.tail(&name));
        }
        assert!(checked.contains("apps") && checked.contains(PROMETHEUS[1]), "only {checked:?} have checks");
        let ports = self.machine.project.services.values().flat_map(|s| &s.ports);
        let published: Vec<(&str, &str)> = ports.map(|p| (p.host_ip.as_str(), p.published.as_str())).collect();
        for port in ["3000", "9090", "3100", "13133"] {
            assert!(published.contains(&("127.0.0.1", port)), "{port} is among {published:?}");
        }
        let distinct: BTreeSet<_> = published.iter().collect();
        assert_eq!(distinct.len(), published.len(), "no port is published twice: {published:?}");
    }

    fn everything_is_scraped(&mut self) {
        let missing = self.machine.missing().len() as f64;
        // the agent has a page more, of its node
        let targets = self.machine.servers().len() as f64 + 1.0;
        for replica in PROMETHEUS {
            let up = until("all up but what can't be had", &self.machine, &[replica], || {
                let up = only(self.prometheus(replica, "count(up == 1)")?)?;
                let down = only(self.prometheus(replica, "count(up)")?)? - up;
                if down == missing && up == targets { Ok(up) } else { Err(format!("{up} up, {down} down")) }
            });
            self.table.row(
                "self-scrape",
                &format!("{replica} → every service"),
                format!("{targets} targets"),
                format!("{up} up"),
            );
        }
    }

    /// What arrived, as the table has it. It goes on all the time: all that was sent when it was asked for is there, and
    /// no more than was sent by now.
    fn all(&self, what: &str, sent: f64, arrived: f64) -> String {
        let by_now = self.sent(what);
        assert!(arrived <= by_now, "{arrived} arrived of {by_now} {what}");
        format!("all of them; {arrived} of {by_now} by then, after {sent}")
    }

    fn a_metric_arrives(&mut self) {
        let sent = self.sent("requests");
        for replica in PROMETHEUS {
            let arrived = until("the metric", &self.machine, &[replica, "apps"], || {
                at_least(only(self.prometheus(replica, "sample_requests_total")?)?, sent)
            });
            let arrived = self.all("requests", sent, arrived);
            self.table.row("metric", &format!("apps → {replica}"), format!("{sent} requests"), arrived);
        }
        let arrived = until("the metric in the long run", &self.machine, &["mimir", PROMETHEUS[0]], || {
            let found = self.mimir("sample_requests_total")?;
            if let Some(twice) = found.iter().find(|s| s.labels.contains_key("__replica__")) {
                return Err(format!("not de-duplicated: {:?}", twice.labels));
            }
            at_least(only(found)?, sent)
        });
        let page = self.get("mimir", 8080, "/metrics").expect("it is up");
        let dropped = http::sample(&page, "cortex_distributor_deduped_samples_total");
        assert!(dropped > 0.0, "both replicas write, and one of them is left out");
        let samples = self.mimir("count_over_time(sample_requests_total[1m])").and_then(only);
        // one each 5 s; of both it would be twice as many
        assert!(samples.as_ref().is_ok_and(|n| *n <= 13.0), "each sample once: {samples:?} in a minute");
        let arrived = self.all("requests", sent, arrived);
        let once = format!("{arrived}; once: one series, {dropped} samples of the other replica left out");
        self.table.row("metric", "apps → prometheus ×2 → mimir", format!("{sent} requests"), once);
    }

    /// The numbers of the sample's lines in the store of logs, in order.
    fn lines(&self) -> Result<Vec<u64>, String> {
        let start = ((now() - 3600.0) * 1e9) as u64;
        let query = http::escape("{app=\"apps\"}");
        let path = format!("/loki/api/v1/query_range?query={query}&start={start}&limit=5000&direction=forward");
        let answer = http::json(self.machine.address("loki"), 3100, &path)?;
        let streams = answer["data"]["result"].as_array().ok_or_else(|| answer.to_string())?;
        let lines = streams.iter().flat_map(|s| s["values"].as_array().into_iter().flatten());
        let number = |line: &Json| line[1].as_str()?.split("number=").nth(1)?.split(' ').next()?.parse().ok();
        let mut numbers: Vec<u64> = lines.filter_map(number).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn a_line_arrives(&mut self) {
        let sent = self.sent("log_lines");
        let arrived = until("the line", &self.machine, &["alloy", "loki"], || {
            at_least(self.lines()?.last().map_or(0.0, |n| *n as f64), sent)
        });
        let arrived = self.all("log_lines", sent, arrived);
        self.table.row("log line", "apps → alloy → loki", format!("{sent} lines"), arrived);
    }

    /// The store answers what dashboards ask it; all of the lines are in what they show of them.
    fn dashboards_show_lines(&mut self) {
        let text = self.machine.file("config/grafana/etc/grafana/dashboards/loki-logs.json");
        let dashboard: Json = serde_json::from_str(&text).expect("it is JSON");
        let panels = dashboard["panels"].as_array().expect("it has panels");
        let (mut asked, mut shown) = (0, 0);
        for panel in panels {
            let expression = panel["targets"][0]["expr"].as_str().expect("it asks something");
            let path = format!("/loki/api/v1/query_range?since=10m&step=30&query={}", http::escape(expression));
            let found = until("an answer", &self.machine, &["loki"], || {
                let answer = http::json(self.machine.address("loki"), 3100, &path)?;
                let found = answer["data"]["result"].as_array().ok_or_else(|| answer.to_string())?.len();
                // the sample tells of no errors
                let silent = expression.contains("error");
                if silent || found > 0 { Ok(found) } else { Err(format!("{expression}: nothing")) }
            });
            asked += 1;
            shown += usize::from(found > 0);
        }
        let sent = format!("{asked} queries");
        self.table.row("logs of dashboards", "grafana's → loki", sent, format!("all answered, {shown} with lines"));
    }

    /// Spans that collectors say they took in, of those that answer.
    fn taken(&self, collectors: &[&str]) -> f64 {
        let page = |name: &&str| self.get(name, 8888, "/metrics").unwrap_or_default();
        collectors.iter().map(|name| http::sample(&page(name), "otelcol_receiver_accepted_spans_total")).sum()
    }

    fn a_span_arrives(&mut self) {
        let sent = self.sent("spans_sent");
        self.spans = sent;
        assert!(sent > 0.0, "the sample sends spans:\n{}", self.machine.tail("apps"));
        let taken = until("the spans at the collectors", &self.machine, &["alloy", "otel-0"], || {
            at_least(self.taken(&COLLECTORS), sent)
        });
        let early = self.sent("spans_failed");
        self.table.row("span", "apps → alloy, before it listens", format!("{early} spans"), "0: refused, and told so");
        let taken = self.all("spans_sent", sent, taken);
        self.table.row("span", "apps → alloy → otel ×2", format!("{sent} spans"), taken);
        if self.machine.missing().contains(&"tempo") {
            self.table.row("span", "apps → alloy → otel ×2 → tempo", "not tried", "the program can't be had");
        }
    }

    fn a_span_is_counted(&mut self) {
        let sent = self.spans;
        let calls = "sum(traces_span_metrics_calls_total{service_name=\"apps\"})";
        let counted = until("the metric of spans", &self.machine, &["otel-0", "mimir"], || {
            at_least(only(self.mimir(calls)?)?, sent)
        });
        let counted = self.all("spans_sent", sent, counted);
        self.table.row("span as a metric", "apps → alloy → otel ×2 → mimir", format!("{sent} spans"), counted);
    }

    /// The collectors that an alert is about, as a notifier has it.
    fn alerted(&self) -> Result<Vec<String>, String> {
        let path = "/api/v2/alerts?filter=alertname%3D%22CollectorStopped%22";
        let answer = http::json(self.machine.address("alertmanager-0"), 9093, path)?;
        let alerts = answer.as_array().ok_or_else(|| answer.to_string())?;
        Ok(alerts.iter().filter_map(|a| a["labels"]["pod"].as_str()).map(str::to_owned).collect())
    }

    fn a_collector_stops(&mut self) {
        let [stopped, left] = COLLECTORS;
        assert_eq!(self.alerted(), Ok(Vec::new()), "no alert before anything happened");
        let (before, others_before) = (self.sent("spans_sent"), self.taken(&[left]));
        let refused = self.sent("spans_failed");
        // between this and its end it may take some more: what is lost is counted too high, not too low
        let last_words = self.taken(&[stopped]);
        self.machine.stop(stopped);
        let start = Instant::now();
        until("the alert", &self.machine, &[PROMETHEUS[0], "alertmanager-0"], || match self.alerted()? {
            pods if pods == [stopped] => Ok(()),
            pods => Err(format!("{pods:?}")),
        });
        self.table.row(
            "alert",
            &format!("{stopped} stopped → prometheus ×2 → alertmanager"),
            "1 alert",
            seconds(start),
        );
        let sent = self.sent("spans_sent");
        let (more, lost) = self.settled(left, sent - last_words);
        assert!(more > others_before && lost <= FEW, "{lost} of {sent} spans were lost");
        assert_eq!(self.sent("spans_failed"), refused, "the sample is refused no span while a collector is gone");
        let arrived = format!("{}, at most {lost} lost", more - others_before);
        self.table.row(
            "span",
            &format!("apps → alloy → {left}, {stopped} stopped"),
            format!("{} spans", sent - before),
            arrived,
        );
        self.machine.start(stopped);
        let start = Instant::now();
        until("the end of the alert", &self.machine, &[PROMETHEUS[0], "alertmanager-0", stopped], || {
            match self.alerted()? {
                none if none.is_empty() => Ok(()),
                pods => Err(format!("{pods:?}")),
            }
        });
        self.table.row("alert", &format!("{stopped} back → prometheus ×2 → alertmanager"), "its end", seconds(start));
    }

    /// Spans that a collector has taken once it has all of these, or no more come; and how many of them are lost.
    fn settled(&self, collector: &str, all: f64) -> (f64, f64) {
        let start = Instant::now();
        loop {
            let taken = self.taken(&[collector]);
            if taken >= all || start.elapsed() > SETTLED {
                return (taken, (all - taken).max(0.0));
            }
            std::thread::sleep(Duration::from_millis(250));
        }
    }

    /// The replica whose samples the store takes.
    fn elected(&self) -> Result<String, String> {
        let page = http::json(self.machine.address("mimir"), 8080, "/distributor/ha_tracker")?;
        let replica = page["elected"][0]["replica"].as_str();
        replica.map(str::to_owned).ok_or_else(|| page.to_string())
    }

    fn a_replica_stops(&mut self) {
        let stopped = until("an elected replica", &self.machine, &["mimir"], || self.elected());
        let left = PROMETHEUS.into_iter().find(|name| *name != stopped).expect("there are two");
        let begin = now();
        self.machine.stop(&stopped);
        until("the other replica's turn", &self.machine, &["mimir", left], || match self.elected()? {
            elected if elected == left => Ok(()),
            elected => Err(elected),
        });
        // samples after the change, and then some
        let changed = now();
        let found = until("samples after the change", &self.machine, &["mimir", left], || {
            let found = self.mimir("sample_requests_total[10m]")?;
            let [one] = found.as_slice() else { return Err(format!("{} series", found.len())) };
            let times: Vec<f64> = one.samples.iter().map(|(time, _)| *time).collect();
            if times.iter().filter(|t| **t > changed).count() >= 3 { Ok(times) } else { Err("none yet".into()) }
        });
        let last = found.last().copied().unwrap_or_default();
        let within = |times: &[f64]| times.iter().filter(|t| **t > begin && **t <= last).count();
        let own = self.prometheus(left, "sample_requests_total[10m]").expect("it is up");
        let own: Vec<f64> = own.first().map(|s| s.samples.iter().map(|(t, _)| *t).collect()).unwrap_or_default();
        let around: Vec<f64> = found.iter().copied().filter(|t| *t > begin - 15.0).collect();
        let hole = around.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max);
        self.no_gap(begin, last);
        let (sent, arrived) = (within(&own), within(&found));
        let lost = sent.saturating_sub(arrived);
        let arrived = format!("{arrived}, {lost} lost: the longest hole is {hole:.0} s, and queries see none");
        self.table.row(
            "metric",
            &format!("apps → {left} → mimir, {stopped} stopped"),
            format!("{sent} samples"),
            arrived,
        );
        self.machine.start(&stopped);
    }

    /// Graphs over the time have a value at each of their points, as many as samples were taken: of the counter, and of
    /// its rate over four times the library's interval between samples.
    fn no_gap(&self, begin: f64, end: f64) {
        for query in ["sample_requests_total", "rate(sample_requests_total[2m])"] {
            let query = http::escape(query);
            let path = format!("/prometheus/api/v1/query_range?query={query}&start={begin}&end={end}&step=5");
            let answer = http::json(self.machine.address("mimir"), 8080, &path).and_then(|a| series(&a));
            let found = answer.expect("the store answers");
            let points = ((end - begin) / 5.0).floor() as usize + 1;
            let [one] = found.as_slice() else { panic!("{} series", found.len()) };
            assert_eq!(one.samples.len(), points, "{query}: a point each 5 s from {begin} to {end}");
        }
    }

    fn nothing_was_lost_on_the_way(&mut self) {
        let sent = self.sent("log_lines") as u64;
        let numbers = until("all lines", &self.machine, &["alloy", "loki"], || {
            let numbers = self.lines()?;
            at_least(numbers.last().map_or(0.0, |n| *n as f64), sent as f64).map(|_| numbers)
        });
        let distinct: BTreeSet<u64> = numbers.iter().copied().filter(|n| *n <= sent).collect();
        let twice = numbers.iter().filter(|n| **n <= sent).count() - distinct.len();
        let (arrived, lost) = (distinct.len() as u64, sent - distinct.len() as u64);
        assert_eq!((lost, twice), (0, 0), "lines lost and lines twice, of {sent}");
        self.table.row(
            "log line",
            "apps → alloy → loki, all of the time",
            format!("{sent} lines"),
            format!("{arrived}, each once"),
        );
    }
}
