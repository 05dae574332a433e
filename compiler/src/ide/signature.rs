//! What can be given to the function, component or flow that is being written.

use super::completion::{Settable, settable};
use crate::db::{self, Db, SourceFile};
use crate::names::{self, DefKind, Space};
use crate::syntax::Rule;
use crate::syntax::tree::{NodeId, Tree};
use crate::text::TextRange;
use crate::types::builtins::{Builtin, Want};
use crate::types::queries;

/// What can be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// All of it, in one line.
    pub label: String,
    /// Its doc lines.
    pub doc: Option<String>,
    /// The parameters, as ranges of bytes of the label.
    pub params: Vec<TextRange>,
    /// The one that the cursor is at.
    pub active: Option<usize>,
}

impl Signature {
    /// `head(a: T, b: U)tail`
    fn new(head: &str, params: &[String], tail: &str, doc: Option<String>, active: Option<usize>) -> Self {
        let mut label = head.to_owned();
        let mut ranges = Vec::new();
        for (at, param) in params.iter().enumerate() {
            if at > 0 {
                label.push_str(", ");
            }
            ranges.push(TextRange::new(label.len() as u32, (label.len() + param.len()) as u32));
            label.push_str(param);
        }
        label.push_str(tail);
        Self { label, doc, params: ranges, active: active.filter(|at| *at < params.len()) }
    }
}

pub(super) fn signature(db: &dyn Db, entry: SourceFile, file: SourceFile, offset: u32) -> Option<Signature> {
    let tree = &db::parse(db, file).tree;
    match call_around(tree, offset) {
        Some(call) => of_call(db, file, tree, call, offset),
        None => of_body(db, entry, file, offset),
    }
}

/// The innermost call whose brackets are around an offset.
fn call_around(tree: &Tree, offset: u32) -> Option<NodeId> {
    let leaf = tree.leaf_at(offset)?;
    let within = |node: &NodeId| {
        let range = tree.range(*node);
        let closed = tree.find(*node, Rule::r_paren).is_some();
        range.start < offset && (offset < range.end || !closed)
    };
    // at the end of the text the leaf may be the one after the call
    let before = tree.leaf_at(offset.saturating_sub(1)).unwrap_or(leaf);
    let mut around = tree.ancestors(leaf).chain(tree.ancestors(before));
    around.find(|node| tree.rule(*node) == Some(Rule::call) && within(node))
}

fn of_call(db: &dyn Db, file: SourceFile, tree: &Tree, call: NodeId, offset: u32) -> Option<Signature> {
    let callee = tree.parts(tree.parent(call)?).take_while(|part| *part != call).last()?;
    let name = tree.text_of(callee);
    let commas = tree.children(call).filter(|c| tree.text_of(*c) == "," && tree.range(*c).end <= offset);
    let Some(export) = names::scope(db, file).get(Space::Value, name).filter(|e| e.kind == DefKind::Fn) else {
        return Builtin::parse(name).map(|builtin| of_builtin(builtin, commas.count()));
    };
    let signature = queries::fn_signature(db, export.def);
    let show = |p: &queries::FnParam| format!("{}{}: {}", p.name, if p.optional { "?" } else { "" }, p.ty);
    let params: Vec<String> = signature.params.iter().map(show).collect();
    let result = signature.result.as_ref().map(|ty| format!("): {ty}")).unwrap_or_else(|| ")".to_owned());
    let written = argument_name(tree, offset);
    let named = written.and_then(|n| signature.params.iter().position(|p| p.name == n));
    let active = named.unwrap_or(commas.count());
    let ast = db::ast(db, db::file(db, export.def.file));
    let doc = names::find_in(&ast, export.def.item).and_then(|item| item.doc.clone());
    Some(Signature::new(&format!("{name}("), &params, &result, doc, Some(active)))
}

fn of_builtin(builtin: Builtin, active: usize) -> Signature {
    let all = builtin.params();
    let optional = |at: usize| if at + builtin.optional() >= all.len() { "?" } else { "" };
    let show = |(at, (name, want)): (usize, &(&str, Want))| format!("{name}{}: {}", optional(at), want.words());
    let params: Vec<String> = all.iter().enumerate().map(show).collect();
    Signature::new(&format!("{}(", builtin.name()), &params, ")", Some(builtin.doc().to_owned()), Some(active))
}

/// The name before the colon of the argument at an offset, which may have no value yet.
fn argument_name(tree: &Tree, offset: u32) -> Option<&str> {
    let before = tree.text().get(..offset as usize)?;
    let (name, _) = before.rsplit(['(', ',', '\n']).next()?.split_once(':')?;
    Some(name.trim())
}

/// The settings of the component or the options of the flow whose braces are around an offset.
fn of_body(db: &dyn Db, entry: SourceFile, file: SourceFile, offset: u32) -> Option<Signature> {
    let Settable { owner, fields, current } = settable(db, entry, file, offset)?;
    let params: Vec<String> = fields.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
    let active = current.and_then(|key| fields.iter().position(|(name, _)| *name == key));
    Some(Signature::new(&format!("{owner} {{ "), &params, " }", None, active))
}

#[cfg(test)]
mod tests {
    use crate::ide::fixture::{Fixture, SHOP};

    fn shown(text: &str) -> String {
        let fixture = Fixture::new(text);
        let Some(found) = fixture.analysis.signature(&fixture.path, fixture.offset) else { return "none".to_owned() };
        let active = found.active.map(|at| found.params[at]);
        let active = active.map(|r| &found.label[r.start as usize..r.end as usize]).unwrap_or("-");
        format!("{} | {active}", found.label)
    }

    #[test]
    fn calls_tell_their_parameters() {
        let call = |call: &str| shown(&format!("/// Adds.\nfn add(a: int, b: int = 1): int = a + b\nlet x = {call}\n"));
        assert_eq!(call("add($0)"), "add(a: int, b?: int): int | a: int");
        assert_eq!(call("add(1, $0)"), "add(a: int, b?: int): int | b?: int");
        assert_eq!(call("add(1, $0"), "add(a: int, b?: int): int | b?: int");
        assert_eq!(call("add(b: $0)"), "add(a: int, b?: int): int | b?: int");
        assert_eq!(
            call("join([\"a\"], $0)"),
            "join(strings: a list of strings, separator: a string) | separator: a string"
        );
        assert_eq!(call("add$0(1)"), "none");
        assert_eq!(call("1 + (2 + $0 3)"), "none");
    }

    #[test]
    fn bodies_tell_what_can_be_set() {
        let found = shown(&format!("{SHOP}customer -> shop: order {{ every: $0 }}\n"));
        assert!(found.starts_with("order { ") && found.ends_with("every: duration } | every: duration"), "{found}");
        let found = shown(&format!("{SHOP}component x: Shop {{ $0 }}\n"));
        assert!(found.starts_with("Shop { shelves: int, "), "{found}");
    }
}
