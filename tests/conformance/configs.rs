//! Configuration files, judged by the programs that they are for.

use crate::containers::{self, Container, at};
use crate::programs::{all_accepted, find, judge, scratch, text};
use std::path::Path;
use std::process::Command;

/// Unpacks each distinct container of a product and asks for a verdict on it.
fn each(program: &Path, product: &str, verdict: impl Fn(&Container, &Path, &[String]) -> Result<(), String>) {
    let mut refused = Vec::new();
    let containers = containers::of_targets(product);
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
        let web = at(folder, "/etc/prometheus/web.yml");
        if web.is_file() {
            judge(Command::new(&promtool).args(["check", "web-config"]).arg(web))?;
        }
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
    let judged = |program: &Path, container: &Container, folder: &Path| {
        let config = at(folder, "/etc/otelcol/config.yaml");
        let output = judge(
            Command::new(program).args(["validate", "--config"]).arg(config).envs(container.environment(folder)),
        )?;
        // a name that a later version drops is said to be deprecated
        match text(&output).contains("deprecated") {
            true => Err(text(&output)),
            false => Ok(()),
        }
    };
    each(&otelcol, "otel-collector", |container, folder, _| match old_collector(container) {
        Some(program) => find(program).map_or(Ok(()), |older| judged(&older, container, folder)),
        None => judged(&otelcol, container, folder),
    });
    refuses_later_names();
}

/// The program for images of versions before components were renamed, of which it is the last; none for later ones.
pub fn old_collector(container: &Container) -> Option<&'static str> {
    let minor = container.image.rsplit_once(":0.").and_then(|(_, rest)| rest.split('.').next()?.parse::<u32>().ok());
    let collector = container.product == "otel-collector";
    minor.filter(|minor| collector && *minor < 144).map(|_| "otelcol-old")
}

/// Were the older program to take the later names too, it would prove nothing.
fn refuses_later_names() {
    let Some(older) = find("otelcol-old") else { return };
    let (_kept, folder) = scratch();
    let config = folder.join("config.yaml");
    let text = "receivers: { otlp: { protocols: { grpc: {} } } }\nexporters: { otlp_grpc: { endpoint: a:1 } }\n\
                service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp_grpc] } } }\n";
    std::fs::write(&config, text).expect("a temporary folder is writable");
    let verdict = judge(Command::new(&older).args(["validate", "--config"]).arg(&config));
    assert!(verdict.is_err(), "{} takes `otlp_grpc`", older.display());
}

#[test]
fn alloy_takes_configs_and_would_not_format_them() {
    let Some(alloy) = find("alloy") else { return };
    each(&alloy, "alloy", |container, folder, _| {
        let config = at(folder, "/etc/alloy/config.alloy");
        judge(Command::new(&alloy).arg("validate").arg(&config).envs(container.environment(folder)))?;
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
