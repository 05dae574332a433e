//! What must hold of any text: checked by the suites on fixtures and mutants, by the fuzz targets on what they find.
//! Each check panics where it doesn't.

use obs_compiler::db::FileText;
use obs_compiler::diagnostics::Code;
use obs_compiler::ide::Host;
use obs_compiler::outputs::kubernetes;
use obs_compiler::syntax::{Rule, format, lower, parse, tree::Kind};
use obs_compiler::text::{FileId, Sources};

/// The tree's leaves are the text, and every message lies within it. Gives the codes of the messages.
pub fn parses(text: &str) -> Vec<Code> {
    let parsed = parse(text);
    let printed: String = parsed.tree.leaves().map(|leaf| parsed.tree.text_of(leaf)).collect();
    assert_eq!(printed, text, "the leaves are the text");
    let lowered = lower(&parsed, FileId(0));
    for error in &lowered.errors {
        let range = lowered.anchors.resolve(error.primary).range;
        assert!(text.get(range.start as usize..range.end as usize).is_some(), "{error:?} lies outside of the text");
    }
    lowered.errors.iter().map(|error| error.code).collect()
}

/// Comments in order, without blanks at their ends.
fn comments(text: &str) -> Vec<String> {
    let parsed = parse(text);
    let is_comment = |kind| matches!(kind, Kind::Comment | Kind::Node(Rule::doc | Rule::inner_doc));
    let leaves = parsed.tree.leaves().filter(|leaf| is_comment(parsed.tree.kind(*leaf)));
    leaves.map(|leaf| parsed.tree.text_of(leaf).trim_end().to_owned()).collect()
}

/// The abstract syntax with its spans left out.
fn meaning(text: &str) -> String {
    let lowered = lower(&parse(text), FileId(0));
    assert_eq!(lowered.errors, [], "{text}");
    let debug = format!("{:?}", lowered.file);
    // `span: Span { … range: TextRange { … } }` in every node: numbers that formatting moves
    let mut out = String::with_capacity(debug.len());
    let mut rest = debug.as_str();
    while let Some(at) = rest.find("Span {") {
        out.push_str(&rest[..at]);
        let end = rest[at..].find("} }").expect("a span ends with its range");
        rest = &rest[at + end + 3..];
    }
    out.push_str(rest);
    out
}

/// Formatting again changes nothing; comments and meaning stay; no line ends in a blank.
pub fn formats(text: &str) {
    let Some(once) = format(text) else { return };
    let twice = format(&once).unwrap_or_else(|| panic!("what is formatted has no errors:\n{text}\n---\n{once}"));
    assert_eq!(once, twice, "formatting again changes nothing, of\n{text}");
    assert_eq!(comments(text), comments(&once), "comments stay, of\n{text}\n---\n{once}");
    assert_eq!(meaning(text), meaning(&once), "the meaning stays, of\n{text}\n---\n{once}");
    let in_string = once.contains("\"\"\"");
    for line in once.lines() {
        assert!(in_string || line == line.trim_end(), "no blanks at the end of a line: {line:?}");
    }
    assert!(once.is_empty() || (once.ends_with('\n') && !once.ends_with("\n\n")), "one line end at the end: {once:?}");
}

/// Sets the program's one file, `main.obs`, and checks it: each finding lies within its file.
pub fn checks(host: &mut Host, text: &str) {
    host.set_file("main.obs", FileText::Text(text.into()));
    let analysis = host.analysis();
    for found in analysis.check("main.obs") {
        let place = analysis.locate(found.primary);
        let range = place.range.start as usize..place.range.end as usize;
        assert!(analysis.text(place.file).get(range).is_some(), "{found:?} lies outside of its file");
    }
}

/// What is emitted for a program of one file: paths and texts. Empty where it has errors.
pub fn emitted(host: &mut Host, text: &str) -> Vec<(String, String)> {
    host.set_file("main.obs", FileText::Text(text.into()));
    let analysis = host.analysis();
    let Some(stacks) = analysis.stacks("main.obs") else { return Vec::new() };
    let files = kubernetes::files(&stacks, &kubernetes::emit(&stacks).objects);
    files.into_iter().map(|file| (file.path.to_string(), file.text.to_string())).collect()
}

/// The same program gives the same files, though another was built in between.
pub fn builds(host: &mut Host, text: &str) {
    let once = emitted(host, text);
    if once.is_empty() {
        return;
    }
    emitted(host, "");
    assert_eq!(once, emitted(host, text), "the same program gives the same files:\n{text}");
}
