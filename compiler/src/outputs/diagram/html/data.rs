//! What the page's script knows.

use super::super::views::picture;
use super::super::{Format, VIEWS, draw, title as view_title};
use super::First;
use crate::db::LIBRARY;
use crate::graph::{Component, Effective, Flow, Graph, LinkSource, Port, Signal, Stack};
use crate::maps::IndexMap;
use crate::outputs::words;
use crate::text::{FileId, LineIndex, Sources, Span};
use serde::Serialize;
use std::collections::BTreeMap;

/// All of it.
#[derive(Serialize)]
pub(super) struct Data {
    pub title: String,
    /// The view and the profile to show first.
    first: (usize, usize),
    views: Vec<View>,
    profiles: Vec<Profile>,
    /// Pictures as SVG; many look alike under all profiles.
    pictures: Vec<String>,
    /// The program's own files that something points into.
    files: Vec<File>,
}

#[derive(Serialize)]
struct View {
    name: String,
    title: String,
}

#[derive(Serialize)]
struct Profile {
    name: String,
    /// For each view the number of its picture; none where it has nothing to show.
    pictures: Vec<Option<usize>>,
    components: Vec<Card>,
    flows: Vec<Way>,
}

/// What there is to say of a component.
#[derive(Serialize)]
struct Card {
    name: String,
    kind: String,
    doc: String,
    place: Option<Place>,
    runs: String,
    image: Option<String>,
    ports: Vec<PortRow>,
    values: Vec<ValueRow>,
}

/// What there is to say of a flow.
#[derive(Serialize)]
struct Way {
    from: String,
    to: String,
    protocol: String,
    label: String,
    transport: String,
    signals: Vec<&'static str>,
    /// The data goes from `to` to `from`.
    backward: bool,
    ports: Vec<PortRow>,
    url: Option<String>,
    doc: String,
    place: Option<Place>,
    values: Vec<ValueRow>,
}

#[derive(Serialize)]
struct PortRow {
    name: String,
    number: u16,
    protocol: String,
    purpose: String,
}

/// An effective value, and who said it.
#[derive(Serialize)]
struct ValueRow {
    name: String,
    value: String,
    source: String,
    place: Option<Place>,
}

#[derive(Serialize)]
struct File {
    path: String,
    text: String,
}

/// A line of one of the files, both from 0.
#[derive(Serialize)]
struct Place {
    file: usize,
    line: u32,
}

/// Files that are pointed into, as they come up.
struct Places<'a, S> {
    sources: &'a S,
    known: BTreeMap<FileId, Option<(usize, LineIndex)>>,
    files: Vec<File>,
}

impl<S: Sources> Places<'_, S> {
    /// Where something stands, if that is in the program's own files: the library's are not shown.
    fn of(&mut self, span: Span) -> Option<Place> {
        let at = self.sources.locate(span);
        if !self.known.contains_key(&at.file) {
            let path = self.sources.path(at.file);
            let entry = (!path.strip_prefix(LIBRARY).is_some_and(|rest| rest.starts_with('/'))).then(|| {
                let text = self.sources.text(at.file);
                self.files.push(File { path: path.to_owned(), text: text.to_owned() });
                (self.files.len() - 1, LineIndex::new(text))
            });
            self.known.insert(at.file, entry);
        }
        let (file, lines) = self.known.get(&at.file)?.as_ref()?;
        Some(Place { file: *file, line: lines.line_col(at.range.start).line })
    }
}

/// The data of a program's page; `None` where there is no such view.
pub(super) fn of(stacks: &[Stack], first: First<'_>, sources: &impl Sources) -> Option<Data> {
    let mut places = Places { sources, known: BTreeMap::new(), files: Vec::new() };
    let graph = &stacks.get(first.profile)?.graph;
    let views = views(stacks, graph, first.view);
    let view = views.iter().position(|v| v.name == first.view)?;
    let mut pictures: IndexMap<String, usize> = IndexMap::default();
    let mut profiles = Vec::new();
    for stack in stacks {
        let graph = &*stack.graph;
        let mut number = |view: &View| {
            // the one that is asked for says that there is nothing to see
            if view.name != first.view {
                view_title(stack, &view.name)?;
            }
            let text = draw(stack, &view.name, Format::Svg)?;
            let next = pictures.len();
            Some(*pictures.entry(text).or_insert(next))
        };
        let drawn = views.iter().map(&mut number).collect();
        profiles.push(Profile {
            name: graph.profile.to_string(),
            pictures: drawn,
            components: (0..graph.components.len()).map(|at| card(stack, at, &mut places)).collect(),
            flows: graph.flows.iter().map(|f| way(graph, f, &mut places)).collect(),
        });
    }
    Some(Data {
        title: title(graph),
        first: (view, first.profile),
        views,
        profiles,
        pictures: pictures.into_keys().collect(),
        files: places.files,
    })
}

/// The first line of the program's docs, else the cluster's name.
fn title(graph: &Graph) -> String {
    let told = first_line(graph.doc.as_deref());
    if told.is_empty() { graph.cluster.name.to_string() } else { told.trim_end_matches('.').to_owned() }
}

/// Views that show something under some profile, and the one that is asked for: of those that always exist, and the
/// program's own.
fn views(stacks: &[Stack], graph: &Graph, asked: &str) -> Vec<View> {
    let own = graph.views.iter().map(|v| v.name.as_str()).filter(|name| !VIEWS.contains(name));
    let view = |name: &str| {
        let heading = |s: &Stack| if name == asked { picture(s, name).map(|p| p.title) } else { view_title(s, name) };
        let title = stacks.iter().find_map(heading)?;
        Some(View { name: name.to_owned(), title })
    };
    VIEWS.iter().copied().chain(own).filter_map(view).collect()
}

fn first_line(doc: Option<&str>) -> String {
    doc.and_then(|d| d.lines().next()).unwrap_or_default().trim().to_owned()
}

fn card(stack: &Stack, at: usize, places: &mut Places<'_, impl Sources>) -> Card {
    let c: &Component = &stack.graph.components[at];
    let doc = c.doc.as_deref().or(c.kind_doc.as_deref()).unwrap_or_default().trim().to_owned();
    Card {
        name: c.name.to_string(),
        kind: c.kind.to_string(),
        doc,
        place: places.of(c.span),
        runs: c.workload.word().to_owned() + &instances(c),
        image: stack.workloads[at].as_ref().map(|w| w.image.value.to_string()),
        ports: c.ports.iter().map(port).collect(),
        values: c.params.iter().map(|(name, value)| row(name, value, places)).collect(),
    }
}

/// ` × 3 (3–5)`.
fn instances(c: &Component) -> String {
    let range = c.replicas.autoscale.as_ref().map(|a| format!(" ({}–{})", a.least, a.max)).unwrap_or_default();
    if c.replicas.count == 0 { String::new() } else { format!(" × {}{range}", c.replicas.count) }
}

fn port(p: &Port) -> PortRow {
    PortRow {
        name: p.name.to_string(),
        number: p.number,
        protocol: p.protocol.to_string(),
        purpose: p.purpose.to_string(),
    }
}

fn way(graph: &Graph, f: &Flow, places: &mut Places<'_, impl Sources>) -> Way {
    Way {
        from: graph.component(f.from).name.to_string(),
        to: graph.component(f.to).name.to_string(),
        protocol: f.protocol.to_string(),
        label: f.label.to_string(),
        transport: words::spoken(f),
        signals: f.signals.iter().copied().map(Signal::name).collect(),
        backward: f.backward,
        ports: f.ports.iter().map(port).collect(),
        url: f.url.as_ref().map(ToString::to_string),
        doc: f.doc.as_deref().unwrap_or_default().trim().to_owned(),
        place: places.of(f.span),
        values: f.options.iter().map(|(name, value)| row(name, value, places)).collect(),
    }
}

fn row(name: &str, value: &Effective, places: &mut Places<'_, impl Sources>) -> ValueRow {
    let last = value.chain.last();
    let source = match last.map(|l| &l.source) {
        None | Some(LinkSource::Default) => "default".to_owned(),
        Some(LinkSource::Kind(kind)) => format!("kind {kind}"),
        Some(LinkSource::Acceptor) => "the side that accepts".to_owned(),
        Some(LinkSource::Own) => "set here".to_owned(),
        Some(LinkSource::Scale) => "scale".to_owned(),
        Some(LinkSource::Profile(profile)) => format!("profile {profile}"),
    };
    let place = last.and_then(|l| places.of(l.span));
    ValueRow { name: name.to_owned(), value: value.value.to_string(), source, place }
}
