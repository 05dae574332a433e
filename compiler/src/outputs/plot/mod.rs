//! Values over time, as a picture: panels one above the other with one time axis.

mod scale;
mod svg;

/// A picture of values over time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plot {
    /// Its title.
    pub title: String,
    /// Sentences below it, and for those who don't see it.
    pub notes: Vec<String>,
    /// Where time starts and ends, in milliseconds.
    pub span: (i64, i64),
    /// From top to bottom.
    pub panels: Vec<Panel>,
}

/// Lines with one vertical axis.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Panel {
    /// What is measured, with its unit.
    pub title: String,
    /// Lines over time.
    pub lines: Vec<Line>,
    /// Values that matter, drawn across.
    pub marks: Vec<Mark>,
}

/// Values over time; each holds until the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is.
    pub name: String,
    /// Which of the palette's colours it has.
    pub colour: usize,
    /// Drawn with gaps: what was wanted rather than what is.
    pub dashed: bool,
    /// Milliseconds and values, in order of time.
    pub points: Vec<(i64, f64)>,
}

/// A value that matters.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// What it is.
    pub name: String,
    /// Which of the palette's colours it has.
    pub colour: usize,
    /// The value.
    pub at: f64,
}

impl Plot {
    /// As an SVG of its own, on light and on dark grounds.
    pub fn svg(&self) -> String {
        svg::paint(self)
    }
}
