//! Files in segments: what an edit leaves as it was isn't parsed again.

#![allow(missing_docs, reason = "what salsa generates beside each field has none")]

use super::{Db, SourceFile, std_files, text};
use crate::syntax::ast::{self, Item, ItemKind};
use crate::syntax::{self, Filling, Hole, Lowered, Outer, Parse, Piece};
use crate::text::{Anchors, TextRange};
use smol_str::SmolStr;
use std::sync::Arc;

/// A run of a file's top-level items, by what they are read from: the same as long as its text is, and as many items
/// stand before it.
#[salsa::interned]
struct Segment<'db> {
    #[returns(copy)]
    file: SourceFile,
    /// How many items the file has before it, nested ones too.
    #[returns(copy)]
    before: u32,
    #[returns(deref)]
    text: Box<str>,
}

/// Some items of a file or a group as a key of queries, by the first one's number. Unlike a segment it stays the same
/// while its text changes.
#[salsa::interned]
pub struct Part<'db> {
    #[returns(copy)]
    pub file: SourceFile,
    #[returns(copy)]
    pub first: u32,
}

/// What a part is in: the innermost namespace and layer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct Around {
    pub namespace: Option<SmolStr>,
    pub layer: Option<SmolStr>,
}

/// A part as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Placed {
    first: u32,
    items: Arc<Vec<Item>>,
    around: Around,
}

/// The file's parts, those in groups too, in source order.
#[salsa::tracked]
fn placed(db: &dyn Db, file: SourceFile) -> Vec<Placed> {
    let mut out = Vec::new();
    place(&super::ast(db, file).parts, &Around::default(), &mut out);
    out
}

fn place(parts: &[Arc<Vec<Item>>], around: &Around, out: &mut Vec<Placed>) {
    for part in parts {
        let Some(first) = part.first() else { continue };
        out.push(Placed { first: first.span.item, items: Arc::clone(part), around: around.clone() });
        for item in part.iter() {
            match &item.kind {
                ItemKind::Namespace(group) => {
                    let namespace = Some(group.name.name.clone());
                    place(&group.parts, &Around { namespace, ..around.clone() }, out);
                }
                ItemKind::Layer(group) => {
                    let layer = Some(group.name.name.clone());
                    place(&group.parts, &Around { layer, ..around.clone() }, out);
                }
                _ => {}
            }
        }
    }
}

fn find<'db>(db: &'db dyn Db, part: Part<'db>) -> Option<&'db Placed> {
    let all = placed(db, part.file(db));
    let at = all.binary_search_by_key(&part.first(db), |placed| placed.first).ok()?;
    all.get(at)
}

/// The items of a part, without those in groups of it: these are parts of their own. Equal, and so the end of what an
/// edit reaches, if the edit was elsewhere or changed no item.
#[salsa::tracked(returns(clone))]
pub fn part_items<'db>(db: &'db dyn Db, part: Part<'db>) -> Arc<Vec<Item>> {
    find(db, part).map(|placed| Arc::clone(&placed.items)).unwrap_or_default()
}

/// What a part is in.
#[salsa::tracked(returns(clone))]
pub fn part_around<'db>(db: &'db dyn Db, part: Part<'db>) -> Around {
    find(db, part).map(|placed| placed.around.clone()).unwrap_or_default()
}

/// The file's parts, in source order.
#[salsa::tracked]
pub fn parts<'db>(db: &'db dyn Db, file: SourceFile) -> Vec<Part<'db>> {
    placed(db, file).iter().map(|placed| Part::new(db, file, placed.first)).collect()
}

#[salsa::tracked(no_eq)]
fn segment_lowered<'db>(db: &'db dyn Db, segment: Segment<'db>) -> Lowered {
    let text = segment.text(db);
    let holes = syntax::holes(text);
    // how deep a piece is within groups isn't seen from within it
    if !holes.is_empty()
        && syntax::too_deep(text).is_none()
        && let Some(lowered) = lowered_around(db, segment, &holes)
    {
        return lowered;
    }
    let file = segment.file(db).id(db);
    syntax::lower_part(&db.ahead().take(file, text), file, segment.before(db))
}

/// A segment, most of whose groups is read on its own; nothing where that isn't the same as if all were read at once.
fn lowered_around<'db>(db: &'db dyn Db, segment: Segment<'db>, holes: &[Hole]) -> Option<Lowered> {
    let text = segment.text(db);
    let mut left = String::new();
    let ends = holes.iter().map(Hole::end);
    for (from, to) in std::iter::once(0).chain(ends).zip(holes.iter().map(Hole::start).chain([text.len()])) {
        left.push_str(&text[from..to]);
    }
    let mut fill = |hole: usize, before| filling(db, segment, &holes[hole], before);
    let range = |hole: &Hole| TextRange::new(hole.start() as u32, hole.end() as u32);
    let outer = Outer { holes: holes.iter().map(range).collect(), fill: &mut fill };
    syntax::lower_outer(&syntax::parse(&left), segment.file(db).id(db), segment.before(db), outer)
}

/// What is in a hole, read piece by piece.
fn filling<'db>(db: &'db dyn Db, segment: Segment<'db>, hole: &Hole, mut before: u32) -> Option<Filling> {
    let (file, text) = (segment.file(db), segment.text(db));
    db.ahead().parse(file.id(db), Some(before), text, &hole.cuts);
    let (mut out, mut at) = (Filling::default(), 0);
    while at + 1 < hole.cuts.len() {
        let mut longer = 1;
        // what isn't closed is tried with more of what follows it
        let (end, lowered) = loop {
            let end = (at + longer).min(hole.cuts.len() - 1);
            let piece = Segment::new(db, file, before, Box::from(&text[hole.cuts[at]..hole.cuts[end]]));
            let lowered = segment_lowered(db, piece);
            if lowered.closed {
                break (end, lowered);
            }
            if end + 1 == hole.cuts.len() {
                return None;
            }
            longer *= 2;
        };
        let start = (hole.cuts[at] - hole.start()) as u32;
        out.pieces.extend(lowered.pieces.iter().map(|piece| piece.moved(start)));
        let range = TextRange::new(start, (hole.cuts[end] - hole.start()) as u32);
        out.pieces.push(Piece { range, before });
        out.parts.extend(lowered.file.parts.iter().map(Arc::clone));
        out.anchors.extend(lowered.anchors.0.iter().skip(1).map(|anchor| anchor + start));
        out.errors.extend(lowered.errors.iter().map(|error| syntax::moved(error.clone(), start)));
        (at, before) = (end, before + lowered.anchors.0.len() as u32 - 1);
    }
    Some(out)
}

#[salsa::tracked(no_eq, lru = 16)]
fn segment_parse<'db>(db: &'db dyn Db, segment: Segment<'db>) -> Parse {
    syntax::parse(segment.text(db))
}

/// The syntax around an offset, and where its text starts: enough of it to tell what stands there.
pub fn parse_around(db: &dyn Db, file: SourceFile, offset: u32) -> (&Parse, u32) {
    let (all, ends) = (segments(db, file), segment_ends(db, file));
    // at a segment's start the text before it counts too
    let at = ends.partition_point(|end| *end < offset).min(all.len().saturating_sub(1));
    let Some(segment) = all.get(at) else { return (super::parse(db, file), 0) };
    let start = at.checked_sub(1).map_or(0, |before| ends[before]);
    let within = offset.saturating_sub(start);
    // the innermost piece comes before those around it
    let has = |piece: &&Piece| piece.range.start < within && within <= piece.range.end;
    let Some(piece) = segment_lowered(db, *segment).pieces.iter().find(has) else {
        return (segment_parse(db, *segment), start);
    };
    let text = Box::from(&segment.text(db)[piece.range.start as usize..piece.range.end as usize]);
    let piece_segment = Segment::new(db, file, piece.before, text);
    (segment_parse(db, piece_segment), start + piece.range.start)
}

/// Where each of the file's segments ends.
#[salsa::tracked]
fn segment_ends(db: &dyn Db, file: SourceFile) -> Vec<u32> {
    let lengths = segments(db, file).iter().map(|segment| segment.text(db).len() as u32);
    lengths
        .scan(0, |end, length| {
            *end += length;
            Some(*end)
        })
        .collect()
}

/// The file's segments, in order. There is always one.
#[salsa::tracked]
fn segments<'db>(db: &'db dyn Db, file: SourceFile) -> Vec<Segment<'db>> {
    let text = text(db, file);
    let cuts = syntax::cuts(text);
    let bounds: Vec<usize> = [0].into_iter().chain(cuts.iter().map(|cut| cut.at)).chain([text.len()]).collect();
    db.ahead().parse(file.id(db), None, text, &bounds);
    let (mut out, mut start, mut before) = (Vec::new(), 0, 0);
    while start < text.len() || out.is_empty() {
        let next = cuts.partition_point(|cut| cut.at <= start);
        let firm = cuts[next..].iter().find(|cut| cut.firm);
        // what is left open ends at a firm cut, but for strings
        let ends = [cuts.get(next), firm].into_iter().flatten().map(|cut| cut.at).chain([text.len()]);
        for end in ends {
            let segment = Segment::new(db, file, before, Box::from(&text[start..end]));
            let lowered = segment_lowered(db, segment);
            if lowered.complete || end == text.len() {
                out.push(segment);
                (start, before) = (end, before + lowered.anchors.0.len() as u32 - 1);
                break;
            }
        }
    }
    db.ahead().done(file.id(db));
    out
}

/// The part that has an item of the file.
pub fn part_of<'db>(db: &'db dyn Db, file: SourceFile, item: u32) -> Option<Part<'db>> {
    let all = placed(db, file);
    let at = all.partition_point(|placed| placed.first <= item).checked_sub(1)?;
    Some(Part::new(db, file, all[at].first))
}

/// The file, put together from its segments, or as it was embedded.
#[salsa::tracked(no_eq)]
pub(super) fn lowered(db: &dyn Db, file: SourceFile) -> Lowered {
    if let Some(ready) = std_files::lowered(file.id(db), text(db, file)) {
        return ready;
    }
    let (mut parts, mut docs, mut anchors, mut errors) = (Vec::new(), Vec::new(), vec![0], Vec::new());
    let mut start = 0;
    for segment in segments(db, file) {
        let own = segment_lowered(db, *segment);
        parts.extend(own.file.parts.iter().filter(|part| !part.is_empty()).map(Arc::clone));
        docs.extend(own.file.doc.as_deref());
        anchors.extend(own.anchors.0.iter().skip(1).map(|anchor| anchor + start));
        errors.extend(own.errors.iter().map(|error| syntax::moved(error.clone(), start)));
        start += segment.text(db).len() as u32;
    }
    let doc = (!docs.is_empty()).then(|| docs.join("\n"));
    let (file, anchors) = (Arc::new(ast::File { doc, parts }), Anchors(anchors));
    Lowered { file, anchors, errors, complete: true, closed: false, pieces: Vec::new() }
}
