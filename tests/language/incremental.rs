//! Edits run again what depends on them and nothing else, and give what a fresh compiler gives.

use crate::mutate::{mutate, mutation};
use crate::support::KIT;
use obs_compiler::db::FileText;
use obs_compiler::ide::{Analysis, Host};
use obs_compiler::outputs::kubernetes;
use obs_compiler::text::Sources;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const MAIN: &str = r#"import "./kit.obs".{Bakery, Mill, deliver, order}
import "./shop.obs" as shop

// a comment
cluster east { domain: "example.com", profiles: [day, night] }
let ovens = 3

namespace town {
  component corner: Bakery { ovens: ovens }
}
component mill: Mill
mill -> corner, shop.market: deliver
corner -> shop.market: order
profile night { corner.ovens: 1 }
assert corner.ovens > 0, "an oven"
"#;

const SHOP: &str = r#"import "./kit.obs".{Bakery}

// another comment
fn twice(n: int): int = n * 2

namespace square {
  component market: Bakery { ovens: twice(2) }
}
"#;

const FILES: [(&str, &str); 3] = [("main.obs", MAIN), ("shop.obs", SHOP), ("kit.obs", KIT)];

/// Counts the queries that run, by their names.
struct Counted {
    host: Host,
    ran: Arc<Mutex<Vec<String>>>,
}

impl Counted {
    fn new() -> Self {
        let ran: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&ran);
        let mut host = Host::with_log(Arc::new(move |query| log.lock().expect("no one panics").push(query)));
        for (path, text) in FILES {
            host.set_file(path, FileText::Text(text.into()));
        }
        let mut counted = Self { host, ran };
        counted.run();
        counted
    }

    /// Asks for everything; how often each query ran for that.
    fn run(&mut self) -> BTreeMap<String, usize> {
        self.ran.lock().expect("no one panics").clear();
        let analysis = self.host.analysis();
        assert!(analysis.check("main.obs").iter().all(|d| !d.is_error()), "the program holds");
        analysis.stacks("main.obs").expect("it holds");
        let mut out = BTreeMap::new();
        for query in self.ran.lock().expect("no one panics").iter() {
            let name = query.split('(').next().unwrap_or(query).to_owned();
            *out.entry(name).or_default() += 1;
        }
        out
    }

    /// Replaces a piece of a file's text, then asks for everything.
    fn edit(&mut self, path: &str, old: &str, new: &str) -> BTreeMap<String, usize> {
        let analysis = self.host.analysis();
        let file = analysis.file(path).expect("it is there");
        let text = analysis.text(file).to_owned();
        drop(analysis);
        assert_eq!(text.matches(old).count(), 1, "{old}");
        self.host.set_file(path, FileText::Text(text.replace(old, new).into()));
        self.run()
    }
}

fn budget(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected.iter().map(|(name, times)| ((*name).to_owned(), *times)).collect()
}

/// What an edit of a comment costs: the file's own text and syntax, where its items stand, and a look at the text for
/// credentials.
const SYNTAX: [(&str, usize); 7] = [
    ("anchors", 1),
    ("ast", 1),
    ("found", 1),
    ("lowered", 1),
    ("segment_lowered", 1),
    ("segments", 1),
    ("syntax_errors", 1),
];

#[test]
fn nothing_runs_again_without_an_edit() {
    let mut counted = Counted::new();
    assert_eq!(counted.run(), BTreeMap::new());
    counted.host.set_file("main.obs", FileText::Text(MAIN.into()));
    assert_eq!(counted.run(), BTreeMap::new(), "the same text is no edit");
}

#[test]
fn an_edit_of_a_comment_stops_at_the_syntax() {
    let mut counted = Counted::new();
    assert_eq!(counted.edit("main.obs", "// a comment", "// a much longer comment\n// of two lines"), budget(&SYNTAX));
    // whoever imports a file asks whether it is there
    let imported: Vec<_> = SYNTAX.into_iter().chain([("presence", 1)]).collect();
    assert_eq!(counted.edit("shop.obs", "// another comment", "// short"), budget(&imported));
    assert_eq!(
        counted.edit("main.obs", "import \"./shop.obs\" as shop\n", "import \"./shop.obs\" as shop\n\n\n\n"),
        budget(&SYNTAX)
    );
}

#[test]
fn an_edit_within_an_item_leaves_the_other_files_alone() {
    let mut counted = Counted::new();
    let ran = counted.edit("main.obs", "{ ovens: ovens }", "{ ovens: 5 }");
    for query in ["segments", "lowered", "ast", "file_core"] {
        assert_eq!(ran.get(query), Some(&1), "{query} of the edited file alone: {ran:?}");
    }
    for query in ["kind_query", "fn_query", "protocol_query", "type_query", "exports", "library_exports"] {
        let most = usize::from(query == "exports");
        assert!(ran.get(query).copied().unwrap_or(0) <= most, "{query}: {ran:?}");
    }
    // a group and what is in it are parts of their own, and of each part is asked what it holds and what it is in; each of
    // the two profiles has a graph and what runs in it
    assert!(ran.values().sum::<usize>() <= 35, "{ran:?}");
}

#[test]
fn an_edit_of_a_function_s_body_reaches_those_that_use_it() {
    let mut counted = Counted::new();
    let ran = counted.edit("shop.obs", "n * 2", "n * 1");
    assert_eq!(
        (ran.get("fn_query"), ran.get("kind_query"), ran.get("segment_lowered")),
        (Some(&1), None, Some(&1)),
        "{ran:?}"
    );
    assert!(ran.contains_key("graphs_for"), "{ran:?}");
}

#[test]
fn an_edit_of_a_kind_checks_that_kind_again_and_no_other_file_s_syntax() {
    let mut counted = Counted::new();
    let ran = counted.edit("kit.obs", "--ovens=", "--kilns=");
    assert_eq!((ran.get("segment_lowered"), ran.get("lowered")), (Some(&1), Some(&1)), "{ran:?}");
    assert!(ran.get("kind_query").is_some_and(|n| *n <= 2), "{ran:?}");
}

#[test]
fn a_new_flow_checks_its_file_and_the_graph() {
    let mut counted = Counted::new();
    let ran = counted.edit(
        "main.obs",
        "corner -> shop.market: order\n",
        "corner -> shop.market: order\nshop.market -> corner: order\n",
    );
    assert_eq!(
        (ran.get("segment_lowered"), ran.get("graphs_for"), ran.get("kind_query")),
        (Some(&1), Some(&1), None),
        "{ran:?}"
    );
    assert!(ran.get("file_core").is_some_and(|n| *n == 1), "{ran:?}");
}

#[test]
fn the_library_is_never_looked_at_again() {
    let mut counted = Counted::new();
    for (old, new) in [
        ("// a comment", "// b"),
        ("ovens = 3", "ovens = 4"),
        ("night { corner.ovens: 1 }", "night { corner.ovens: 2 }"),
    ] {
        counted.edit("main.obs", old, new);
        let ran = counted.ran.lock().expect("no one panics").join(" ");
        assert!(!ran.contains("library_exports"), "{ran}");
    }
}

/// All that is seen of a program: findings with their places, every emitted file, hovers of some places.
fn seen(analysis: &Analysis) -> String {
    let mut out = String::new();
    for diagnostic in analysis.check("main.obs") {
        let place = analysis.locate(diagnostic.primary);
        out.push_str(&format!("{} {:?} {diagnostic:?}\n", analysis.path(place.file), place.range));
    }
    if let Some(stacks) = analysis.stacks("main.obs") {
        for file in kubernetes::files(&stacks, &kubernetes::emit(&stacks).objects) {
            out.push_str(&format!("{}\n{}\n", file.path, file.text));
        }
    }
    for path in ["main.obs", "shop.obs", "kit.obs"] {
        out.push_str(&format!("{:?}\n", (0..8).map(|i| analysis.hover(path, i * 60)).collect::<Vec<_>>()));
    }
    out
}

/// An edit of a file: a mutation of its text, or the text it had at first.
#[derive(Debug, Clone)]
enum Edit {
    Mutate(usize, crate::mutate::Mutation),
    Restore(usize),
    Remove(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        6 => (0usize..3, mutation()).prop_map(|(file, mutation)| Edit::Mutate(file, mutation)),
        2 => (0usize..3).prop_map(Edit::Restore),
        1 => (1usize..3).prop_map(Edit::Remove),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5, max_shrink_iters: 30, ..ProptestConfig::default() })]

    #[test]
    fn any_edits_give_what_a_fresh_compiler_gives(edits in prop::collection::vec(edit(), 1..6)) {
        let mut host = Host::new();
        let mut files: Vec<Option<String>> = FILES.iter().map(|(_, text)| Some((*text).to_owned())).collect();
        let set = |host: &mut Host, files: &[Option<String>], i: usize| {
            let text = files[i].as_ref().map_or(FileText::Missing, |t| FileText::Text(t.as_str().into()));
            host.set_file(FILES[i].0, text);
        };
        (0..3).for_each(|i| set(&mut host, &files, i));
        seen(&host.analysis());
        for edit in edits {
            let at = match &edit {
                Edit::Mutate(at, mutation) => {
                    files[*at] = files[*at].as_ref().map(|text| mutate(text, mutation));
                    *at
                }
                Edit::Restore(at) => {
                    files[*at] = Some(FILES[*at].1.to_owned());
                    *at
                }
                Edit::Remove(at) => {
                    files[*at] = None;
                    *at
                }
            };
            set(&mut host, &files, at);
            let mut fresh = Host::new();
            (0..3).for_each(|i| set(&mut fresh, &files, i));
            prop_assert_eq!(seen(&host.analysis()), seen(&fresh.analysis()));
        }
    }
}
