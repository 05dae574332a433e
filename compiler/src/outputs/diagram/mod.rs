//! Pictures: a part of the graph as boxes within boxes and arrows, painted in several forms.

mod ascii;
mod branches;
mod d2;
mod dot;
mod html;
pub mod layout;
mod mermaid;
mod notation;
mod overlay;
pub(super) mod palette;
mod picture;
mod png;
mod scene;
mod svg;
mod views;

use crate::analysis::Failure;
use crate::graph::Stack;
pub use html::{First, page};
pub use views::VIEWS;

/// A form of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Boxes of box-drawing characters, for terminals and plain text.
    Ascii,
    /// A picture for browsers and documents.
    Svg,
    /// Graphviz's language.
    Dot,
    /// D2's language.
    D2,
    /// A Mermaid flowchart, which GitHub and GitLab draw.
    Mermaid,
}

impl Format {
    /// The names of all forms.
    pub const NAMES: &[&str] = &["ascii", "svg", "mermaid", "dot", "d2"];

    /// The form with this name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "ascii" => Some(Format::Ascii),
            "svg" => Some(Format::Svg),
            "dot" => Some(Format::Dot),
            "d2" => Some(Format::D2),
            "mermaid" => Some(Format::Mermaid),
            _ => None,
        }
    }
}

/// A view of a stack in a form; `None` where there is no view of that name. A stack without workloads has pictures
/// too: they say less of volumes and probes.
pub fn draw(stack: &Stack, view: &str, format: Format) -> Option<String> {
    draw_without(stack, view, format, &[])
}

/// The same when these fail: what is on the picture says what becomes of it.
pub fn draw_without(stack: &Stack, view: &str, format: Format, killed: &[Failure]) -> Option<String> {
    let mut picture = views::picture(stack, view)?;
    overlay::lay(&mut picture, &stack.graph, killed);
    Some(match format {
        Format::Ascii => ascii::paint(&picture),
        Format::Svg => svg::paint(&picture),
        Format::Dot => dot::paint(&picture),
        Format::D2 => d2::paint(&picture),
        Format::Mermaid => mermaid::paint(&picture),
    })
}

/// What a view shows, for headings; `None` where there is no view of that name or nothing to see in it: a signal may
/// flow nowhere, a stack may have no daemon.
pub fn title(stack: &Stack, view: &str) -> Option<String> {
    views::picture(stack, view).filter(|p| !p.content.is_empty()).map(|p| p.title)
}

/// What the SVG of a view lays out: its boxes and lines without their places; `None` where there is no view of that
/// name.
pub fn sketch(stack: &Stack, view: &str) -> Option<layout::Sketch> {
    views::picture(stack, view).map(|picture| svg::sketch(&picture))
}

/// A view of a stack as the bytes of a PNG, two pixels for each of the SVG's; `None` where there is no view of that
/// name. Without what is `killed`.
pub fn png(stack: &Stack, view: &str, killed: &[Failure]) -> Option<Vec<u8>> {
    png::paint(&draw_without(stack, view, Format::Svg, killed)?)
}
