//! Documents as Markdown; text of the program's is escaped where it isn't Markdown itself.

pub(in crate::outputs) use super::document::{Block, Document, Inline, Table, code};
pub(in crate::outputs::docs) use crate::text::fragment as anchor;
use pulldown_cmark::{Event, Parser};

impl Inline {
    fn write(&self) -> String {
        match self {
            Inline::Text(text) => escape(text),
            Inline::Code(code) if code.is_empty() => String::new(),
            Inline::Code(code) => ticks(code),
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
        let mut text = self.blocks.iter().map(block).collect::<Vec<_>>().join("\n\n");
        text.push('\n');
        text
    }
}

/// Markdown with its HTML as text: whoever writes a doc line doesn't write the page.
fn without_html(text: &str) -> String {
    let mut out = text.to_owned();
    let html = Parser::new(text)
        .into_offset_iter()
        .filter(|(event, _)| matches!(event, Event::Html(_) | Event::InlineHtml(_)))
        .flat_map(|(_, range)| range.clone().filter(|at| text.as_bytes()[*at] == b'<').collect::<Vec<_>>())
        .collect::<Vec<_>>();
    for at in html.into_iter().rev() {
        out.replace_range(at..=at, "&lt;");
    }
    out
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(level, title) => format!("{} {}", "#".repeat(*level), escape(title)),
        Block::Markdown(text) => without_html(text),
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
    // tables end a cell at a bar, even within code
    let cell = |c: &Inline| match c {
        Inline::Text(_) => c.write(),
        _ => c.write().replace('|', "\\|"),
    };
    lines.extend(table.rows.iter().map(|cells| row(cells.iter().map(cell).collect())));
    lines.join("\n")
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
