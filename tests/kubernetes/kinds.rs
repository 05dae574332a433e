//! Kinds are library code: one that only a test folder knows gets everything that the library's own get.

use obs_compiler::outputs::diagram::{self, Format};
use obs_compiler::outputs::docs;
use obs_compiler::outputs::kubernetes::Object;
use obs_tests::programs::root;
use obs_tests::stacks::{findings, objects, open};
use serde_json::{Value as Json, json};

fn find<'a>(objects: &'a [Object], kind: &str, name: &str) -> &'a Json {
    let found = objects.iter().find(|o| o.kind() == kind && o.name() == name);
    &found.unwrap_or_else(|| panic!("no {kind}/{name}")).json
}

#[test]
fn a_kind_from_a_test_folder_is_deployed_pictured_and_documented() {
    let (host, entry) = open(&root().join("tests/kubernetes/kinds/stack.obs"));
    let analysis = host.analysis();
    let stacks = analysis.stacks(&entry).unwrap_or_else(|| panic!("{}", findings(&analysis, &entry)));
    let objects = objects(&stacks[0]);

    let set = find(&objects, "StatefulSet", "victoria");
    let container = &set["spec"]["template"]["spec"]["containers"][0];
    let args = json!(["-storageDataPath=/storage", "-retentionPeriod=30d", "-httpListenAddr=:8428"]);
    assert_eq!(container["args"].as_array().map(|a| json!(a[..3])), Some(args));
    assert_eq!(container["readinessProbe"]["httpGet"], json!({ "path": "/-/ready", "port": "http" }));
    assert_eq!(set["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"], "20Gi");
    for kind in ["Service", "ServiceAccount"] {
        find(&objects, kind, "victoria");
    }

    let policy = find(&objects, "NetworkPolicy", "victoria");
    let from = |name: &str, instance: &str| {
        let labels = json!({ "app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance });
        json!({ "from": [{ "podSelector": { "matchLabels": labels } }], "ports": [{ "port": 8428, "protocol": "TCP" }] })
    };
    let prometheus = from("prometheus", "prometheus");
    // scraped and written by one, asked by the other
    assert_eq!(policy["spec"]["ingress"], json!([prometheus, from("grafana", "grafana")]));
    assert_eq!(policy["spec"].get("egress"), None, "it calls nobody");

    let own = find(&objects, "ConfigMap", "victoria-config")["data"]["scrape.yml"].as_str().unwrap_or_default();
    assert_eq!(own, "global:\n  external_labels:\n    cluster: default\n    writers:\n    - prometheus\n");
    let sender =
        find(&objects, "ConfigMap", "prometheus-config")["data"]["prometheus.yml"].as_str().unwrap_or_default();
    assert!(sender.contains("url: http://victoria.monitoring.svc.cluster.local:8428/api/v1/write\n"), "{sender}");
    let rules = find(&objects, "ConfigMap", "prometheus-config")["data"]["rules--components.yml"].as_str();
    assert!(rules.is_some_and(|r| r.contains("alert: VictoriaMetricsDown")), "its alert is evaluated");
    let sources = find(&objects, "ConfigMap", "grafana-config")["data"].to_string();
    assert!(sources.contains("http://victoria.monitoring.svc.cluster.local:8428"), "{sources}");

    let picture = diagram::draw(&stacks[0], "system", Format::Ascii).unwrap_or_default();
    assert!(picture.contains("VictoriaMetrics") && picture.contains("API: 8428"), "{picture}");
    let home = docs::Home { program: "main.obs", root: None };
    let guide = docs::markdown(&stacks, docs::Pages::One, &home, &analysis);
    let guide: String = guide.into_iter().map(|f| f.text).collect();
    assert!(guide.contains("| victoria | 8428 | HTTP | API |"), "a row in the table of ports");
    assert!(guide.contains("| grafana | victoria | query | 8428 |"), "a row in the table of flows");
}
