//! Query languages within strings, parsed when compiled. The parsers are libraries; a tag is a language, not
//! a product.

use promql_parser::label::MatchOp;
use promql_parser::parser::{self, Expr, VectorSelector};

/// What stands for an interpolation behind `before` while its text isn't known: a number is legal nearly
/// everywhere, a duration in a range.
pub fn placeholder(before: &str) -> &'static str {
    if before.ends_with(['[', ':']) || before.ends_with("offset ") { "5m" } else { "1" }
}

/// The tags there are.
pub const TAGS: &[&str] = &["promql", "re", "logql"];

/// Says what is wrong with a text, if anything.
pub type Checker = fn(&str) -> Result<(), String>;

/// The checker of a tag.
pub fn checker(tag: &str) -> Option<Checker> {
    match tag {
        "promql" => Some(promql),
        "re" => Some(regular_expression),
        // no library parses it yet: the tag documents the language and is taken as it is
        "logql" => Some(|_| Ok(())),
        _ => None,
    }
}

fn promql(text: &str) -> Result<(), String> {
    parsed(text).map(drop)
}

/// The longest query that is parsed, in bytes: the parser's time grows with the square of it.
const LONGEST: usize = 16 << 10;
/// The most brackets in brackets: nobody writes nearly as many.
const DEEPEST: usize = 100;

fn parsed(text: &str) -> Result<Expr, String> {
    if text.len() > LONGEST {
        return Err(format!(
            "it has {} bytes, and a query may have {LONGEST}: record a part of it by a rule",
            text.len()
        ));
    }
    if depth(text) > DEEPEST {
        return Err(format!("brackets are nested more than {DEEPEST} deep"));
    }
    parser::parse(text)
}

/// How deep brackets are nested, those in strings too: they would have to be more than anybody writes as well.
fn depth(text: &str) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => now += 1,
            b')' | b']' | b'}' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

/// The metrics that a query in `promql` asks for by name, each once, in order.
///
/// # Errors
/// What is wrong with the text.
pub fn metrics(text: &str) -> Result<Vec<String>, String> {
    let mut out = Vec::new();
    selectors(&parsed(text)?, &mut |selector| {
        let is_name = |m: &&promql_parser::label::Matcher| m.name == "__name__" && m.op == MatchOp::Equal;
        let matched = || selector.matchers.matchers.iter().find(is_name).map(|m| m.value.clone());
        if let Some(name) = selector.name.clone().or_else(matched)
            && !out.contains(&name)
        {
            out.push(name);
        }
    });
    Ok(out)
}

/// Each selector of series in an expression. The parser bounds how deep expressions are nested, and so is this.
pub fn selectors<'e>(expr: &'e Expr, each: &mut impl FnMut(&'e VectorSelector)) {
    match expr {
        Expr::VectorSelector(selector) => each(selector),
        Expr::MatrixSelector(matrix) => each(&matrix.vs),
        Expr::Aggregate(of) => {
            of.param.iter().for_each(|param| selectors(param, each));
            selectors(&of.expr, each);
        }
        Expr::Unary(of) => selectors(&of.expr, each),
        Expr::Binary(of) => {
            selectors(&of.lhs, each);
            selectors(&of.rhs, each);
        }
        Expr::Paren(of) => selectors(&of.expr, each),
        Expr::Subquery(of) => selectors(&of.expr, each),
        Expr::Call(call) => call.args.args.iter().for_each(|arg| selectors(arg, each)),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
    }
}

fn regular_expression(text: &str) -> Result<(), String> {
    // Rust's and RE2's syntax agree on what configs of this field use
    regex::Regex::new(text).map(drop).map_err(|e| e.to_string().lines().last().unwrap_or_default().to_owned())
}
