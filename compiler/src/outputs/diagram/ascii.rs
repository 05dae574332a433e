//! Boxes and lines of box-drawing characters.

use super::layout::{Point, Rect, Segment, Side};
use super::picture::Picture;
use super::scene::{Item, Scene, columns};
use unicode_segmentation::UnicodeSegmentation;

/// Pictures are about as wide as this many columns, where what is in them allows.
const WIDTH: i32 = 100;

const UP: u8 = 1;
const DOWN: u8 = 2;
const LEFT: u8 = 4;
const RIGHT: u8 = 8;

/// What stands in a cell.
#[derive(Clone, Default)]
enum Cell {
    #[default]
    Blank,
    /// Lines to these sides.
    Lines {
        sides: u8,
        dashed: bool,
    },
    /// A character as people see it; the cells that it covers besides are empty.
    Text(String),
    Covered,
}

struct Canvas {
    width: usize,
    cells: Vec<Cell>,
}

pub(super) fn paint(picture: &Picture) -> String {
    let scene = Scene::of(picture, WIDTH, |text, _| columns(text));
    let mut canvas = Canvas::new(scene.drawing.width, scene.drawing.height);
    for (item, &rect) in scene.items.iter().zip(&scene.drawing.boxes).skip(1) {
        canvas.item(item, rect);
    }
    for (route, label) in scene.drawing.routes.iter().zip(&scene.labels) {
        route.segments.iter().for_each(|&segment| canvas.segment(segment));
        for rect in &route.labels {
            canvas.text(rect.x, rect.y, &format!(" {label} "));
        }
        for end in route.ends.iter().filter(|end| end.arrow) {
            canvas.arrow(end.at, end.side);
        }
    }
    for (item, &rect) in scene.items.iter().zip(&scene.drawing.boxes).skip(1) {
        if let Item::Frame { title } = item {
            canvas.text(rect.x + 2, rect.y, &format!(" {title} "));
        }
    }
    let legend: String = picture.legend.iter().map(|l| format!("{l}\n")).collect();
    let legend = if legend.is_empty() { legend } else { format!("\n{legend}") };
    format!("{}\n\n{}{legend}", scene.title, canvas.finish())
}

impl Canvas {
    fn new(width: i32, height: i32) -> Self {
        // a drawing has no negative sizes
        let (width, height) = (width.max(0) as usize, height.max(0) as usize);
        Self { width, cells: vec![Cell::Blank; width * height] }
    }

    fn at(&mut self, x: i32, y: i32) -> Option<&mut Cell> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        if x < self.width { self.cells.get_mut(y * self.width + x) } else { None }
    }

    fn join(&mut self, x: i32, y: i32, more: u8, dash: bool) {
        let Some(cell) = self.at(x, y) else { return };
        match cell {
            Cell::Lines { sides, .. } => *sides |= more,
            other => *other = Cell::Lines { sides: more, dashed: dash },
        }
    }

    fn segment(&mut self, Segment { a, b }: Segment) {
        for x in a.x..b.x {
            self.join(x, a.y, RIGHT, false);
            self.join(x + 1, a.y, LEFT, false);
        }
        for y in a.y..b.y {
            self.join(a.x, y, DOWN, false);
            self.join(a.x, y + 1, UP, false);
        }
    }

    fn frame(&mut self, rect: Rect, dashed: bool) {
        let (right, bottom) = (rect.right() - 1, rect.bottom() - 1);
        for y in [rect.y, bottom] {
            for x in rect.x..right {
                self.join(x, y, RIGHT, dashed);
                self.join(x + 1, y, LEFT, dashed);
            }
        }
        for x in [rect.x, right] {
            for y in rect.y..bottom {
                self.join(x, y, DOWN, dashed);
                self.join(x, y + 1, UP, dashed);
            }
        }
    }

    fn item(&mut self, item: &Item, rect: Rect) {
        match item {
            Item::Frame { .. } => self.frame(rect, false),
            Item::Box { lines, external, .. } => {
                self.frame(rect, *external);
                for (line, y) in lines.iter().zip(rect.y + 1..) {
                    self.text(rect.x + 2, y, line);
                }
            }
        }
    }

    /// An arrowhead before a border; the border stays whole.
    fn arrow(&mut self, at: Point, side: Side) {
        let (x, y, head, line) = match side {
            Side::Top => (at.x, at.y - 1, "▼", UP),
            Side::Bottom => (at.x, at.y + 1, "▲", DOWN),
            Side::Left => (at.x - 1, at.y, "▶", LEFT),
            Side::Right => (at.x + 1, at.y, "◀", RIGHT),
        };
        if let Some(Cell::Lines { sides, .. }) = self.at(at.x, at.y) {
            *sides &= !line;
        }
        if let Some(cell) = self.at(x, y) {
            *cell = Cell::Text(head.to_owned());
        }
    }

    fn text(&mut self, x: i32, y: i32, text: &str) {
        let mut x = x;
        for seen in text.graphemes(true) {
            let wide = columns(seen);
            if wide == 0 {
                continue;
            }
            if let Some(cell) = self.at(x, y) {
                *cell = if seen == " " { Cell::Blank } else { Cell::Text(seen.to_owned()) };
            }
            for beside in 1..wide {
                if let Some(cell) = self.at(x + beside, y) {
                    *cell = Cell::Covered;
                }
            }
            x += wide;
        }
    }

    fn finish(&self) -> String {
        let row = |cells: &[Cell]| {
            let line: String = cells.iter().map(glyph).collect();
            format!("{}\n", line.trim_end())
        };
        self.cells.chunks(self.width.max(1)).map(row).collect()
    }
}

fn glyph(cell: &Cell) -> &str {
    match cell {
        Cell::Blank => " ",
        Cell::Covered => "",
        Cell::Text(text) => text,
        Cell::Lines { sides, dashed } => lines(*sides, *dashed),
    }
}

fn lines(sides: u8, dashed: bool) -> &'static str {
    let (across, upright) = (sides & (LEFT | RIGHT), sides & (UP | DOWN));
    match (across, upright) {
        (_, 0) if dashed => "╌",
        (0, _) if dashed => "┆",
        (_, 0) => "─",
        (0, _) => "│",
        (RIGHT, DOWN) => "┌",
        (LEFT, DOWN) => "┐",
        (RIGHT, UP) => "└",
        (LEFT, UP) => "┘",
        (RIGHT, _) => "├",
        (LEFT, _) => "┤",
        (_, DOWN) => "┬",
        (_, UP) => "┴",
        _ => "┼",
    }
}
