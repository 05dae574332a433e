//! Where new items go in a text, so that it keeps its one form.

use crate::names;
use crate::syntax::ast::{File, Item};
use crate::syntax::tree::{NodeId, Tree};
use crate::text::{Anchors, TextRange};

/// An insertion: where, and what.
pub(super) type Insertion = (TextRange, String);

fn at(offset: usize) -> TextRange {
    TextRange::new(offset as u32, offset as u32)
}

/// A line behind the one that ends an item, with its indentation; nothing where the item shares its line.
pub(super) fn line_behind(text: &str, item: TextRange, line: &str) -> Option<Insertion> {
    let indent = indent_of(text, item.start)?;
    let end = line_end(text, item.end);
    let rest = &text[item.end as usize..end];
    let alone = rest.trim().is_empty() || rest.trim_start().starts_with("//");
    alone.then(|| (at(end), format!("\n{indent}{line}")))
}

/// An item at the end of a text, with a blank line before it.
pub(super) fn at_end(text: &str, item: &str) -> Insertion {
    let gap = match text {
        "" => "",
        _ if text.ends_with("\n\n") => "",
        _ if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    (at(text.len()), format!("{gap}{item}\n"))
}

/// An item behind another one of the file, with a blank line between them.
pub(super) fn item_behind(text: &str, item: TextRange, new: &str) -> Insertion {
    let end = line_end(text, item.end);
    match end == text.len() {
        true => at_end(text, new),
        false => (at(end), format!("\n\n{new}")),
    }
}

/// Where the line of an offset ends, without the line end.
fn line_end(text: &str, offset: u32) -> usize {
    let rest = &text[offset as usize..];
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    offset as usize + line.len()
}

/// What stands before an offset on its line, where that is nothing but blanks.
pub(super) fn indent_of(text: &str, offset: u32) -> Option<&str> {
    let before = &text[..offset as usize];
    let line = &before[before.rfind('\n').map_or(0, |n| n + 1)..];
    line.trim().is_empty().then_some(line)
}

/// Where an item of the file starts, with the comments right above it.
pub(super) fn item_start(tree: &Tree, item: NodeId) -> u32 {
    let before: Vec<NodeId> = tree.children(tree.root()).take_while(|sibling| *sibling != item).collect();
    let mut start = tree.range(item).start;
    for sibling in before.into_iter().rev() {
        match tree.text_of(sibling) {
            text if text.starts_with("//") => start = tree.range(sibling).start,
            text if text.trim_matches(' ').is_empty() || text == "\n" || text == "\r\n" => {}
            _ => break,
        }
        let before = &tree.text()[..tree.range(sibling).start as usize];
        if tree.text_of(sibling) == "\n" && before.ends_with('\n') {
            break;
        }
    }
    start
}

/// The same for the item of the file that has an offset in it.
pub(super) fn top_item_start(tree: &Tree, offset: u32) -> Option<u32> {
    let leaf = tree.leaf_at(offset)?;
    let item = tree.ancestors(leaf).find(|n| tree.parent(*n) == Some(tree.root()))?;
    Some(item_start(tree, item))
}

/// An item and what it lies in, outermost first, itself last.
pub(super) fn with_groups(ast: &File, number: u32) -> Vec<&Item> {
    let mut out: Vec<&Item> = Vec::new();
    let mut items: Vec<&Item> = ast.items().collect();
    loop {
        let next = items.partition_point(|i| i.span.item <= number).checked_sub(1).map(|at| items[at]);
        let Some(item) = next else { return Vec::new() };
        out.push(item);
        if item.span.item == number {
            return out;
        }
        items = names::nested_items(item).collect();
    }
}

/// All items of a file, those within groups too, in the order of the text.
pub(super) fn all_items(ast: &File) -> Vec<&Item> {
    fn walk<'a>(item: &'a Item, out: &mut Vec<&'a Item>) {
        out.push(item);
        names::nested_items(item).for_each(|inner| walk(inner, out));
    }
    let mut out = Vec::new();
    ast.items().for_each(|item| walk(item, &mut out));
    out
}

/// The innermost item at an offset.
pub(super) fn item_at<'a>(ast: &'a File, anchors: &Anchors, offset: u32) -> Option<&'a Item> {
    let touches = |item: &&Item| anchors.resolve(item.span).range.touches(offset);
    let mut at = ast.items().find(touches)?;
    while let Some(inner) = names::nested_items(at).find(touches) {
        at = inner;
    }
    Some(at)
}
