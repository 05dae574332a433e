//! `obs diff`: programs, revisions and profiles against each other.

use crate::run::{CLEAN, Folder};
use serde_json::Value;
use std::process::Command;

/// A program with a volume, an isolated namespace and profiles.
const STORE: &str = "\
import std.{Mimir, Prometheus, IngressController}

cluster c { domain: \"example.com\", profiles: [normal, high] }

namespace obs {
  isolated: true
  component prometheus: Prometheus { storage: disk(20Gi) }
  component mimir: Mimir { storage: disk(50Gi), replicas: 1 }
}

component edge: IngressController

prometheus -> mimir: remote_write

scale prometheus { normal: 1, high: 2 }
";

fn json(folder: &Folder, arguments: &[&str]) -> Value {
    let all: Vec<&str> = ["diff"].iter().chain(arguments).chain(&["--format", "json"]).copied().collect();
    serde_json::from_str(&folder.run(&all).exits(0).stdout).expect("JSON")
}

/// The change of this name in a list.
fn of<'a>(difference: &'a Value, list: &str, what: &str) -> &'a Value {
    let changes = difference[list].as_array().expect("a list");
    changes.iter().find(|c| c["what"] == what).unwrap_or_else(|| panic!("no {what} in {difference}"))
}

fn names(difference: &Value, list: &str) -> Vec<String> {
    let changes = difference[list].as_array().expect("a list");
    let told = |c: &Value| format!("{} {}", c["change"].as_str().unwrap_or(""), c["what"].as_str().unwrap_or(""));
    changes.iter().map(told).collect()
}

#[test]
fn the_same_differs_in_nothing() {
    let folder = Folder::with(&[("a.obs", CLEAN), ("b/stack.obs", CLEAN)]);
    assert_eq!(folder.run(&["diff", "a.obs", "b"]).exits(0).stdout, "nothing differs\n");
    assert_eq!(json(&folder, &["a.obs", "b"])["same"], true);
    assert_eq!(folder.run(&["diff", "a.obs", "b", "--format", "markdown"]).exits(0).stdout, "Nothing differs.\n");
}

#[test]
fn each_layer_tells_of_a_change_once() {
    let new = STORE
        .replace("isolated: true", "isolated: false")
        .replace("disk(50Gi)", "disk(80Gi)")
        .replace("scale", "edge -> prometheus: http { host: \"p.example.com\", auth: basic(secret(\"edge\")) }\nscale");
    let folder = Folder::with(&[("old.obs", STORE), ("new.obs", &new)]);
    let told = json(&folder, &["old.obs", "new.obs"]);
    assert_eq!(
        names(&told, "graph"),
        ["changed namespace obs", "changed component mimir", "added flow edge -> prometheus: http"]
    );
    assert_eq!(of(&told, "graph", "component mimir")["fields"][0]["new"], "disk(80Gi)");
    assert_eq!(of(&told, "graph", "component mimir")["in"], serde_json::json!(["normal", "high"]));
    let opened = &of(&told, "graph", "flow edge -> prometheus: http")["notes"][0];
    assert_eq!(opened, "prometheus is reached from outside of this program");
    assert_eq!(of(&told, "graph", "namespace obs")["notes"][0], "traffic that no flow declares is let through now");
    let set = of(&told, "objects", "StatefulSet obs/mimir");
    let steps: Vec<&str> = set["recreation"].as_array().expect("steps").iter().filter_map(Value::as_str).collect();
    assert_eq!(steps[0], "needs recreation: Kubernetes never changes its spec.volumeClaimTemplates");
    assert!(steps[1].starts_with("kubectl -n obs delete statefulset/mimir --cascade=orphan"), "{steps:?}");
    assert!(steps[2].starts_with("kubectl -n obs patch pvc data-mimir-N") && steps[2].contains("80Gi"), "{steps:?}");
    assert!(steps[3].starts_with("apply"), "{steps:?}");
    assert!(names(&told, "objects").contains(&"removed NetworkPolicy obs/default-deny".to_owned()), "{told}");
    assert!(names(&told, "objects").contains(&"added Ingress obs/prometheus".to_owned()), "{told}");
    let text = folder.run(&["diff", "old.obs", "new.obs"]).exits(0).stdout;
    assert!(text.contains("  ~ component mimir\n      storage: disk(50Gi) → disk(80Gi)\n"), "{text}");
    let markdown = folder.run(&["diff", "old.obs", "new.obs", "--format", "markdown"]).exits(0).stdout;
    assert!(markdown.contains("| changed | `component mimir` | storage: disk(50Gi) → disk(80Gi) |"), "{markdown}");
    // the other way round it is the other way round
    let back = json(&folder, &["new.obs", "old.obs"]);
    assert_eq!(
        names(&back, "graph"),
        ["changed namespace obs", "changed component mimir", "removed flow edge -> prometheus: http"]
    );
}

#[test]
fn profiles_are_compared_with_each_other() {
    let folder = Folder::with(&[("stack.obs", STORE)]);
    let text = folder.run(&["diff", "stack.obs", "--profile", "normal", "--profile", "high"]).exits(0).stdout;
    insta::assert_snapshot!(text);
    folder.run(&["diff", "stack.obs"]).exits(2).says("--profile A --profile B");
    folder
        .run(&["diff", "stack.obs", "--profile", "normal", "--profile", "hihg"])
        .exits(2)
        .says("did you mean `high`?");
}

#[test]
fn a_change_of_one_profile_names_it() {
    let new =
        STORE.replace("normal: 1, high: 2", "normal: 1, high: 3").replace("[normal, high]", "[normal, high, peak]");
    let folder = Folder::with(&[("old.obs", STORE), ("new.obs", &new.replace("high: 3", "high: 3, peak: 3"))]);
    let told = json(&folder, &["old.obs", "new.obs"]);
    assert_eq!(names(&told, "graph"), ["added profile peak", "changed component prometheus"]);
    assert_eq!(of(&told, "graph", "component prometheus")["in"], serde_json::json!(["high"]));
}

#[test]
fn a_revision_is_read_with_what_it_imports() {
    let main = "import \"./kinds.obs\".{App}\n\nnamespace web {\n  component front: App\n}\n";
    let kinds = "kind App {\n  workload: deployment\n  image: \"registry.example.com/app:1.0\"\n  port http: 8080 \"API\"\n  user: 10001\n  resources: { cpu: 100m, memory: 128Mi }\n}\n";
    let folder = Folder::with(&[("deep/stack.obs", main), ("deep/kinds.obs", kinds)]);
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=t", "-c", "user.email=t@example.com"]).args(arguments);
        let run = command.current_dir(folder.path()).output().expect("git runs");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "first"]);
    git(&["tag", "first"]);
    // the imported file changes on disk alone
    folder.write("deep/kinds.obs", kinds.replace("app:1.0", "app:1.1"));
    let told = json(&folder, &["git:HEAD", "deep/stack.obs"]);
    assert_eq!(names(&told, "graph"), ["changed component front"]);
    let image = &of(&told, "graph", "component front")["fields"][0];
    assert_eq!((&image["field"], &image["old"]), (&"image".into(), &"registry.example.com/app:1.0".into()), "{told}");
    folder.run(&["diff", "git:first", "git:HEAD"]).exits(2).says("which file of");
    assert_eq!(json(&folder, &["git:first:deep/stack.obs", "git:HEAD:deep/stack.obs"])["same"], true);
    git(&["rm", "-q", "--cached", "deep/stack.obs"]);
    git(&["commit", "-q", "-m", "gone"]);
    folder.run(&["diff", "git:HEAD", "deep/stack.obs"]).exits(2).says("there is no `deep/stack.obs` at `HEAD`");
    folder.run(&["diff", "git:nowhere", "deep/stack.obs"]).exits(2).says("git knows no revision `nowhere`");
    folder.run(&["diff", "git:--help", "deep/stack.obs"]).exits(2).says("git knows no revision");
}

#[test]
fn what_is_wrong_with_a_side_is_told() {
    let folder = Folder::with(&[("old.obs", CLEAN), ("new.obs", "let x = [\n")]);
    folder.run(&["diff", "old.obs", "new.obs"]).exits(1).says("new.obs:");
    folder.run(&["diff", "old.obs", "gone.obs"]).exits(2).says("gone.obs");
}
