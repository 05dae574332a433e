//! OBS5118: no password and no key stands in the program itself.
//!
//! Found by form (a URL with a user and a password, a private key, tokens with a known beginning), by the name of what is set,
//! and by how little pattern there is: in each literal of the source, and in values where they are used, for what goes through
//! names and functions. What is found is never repeated in a message.

mod forms;
mod naming;
mod source;
mod values;

use super::Context;
use crate::db::{self, Db, SourceFile};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph;
use crate::names;
use crate::syntax::{self, Rule};
use crate::text::{Span, TextRange};
use source::{literals, suspicious_lines, why};
use std::borrow::Cow;
use std::collections::BTreeSet;
pub(super) use values::in_values;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for &id in &names::program(context.db, context.entry).files {
        let file = db::file(context.db, id);
        if !db::is_library(context.db, file) {
            out.extend(found(context.db, file).iter().map(|(span, what)| told(*span, what)));
        }
    }
}

/// In what is put together, from wherever: see [`values`].
pub(super) fn check_values(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    out.extend(in_values(context.db, context.entry, &graph::stacks(context.db, context.entry).stacks));
}

fn told(span: Span, what: &str) -> Diagnostic {
    let message = format!("this looks like a credential: {what}");
    Diagnostic::new(Code::OBS5118, span, message)
        .help("keep it in a Secret, and refer to it: `secret(\"NAME\", \"KEY\")`; whoever reads the program, its outputs or its history has it")
}

/// Messages with asterisks in place of what looks like a credential: types and words are told with what was found instead.
pub(super) fn hide(db: &dyn Db, entry: SourceFile, diagnostics: &mut [Diagnostic]) {
    let own = names::program(db, entry).files.iter().map(|&id| db::file(db, id)).filter(|f| !db::is_library(db, *f));
    let in_source = own.flat_map(|file| found(db, file)).map(|(span, _)| *span);
    // of a value the strings that it is from
    let told = diagnostics.iter().filter(|d| d.code == Code::OBS5118);
    let in_values = told.flat_map(|d| d.labels.iter().map(|label| label.span).chain([d.primary]));
    let spans: BTreeSet<Span> = in_source.chain(in_values).collect();
    for span in spans {
        let file = db::file(db, span.file);
        let range = db::anchors(db, file).resolve(span).range;
        let text = db::text(db, file).get(range.start as usize..range.end as usize).unwrap_or_default();
        let literal = text.strip_prefix('"').map(|text| text.trim_matches('"')).filter(|literal| !literal.is_empty());
        if let Some(literal) = literal {
            diagnostics.iter_mut().for_each(|d| without(literal, d));
        }
    }
}

/// What is shorter than this is only hidden where it stands by itself: it may be part of any word.
const LONG: usize = 6;

fn without(literal: &str, diagnostic: &mut Diagnostic) {
    let hide = |text: &mut String| {
        for quoted in [format!("`{literal}`"), format!("\"{literal}\"")] {
            if text.contains(&quoted) {
                *text = text.replace(&quoted, "`***`");
            }
        }
        if literal.len() >= LONG && text.contains(literal) {
            *text = text.replace(literal, "***");
        }
    };
    hide(&mut diagnostic.message);
    diagnostic.help.iter_mut().for_each(hide);
    diagnostic.primary_label.iter_mut().for_each(hide);
    diagnostic.labels.iter_mut().for_each(|label| hide(&mut label.message));
}

/// Literals and comments of a file that look like credentials, and why. Only what stands around suspicious lines is parsed.
#[salsa::tracked]
fn found(db: &dyn Db, file: SourceFile) -> Vec<(Span, String)> {
    let anchors = db::anchors(db, file);
    let place = |range: TextRange, start: u32| {
        anchors.span(file.id(db), TextRange::new(range.start + start, range.end + start))
    };
    let (mut out, mut seen) = (Vec::new(), BTreeSet::new());
    for line in suspicious_lines(db::text(db, file)) {
        let (parse, start) = db::parse_around(db, file, line as u32);
        if seen.insert(start) {
            let why = |node| Some((place(parse.tree.range(node), start), why(&parse.tree, node)?));
            out.extend(literals(&parse.tree).filter_map(why));
        }
    }
    // a piece may be within another one that was looked at
    out.sort();
    out.dedup();
    out
}

/// A text with what looks like a credential in it as asterisks, and `more` of it, as long as before in bytes: places stay
/// right.
pub fn masked<'t>(text: &'t str, more: &[TextRange]) -> Cow<'t, str> {
    if more.is_empty() && suspicious_lines(text).next().is_none() {
        return Cow::Borrowed(text);
    }
    let tree = syntax::parse(text).tree;
    let mut out = text.as_bytes().to_vec();
    for literal in literals(&tree) {
        let range = tree.range(literal);
        let is_code = matches!(tree.rule(literal), Some(Rule::string | Rule::number));
        if !more.iter().any(|more| is_code && more.contains(range)) && why(&tree, literal).is_none() {
            continue;
        }
        let hidden = out.get_mut(range.start as usize..range.end as usize).unwrap_or_default();
        // lines and what makes a string or a comment stay where they are
        let slashes = if is_code { 0 } else { 2 };
        hidden.iter_mut().skip(slashes).filter(|b| !matches!(**b, b'"' | b'\n')).for_each(|b| *b = b'*');
    }
    // a literal's whole characters are gone, so that what is left is text
    String::from_utf8(out).map_or(Cow::Borrowed(""), Cow::Owned)
}
