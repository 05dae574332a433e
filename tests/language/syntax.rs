//! Syntax is lossless and total: any text has a tree, whose leaves are the text; nothing panics, backtracks without
//! end or outgrows the stack.

use crate::mutate::{mutant, sources};
use crate::support::{fails, findings};
use obs_compiler::diagnostics::Code;
use obs_tests::checks::parses;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_its_tree(text in "\\PC{0,200}") {
        parses(&text);
    }

    #[test]
    fn any_bytes_are_their_tree(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        parses(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_soup_of_tokens_is_its_tree(text in "([{}()\\[\\]\",:.\\n|?=/$<>!-]|->|\\.\\.\\.|\"\"\"|\\$\\{|kind |if |for |x |1h|//|in |match |let ){0,120}") {
        parses(&text);
    }

    #[test]
    fn mutants_of_programs_are_their_trees(text in mutant(12)) {
        parses(&text);
    }
}

#[test]
fn the_repository_s_programs_parse_without_errors() {
    for (path, text) in sources() {
        assert_eq!(parses(&text), [], "{}", path.display());
    }
}

/// Ways to nest: an opener, what stands in the middle, the closer.
const NESTS: &[(&str, &str, &str, &str)] = &[
    ("let x = ", "(", "1", ")"),
    ("let x = ", "[", "1", "]"),
    ("let x = ", "{ a: ", "1", " }"),
    ("let x = ", "f(", "1", ")"),
    ("let x = ", "f(a: ", "1", ")"),
    ("let x = ", "y[", "1", "]"),
    ("let x = ", "\"${", "1", "}\""),
    ("let x = ", "\"\"\"${", "1", "}\"\"\""),
    ("let x = ", "if a: ", "1", " else 2"),
    ("let x = ", "if a: 1 else ", "1", ""),
    ("let x = ", "if a: 1\nelse ", "1", ""),
    ("let x = ", "match a { b: ", "1", " }"),
    ("let x = ", "all y in ys: ", "true", ""),
    ("let x = [", "for y in ys: ", "1", ""),
    ("let x = [", "for y in ", "1", ": y"),
    ("let x = ", "not ", "true", ""),
    ("let x = ", "-", "1", ""),
    ("let x = ", "1 + ", "1", ""),
    ("let x = ", "1 +\n", "1", ""),
    ("let x = ", "a ?? ", "1", ""),
    ("let x = ", "1 .. ", "1", ""),
    ("let x = ", "a and ", "1", ""),
    ("let x = a", ".b", "", ""),
    ("let x = a", "[0]", "", ""),
    ("let x = a", "()", "", ""),
    ("type T = ", "[", "int", "]"),
    ("type T = ", "{ a: ", "int", " }"),
    ("type T = ", "{string: ", "int", "}"),
    ("type T = ", "A { a: ", "int", " }"),
    ("", "namespace n { ", "", "}"),
    ("", "layer n {\n", "", "}"),
    ("object ", "{ a: ", "1", " }"),
    ("object { ", "for x in xs: ", "a: 1", " }"),
    ("kind K { ", "a: { ", "b: 1", " }"),
    ("junk ", "( [ { ", "", "} ] )"),
    ("object { a", ".a", ": 1", ""),
    ("", "a -> ", "a: p", ""),
    ("type T = ", "A | ", "A", ""),
];

fn nested((lead, open, middle, close): (&str, &str, &str, &str), depth: usize, closed: bool) -> String {
    let tail = if closed { close.repeat(depth) } else { String::new() };
    format!("{lead}{}{middle}{tail}\n", open.repeat(depth))
}

/// After an opener nothing fails, so nothing is parsed twice: a grammar that backtracked would need 2^64 steps here.
#[test]
fn unclosed_openers_end() {
    for &nest in NESTS {
        for depth in [3, 17, 64] {
            parses(&nested(nest, depth, false));
            parses(&nested(nest, depth, true));
        }
    }
    for a in NESTS {
        for b in NESTS {
            let mixed = format!("{}{}", a.1, b.1).repeat(24);
            parses(&format!("{}{mixed}", a.0));
        }
    }
}

/// Parses as an editor's worker would, on a small stack.
fn on_a_small_stack(text: String) -> Vec<Code> {
    let work = move || {
        let mut codes = parses(&text);
        codes.dedup();
        codes
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(work).expect("a thread starts");
    thread.join().expect("no depth outgrows the stack")
}

#[test]
fn nesting_beyond_the_limit_is_one_message() {
    for &nest in NESTS {
        for depth in [100, 127, 1_000, 20_000] {
            for closed in [true, false] {
                let text = nested(nest, depth, closed);
                let too_deep = on_a_small_stack(text).iter().filter(|c| **c == Code::OBS0003).count();
                assert!(too_deep <= 1, "{nest:?} {depth}");
            }
        }
    }
    // what nests for sure says so, once, and says nothing else
    for &nest in NESTS.iter().filter(|n| {
        matches!(n.1, "(" | "[" | "{ a: " | "f(" | "\"${" | "namespace n { " | "not " | "1 + " | "if a: 1 else ")
    }) {
        let closed = nested(nest, 1_000, true);
        assert_eq!(on_a_small_stack(closed), [Code::OBS0003], "{nest:?}");
    }
}

#[test]
fn a_million_levels_are_one_message() {
    for &nest in &NESTS[..16] {
        on_a_small_stack(nested(nest, 1_000_000 / nest.1.len(), false));
    }
}

/// The whole compiler at the greatest depth that is allowed, on a small stack.
#[test]
fn the_deepest_program_checks_formats_and_evaluates() {
    for &nest in NESTS {
        let text = nested(nest, 60, true);
        let work = move || {
            let found = findings(&text);
            if let Some(formatted) = obs_compiler::syntax::format(&text) {
                parses(&formatted);
            }
            found.len()
        };
        std::thread::Builder::new().stack_size(2 << 20).spawn(work).expect("a thread starts").join().expect("no panic");
    }
}

/// How long parsing takes grows with the text, whatever is wrong with it. Run by hand: it measures time.
#[test]
#[ignore = "measures time"]
fn parsing_is_linear() {
    let whole: String = sources().into_iter().map(|(_, text)| text).collect();
    let unclosed = "component a: K { b: [1, { c: \"${d\n".repeat(10);
    let junk = "%% ^^ )( }{ \"\n".repeat(100);
    for text in [whole, unclosed, junk] {
        let time = |times: usize| {
            let text = text.repeat(times);
            let once = || {
                let start = std::time::Instant::now();
                parses(&text);
                start.elapsed()
            };
            (0..3).map(|_| once()).min().expect("it ran")
        };
        let (one, sixteen) = (time(4), time(64));
        println!("{:?} -> {:?} for 16 times the text", one, sixteen);
        assert!(sixteen < one * 64, "{one:?} -> {sixteen:?}: more than four times what is linear");
    }
}

#[test]
fn six_mistakes_are_six_messages() {
    let text = "import \"./kit.obs\".{Bakery}
compnent a: Bakery
namespace n {
  component b Bakery
  component c: Bakery { ovens 3 }
  component d: Bakery { ovens: }
}
let x = (1 + )
let y = [1, 2
let z = \"open
let good = 1
";
    fails(
        text,
        &[
            ("OBS0001", "compnent", "did you mean `component`?"),
            ("OBS0001", "Bakery", "expected `: Kind`"),
            ("OBS0001", "3", "expected `:` after the key"),
            ("OBS0001", "", "expected a value after `:`"),
            ("OBS0001", "", "expected a value after this operator"),
            ("OBS0002", "", "expected `]` to close the `[`"),
            ("OBS0007", "\"open", "never closed"),
        ],
    );
}
