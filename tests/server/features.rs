//! What a cursor can ask for.

use crate::project::Project;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Two kinds that share one protocol of two, and a third.
const SHOP: &str = "
/// Goods that are asked for.
protocol order {
  transport: http
  carries: [metrics]
  /// How often.
  every: duration = 30s
}
protocol deliver { transport: http, carries: [metrics] }
protocol pay { transport: http, carries: [metrics] }
/// Sells things.
kind Shop {
  workload: deployment
  image: \"example.com/shop:1\"
  /// How many shelves it has.
  param shelves: int = 3
  param open: \"day\" | \"night\" = \"day\"
  port http: 8080
  accepts order, pay on http
  emits deliver
}
kind Customer {
  workload: external
  port http: 80
  accepts deliver on http
  emits order
}
component shop: Shop { shelves: 5 }
component customer: Customer
";

fn with(line: &str) -> Project {
    Project::open(&format!("{SHOP}{line}"))
}

#[test]
fn hover_tells_of_components_kinds_protocols_and_fields() {
    assert_eq!(
        with("customer -> sh$0op: order\n").hover(),
        "customer -> shop: order
            ^^^^
```obs
component shop: Shop
```
Sells things.

Runs as a deployment

Instances: default 1

Ports: 8080 `http`

Reached by `customer` (order); reaches nobody

- `shelves: 5` (here: `5` ← kind Shop: `3`)
- `open: day` (kind Shop: `day`)
"
    );
    let of_flow = with("customer -> shop: ord$0er\n").hover();
    assert!(
        of_flow.starts_with(
            "customer -> shop: order
                  ^^^^^
```obs
protocol order
```
Goods that are asked for.
- `every: duration` How often.

`customer -> shop` by http
"
        ),
        "{of_flow}"
    );
    assert!(of_flow.contains("- `shop` listens on port 8080; "), "{of_flow}");
    assert_eq!(
        with("component other: Sho$0p\n").hover(),
        "component other: Shop
                 ^^^^
```obs
kind Shop
```
Sells things.

- `shelves: int` How many shelves it has.
- `open: \"day\" | \"night\"`
"
    );
    assert_eq!(
        with("component other: Shop { shel$0ves: 7 }\n").hover(),
        "component other: Shop { shelves: 7 }
                        ^^^^^^^
```obs
shelves: int
```
How many shelves it has.

`7` (here: `7` ← kind Shop: `3`)
"
    );
    assert_eq!(with("  // sh$0op\n").hover(), "nothing\n");
}

#[test]
fn a_definition_is_found_in_this_file_another_one_and_the_library() {
    assert_eq!(
        with("customer -> sh$0op: order\n").definition(),
        "main.obs
component shop: Shop { shelves: 5 }
          ^^^^
"
    );
    assert_eq!(
        with("customer -> shop: ord$0er { every: 1m }\n").definition(),
        "main.obs
protocol order {
         ^^^^^
"
    );
    assert_eq!(
        with("customer -> shop: order { ev$0ery: 1m }\n").definition(),
        "main.obs
  every: duration = 30s
  ^^^^^
"
    );
    let mut project =
        Project::open("//- main.obs\nimport \"./lib/a.obs\".{x}\nlet y = x$0\n//- lib/a.obs\nlet x = 1\n");
    assert_eq!(project.definition(), "lib/a.obs\nlet x = 1\n    ^\n");
    let mut project = Project::open("//- main.obs\nimport \"./li$0b/a.obs\".{x}\n//- lib/a.obs\nlet x = 1\n");
    assert_eq!(project.definition(), "lib/a.obs\nlet x = 1\n^\n", "the file itself");
    let mut project = Project::open("import std.{Po$0ds}\n");
    assert_eq!(project.definition(), "std/outside.obs\nkind Pods {\n     ^^^^\n");
}

#[test]
fn files_of_the_library_can_be_read_on() {
    let mut project = Project::open("import std.{Po$0ds}\n");
    let params = project.at_cursor();
    let found = project.editor.result("textDocument/definition", params);
    let uri = found["uri"].as_str().expect("a location").to_owned();
    assert!(uri.contains(&project.editor.cache().display().to_string()), "{uri}");
    let (_, text) = project.file(&uri);
    project.editor.open(&uri, &text);
    let at = serde_json::json!({"textDocument": {"uri": uri}, "position": found["range"]["start"]});
    let hover = project.editor.result("textDocument/hover", at);
    assert!(hover["contents"]["value"].as_str().is_some_and(|t| t.contains("kind Pods")), "{hover}");
}

#[test]
fn only_protocols_that_fit_both_ends_are_offered() {
    assert_eq!(with("customer -> shop: $0\n").labels(), ["order"]);
    assert_eq!(with("customer -> shop:$0").labels(), ["order"]);
    assert_eq!(with("customer -> shop: or$0").labels(), ["order"]);
    assert_eq!(with("shop -> customer: $0\n").labels(), ["deliver"]);
    assert_eq!(
        with("customer -> shop -> customer: $0\n").labels(),
        Vec::<String>::new(),
        "no one fits the whole chain"
    );
    assert_eq!(with("customer <-> shop: $0\n").labels(), Vec::<String>::new());
}

#[test]
fn the_librarys_protocols_too_while_nothing_parses_yet() {
    let text = "import std.{Prometheus, Mimir}\ncomponent prometheus: Prometheus\ncomponent mimir: Mimir\n\
                component broken {\nprometheus -> mimir: $0";
    assert_eq!(Project::open(text).labels(), ["scrape", "remote_write"]);
}

#[test]
fn completion_offers_what_can_stand_there() {
    let labels = |line: &str| with(line).labels();
    assert_eq!(labels("customer -> $0"), ["shop", "customer"]);
    let kinds: BTreeSet<String> = labels("component x: $0").into_iter().collect();
    assert!(["Shop", "Customer", "Pods"].iter().all(|k| kinds.contains(*k)), "{kinds:?}");
    assert_eq!(
        labels("component x: Shop { $0 }"),
        [
            "shelves",
            "open",
            "title",
            "replicas",
            "image",
            "resources",
            "labels",
            "annotations",
            "env",
            "args",
            "notes",
            "available",
            "ports",
            "load",
            "passes"
        ]
    );
    assert_eq!(labels("component x: Shop { open: $0 }"), ["day", "night"]);
    assert_eq!(labels("customer -> shop: order { $0 }"), ["signals", "port", "every"]);
    assert_eq!(labels("// $0"), Vec::<String>::new());
    assert!(labels("comp$0").contains(&"component".to_owned()));
}

#[test]
fn a_kind_of_the_library_brings_its_import() {
    let mut project = Project::open("import std.{Pods}\ncomponent a: Pods\ncomponent b: Peo$0");
    assert_eq!(project.complete("People"), "import std.{Pods, People}\ncomponent a: Pods\ncomponent b: People");
    let mut project = Project::open("component b: Peo$0");
    assert_eq!(project.complete("People"), "import std.{People}\n\ncomponent b: People");
}

/// A project once the server has read all of its files: when a kind of one of them is offered.
fn read_whole(files: &str, kind: &str) -> Project {
    let mut project = Project::open(files);
    let end = Instant::now() + Duration::from_secs(60);
    while !project.labels().contains(&kind.to_owned()) {
        assert!(Instant::now() < end, "{kind} is never offered");
        std::thread::sleep(Duration::from_millis(20));
    }
    project
}

#[test]
fn a_kind_of_another_file_brings_its_import() {
    let shops = "//- lib/shops.obs\nkind Shop { image: \"example.com/shop:1\" }\nkind Stall extends Shop {}\n";
    let complete = |main: &str| read_whole(&format!("//- main.obs\n{main}{shops}"), "Stall").complete("Stall");
    let import = "import \"./lib/shops.obs\".{Stall}\n\ncomponent a: Stall\n";
    assert_eq!(complete("component a: Sta$0\n"), import);
    assert_eq!(
        complete("import std.{Pods}\ncomponent b: Pods\ncomponent a: Sta$0\n"),
        "import std.{Pods}\nimport \"./lib/shops.obs\".{Stall}\ncomponent b: Pods\ncomponent a: Stall\n"
    );
    assert_eq!(
        complete("import \"./lib/shops.obs\".{Shop}\ncomponent b: Shop\ncomponent a: Sta$0\n"),
        "import \"./lib/shops.obs\".{Shop, Stall}\ncomponent b: Shop\ncomponent a: Stall\n"
    );
}

#[test]
fn a_file_that_imports_this_one_offers_nothing_here() {
    let others = "//- free.obs\nkind Stall { image: \"example.com/stall:1\" }\n\
                  //- other.obs\nimport \"./main.obs\" as main\nkind Shop { image: \"example.com/shop:1\" }\n";
    let labels = read_whole(&format!("//- main.obs\ncomponent a: S$0\n{others}"), "Stall").labels();
    assert!(!labels.contains(&"Shop".to_owned()), "files can't import each other in a circle: {labels:?}");
}

#[test]
fn formatting_changes_what_has_to_change() {
    let mut project = Project::open("let  x=1\r\n\r\n\r\nlet y = 2\r\n");
    assert_eq!(project.formatted().as_deref(), Some("let x = 1\r\n\r\nlet y = 2\r\n"));
    let mut project = Project::open("let x = 1\n");
    assert_eq!(project.formatted().as_deref(), Some("let x = 1\n"));
    let mut project = Project::open("let x = = 1\n");
    assert_eq!(project.formatted(), None, "what has errors is left alone");
}
