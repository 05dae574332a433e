//! Configuration files, judged by the programs that they are for.

use crate::containers::{self, Container, at};
use crate::programs::{all_accepted, find, judge, scratch, skipped, text};
use std::path::Path;
use std::process::Command;

/// Unpacks each distinct container of a product and asks for a verdict on it.
fn each(program: &Path, product: &str, verdict: impl Fn(&Container, &Path, &[String]) -> Result<(), String>) {
    let mut refused = Vec::new();
    let containers = containers::of(product);
    let count = containers.len();
    for (name, container) in containers {
        let (_kept, folder) = scratch();
        let args = container.unpack(&folder);
        if let Err(why) = verdict(&container, &folder, &args) {
            refused.push(format!("{product} of {name}: {why}"));
        }
    }
    all_accepted(program, "configuration", count, &refused);
}

#[test]
fn promtool_takes_configs_and_rules() {
    let Some(promtool) = find("promtool") else { return };
    each(&promtool, "prometheus", |_, folder, _| {
        let config = at(folder, "/etc/prometheus/prometheus.yml");
        judge(Command::new(&promtool).args(["check", "config", "--lint=all", "--lint-fatal"]).arg(config))?;
        let rules = at(folder, "/etc/prometheus/rules/components.yml");
        judge(Command::new(&promtool).args(["check", "rules", "--lint=all", "--lint-fatal"]).arg(rules)).map(drop)
    });
}

#[test]
fn amtool_takes_configs() {
    let Some(amtool) = find("amtool") else { return };
    each(&amtool, "alertmanager", |_, folder, _| {
        judge(Command::new(&amtool).arg("check-config").arg(at(folder, "/etc/alertmanager/alertmanager.yml"))).map(drop)
    });
}

#[test]
fn the_collector_takes_configs() {
    let Some(otelcol) = find("otelcol") else { return };
    each(&otelcol, "otel-collector", |container, folder, _| {
        if old_collector(&container.image) {
            skipped(&format!("the collector at hand is newer than {}", container.image));
            return Ok(());
        }
        let config = at(folder, "/etc/otelcol/config.yaml");
        judge(
            Command::new(&otelcol)
                .arg("validate")
                .arg("--config")
                .arg(config)
                .env("MY_POD_IP", "127.0.0.1")
                .env("POD_NAME", "pod-0"),
        )
        .map(drop)
    });
}

/// Names of exporters changed in 0.144: configurations for older images are right only there.
fn old_collector(image: &str) -> bool {
    let minor = image.rsplit_once(":0.").and_then(|(_, rest)| rest.split('.').next()?.parse::<u32>().ok());
    minor.is_some_and(|minor| minor < 144)
}

#[test]
fn alloy_takes_configs_and_would_not_format_them() {
    let Some(alloy) = find("alloy") else { return };
    each(&alloy, "alloy", |_, folder, _| {
        let config = at(folder, "/etc/alloy/config.alloy");
        judge(Command::new(&alloy).arg("validate").arg(&config).env("K8S_NODE_NAME", "node"))?;
        judge(Command::new(&alloy).args(["fmt", "--test"]).arg(&config)).map(drop)
    });
}

#[test]
fn loki_takes_configs() {
    let Some(loki) = find("loki") else { return };
    each(&loki, "loki", |_, _, args| judge(Command::new(&loki).args(args).arg("-verify-config")).map(drop));
}

#[test]
fn mimir_takes_configs() {
    let Some(mimir) = find("mimir") else { return };
    each(&mimir, "mimir", |_, _, args| {
        let output = judge(Command::new(&mimir).args(args).arg("-modules"))?;
        match text(&output).contains("distributor") {
            true => Ok(()),
            false => Err(format!("it lists no modules:\n{}", text(&output))),
        }
    });
}

/// A judge that takes everything proves nothing: each refuses a misspelt field.
#[test]
fn programs_refuse_what_is_wrong() {
    let cases: [(&str, &[&str], &str); 6] = [
        ("promtool", &["check", "config"], "scrape_confgs: []\n"),
        ("amtool", &["check-config"], "route: { receiver: a }\nreceivers: [{ nam: a }]\n"),
        ("otelcol", &["validate", "--config"], "receivers: { otpl: {} }\n"),
        ("alloy", &["validate"], "loki.write \"x\" {\n\tendpiont {\n\t}\n}\n"),
        ("loki", &["-verify-config", "-config.file"], "auth_enabld: false\n"),
        ("mimir", &["-modules", "-config.file"], "multitenancy_enabld: false\n"),
    ];
    for (program, args, wrong) in cases {
        let Some(program) = find(program) else { continue };
        let (_kept, folder) = scratch();
        let file = folder.join("config");
        std::fs::write(&file, wrong).expect("a temporary folder is writable");
        let verdict = judge(Command::new(&program).args(args).arg(&file));
        assert!(verdict.is_err(), "{} takes {wrong:?}", program.display());
    }
}
