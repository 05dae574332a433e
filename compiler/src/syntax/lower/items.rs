//! Items and members of kinds.

use super::{Lowerer, exact};
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{
    Accept, AlertDef, AssertDef, Block, ComponentDef, File, FlowDef, FnDef, Group, Ident, Import, ImportSource, Item,
    ItemKind, KindDef, Let, Member, MemberKind, Named, Parts, PatchDef, Path, ProfileDef, ProtocolDef, Targeted,
    TestDef, Titled, TypeDef, WaiveDef,
};
use crate::syntax::parse::Rule;
use crate::syntax::tree::NodeId;
use crate::text::Span;
use std::sync::Arc;

impl Lowerer<'_> {
    pub(super) fn file(&mut self, root: NodeId) -> File {
        let lines: Vec<&str> = self
            .tree
            .parts(root)
            .filter(|c| self.tree.rule(*c) == Some(Rule::inner_doc))
            .map(|c| self.tree.text_of(c))
            .map(|t| t.strip_prefix("//!").unwrap_or(t))
            .map(|t| t.strip_prefix(' ').unwrap_or(t).trim_end())
            .collect();
        let doc = (!lines.is_empty()).then(|| lines.join("\n"));
        let parts = self.items(root);
        self.leftovers(root);
        File { doc, parts }
    }

    /// The items among a node's children, each numbered. What is in a group is numbered before what is behind it, and
    /// so a group ends its part.
    fn items(&mut self, id: NodeId) -> Parts {
        let siblings = self.tree.children(id).collect::<Vec<_>>();
        let (mut parts, mut out) = (Parts::new(), Vec::new());
        for (at, child) in siblings.iter().enumerate() {
            let Some(rule) = self.tree.rule(*child).filter(|r| is_item(*r)) else { continue };
            let doc = self.doc_before(&siblings, at);
            let outer = (self.item, self.base);
            self.item = self.before + self.anchors.len() as u32;
            self.base = self.place(self.tree.range(*child).start);
            self.anchors.push(self.base);
            let kind = self.item(*child, rule);
            self.leftovers(*child);
            let span = self.span(*child);
            let is_group = matches!(kind, ItemKind::Namespace(_) | ItemKind::Layer(_));
            out.push(Item { doc, span, kind });
            (self.item, self.base) = outer;
            if is_group {
                parts.push(Arc::new(exact(std::mem::take(&mut out))));
            }
        }
        if !out.is_empty() {
            parts.push(Arc::new(exact(out)));
        }
        parts
    }

    fn item(&mut self, id: NodeId, rule: Rule) -> ItemKind {
        match rule {
            Rule::import => ItemKind::Import(self.import(id)),
            Rule::let_item => ItemKind::Let(self.let_(id)),
            Rule::fn_item => ItemKind::Fn(self.function(id)),
            Rule::type_item => {
                let name = self.name(id, "a name after `type`");
                ItemKind::Type(TypeDef { name, ty: self.need_type(id, "`=` and a type") })
            }
            Rule::protocol => ItemKind::Protocol(self.protocol(id)),
            Rule::kind => ItemKind::Kind(self.kind(id)),
            Rule::cluster => ItemKind::Cluster(self.named(id, "a name after `cluster`")),
            Rule::namespace => ItemKind::Namespace(self.group(id, "a name after `namespace`")),
            Rule::layer => ItemKind::Layer(self.group(id, "a name after `layer`")),
            Rule::component => ItemKind::Component(self.component(id)),
            Rule::scale => ItemKind::Scale(self.targeted(id, "`scale`")),
            Rule::autoscale => ItemKind::Autoscale(self.targeted(id, "`autoscale`")),
            Rule::backup => ItemKind::Backup(self.targeted(id, "`backup`")),
            Rule::profile => {
                let names = self.own_idents(id);
                let name = self.name(id, "a name after `profile`");
                let extends = names.get(1).cloned();
                if self.tree.find(id, Rule::kw_extends).is_some() && extends.is_none() {
                    self.lacks(id, "a profile after `extends`");
                }
                ItemKind::Profile(ProfileDef { name, extends, block: self.need_block(id) })
            }
            Rule::alert => {
                let name = self.name(id, "a name after `alert`");
                let on = self.tree.find(id, Rule::path).map(|p| self.path(p));
                if self.tree.find(id, Rule::kw_on).is_some() && on.is_none() {
                    self.lacks(id, "a component after `on`");
                }
                ItemKind::Alert(AlertDef { name, on, block: self.need_block(id) })
            }
            Rule::view => {
                let name = self.name(id, "a name after `view`");
                let title = self.find_plain(id).map(|(t, _)| t);
                ItemKind::View(Titled { name, title, block: self.need_block(id) })
            }
            Rule::assert_item => ItemKind::Assert(self.assert(id)),
            Rule::test => ItemKind::Test(self.test(id)),
            Rule::waive => ItemKind::Waive(self.waive(id)),
            Rule::patch => ItemKind::Patch(self.patch(id)),
            Rule::object => ItemKind::Object(self.need_block(id)),
            _ => ItemKind::Flow(self.flow(id)),
        }
    }

    /// The identifiers that are a node's own children.
    fn own_idents(&self, id: NodeId) -> Vec<Ident> {
        self.idents(id)
    }

    fn name(&mut self, id: NodeId, what: &str) -> Ident {
        match self.tree.find(id, Rule::ident) {
            Some(name) => self.ident(name),
            None => {
                self.lacks(id, what);
                self.no_ident(id)
            }
        }
    }

    fn need_block(&mut self, id: NodeId) -> Block {
        if self.tree.find(id, Rule::block).is_none() {
            self.lacks(id, "`{` and what is in it");
        }
        self.block_of(id)
    }

    fn named(&mut self, id: NodeId, what: &str) -> Named {
        Named { name: self.name(id, what), block: self.need_block(id) }
    }

    fn import(&mut self, id: NodeId) -> Import {
        let idents = self.own_idents(id);
        let string = self.find_plain(id);
        let (source, source_span) = match (&string, idents.first()) {
            (Some((path, span)), _) => (ImportSource::Path(path.clone()), *span),
            (None, Some(name)) => (ImportSource::Library(name.name.clone()), name.span),
            (None, None) => {
                self.lacks(id, "`std` or a path in quotes after `import`");
                (ImportSource::Path("".into()), self.span(id).end())
            }
        };
        let names = self.tree.find(id, Rule::import_names);
        let names = names.map(|list| {
            self.leftovers(list);
            self.idents(list)
        });
        let alias = idents.get(usize::from(string.is_none())).cloned();
        if self.tree.find(id, Rule::kw_as).is_some() && alias.is_none() {
            self.lacks(id, "a name after `as`");
        } else if names.is_none() && alias.is_none() {
            self.lacks(id, "`.{names}` or `as name`");
        }
        Import { source, source_span, names, alias }
    }

    fn let_(&mut self, id: NodeId) -> Let {
        let name = self.name(id, "a name after `let`");
        let ty = self.find_type(id);
        Let { name, ty, value: self.need_expr(id, "`=` and a value") }
    }

    fn function(&mut self, id: NodeId) -> FnDef {
        let name = self.name(id, "a name after `fn`");
        let params = match self.tree.find(id, Rule::params) {
            Some(params) => {
                self.leftovers(params);
                self.params_in(params)
            }
            None => {
                self.lacks(id, "`(` and the parameters");
                Vec::new()
            }
        };
        let result = self.find_type(id);
        FnDef { name, params, result, body: self.need_expr(id, "`=` and the function's value") }
    }

    fn protocol(&mut self, id: NodeId) -> ProtocolDef {
        let name = self.name(id, "a name after `protocol`");
        let Some(body) = self.tree.find(id, Rule::protocol_body) else {
            self.lacks(id, "`{` and what is in it");
            return ProtocolDef { name, attributes: Vec::new(), options: Vec::new() };
        };
        let attributes = self.entries(body);
        let options = self.params_in(body);
        self.leftovers(body);
        ProtocolDef { name, attributes, options }
    }

    fn kind(&mut self, id: NodeId) -> KindDef {
        let name = self.name(id, "a name after `kind`");
        let extends = self.tree.find(id, Rule::path).map(|p| self.path(p).dotted());
        if self.tree.find(id, Rule::kw_extends).is_some() && extends.is_none() {
            self.lacks(id, "a kind after `extends`");
        }
        let mut members = Vec::new();
        match self.tree.find(id, Rule::kind_body) {
            Some(body) => {
                let siblings = self.tree.children(body).collect::<Vec<_>>();
                for (at, child) in siblings.iter().enumerate() {
                    let doc = self.doc_before(&siblings, at);
                    members.extend(self.member(*child, doc));
                }
                self.leftovers(body);
            }
            None => self.lacks(id, "`{` and the members"),
        }
        KindDef { name, extends, members }
    }

    fn member(&mut self, id: NodeId, doc: Option<String>) -> Option<Member> {
        let rule = self.tree.rule(id)?;
        let kind = match rule {
            Rule::let_member => MemberKind::Let(self.let_(id)),
            Rule::param_member => match self.tree.find(id, Rule::param) {
                Some(param) => MemberKind::Param(self.param(param, doc.clone())),
                None => {
                    self.lacks(id, "`name: type` after `param`");
                    return None;
                }
            },
            Rule::port_member => {
                let name = self.name(id, "a name after `port`");
                let number = self.need_expr(id, "`:` and a number");
                MemberKind::Port { name, number, purpose: self.find_plain(id).map(|(t, _)| t) }
            }
            Rule::accepts => {
                let protocols = self.accept_list(id, "a protocol after `accepts`");
                let port = self.tree.find(id, Rule::ident).map(|i| self.ident(i));
                if self.tree.find(id, Rule::kw_on).is_some() && port.is_none() {
                    self.lacks(id, "a port after `on`");
                }
                MemberKind::Accepts { protocols, port, options: self.block_of(id) }
            }
            Rule::emits => MemberKind::Emits(self.accept_list(id, "a protocol after `emits`")),
            Rule::turns => {
                let lists: Vec<NodeId> =
                    self.tree.parts(id).filter(|c| self.tree.rule(*c) == Some(Rule::ident_list)).collect();
                let list = |this: &Self, at: usize| lists.get(at).map(|l| this.idents(*l)).unwrap_or_default();
                if lists.len() < 2 {
                    self.lacks(id, "`turns SIGNALS into SIGNALS`");
                }
                let by = self.tree.find(id, Rule::ident).map(|i| self.ident(i));
                let condition = self.tree.find(id, Rule::expr).map(|e| self.expr(e));
                MemberKind::Turns { from: list(self, 0), into: list(self, 1), by, condition }
            }
            Rule::file_member => {
                let exprs: Vec<NodeId> =
                    self.tree.parts(id).filter(|c| self.tree.rule(*c) == Some(Rule::expr)).collect();
                let [path, content] = exprs.as_slice() else {
                    self.lacks(id, "`file \"/path\": content`");
                    self.leftovers(id);
                    return None;
                };
                MemberKind::File { path: self.expr(*path), content: self.expr(*content) }
            }
            Rule::alert_member => MemberKind::Alert(self.named(id, "a name after `alert`")),
            Rule::assert_member => MemberKind::Assert(self.assert(id)),
            Rule::dashboard => match self.find_plain(id) {
                Some((title, title_span)) => MemberKind::Dashboard { title, title_span, block: self.need_block(id) },
                None => {
                    self.lacks(id, "a title in quotes after `dashboard`");
                    return None;
                }
            },
            _ => {
                return self.entry(id, doc.clone()).map(|entry| Member {
                    doc,
                    span: entry.span,
                    kind: MemberKind::Attribute(entry),
                });
            }
        };
        self.leftovers(id);
        Some(Member { doc, span: self.span(id), kind })
    }

    fn accept_list(&mut self, id: NodeId, what: &str) -> Vec<Accept> {
        let accepts: Vec<NodeId> = self.tree.parts(id).filter(|c| self.tree.rule(*c) == Some(Rule::accept)).collect();
        if accepts.is_empty() {
            self.lacks(id, what);
        }
        let mut out = Vec::new();
        for accept in accepts {
            let protocol = self.dotted(accept);
            let signals = self.tree.find(accept, Rule::accept_signals);
            let signals = signals.map(|list| {
                self.leftovers(list);
                self.idents(list)
            });
            out.push(Accept { protocol, signals });
        }
        out
    }

    fn group(&mut self, id: NodeId, what: &str) -> Group {
        let errors = self.errors.len();
        let name = self.name(id, what);
        let title = self.find_plain(id).map(|(t, _)| t);
        let Some(body) = self.tree.find(id, Rule::group_body) else {
            self.lacks(id, "`{` and what is in it");
            let settings = Block { entries: Vec::new(), span: self.span(id).end() };
            return Group { name, title, settings, parts: Parts::new() };
        };
        let settings = Block { entries: self.entries(body), span: self.span(body) };
        self.leftovers(body);
        let mut parts = self.items(body);
        // what is wrong before it might go on into it
        if self.errors.len() == errors {
            let _ = self.fill(body, &mut parts);
        }
        Group { name, title, settings, parts }
    }

    fn component(&mut self, id: NodeId) -> ComponentDef {
        let name = self.name(id, "a name after `component`");
        let kind = match self.tree.find(id, Rule::path) {
            Some(path) => self.path(path),
            None => {
                self.lacks(id, "`: Kind` after the name");
                Path { segments: Vec::new(), span: self.span(id).end() }
            }
        };
        ComponentDef { name, kind, block: self.block_of(id) }
    }

    /// The name, perhaps of another file, among a node's children; empty where there is none.
    pub(super) fn dotted(&self, id: NodeId) -> Ident {
        match self.tree.find(id, Rule::path) {
            Some(path) => self.path(path).dotted(),
            None => self.no_ident(id),
        }
    }

    fn path(&self, id: NodeId) -> Path {
        Path { segments: self.idents(id), span: self.span(id) }
    }

    fn paths(&self, names: NodeId) -> Vec<Path> {
        let all = self.tree.parts(names).filter(|c| self.tree.rule(*c) == Some(Rule::path)).map(|p| self.path(p));
        exact(all.collect())
    }

    fn targets(&mut self, id: NodeId, what: &str) -> Vec<Path> {
        match self.tree.find(id, Rule::names) {
            Some(names) => self.paths(names),
            None => {
                self.lacks(id, &format!("a component after {what}"));
                Vec::new()
            }
        }
    }

    fn targeted(&mut self, id: NodeId, what: &str) -> Targeted {
        Targeted { targets: self.targets(id, what), block: self.need_block(id) }
    }

    fn flow(&mut self, id: NodeId) -> FlowDef {
        let mut ends = Vec::new();
        let mut both_ways = Vec::new();
        for part in self.tree.parts(id).collect::<Vec<_>>() {
            match self.tree.rule(part) {
                Some(Rule::names) => ends.push(self.paths(part)),
                Some(Rule::arrow) => both_ways.push(self.tree.text_of(part) == "<->"),
                _ => {}
            }
        }
        if both_ways.is_empty() {
            self.lacks(id, "`->` and what it leads to");
        } else if ends.len() <= both_ways.len() {
            self.lacks(id, "a component after the arrow");
        }
        let mut protocol = self.tree.find(id, Rule::path).map(|p| self.path(p).dotted());
        if protocol.is_none() && self.tree.has(id, ":") {
            self.lacks(id, "a protocol after `:`");
            // it isn't left to be inferred either
            protocol = Some(Ident { name: "".into(), span: self.span(id).end() });
        }
        FlowDef { ends, both_ways, protocol, block: self.block_of(id) }
    }

    fn assert(&mut self, id: NodeId) -> AssertDef {
        let condition = self.need_expr(id, "a condition after `assert`");
        let message = self.tree.find(id, Rule::string).map(|s| self.primary(s));
        AssertDef { condition, message }
    }

    fn test(&mut self, id: NodeId) -> TestDef {
        let (name, name_span) = match self.find_plain(id) {
            Some(name) => name,
            None => {
                self.lacks(id, "a name in quotes after `test`");
                ("".into(), self.span(id).end())
            }
        };
        let Some(body) = self.tree.find(id, Rule::test_body) else {
            self.lacks(id, "`{` and what is in it");
            let settings = Block { entries: Vec::new(), span: self.span(id).end() };
            return TestDef { name, name_span, settings, asserts: Vec::new() };
        };
        let settings = Block { entries: self.entries(body), span: self.span(body) };
        let mut asserts: Vec<(AssertDef, Span)> = Vec::new();
        for part in self.tree.parts(body).collect::<Vec<_>>() {
            if self.tree.rule(part) == Some(Rule::assert_member) {
                let assert = self.assert(part);
                self.leftovers(part);
                asserts.push((assert, self.span(part)));
            }
        }
        self.leftovers(body);
        TestDef { name, name_span, settings, asserts }
    }

    fn waive(&mut self, id: NodeId) -> WaiveDef {
        let code = match self.tree.find(id, Rule::path) {
            Some(path) => self.path(path),
            None => {
                self.lacks(id, "a code after `waive`");
                Path { segments: Vec::new(), span: self.no_ident(id).span }
            }
        };
        let targets = match self.tree.find(id, Rule::kw_on) {
            Some(_) => self.targets(id, "`on`"),
            None => Vec::new(),
        };
        let until = self.tree.find(id, Rule::date).map(|d| (self.tree.text_of(d).into(), self.span(d)));
        if let Some(bad) = self.tree.find(id, Rule::bad_date)
            && self.complained.insert(id)
        {
            let message = "expected a date after `until`, such as `2027-01-31`";
            let span = self.span(bad);
            self.errors.push(Diagnostic::new(Code::OBS0001, span, message));
        }
        WaiveDef { code, targets, until, reason: self.find_plain(id).map(|(t, _)| t) }
    }

    fn patch(&mut self, id: NodeId) -> PatchDef {
        let names = self.own_idents(id);
        let object_kind = self.name(id, "`Kind/name` after `patch`");
        let slash = self.tree.has(id, "/");
        let object_name = match names.get(1) {
            Some(name) if slash => name.clone(),
            _ => {
                self.lacks(id, "`/` and the object's name");
                self.no_ident(id)
            }
        };
        let namespace = self.tree.find(id, Rule::kw_in).and_then(|_| names.get(2).cloned());
        PatchDef { object_kind, object_name, namespace, block: self.need_block(id) }
    }
}

fn is_item(rule: Rule) -> bool {
    use Rule::*;
    matches!(
        rule,
        import
            | let_item
            | fn_item
            | type_item
            | protocol
            | kind
            | cluster
            | namespace
            | layer
            | component
            | scale
            | autoscale
            | profile
            | backup
            | alert
            | view
            | assert_item
            | test
            | waive
            | patch
            | object
            | flow
    )
}
