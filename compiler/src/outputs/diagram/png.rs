//! PNG from the SVG, with fonts of its own: the same bytes whatever fonts a machine has. They have the scripts of Europe, and
//! Arabic and Hebrew among others; in place of signs that they lack, Chinese ones or emoji say, stands an empty box. SVG has no such
//! limit: it is shown with the fonts of whoever looks at it.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};
use std::sync::Arc;

/// Pixels for each of the SVG's, so that text is sharp on fine screens and on paper.
const SCALE: f32 = 2.0;
/// The most pixels that a picture may have (256 MB of memory); larger ones get smaller text.
const MOST: f32 = 64e6;
/// Subsets of DejaVu Sans; `fonts/README.md` says what is in them.
const REGULAR: &[u8] = include_bytes!("fonts/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("fonts/DejaVuSans-Bold.ttf");

/// The bytes of a PNG; `None` where the text isn't an SVG.
pub(super) fn paint(svg: &str) -> Option<Vec<u8>> {
    let mut fonts = Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(BOLD.to_vec());
    fonts.set_sans_serif_family("DejaVu Sans");
    let options = Options { fontdb: Arc::new(fonts), font_family: "DejaVu Sans".to_owned(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).ok()?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let scale = SCALE.min((MOST / (width * height)).sqrt());
    // both are positive: an SVG without a size is none
    let mut pixels = Pixmap::new((width * scale).ceil() as u32, (height * scale).ceil() as u32)?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().ok()
}
