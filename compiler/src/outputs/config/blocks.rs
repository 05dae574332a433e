//! `blocks([…])`: the block syntax of HCL and its relatives, the way their own formatters leave it: tabs, `=` aligned
//! within runs of attributes, a blank line before a block.
//!
//! A block is `{$block: name, $label?: "x", $body: […]}`, an attribute `{$attr: name, $value: v}`, an expression
//! `{$expr: "text"}`; all else is a literal. Strings are written as JSON strings, which these languages read alike.

use super::{ConfigError, data};
use crate::text::Span;
use crate::value::{Quantity, Record, Value};

/// Longer lists and records are broken, one element a line.
const WIDTH: usize = 80;

pub(super) fn render(value: &Value) -> Result<String, ConfigError> {
    let items = body(value, None)?;
    let mut printer = Printer { out: String::new(), depth: 0 };
    printer.items(&items);
    Ok(printer.out)
}

/// A statement of a body.
enum Item<'a> {
    Block { name: &'a str, label: Option<&'a str>, body: Vec<Item<'a>> },
    Attribute { name: &'a str, value: Literal },
}

/// A value: on one line, or as elements of which each has its own.
enum Literal {
    Plain(String),
    List(Vec<Literal>),
    Record(Vec<(String, Literal)>),
}

fn body(value: &Value, span: Option<Span>) -> Result<Vec<Item<'_>>, ConfigError> {
    let Value::List(items) = value else {
        return Err(error(span, format!("blocks are a list, not {}", data::describe(value))));
    };
    let kept = items.iter().filter(|item| !data::left_out(&item.value));
    let read = kept.map(|item| statement(&item.value, item.span));
    // an attribute whose value is none is left out too
    read.filter_map(Result::transpose).collect()
}

fn statement(value: &Value, span: Span) -> Result<Option<Item<'_>>, ConfigError> {
    let Value::Record(record) = value else {
        return Err(error(Some(span), format!("a block or an attribute stands here, not {}", data::describe(value))));
    };
    if let Some(name) = text(record, "$block") {
        let body = match record.get("$body") {
            Some(inner) if !data::left_out(&inner.value) => body(&inner.value, Some(inner.span))?,
            _ => Vec::new(),
        };
        return Ok(Some(Item::Block { name: word(name, true, span)?, label: text(record, "$label"), body }));
    }
    let Some(name) = text(record, "$attr") else {
        return Err(error(Some(span), "a block or an attribute stands here, not a record".into()));
    };
    let name = word(name, false, span)?;
    let given = record.get("$value").filter(|value| !data::left_out(&value.value));
    given.map(|value| Ok(Item::Attribute { name, value: literal(&value.value, value.span)? })).transpose()
}

fn text<'a>(record: &'a Record, key: &str) -> Option<&'a str> {
    match &record.get(key)?.value {
        Value::Str(text) => Some(text),
        _ => None,
    }
}

/// Names are identifiers; those of blocks may have dots.
fn word(name: &str, dots: bool, span: Span) -> Result<&str, ConfigError> {
    let part = |p: &str| is_identifier(p);
    match if dots { name.split('.').all(part) } else { part(name) } {
        true => Ok(name),
        false => Err(error(Some(span), format!("`{name}` can't be the name of a block or an attribute"))),
    }
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn literal(value: &Value, span: Span) -> Result<Literal, ConfigError> {
    let plain = |text: String| Ok(Literal::Plain(text));
    match value {
        Value::Bool(b) => plain(b.to_string()),
        Value::Int(n) => plain(n.to_string()),
        Value::Float(x) if x.is_finite() => plain(format!("{x:?}")),
        Value::Quantity(Quantity::Rate(r)) if r.is_finite() => plain(r.to_string()),
        Value::Str(text) => plain(quote(text)),
        Value::Quantity(_) | Value::Version(_) => plain(quote(&data::scalar(value).unwrap_or_default())),
        Value::List(items) => {
            let kept = items.iter().filter(|item| !data::left_out(&item.value));
            kept.map(|item| literal(&item.value, item.span)).collect::<Result<_, _>>().map(Literal::List)
        }
        Value::Record(record) => match text(record, "$expr") {
            Some(expression) => plain(expression.to_owned()),
            None => fields(record, span),
        },
        other => Err(error(Some(span), format!("{} can't be written in a file", data::describe(other)))),
    }
}

fn fields(record: &Record, span: Span) -> Result<Literal, ConfigError> {
    if record.keys().any(|key| key.starts_with('$')) {
        return Err(error(Some(span), "a block or an attribute can't be a value".into()));
    }
    let kept = record.iter().filter(|(_, field)| !data::left_out(&field.value));
    let key = |name: &str| if is_identifier(name) { name.to_owned() } else { quote(name) };
    kept.map(|(name, field)| Ok((key(name), literal(&field.value, field.span)?)))
        .collect::<Result<_, _>>()
        .map(Literal::Record)
}

fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn error(span: Option<Span>, problem: String) -> ConfigError {
    ConfigError { pointer: String::new(), problem, span }
}

impl Literal {
    /// All of it on one line.
    fn inline(&self) -> String {
        match self {
            Literal::Plain(text) => text.clone(),
            Literal::List(items) => {
                format!("[{}]", items.iter().map(Literal::inline).collect::<Vec<_>>().join(", "))
            }
            Literal::Record(fields) => {
                let field = |(name, value): &(String, Literal)| format!("{name} = {}", value.inline());
                format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// Whether it is broken over lines where `used` columns are taken.
    fn broken(&self, used: usize) -> bool {
        let parts = match self {
            Literal::Plain(_) => 0,
            Literal::List(items) => items.len(),
            Literal::Record(fields) => fields.len(),
        };
        parts > 0 && used + self.inline().chars().count() > WIDTH
    }
}

struct Printer {
    out: String,
    depth: usize,
}

impl Printer {
    fn items(&mut self, items: &[Item<'_>]) {
        let mut rest = items;
        while let Some(first) = rest.first() {
            if rest.len() < items.len() {
                self.out.push('\n');
            }
            rest = match first {
                Item::Block { name, label, body } => {
                    self.block(name, *label, body);
                    &rest[1..]
                }
                Item::Attribute { .. } => {
                    let run = rest.iter().take_while(|item| matches!(item, Item::Attribute { .. })).count();
                    self.attributes(&rest[..run]);
                    &rest[run..]
                }
            };
        }
    }

    fn block(&mut self, name: &str, label: Option<&str>, body: &[Item<'_>]) {
        self.indent();
        self.out.push_str(name);
        if let Some(label) = label {
            self.out.push_str(&format!(" {}", quote(label)));
        }
        if body.is_empty() {
            self.out.push_str(" { }\n");
            return;
        }
        self.out.push_str(" {\n");
        self.depth += 1;
        self.items(body);
        self.depth -= 1;
        self.indent();
        self.out.push_str("}\n");
    }

    fn attributes(&mut self, run: &[Item<'_>]) {
        let pairs = run.iter().filter_map(|item| match item {
            Item::Attribute { name, value } => Some((*name, value)),
            Item::Block { .. } => None,
        });
        self.aligned(&pairs.collect::<Vec<_>>(), "");
    }

    /// `name = value` lines with the `=` below each other; a broken value ends its run, as formatters have it.
    fn aligned(&mut self, pairs: &[(&str, &Literal)], end: &str) {
        let used = |name: &str| self.depth * 4 + name.chars().count() + 3;
        let runs: Vec<_> = pairs.split_inclusive(|(name, value)| value.broken(used(name))).collect();
        for run in runs {
            let width = run.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
            for (name, value) in run {
                self.indent();
                self.out.push_str(&format!("{name:width$} = "));
                self.value(value, self.depth * 4 + name.chars().count() + 3);
                self.out.push_str(end);
                self.out.push('\n');
            }
        }
    }

    fn value(&mut self, value: &Literal, used: usize) {
        match value {
            Literal::List(items) if value.broken(used) => {
                self.out.push_str("[\n");
                self.depth += 1;
                for item in items {
                    self.indent();
                    self.value(item, self.depth * 4);
                    self.out.push_str(",\n");
                }
                self.depth -= 1;
                self.indent();
                self.out.push(']');
            }
            Literal::Record(fields) if value.broken(used) => {
                self.out.push_str("{\n");
                self.depth += 1;
                let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value)).collect();
                self.aligned(&pairs, ",");
                self.depth -= 1;
                self.indent();
                self.out.push('}');
            }
            _ => self.out.push_str(&value.inline()),
        }
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n('\t', self.depth));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::config::testing::{list, record, str};

    fn block(name: &str, label: Option<&str>, body: Vec<Value>) -> Value {
        let label = label.map_or(Value::None, str);
        record([("$block", str(name)), ("$label", label), ("$body", list(body))])
    }

    fn attr(name: &str, value: Value) -> Value {
        record([("$attr", str(name)), ("$value", value)])
    }

    fn expr(text: &str) -> Value {
        record([("$expr", str(text))])
    }

    fn sample() -> Value {
        let long = || list((0..12).map(|i| str(&format!("element-{i}"))));
        let wide = record([("short", Value::Int(1)), ("x y", long()), ("nothing", Value::None), ("z", list([]))]);
        list([
            block(
                "receiver.otlp",
                Some("in"),
                vec![
                    block("grpc", None, vec![]),
                    block("http", None, vec![attr("endpoint", str("0.0.0.0:4318")), attr("gone", Value::None)]),
                    attr("a", Value::Int(1)),
                    attr("bbb", Value::Quantity(Quantity::Duration(60_000))),
                    attr("many", long()),
                    attr("few", list([Value::Bool(true), record([("k", Value::Float(1.5))])])),
                    attr("empty_record", record([])),
                    attr("wide", wide),
                    attr("path", str("a\t\"b\"\\é\u{7}")),
                    block("output", None, vec![attr("traces", list([expr("processor.batch.b.input")]))]),
                ],
            ),
            block("logging", None, vec![attr("level", expr("sys.env(\"X\")"))]),
        ])
    }

    #[test]
    fn blocks_are_laid_out_as_their_formatters_leave_them() {
        let expected = concat!(
            "receiver.otlp \"in\" {\n\tgrpc { }\n\n\thttp {\n\t\tendpoint = \"0.0.0.0:4318\"\n\t}\n\n",
            "\ta    = 1\n\tbbb  = \"1m\"\n\tmany = [\n",
        );
        let text = render(&sample()).expect("data");
        assert!(text.starts_with(expected), "{text}");
        assert!(text.contains("\t]\n\tfew          = [true, {k = 1.5}]\n\tempty_record = {}\n"), "{text}");
        assert!(text.contains("\n\tpath = \"a\\t\\\"b\\\"\\\\é\\u0007\"\n\n\toutput {\n"), "{text}");
        assert!(text.ends_with("\n}\n\nlogging {\n\tlevel = sys.env(\"X\")\n}\n"), "{text}");
    }

    /// Needs a formatter of the syntax: `OBS_REAL_PROGRAMS` names the folder of real programs.
    #[test]
    fn a_real_formatter_has_nothing_to_change() {
        let Some(formatter) = crate::outputs::config::testing::real("alloy") else { return };
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), render(&sample()).expect("data")).expect("written");
        let output = std::process::Command::new(formatter).args(["fmt", "--test"]).arg(file.path()).output();
        let output = output.expect("the formatter runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    #[test]
    fn what_is_no_block_is_refused() {
        assert!(render(&record([])).is_err());
        assert!(render(&list([str("x")])).is_err());
        assert!(render(&list([record([("x", str("y"))])])).is_err());
        assert!(render(&list([block("a-b", None, vec![])])).is_err());
        assert!(render(&list([attr("a.b", Value::Int(1))])).is_err());
        assert!(render(&list([attr("a", attr("b", Value::Int(1)))])).is_err());
    }
}
