//! Pictures: a part of the graph as boxes within boxes and arrows, painted in several forms.

mod ascii;
mod dot;
pub mod layout;
mod mermaid;
mod notation;
mod picture;
mod scene;
mod svg;

use crate::graph::{Graph, Signal};
use picture::Picture;

/// The views that always exist, besides those of the program's own.
pub const VIEWS: &[&str] = &["system", "metrics", "logs", "traces"];

/// A form of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Boxes of box-drawing characters, for terminals and plain text.
    Ascii,
    /// A picture for browsers and documents.
    Svg,
    /// Graphviz's language.
    Dot,
    /// A Mermaid flowchart, which GitHub and GitLab draw.
    Mermaid,
}

impl Format {
    /// The names of all forms.
    pub const NAMES: &[&str] = &["ascii", "svg", "mermaid", "dot"];

    /// The form with this name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "ascii" => Some(Format::Ascii),
            "svg" => Some(Format::Svg),
            "dot" => Some(Format::Dot),
            "mermaid" => Some(Format::Mermaid),
            _ => None,
        }
    }
}

/// A view of the graph in a form; `None` where there is no view of that name.
pub fn draw(graph: &Graph, view: &str, format: Format) -> Option<String> {
    let picture = match graph.views.iter().find(|v| v.name == view) {
        Some(own) => Picture::of_view(graph, own),
        None if view == "system" => Picture::system(graph),
        None => Picture::of_signal(graph, *Signal::ALL.iter().find(|s| s.name() == view && VIEWS.contains(&view))?),
    };
    Some(match format {
        Format::Ascii => ascii::paint(&picture),
        Format::Svg => svg::paint(&picture),
        Format::Dot => dot::paint(&picture),
        Format::Mermaid => mermaid::paint(&picture),
    })
}

/// Whether a view that always exists has something to show: a signal may flow nowhere.
pub fn shows(graph: &Graph, view: &str) -> bool {
    let signal = Signal::ALL.iter().find(|s| s.name() == view);
    signal.is_none_or(|signal| graph.flows.iter().any(|f| !f.implicit && f.signals.contains(signal)))
}
