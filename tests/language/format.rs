//! `obs fmt`: one form, found at once; comments stay; the meaning stays.

use crate::mutate::{mutant, sources};
use obs_compiler::syntax::format;
use obs_tests::checks::formats as formats_well;
use proptest::prelude::*;

#[test]
fn the_library_and_the_examples_are_formatted() {
    for (path, text) in sources() {
        assert_eq!(format(&text).as_deref(), Some(text.as_str()), "obs fmt {}", path.display());
        formats_well(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn mutants_format_well(text in mutant(4)) {
        formats_well(&text);
    }

    /// Blanks and line ends where the grammar allows some: what an author leaves behind.
    #[test]
    fn blanks_make_no_difference((text, places) in (prop::sample::select(sources()), prop::collection::vec((0.0..1.0f64, 0usize..4), 0..60))) {
        let mut text = text.1;
        for (at, what) in places {
            // after a blank outside of strings: those lines that hold none
            let blanks: Vec<usize> = {
                let (mut at, mut found, mut in_string) = (0, Vec::new(), false);
                for line in text.split_inclusive('\n') {
                    if !in_string && !line.contains(['"', '/']) {
                        found.extend(line.match_indices(' ').map(|(i, _)| at + i));
                    }
                    in_string ^= line.matches("\"\"\"").count() % 2 == 1;
                    at += line.len();
                }
                found
            };
            if blanks.is_empty() { break; }
            let place = blanks[(at * blanks.len() as f64) as usize];
            text.insert_str(place, ["  ", "\t", " ", "   "][what]);
        }
        formats_well(&text);
    }
}

/// What goes in and what comes out.
#[track_caller]
fn becomes(before: &str, after: &str) {
    assert_eq!(format(before).as_deref(), Some(after));
    formats_well(before);
}

#[test]
fn blanks_indents_and_line_ends_have_one_form() {
    becomes("component   a :Kind{x:1,y :2}", "component a: Kind { x: 1, y: 2 }\n");
    becomes("a,b->c :proto{ x:1 }", "a, b -> c: proto { x: 1 }\n");
    becomes("a<->b", "a <-> b\n");
    becomes("import std.{A,B }", "import std.{A, B}\n");
    becomes("let x=1+2*-y[0].z(a,b:c)", "let x = 1 + 2 * -y[0].z(a, b: c)\n");
    becomes(
        "fn f( a:int,b : [string]?=none ):{string:int}= {}",
        "fn f(a: int, b: [string]? = none): {string: int} = {}\n",
    );
    becomes("type T=A|B{x:int(1 .. 3)}", "type T = A | B { x: int(1..3) }\n");
    becomes("patch Deployment/x  in n{ }", "patch Deployment/x in n {}\n");
    becomes("waive OBS1 on a,b until 2027-01-01,\"r\"", "waive OBS1 on a, b until 2027-01-01, \"r\"\n");
    becomes("let x = not   a and -1<2", "let x = not a and -1 < 2\n");
    becomes("let x = [for a,b in c if d:a,...e,if f:g]", "let x = [for a, b in c if d: a, ...e, if f: g]\n");
    becomes("object{a.\"b c\".d:1,(k):2,...m}", "object { a.\"b c\".d: 1, (k): 2, ...m }\n");
}

#[test]
fn bodies_over_several_lines_have_their_braces_alone() {
    becomes("kind K { image: \"a\"\n port p: 1 \"x\" }", "kind K {\n  image: \"a\"\n  port p: 1 \"x\"\n}\n");
    becomes("object { a: [\n1,\n2,\n] }", "object { a: [\n  1\n  2\n] }\n");
    becomes(
        "namespace n {\n\n\n\ncomponent a: K\n\n\n\ncomponent b: K\n\n}",
        "namespace n {\n  component a: K\n\n  component b: K\n}\n",
    );
    becomes("let a = 1\n\n\n\nlet b = 2\n\n\n", "let a = 1\n\nlet b = 2\n");
}

#[test]
fn comments_keep_their_place() {
    becomes("let a = 1   // why\n   // on its own\nlet b = 2", "let a = 1 // why\n// on its own\nlet b = 2\n");
    becomes("object { // here\n a: 1 // there\n // last\n}", "object { // here\n  a: 1 // there\n  // last\n}\n");
    becomes("///   Doc\nlet a = 1", "///   Doc\nlet a = 1\n");
}

#[test]
fn text_in_quotes_is_the_author_s() {
    becomes("let a = \"a   ${ b }  c\"", "let a = \"a   ${ b }  c\"\n");
    becomes("let a = \"\"\"\n     x\n   y\n  \"\"\"", "let a = \"\"\"\n     x\n   y\n  \"\"\"\n");
}

#[test]
fn what_has_syntax_errors_is_left_alone() {
    for text in ["let a = ", "component {", "object { a 1 }", "let a = (1", "%"] {
        assert_eq!(format(text), None, "{text}");
    }
    assert_eq!(format(""), Some(String::new()));
    assert_eq!(format("\r\n\r\n// x\r\n"), Some("// x\n".into()));
}
