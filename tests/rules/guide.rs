//! The guide, written down word for word, contradicts itself in fourteen places: each is found, at its line, as an
//! error where it can't work and as a warning where it will hurt; and nothing else is found.

use obs_compiler::db::FileText;
use obs_compiler::diagnostics::Severity::{self, Error, Info, Warning};
use obs_compiler::ide::Host;
use obs_compiler::text::Sources;
use obs_tests::programs::root;

/// A finding: its code, how the line starts on which it is shown, its severity.
type Finding = (&'static str, &'static str, Severity);

/// What the guide says against itself, and what is found for it.
const CONTRADICTIONS: &[(&str, &[Finding])] = &[
    ("1: traces reach no store", &[("OBS3108", "apps -> alloy -> otel: otlp", Error)]),
    (
        "2: one instance at normal load, and an autoscaler that keeps two",
        &[("OBS4101", "scale grafana", Error), ("OBS4101", "scale loki", Error), ("OBS4101", "scale mimir", Error)],
    ),
    (
        "3: metrics pushed to replicas that are de-duplicated behind",
        &[("OBS3115", "otel -> prometheus: otlp", Warning)],
    ),
    (
        "4: a third replica, and an autoscaler, of what does all work again",
        &[("OBS4104", "autoscale prometheus", Warning)],
    ),
    ("5: half of a ring taken at once", &[("OBS4105", "down: {", Error)]),
    (
        "6: two instances of a store without shared storage, which tolerate no loss",
        &[
            ("OBS4103", "scale loki", Error),
            ("OBS4103", "scale mimir", Error),
            ("OBS4102", "scale loki", Warning),
            ("OBS4102", "scale mimir", Warning),
        ],
    ),
    ("7: several instances with a database each", &[("OBS4103", "scale grafana", Error)]),
    ("8: alerts that reach no one", &[("OBS3114", "component prometheus", Warning)]),
    (
        "9: ports that the map leaves out",
        &[
            ("OBS3111", "component alloy", Error),
            ("OBS3111", "component loki", Error),
            ("OBS3111", "component mimir", Error),
        ],
    ),
    (
        "10: public addresses that ask nobody who they are",
        &[
            ("OBS5101", "edge -> prometheus", Warning),
            ("OBS5101", "edge -> loki", Warning),
            ("OBS5101", "edge -> mimir", Warning),
        ],
    ),
    (
        "11: arrows that follow the data, or both ways",
        &[("OBS3103", "prometheus <-> alloy: scrape", Error), ("OBS3103", "grafana -> prometheus: scrape", Error)],
    ),
    ("12: an isolated namespace that scrapes all others", &[("OBS5102", "prometheus -> apps: scrape", Info)]),
    (
        "13: backups of all but the long-term stores",
        &[("OBS4113", "component mimir", Warning), ("OBS4113", "component loki", Warning)],
    ),
    ("14: data without end on a volume", &[("OBS4111", "component mimir", Warning)]),
    // no contradiction within the guide, but with what Kubernetes can do
    ("thresholds for scaling down, which the autoscaler hasn't got", &[("OBS4108", "down: {", Info)]),
];

/// What is found in the guide's program: code, line, severity.
fn found() -> Vec<(&'static str, String, Severity)> {
    let path = root().join("examples/guide-literal/stack.obs");
    let text = std::fs::read_to_string(path).expect("the example is there");
    let mut host = Host::new();
    host.set_file("stack.obs", FileText::Text(text.as_str().into()));
    let analysis = host.analysis();
    let line = |offset: u32| {
        let start = text[..offset as usize].rfind('\n').map_or(0, |at| at + 1);
        text[start..].lines().next().unwrap_or_default().trim().to_owned()
    };
    let all = analysis.check("stack.obs");
    all.iter().map(|d| (d.code.id(), line(analysis.locate(d.primary).range.start), d.severity)).collect()
}

#[test]
fn each_contradiction_is_found_at_its_line_and_nothing_else() {
    let mut rest = found();
    let mut missing = Vec::new();
    for (what, findings) in CONTRADICTIONS {
        for (code, line, severity) in *findings {
            match rest.iter().position(|(c, l, s)| c == code && l.starts_with(line) && s == severity) {
                Some(at) => _ = rest.remove(at),
                None => missing.push(format!("{what}: {code} at `{line}`, {}", severity.name())),
            }
        }
    }
    assert!(missing.is_empty(), "not found:\n{}\nfound beside:\n{rest:#?}", missing.join("\n"));
    assert!(rest.is_empty(), "found beside the contradictions: {rest:#?}");
}

#[test]
fn the_examples_are_clean() {
    for name in ["minimal", "observability"] {
        let text = std::fs::read_to_string(root().join(format!("examples/{name}/stack.obs"))).expect("it is there");
        let mut host = Host::new();
        host.set_file("stack.obs", FileText::Text(text.into()));
        let found = host.analysis().check("stack.obs");
        let told: Vec<&str> = found.iter().map(|d| d.message.as_str()).collect();
        assert!(told.is_empty(), "{name}: {told:#?}");
    }
}
