//! Expressions, blocks, strings.

use super::{Lowerer, exact};
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::MAX_DEPTH;
use crate::syntax::ast::{
    Arg, Arm, BinaryOp, Block, Element, Entry, EntryKind, Expr, ExprKind, For, Ident, Key, Pattern, StrLit, StrPart,
    UnaryOp,
};
use crate::syntax::parse::Rule;
use crate::syntax::strings::{self, Piece};
use crate::syntax::tree::NodeId;
use crate::text::{Span, TextRange};
use pratt::Pratt;
use smol_str::SmolStr;

impl Lowerer<'_> {
    pub(super) fn missing_expr(&self, span: Span) -> Expr {
        Expr { kind: ExprKind::Missing, span }
    }

    /// The expression among a node's children; where there is none, says so.
    pub(super) fn need_expr(&mut self, owner: NodeId, what: &str) -> Expr {
        match self.tree.find(owner, Rule::expr) {
            Some(expr) => self.expr(expr),
            None => {
                self.lacks(owner, what);
                self.missing_expr(self.span(owner).end())
            }
        }
    }

    pub(super) fn expr(&mut self, id: NodeId) -> Expr {
        self.depth += 1;
        let span = self.span(id);
        // brackets were counted before; this counts what nests without them
        let expr = if self.depth > 2 * MAX_DEPTH { self.missing_expr(span) } else { self.expr_inner(id, span) };
        self.depth -= 1;
        expr
    }

    fn expr_inner(&mut self, id: NodeId, span: Span) -> Expr {
        let Some(inner) = self.tree.parts(id).next() else { return self.missing_expr(span) };
        match self.tree.rule(inner) {
            Some(Rule::if_expr) => match self.if_element(inner) {
                Element::Item(expr) => expr,
                Element::If(c, inner) => match *inner {
                    Element::Item(a) => Expr { kind: ExprKind::If(Box::new(c), Box::new(a), None), span },
                    _ => self.not_in_list(span),
                },
                _ => self.not_in_list(span),
            },
            Some(Rule::match_expr) => self.match_expr(inner),
            Some(Rule::quantified) => {
                let all = self.tree.find(inner, Rule::quantifier).is_some_and(|q| self.tree.text_of(q) == "all");
                let head = Box::new(self.for_head(inner));
                let body = Box::new(self.need_expr(inner, "a condition"));
                self.leftovers(inner);
                Expr { kind: ExprKind::Quantified { all, head, body }, span: self.span(inner) }
            }
            Some(Rule::binary) => self.binary(inner),
            _ => self.missing_expr(span),
        }
    }

    fn not_in_list(&mut self, span: Span) -> Expr {
        let message = "`...` and `for` can only stand in lists and records";
        self.errors.push(Diagnostic::new(Code::OBS0001, span, message));
        self.missing_expr(span)
    }

    /// `if` as an element: without `else` it may be absent.
    fn if_element(&mut self, id: NodeId) -> Element {
        let condition = self.need_expr(id, "a condition");
        let branches: Vec<NodeId> = self.tree.parts(id).filter(|c| self.tree.rule(*c) == Some(Rule::branch)).collect();
        let has_else = self.tree.find(id, Rule::kw_else).is_some();
        let span = self.span(id);
        if !self.tree.has(id, ":") {
            self.lacks(id, "`:` after the condition");
        }
        let Some(then) = branches.first() else {
            self.lacks(id, "a value after `:`");
            return Element::Item(self.missing_expr(span));
        };
        let then = self.branch(*then);
        if !has_else {
            return Element::If(condition, Box::new(then));
        }
        let Some(other) = branches.get(1) else {
            self.lacks(id, "a value after `else`");
            return Element::Item(self.missing_expr(span));
        };
        match (then, self.branch(*other)) {
            (Element::Item(a), Element::Item(b)) => {
                let kind = ExprKind::If(Box::new(condition), Box::new(a), Some(Box::new(b)));
                Element::Item(Expr { kind, span })
            }
            _ => Element::Item(self.not_in_list(span)),
        }
    }

    fn branch(&mut self, id: NodeId) -> Element {
        match self.tree.parts(id).next() {
            Some(inner) => self.element(inner),
            None => Element::Item(self.missing_expr(self.span(id))),
        }
    }

    fn element(&mut self, id: NodeId) -> Element {
        match self.tree.rule(id) {
            Some(Rule::spread) => Element::Spread(self.need_expr(id, "a list after `...`")),
            Some(Rule::for_element) => {
                let head = match self.tree.find(id, Rule::for_head) {
                    Some(_) => self.for_head(id),
                    None => self.empty_head(id),
                };
                let inner = match self.tree.find(id, Rule::branch) {
                    Some(branch) => self.branch(branch),
                    None => {
                        self.lacks(id, "an element after `:`");
                        Element::Item(self.missing_expr(self.span(id)))
                    }
                };
                Element::For(Box::new(head), Box::new(inner))
            }
            _ => {
                let inner = self.tree.parts(id).next();
                if let Some(inner) = inner.filter(|i| self.tree.rule(*i) == Some(Rule::if_expr)) {
                    return self.if_element(inner);
                }
                Element::Item(self.expr(id))
            }
        }
    }

    fn empty_head(&self, owner: NodeId) -> For {
        For { names: Vec::new(), source: self.missing_expr(self.span(owner)), condition: None }
    }

    /// The head of a comprehension, from the node that holds its `for_head`.
    fn for_head(&mut self, owner: NodeId) -> For {
        let Some(id) = self.tree.find(owner, Rule::for_head) else { return self.empty_head(owner) };
        let names: Vec<Ident> = match self.tree.find(id, Rule::ident_list) {
            Some(list) => self.idents(list),
            None => {
                self.lacks(id, "a name after `for`");
                Vec::new()
            }
        };
        let mut exprs: Vec<(bool, NodeId)> = Vec::new();
        let mut after_if = false;
        for part in self.tree.parts(id) {
            match self.tree.rule(part) {
                Some(Rule::kw_if) => after_if = true,
                Some(Rule::expr) => exprs.push((after_if, part)),
                _ => {}
            }
        }
        let source = match exprs.iter().find(|(after_if, _)| !after_if) {
            Some((_, expr)) => self.expr(*expr),
            None => {
                self.lacks(id, "`in` and what to walk");
                self.missing_expr(self.span(id).end())
            }
        };
        let condition = exprs.iter().find(|(after_if, _)| *after_if).map(|(_, e)| *e).map(|e| self.expr(e));
        if after_if && condition.is_none() {
            self.lacks(id, "a condition after `if`");
        }
        if !self.tree.has(id, ":") {
            self.lacks(id, "`:`");
        }
        For { names, source, condition }
    }

    pub(super) fn idents(&self, list: NodeId) -> Vec<Ident> {
        let all = self.tree.parts(list).filter(|c| self.tree.rule(*c) == Some(Rule::ident)).map(|c| self.ident(c));
        exact(all.collect())
    }

    fn match_expr(&mut self, id: NodeId) -> Expr {
        let on = Box::new(self.need_expr(id, "a value to match"));
        let span = self.span(id);
        let Some(body) = self.tree.find(id, Rule::arms) else {
            self.lacks(id, "`{` and the arms");
            return self.missing_expr(span);
        };
        let mut arms = Vec::new();
        for part in self.tree.parts(body).collect::<Vec<_>>() {
            if self.tree.rule(part) != Some(Rule::arm) {
                continue;
            }
            let pattern = self.tree.find(part, Rule::pattern).map(|p| self.pattern(p));
            let value = self.need_expr(part, "`:` and a value");
            self.leftovers(part);
            if let Some(pattern) = pattern {
                arms.push(Arm { pattern, value, span: self.span(part) });
            }
        }
        self.leftovers(body);
        Expr { kind: ExprKind::Match(on, arms), span }
    }

    fn pattern(&mut self, id: NodeId) -> Pattern {
        let span = self.span(id);
        let Some(inner) = self.tree.parts(id).next() else { return Pattern::Any(span) };
        match self.tree.rule(inner) {
            Some(Rule::variant_pattern) => {
                let name = self.tree.find(inner, Rule::ident).map_or_else(|| self.no_ident(inner), |i| self.ident(i));
                let fields = self.tree.find(inner, Rule::accept_signals);
                let names = fields.map(|f| self.idents(f)).unwrap_or_default();
                if let Some(fields) = fields {
                    self.leftovers(fields);
                }
                Pattern::Variant(name, names)
            }
            Some(Rule::number | Rule::string | Rule::constant) => Pattern::Literal(self.primary(inner)),
            _ => Pattern::Any(span),
        }
    }

    fn binary(&mut self, id: NodeId) -> Expr {
        let parts: Vec<NodeId> = self.tree.parts(id).collect();
        let mut operators = 0;
        let mut items: Vec<pratt::Item> = Vec::new();
        for part in parts {
            match self.tree.rule(part) {
                Some(Rule::operand) => items.push(pratt::Item::Operand(self.operand(part))),
                Some(Rule::op | Rule::leading_op) => {
                    operators += 1;
                    items.push(pratt::Item::Operator(self.tree.text_of(part).into(), self.span(part)));
                }
                Some(Rule::range_op) => items.push(pratt::Item::Operator("..".into(), self.span(part))),
                _ => {}
            }
        }
        if operators > MAX_DEPTH {
            let span = self.span(id);
            let message = format!("an expression with more than {MAX_DEPTH} operators");
            let help = "use `sum`, `join` or a list, or give parts names";
            self.errors.push(Diagnostic::new(Code::OBS0003, span, message).help(help));
            return self.missing_expr(span);
        }
        let mut pratt = Pratt::new(items, self.span(id));
        let expr = pratt.parse();
        if let Some(place) = pratt.missing {
            let message = "expected a value after this operator";
            self.errors.push(Diagnostic::new(Code::OBS0001, place, message));
        }
        expr
    }

    fn operand(&mut self, id: NodeId) -> Expr {
        let prefixes: Vec<NodeId> = self.tree.parts(id).filter(|c| self.tree.rule(*c) == Some(Rule::prefix)).collect();
        let span = self.span(id);
        if prefixes.len() > MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} signs in a row");
            self.errors.push(Diagnostic::new(Code::OBS0003, span, message));
            return self.missing_expr(span);
        }
        let mut expr = match self.tree.find(id, Rule::postfix) {
            Some(postfix) => self.postfix(postfix),
            None => self.missing_expr(span),
        };
        for prefix in prefixes.into_iter().rev() {
            let op = if self.tree.text_of(prefix) == "-" { UnaryOp::Neg } else { UnaryOp::Not };
            let span = self.span(prefix).to(expr.span);
            expr = Expr { kind: ExprKind::Unary(op, Box::new(expr)), span };
        }
        expr
    }

    fn postfix(&mut self, id: NodeId) -> Expr {
        let parts: Vec<NodeId> = self.tree.parts(id).collect();
        let Some((first, rest)) = parts.split_first() else { return self.missing_expr(self.span(id)) };
        let mut expr = self.primary(*first);
        if rest.len() > MAX_DEPTH {
            let span = self.span(id);
            let message = format!("more than {MAX_DEPTH} fields, indices and calls in a row");
            self.errors.push(Diagnostic::new(Code::OBS0003, span, message));
            return self.missing_expr(span);
        }
        for part in rest {
            let span = expr.span.to(self.span(*part));
            let base = Box::new(expr);
            let kind = match self.tree.rule(*part) {
                Some(Rule::field) => match self.tree.find(*part, Rule::ident) {
                    Some(name) => ExprKind::Field(base, self.ident(name)),
                    None => {
                        self.lacks(*part, "a name after `.`");
                        ExprKind::Field(base, self.no_ident(*part))
                    }
                },
                Some(Rule::index) => {
                    let at = self.need_expr(*part, "an index");
                    self.leftovers(*part);
                    ExprKind::Index(base, Box::new(at))
                }
                _ => {
                    let args = self.args(*part);
                    self.leftovers(*part);
                    ExprKind::Call(base, args)
                }
            };
            expr = Expr { kind, span };
        }
        expr
    }

    fn args(&mut self, call: NodeId) -> Vec<Arg> {
        let args: Vec<NodeId> = self.tree.parts(call).filter(|c| self.tree.rule(*c) == Some(Rule::arg)).collect();
        args.into_iter()
            .map(|arg| Arg {
                name: self.tree.find(arg, Rule::ident).map(|n| self.ident(n)),
                value: self.need_expr(arg, "a value"),
            })
            .collect()
    }

    pub(super) fn primary(&mut self, id: NodeId) -> Expr {
        let span = self.span(id);
        let text = self.tree.text_of(id);
        let kind = match self.tree.rule(id) {
            Some(Rule::number) => ExprKind::Number(text.into()),
            Some(Rule::date) => ExprKind::Date(text.into()),
            Some(Rule::constant) => match text {
                "true" => ExprKind::Bool(true),
                "false" => ExprKind::Bool(false),
                _ => ExprKind::None,
            },
            Some(Rule::name) => ExprKind::Name(text.into()),
            Some(Rule::string) => ExprKind::Str(self.string(id, None)),
            Some(Rule::tagged) => {
                let tag = self.tree.find(id, Rule::ident).map(|i| self.ident(i));
                match self.tree.find(id, Rule::string) {
                    Some(string) => ExprKind::Str(self.string(string, tag)),
                    None => ExprKind::Missing,
                }
            }
            Some(Rule::group) => {
                let inner = self.need_expr(id, "a value within `(…)`");
                self.leftovers(id);
                return Expr { kind: inner.kind, span };
            }
            Some(Rule::list) => {
                let mut elements = Vec::new();
                for part in self.tree.parts(id).collect::<Vec<_>>() {
                    if matches!(self.tree.rule(part), Some(Rule::expr | Rule::spread | Rule::for_element)) {
                        elements.push(self.element(part));
                    }
                }
                self.leftovers(id);
                ExprKind::List(elements)
            }
            Some(Rule::block) => ExprKind::Record(self.block(id)),
            _ => ExprKind::Missing,
        };
        Expr { kind, span }
    }

    /// A string literal's parts.
    pub(super) fn string(&mut self, id: NodeId, tag: Option<Ident>) -> StrLit {
        let block = self.tree.text_of(id).starts_with("\"\"\"");
        let mut pieces: Vec<Piece> = Vec::new();
        let mut exprs: Vec<(Option<Expr>, TextRange)> = Vec::new();
        for part in self.tree.parts(id).collect::<Vec<_>>() {
            let range = self.tree.range(part);
            let text = match self.tree.rule(part) {
                Some(Rule::line_text | Rule::block_text) => self.tree.text_of(part).to_owned(),
                Some(Rule::escape) => self.escape(part, tag.is_some()),
                Some(Rule::interpolation) => {
                    let expr = self.need_expr(part, "a value within `${…}`");
                    self.leftovers(part);
                    pieces.push(Piece::Other);
                    exprs.push((Some(expr), range));
                    continue;
                }
                _ => continue,
            };
            match pieces.last_mut() {
                Some(Piece::Text(before)) => {
                    before.push_str(&text);
                    if let Some((_, place)) = exprs.last_mut() {
                        place.end = range.end;
                    }
                }
                _ => {
                    pieces.push(Piece::Text(text));
                    exprs.push((None, range));
                }
            }
        }
        self.leftovers(id);
        if block {
            strings::strip_indent(&mut pieces);
        }
        let part = |(piece, (expr, range)): (Piece, (Option<Expr>, TextRange))| match (piece, expr) {
            (_, Some(expr)) => Some(StrPart::Expr(expr)),
            (Piece::Text(text), None) if !text.is_empty() => {
                Some(StrPart::Text(strings::text(text), self.span_of(range)))
            }
            _ => None,
        };
        StrLit { tag, parts: pieces.into_iter().zip(exprs).filter_map(part).collect() }
    }

    fn escape(&mut self, id: NodeId, tagged: bool) -> String {
        let text = self.tree.text_of(id);
        if let Some(c) = strings::unescape(text) {
            return c.to_string();
        }
        // the languages in tagged strings have escapes of their own
        if !tagged {
            let message = format!("there is no escape `{text}`");
            let help = "there are: \\n \\t \\r \\\" \\\\ \\$ \\u{…}; a backslash is written `\\\\`";
            self.errors.push(Diagnostic::new(Code::OBS0007, self.span(id), message).help(help));
        }
        text.to_owned()
    }

    /// A string that must be plain.
    pub(super) fn plain(&mut self, id: NodeId) -> SmolStr {
        let span = self.span(id);
        let lit = self.string(id, None);
        match lit.parts.as_slice() {
            [] => SmolStr::default(),
            [StrPart::Text(text, _)] => text.clone(),
            _ => {
                let message = "this text must be plain: `${…}` can't stand in it";
                self.errors.push(Diagnostic::new(Code::OBS0007, span, message));
                SmolStr::default()
            }
        }
    }

    pub(super) fn find_plain(&mut self, owner: NodeId) -> Option<(SmolStr, Span)> {
        let string = self.tree.find(owner, Rule::string)?;
        Some((self.plain(string), self.span(string)))
    }

    /// The block of an item, empty where there is none.
    pub(super) fn block_of(&mut self, owner: NodeId) -> Block {
        match self.tree.find(owner, Rule::block) {
            Some(block) => self.block(block),
            None => Block { entries: Vec::new(), span: self.span(owner).end() },
        }
    }

    pub(super) fn block(&mut self, id: NodeId) -> Block {
        let entries = self.entries(id);
        self.leftovers(id);
        Block { entries, span: self.span(id) }
    }

    /// The entries among a node's children.
    pub(super) fn entries(&mut self, id: NodeId) -> Vec<Entry> {
        let siblings = self.tree.children(id).collect::<Vec<_>>();
        let mut out = Vec::new();
        for (at, child) in siblings.iter().enumerate() {
            let doc = self.doc_before(&siblings, at);
            out.extend(self.entry(*child, doc));
        }
        exact(out)
    }

    pub(super) fn entry(&mut self, id: NodeId, doc: Option<String>) -> Option<Entry> {
        let kind = match self.tree.rule(id)? {
            Rule::field_entry | Rule::attribute_entry => {
                let keys: Vec<NodeId> = self.tree.parts(id).filter(|c| self.tree.rule(*c) == Some(Rule::key)).collect();
                let keys: Vec<Key> = keys.into_iter().map(|k| self.key(k)).collect();
                if !self.tree.has(id, ":") {
                    self.lacks(id, "`:` after the key");
                }
                let value = self.need_expr(id, "a value after `:`");
                EntryKind::Field(keys, value)
            }
            Rule::spread_entry => EntryKind::Spread(self.need_expr(id, "a record after `...`")),
            Rule::for_entry => {
                let head = Box::new(self.for_head(id));
                let is_entry = |rule| matches!(rule, Some(Rule::field_entry | Rule::spread_entry | Rule::for_entry));
                let inner = self.tree.parts(id).find(|c| is_entry(self.tree.rule(*c)));
                match inner.and_then(|inner| self.entry(inner, None)) {
                    Some(inner) => EntryKind::For(head, Box::new(inner)),
                    None => {
                        self.lacks(id, "an entry after `:`");
                        return None;
                    }
                }
            }
            _ => return None,
        };
        self.leftovers_of_entry(id);
        Some(Entry { doc, kind, span: self.span(id) })
    }

    fn leftovers_of_entry(&mut self, id: NodeId) {
        if self.tree.rule(id) != Some(Rule::for_entry) {
            self.leftovers(id);
        }
    }

    fn key(&mut self, id: NodeId) -> Key {
        let Some(inner) = self.tree.parts(id).next() else { return Key::Name(self.no_ident(id)) };
        match self.tree.rule(inner) {
            Some(Rule::ident) => Key::Name(self.ident(inner)),
            Some(Rule::string) => {
                let span = self.span(inner);
                let lit = self.string(inner, None);
                match lit.parts.as_slice() {
                    [] => Key::Name(Ident { name: SmolStr::default(), span }),
                    [StrPart::Text(text, _)] => Key::Name(Ident { name: text.clone(), span }),
                    _ => Key::Computed(Expr { kind: ExprKind::Str(lit), span }),
                }
            }
            _ => {
                let expr = self.need_expr(inner, "a key within `(…)`");
                self.leftovers(inner);
                Key::Computed(expr)
            }
        }
    }
}

/// Operators by precedence.
mod pratt {
    use super::{BinaryOp, Expr, ExprKind, Span};
    use smol_str::SmolStr;

    pub(super) enum Item {
        Operand(Expr),
        Operator(SmolStr, Span),
    }

    pub(super) struct Pratt {
        items: std::iter::Peekable<std::vec::IntoIter<Item>>,
        span: Span,
        /// An operator without its right side.
        pub(super) missing: Option<Span>,
    }

    /// How tightly an operator binds: `n in 1..m + 1 and …` reads as one would.
    fn power(op: &str) -> u8 {
        match op {
            "or" => 2,
            "and" => 3,
            "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" => 4,
            "??" => 5,
            ".." => RANGE,
            "+" | "-" => 7,
            _ => 8,
        }
    }

    const RANGE: u8 = 6;

    fn binary(op: &str) -> BinaryOp {
        match op {
            "or" => BinaryOp::Or,
            "and" => BinaryOp::And,
            "==" => BinaryOp::Eq,
            "!=" => BinaryOp::Ne,
            "<" => BinaryOp::Lt,
            "<=" => BinaryOp::Le,
            ">" => BinaryOp::Gt,
            ">=" => BinaryOp::Ge,
            "in" => BinaryOp::In,
            "??" => BinaryOp::Coalesce,
            "+" => BinaryOp::Add,
            "-" => BinaryOp::Sub,
            "*" => BinaryOp::Mul,
            _ => BinaryOp::Div,
        }
    }

    impl Pratt {
        pub(super) fn new(items: Vec<Item>, span: Span) -> Self {
            Self { items: items.into_iter().peekable(), span, missing: None }
        }

        pub(super) fn parse(&mut self) -> Expr {
            self.climb(0)
        }

        fn climb(&mut self, least: u8) -> Expr {
            let mut left = match self.items.next() {
                Some(Item::Operand(expr)) => expr,
                Some(Item::Operator(op, span)) if op == ".." => {
                    let right = self.operand(RANGE + 1);
                    let end = right.as_ref().map_or(span, |r| r.span);
                    Expr { kind: ExprKind::Range(None, right.map(Box::new)), span: span.to(end) }
                }
                _ => Expr { kind: ExprKind::Missing, span: self.span },
            };
            while let Some(Item::Operator(op, _)) = self.items.peek() {
                let power = power(op);
                if power < least {
                    break;
                }
                let Some(Item::Operator(op, at)) = self.items.next() else { break };
                let right = self.operand(power + 1);
                let span = left.span.to(right.as_ref().map_or(at, |r| r.span));
                let kind = match (op.as_str(), right) {
                    ("..", right) => ExprKind::Range(Some(Box::new(left)), right.map(Box::new)),
                    (op, Some(right)) => ExprKind::Binary(Box::new(left), binary(op), Box::new(right)),
                    (_, None) => {
                        self.missing.get_or_insert(at.end());
                        ExprKind::Missing
                    }
                };
                left = Expr { kind, span };
            }
            left
        }

        fn operand(&mut self, least: u8) -> Option<Expr> {
            match self.items.peek() {
                Some(Item::Operand(_)) => Some(self.climb(least)),
                // `n in ..3`
                Some(Item::Operator(op, _)) if op == ".." && least <= RANGE => Some(self.climb(least)),
                _ => None,
            }
        }
    }
}
