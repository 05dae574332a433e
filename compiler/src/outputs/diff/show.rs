//! A difference as text, JSON and Markdown.
//!
//! ```text
//! { version: 1, compared: [name], same: bool,
//!   graph: [change], objects: [change], files: [{ change, path, added, removed }] }
//! change: { change: "added"|"removed"|"changed", what, in: [name], fields: [{ field, old|null, new|null }],
//!           notes: [text], recreation: [text] }
//! ```

use super::{Change, Detail, Difference, FileChange};
use crate::outputs::docs::markdown::{Document, Inline, Table, code};
use serde_json::{Value as Json, json};
use similar::TextDiff;
use std::fmt::Write;

// writing to a string can't fail: results of `write!` are dropped throughout

/// For people at a terminal.
pub fn text(difference: &Difference) -> String {
    if difference.is_empty() {
        return "nothing differs\n".to_owned();
    }
    let mut out = String::new();
    for (title, changes) in [("Graph", &difference.graph), ("Objects", &difference.objects)] {
        if changes.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{title}");
        changes.iter().for_each(|c| change(difference, c, &mut out));
        out.push('\n');
    }
    if !difference.files.is_empty() {
        let _ = writeln!(out, "Files");
        for FileChange { kind, path, added, removed } in &difference.files {
            let _ = writeln!(out, "  {} {path} (+{added} -{removed})", kind.sign());
        }
    }
    format!("{}\n", out.trim_end())
}

/// Where a change isn't in all that was compared: `(in high, peak)`.
fn place(difference: &Difference, change: &Change) -> String {
    let everywhere = change.pairs.is_empty() || change.pairs == difference.pairs;
    if everywhere { String::new() } else { format!(" (in {})", change.pairs.join(", ")) }
}

fn change(difference: &Difference, change: &Change, out: &mut String) {
    let _ = writeln!(out, "  {} {}{}", change.kind.sign(), change.what, place(difference, change));
    for detail in &change.details {
        match long(detail) {
            Some(lines) => {
                let _ = writeln!(out, "      {}", detail.field);
                lines.lines().for_each(|l| {
                    let _ = writeln!(out, "        {l}");
                });
            }
            None => {
                let _ = writeln!(out, "      {}", short(detail));
            }
        }
    }
    for note in &change.notes {
        let _ = writeln!(out, "      note: {note}");
    }
    for (at, step) in change.recreation.iter().enumerate() {
        let number = if at == 0 { String::new() } else { format!("{at}. ") };
        let _ = writeln!(out, "      {number}{step}");
    }
}

/// The same; of texts of several lines how many differ.
fn shorter(detail: &Detail) -> String {
    let (Some(old), Some(new), Some(_)) = (&detail.old, &detail.new, long(detail)) else { return short(detail) };
    let (added, removed) = super::lines(old, new);
    format!("{}: +{added} −{removed} lines", detail.field)
}

/// `replicas: 2 → 3`.
fn short(detail: &Detail) -> String {
    let Detail { field, old, new } = detail;
    match (old, new) {
        (Some(old), Some(new)) => format!("{field}: {} → {}", cut(old), cut(new)),
        (None, Some(new)) => format!("{field}: {} (new)", cut(new)),
        (Some(old), None) => format!("{field}: {} (gone)", cut(old)),
        (None, None) => field.clone(),
    }
}

/// A value on one line; of a checksum its beginning.
fn cut(value: &str) -> String {
    const LONGEST: usize = 120;
    const CHECKSUM: usize = 64;
    if value.len() == CHECKSUM && value.bytes().all(|b| b.is_ascii_hexdigit()) {
        return format!("{}…", &value[..8]);
    }
    let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST + 1).collect();
    if line.chars().count() > LONGEST { format!("{}…", line.chars().take(LONGEST).collect::<String>()) } else { line }
}

/// Lines that differ, with some around them, where values are texts of several lines.
fn long(detail: &Detail) -> Option<String> {
    let (old, new) = (detail.old.as_deref()?, detail.new.as_deref()?);
    if !old.trim_end().contains('\n') && !new.trim_end().contains('\n') {
        return None;
    }
    Some(TextDiff::from_lines(old, new).unified_diff().context_radius(2).to_string())
}

/// For programs.
pub fn json(difference: &Difference) -> String {
    let changes = |list: &[Change]| list.iter().map(|c| change_json(c, difference)).collect::<Vec<_>>();
    let file =
        |f: &FileChange| json!({"change": f.kind.word(), "path": f.path, "added": f.added, "removed": f.removed});
    let value = json!({
        "version": 1, "compared": difference.pairs, "same": difference.is_empty(),
        "graph": changes(&difference.graph), "objects": changes(&difference.objects),
        "files": difference.files.iter().map(file).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn change_json(change: &Change, difference: &Difference) -> Json {
    let field = |d: &Detail| json!({"field": d.field, "old": d.old, "new": d.new});
    let pairs = if change.pairs.is_empty() { &difference.pairs } else { &change.pairs };
    json!({
        "change": change.kind.word(), "what": change.what, "in": pairs,
        "fields": change.details.iter().map(field).collect::<Vec<_>>(),
        "notes": change.notes, "recreation": change.recreation,
    })
}

/// For a comment on a change under review.
pub fn markdown(difference: &Difference) -> String {
    let mut doc = Document::default();
    if difference.is_empty() {
        doc.paragraph(&["Nothing differs.".into()]);
        return doc.finish();
    }
    for (title, changes) in [("Graph", &difference.graph), ("Objects", &difference.objects)] {
        if changes.is_empty() {
            continue;
        }
        doc.heading(3, title);
        let row = |c: &Change| {
            let mut said: Vec<String> = c.details.iter().map(shorter).chain(c.notes.iter().cloned()).collect();
            said.extend(c.recreation.first().cloned());
            let what = format!("{}{}", c.what, place(difference, c));
            vec![Inline::Text(c.kind.word().to_owned()), code(&what), Inline::Text(said.join("; "))]
        };
        doc.table(&Table::new(["", "What", "How"], changes.iter().map(row)));
    }
    let refused: Vec<&Change> = difference.objects.iter().filter(|c| !c.recreation.is_empty()).collect();
    if !refused.is_empty() {
        doc.heading(3, "What needs recreation");
        for change in refused {
            doc.paragraph(&[code(&change.what), Inline::Text(format!(" {}:", change.recreation[0]))]);
            doc.list(&change.recreation[1..].iter().map(|s| vec![Inline::Text(s.clone())]).collect::<Vec<_>>());
        }
    }
    if !difference.files.is_empty() {
        doc.heading(3, "Files");
        let row = |f: &FileChange| {
            let lines = format!("+{} −{}", f.added, f.removed);
            vec![Inline::Text(f.kind.word().to_owned()), code(&f.path), Inline::Text(lines)]
        };
        doc.table(&Table::new(["", "File", "Lines"], difference.files.iter().map(row)));
    }
    doc.finish()
}
