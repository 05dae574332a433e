//! A document as blocks, before it is Markdown or HTML.

/// A document under way.
#[derive(Default)]
pub(in crate::outputs) struct Document {
    pub blocks: Vec<Block>,
}

/// A part of a document.
pub(in crate::outputs) enum Block {
    /// A heading and its level.
    Heading(usize, String),
    /// What is Markdown already: doc lines.
    Markdown(String),
    Paragraph(Vec<Inline>),
    List(Vec<Vec<Inline>>),
    /// A picture in a file beside the document.
    Image {
        alternative: String,
        path: String,
    },
    Fence {
        language: String,
        text: String,
    },
    /// Code blocks (languages and texts) behind a word that opens them.
    Folded {
        summary: String,
        fences: Vec<(String, String)>,
    },
    Table(Table),
}

/// What stands in a line or a cell.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::outputs) enum Inline {
    /// Plain text.
    Text(String),
    /// A name, an expression or a command.
    Code(String),
    /// Words that lead elsewhere: a path, an address, or `#…`.
    Link(String, String),
    /// A line of the program's docs: what stands between backticks is code, all else is plain text.
    Doc(String),
}

impl From<String> for Inline {
    fn from(text: String) -> Self {
        Inline::Text(text)
    }
}

impl From<&str> for Inline {
    fn from(text: &str) -> Self {
        Inline::Text(text.to_owned())
    }
}

/// Code, on one line.
pub(in crate::outputs) fn code(text: impl Into<String>) -> Inline {
    Inline::Code(text.into())
}

/// A line of docs.
pub(in crate::outputs) fn told(text: impl Into<String>) -> Inline {
    Inline::Doc(text.into())
}

/// A line of docs as text and code: a run of backticks opens code that ends at the next run of as many.
pub(in crate::outputs) fn spans(text: &str) -> Vec<Inline> {
    let mut out = Vec::new();
    let (mut plain, mut rest) = (String::new(), text);
    while let Some(start) = rest.find('`') {
        let (before, from) = rest.split_at(start);
        plain.push_str(before);
        let length = from.len() - from.trim_start_matches('`').len();
        let (fence, after) = from.split_at(length);
        let Some(end) = run_of(after, length) else {
            plain.push_str(fence);
            rest = after;
            continue;
        };
        if !plain.is_empty() {
            out.push(Inline::Text(std::mem::take(&mut plain)));
        }
        let inside = &after[..end];
        let padded = inside.strip_prefix(' ').and_then(|i| i.strip_suffix(' ')).filter(|i| !i.trim().is_empty());
        out.push(Inline::Code(padded.unwrap_or(inside).to_owned()));
        rest = &after[end + length..];
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        out.push(Inline::Text(plain));
    }
    out
}

/// Where the first run of just so many backticks is.
fn run_of(text: &str, length: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let start = at + found;
        let run = text[start..].len() - text[start..].trim_start_matches('`').len();
        if run == length {
            return Some(start);
        }
        at = start + run;
    }
    None
}

/// A table.
#[derive(Clone)]
pub(in crate::outputs) struct Table {
    pub head: Vec<String>,
    pub rows: Vec<Vec<Inline>>,
}

impl Table {
    pub(in crate::outputs) fn new<'a, C: Into<Inline>>(
        head: impl IntoIterator<Item = &'a str>,
        rows: impl IntoIterator<Item = Vec<C>>,
    ) -> Self {
        let cells = |row: Vec<C>| row.into_iter().map(Into::into).collect();
        Self { head: head.into_iter().map(str::to_owned).collect(), rows: rows.into_iter().map(cells).collect() }
    }
}

impl Document {
    pub(in crate::outputs) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Its headings with their levels.
    pub(in crate::outputs) fn headings(&self) -> impl Iterator<Item = (usize, &str)> {
        self.blocks.iter().filter_map(|b| match b {
            Block::Heading(level, title) => Some((*level, title.as_str())),
            _ => None,
        })
    }

    /// Its first heading.
    pub(in crate::outputs) fn title(&self) -> Option<&str> {
        self.headings().next().map(|(_, title)| title)
    }

    pub(in crate::outputs) fn heading(&mut self, level: usize, title: &str) {
        self.blocks.push(Block::Heading(level, title.to_owned()));
    }

    /// What is Markdown already.
    pub(in crate::outputs) fn markdown(&mut self, text: &str) {
        if !text.is_empty() {
            self.blocks.push(Block::Markdown(text.to_owned()));
        }
    }

    /// A paragraph of these parts, one after the other.
    pub(in crate::outputs) fn paragraph(&mut self, parts: &[Inline]) {
        self.blocks.push(Block::Paragraph(parts.to_vec()));
    }

    /// A bullet a line; nothing where there are none.
    pub(in crate::outputs) fn list(&mut self, items: &[Vec<Inline>]) {
        if !items.is_empty() {
            self.blocks.push(Block::List(items.to_vec()));
        }
    }

    /// A picture in a file beside the document. Names of views are plain words: no path needs escaping.
    pub(in crate::outputs) fn image(&mut self, alternative: &str, path: &str) {
        self.blocks.push(Block::Image { alternative: alternative.to_owned(), path: path.to_owned() });
    }

    pub(in crate::outputs) fn fence(&mut self, language: &str, text: &str) {
        self.blocks.push(Block::Fence { language: language.to_owned(), text: text.to_owned() });
    }

    /// Code blocks behind a word that opens them.
    pub(in crate::outputs) fn folded(&mut self, summary: &str, fences: &[(&str, String)]) {
        let fences = fences.iter().map(|(language, text)| ((*language).to_owned(), text.clone())).collect();
        self.blocks.push(Block::Folded { summary: summary.to_owned(), fences });
    }

    /// A table; nothing where it has no rows.
    pub(in crate::outputs) fn table(&mut self, table: &Table) {
        if !table.rows.is_empty() {
            self.blocks.push(Block::Table(table.clone()));
        }
    }

    /// All of another document after this one.
    pub(in crate::outputs) fn append(&mut self, other: Document) {
        self.blocks.extend(other.blocks);
    }
}
