//! Every effective value knows who said what: default, kind, component, profile, patch.

use crate::support::{fails, findings, host, stack};
use obs_compiler::graph::{Graph, LinkSource};
use obs_compiler::outputs::kubernetes;
use obs_compiler::text::{Sources, Span};

const TOWN: &str = r#"
import "./kit.obs".{Bakery}
cluster c { profiles: [day] }
kind Cake extends Bakery { param fresh: duration(1h..) | "forever" = 3h }
namespace town {
  component plain: Bakery
  component corner: Cake { fresh: 5h, oven.heat: 250, title: "Corner" }
}
profile night { corner.fresh: 7h, corner.oven.fan: false, corner.ovens: 1 }
profile winter extends night { corner.fresh: 9h, corner.resources.cpu: 2 }
patch StatefulSet/corner { spec: { minReadySeconds: 7 } }
"#;

/// Who said what of a parameter, weakest first: the source, the value, and the text of the place.
#[track_caller]
fn chain(graph: &Graph, component: &str, param: &str) -> Vec<(String, String, String)> {
    let component = graph.components.iter().find(|c| c.name == component).expect("there is such a component");
    let effective = component.params.get(param).expect("there is such a parameter");
    assert_eq!(Some(&effective.value), effective.chain.last().map(|l| &l.value), "the last link is the one that holds");
    let link = |l: &obs_compiler::graph::Link| {
        let source = match &l.source {
            LinkSource::Kind(kind) => format!("kind {kind}"),
            LinkSource::Profile(profile) => format!("profile {profile}"),
            other => format!("{other:?}"),
        };
        (source, l.value.to_string(), covered(l.span))
    };
    effective.chain.iter().map(link).collect()
}

fn covered(span: Span) -> String {
    let host = host(TOWN);
    let analysis = host.analysis();
    let place = analysis.locate(span);
    analysis.text(place.file)[place.range.start as usize..place.range.end as usize].to_owned()
}

fn links(expected: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    expected.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect()
}

#[test]
fn kind_component_and_profiles_follow_each_other() {
    let day = stack(TOWN, "day").graph;
    let winter = stack(TOWN, "winter").graph;
    assert_eq!(chain(&day, "plain", "fresh"), links(&[("kind Bakery", "2d", "2d")]));
    assert_eq!(chain(&day, "corner", "fresh"), links(&[("kind Cake", "3h", "3h"), ("Own", "5h", "fresh: 5h")]));
    assert_eq!(
        chain(&winter, "corner", "fresh"),
        links(&[
            ("kind Cake", "3h", "3h"),
            ("Own", "5h", "fresh: 5h"),
            ("profile night", "7h", "corner.fresh: 7h"),
            ("profile winter", "9h", "corner.fresh: 9h"),
        ])
    );
}

#[test]
fn a_place_in_a_record_leaves_the_rest_and_has_its_own_link() {
    let winter = stack(TOWN, "winter").graph;
    let chain = chain(&winter, "corner", "oven");
    let sources: Vec<(&str, &str)> = chain.iter().map(|(s, _, c)| (s.as_str(), c.as_str())).collect();
    assert_eq!(
        sources,
        [
            ("kind Bakery", "{ heat: 200, fan: true }"),
            ("Own", "oven.heat: 250"),
            ("profile night", "corner.oven.fan: false"),
        ]
    );
    let last = &chain.last().expect("it has links").1;
    assert!(last.contains("250") && last.contains("false"), "{last}");
}

#[test]
fn settings_of_every_component_have_chains_too() {
    let winter = stack(TOWN, "winter").graph;
    assert_eq!(chain(&winter, "corner", "title"), links(&[("Own", "Corner", "title: \"Corner\"")]));
    assert_eq!(chain(&winter, "corner", "resources")[0].2, "corner.resources.cpu: 2");
}

#[test]
fn a_patched_field_leads_to_the_patch() {
    let objects = kubernetes::objects(&stack(TOWN, "day"), &mut Vec::new());
    let set = objects.iter().find(|o| o.kind() == "StatefulSet" && o.name() == "corner").expect("it is emitted");
    assert_eq!(set.value().pointer("/spec/minReadySeconds").and_then(|v| v.as_i64()), Some(7));
    let origin = set.origins.iter().find(|o| o.pointer == "/spec/minReadySeconds").expect("it knows its origin");
    assert!(covered(origin.span).contains('7'), "{}", covered(origin.span));
}

#[test]
fn each_part_of_the_resources_leads_to_who_said_it() {
    let objects = kubernetes::objects(&stack(TOWN, "winter"), &mut Vec::new());
    let set = objects.iter().find(|o| o.kind() == "StatefulSet" && o.name() == "corner").expect("it is emitted");
    let place = |part: &str| {
        let pointer = format!("/spec/template/spec/containers/0/resources/{part}");
        covered(set.origins.iter().find(|o| o.pointer == pointer).expect("it knows its origin").span)
    };
    assert_eq!(place("requests/cpu"), "2");
    assert_eq!(place("limits/cpu"), place("requests/cpu"));
    assert_eq!(place("requests/memory"), "128Mi");
}

#[test]
fn the_command_tells_the_chain() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("kit.obs"), crate::support::KIT).expect("it is writable");
    std::fs::write(folder.path().join("main.obs"), TOWN).expect("it is writable");
    let mut command = std::process::Command::new(obs_tests::programs::obs());
    command.args(["why", "main.obs", "corner.fresh", "--profile", "winter"]).current_dir(folder.path());
    let out = command.output().expect("obs runs");
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let order = ["corner.fresh = 9h", "profile winter: 9h", "profile night: 7h", "the component: 5h", "kind Cake: 3h"];
    let places: Vec<Option<usize>> = order.iter().map(|part| text.find(part)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text}");
    assert!(text.contains("main.obs:9:"), "{text}");
}

#[test]
fn values_that_need_each_other_are_said() {
    let town = |settings: &str, more: &str| {
        format!(
            "import \"./kit.obs\".{{Bakery}}\nnamespace n {{\n  component a: Bakery {{ {settings} }}\n  component b: Bakery\n}}\n{more}"
        )
    };
    // what stands above is known; what stands below isn't yet
    let below = findings(&town("ovens: b.ovens", ""));
    assert!(below.iter().any(|f| f.is_error && f.covers == "b"), "{below:?}");
    let through = findings(&town("ovens: n", "let n = b.ovens"));
    assert!(through.iter().any(|f| f.is_error && f.covers == "b"), "{through:?}");
    let itself = findings(&town("ovens: a.ovens", ""));
    assert!(itself.iter().any(|f| f.is_error), "{itself:?}");
    fails(
        &town("", "kind K { image: \"a/b:1\", param x: int = y, param y: int = 1, args: [\"${x}${y}\"] }"),
        &[("OBS2102", "y", "nothing here is called `y`")],
    );
}

#[test]
fn what_is_not_known_yet_is_never_empty() {
    let town = "import \"./kit.obs\".{Bakery}\ncluster c { domain: \"example.com\", profiles: [day, night] }
namespace n {
  labels: { where: domain }
  component a: Bakery { ovens: 3, replicas: if profile == \"night\": 1 else 2 }
  component b: Bakery { ovens: a.ovens + 1, replicas: a.replicas + 1, tags: { \"in\": namespace_of(a) } }
}
fn namespace_of(c: component): string = c.namespace\n";
    let graph = stack(town, "day").graph;
    assert_eq!(graph.namespaces[0].labels.get("where").map(|v| v.as_str()), Some("example.com"));
    let replicas: Vec<&[u32]> = graph.components.iter().map(|c| c.replicas.by_profile.as_slice()).collect();
    assert_eq!(replicas, [[2, 1], [3, 2]]);
    for (settings, covers) in [
        ("ovens: len(components)", "components"),
        ("ovens: if reachable(a, a): 1 else 2", "reachable(a, a)"),
        ("ovens: if a.storage_shared: 1 else 2", "a.storage_shared"),
    ] {
        let text = town.replace("ovens: a.ovens + 1", settings);
        let found: Vec<_> = findings(&text).into_iter().filter(|f| f.is_error).collect();
        assert!(found.len() == 1 && found[0].code == "OBS2115" && found[0].covers == covers, "{found:?}");
    }
    fails("cluster c { title: domain, domain: \"a.example.com\" }", &[("OBS2115", "domain", "isn't known yet")]);
    fails("namespace n { title: profile }", &[("OBS2115", "profile", "isn't known yet")]);
}
