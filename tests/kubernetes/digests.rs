//! Images with the digests of `obs.lock`, and of the program.

use obs_compiler::db::FileText;
use obs_tests::stacks::{objects, of_text};
use std::collections::BTreeMap;

const FIRST: &str = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const SECOND: &str = "sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";

#[test]
fn pods_run_what_is_locked() {
    let (mut host, entry) = of_text(&format!(
        "import std.{{Grafana, Loki, Tempo}}\n\
         cluster c {{ digests: {{ \"example.com/loki:1\": \"{SECOND}\" }} }}\n\
         namespace n {{\n  component grafana: Grafana {{ image: \"example.com/grafana:1\" }}\n\
         component loki: Loki {{ image: \"example.com/loki:1\" }}\n  component tempo: Tempo {{ image: \"example.com/tempo:1\" }}\n}}\n\
         grafana -> loki: query\ngrafana -> tempo: query\n"
    ));
    let lock = format!("# by tag\nexample.com/grafana:1 {FIRST}\nexample.com/loki:1 {FIRST}\n");
    host.set_file("obs.lock", FileText::Text(lock.as_str().into()));
    let stacks = host.analysis().stacks(&entry).expect("the program is right");
    let image = |o: &obs_compiler::outputs::kubernetes::Object| {
        let image = o.json.pointer("/spec/template/spec/containers/0/image")?.as_str()?.to_owned();
        Some((o.name().to_owned(), image))
    };
    let images: BTreeMap<String, String> = objects(&stacks[0]).iter().filter_map(image).collect();
    let expected = [
        ("grafana", format!("example.com/grafana:1@{FIRST}")),
        // the program goes before the lock
        ("loki", format!("example.com/loki:1@{SECOND}")),
        ("tempo", "example.com/tempo:1".to_owned()),
    ];
    assert_eq!(images, expected.map(|(name, image)| (name.to_owned(), image)).into());
}
