//! `toml({…})`.

use super::{ConfigError, data};
use crate::value::Value;

pub(super) fn render(value: &Value) -> Result<String, ConfigError> {
    data::check(value)?;
    if !matches!(value, Value::Record(_)) {
        let problem = format_args!("a TOML file is a record, not {}", data::describe(value));
        return Err(ConfigError::whole(problem));
    }
    toml::to_string_pretty(&data::Data(value)).map_err(ConfigError::whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::config::testing::{list, record, str};

    #[test]
    fn plain_entries_come_before_tables() {
        let value = record([
            ("server", record([("port", Value::Int(80)), ("name", str("a\"b"))])),
            ("title", str("x\ty")),
            ("rules", list([record([("k", Value::Bool(true))]), record([("k", Value::None)])])),
        ]);
        let text = render(&value).expect("data");
        let back: toml::Value = toml::from_str(&text).expect("TOML");
        assert_eq!(back["server"]["name"].as_str(), Some("a\"b"));
        assert_eq!(back["title"].as_str(), Some("x\ty"));
        assert_eq!(back["rules"][0]["k"].as_bool(), Some(true));
        assert_eq!(back["rules"][1].as_table().map(|t| t.len()), Some(0));
    }

    #[test]
    fn a_list_is_no_toml_file() {
        assert!(render(&list([])).is_err());
    }
}
