//! What the program says of linters' findings, as these read it: annotations of workloads.

use obs_tests::stacks::{objects, of_text};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The annotations of each workload, by component.
fn annotated(waivers: &str) -> BTreeMap<String, Json> {
    let program = format!(
        "import std.{{Grafana, Loki, checkov, kube-score, kube-linter}}\n\
         cluster c {{ annotations: {{ \"example.com/owner\": \"me\" }} }}\n\
         namespace n {{\n  component grafana: Grafana\n  component loki: Loki\n}}\n\
         grafana -> loki: query\n{waivers}"
    );
    let (host, entry) = of_text(&program);
    let stacks = host.analysis().stacks(&entry).expect("the program is right");
    let objects = objects(&stacks[0]);
    let (workloads, others): (Vec<_>, Vec<_>) =
        objects.iter().partition(|o| o.json.pointer("/spec/template/spec").is_some());
    for other in others {
        assert_eq!(other.json["metadata"]["annotations"], json!({ "example.com/owner": "me" }), "{}", other.kind());
    }
    for workload in &workloads {
        let pods = &workload.json["spec"]["template"]["metadata"]["annotations"];
        let told = pods.as_object().into_iter().flatten().any(|(key, _)| !key.starts_with("checksum/"));
        assert!(!told, "a new reason restarts the pods of {}", workload.name());
    }
    workloads.iter().map(|o| (o.name().to_owned(), o.json["metadata"]["annotations"].clone())).collect()
}

#[test]
fn each_linter_is_told_in_its_own_words() {
    let found = annotated(
        "waive checkov.CKV_K8S_43, \"a = b, {check}\"\n\
         waive kube-score.pod-networkpolicy on grafana, \"open\"\n\
         waive kube-score.deployment-replicas on grafana, \"one\"\n\
         waive checkov.CKV2_K8S_6 on grafana until 2030-01-01, \"open\"\n\
         waive kube-linter.no-anti-affinity on loki, \"one\"\n\
         waive own.no-latest on loki, \"mirror\"\n\
         let own: Linter = { annotation: \"example.com/{number}-{check}\", value: \"{reason}\" }\n",
    );
    let grafana = json!({
        "checkov.io/skip1": "CKV_K8S_43=a = b, {check}",
        "checkov.io/skip2": "CKV2_K8S_6=open",
        "example.com/owner": "me",
        "kube-score/ignore": "pod-networkpolicy,deployment-replicas",
    });
    let loki = json!({
        "checkov.io/skip1": "CKV_K8S_43=a = b, {check}",
        "example.com/1-no-latest": "mirror",
        "example.com/owner": "me",
        "ignore-check.kube-linter.io/no-anti-affinity": "one",
    });
    assert_eq!(found, BTreeMap::from([("grafana".to_owned(), grafana), ("loki".to_owned(), loki)]));
}

#[test]
fn the_compiler_s_own_waivers_are_no_annotations() {
    let found = annotated("waive OBS4102 on loki, \"one\"\n");
    assert!(found.values().all(|a| *a == json!({ "example.com/owner": "me" })), "{found:?}");
}
