//! What there is to find: the parts of all pages with their words.

use super::Page;
use crate::outputs::docs::document::{Block, Inline};
use crate::outputs::docs::markdown::anchor;
use serde::Serialize;

/// A part of a page, under one heading.
#[derive(Serialize)]
struct Part<'a> {
    /// The page and the place in it.
    to: String,
    page: &'a str,
    title: &'a str,
    text: String,
}

/// A script that defines the index: pages that are opened from a disk may not read files.
pub(super) fn script(pages: &[Page]) -> String {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for page in pages {
        parts.push(Part { to: page.path.clone(), page: &page.title, title: &page.title, text: String::new() });
        for block in &page.content.blocks {
            match (block, parts.last_mut()) {
                (Block::Heading(level, title), _) if *level > 1 => {
                    let to = format!("{}#{}", page.path, anchor(title));
                    parts.push(Part { to, page: &page.title, title, text: String::new() });
                }
                (block, Some(part)) => words(block, &mut part.text),
                _ => {}
            }
        }
    }
    // JSON is JavaScript but for two separators, which it may write as escapes
    let json = serde_json::to_string(&parts).unwrap_or_default();
    format!("window.obsIndex = {};\n", json.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029"))
}

/// Adds a block's words.
fn words(block: &Block, out: &mut String) {
    let mut add = |text: &str| {
        out.push_str(text);
        out.push(' ');
    };
    let mut line = |parts: &[Inline]| {
        for part in parts {
            let (Inline::Text(text) | Inline::Code(text) | Inline::Link(text, _) | Inline::Doc(text)) = part;
            add(text);
        }
    };
    match block {
        Block::Heading(_, text) | Block::Markdown(text) | Block::Fence { text, .. } => add(text),
        Block::Image { alternative, .. } => add(alternative),
        Block::Paragraph(parts) => line(parts),
        Block::List(items) => items.iter().for_each(|i| line(i)),
        Block::Table(table) => table.rows.iter().for_each(|row| line(row)),
        // the picture's own words are in its page
        Block::Folded { .. } => {}
    }
}
