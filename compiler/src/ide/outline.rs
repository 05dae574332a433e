//! What a file holds, as a tree of names.

use crate::db::{self, Db, SourceFile};
use crate::names::nested_items;
use crate::syntax::ast::{ComponentDef, FlowDef, Ident, Item, ItemKind, Member, MemberKind, Path, Targeted};
use crate::text::{Anchors, Span, TextRange};

/// What a thing in an outline is, for its icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum OutlineKind {
    Value,
    Function,
    Type,
    Protocol,
    Kind,
    Group,
    Component,
    Flow,
    Setting,
    Field,
    Port,
}

/// A thing in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Its name, or what it says in short.
    pub name: String,
    /// What it is.
    pub kind: OutlineKind,
    /// A kind, a title, a type.
    pub detail: Option<String>,
    /// All of it.
    pub range: TextRange,
    /// Its name's place, within the range.
    pub name_range: TextRange,
    /// What is in it.
    pub children: Vec<Outline>,
}

pub(super) fn outline(db: &dyn Db, file: SourceFile) -> Vec<Outline> {
    let anchors = db::anchors(db, file);
    db::ast(db, file).items().filter_map(|item| entry(anchors, item)).collect()
}

/// A name with its kind, what is said beside it, and where it stands.
type Head = (String, OutlineKind, Option<String>, Span);

fn named(name: &Ident, kind: OutlineKind, detail: Option<&str>) -> Option<Head> {
    (!name.name.is_empty()).then(|| (name.name.to_string(), kind, detail.map(str::to_owned), name.span))
}

/// What has a title or a code for a name.
fn titled(name: &str, kind: OutlineKind, detail: &str, at: Span) -> Option<Head> {
    (!name.is_empty()).then(|| (name.to_owned(), kind, Some(detail.to_owned()), at))
}

fn entry(anchors: &Anchors, item: &Item) -> Option<Outline> {
    use OutlineKind::{Component, Function, Group, Kind, Protocol, Setting, Type, Value};
    let head = match &item.kind {
        ItemKind::Let(x) => named(&x.name, Value, None),
        ItemKind::Fn(x) => named(&x.name, Function, None),
        ItemKind::Type(x) => named(&x.name, Type, None),
        ItemKind::Protocol(x) => named(&x.name, Protocol, None),
        ItemKind::Kind(x) => named(&x.name, Kind, x.extends.as_ref().map(|e| e.name.as_str())),
        ItemKind::Cluster(x) => named(&x.name, Group, Some("cluster")),
        ItemKind::Namespace(x) | ItemKind::Layer(x) => named(&x.name, Group, x.title.as_deref()),
        ItemKind::Component(x) => named(&x.name, Component, component_kind(x).as_deref()),
        ItemKind::Profile(x) => named(&x.name, Setting, Some("profile")),
        ItemKind::View(x) => named(&x.name, Setting, Some("view")),
        ItemKind::Alert(x) => named(&x.name, Setting, Some("alert")),
        ItemKind::Scale(x) => targeted("scale", x, item.span),
        ItemKind::Autoscale(x) => targeted("autoscale", x, item.span),
        ItemKind::Backup(x) => targeted("backup", x, item.span),
        ItemKind::Flow(x) => Some(flow(x, item.span)),
        ItemKind::Test(x) => titled(&x.name, Setting, "test", x.name_span),
        ItemKind::Waive(x) => titled(&x.code.dotted().name, Setting, "waive", x.code.span),
        ItemKind::Patch(x) => {
            let name = format!("{}/{}", x.object_kind.name, x.object_name.name);
            titled(&name, Setting, "patch", x.object_kind.span)
        }
        ItemKind::Import(_) | ItemKind::Assert(_) | ItemKind::Object(_) => None,
    };
    let mut children: Vec<Outline> = nested_items(item).filter_map(|i| entry(anchors, i)).collect();
    match &item.kind {
        ItemKind::Kind(kind) => children.extend(kind.members.iter().filter_map(|m| member(anchors, m))),
        ItemKind::Protocol(protocol) => children.extend(
            protocol.options.iter().filter_map(|o| placed(anchors, named(&o.name, OutlineKind::Field, None)?, o.span)),
        ),
        _ => {}
    }
    let out = placed(anchors, head?, item.span)?;
    Some(Outline { children, ..out })
}

/// A component's kind, if it has one yet.
fn component_kind(component: &ComponentDef) -> Option<String> {
    Some(component.kind.dotted().name.to_string()).filter(|k| !k.is_empty())
}

fn placed(anchors: &Anchors, (name, kind, detail, at): Head, all: Span) -> Option<Outline> {
    let (range, name_range) = (anchors.resolve(all).range, anchors.resolve(at).range);
    range.contains(name_range).then(|| Outline { name, kind, detail, range, name_range, children: Vec::new() })
}

fn member(anchors: &Anchors, member: &Member) -> Option<Outline> {
    let head = match &member.kind {
        MemberKind::Let(x) => named(&x.name, OutlineKind::Value, None),
        MemberKind::Param(x) => named(&x.name, OutlineKind::Field, None),
        MemberKind::Port { name, purpose, .. } => named(name, OutlineKind::Port, purpose.as_deref()),
        MemberKind::Alert(x) => named(&x.name, OutlineKind::Setting, Some("alert")),
        _ => None,
    };
    placed(anchors, head?, member.span)
}

fn joined(paths: &[Path]) -> String {
    paths.iter().map(|p| p.dotted().name.to_string()).collect::<Vec<_>>().join(", ")
}

fn targeted(word: &str, item: &Targeted, all: Span) -> Option<Head> {
    let at = item.targets.first().map_or(all, |t| t.span);
    (!item.targets.is_empty()).then(|| (format!("{word} {}", joined(&item.targets)), OutlineKind::Setting, None, at))
}

/// `a, b -> c`, and its protocol.
fn flow(flow: &FlowDef, all: Span) -> Head {
    let mut text = flow.ends.first().map(|ends| joined(ends)).unwrap_or_default();
    for (to, both) in flow.ends.iter().skip(1).zip(&flow.both_ways) {
        text.push_str(if *both { " <-> " } else { " -> " });
        text.push_str(&joined(to));
    }
    let at = flow.ends.first().and_then(|ends| ends.first()).map_or(all, |p| p.span);
    (text, OutlineKind::Flow, flow.protocol.as_ref().map(|p| p.name.to_string()), at)
}

#[cfg(test)]
mod tests {
    use super::Outline;
    use crate::ide::fixture::Fixture;

    fn outline(text: &str) -> String {
        fn show(entries: &[Outline], depth: usize, out: &mut String) {
            for e in entries {
                let detail = e.detail.as_deref().map(|d| format!(" ({d})")).unwrap_or_default();
                out.push_str(&format!("{}{:?} {}{detail}\n", "  ".repeat(depth), e.kind, e.name));
                show(&e.children, depth + 1, out);
            }
        }
        let fixture = Fixture::new(text);
        let mut out = String::new();
        show(&fixture.analysis.outline(&fixture.path), 0, &mut out);
        out
    }

    #[test]
    fn things_stand_in_each_other_as_in_the_text() {
        let text = "namespace shop \"The shop\" {
  layer front {
    component till: Till
  }
}
kind Till { param size: int = 1, port http: 80 \"UI\" }
protocol pay { transport: http, every: duration = 1m }
a, b -> c <-> d: pay
scale a, b { normal: 1 }
let x = 1
test \"the till is one\" { assert true }
waive OBS4102 on till, \"one is enough\"
patch Deployment/till { spec: {} }
";
        assert_eq!(
            outline(text),
            "Group shop (The shop)
  Group front
    Component till (Till)
Kind Till
  Field size
  Port http (UI)
Protocol pay
  Field every
Flow a, b -> c <-> d (pay)
Setting scale a, b
Value x
Setting the till is one (test)
Setting OBS4102 (waive)
Setting Deployment/till (patch)
"
        );
    }

    #[test]
    fn what_has_no_name_yet_is_left_out() {
        assert_eq!(outline("component : Shop\nkind\nscale\na ->\n"), "Flow a\n");
    }
}
