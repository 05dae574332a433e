//! What of a text can be followed: paths of imports, and addresses in strings and comments.

use crate::db::{self, Db, SourceFile};
use crate::names;
use crate::syntax::Rule;
use crate::syntax::tree::Kind;
use crate::text::{FileId, TextRange};

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A file of the program.
    File(FileId),
    /// A page.
    Page(String),
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its place.
    pub range: TextRange,
    /// Where it leads.
    pub to: Destination,
}

/// All links of a file, by place.
pub(super) fn links(db: &dyn Db, file: SourceFile) -> Vec<Link> {
    let anchors = db::anchors(db, file);
    let imports = names::imports(db, file).iter().filter_map(|import| {
        let target = db::file_by_path(db, import.path.as_deref()?)?;
        let there = *db::presence(db, target) == db::Presence::Text;
        let range = anchors.resolve(import.span).range;
        there.then(|| Link { range, to: Destination::File(target.id(db)) })
    });
    let mut out: Vec<Link> = imports.collect();
    let tree = &db::parse(db, file).tree;
    for leaf in tree.leaves() {
        let holds_text = match tree.kind(leaf) {
            Kind::Comment => true,
            Kind::Node(rule) => matches!(rule, Rule::line_text | Rule::block_text | Rule::doc | Rule::inner_doc),
            _ => false,
        };
        if holds_text {
            let start = tree.range(leaf).start;
            out.extend(pages(tree.text_of(leaf)).map(|(at, page)| Link {
                range: TextRange::new(start + at as u32, start + (at + page.len()) as u32),
                to: Destination::Page(page.to_owned()),
            }));
        }
    }
    out.sort_by_key(|link| link.range);
    out
}

/// Addresses in a text, with their offsets. One that goes on in what is only known later is none.
fn pages(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let starts = text
        .match_indices("http")
        .filter(|(at, _)| text[*at..].starts_with("https://") || text[*at..].starts_with("http://"));
    starts.filter_map(|(at, _)| {
        let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`' | '{' | '}' | '\\');
        let page = text[at..].split(ends).next().unwrap_or_default();
        let page = page.trim_end_matches(['.', ',', ';', ':', ')']);
        let host = page.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
        host.starts_with(|c: char| c.is_ascii_alphanumeric()).then_some((at, page))
    })
}

#[cfg(test)]
mod tests {
    use super::Destination;
    use crate::ide::fixture::Fixture;

    #[test]
    fn imports_and_addresses_lead_somewhere() {
        let fixture = Fixture::new(
            "//- main.obs\nimport \"./a.obs\".{x}\n// see https://example.com/a(b).\nlet y = \"http://x.example/${x}\"\n//- a.obs\nlet x = 1\n",
        );
        let found = fixture.analysis.links("main.obs");
        let shown: Vec<String> = found
            .iter()
            .map(|link| match &link.to {
                Destination::File(_) => "file".to_owned(),
                Destination::Page(page) => page.clone(),
            })
            .collect();
        assert_eq!(shown, ["file", "https://example.com/a(b", "http://x.example/"]);
    }
}
