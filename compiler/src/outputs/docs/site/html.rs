//! Blocks as HTML.

use crate::outputs::docs::document::{Block, Document, Inline, Table, spans};
use crate::outputs::docs::markdown::anchor;
use crate::text::xml_escape;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

pub(super) fn document(doc: &Document) -> String {
    doc.blocks.iter().map(block).collect()
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(level, title) => {
            let level = (*level).clamp(1, 6);
            let (id, title) = (xml_escape(&anchor(title)), xml_escape(title));
            format!(
                "<h{level} id=\"{id}\">{title} <a class=\"here\" href=\"#{id}\" aria-label=\"Link to this part\">#</a></h{level}>\n"
            )
        }
        Block::Markdown(text) => markdown(text),
        Block::Paragraph(parts) => format!("<p>{}</p>\n", line(parts)),
        Block::List(items) => {
            let items: String = items.iter().map(|i| format!("<li>{}</li>\n", line(i))).collect();
            format!("<ul>\n{items}</ul>\n")
        }
        Block::Image { alternative, path } => {
            let (alternative, path) = (xml_escape(alternative), xml_escape(path));
            format!("<figure><a href=\"{path}\"><img src=\"{path}\" alt=\"{alternative}\"></a></figure>\n")
        }
        Block::Fence { text, .. } => fence(text),
        Block::Folded { summary, fences } => {
            let inside: String = fences.iter().map(|(_, text)| fence(text)).collect();
            format!("<details>\n<summary>{}</summary>\n{inside}</details>\n", xml_escape(summary))
        }
        Block::Table(rows) => table(rows),
    }
}

fn line(parts: &[Inline]) -> String {
    parts.iter().map(inline).collect()
}

fn inline(part: &Inline) -> String {
    match part {
        Inline::Text(text) => xml_escape(text),
        Inline::Code(code) if code.is_empty() => String::new(),
        Inline::Doc(text) => line(&spans(text)),
        Inline::Code(code) => format!("<code>{}</code>", xml_escape(code)),
        Inline::Link(words, target) if safe(target) => {
            format!("<a href=\"{}\">{}</a>", xml_escape(target), xml_escape(words))
        }
        Inline::Link(words, _) => xml_escape(words),
    }
}

fn fence(text: &str) -> String {
    format!("<pre tabindex=\"0\"><code>{}</code></pre>\n", xml_escape(text.trim_end()))
}

fn table(table: &Table) -> String {
    let cells = |tag: &str, cells: Vec<String>| -> String {
        let cells: String = cells.iter().map(|c| format!("<{tag}>{c}</{tag}>")).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let head = cells("th", table.head.iter().map(|c| xml_escape(c)).collect());
    let rows: String = table.rows.iter().map(|row| cells("td", row.iter().map(inline).collect())).collect();
    format!(
        "<div class=\"table\" tabindex=\"0\"><table>\n<thead>\n{head}</thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n"
    )
}

/// Whether a link leads to a page or a place, rather than being a script of its own.
fn safe(target: &str) -> bool {
    let scheme = target.split(['/', '?', '#']).next().and_then(|start| start.split_once(':')).map(|(scheme, _)| scheme);
    scheme.is_none_or(|s| ["http", "https", "mailto"].iter().any(|known| s.trim().eq_ignore_ascii_case(known)))
}

/// Doc lines, which are Markdown. Tags in them are text; their headings come below those of the guide.
fn markdown(text: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let lower = |level: HeadingLevel| match level {
        HeadingLevel::H1 => HeadingLevel::H4,
        HeadingLevel::H2 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    };
    let target = |url: CowStr<'_>| if safe(&url) { url.into_string().into() } else { CowStr::Borrowed("#") };
    let events = Parser::new_ext(text, options).map(|event| match event {
        Event::Html(tag) | Event::InlineHtml(tag) => Event::Text(tag),
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: lower(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: target(dest_url), title, id })
        }
        // a picture would be asked from elsewhere
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: target(dest_url), title, id })
        }
        Event::End(TagEnd::Image) => Event::End(TagEnd::Link),
        other => other,
    });
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, events);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doc_lines_bring_no_tags_and_no_scripts() {
        let out =
            markdown("# Title\n\n<script>alert(1)</script> *x* [a](javascript:alert(1)) ![b](http://x.example/b.png)");
        assert_eq!(
            out,
            "<h4>Title</h4>\n&lt;script&gt;alert(1)&lt;/script&gt; *x* [a](javascript:alert(1)) ![b](http://x.example/b.png)"
        );
        let out = markdown("*x* <b>y</b> [a](javascript:alert(1)) ![b](http://x.example/b.png)");
        assert_eq!(
            out,
            "<p><em>x</em> &lt;b&gt;y&lt;/b&gt; <a href=\"#\">a</a> <a href=\"http://x.example/b.png\">b</a></p>\n"
        );
    }

    #[test]
    fn links_are_pages_or_addresses() {
        let safe_ones = ["a.html#b", "#b", "https://x.example/a:b", "mailto:a@example.com", "a/b:c"];
        assert!(safe_ones.iter().all(|t| safe(t)));
        assert!(["javascript:x", "JavaScript:x", "data:text/html,x", " javascript:x"].iter().all(|t| !safe(t)));
    }
}
