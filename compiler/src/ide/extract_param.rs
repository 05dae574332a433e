//! A literal in a kind becomes a parameter of the kind, so that a component can say it otherwise.
//!
//! In a component's own settings, those in its config files among them, there is nothing to do: a component has no
//! parameters of its own, and what it sets is already its own to say.

use super::actions::{ChangeKind, ProgramChange, free_name, key_of, literal_at, literal_type, short};
use super::{Analysis, insertion};
use crate::db::{self, SourceFile};
use crate::names::DefId;
use crate::syntax::Rule;
use crate::syntax::tree::{NodeId, Tree};
use crate::text::TextRange;
use crate::types::queries::{self, KindInfo};
use crate::types::{BUILTIN_NAMES, BUILTIN_TYPES, FORMATS, Ty, attributes};
use std::sync::Arc;

impl Analysis {
    /// A literal that an attribute, a file, an alert, a port or a `let` of a kind has becomes a parameter of the kind.
    pub(super) fn literal_to_param(&self, file: SourceFile, range: TextRange) -> Option<ProgramChange> {
        let tree = &db::parse(&self.db, file).tree;
        let literal = literal_at(tree, range)?;
        let body = tree.ancestors(literal).find(|n| tree.rule(*n) == Some(Rule::kind_body))?;
        let text = tree.text_of(literal);
        let ty = type_at(tree, body, literal)?;
        let (ast, anchors) = (db::ast(&self.db, file), db::anchors(&self.db, file));
        let item = insertion::item_at(&ast, anchors, tree.range(literal).start)?.span;
        let info = queries::kind_info(&self.db, DefId { file: item.file, item: item.item });
        let name = free_name(&self::name(tree, body, literal), |name| is_taken(tree, body, info, name));
        let open = tree.range(body).start + 1;
        let edits = vec![
            self.edit(file, TextRange::new(open, open), format!("\n  param {name}: {ty} = {text}")),
            self.edit(file, tree.range(literal), name.clone()),
        ];
        let title = format!("turn `{}` into the parameter `{name}`", short(text));
        Some(ProgramChange { title, kind: ChangeKind::Extract, edits })
    }
}

/// What the literal is called where it stands. A parameter that is called like what each component can set would take
/// that away.
fn name(tree: &Tree, body: NodeId, literal: NodeId) -> String {
    let member = tree.ancestors(literal).find(|n| tree.parent(*n) == Some(body));
    let declared = || Some(tree.text_of(tree.find(member?, Rule::ident)?).to_owned());
    let key = key_of(tree, literal).or_else(declared).unwrap_or_else(|| "value".to_owned());
    let is_port = member.is_some_and(|m| tree.rule(m) == Some(Rule::port_member));
    match key.as_str() {
        key if is_port => format!("{key}_port"),
        key if attributes::COMPONENT_SETTINGS.contains(&key) => format!("own_{key}"),
        key => key.to_owned(),
    }
}

/// Whether a name means something in the kind, or something else that the kind names would be hidden by it.
fn is_taken(tree: &Tree, body: NodeId, info: &KindInfo, name: &str) -> bool {
    let own = info.params.contains_key(name) || info.lets.iter().any(|l| l.name == name);
    let within = tree.range(body);
    let mut idents = tree.leaves().filter(|l| tree.rule(*l) == Some(Rule::ident) && within.contains(tree.range(*l)));
    let is_named = |l: NodeId| {
        let parent = tree.parent(l).and_then(|parent| tree.rule(parent));
        tree.text_of(l) == name && parent != Some(Rule::key)
    };
    own || BUILTIN_NAMES.iter().any(|names| names.contains(&name)) || idents.any(is_named)
}

/// The type for a parameter in place of a literal: what is expected there or, where that is open as in a file, the
/// literal's own. Nothing where another literal couldn't stand as well, or it isn't known what could.
fn type_at(tree: &Tree, body: NodeId, literal: NodeId) -> Option<String> {
    let own = literal_type(tree.text_of(literal))?;
    let mut around: Vec<NodeId> = tree.ancestors(literal).skip(1).take_while(|n| *n != body).collect();
    let member = around.pop()?;
    let mut inner = around.into_iter().rev().chain([literal]).peekable();
    let mut expected = of_member(tree, member, *inner.peek()?)?;
    while let Some(node) = inner.next() {
        expected = within(tree, node, *inner.peek().unwrap_or(&literal), expected)?;
    }
    let is_builtin = |ty: &String| BUILTIN_TYPES.contains(&ty.as_str());
    match &expected {
        Ty::Data => Some(own),
        Ty::Union(any) => any.iter().any(|ty| ty.to_string() == own).then_some(own),
        Ty::Optional(of) => Some(of.to_string()).filter(is_builtin),
        ty => Some(ty.to_string()).filter(is_builtin),
    }
}

/// The type of what a member of a kind holds at a part of it.
fn of_member(tree: &Tree, member: NodeId, part: NodeId) -> Option<Ty> {
    match tree.rule(member)? {
        Rule::field_entry => {
            let first = tree.text_of(tree.parts(member).find(|p| tree.rule(*p) == Some(Rule::key))?);
            let attribute = attributes::ATTRIBUTES.get(first)?;
            of_keys(tree, member, 1, attribute.ty.clone())
        }
        // not the path: it says which file it is
        Rule::file_member => {
            let first = tree.parts(member).find(|p| tree.rule(*p) == Some(Rule::expr))?;
            (first != part).then_some(Ty::Content)
        }
        Rule::alert_member => Some(Ty::Record(Arc::new(attributes::ALERT.clone()))),
        Rule::port_member if tree.rule(part) == Some(Rule::expr) => Some(Ty::Int(None)),
        Rule::let_member if tree.find(member, Rule::type_expr).is_none() => Some(Ty::Data),
        _ => None,
    }
}

/// The type of what a node holds at the next one in it, if that is all that it comes to there.
fn within(tree: &Tree, node: NodeId, inner: NodeId, ty: Ty) -> Option<Ty> {
    let one = |rule: Rule| tree.parts(node).filter(|p| tree.rule(*p) == Some(rule)).count() == 1;
    match tree.rule(node)? {
        Rule::number | Rule::string | Rule::constant | Rule::expr | Rule::block | Rule::branch => Some(ty),
        Rule::group => Some(ty),
        Rule::binary => (tree.parts(node).count() == 1).then_some(ty),
        Rule::operand => one(Rule::postfix).then_some(ty).filter(|_| tree.parts(node).count() == 1),
        // a format and what is in it, or a value alone
        Rule::postfix => {
            let parts: Vec<NodeId> = tree.parts(node).collect();
            match parts.as_slice() {
                [_] => Some(ty),
                [format, call] if *call == inner && FORMATS.contains(&tree.text_of(*format)) => {
                    let text = tree.text_of(*format) == "text";
                    (ty == Ty::Content).then_some(if text { Ty::string() } else { Ty::Data })
                }
                _ => None,
            }
        }
        Rule::call | Rule::arg => one(Rule::arg).then_some(ty.clone()).or_else(|| one(Rule::expr).then_some(ty)),
        Rule::if_expr => (tree.rule(inner) == Some(Rule::branch)).then_some(ty),
        Rule::list => element(&ty),
        Rule::field_entry => of_keys(tree, node, 0, ty),
        _ => None,
    }
}

/// The type behind the keys of an entry, from one of them on.
fn of_keys(tree: &Tree, entry: NodeId, from: usize, ty: Ty) -> Option<Ty> {
    let keys = tree.parts(entry).filter(|p| tree.rule(*p) == Some(Rule::key)).skip(from);
    keys.map(|key| tree.text_of(key)).try_fold(ty, |ty, key| field(&ty, key))
}

fn field(ty: &Ty, key: &str) -> Option<Ty> {
    match ty {
        Ty::Data => Some(Ty::Data),
        Ty::Map(of) => Some((**of).clone()),
        Ty::Record(of) => of.fields.get(key).map(|field| field.ty.clone()),
        Ty::Optional(of) => field(of, key),
        _ => None,
    }
}

fn element(ty: &Ty) -> Option<Ty> {
    match ty {
        Ty::Data => Some(Ty::Data),
        Ty::List(of) => Some((**of).clone()),
        Ty::Optional(of) => element(of),
        _ => None,
    }
}
