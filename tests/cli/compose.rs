//! `obs build --target compose`: a stack for one machine.

use crate::run::{CLEAN, Folder};
use obs_tests::programs;
use serde_yaml::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A kind with all that a service has.
const APP: &str = "\
kind App {
  workload: stateful
  state: stateless
  image: \"registry.example.com/app:1.0\"
  port http: 8080 \"API\"
  port admin: 8081
  accepts http on http
  emits http
  published: [\"admin\"]
  data: { path: \"/data\", storage: disk(1Gi) }
  scratch: [\"/cache\"]
  shared: if target == \"compose\": { \"/logs\": \"logs\" } else {}
  fetch: [\"fetch\"]
  ready: http(\"/ready\")
  env: {
    POD: field(\"metadata.name\")
    MONEY: \"$5\"
    TOKEN: secret(\"token\", \"value\")
  }
  secrets: { \"/etc/tls\": secret(\"tls\"), \"/etc/key\": secret(\"sign\", \"key\") }
  args: [\"--name=$(POD)\", \"--peers=${join([for f in flows.out(http): f.url], \",\")}\", \"--target=${target}\"]
}

cluster c {}

namespace web {
  component front: App { replicas: 2 }
  component back: App { replicas: 1 }
}

front -> back: http
";

fn compose(folder: &Folder) -> Value {
    let text = fs::read_to_string(folder.path().join("out/compose/compose.yaml")).expect("it was written");
    serde_yaml::from_str(&text).expect("it is YAML")
}

fn words(value: &Value) -> Vec<&str> {
    value.as_sequence().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn built(text: &str) -> Folder {
    let folder = Folder::with(&[("stack.obs", text)]);
    folder.run(&["build", "stack.obs", "--target", "compose"]).exits(0);
    folder
}

#[test]
fn a_service_has_what_its_kind_says() {
    let folder = built(APP);
    let project = compose(&folder);
    let services = &project["services"];
    let front = &services["front-1"];
    assert_eq!(words(&front["command"]), ["--name=front-1", "--peers=http://back:8080/", "--target=compose"]);
    assert_eq!(front["environment"]["POD"], "front-1");
    assert_eq!(front["environment"]["MONEY"], "$$5", "`$` begins a variable in a Compose file");
    assert_eq!(front["environment"]["TOKEN"], "${TOKEN_VALUE:?set it in .env: a value of the Secret token}");
    assert_eq!(words(&front["networks"]["default"]["aliases"]), ["front"]);
    assert_eq!(words(&front["healthcheck"]["test"]), ["CMD", "fetch", "http://front-1:8080/ready"]);
    assert_eq!(front["depends_on"]["back"]["condition"], "service_started");
    assert_eq!(front["user"], "65534:65534");
    assert_eq!(services["back"]["hostname"], "back", "a single instance needs no number");
    assert!(services["back"].get("networks").is_none());
    let owner = words(&services["volume-owner"]["command"]).join("");
    assert!(owner.contains("chown 65534:65534 /volumes/front-1-data"), "{owner}");
    assert!(owner.contains("chmod 1777 /volumes/shared-logs"), "{owner}");
}

#[test]
fn secrets_are_read_from_where_the_user_keeps_them() {
    let folder = built(APP);
    let project = compose(&folder);
    assert_eq!(project["secrets"]["sign-key"]["file"], "./secrets/sign/key");
    let front = &project["services"]["front-0"];
    assert_eq!(front["secrets"][0]["target"], "/etc/key/key");
    let mounts = front["volumes"].as_sequence().expect("a list");
    let tls = mounts.iter().find(|m| m["target"] == "/etc/tls").expect("the whole Secret is mounted");
    assert_eq!((tls["source"].as_str(), &tls["read_only"]), (Some("./secrets/tls"), &Value::Bool(true)));
    assert_eq!(tls["bind"]["create_host_path"], Value::Bool(false), "an empty folder would say nothing");
    let readme = fs::read_to_string(folder.path().join("out/compose/README.md")).expect("it is there");
    for told in ["files in secrets/tls", "secrets/sign/key", "TOKEN_VALUE in the file .env"] {
        assert!(readme.contains(told), "{told} in\n{readme}");
    }
}

#[test]
fn ports_are_published_once_and_on_loopback() {
    let folder = built(APP);
    let project = compose(&folder);
    let services = project["services"].as_mapping().expect("services");
    let ports: Vec<&Value> = services.values().flat_map(|s| s["ports"].as_sequence().into_iter().flatten()).collect();
    let numbers: BTreeSet<&str> = ports.iter().filter_map(|p| p["published"].as_str()).collect();
    assert_eq!(numbers, BTreeSet::from(["8081", "8082", "8083"]), "`admin` of each, and no other");
    assert!(ports.iter().all(|p| p["host_ip"] == "127.0.0.1"));
}

#[test]
fn one_profile_the_first_unless_it_is_named() {
    let text = APP.replace("cluster c {}", "cluster c { profiles: [low, high] }\nscale back { low: 1, high: 3 }");
    let folder = built(&text);
    assert!(compose(&folder)["services"].get("back").is_some());
    folder.run(&["build", "stack.obs", "--target", "compose", "--profile", "high"]).exits(0);
    assert!(compose(&folder)["services"].get("back-2").is_some());
    folder
        .run(&["build", "stack.obs", "--target", "compose", "--profile", "hihg"])
        .exits(2)
        .says("did you mean `high`?");
}

#[test]
fn targets_leave_each_other_alone() {
    let folder = Folder::with(&[("stack.obs", CLEAN)]);
    folder.run(&["build", "stack.obs"]).exits(0);
    let before = folder.tree("out/kubernetes");
    folder.run(&["build", "stack.obs", "--target", "compose"]).exits(0).says("next: read out/compose/README.md");
    assert_eq!(folder.tree("out/kubernetes"), before);
    folder.run(&["build", "stack.obs", "--check"]).exits(0);
    folder.run(&["build", "stack.obs", "--target", "compose", "--check"]).exits(0);
    let run = folder.run(&["build", "stack.obs", "--target", "compose", "--stdout"]).exits(0);
    assert_eq!(run.stdout, fs::read_to_string(folder.path().join("out/compose/compose.yaml")).expect("it is there"));
}

#[test]
fn what_one_machine_cannot_hold_is_an_error_there_alone() {
    let wrong = [
        (APP.replace("back", "front-1"), "would be called `front-1`"),
        (APP.replace("metadata.name", "metadata.uid"), "`metadata.uid` is a field of pods"),
        (APP.replace("\"/logs\": \"logs\"", "\"/logs\": \"Logs; rm\""), "can't be the name of a volume"),
    ];
    for (text, told) in wrong {
        let folder = Folder::with(&[("stack.obs", &text)]);
        folder.run(&["build", "stack.obs"]).exits(0);
        folder.run(&["build", "stack.obs", "--target", "compose"]).exits(1).says("OBS6107").says(told);
        let run = folder.run(&["build", "stack.obs", "--target", "compose", "--format", "json"]).exits(1);
        let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("one document");
        assert_eq!((&document["errors"], &document["diagnostics"][0]["code"]), (&1.into(), &"OBS6107".into()));
        assert!(!folder.path().join("out/compose").exists(), "a build with errors writes nothing");
    }
}

#[test]
fn the_whole_stack_is_where_the_guide_says() {
    let example = fs::read_to_string(programs::root().join("examples/observability/stack.obs")).expect("the example");
    let folder = built(&example);
    let project = compose(&folder);
    let services = project["services"].as_mapping().expect("services");
    for (service, port) in
        [("grafana", "3000"), ("prometheus-0", "9090"), ("loki", "3100"), ("otel-0", "13133"), ("apps", "8081")]
    {
        let ports = services[service]["ports"].as_sequence().expect("it is published");
        assert!(ports.iter().any(|p| p["published"] == port), "{service} at {port}: {ports:?}");
    }
    let tree = folder.tree("out/compose");
    let prometheus = &tree[Path::new("config/prometheus/etc/prometheus/prometheus.yml")];
    let prometheus = String::from_utf8_lossy(prometheus);
    assert!(!prometheus.contains("kubernetes_sd") && !prometheus.contains("svc.cluster.local"), "{prometheus}");
    let readme = String::from_utf8_lossy(&tree[Path::new("README.md")]);
    for told in ["isn't there; left out: mimir → bucket: S3", "one on every node", "always 2", "prometheus.example.com"]
    {
        assert!(readme.contains(told), "{told} in\n{readme}");
    }
}

#[test]
fn why_answers_for_services_and_files() {
    let folder = Folder::with(&[("stack.obs", APP)]);
    let why = |object: &str| folder.run(&["why", "stack.obs", object, "--target", "compose"]);
    let run = why("front-0#/command/0").exits(0);
    assert!(run.stdout.starts_with("/command/0 = \"--name=front-0\"\n"), "{}", run.stdout);
    let line = APP.lines().position(|l| l.contains("args:")).expect("it has arguments") + 1;
    assert!(run.stdout.contains(&format!("stack.obs:{line}:")), "the argument: {}", run.stdout);
    let line = APP.lines().position(|l| l.contains("component front")).expect("there is one") + 1;
    assert!(run.stdout.contains(&format!("front-0\n  stack.obs:{line}:")), "the component: {}", run.stdout);
    let whole = why("compose.yaml#/services/back/environment/MONEY").exits(0).stdout;
    assert!(whole.contains("MONEY: \"$5\""), "{whole}");
    assert!(!whole.contains("component front"), "what caused another service: {whole}");
    why("front-0#/comand").exits(2).says("did you mean `command`?");
    why("frnt-0").exits(2).says("did you mean `front-0`?");
}
