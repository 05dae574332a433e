//! The guide as a site of HTML that needs no server: pages, a style, a script, and an index to search.

mod html;
mod index;

use super::document::Document;
use super::{Chapter, OutputFile};
use crate::text::xml_escape;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// The page with all pictures to explore.
const EXPLORE: &str = "explore.html";

/// A page of the site.
struct Page {
    path: String,
    title: String,
    content: Document,
}

/// All files but the pictures.
pub(super) fn files(introduction: Document, chapters: Vec<Chapter>, explore: Option<String>) -> Vec<OutputFile> {
    let title = introduction.title().unwrap_or_default().to_owned();
    let mut pages = vec![Page { path: "index.html".to_owned(), title: title.clone(), content: introduction }];
    for chapter in chapters {
        let mut content = Document::default();
        content.heading(1, chapter.title);
        content.append(chapter.content);
        pages.push(Page { path: format!("{}.html", chapter.slug), title: chapter.title.to_owned(), content });
    }
    let file = |path: &str, text: String| OutputFile { path: path.to_owned(), text, origins: Vec::new() };
    let mut out: Vec<OutputFile> = pages
        .iter()
        .enumerate()
        .map(|(at, page)| file(&page.path, written(&pages, at, &title, explore.is_some())))
        .collect();
    out.push(file("style.css", STYLE.to_owned()));
    out.push(file("script.js", SCRIPT.to_owned()));
    out.push(file("search.js", index::script(&pages)));
    out.extend(explore.map(|text| file(EXPLORE, text)));
    out
}

/// The text of a page, with the way to all others.
fn written(pages: &[Page], at: usize, site: &str, explore: bool) -> String {
    let page = &pages[at];
    let link = |path: &str, title: &str, here: bool| {
        let here = if here { " aria-current=\"page\"" } else { "" };
        format!("<li><a href=\"{}\"{here}>{}</a></li>\n", xml_escape(path), xml_escape(title))
    };
    let first =
        |(number, p): (usize, &Page)| link(&p.path, if number == 0 { "Overview" } else { &p.title }, number == at);
    let mut ways: String = pages.iter().enumerate().map(first).collect();
    if explore {
        ways.push_str(&link(EXPLORE, "Explore the pictures", false));
    }
    let title = if at == 0 { site.to_owned() } else { format!("{} – {site}", page.title) };
    let parts = [
        ("{title}", xml_escape(&title)),
        ("{site}", xml_escape(site)),
        ("{ways}", ways),
        ("{content}", html::document(&page.content)),
    ];
    let mut out = String::new();
    let mut rest = PAGE;
    // one pass: what is put in is not looked at again
    for (name, text) in parts {
        if let Some((before, after)) = rest.split_once(name) {
            out.extend([before, text.as_str()]);
            rest = after;
        }
    }
    out + rest
}
