//! The architecture guide, as Markdown and as a site of HTML: chapters of pictures, tables and words, all of them functions of the graph.

mod alerts;
mod assumptions;
mod components;
pub(super) mod document;
mod failures;
mod glossary;
mod library;
pub(super) mod markdown;
mod network;
mod overview;
mod recovery;
mod scaling;
mod security;
mod site;
mod storage;

use super::OutputFile;
use super::diagram::{self, Format, VIEWS};
use crate::db::LIBRARY;
use crate::graph::Stack;
use crate::text::{FileId, LineIndex, Sources, Span};
pub use library::library;
use markdown::{Document, Inline, anchor};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// How a guide is cut into files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pages {
    /// All of it in `README.md`.
    One,
    /// A page for each chapter; `README.md` leads to them.
    Chapters,
}

/// Where the program that a guide is of stands.
pub struct Home<'a> {
    /// The entry's path below the project's root, with `/`: what commands name.
    pub program: &'a str,
    /// The way from the guide's folder to the project's root, with `/` at its end; without, lines are named and no links
    /// lead to them.
    pub root: Option<String>,
}

/// The guide and its pictures; the first stack is the default profile. At least one stack.
pub fn markdown(stacks: &[Stack], pages: Pages, home: &Home<'_>, sources: &impl Sources) -> Vec<OutputFile> {
    let Some(stack) = stacks.first() else { return Vec::new() };
    let book = Book::new(stacks, stack, pages, "md", (home, sources));
    let chapters = book.chapters();
    let mut files = match pages {
        Pages::One => vec![one_page(&book, chapters)],
        Pages::Chapters => many_pages(&book, chapters),
    };
    files.extend(book.drawn.into_inner());
    files
}

/// The guide as a site: a page for each chapter, search, and all pictures on one page to explore. At least one stack.
pub fn site(stacks: &[Stack], home: &Home<'_>, sources: &impl Sources) -> Vec<OutputFile> {
    let Some(stack) = stacks.first() else { return Vec::new() };
    let book = Book::new(stacks, stack, Pages::Chapters, "html", (home, sources));
    let chapters = book.chapters();
    let introduction = overview::introduction(&book);
    let explore = diagram::page(stacks, diagram::First { view: "system", profile: 0 }, sources);
    let mut files = site::files(introduction, chapters, explore);
    files.extend(book.drawn.into_inner());
    files
}

/// A part of the guide.
struct Chapter {
    /// The name of its page.
    slug: &'static str,
    title: &'static str,
    content: Document,
}

/// What chapters are written from.
struct Book<'a> {
    stacks: &'a [Stack],
    /// The stack of the default profile.
    stack: &'a Stack,
    pages: Pages,
    home: &'a Home<'a>,
    sources: &'a dyn Sources,
    /// Lines of files that were pointed into.
    lines: RefCell<BTreeMap<FileId, LineIndex>>,
    /// How names of pages end.
    ending: &'static str,
    /// Pictures that chapters show.
    drawn: RefCell<Vec<OutputFile>>,
    /// Headings that are taken: each stands once, so that links to it lead there.
    titles: RefCell<BTreeSet<String>>,
}

/// Pictures as text that have more bytes are files beside the page: Mermaid draws no more than 50,000 characters
/// (`maxTextSize`), and hosts show no pages of megabytes.
const LONGEST: usize = 50_000;

const CHAPTERS: &[(&str, &str)] = &[
    ("system", "System architecture"),
    ("data-flow", "Data flow"),
    ("interaction", "Component interaction"),
    ("deployment", "Deployment architecture"),
    ("network", "Network flow"),
    ("security", "Security boundaries"),
    ("storage", "Storage architecture"),
    ("scaling", "Scaling strategy"),
    ("self-monitoring", "Monitoring the monitors"),
    ("recovery", "Disaster recovery"),
    ("views", "Further views"),
    ("quick-reference", "Quick reference"),
    ("components", "Components"),
    ("assumptions", "Assumptions and accepted findings"),
    ("glossary", "Glossary"),
    ("legend", "Legend"),
    ("next-steps", "Next steps"),
];

impl<'a> Book<'a> {
    fn new(
        stacks: &'a [Stack],
        stack: &'a Stack,
        pages: Pages,
        ending: &'static str,
        (home, sources): (&'a Home<'a>, &'a dyn Sources),
    ) -> Self {
        let (lines, drawn, titles) = (RefCell::default(), RefCell::default(), RefCell::default());
        Self { stacks, stack, pages, home, sources, lines, ending, drawn, titles }
    }

    /// The line where something stands: `stack.obs:12`. Hosts of Markdown show the line that a link leads to; the pages of
    /// the site have the source on the page of pictures.
    fn line(&self, span: Span) -> Inline {
        let at = self.sources.locate(span);
        let path = self.sources.path(at.file);
        let mut known = self.lines.borrow_mut();
        let lines = known.entry(at.file).or_insert_with(|| LineIndex::new(self.sources.text(at.file)));
        let line = lines.line_col(at.range.start).line + 1;
        let told = format!("{path}:{line}");
        let library = path.strip_prefix(LIBRARY).is_some_and(|rest| rest.starts_with('/'));
        match &self.home.root {
            Some(root) if !library && self.ending == "md" => Inline::Link(told, format!("{root}{path}#L{line}")),
            _ => told.into(),
        }
    }

    /// The program as a word of a shell.
    fn program(&self) -> String {
        crate::outputs::words::shell(self.home.program)
    }

    fn chapters(&self) -> Vec<Chapter> {
        self.titles.borrow_mut().extend(CHAPTERS.iter().map(|(_, title)| anchor(title)));
        // alerts lead to these
        self.titles.borrow_mut().extend(alerts::titles(self).map(|title| anchor(&title)));
        let write = |slug: &str| match slug {
            "system" => overview::system(self),
            "data-flow" => overview::data_flow(self),
            "interaction" => overview::interaction(self),
            "deployment" => overview::deployment(self),
            "network" => network::chapter(self),
            "security" => security::chapter(self),
            "storage" => storage::chapter(self),
            "scaling" => scaling::chapter(self),
            "self-monitoring" => alerts::chapter(self),
            "recovery" => recovery::chapter(self),
            "views" => overview::own_views(self),
            "quick-reference" => network::quick_reference(self),
            "components" => components::chapter(self),
            "assumptions" => assumptions::chapter(self),
            "glossary" => glossary::chapter(self),
            "legend" => glossary::legend(self),
            _ => overview::next_steps(self),
        };
        let chapters = CHAPTERS.iter().map(|&(slug, title)| Chapter { slug, title, content: write(slug) });
        chapters.filter(|c| !c.content.is_empty()).collect()
    }

    /// Where a chapter is.
    fn to(&self, slug: &str) -> String {
        let title = CHAPTERS.iter().find(|(s, _)| *s == slug).map_or(slug, |(_, title)| title);
        match self.pages {
            Pages::One => format!("#{}", anchor(title)),
            Pages::Chapters => format!("{slug}.{}", self.ending),
        }
    }

    /// A link to a component's part of the guide.
    fn component(&self, name: &str) -> Inline {
        let place = match self.pages {
            Pages::One => String::new(),
            Pages::Chapters => format!("components.{}", self.ending),
        };
        Inline::Link(name.to_owned(), format!("{place}#{}", anchor(&components::heading(name))))
    }

    /// A heading within a chapter. On one page two of the same words would have one address: the second says where
    /// it is.
    fn heading(&self, doc: &mut Document, level: usize, title: &str) {
        let mut title = title.to_owned();
        while !self.titles.borrow_mut().insert(anchor(&title)) {
            title.push_str(" (again)");
        }
        doc.heading(level, &title);
    }

    /// A view's picture beside the guide, and the same as text: behind a word that opens it, or beside too where it is long.
    /// Whether there is something to see.
    fn picture(&self, doc: &mut Document, view: &str) -> bool {
        let Some(title) = diagram::title(self.stack, view) else { return false };
        let draw = |format| diagram::draw(self.stack, view, format).unwrap_or_default();
        let mut drawn = self.drawn.borrow_mut();
        let mut beside = |path: String, text| drawn.push(OutputFile { path, text, origins: Vec::new() });
        let path = format!("{view}.svg");
        doc.image(&title, &path);
        beside(path, draw(Format::Svg));
        let mut texts = vec![("text", "txt", draw(Format::Ascii))];
        // hosts of Markdown draw it; a browser would show its text
        if view == "system" && self.ending == "md" {
            texts.push(("mermaid", "mmd", draw(Format::Mermaid)));
        }
        let (long, short): (Vec<_>, Vec<_>) = texts.into_iter().partition(|(.., text)| text.len() > LONGEST);
        for (language, ending, text) in long {
            let told = if language == "text" { "The same as text" } else { "The same for Mermaid" };
            let path = format!("{view}.{ending}");
            doc.paragraph(&[Inline::Link(told.to_owned(), path.clone()), ": too long for this page.".into()]);
            beside(path, text);
        }
        let told = match short.as_slice() {
            [] => return true,
            [("mermaid", ..)] => "The same for Mermaid",
            [_] => "The same as text",
            _ => "The same as text and for Mermaid",
        };
        let fences: Vec<(&str, String)> = short.into_iter().map(|(language, _, text)| (language, text)).collect();
        doc.folded(told, &fences);
        true
    }

    /// The views of the program's own that don't stand in the place of one that always exists.
    fn own_views(&self) -> impl Iterator<Item = &str> {
        self.stack.graph.views.iter().map(|v| v.name.as_str()).filter(|name| !VIEWS.contains(name))
    }
}

fn file(path: String, doc: Document) -> OutputFile {
    OutputFile { path, text: doc.finish(), origins: Vec::new() }
}

fn contents(book: &Book<'_>, chapters: &[Chapter]) -> Vec<Vec<Inline>> {
    chapters.iter().map(|c| vec![Inline::Link(c.title.to_owned(), book.to(c.slug))]).collect()
}

fn one_page(book: &Book<'_>, chapters: Vec<Chapter>) -> OutputFile {
    let mut doc = overview::introduction(book);
    doc.list(&contents(book, &chapters));
    for chapter in chapters {
        doc.heading(2, chapter.title);
        doc.append(chapter.content);
    }
    file("README.md".to_owned(), doc)
}

fn many_pages(book: &Book<'_>, chapters: Vec<Chapter>) -> Vec<OutputFile> {
    let mut first = overview::introduction(book);
    first.list(&contents(book, &chapters));
    let mut files = vec![file("README.md".to_owned(), first)];
    for chapter in chapters {
        let mut doc = Document::default();
        doc.heading(1, chapter.title);
        doc.append(chapter.content);
        doc.paragraph(&[Inline::Link("Contents".to_owned(), "README.md".to_owned())]);
        files.push(file(format!("{}.md", chapter.slug), doc));
    }
    files
}
