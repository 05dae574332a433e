//! Text → lossless tree. The only file that knows pest.

#![allow(missing_docs, reason = "the rules are documented in the grammar")]

use super::depth;
use super::tree::{Kind, NodeId, Tree};
use crate::text::TextRange;
use pest::Parser;
use pest::iterators::Pair;
use pest_derive::Parser;

#[derive(Parser)]
#[grammar = "syntax/obs.pest"]
struct Grammar;

/// A text, parsed. There is always a tree, and its leaves are the text.
#[derive(Debug)]
pub struct Parse {
    /// The tree.
    pub tree: Tree,
    /// Where nesting passed the limit: then the tree is one error node.
    pub too_deep: Option<TextRange>,
}

/// Parses any text.
pub fn parse(text: &str) -> Parse {
    let too_deep = depth::too_deep(text);
    if too_deep.is_none()
        && let Ok(mut pairs) = Grammar::parse(Rule::file, text)
        && let Some(file) = pairs.next()
    {
        let mut tree = Tree::new(text);
        build(&mut tree, file, None);
        return Parse { tree, too_deep: None };
    }
    // the grammar takes any text, so only nesting gets here
    let all = TextRange::new(0, text.len() as u32);
    let mut tree = Tree::new(text);
    let root = tree.open(Kind::Node(Rule::file), all, None);
    if !text.is_empty() {
        tree.open(Kind::Node(Rule::bad_item), all, Some(root));
    }
    tree.close(root);
    Parse { tree, too_deep: too_deep.or(Some(all)) }
}

/// Adds a pair and what is in it. Depth is bounded by [`depth::too_deep`].
fn build(tree: &mut Tree, pair: Pair<'_, Rule>, parent: Option<NodeId>) {
    let span = pair.as_span();
    let (start, end) = (span.start() as u32, span.end() as u32);
    let rule = pair.as_rule();
    let node = tree.open(Kind::Node(rule), TextRange::new(start, end), parent);
    let mut at = start;
    let mut inner = false;
    for child in pair.into_inner() {
        if child.as_rule() == Rule::EOI {
            continue;
        }
        inner = true;
        tree.push_gap(at, child.as_span().start() as u32, node);
        at = child.as_span().end() as u32;
        build(tree, child, Some(node));
    }
    // a pair without pairs in it is a token, but for brackets with nothing between them
    if inner || is_container(rule) {
        tree.push_gap(at, end, node);
    }
    tree.close(node);
}

fn is_container(rule: Rule) -> bool {
    use Rule::*;
    !matches!(
        rule,
        ident
            | number
            | date
            | line_text
            | block_text
            | escape
            | quote
            | block_end
            | doc
            | inner_doc
            | regex
            | optional
            | arrow
            | constant
            | any_pattern
            | prefix
            | range_op
            | word_op
            | coalesce
            | compare
            | plus_op
            | minus_op
            | product_op
            | quantifier
            | bad_item
            | stray
            | bad_tail
            | bad_tail_in
            | bad_entry
            | bad_arg
            | bad_date
            | missing
            | r_brace
            | r_bracket
            | r_paren
            | attribute_name
    ) && !is_keyword(rule)
}

/// Whether the rule is a keyword's token.
pub fn is_keyword(rule: Rule) -> bool {
    use Rule::*;
    matches!(
        rule,
        kw_import
            | kw_as
            | kw_let
            | kw_fn
            | kw_type
            | kw_protocol
            | kw_kind
            | kw_extends
            | kw_cluster
            | kw_namespace
            | kw_layer
            | kw_component
            | kw_scale
            | kw_autoscale
            | kw_profile
            | kw_backup
            | kw_alert
            | kw_view
            | kw_assert
            | kw_test
            | kw_waive
            | kw_patch
            | kw_object
            | kw_on
            | kw_until
            | kw_in
            | kw_param
            | kw_port
            | kw_accepts
            | kw_emits
            | kw_turns
            | kw_into
            | kw_by
            | kw_file
            | kw_dashboard
            | kw_for
            | kw_if
            | kw_else
            | kw_match
            | quantifier
    )
}

/// Words that are operators or constants: rules of the grammar name them together.
const WORDS: &[&str] = &["all", "any", "and", "or", "not", "true", "false", "none"];

/// All keywords, sorted: the one list that highlighting in editors is held against.
pub fn keywords() -> Vec<String> {
    let rule_names = Rule::all_rules().iter().map(|rule| format!("{rule:?}"));
    let named = rule_names.filter_map(|name| name.strip_prefix("kw_").map(str::to_owned));
    let mut out: Vec<String> = named.chain(WORDS.iter().map(|w| (*w).to_owned())).collect();
    out.sort();
    out
}
