//! `editors/tree-sitter-obs/test/corpus`: texts and their trees, in the form that `tree-sitter test` reads.

use crate::tree::parser;
use obs_tests::fixture::update;
use obs_tests::programs::root;
use std::fmt::Write;
use tree_sitter::Node;

/// One text of a file.
struct Case {
    name: String,
    text: String,
    tree: String,
}

fn cases(file: &str) -> Vec<Case> {
    let rule = format!("{}\n", "=".repeat(18));
    let mut parts = file.split(&rule).skip(1);
    let mut out = Vec::new();
    while let (Some(name), Some(body)) = (parts.next(), parts.next()) {
        let (text, tree) = body.split_once("\n---\n").expect("a tree behind `---`");
        let (text, tree) = (text.trim_start_matches('\n'), tree.trim());
        out.push(Case {
            name: name.trim().to_owned(),
            text: format!("{}\n", text.trim_end_matches('\n')),
            tree: tree.to_owned(),
        });
    }
    out
}

fn written(cases: &[Case]) -> String {
    let rule = "=".repeat(18);
    let one = |c: &Case| format!("{rule}\n{}\n{rule}\n\n{}\n---\n\n{}\n", c.name, c.text, c.tree);
    cases.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// Nodes that have a name, one a line.
fn shown(node: Node<'_>, field: Option<&str>, depth: usize, out: &mut String) {
    let field = field.map(|f| format!("{f}: ")).unwrap_or_default();
    let _ = write!(out, "{}{field}({}", "  ".repeat(depth), node.kind());
    let mut cursor = node.walk();
    let mut more = cursor.goto_first_child();
    while more {
        if cursor.node().is_named() {
            out.push('\n');
            shown(cursor.node(), cursor.field_name(), depth + 1, out);
        }
        more = cursor.goto_next_sibling();
    }
    out.push(')');
}

#[test]
fn texts_of_the_corpus_have_their_trees() {
    let folder = root().join("editors/tree-sitter-obs/test/corpus");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus is a folder") {
        let path = entry.expect("an entry").path();
        let file = std::fs::read_to_string(&path).expect("it is UTF-8");
        let mut cases = cases(&file);
        seen += cases.len();
        for case in &mut cases {
            let tree = parser().parse(&case.text, None).expect("nothing stops it");
            let mut now = String::new();
            shown(tree.root_node(), None, 0, &mut now);
            if update() {
                case.tree = now;
            } else {
                assert_eq!(now, case.tree, "{}: {}", path.display(), case.name);
            }
        }
        if update() {
            std::fs::write(&path, written(&cases)).expect("it can be written");
        }
    }
    assert!(seen > 20, "{seen} texts");
}
