//! What is in large groups is read piece by piece: that gives what reading all of it at once gives, whatever the text.

use crate::mutate::{mutate, mutation};
use obs_compiler::db::{self, FileText, RootDb};
use obs_compiler::diagnostics::Diagnostic;
use obs_compiler::syntax::ast::{File, Item, ItemKind, Parts};
use obs_compiler::syntax::{lower, parse};
use obs_compiler::text::{Anchors, FileId, TextRange};
use proptest::prelude::*;
use std::fmt::Write;
use std::sync::Arc;

/// Groups large enough to be read in pieces, with what may stand in them, documented and not.
fn town() -> String {
    let mut out =
        String::from("//! A town.\n\nlet n = 1\n/// The first.\nnamespace north \"North\" {\n  isolated: false\n");
    let shop = |out: &mut String, indent: &str, i: usize| {
        let doc = if i.is_multiple_of(3) { format!("{indent}/// Shop {i}.\n") } else { String::new() };
        // writing to a string can't fail
        let _ = writeln!(out, "{doc}{indent}component s{i}: Shop {{ size: {i}, tags: [\"a{i}\", \"b\"] }}");
        if i.is_multiple_of(7) {
            let _ =
                writeln!(out, "{indent}// between\n{indent}s{i} -> s1: order {{ every: 1m }}\n{indent}let x{i} = 2");
        }
        if i.is_multiple_of(11) {
            let _ = writeln!(out, "{indent}scale s{i} {{\n{indent}  day: 1\n{indent}  night: 2\n{indent}}}\n");
        }
    };
    (0..35).for_each(|i| shop(&mut out, "  ", i));
    out.push_str("}\ncomponent alone: Shop\nnamespace south {\n  title: \"South\"\n\n  /// In it.\n  layer market \"Market\" {\n");
    (35..75).for_each(|i| shop(&mut out, "    ", i));
    out.push_str("  }\n  layer harbour {\n");
    (75..110).for_each(|i| shop(&mut out, "    ", i));
    out.push_str("  }\n  component last: Shop\n}\n\nalone -> s3: order\n");
    out
}

/// The same items, with each group's in one part.
fn joined(parts: &Parts) -> Vec<Item> {
    let mut items: Vec<Item> = parts.iter().flat_map(|part| part.iter().cloned()).collect();
    for item in &mut items {
        if let ItemKind::Namespace(group) | ItemKind::Layer(group) = &mut item.kind {
            group.parts = vec![Arc::new(joined(&group.parts))];
        }
    }
    items
}

/// Findings with their places in the text.
fn placed(errors: &[Diagnostic], anchors: &Anchors) -> Vec<String> {
    let place = |span| -> TextRange { anchors.resolve(span).range };
    let shown = |error: &Diagnostic| {
        let labels: Vec<_> = error.labels.iter().map(|l| (place(l.span), &l.message)).collect();
        let edits: Vec<_> = error.fixes.iter().flat_map(|f| &f.edits).map(|e| (place(e.span), &e.text)).collect();
        format!("{:?} {} {} {labels:?} {edits:?}", place(error.primary), error.code.id(), error.message)
    };
    let mut out: Vec<String> = errors.iter().map(shown).collect();
    out.sort();
    out
}

/// Sets the text of a database's one file and holds what is read of it against the whole, read at once.
fn reads_as_the_whole(db: &mut RootDb, text: &str) {
    db.set_file("main.obs", FileText::Text(text.into()));
    let file = db::file_by_path(db, "main.obs").expect("it was given");
    let whole = lower(&parse(text), FileId(file.id(db).0));
    let read: Arc<File> = db::ast(db, file);
    assert_eq!(joined(&read.parts), joined(&whole.file.parts), "the items of\n{text}");
    assert_eq!(read.doc, whole.file.doc, "{text}");
    let anchors = db::anchors(db, file);
    assert_eq!(*anchors, whole.anchors, "where items start in\n{text}");
    assert_eq!(placed(db::syntax_errors(db, file), anchors), placed(&whole.errors, &whole.anchors), "{text}");
}

#[test]
fn a_large_group_is_many_parts() {
    let mut db = RootDb::new();
    let text = town();
    reads_as_the_whole(&mut db, &text);
    let file = db::file_by_path(&db, "main.obs").expect("it was given");
    assert!(db::syntax_errors(&db, file).is_empty(), "{:?}", db::syntax_errors(&db, file));
    assert!(db::parts(&db, file).len() > 8, "{}", db::parts(&db, file).len());
}

#[test]
fn what_is_typed_into_a_group_is_read_as_within_the_whole() {
    let mut db = RootDb::new();
    let text = town();
    let typed = [
        "{",
        "}",
        "\"",
        "\"\"\"",
        "title: \"x\"\n",
        "  title: \"x\"\n",
        "}\n",
        "\n}\n",
        "\nnamespace east {\n",
        "kind K {\n",
        "compon",
        "component x",
        "component x:",
        "component x: Shop {",
        "a.b -> c: order\n",
        "a ->\n",
        "scale a,\n",
        "layer l {\n",
        "//! inner\n",
        "/// doc\n",
        "l/// doc\n",
        ",",
        "${",
        "let x =\n",
        "alert a {\n",
        "\r\n",
        "\u{202e}",
        "if a:",
    ];
    for (at, _) in text.match_indices('\n').step_by(67) {
        for piece in typed {
            let place = at + 1;
            reads_as_the_whole(&mut db, &format!("{}{piece}{}", &text[..place], &text[place..]));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 30, ..ProptestConfig::default() })]

    #[test]
    fn any_edits_of_groups_are_read_as_the_whole_is(edits in prop::collection::vec(mutation(), 1..6)) {
        let mut db = RootDb::new();
        let mut text = town();
        for edit in &edits {
            text = mutate(&text, edit);
            reads_as_the_whole(&mut db, &text);
        }
    }
}
