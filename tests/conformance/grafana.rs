//! Grafana's provisioning and dashboards. Its server can't be had from the registries, so this holds them against what its
//! documentation says: "Provision Grafana" and "Dashboard JSON model" (classic) of version 13. Queries are parsed by a
//! library, and by promtool where it is at hand.

use crate::containers::{Container, in_stack};
use crate::programs::{all_accepted, find, judge};
use obs_compiler::graph::{Component, Graph, Stack};
use obs_compiler::types::embedded;
use obs_tests::stacks::programs;
use promql_parser::parser;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

const FOLDER: &str = "/etc/grafana/provisioning";

/// A file in `provisioning/datasources`. What isn't documented isn't known here; what obs never writes isn't either.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DataSources {
    api_version: u32,
    prune: Option<bool>,
    datasources: Vec<DataSource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DataSource {
    name: String,
    uid: String,
    #[serde(rename = "type")]
    kind: String,
    access: String,
    url: String,
    #[serde(default)]
    is_default: bool,
    editable: Option<bool>,
    #[serde(default)]
    basic_auth: bool,
    basic_auth_user: Option<String>,
    #[serde(default)]
    json_data: BTreeMap<String, Json>,
    #[serde(default)]
    secure_json_data: BTreeMap<String, Json>,
}

/// A file in `provisioning/dashboards`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Providers {
    api_version: u32,
    providers: Vec<Provider>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(dead_code)]
struct Provider {
    name: String,
    folder: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    allow_ui_updates: Option<bool>,
    disable_deletion: Option<bool>,
    update_interval_seconds: Option<u32>,
    options: ProviderOptions,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(dead_code)]
struct ProviderOptions {
    path: String,
    folders_from_files_structure: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(dead_code)]
struct Dashboard {
    uid: String,
    title: String,
    description: Option<String>,
    tags: Vec<String>,
    timezone: Option<String>,
    schema_version: u32,
    editable: Option<bool>,
    graph_tooltip: Option<u8>,
    refresh: Option<String>,
    time: TimeRange,
    templating: Option<Json>,
    annotations: Option<Json>,
    links: Option<Vec<Json>>,
    panels: Vec<Panel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct TimeRange {
    from: String,
    to: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(dead_code)]
struct Panel {
    id: u32,
    #[serde(rename = "type")]
    kind: String,
    title: String,
    description: Option<String>,
    datasource: Reference,
    grid_pos: Place,
    field_config: FieldConfig,
    options: Option<Json>,
    targets: Vec<Query>,
}

#[derive(Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Reference {
    #[serde(rename = "type")]
    kind: String,
    uid: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    h: u32,
    w: u32,
    x: u32,
    y: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct FieldConfig {
    defaults: BTreeMap<String, Json>,
    overrides: Vec<Json>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(dead_code)]
struct Query {
    ref_id: String,
    datasource: Option<Reference>,
    expr: String,
    legend_format: Option<String>,
    instant: Option<bool>,
    range: Option<bool>,
    query_type: Option<String>,
}

/// Options of each type of data source that obs may write: those that its page documents.
fn options_of(kind: &str) -> &'static [&'static str] {
    match kind {
        "prometheus" => &[
            "httpMethod",
            "prometheusType",
            "prometheusVersion",
            "manageAlerts",
            "alertmanagerUid",
            "timeInterval",
            "cacheLevel",
            "exemplarTraceIdDestinations",
        ],
        "loki" => &["maxLines", "derivedFields", "manageAlerts", "alertmanagerUid", "timeout"],
        "tempo" => &[
            "tracesToLogsV2",
            "tracesToMetrics",
            "serviceMap",
            "nodeGraph",
            "search",
            "traceQuery",
            "spanBar",
            "streamingEnabled",
        ],
        "alertmanager" => &["implementation", "handleGrafanaManagedAlerts"],
        _ => &[],
    }
}

/// Types of panels, and units of fields, out of Grafana's lists: those that a dashboard of obs would choose from.
const PANELS: [&str; 11] = [
    "timeseries",
    "stat",
    "gauge",
    "bargauge",
    "barchart",
    "table",
    "logs",
    "heatmap",
    "piechart",
    "text",
    "state-timeline",
];
const UNITS: [&str; 19] = [
    "none",
    "short",
    "percent",
    "percentunit",
    "bool",
    "bytes",
    "decbytes",
    "bits",
    "Bps",
    "binBps",
    "s",
    "ms",
    "ns",
    "reqps",
    "ops",
    "cps",
    "wps",
    "rps",
    "dtdurations",
];

/// What one Grafana was given.
struct Given {
    sources: Vec<DataSource>,
    dashboards: BTreeMap<String, Dashboard>,
}

impl Given {
    fn read(container: &Container) -> Result<Self, String> {
        let file = |name: &str| container.files.get(&format!("{FOLDER}/{name}")).ok_or(format!("no {name}"));
        let sources: DataSources =
            serde_yaml::from_str(file("datasources/obs.yaml")?).map_err(|e| format!("data sources: {e}"))?;
        let providers: Providers =
            serde_yaml::from_str(file("dashboards/obs.yaml")?).map_err(|e| format!("dashboards: {e}"))?;
        expect(sources.api_version == 1 && providers.api_version == 1, || "apiVersion isn't 1".into())?;
        expect(sources.prune != Some(false), || "data sources that the program no longer has would stay".into())?;
        let mut folders = Vec::new();
        for provider in providers.providers {
            expect(provider.kind == "file", || format!("provider {} is of no known type", provider.name))?;
            folders.push(format!("{}/", provider.options.path));
        }
        let mut dashboards = BTreeMap::new();
        for (path, text) in container.files.iter().filter(|(path, _)| path.ends_with(".json")) {
            expect(folders.iter().any(|f| path.starts_with(f)), || format!("no provider reads {path}"))?;
            dashboards.insert(path.clone(), serde_json::from_str(text).map_err(|e| format!("{path}: {e}"))?);
        }
        Ok(Self { sources: sources.datasources, dashboards })
    }

    fn source(&self, uid: &str) -> Option<&DataSource> {
        self.sources.iter().find(|s| s.uid == uid)
    }
}

fn expect(right: bool, wrong: impl FnOnce() -> String) -> Result<(), String> {
    if right { Ok(()) } else { Err(wrong()) }
}

fn distinct<T: Ord>(all: impl Iterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    all.into_iter().all(|one| seen.insert(one))
}

/// At most 40 of letters, digits, `-` and `_`.
fn is_uid(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

/// All values of keys that name another data source.
fn links(json: &Json) -> Vec<&str> {
    match json {
        Json::Array(list) => list.iter().flat_map(links).collect(),
        Json::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| match value.as_str() {
                Some(uid) if key == "datasourceUid" => vec![uid],
                _ => links(value),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Options of all types, each with the secrets that it is nothing without.
const SECRETS: [(&str, &[&str]); 4] = [
    ("basicAuth", &["basicAuthPassword"]),
    ("tlsAuth", &["tlsClientCert", "tlsClientKey"]),
    ("tlsAuthWithCACert", &["tlsCACert"]),
    ("httpHeaderName1", &["httpHeaderValue1"]),
];

/// An option has all its secrets, and no secret is without its option. Only a header's value, a tenant's name, may stand
/// in the file itself.
fn secrets_are_used(source: &DataSource) -> Result<(), String> {
    let set = |option: &str| match option {
        "basicAuth" => source.basic_auth,
        _ => source.json_data.contains_key(option),
    };
    expect(source.basic_auth == source.basic_auth_user.is_some(), || "a user without `basicAuth`, or none".into())?;
    for (option, secrets) in SECRETS {
        for secret in secrets {
            let there = source.secure_json_data.contains_key(*secret);
            expect(there == set(option), || format!("`{option}` and `{secret}`: one without the other"))?;
        }
    }
    for (key, value) in &source.secure_json_data {
        expect(SECRETS.iter().any(|(_, secrets)| secrets.contains(&key.as_str())), || format!("a secret `{key}`"))?;
        let by_file = value.as_str().is_some_and(|v| v.starts_with("$__file{"));
        expect(by_file || key == "httpHeaderValue1", || format!("the secret `{key}` stands in the file"))?;
    }
    Ok(())
}

fn sources_are_right(given: &Given, graph: &Graph) -> Result<(), String> {
    expect(distinct(given.sources.iter().map(|s| &s.uid)), || "two data sources with one uid".into())?;
    expect(distinct(given.sources.iter().map(|s| &s.name)), || "two data sources with one name".into())?;
    expect(given.sources.iter().filter(|s| s.is_default).count() <= 1, || "two default data sources".into())?;
    for source in &given.sources {
        let fail = |what: String| Err(format!("data source {}: {what}", source.name));
        let known = options_of(&source.kind);
        if known.is_empty() || source.access != "proxy" || !is_uid(&source.uid) || source.editable != Some(false) {
            return fail(format!("type {}, access {}, uid {}", source.kind, source.access, source.uid));
        }
        let common = |key: &str| SECRETS.iter().any(|(option, _)| *option == key);
        if let Some(key) = source.json_data.keys().find(|key| !known.contains(&key.as_str()) && !common(key)) {
            return fail(format!("`{key}` is no option of its type"));
        }
        if let Err(what) = secrets_are_used(source) {
            return fail(what);
        }
        let linked = source.json_data.values().flat_map(links);
        let alerts = source.json_data.get("alertmanagerUid").and_then(Json::as_str);
        for uid in linked.chain(alerts) {
            if given.source(uid).is_none() {
                return fail(format!("a link to `{uid}`, which isn't there"));
            }
        }
        if !leads_to_a_component(graph, &source.url) {
            return fail(format!("nothing of the graph listens at {}", source.url));
        }
    }
    Ok(())
}

/// `http://NAME.NAMESPACE.svc…:PORT/…` of a component, or the host that something outside has, and a port of it.
fn leads_to_a_component(graph: &Graph, url: &str) -> bool {
    let authority = url.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let Some((host, port)) = authority.rsplit_once(':') else { return false };
    let named = |c: &&Component| {
        let namespace = graph.namespace_of(c).map(|n| n.as_str()).unwrap_or_default();
        let mut labels = host.split('.');
        let outside = c.params.get("endpoint").and_then(|h| h.value.as_str());
        outside.is_some_and(|h| h == host) || labels.next() == Some(c.name.as_str()) && labels.next() == Some(namespace)
    };
    let component = graph.components.iter().find(named);
    component.is_some_and(|c| c.ports.iter().any(|p| p.number.to_string() == port))
}

fn dashboards_are_right(given: &Given, graph: &Graph) -> Result<(), String> {
    expect(distinct(given.dashboards.values().map(|d| &d.uid)), || "two dashboards with one uid".into())?;
    expect(distinct(given.dashboards.values().map(|d| (&d.title, &d.tags))), || "two dashboards look the same".into())?;
    for (path, dashboard) in &given.dashboards {
        dashboard_is_right(dashboard, given, graph).map_err(|why| format!("{path}: {why}"))?;
    }
    Ok(())
}

fn dashboard_is_right(dashboard: &Dashboard, given: &Given, graph: &Graph) -> Result<(), String> {
    expect(is_uid(&dashboard.uid), || format!("uid {}", dashboard.uid))?;
    expect(!dashboard.title.is_empty() && !dashboard.panels.is_empty(), || "it shows nothing".into())?;
    // the oldest that Grafana 13 takes without a migration of panels that obs writes, and its own
    expect((36..=42).contains(&dashboard.schema_version), || format!("schema {}", dashboard.schema_version))?;
    expect(distinct(dashboard.panels.iter().map(|p| p.id)), || "two panels with one id".into())?;
    for (at, panel) in dashboard.panels.iter().enumerate() {
        let fail = |what: String| Err(format!("panel `{}`: {what}", panel.title));
        let place = &panel.grid_pos;
        if place.h == 0 || place.w == 0 || place.x + place.w > 24 {
            return fail("it lies outside of the 24 columns".into());
        }
        if let Some(other) = dashboard.panels[..at].iter().find(|other| overlap(place, &other.grid_pos)) {
            return fail(format!("it lies on `{}`", other.title));
        }
        if !PANELS.contains(&panel.kind.as_str()) {
            return fail(format!("there is no type `{}`", panel.kind));
        }
        let unit = panel.field_config.defaults.get("unit").and_then(Json::as_str);
        if unit.is_some_and(|unit| !UNITS.contains(&unit)) {
            return fail(format!("there is no unit `{unit:?}`"));
        }
        if !distinct(panel.targets.iter().map(|t| &t.ref_id)) || panel.targets.is_empty() {
            return fail("queries with one refId, or none".into());
        }
        for query in &panel.targets {
            let reference = query.datasource.as_ref().unwrap_or(&panel.datasource);
            let Some(source) = given.source(&reference.uid).filter(|s| s.kind == reference.kind) else {
                return fail(format!("no data source {} of type {}", reference.uid, reference.kind));
            };
            query_is_right(&query.expr, source, graph).map_err(|why| format!("panel `{}`: {why}", panel.title))?;
        }
    }
    Ok(())
}

fn overlap(a: &Place, b: &Place) -> bool {
    a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}

fn query_is_right(expr: &str, source: &DataSource, graph: &Graph) -> Result<(), String> {
    match source.kind.as_str() {
        "prometheus" => {}
        // parsed by the store itself: see `logql`
        "loki" => return Ok(()),
        kind => return Err(format!("nothing here parses the queries of type {kind}: {expr}")),
    }
    let parsed = parser::parse(expr).map_err(|e| format!("{expr}: {e}"))?;
    let mut selectors = Vec::new();
    embedded::selectors(&parsed, &mut |selector| selectors.push(selector));
    expect(!selectors.is_empty(), || format!("{expr} asks for no series"))?;
    for selector in selectors {
        for matcher in selector.matchers.matchers.iter().filter(|m| m.name == "job") {
            let job = matcher.value.as_str();
            expect(is_collected(graph, job, &source.uid), || {
                format!("{expr}: nothing scrapes the job `{job}` for {}", source.uid)
            })?;
        }
    }
    Ok(())
}

/// Whether something scrapes a component and keeps it in the store behind the data source, or writes it there.
fn is_collected(graph: &Graph, job: &str, store: &str) -> bool {
    let name = |id| graph.component(id).name.as_str();
    let scrapes = graph.flows.iter().filter(|f| f.protocol == "scrape" && name(f.to) == job);
    scrapes.into_iter().any(|scrape| {
        let by = name(scrape.from);
        by == store
            || graph.flows.iter().any(|f| f.protocol == "remote_write" && name(f.from) == by && name(f.to) == store)
    })
}

/// Every Grafana in every program and profile, with its graph.
fn instances() -> impl Iterator<Item = (String, &'static Stack, Container)> {
    programs().iter().flat_map(|program| {
        program.stacks.iter().flat_map(move |stack| {
            let name = format!("{} at {}", program.name, stack.graph.profile);
            in_stack(stack, "grafana").into_iter().map(move |container| (name.clone(), stack, container))
        })
    })
}

/// Needs no program.
#[test]
fn provisioning_and_dashboards_are_as_documented() {
    let mut wrong = Vec::new();
    let mut dashboards = 0;
    for (name, stack, container) in instances() {
        let verdict = Given::read(&container).and_then(|given| {
            dashboards += given.dashboards.len();
            sources_are_right(&given, &stack.graph).and_then(|()| dashboards_are_right(&given, &stack.graph))
        });
        wrong.extend(verdict.err().map(|why| format!("{name}: {why}")));
    }
    assert!(dashboards > 10, "only {dashboards} dashboards");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The distinct queries of all dashboards to data sources of a type.
pub fn queries(kind: &str) -> BTreeSet<String> {
    let given = instances().filter_map(|(_, _, container)| Given::read(&container).ok());
    let panels = given.flat_map(|given| given.dashboards.into_values()).flat_map(|d| d.panels);
    let of_kind = panels.filter(|p| p.datasource.kind == kind);
    of_kind.flat_map(|p| p.targets).map(|t| t.expr).collect()
}

#[test]
fn promtool_parses_the_queries_of_dashboards() {
    let Some(promtool) = find("promtool") else { return };
    let queries = queries("prometheus");
    let format = ["--experimental", "promql", "format"];
    let verdicts = queries.iter().map(|q| judge(Command::new(&promtool).args(format).arg(q)));
    let refused: Vec<String> = verdicts.filter_map(Result::err).collect();
    all_accepted(&promtool, "queries of dashboards", queries.len(), &refused);
}

/// What is wrong is seen: each of these is one thing that a Grafana would not take or not show.
#[test]
fn mistakes_are_seen() {
    let (_, stack, container) = instances().find(|(name, ..)| name == "observability at normal").expect("an example");
    let mistakes = [
        ("datasources/obs.yaml", "isDefault", "isDefalt"),
        ("datasources/obs.yaml", "alertmanagerUid: alertmanager", "alertmanagerUid: nobody"),
        ("datasources/obs.yaml", ":8080/", ":8081/"),
        ("datasources/obs.yaml", "httpMethod", "httpMethd"),
        ("dashboards/obs.yaml", "allowUiUpdates", "allowUIUpdates"),
        ("dashboards/obs.yaml", "/etc/grafana/dashboards", "/etc/grafana/elsewhere"),
        ("/etc/grafana/dashboards/mimir-mimir.json", "\"x\": 12", "\"x\": 11"),
        ("/etc/grafana/dashboards/mimir-mimir.json", "\"uid\": \"mimir\"", "\"uid\": \"loki\""),
        ("/etc/grafana/dashboards/mimir-mimir.json", "job=\\\"mimir\\\"", "job=\\\"nobody\\\""),
        ("/etc/grafana/dashboards/mimir-mimir.json", "[5m]", "[5m"),
        ("/etc/grafana/dashboards/mimir-mimir.json", "timeseries", "timesiries"),
        ("/etc/grafana/dashboards/mimir-mimir.json", "refId", "refID"),
        ("/etc/grafana/dashboards/loki-logs.json", "\"type\": \"loki\"", "\"type\": \"prometheus\""),
        ("/etc/grafana/dashboards/loki-logs.json", "\"w\": 24", "\"w\": 25"),
    ];
    for (file, right, wrong) in mistakes {
        let path = if file.starts_with('/') { file.to_owned() } else { format!("{FOLDER}/{file}") };
        let mut container = container.clone();
        let text = container.files.get_mut(&path).unwrap_or_else(|| panic!("no {path}"));
        assert!(text.contains(right), "{path} has no {right}:\n{text}");
        *text = text.replace(right, wrong);
        let verdict = Given::read(&container).and_then(|given| {
            sources_are_right(&given, &stack.graph).and_then(|()| dashboards_are_right(&given, &stack.graph))
        });
        assert!(verdict.is_err(), "{wrong} in {path} is taken");
    }
}
