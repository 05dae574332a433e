//! The queries of all editors that use the tree-sitter grammar.

use crate::programs::programs;
use crate::tree::parser;
use crate::words;
use obs_compiler::db::FileText;
use obs_compiler::ide::{Host, TokenKind};
use obs_tests::fixture::update;
use obs_tests::programs::root;
use std::collections::BTreeMap;
use tree_sitter::{Language, Query, QueryCursor, StreamingIterator};

/// An editor that has copies of the queries: where they are, which, and its own names for captures.
struct Copies {
    folder: &'static str,
    queries: &'static [&'static str],
    renamed: &'static [(&'static str, &'static str)],
}

const EDITORS: &[Copies] = &[
    Copies {
        folder: "nvim/queries/obs",
        queries: &["highlights", "folds", "indents", "locals", "injections"],
        renamed: &[],
    },
    Copies {
        folder: "helix/queries/obs",
        queries: &["highlights", "locals", "injections", "tags"],
        renamed: &[
            ("@comment.documentation", "@comment.line.documentation"),
            ("@comment", "@comment.line"),
            ("@number", "@constant.numeric"),
            ("@string.escape", "@constant.character.escape"),
            ("@property", "@variable.other.member"),
            ("@module", "@namespace"),
        ],
    },
    Copies {
        folder: "zed/languages/obs",
        queries: &["highlights", "injections"],
        renamed: &[
            ("@comment.documentation", "@comment.doc"),
            ("@string.regexp", "@string.regex"),
            ("@variable.builtin", "@variable.special"),
            ("@module", "@namespace"),
        ],
    },
];

fn language() -> Language {
    tree_sitter_obs::LANGUAGE.into()
}

/// The text with other names for captures.
fn renamed(text: &str, names: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        // prose stays
        let (code, remark) = line.split_at(line.find(';').unwrap_or(line.len()));
        let mut parts = code.split('@');
        out.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_').unwrap_or(part.len());
            let capture = format!("@{}", &part[..end]);
            let new = names.iter().find(|(old, _)| *old == capture).map_or(capture.as_str(), |(_, new)| new);
            out.push_str(new);
            out.push_str(&part[end..]);
        }
        out.push_str(remark);
    }
    out
}

#[test]
fn editors_have_the_queries_of_the_grammar_by_their_own_names() {
    let mut behind = Vec::new();
    for editor in EDITORS {
        for name in editor.queries {
            let query = root().join("editors/tree-sitter-obs/queries").join(format!("{name}.scm"));
            let path = root().join("editors").join(editor.folder).join(format!("{name}.scm"));
            let now = renamed(&std::fs::read_to_string(query).expect("the grammar's query"), editor.renamed);
            if std::fs::read_to_string(&path).is_ok_and(|text| text == now) {
                continue;
            }
            if update() {
                std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
                std::fs::write(&path, now).expect("it can be written");
            }
            behind.push(path);
        }
    }
    assert!(behind.is_empty() || update(), "OBS_UPDATE=1 writes them: {behind:#?}");
}

#[test]
fn every_query_fits_the_grammar() {
    let queries: Vec<_> = words::files().into_iter().filter(|p| p.extension().is_some_and(|e| e == "scm")).collect();
    assert!(queries.len() >= 18, "{}", queries.len());
    for path in queries {
        let text = std::fs::read_to_string(&path).expect("it is UTF-8");
        let query = Query::new(&language(), &text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert!(query.pattern_count() > 0, "{}", path.display());
    }
}

/// A class of tokens that a reader tells apart by colour.
fn class_of_capture(name: &str) -> Option<&'static str> {
    ["keyword", "comment", "string", "number", "operator"]
        .into_iter()
        .find(|class| name.split('.').next() == Some(class))
        .or((name == "constant.builtin").then_some("keyword"))
}

/// The same of the compiler's tokens.
pub const fn class_of_token(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Keyword => "keyword",
        TokenKind::Comment => "comment",
        TokenKind::String => "string",
        TokenKind::Number => "number",
        TokenKind::Operator => "operator",
        TokenKind::Type
        | TokenKind::Protocol
        | TokenKind::Namespace
        | TokenKind::Function
        | TokenKind::Variable
        | TokenKind::Property => "name",
    }
}

/// The compiler's tokens of a text: start, end, class.
pub fn tokens(host: &mut Host, text: &str) -> Vec<(u32, u32, &'static str)> {
    host.set_file("main.obs", FileText::Text(text.into()));
    let tokens = host.analysis().tokens("main.obs");
    tokens.into_iter().map(|t| (t.range.start, t.range.end, class_of_token(t.kind))).collect()
}

#[test]
fn colours_are_those_of_the_language_server() {
    let query = Query::new(&language(), tree_sitter_obs::HIGHLIGHTS_QUERY).expect("it fits");
    let (mut parser, mut host, mut wrong) = (parser(), Host::new(), Vec::new());
    for (name, text) in programs() {
        let tree = parser.parse(&text, None).expect("nothing stops it");
        let mut captured = BTreeMap::new();
        let mut cursor = QueryCursor::new();
        let mut captures = cursor.captures(&query, tree.root_node(), text.as_bytes());
        while let Some((found, at)) = captures.next() {
            let capture = found.captures()[*at];
            let range = capture.node.byte_range();
            let of = query.capture_names()[capture.index as usize];
            let before = captured.insert((range.start, range.end), of);
            let place = &text[range];
            assert!(before.is_none_or(|b| b == of), "{name}: `{place}` is {of} and {}", before.unwrap_or_default());
        }
        let mut theirs = vec![None; text.len()];
        for ((start, end), of) in &captured {
            theirs[*start..*end].fill(class_of_capture(of));
        }
        let mut ours = vec![None; text.len()];
        for (start, end, class) in tokens(&mut host, &text) {
            ours[start as usize..end as usize].fill(Some(class).filter(|c| *c != "name"));
        }
        // of marks only those that are operators everywhere are told
        let differs =
            |at: &usize| ours[*at] != theirs[*at] && !(ours[*at].is_none() && theirs[*at] == Some("operator"));
        if let Some(at) = (0..text.len()).find(differs) {
            let line = text[..at].lines().count();
            let rest = text[at..].lines().next().unwrap_or_default();
            wrong.push(format!("{name}:{line}: {:?} here, {:?} there: {rest}", ours[at], theirs[at]));
        }
    }
    assert!(wrong.is_empty(), "{} programs:\n{}", wrong.len(), wrong.join("\n"));
}

/// What is found in a program by a query: the text of each capture of this name.
fn captured(query: &str, capture: &str, text: &str) -> Vec<String> {
    let query = Query::new(&language(), query).expect("it fits");
    let tree = parser().parse(text, None).expect("nothing stops it");
    let mut cursor = QueryCursor::new();
    let mut found = cursor.captures(&query, tree.root_node(), text.as_bytes());
    let mut out = Vec::new();
    while let Some((matched, at)) = found.next() {
        let one = matched.captures()[*at];
        if query.capture_names()[one.index as usize] == capture {
            out.push(text[one.node.byte_range()].to_owned());
        }
    }
    out
}

#[test]
fn queries_of_metrics_are_of_their_own_language() {
    let text = "alert a on b { expr: promql\"up{job=\\\"${x}\\\"} == 0\", summary: \"plain\" }\n";
    let found = captured(tree_sitter_obs::INJECTIONS_QUERY, "injection.content", text);
    assert_eq!(found, ["up{job=", "} == 0"]);
}

#[test]
fn tags_name_what_is_declared_and_used() {
    let text = "kind Shop extends Base { param a: Size }\ncomponent shop: lib.Shop\nshop -> store: order\n";
    let found = captured(tree_sitter_obs::TAGS_QUERY, "name", text);
    assert_eq!(found, ["Shop", "Base", "Size", "shop", "Shop", "shop", "store", "order"]);
}
