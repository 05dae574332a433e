//! Text of the program's in every form of a picture, read back by the tools that draw it.
//!
//! Titles are put together by chance from pieces that some language gives a meaning to. One program holds many of
//! them, so that a tool starts once for all.

use crate::programs::{diagram, written};
use crate::tools::{self, Browser};
use obs_tests::generated::quoted;
use std::path::{Path, PathBuf};
use std::process::Command;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

const PIECES: &[&str] = &[
    "\"",
    "'",
    "`",
    "```",
    "<b>",
    "</b>",
    "</script>",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "%%",
    "|",
    "||",
    "&",
    "&amp;",
    "&lt;",
    "#",
    "#quot;",
    ";",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\\",
    "\\n",
    "\\l",
    "$",
    "${",
    "$x",
    "~",
    "*",
    "**",
    "_",
    "__",
    "🙂",
    "👩‍🔬",
    "語",
    "עברית",
    "العربية",
    "e\u{301}",
    "\n",
    "\t",
    "end",
    "subgraph",
    "click",
    ":::",
    "---",
    "==>",
    "@{",
    "1.",
    "- ",
    "#include",
    "null",
    "style",
    "//",
    "a",
    "b c",
    "0",
    " ",
];

/// How many titles a program has.
const TITLES: usize = 60;

/// Titles of a seed: Knuth's linear congruential generator chooses the pieces.
fn titles(seed: u64) -> Vec<String> {
    let mut state = seed;
    let mut below = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let mut out: Vec<String> =
        (0..TITLES).map(|_| (0..1 + below(5)).map(|_| PIECES[below(PIECES.len())]).collect()).collect();
    // each on its own as well
    out.extend(PIECES.iter().map(|p| format!("{p}x")));
    out.extend(PIECES.iter().map(|p| format!("x {p}")));
    out
}

/// A program with these titles: of its namespace, its layers, and its components.
fn program(titles: &[String]) -> (tempfile::TempDir, PathBuf) {
    let mut text = String::from(
        "protocol call { transport: http, label: \"<i>|\\\"%%\" }\nkind K {\n  workload: deployment\n  \
         image: \"example.com/k:1\"\n  port http: 80\n  accepts call on http\n  emits call\n}\n",
    );
    text.push_str(&format!("namespace n {} {{\n", quoted(&titles[0])));
    for (at, chunk) in titles.chunks(12).enumerate() {
        text.push_str(&format!("  layer l{at} {} {{\n", quoted(&chunk[0])));
        for (number, title) in chunk.iter().enumerate() {
            text.push_str(&format!("    component c{at}x{number}: K {{ title: {} }}\n", quoted(title)));
        }
        text.push_str("  }\n");
    }
    text.push_str("}\nc0x0 -> c0x1, c0x2: call\n");
    written(&text)
}

/// Titles that are hard to find room for: wide, long, from right to left, of combined signs.
fn broad() -> Vec<String> {
    let mut out = titles(3);
    out.truncate(24);
    out.extend(["語".repeat(40), "W".repeat(90), "🙂".repeat(20), "ﷺ".repeat(4), "e\u{301}".repeat(50)]);
    out.extend(["مراقبة ".repeat(9), "ניטור ".repeat(9), "👩‍🔬".repeat(9), "iiii".repeat(20), "Щ".repeat(40)]);
    out
}

/// Components of the example.
const OWN: &[&str] = &[
    "alertmanager",
    "alloy",
    "apps",
    "bucket",
    "edge",
    "grafana",
    "grafana-db",
    "internet",
    "kubernetes",
    "loki",
    "mimir",
    "otel",
    "prometheus",
    "tempo",
];

/// A line as what stands in each of its columns; a wide sign has the columns after its first to itself.
fn columns(line: &str) -> Vec<String> {
    let mut out = Vec::new();
    for seen in line.graphemes(true).filter(|g| g.width() > 0) {
        out.push(seen.to_owned());
        out.extend(std::iter::repeat_n(String::new(), seen.width() - 1));
    }
    out
}

#[test]
fn text_stays_inside_its_box_in_text() {
    let (_folder, path) = program(&broad());
    for program in [path, crate::programs::observability()] {
        let text = diagram(&program, "ascii");
        let lines: Vec<Vec<String>> = text.lines().map(columns).collect();
        let at = |row: usize, column: usize| lines[row].get(column).map_or(" ", String::as_str);
        let mut boxes = 0;
        for row in 1..lines.len() {
            for left in 0..lines[row].len() {
                // a heading: the corner above, a border, a blank, and a name; a label beside a bend looks like that else
                let border =
                    ["│", "┆"].contains(&at(row, left)) && at(row - 1, left) == "┌" && at(row, left + 1) == " ";
                let name: String = (left + 2..).map(|c| at(row, c)).take_while(|sign| *sign != " ").collect();
                let named = OWN.contains(&name.as_str()) || (name.starts_with('c') && name.contains('x'));
                if !border || !named {
                    continue;
                }
                let right =
                    (left + 1..lines[row - 1].len()).find(|&c| at(row - 1, c) == "┐").expect("the other corner");
                let mut below = row;
                while at(below, left) != "└" {
                    for border in [left, right] {
                        let sign = at(below, border);
                        assert!(!sign.is_empty() && "│┆┤├┼".contains(sign), "`{sign}` in a border\n{text}");
                    }
                    assert_eq!(at(below, right - 1), " ", "text up to the border\n{text}");
                    below += 1;
                }
                assert_eq!(at(below, right), "┘", "{text}");
                boxes += 1;
            }
        }
        assert!(boxes > 10, "{boxes} boxes in\n{text}");
    }
}

#[test]
fn text_stays_inside_its_box_in_svg() {
    let Some(browser) = Browser::find() else { return };
    let (folder, path) = program(&broad());
    let svg = folder.path().join("broad.svg");
    std::fs::write(&svg, diagram(&path, "svg")).expect("the folder is writable");
    browser.run("fits.cjs", &[&svg]);
    for view in ["system", "ports", "security", "storage"] {
        let program = crate::programs::observability().display().to_string();
        std::fs::write(&svg, crate::programs::run(&["diagram", &program, "--view", view, "--format", "svg"]))
            .expect("the folder is writable");
        browser.run("fits.cjs", &[&svg]);
    }
}

/// Text without blanks, as tools break lines as they like, and without the word joiner that Mermaid needs.
fn dense(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{2060}').collect()
}

/// All text elements of an SVG, as an XML reader sees them.
fn texts(svg: &str) -> Vec<String> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(svg, options).unwrap_or_else(|e| panic!("{e}\n{svg}"));
    let own = document.descendants().filter(|n| n.is_element() && n.tag_name().name() == "text");
    own.map(|n| n.descendants().filter_map(|d| d.text().filter(|_| d.is_text())).collect()).collect()
}

/// Each title is among texts, whole.
fn all_there(titles: &[String], shown: &[String], tool: &str) {
    let shown: Vec<String> = shown.iter().map(|t| dense(t)).collect();
    for title in titles {
        let wanted = dense(&format!("({title})"));
        assert!(shown.iter().any(|s| s.contains(&wanted)), "{tool} doesn't show {title:?}\n{shown:#?}");
    }
}

fn judged(command: &mut Command) {
    let output = command.output().expect("the tool starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn svg_holds_every_title() {
    for seed in 0..4 {
        let titles = titles(seed);
        let (_folder, path) = program(&titles);
        all_there(&titles, &texts(&diagram(&path, "svg")), "XML");
    }
}

#[test]
fn text_stays_aligned_with_every_title() {
    for seed in 0..4 {
        let titles = titles(seed);
        let (_folder, path) = program(&titles);
        let text = diagram(&path, "ascii");
        let lines: Vec<&str> = text.lines().collect();
        let top = lines.iter().position(|l| l.starts_with("┌─ ")).expect("there is a frame");
        let bottom = lines.iter().rposition(|l| l.starts_with('└')).expect("there is its end");
        for line in &lines[top..=bottom] {
            assert_eq!(line.width(), lines[top].width(), "{line}");
        }
        all_there(&titles, &[text], "text");
    }
}

#[test]
fn dot_draws_every_title() {
    let Some(dot) = tools::program(&["dot"]) else { return };
    let titles = titles(1);
    let (folder, path) = program(&titles);
    let (source, drawn) = (folder.path().join("g.dot"), folder.path().join("g.svg"));
    std::fs::write(&source, diagram(&path, "dot")).expect("the folder is writable");
    judged(Command::new(dot).arg("-Tsvg").arg(&source).arg("-o").arg(&drawn));
    all_there(&titles, &texts(&std::fs::read_to_string(drawn).expect("it was drawn")), "dot");
}

#[test]
fn d2_draws_every_title() {
    let Some(d2) = tools::d2() else { return };
    let titles = titles(2);
    let (folder, path) = program(&titles);
    let (source, drawn) = (folder.path().join("g.d2"), folder.path().join("g.svg"));
    std::fs::write(&source, diagram(&path, "d2")).expect("the folder is writable");
    judged(Command::new(d2).arg(&source).arg(&drawn));
    all_there(&titles, &texts(&std::fs::read_to_string(drawn).expect("it was drawn")), "d2");
}

#[test]
fn mermaid_draws_every_title() {
    let Some(browser) = Browser::find() else { return };
    let titles = titles(3);
    let (folder, path) = program(&titles);
    let source = folder.path().join("g.mmd");
    std::fs::write(&source, diagram(&path, "mermaid")).expect("the folder is writable");
    let shown: serde_json::Value = serde_json::from_str(&browser.run("mermaid.cjs", &[&source])).expect("JSON");
    let texts: Vec<String> = serde_json::from_value(shown["texts"].clone()).expect("a list");
    all_there(&titles, &texts, "mermaid");
}

#[test]
fn mermaid_shows_titles_of_frames_whole() {
    let Some(browser) = Browser::find() else { return };
    let folder = tempfile::tempdir().expect("a folder for the test");
    let source = folder.path().join("g.mmd");
    for view in ["system", "availability", "nodes", "security", "scaling", "recovery"] {
        let program = crate::programs::observability().display().to_string();
        let text = crate::programs::run(&["diagram", &program, "--view", view, "--format", "mermaid"]);
        std::fs::write(&source, text).expect("the folder is writable");
        let shown: serde_json::Value = serde_json::from_str(&browser.run("mermaid.cjs", &[&source])).expect("JSON");
        assert_eq!(shown["titles"], serde_json::json!([]), "{view}");
    }
}

/// Doc lines that open what has to be closed, or would be parts of the page.
const OPENING: &[&str] = &[
    "```",
    "````text\n```",
    "~~~~ x\ny",
    "- ```\n  x",
    "> ~~~\n> x",
    "# One",
    "#### Four",
    "  # Set in",
    "Under\n=====",
    "Two\nlines\n---",
    "> Quoted\n> ===",
    "# Glossary",
    "## Components #",
    "Legend\n------",
    "<!-- `\n\n# in it",
    "<!-- ` -->\n `<b>`",
    "<script>\n```",
    "    set in\n\n```",
    "| a |\n| - |\n| `b",
    "[x]: http://x.example",
    "1. ```\n\n   x\n\n2. # y",
];

/// A program whose docs, reasons and summaries are these texts, one after the other.
fn documented(texts: &[String]) -> String {
    let mut texts = texts.iter().cycle();
    let mut next = || texts.next().expect("there is one").replace('\r', "");
    let doc = |text: String, sign: &str, indent: &str| -> String {
        let lines = text.split(['\n', '\r']).map(|line| format!("{indent}{sign} {line}\n"));
        lines.collect()
    };
    let mut out = format!("//! A title\n//!\n{}\n", doc(next(), "//!", ""));
    out.push_str(&format!("import std.{{checkov}}\n{}protocol call {{ transport: http }}\n", doc(next(), "///", "")));
    out.push_str(&format!(
        "{}kind K {{\n  workload: deployment\n  image: \"example.com/k:1\"\n",
        doc(next(), "///", "")
    ));
    out.push_str(&format!("{}  param size: int = 1\n  port http: 80\n", doc(next(), "///", "  ")));
    out.push_str("  accepts call on http\n  emits call\n");
    for at in 0..3 {
        let (summary, told) = (quoted(&next()), quoted(&next()));
        out.push_str(&format!(
            "  alert A{at} {{\n    expr: promql\"up == {at}\"\n    for: 5m\n    severity: warning\n"
        ));
        out.push_str(&format!("    summary: {summary}\n    description: {told}\n  }}\n"));
    }
    out.push_str(&format!("}}\n{}namespace n \"Own\" {{\n", doc(next(), "///", "")));
    for at in 0..40 {
        out.push_str(&format!("{}  component c{at}: K\n", doc(next(), "///", "  ")));
    }
    out.push_str(&format!("}}\n{}c0 -> c1: call\n", doc(next(), "///", "")));
    for check in ["CKV_K8S_43", "CKV_K8S_14", "CKV_K8S_15"] {
        out.push_str(&format!("waive checkov.{check}, {}\n", quoted(&next())));
    }
    out
}

/// The page of a program's guide as a host of Markdown sees it.
fn page(text: &str) -> Option<serde_json::Value> {
    let (folder, path) = written(text);
    let to = folder.path().join("docs");
    crate::programs::run(&["docs", &path.display().to_string(), "-o", &to.display().to_string()]);
    Some(tools::rendered(&[to.join("README.md")])?[0].clone())
}

#[test]
fn docs_stay_in_their_part_of_the_page() {
    let plain: Vec<String> = vec!["plain".to_owned()];
    let Some(wanted) = page(&documented(&plain)) else { return };
    let headings = |page: &serde_json::Value| -> Vec<(u64, String)> {
        let levels = page["levels"].as_array().expect("a list").iter().map(|l| l.as_u64().expect("a number"));
        let words = page["headings"].as_array().expect("a list").iter().map(|h| h.as_str().expect("text").to_owned());
        levels.zip(words).collect()
    };
    let own = headings(&wanted);
    let mut texts: Vec<Vec<String>> = vec![OPENING.iter().map(|t| (*t).to_owned()).collect()];
    texts.extend((0..3).map(|seed| {
        let all = titles(seed);
        all.chunks(2).map(|two| two.join("\n")).collect()
    }));
    for texts in texts {
        let found = page(&documented(&texts)).expect("it was there before");
        let (mine, others): (Vec<_>, Vec<_>) = headings(&found).into_iter().partition(|h| own.contains(h));
        assert_eq!(mine, own, "{texts:#?}");
        assert!(others.iter().all(|(level, _)| *level > 2), "{others:?}");
        for of in ["images", "links"] {
            let kept: Vec<_> = wanted[of]
                .as_array()
                .expect("a list")
                .iter()
                .filter(|l| l.as_str().is_some_and(|l| l.starts_with('#')))
                .collect();
            let all = found[of].as_array().expect("a list");
            assert!(kept.iter().all(|l| all.contains(l)), "{of}: {all:?}");
        }
        let tables =
            |page: &serde_json::Value| -> Vec<serde_json::Value> { page["tables"].as_array().expect("a list").clone() };
        let all = tables(&found);
        assert!(tables(&wanted).iter().all(|t| all.contains(t)), "a table lost rows or cells: {all:?}");
        let allowed = |html: &str| {
            let folded = html.starts_with("<details>\n<summary>") && html.ends_with("</summary>");
            folded || html == "</details>"
        };
        let html = found["html"].as_array().expect("a list");
        assert!(html.iter().all(|h| h.as_str().is_some_and(allowed)), "{html:?}");
    }
}

#[test]
fn the_page_shows_every_title() {
    let Some(browser) = Browser::find() else { return };
    let titles = titles(4);
    let (folder, path) = program(&titles);
    let page = folder.path().join("page.html");
    std::fs::write(&page, diagram(&path, "html")).expect("the folder is writable");
    let shown = browser.run("text.cjs", &[&page, Path::new("c0x0")]);
    let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    let texts: Vec<String> = serde_json::from_value(shown["texts"].clone()).expect("a list");
    all_there(&titles, &texts, "the page");
}
