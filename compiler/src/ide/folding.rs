//! Parts of a text that can be folded away.

use crate::syntax::Rule;
use crate::syntax::tree::{Kind, NodeId, Tree};
use crate::text::TextRange;

/// What is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum FoldKind {
    Block,
    Comment,
    Imports,
}

/// A part that spans lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fold {
    /// From the bracket that opens it, or its first line, to the bracket that closes it, or its last line.
    pub range: TextRange,
    /// What it is.
    pub kind: FoldKind,
}

/// All folds, by place.
pub(super) fn folds(tree: &Tree) -> Vec<Fold> {
    let mut out = Vec::new();
    brackets(tree, &mut out);
    let comment = |id: NodeId| match tree.kind(id) {
        Kind::Comment | Kind::Node(Rule::doc | Rule::inner_doc) => Some(FoldKind::Comment),
        _ => None,
    };
    runs(tree, tree.leaves(), comment, &mut out);
    let import = |id: NodeId| (tree.rule(id) == Some(Rule::import)).then_some(FoldKind::Imports);
    runs(tree, tree.children(tree.root()), import, &mut out);
    out.retain(|fold| text(tree, fold.range).contains(['\n', '\r']));
    out.sort_unstable();
    out
}

fn text(tree: &Tree, range: TextRange) -> &str {
    &tree.text()[range.start as usize..range.end as usize]
}

/// From each opening bracket to its closing one.
fn brackets(tree: &Tree, out: &mut Vec<Fold>) {
    let mut open = Vec::new();
    for id in tree.leaves() {
        let range = tree.range(id);
        match (tree.kind(id), tree.text_of(id)) {
            (Kind::Punctuation, "{" | "[" | "(" | "${") => open.push(range.start),
            (Kind::Node(Rule::r_brace | Rule::r_bracket | Rule::r_paren), _) => {
                if let Some(start) = open.pop() {
                    out.push(Fold { range: TextRange::new(start, range.end), kind: FoldKind::Block });
                }
            }
            _ => {}
        }
    }
}

/// Runs of such nodes on neighbouring lines, with nothing but blanks between them.
fn runs(
    tree: &Tree,
    nodes: impl Iterator<Item = NodeId>,
    kind: impl Fn(NodeId) -> Option<FoldKind>,
    out: &mut Vec<Fold>,
) {
    let mut run: Option<Fold> = None;
    for (range, kind) in nodes.filter_map(|id| Some((tree.range(id), kind(id)?))) {
        match &mut run {
            Some(fold) if are_neighbours(text(tree, TextRange::new(fold.range.end, range.start))) => {
                fold.range.end = range.end;
            }
            _ => out.extend(run.replace(Fold { range, kind })),
        }
    }
    out.extend(run);
}

fn are_neighbours(between: &str) -> bool {
    let breaks = between.replace("\r\n", "\n").matches(['\n', '\r']).count();
    breaks <= 1 && between.chars().all(|c| c.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use crate::ide::fixture::Fixture;

    #[test]
    fn blocks_comments_and_imports_fold() {
        let text = "import std.{
  Pods
}
import std.{People}

// one
// two

// alone
namespace a {
  component b: Pods { title: \"x\" }
  let c = [
    1,
  ]
}
kind open {
";
        let fixture = Fixture::new(text);
        let show = |f: &super::Fold| {
            let line = |offset: u32| text[..offset as usize].matches('\n').count();
            format!("{:?} {}..{}", f.kind, line(f.range.start), line(f.range.end))
        };
        let found: Vec<String> = fixture.analysis.folds(&fixture.path).iter().map(show).collect();
        assert_eq!(found, ["Imports 0..3", "Block 0..2", "Comment 5..6", "Block 9..14", "Block 11..13"]);
    }
}
