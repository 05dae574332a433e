//! Pictures: a part of the graph as boxes within boxes and arrows, painted in several forms.

mod ascii;
pub mod layout;
mod mermaid;
mod picture;
mod scene;
mod svg;

use crate::graph::Graph;
use picture::Picture;

/// The views that always exist, besides those of the program's own.
pub const VIEWS: &[&str] = &["system"];

/// A form of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Boxes of box-drawing characters, for terminals and plain text.
    Ascii,
    /// A picture for browsers and documents.
    Svg,
    /// A Mermaid flowchart, which GitHub and GitLab draw.
    Mermaid,
}

impl Format {
    /// The names of all forms.
    pub const NAMES: &[&str] = &["ascii", "svg", "mermaid"];

    /// The form with this name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "ascii" => Some(Format::Ascii),
            "svg" => Some(Format::Svg),
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
        None => return None,
    };
    Some(match format {
        Format::Ascii => ascii::paint(&picture),
        Format::Svg => svg::paint(&picture),
        Format::Mermaid => mermaid::paint(&picture),
    })
}
