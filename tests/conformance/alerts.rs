//! Alerts, tested by promtool: each fires when it should, and is silent when it shouldn't.
//!
//! The cases are files of promtool's own format in `alerts/`, one a kind of component. They run against the rules
//! emitted for the example of a whole stack, in each of its profiles.

use crate::containers::{Container, at, in_stack};
use crate::programs::{all_accepted, find, judge, scratch};
use obs_tests::programs::root;
use obs_tests::stacks::programs;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

/// Where the emitted rules are in their container.
const RULES: &str = "/etc/prometheus/rules/components.yml";

/// Alerts that are never silent.
const ALWAYS: [&str; 1] = ["Watchdog"];

#[derive(Deserialize)]
struct Rules {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    alert: String,
}

#[derive(Deserialize)]
struct Cases {
    tests: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    alert_rule_test: Vec<Moment>,
}

#[derive(Deserialize)]
struct Moment {
    alertname: String,
    exp_alerts: Vec<serde_yaml::Value>,
}

/// The containers whose rules the cases are about, with the profile of each.
fn evaluators() -> Vec<(String, Container)> {
    let program = programs().iter().find(|p| p.name == "observability").expect("it is an example");
    let of_profile = |stack| in_stack(stack, "prometheus").into_iter().map(|c| (stack.graph.profile.to_string(), c));
    program.stacks.iter().flat_map(of_profile).collect()
}

/// The files of cases, sorted.
fn files() -> Vec<PathBuf> {
    let folder = root().join("tests/conformance/alerts");
    let entries = std::fs::read_dir(folder).expect("the folder is in the repository");
    let mut files: Vec<PathBuf> = entries.map(|e| e.expect("and so are its files").path()).collect();
    files.sort();
    files
}

fn read(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Needs no program: a new alert without a case fails everywhere.
#[test]
fn each_alert_has_a_case_where_it_fires_and_one_where_it_is_silent() {
    let evaluators = evaluators();
    let rules = evaluators.iter().map(|(_, c)| serde_yaml::from_str::<Rules>(&c.files[RULES]).expect("rules"));
    let emitted: BTreeSet<String> = rules.flat_map(|r| r.groups).flat_map(|g| g.rules).map(|r| r.alert).collect();
    let cases = files().into_iter().flat_map(|f| serde_yaml::from_str::<Cases>(&read(&f)).expect("cases").tests);
    let (silent, firing): (Vec<_>, Vec<_>) =
        cases.flat_map(|c| c.alert_rule_test).partition(|moment| moment.exp_alerts.is_empty());
    let names = |moments: Vec<Moment>| moments.into_iter().map(|m| m.alertname).collect::<BTreeSet<String>>();
    let mut silent = names(silent);
    silent.extend(ALWAYS.map(str::to_owned));
    assert_eq!(names(firing), emitted, "alerts that fire in a case, and those that are emitted");
    assert_eq!(silent, emitted, "alerts that are silent in a case, and those that are emitted");
}

#[test]
fn alerts_fire_when_they_should() {
    let Some(promtool) = find("promtool") else { return };
    let (mut refused, mut count) = (Vec::new(), 0);
    for (profile, container) in evaluators() {
        let (_kept, folder) = scratch();
        container.unpack(&folder);
        let beside = at(&folder, RULES);
        for file in files() {
            count += 1;
            // it names the rules as a file beside it
            let copy = beside.with_file_name(file.file_name().expect("a file has a name"));
            std::fs::write(&copy, read(&file)).expect("a temporary folder is writable");
            let verdict = judge(Command::new(&promtool).args(["test", "rules"]).arg(&copy));
            refused.extend(verdict.err().map(|why| format!("{} at {profile}: {why}", file.display())));
        }
    }
    all_accepted(&promtool, "unit tests of alerts", count, &refused);
}
