//! tree-sitter's trees against the compiler's: what is an item, a member, an entry, a name, a text, and where.

use crate::programs::programs;
use obs_compiler::syntax::tree::{Kind, NodeId, Tree};
use obs_compiler::syntax::{Rule, parse};
use std::collections::BTreeSet;
use tree_sitter::{Node, Parser};

/// A parser of the grammar.
pub fn parser() -> Parser {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_obs::LANGUAGE.into()).expect("tree-sitter knows the version of the parser");
    parser
}

/// What a rule of the compiler's grammar is in tree-sitter's, of those that both have.
const fn twin(rule: Rule) -> Option<&'static str> {
    use Rule::*;
    Some(match rule {
        import => "import_item",
        let_item => "let_item",
        fn_item => "fn_item",
        type_item => "type_item",
        protocol => "protocol_item",
        kind => "kind_item",
        cluster => "cluster_item",
        namespace => "namespace_item",
        layer => "layer_item",
        component => "component_item",
        flow => "flow_item",
        scale => "scale_item",
        autoscale => "autoscale_item",
        profile => "profile_item",
        backup => "backup_item",
        alert => "alert_item",
        view => "view_item",
        assert_item => "assert_item",
        test => "test_item",
        waive => "waive_item",
        patch => "patch_item",
        object => "object_item",
        let_member => "let_member",
        param_member => "param_member",
        port_member => "port_member",
        accepts => "accepts_member",
        emits => "emits_member",
        turns => "turns_member",
        file_member => "file_member",
        alert_member => "alert_member",
        dashboard => "dashboard_member",
        assert_member => "assert_member",
        attribute_entry => "attribute",
        option => "option",
        import_names => "import_names",
        params => "parameters",
        protocol_body => "protocol_body",
        kind_body => "kind_body",
        group_body => "group_body",
        test_body => "test_body",
        block => "block",
        arms => "arms",
        field_entry => "field",
        spread_entry | spread => "spread",
        for_entry => "for_entry",
        for_element => "for_element",
        computed => "computed_key",
        if_expr => "if_expression",
        match_expr => "match_expression",
        quantified => "quantified_expression",
        arm => "arm",
        variant_pattern => "variant_pattern",
        any_pattern => "any_pattern",
        call => "arguments",
        list => "list",
        group => "group",
        constant => "constant",
        refinement => "refinement",
        type_record => "record_type",
        type_list => "list_type",
        type_variant => "variant_type",
        path => "path",
        names => "paths",
        ident_list => "names",
        tagged => "tagged_string",
        string => "string",
        interpolation => "interpolation",
        escape => "escape",
        regex => "regex",
        number => "number",
        date => "date",
        ident => "identifier",
        doc => "doc_comment",
        inner_doc => "file_comment",
        _ => return None,
    })
}

type Found = BTreeSet<(usize, usize, &'static str)>;

/// The compiler's nodes that have a twin.
fn compilers(text: &str) -> Found {
    let tree = parse(text).tree;
    let mut out = Found::new();
    let mut open = vec![tree.root()];
    while let Some(node) = open.pop() {
        open.extend(tree.children(node));
        match tree.kind(node) {
            Kind::Node(rule) => out.extend(twin(rule).map(|kind| {
                let (start, end) = trimmed(&tree, node);
                (start, end, kind)
            })),
            Kind::Comment => {
                let range = tree.range(node);
                out.insert((range.start as usize, range.end as usize, "comment"));
            }
            _ => {}
        }
    }
    out
}

/// Where a node is, without the blanks and comments at its end.
fn trimmed(tree: &Tree, id: NodeId) -> (usize, usize) {
    let range = tree.range(id);
    let mut end = range.start;
    let mut open = vec![id];
    while let Some(node) = open.pop() {
        let trivia = matches!(tree.kind(node), Kind::Space | Kind::Newline | Kind::Comment)
            || (node != id && matches!(tree.rule(node), Some(Rule::doc | Rule::inner_doc)));
        match tree.is_leaf(node) {
            true if !trivia => end = end.max(tree.range(node).end),
            true => {}
            false => open.extend(tree.children(node)),
        }
    }
    (range.start as usize, end as usize)
}

/// The nodes of tree-sitter's that have a twin.
fn tree_sitters(root: Node<'_>, twins: &BTreeSet<&'static str>) -> Found {
    let mut out = Found::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        let mut cursor = node.walk();
        open.extend(node.children(&mut cursor));
        if let Some(kind) = twins.get(node.kind()).filter(|_| node.is_named()) {
            out.insert((node.start_byte(), node.end_byte(), *kind));
        }
    }
    out
}

fn twins(rules: &[Rule]) -> BTreeSet<&'static str> {
    rules.iter().filter_map(|rule| twin(*rule)).chain(["comment"]).collect()
}

#[test]
fn trees_of_well_written_programs_agree_with_the_compilers() {
    let (mut parser, twins) = (parser(), twins(Rule::all_rules()));
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    for (name, text) in programs() {
        let tree = parser.parse(&text, None).expect("nothing stops it");
        if tree.root_node().has_error() {
            wrong.push(format!("{name}: {}", first_error(tree.root_node(), &text)));
            continue;
        }
        let (ours, theirs) = (compilers(&text), tree_sitters(tree.root_node(), &twins));
        seen.extend(ours.iter().map(|(.., kind)| *kind));
        let line = |at: usize| text[..at].lines().count();
        let shown = |who: &str, (start, end, kind): &(usize, usize, &str)| {
            format!("{name}:{}: only {who} has a {kind} `{}`", line(*start), &text[*start..*end])
        };
        wrong.extend(ours.difference(&theirs).next().map(|node| shown("the compiler", node)));
        wrong.extend(theirs.difference(&ours).next().map(|node| shown("tree-sitter", node)));
    }
    assert!(wrong.is_empty(), "{} programs:\n{}", wrong.len(), wrong.join("\n"));
    let unseen: Vec<_> = twins.difference(&seen).collect();
    assert!(unseen.is_empty(), "no program has these: {unseen:?}");
}

fn first_error(root: Node<'_>, text: &str) -> String {
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        if node.is_error() || node.is_missing() {
            let line = node.start_position().row + 1;
            return format!("{line}: {} `{}`", node.to_sexp(), &text[node.byte_range()]);
        }
        let mut cursor = node.walk();
        let children: Vec<_> = node.children(&mut cursor).collect();
        open.extend(children.into_iter().rev());
    }
    "an error".to_owned()
}

/// What is broken may take the next line along, and nothing else.
#[test]
fn what_is_broken_stays_where_it_is() {
    let text = "component a: \ncomponent b: B\ncomponent c: C { x: [1, }\n\nnamespace n {\n  component d: D {\n    x: (1\n  }\n  \
                component e: E\n}\na -> \nb -> c: d\nlet z = 2\n";
    let tree = parser().parse(text, None).expect("nothing stops it");
    assert!(tree.root_node().has_error());
    let found = tree_sitters(tree.root_node(), &twins(Rule::all_rules()));
    let has = |kind: &str, item: &str| found.iter().any(|(s, e, k)| *k == kind && text[*s..*e].starts_with(item));
    for (kind, item) in [
        ("component_item", "component c"),
        ("namespace_item", "namespace n"),
        ("component_item", "component d"),
        ("component_item", "component e"),
        ("let_item", "let z = 2"),
    ] {
        assert!(has(kind, item), "no `{item}` in {}", tree.root_node().to_sexp());
    }
}
