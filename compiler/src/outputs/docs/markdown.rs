//! Documents as Markdown; text of the program's is escaped where it isn't Markdown itself.

use super::document::spans;
pub(in crate::outputs) use super::document::{Block, Document, Inline, Table, code, told};
pub(in crate::outputs::docs) use crate::text::fragment as anchor;
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag};
use std::collections::BTreeSet;

impl Inline {
    fn write(&self) -> String {
        match self {
            Inline::Text(text) => escape(text),
            Inline::Code(code) if code.is_empty() => String::new(),
            Inline::Code(code) => ticks(code),
            Inline::Doc(text) => spans(text).iter().map(Inline::write).collect(),
            Inline::Link(words, target) => format!("[{}]({})", escape(words), address(target)),
        }
    }
}

/// A link's target: what would end it is encoded.
fn address(target: &str) -> String {
    let mut out = String::with_capacity(target.len());
    for c in target.chars() {
        match c {
            '(' | ')' | '<' | '>' | '|' | '\\' | '"' | '`' | ' ' => out.push_str(&format!("%{:02X}", u32::from(c))),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A code span: its fence is longer than any run of backticks in it.
fn ticks(code: &str) -> String {
    let code: String = code.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut fence = "`".to_owned();
    while code.contains(&fence) {
        fence.push('`');
    }
    let room = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
    format!("{fence}{room}{code}{room}{fence}")
}

impl Document {
    /// The document as Markdown.
    pub(in crate::outputs) fn finish(self) -> String {
        let own: BTreeSet<String> = self.headings().map(|(_, title)| anchor(title)).collect();
        let mut level = 1;
        let mut parts = Vec::new();
        for part in &self.blocks {
            if let Block::Heading(own, _) = part {
                level = *own;
            }
            parts.push(match part {
                Block::Markdown(text) => fitted(text, level, &own),
                other => block(other),
            });
        }
        let mut text = parts.join("\n\n");
        text.push('\n');
        text
    }
}

/// Doc lines as a part of a page: whoever writes them doesn't write the page. Tags are text, headings stand below the one
/// that they are under, and what they open ends with them. `own` are the addresses of the page's headings.
fn fitted(text: &str, level: usize, own: &BTreeSet<String>) -> String {
    closed(lowered(&without_html(text), level, own))
}

/// Markdown with its HTML as text.
fn without_html(text: &str) -> String {
    let mut out = text.to_owned();
    loop {
        let html = Parser::new(&out)
            .into_offset_iter()
            .filter(|(event, _)| matches!(event, Event::Html(_) | Event::InlineHtml(_)))
            .flat_map(|(_, range)| range.filter(|at| out.as_bytes()[*at] == b'<').collect::<Vec<_>>())
            .collect::<Vec<_>>();
        // what was in a tag is Markdown now, and may be another tag
        if html.is_empty() {
            return out;
        }
        for at in html.into_iter().rev() {
            out.replace_range(at..=at, "&lt;");
        }
    }
}

/// Markdown with its headings below a level. Those that would take the address of one of the page's own are no headings.
fn lowered(text: &str, level: usize, own: &BTreeSet<String>) -> String {
    // chapters are of level 2
    let below = |depth: HeadingLevel| (level.max(2) + depth as usize).min(6);
    let mut edits: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    let mut open: Option<(HeadingLevel, std::ops::Range<usize>, String)> = None;
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => open = Some((level, range, String::new())),
            Event::End(_) if open.as_ref().is_some_and(|(_, of, _)| *of == range) => {
                let Some((depth, _, title)) = open.take() else { continue };
                let taken = own.contains(&anchor(&title));
                edits.extend(heading_edit(text, range, if taken { None } else { Some(below(depth)) }));
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some((.., title)) = &mut open {
                    title.push_str(&words);
                }
            }
            _ => {}
        }
    }
    let mut out = text.to_owned();
    for (range, with) in edits.into_iter().rev() {
        out.replace_range(range, &with);
    }
    out
}

/// What makes a heading one of this level, or a line of text: more signs before it, or a backslash. One that is
/// underlined has its levels by the line below: it becomes text with what looks like the line.
fn heading_edit(
    text: &str,
    range: std::ops::Range<usize>,
    level: Option<usize>,
) -> Option<(std::ops::Range<usize>, String)> {
    let indented = &text[range.clone()];
    let range = range.start + indented.len() - indented.trim_start().len()..range.end;
    let source = &text[range.clone()];
    if let Some(level) = level.filter(|_| source.starts_with('#')) {
        let signs = source.len() - source.trim_start_matches('#').len();
        return Some((range.start..range.start + signs, "#".repeat(level)));
    }
    if source.starts_with('#') {
        return Some((range.start..range.start, "\\".to_owned()));
    }
    let source = source.trim_end();
    let under = source.len() - source.trim_end_matches(['=', '-']).len();
    let line = range.start + source.len() - under;
    let first = text[range.start..line].trim_end();
    match level {
        // one line and nothing around it
        Some(level) if !first.contains('\n') => {
            Some((range.start..range.start + source.len(), format!("{} {first}", "#".repeat(level))))
        }
        _ => Some((line..line, "\\".to_owned())),
    }
}

/// Markdown whose last code block ends with it.
fn closed(text: String) -> String {
    const AFTER: &str = "\n\nafter";
    let ends = |text: &str| {
        let whole = format!("{text}{AFTER}");
        let at = whole.len() - "after".len();
        Parser::new(&whole)
            .into_offset_iter()
            .any(|(event, range)| matches!(event, Event::Start(Tag::Paragraph)) && range.start == at)
    };
    if ends(&text) {
        return text;
    }
    let fences = Parser::new(&text).into_offset_iter().filter_map(|(event, range)| match event {
        Event::Start(Tag::CodeBlock(pulldown_cmark::CodeBlockKind::Fenced(_))) => Some(range.start),
        _ => None,
    });
    let last = fences.last().map(|start| text[start..].trim_start()).unwrap_or_default();
    let sign = last.chars().next().unwrap_or('`');
    let length = last.len() - last.trim_start_matches(sign).len();
    format!("{text}\n{}", sign.to_string().repeat(length.max(3)))
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(level, title) => format!("{} {}", "#".repeat(*level), escape(title)),
        Block::Markdown(text) => fitted(text, 1, &BTreeSet::new()),
        Block::Paragraph(parts) => line(parts),
        Block::List(items) => items.iter().map(|i| format!("- {}", line(i))).collect::<Vec<_>>().join("\n"),
        Block::Image { alternative, path } => format!("![{}]({path})", escape(alternative)),
        Block::Fence { language, text } => fence(language, text),
        Block::Folded { summary, fences } => {
            let inside: Vec<String> = fences.iter().map(|(language, text)| fence(language, text)).collect();
            let summary = crate::text::xml_escape(summary);
            format!("<details>\n<summary>{summary}</summary>\n\n{}\n\n</details>", inside.join("\n\n"))
        }
        Block::Table(rows) => table(rows),
    }
}

/// A code block; its fence is longer than any run of backticks in it.
fn fence(language: &str, text: &str) -> String {
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    format!("{fence}{language}\n{}\n{fence}", text.trim_end())
}

fn table(table: &Table) -> String {
    let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let mut lines = vec![row(table.head.iter().map(|c| escape(c)).collect())];
    lines.push(row(table.head.iter().map(|_| "---".to_owned()).collect()));
    lines.extend(table.rows.iter().map(|cells| row(cells.iter().map(cell).collect())));
    lines.join("\n")
}

/// Tables end a cell at a bar, even within code.
fn cell(part: &Inline) -> String {
    match part {
        Inline::Text(_) => part.write(),
        Inline::Doc(text) => spans(text).iter().map(cell).collect(),
        _ => part.write().replace('|', "\\|"),
    }
}

fn line(parts: &[Inline]) -> String {
    parts.iter().map(Inline::write).collect()
}

/// Plain text for Markdown with tables and HTML (GitHub's). Placeholders of a template (`{{ … }}`) become code:
/// a `$` in them would start a formula on some hosts, and would show its backslash in others.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside, after)) = placeholder(rest) {
        prose(before, &mut out);
        out.push('`');
        // tables end a cell at a bar even within code
        out.push_str(&inside.replace('|', "\\|"));
        out.push('`');
        rest = after;
    }
    prose(rest, &mut out);
    out
}

/// The first `{{ … }}` on one line without a backtick, with what is before and after.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("{{")?;
    let end = start + text[start..].find("}}")? + 2;
    let inside = &text[start..end];
    (!inside.contains(|c: char| c == '`' || c.is_control())).then(|| (&text[..start], inside, &text[end..]))
}

fn prose(text: &str, out: &mut String) {
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let within_word = before.is_alphanumeric() && chars.peek().is_some_and(|next| next.is_alphanumeric());
        match c {
            // within a word it stands for itself
            '_' if within_word => out.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
        before = c;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doc_lines_stay_in_their_part() {
        let own = BTreeSet::from(["glossary".to_owned()]);
        for (text, wanted) in [
            ("```\nx", "```\nx\n```"),
            ("~~~~ x\n```", "~~~~ x\n```\n~~~~"),
            ("- ```\n  x", "- ```\n  x"),
            ("# One", "#### One"),
            ("###### Six", "###### Six"),
            ("Under\n===", "#### Under"),
            ("Two\nlines\n---", "Two\nlines\n\\---"),
            ("# Glossary", "\\# Glossary"),
            ("<!-- `\n\n```", "&lt;!-- `\n\n```\n```"),
        ] {
            assert_eq!(fitted(text, 3, &own), wanted, "{text}");
        }
    }
}
