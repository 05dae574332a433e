//! Every word, box, arrow, number and row of the hand-drawn guide has its place in what obs writes of the same stack:
//! `guide/places.txt` lists them all, and this test reads the guide to see that it does.

use crate::programs::{observability, run};
use regex::RegexBuilder;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const GUIDE: &str = include_str!("guide/architecture-guide.md");
const PLACES: &str = include_str!("guide/places.txt");

/// One line of the list.
struct Entry {
    section: String,
    words: String,
    arrow: bool,
    place: String,
    pattern: String,
}

fn entries() -> Vec<Entry> {
    let mut section = String::new();
    let mut out = Vec::new();
    for line in PLACES.lines().filter(|l| !l.is_empty() && !l.starts_with("# ") && *l != "#") {
        if let Some(title) = line.strip_prefix("## ") {
            section = title.to_owned();
            continue;
        }
        let parts: Vec<&str> = line.split(" => ").collect();
        assert!(matches!(parts.len(), 3 | 4), "an entry has words, a place, a pattern and perhaps an answer: {line}");
        let (arrow, words) = match parts[0].strip_prefix("> ") {
            Some(words) => (true, words),
            None => (false, parts[0]),
        };
        let [words, place, pattern] = [words, parts[1], parts[2]].map(str::to_owned);
        out.push(Entry { section: section.clone(), words, arrow, place, pattern });
    }
    out
}

/// What a section of the guide says: words between lines and signs, rows of tables whole; and its arrowheads.
#[derive(Default)]
struct Section {
    words: BTreeSet<String>,
    arrows: usize,
}

const ARROWHEADS: &[char] = &['▼', '▲', '►', '◄'];

fn guide() -> BTreeMap<String, Section> {
    let mut out: BTreeMap<String, Section> = BTreeMap::new();
    let mut title = String::new();
    let drawn = |c: char| ('\u{2500}'..='\u{257f}').contains(&c) || ARROWHEADS.contains(&c) || c == '•';
    for line in GUIDE.lines().filter(|l| !l.starts_with("```") && !l.starts_with("---")) {
        if line.starts_with('#') {
            title = line.trim_start_matches('#').trim().to_owned();
            out.entry(title.clone()).or_default().words.insert(title.clone());
            continue;
        }
        let section = out.entry(title.clone()).or_default();
        section.arrows += line.matches(ARROWHEADS).count();
        if matches!(title.as_str(), "Port Mapping" | "Horizontal Scaling") {
            if line.contains('│') {
                section.words.insert(line.split('│').map(str::trim).collect::<Vec<_>>().join(" | "));
            }
            continue;
        }
        let plain: String = line.chars().map(|c| if drawn(c) { "  ".to_owned() } else { c.to_string() }).collect();
        section.words.extend(plain.split("  ").map(str::trim).filter(|w| !w.is_empty()).map(str::to_owned));
    }
    out
}

/// What obs writes of the stack: the page, and each view as boxes, frames and arrows.
struct Written {
    page: String,
    views: BTreeMap<String, View>,
}

/// A view as other tools read it, from its Mermaid form.
#[derive(Default)]
struct View {
    /// Titles of frames, from the outermost: `a > b`.
    frames: Vec<String>,
    /// Texts of boxes by their headings.
    boxes: Vec<(String, String)>,
    /// `from -> to: label`.
    arrows: Vec<String>,
    legend: String,
}

impl View {
    fn read(text: &str) -> Self {
        let mut out = View::default();
        let mut open: Vec<String> = Vec::new();
        for line in text.lines().map(str::trim) {
            let quoted =
                line.split_once("[\"").and_then(|(_, rest)| rest.rsplit_once("\"]")).map(|(inside, _)| decoded(inside));
            if let Some(legend) = line.strip_prefix("accDescr: ") {
                out.legend = legend.to_owned();
            } else if line == "end" {
                open.pop();
            } else if let (true, Some(title)) = (line.starts_with("subgraph "), &quoted) {
                open.push(title.clone());
                out.frames.push(open.join(" > "));
            } else if let Some(text) = quoted {
                let heading = text.lines().next().unwrap_or_default().to_owned();
                out.boxes.push((heading, text));
            } else if let Some((ends, label)) = line.split_once(" -->|\"").and_then(|(from, rest)| {
                let (label, to) = rest.rsplit_once("\"| ")?;
                Some(((from.to_owned(), to.to_owned()), decoded(label)))
            }) {
                let name = |id: &str| {
                    let at: usize = id.trim_start_matches('c').parse().expect("boxes have numbers");
                    out.boxes[at].0.clone()
                };
                out.arrows.push(format!("{} -> {}: {label}", name(&ends.0), name(&ends.1)));
            }
        }
        out
    }
}

/// Text as Mermaid shows it.
fn decoded(text: &str) -> String {
    let plain = text
        .replace("<b>", "")
        .replace("</b>", "")
        .replace("<br/>", "\n")
        .replace("#quot;", "\"")
        .replace('\u{a0}', " ")
        .replace('\u{2060}', "");
    let mut out = String::new();
    let mut rest = plain.as_str();
    while let Some((before, after)) = rest.split_once('#') {
        out.push_str(before);
        let code = after.split_once(';').and_then(|(code, rest)| Some((char::from_u32(code.parse().ok()?)?, rest)));
        match code {
            Some((c, more)) => {
                out.push(c);
                rest = more;
            }
            None => {
                out.push('#');
                rest = after;
            }
        }
    }
    out + rest
}

fn written(path: &Path) -> Written {
    let folder = tempfile::tempdir().expect("a folder for the test");
    run(&["docs", &path.display().to_string(), "-o", &folder.path().display().to_string()]);
    let page = std::fs::read_to_string(folder.path().join("README.md")).expect("the guide was written");
    let view = |name: &str| {
        let text = run(&["diagram", &path.display().to_string(), "--view", name, "--format", "mermaid"]);
        (name.to_owned(), View::read(&text))
    };
    Written { page, views: obs_compiler::outputs::diagram::VIEWS.iter().map(|name| view(name)).collect() }
}

/// A heading's part of a page: to the next heading of its level or above.
fn part<'a>(page: &'a str, heading: &str) -> Option<&'a str> {
    let mut fenced = false;
    let mut at = 0;
    let mut found: Option<(usize, usize)> = None;
    for line in page.split_inclusive('\n') {
        fenced ^= line.starts_with("```");
        let level = line.chars().take_while(|c| *c == '#').count();
        if level > 0 && !fenced {
            match found {
                Some((start, own)) if level <= own => return Some(&page[start..at]),
                None if line[level..].trim() == heading => found = Some((at, level)),
                _ => {}
            }
        }
        at += line.len();
    }
    found.map(|(start, _)| &page[start..])
}

impl Written {
    /// The text at a place; nothing where there is no such place.
    fn at(&self, place: &str) -> Option<String> {
        let (what, rest) = place.split_once(' ').unwrap_or((place, ""));
        if what == "page" {
            return if rest.is_empty() { Some(self.page.clone()) } else { part(&self.page, rest).map(str::to_owned) };
        }
        let (view, name) = rest.split_once(' ').unwrap_or((rest, ""));
        let view = self.views.get(view)?;
        Some(match what {
            "frames" => view.frames.join("\n"),
            "arrows" => view.arrows.join("\n"),
            "legend" => view.legend.clone(),
            "box" => view.boxes.iter().find(|(heading, _)| heading == name)?.1.clone(),
            _ => return None,
        })
    }
}

#[test]
fn the_list_has_all_of_the_guide_and_nothing_else() {
    let guide = guide();
    let entries = entries();
    let mut wrong: Vec<String> = Vec::new();
    for (title, section) in &guide {
        let of = || entries.iter().filter(|e| e.section == *title);
        let listed: BTreeSet<&str> = of().filter(|e| !e.arrow).map(|e| e.words.as_str()).collect();
        let said: BTreeSet<&str> = section.words.iter().map(String::as_str).collect();
        wrong.extend(said.difference(&listed).map(|w| format!("{title}: `{w}` is in the guide and not in the list")));
        wrong.extend(listed.difference(&said).map(|w| format!("{title}: `{w}` is in the list and not in the guide")));
        let arrows = of().filter(|e| e.arrow).count();
        if arrows != section.arrows {
            wrong.push(format!("{title}: the guide has {} arrowheads, the list {arrows}", section.arrows));
        }
    }
    wrong.extend(
        entries.iter().filter(|e| !guide.contains_key(&e.section)).map(|e| format!("no section `{}`", e.section)),
    );
    assert!(guide.len() > 20 && entries.len() > 250, "{} sections, {} entries", guide.len(), entries.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn everything_of_the_guide_is_found_where_the_list_says() {
    let written = written(&observability());
    let mut wrong: Vec<String> = Vec::new();
    for entry in entries() {
        let pattern = RegexBuilder::new(&entry.pattern).multi_line(true).case_insensitive(true).build();
        let pattern = pattern.unwrap_or_else(|e| panic!("{}: {e}", entry.words));
        assert!(!pattern.is_match(""), "a pattern that nothing can fail: {}", entry.pattern);
        match written.at(&entry.place) {
            None => wrong.push(format!("{}: `{}`: there is no {}", entry.section, entry.words, entry.place)),
            Some(text) if !pattern.is_match(&text) => wrong.push(format!(
                "{}: `{}` isn't at {}: no `{}` in:\n{}",
                entry.section,
                entry.words,
                entry.place,
                entry.pattern,
                if text.len() < 1500 { &text } else { "(a long text)" }
            )),
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
