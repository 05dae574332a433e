//! `json({…})`: two spaces, a newline at the end.

use super::{ConfigError, data};
use crate::value::Value;
use serde::Deserialize;

/// Reads what this program wrote, however deep.
pub(in crate::outputs) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> serde_json::Result<T> {
    let mut reader = serde_json::Deserializer::from_str(text);
    // its limit is for what others wrote
    reader.disable_recursion_limit();
    T::deserialize(&mut reader)
}

pub(super) fn render(value: &Value) -> Result<String, ConfigError> {
    data::check(value)?;
    let mut text = serde_json::to_string_pretty(&data::Data(value)).map_err(ConfigError::whole)?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::config::testing::{list, record, str};

    #[test]
    fn json_is_indented_and_escaped() {
        let value = record([("a", list([Value::Int(1), Value::Float(0.5)])), ("b", str("x\"\u{7}\n"))]);
        let text = render(&value).expect("data");
        assert_eq!(text, "{\n  \"a\": [\n    1,\n    0.5\n  ],\n  \"b\": \"x\\\"\\u0007\\n\"\n}\n");
    }
}
