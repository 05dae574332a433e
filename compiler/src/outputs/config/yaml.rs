//! YAML that readers of 1.1 and of 1.2 take alike: words and numbers of either are quoted where they are strings,
//! text of several lines is a literal block.

use super::{ConfigError, data, json};
use crate::value::Value;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;
use serde_saphyr::DoubleQuoted;
use serde_saphyr::ser_error::Error;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// `yaml({…})`.
pub(super) fn render(value: &Value) -> Result<String, ConfigError> {
    data::check(value)?;
    to_string(&data::Data(value)).map_err(ConfigError::whole)
}

/// Anything as one YAML document, without markers; ends with a newline.
pub fn to_string(value: &impl Serialize) -> Result<String, Error> {
    of_json(&serde_json::to_string(value).map_err(Error::custom)?)
}

/// JSON as one YAML document, without markers; ends with a newline.
pub fn of_json(json: &str) -> Result<String, Error> {
    let value: Node<'_> = json::read(json).map_err(Error::custom)?;
    let mut text = String::with_capacity(1024);
    // folding would put line breaks into what has none: legal, but neither readable nor easy to search
    let options = serde_saphyr::ser_options! { folded_wrap_chars: usize::MAX };
    serde_saphyr::to_fmt_writer_with_options(&mut text, &value, options)?;
    Ok(text)
}

/// A value that borrows its strings, in a fraction of the time and room of one that owns and indexes them.
enum Node<'a> {
    /// What stands for itself: nothing, truth, a number.
    Plain(Json),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    /// In the order of the JSON.
    Map(Vec<(Key<'a>, Node<'a>)>),
}

/// A key. serde gives a bare `Cow` its own copy in any case.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl Serialize for Node<'_> {
    /// With the style of strings chosen.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Node::Plain(value) => value.serialize(serializer),
            Node::Text(text) if !fits_a_block(text) => DoubleQuoted(&**text).serialize(serializer),
            Node::Text(text) => serializer.serialize_str(text),
            Node::List(items) => serializer.collect_seq(items),
            Node::Map(fields) => serializer.collect_map(fields.iter().map(|(key, value)| (key, value))),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Node<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor(PhantomData))
    }
}

struct NodeVisitor<'a>(PhantomData<Node<'a>>);

impl<'de: 'a, 'a> Visitor<'de> for NodeVisitor<'a> {
    type Value = Node<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node<'a>, E> {
        Ok(Node::Plain(Json::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node<'a>, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node<'a>, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node<'a>, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node<'a>, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node<'a>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'a>, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node<'a>, A::Error> {
        let mut out = Vec::new();
        while let Some(item) = items.next_element()? {
            out.push(item);
        }
        Ok(Node::List(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Node<'a>, A::Error> {
        let mut out = Vec::new();
        while let Some(field) = fields.next_entry()? {
            out.push(field);
        }
        Ok(Node::Map(out))
    }
}

/// Whether every reader takes the text from a literal block: some refuse a tab or lose a line where the block's
/// indentation is yet to be found, which the first line with text settles.
fn fits_a_block(text: &str) -> bool {
    !text.contains('\n') || !text.starts_with([' ', '\t', '\n'])
}

/// A document as data, where it is one.
pub(in crate::outputs) fn read(text: &str) -> Option<serde_json::Value> {
    serde_saphyr::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::config::testing::{list, real, record, str};
    use proptest::prelude::{Strategy, any, prop_assert_eq, prop_oneof, proptest};
    use proptest::strategy::ValueTree;
    use std::io::Write;
    use std::process::{Command, Stdio};

    /// Strings that some reader of YAML would take for something else, or cut.
    fn tricky() -> Vec<String> {
        let words = "no NO No yes YES Yes y n Y N on off ON Off true True FALSE ~ null NULL Null = << - ? : ! & * | > % @ \
                     1_000 1:30 22:22 190:20:30 2001-01-01 2001-01-01T01:02:03Z 0x1F 012 0o17 0b101 .5 1e3 +1 -1 1. 1.0 +.inf \
                     .nan .NaN NaN inf 1e400 08 09 0 -0 1,000 a:b a: :a #x a#b {a} [a] 'a' \"a\" `a` $(x) ${x} {{x}} \\ \\n";
        let more = [
            "",
            " ",
            "  x",
            "x  ",
            "\tx",
            "x\t",
            "# x",
            "a # b",
            "a: b",
            "- x",
            "? x",
            "---",
            "--- x",
            "...",
            "key: [",
            "a\nb",
            "a\nb\n",
            "a\nb\n\n",
            "\n",
            "\n\n",
            "\na",
            "  a\nb",
            "a\n  b\n",
            "a \nb",
            "a\n\n\nb",
            "a\tb\nc\n",
            "\ta\nb",
            " \n",
            "a\n ",
            "a\n\t\n",
            "\r\n",
            "a\rb",
            "a\r\nb",
            "\u{0}",
            "\u{1b}[31m",
            "\u{7f}",
            "\u{85}",
            "a\u{85}b",
            "\u{a0}",
            "\u{2028}",
            "a\u{2028}b\nc",
            "\u{2029}",
            "\u{feff}",
            "\u{feff}x",
            "\u{fffe}",
            "\u{1F600}",
            "é",
            "# a\nb: c\n",
            "a: |\n  b\n",
            "---\na\n",
            "2001-01-01 10:00:00",
            "12e03",
            "0.1.2",
            "1__0",
            "!!str x",
            "${env:X}",
            "%%",
            "x:",
            "'",
            "\"",
            "a'b\"c",
            "\u{202e}x",
        ];
        let long = ["word ".repeat(60), format!("{} # x", "a".repeat(200)), "x".repeat(3000), "a b\n".repeat(100)];
        words.split_whitespace().map(String::from).chain(more.map(String::from)).chain(long).collect()
    }

    /// Each string as value, as element, as key, and nested.
    fn document_of(strings: &[String]) -> (String, serde_json::Value) {
        let values = strings.iter().map(|s| str(s));
        let keys = record(strings.iter().map(|s| (s.as_str(), str(s))));
        let nested = strings.iter().map(|s| record([("a", str(s)), ("b", list([str(s), list([str(s)])]))]));
        let whole = record([
            ("list", list(values)),
            ("keys", keys),
            ("nested", list(nested)),
            ("numbers", list([Value::Int(1), Value::Int(-5), Value::Int(i64::MAX), Value::Int(12)])),
            ("floats", list([0.5, 1.0, -2.25, 1e20, 1e-9, 12_345.678].map(Value::Float))),
            ("bools", list([Value::Bool(true), Value::Bool(false)])),
            ("none", Value::None),
            ("empty", list([list([]), record([])])),
        ]);
        let json = serde_json::to_value(data::Data(&whole)).expect("data");
        (render(&whole).expect("data"), json)
    }

    #[test]
    fn a_reader_of_yaml_1_2_gets_back_what_was_written() {
        let (text, expected) = document_of(&tricky());
        let back: serde_json::Value = serde_yaml::from_str(&text).expect("YAML");
        assert_eq!(back, expected);
        let back: serde_json::Value = serde_saphyr::from_str(&text).expect("YAML");
        assert_eq!(back, expected);
    }

    /// Feeds `input` to a program and reads its output as JSON; `None` where the program can't be had.
    fn through(mut command: Command, input: &str) -> Option<serde_json::Value> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        // a program that ends early is judged by its output
        let _ = child.stdin.take()?.write_all(input.as_bytes());
        let output = child.wait_with_output().ok()?;
        output.status.success().then(|| serde_json::from_slice(&output.stdout).expect("JSON"))
    }

    /// What PyYAML, which follows YAML 1.1, reads; `None` where it can't be had.
    fn through_pyyaml(text: &str) -> Option<serde_json::Value> {
        let mut probe = Command::new("python3");
        if !probe.args(["-c", "import yaml"]).output().is_ok_and(|o| o.status.success()) {
            eprintln!("skipped: no python3 with PyYAML");
            return None;
        }
        let mut python = Command::new("python3");
        python.args([
            "-c",
            "import json, sys, yaml; d = sys.stdin.buffer.read().decode(); json.dump(yaml.safe_load(d), sys.stdout)",
        ]);
        Some(through(python, text).expect("PyYAML reads it"))
    }

    #[test]
    fn a_reader_of_yaml_1_1_gets_back_what_was_written() {
        let (text, expected) = document_of(&tricky());
        if let Some(back) = through_pyyaml(&text) {
            assert_eq!(back, expected);
        }
    }

    /// Strings of what YAML gives a meaning to, and of anything else.
    fn any_string() -> impl Strategy<Value = String> {
        let parts = [
            " ", "\t", "\n", "\n\n", "\r", ":", ": ", "-", "- ", "#", " #", "'", "\"", "\\", "|", ">", "&a", "*a", "!",
            "%", "@", "`", "{", "}", "[", "]", ",", "?", "~", "no", "on", "null", "0", "0x", "1e", "_", ".", "+", "=",
            "<<", "---", "...", "a", "é",
        ];
        prop_oneof![
            proptest::collection::vec(proptest::sample::select(parts.to_vec()), 0..8).prop_map(|p| p.concat()),
            proptest::collection::vec(any::<char>(), 0..12).prop_map(|c| c.into_iter().collect()),
        ]
    }

    proptest! {
        #[test]
        fn any_string_comes_back(strings in proptest::collection::vec(any_string(), 1..6)) {
            let (text, expected) = document_of(&strings);
            let back: serde_json::Value = serde_yaml::from_str(&text).expect("YAML");
            prop_assert_eq!(&back, &expected);
            let back: serde_json::Value = serde_saphyr::from_str(&text).expect("YAML");
            prop_assert_eq!(&back, &expected);
        }
    }

    #[test]
    fn any_string_comes_back_from_a_reader_of_yaml_1_1() {
        // one process for all: starting it takes longer than reading
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let strings = proptest::collection::vec(any_string(), 2000).new_tree(&mut runner).expect("a value").current();
        let (text, expected) = document_of(&strings);
        if let Some(back) = through_pyyaml(&text) {
            assert_eq!(back, expected);
        }
    }

    #[test]
    fn kubectl_gets_back_what_was_written() {
        let Some(kubectl) = real("kubectl") else { return };
        let (_, json) = document_of(&tricky());
        // an object that holds each string as data; kubectl reads it without a cluster
        let strings: serde_json::Map<_, _> =
            tricky().into_iter().enumerate().map(|(i, s)| (format!("k{i}"), s.into())).collect();
        let keys = json["keys"].clone();
        let map = serde_json::json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": { "name": "x", "annotations": keys }, "data": strings,
        });
        let text = to_string(&map).expect("YAML");
        let mut command = Command::new(kubectl);
        command.args(["label", "--local", "-f", "-", "-o", "json", "--overwrite", "a=b"]).stderr(Stdio::inherit());
        let mut back = through(command, &text).expect("kubectl reads it");
        back["metadata"].as_object_mut().expect("metadata").remove("labels");
        assert_eq!(back, map);
    }

    #[test]
    fn text_of_several_lines_stays_readable() {
        let value = record([("a", str("x: 1\ny: 2\n")), ("b", list([str("p\nq")]))]);
        assert_eq!(render(&value).expect("data"), "a: |\n  x: 1\n  y: 2\nb:\n- |-\n  p\n  q\n");
        let long = format!("a {}", "b ".repeat(100).trim_end());
        assert_eq!(render(&record([("k", str(&long))])).expect("data"), format!("k: {long}\n"));
    }

    #[test]
    fn an_empty_record_is_a_record() {
        assert_eq!(render(&record([])).expect("data"), "{}\n");
    }
}
