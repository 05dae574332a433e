//! `ini({section: {key: scalar}})`. The format has no standard; this is what its readers agree on: one `key = value`
//! a line, and backticks or three double quotes around what would be read as a comment or lose its spaces.

use super::{ConfigError, data};
use crate::text::Span;
use crate::value::{Spanned, Value};

pub(super) fn render(value: &Value) -> Result<String, ConfigError> {
    let Value::Record(sections) = value else {
        let problem = format_args!("an ini file is a record of sections, not {}", data::describe(value));
        return Err(ConfigError::whole(problem));
    };
    // keys without a section would belong to the one above them: they come first
    let (bare, named): (Vec<_>, Vec<_>) = sections.iter().partition(|(name, _)| name.is_empty());
    let mut text = String::new();
    for (name, section) in bare.into_iter().chain(named) {
        write_section(&mut text, name, section)?;
    }
    Ok(text)
}

fn write_section(text: &mut String, name: &str, section: &Spanned<Value>) -> Result<(), ConfigError> {
    let entries = match &section.value {
        Value::None | Value::Error => return Ok(()),
        Value::Record(entries) => entries,
        other => {
            let problem = format!("a section is a record, not {}", data::describe(other));
            return Err(error(&[name], section.span, problem));
        }
    };
    if !name.is_empty() {
        if name.contains(['[', ']', '\n', '\r']) {
            return Err(error(&[name], section.span, "a section's name can't hold brackets".into()));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("[{name}]\n"));
    }
    for (key, entry) in entries.iter().filter(|(_, entry)| !data::left_out(&entry.value)) {
        write_entry(text, name, key, entry)?;
    }
    Ok(())
}

fn write_entry(text: &mut String, section: &str, key: &str, entry: &Spanned<Value>) -> Result<(), ConfigError> {
    let path = [section, key];
    if key.is_empty() || key.starts_with(['[', ';', '#']) || key.contains(['=', ':', '\n', '\r']) {
        return Err(error(&path, entry.span, format!("`{key}` can't be a key of an ini file")));
    }
    let Some(plain) = data::scalar(&entry.value) else {
        let problem = format!("an ini file holds scalars, not {}", data::describe(&entry.value));
        return Err(error(&path, entry.span, problem));
    };
    match quoted(&plain) {
        Some(value) => text.push_str(format!("{key} = {value}").trim_end()),
        None => return Err(error(&path, entry.span, "an ini value can't hold this text".into())),
    }
    text.push('\n');
    Ok(())
}

fn quoted(value: &str) -> Option<String> {
    let risky = value.contains(['#', ';', '\n', '\r']) || value.ends_with('\\');
    let wrapped = value.starts_with(['"', '\'', '`', ' ', '\t']) || value.ends_with([' ', '\t']);
    match (value.contains('`'), value.contains("\"\"\"") || value.ends_with('"')) {
        _ if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) => None,
        _ if !risky && !wrapped => Some(value.to_owned()),
        (false, _) => Some(format!("`{value}`")),
        (true, false) => Some(format!("\"\"\"{value}\"\"\"")),
        (true, true) => None,
    }
}

fn error(path: &[&str], span: Span, problem: String) -> ConfigError {
    let mut pointer = String::new();
    path.iter().for_each(|step| data::pointer_step(&mut pointer, step));
    ConfigError { pointer, problem, span: Some(span) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::config::testing::{list, record, str};

    #[test]
    fn keys_without_section_come_first_and_comments_are_quoted() {
        let value = record([
            ("server", record([("port", Value::Int(80)), ("motd", str("a # b")), ("gone", Value::None)])),
            ("", record([("mode", str("x"))])),
        ]);
        assert_eq!(render(&value).expect("data"), "mode = x\n\n[server]\nport = 80\nmotd = `a # b`\n");
    }

    #[test]
    fn what_no_reader_takes_is_refused() {
        let section = |key, value| render(&record([("s", record([(key, value)]))]));
        assert!(section("k", list([])).is_err());
        assert!(section("a=b", str("x")).is_err());
        assert!(section("k", str("`\"\"\"#")).is_err());
        assert!(section("k", str("a\u{7}")).is_err());
        assert_eq!(section("k", str("`#x")).expect("data"), "[s]\nk = \"\"\"`#x\"\"\"\n");
        let error = section("k", list([])).expect_err("refused");
        assert_eq!(error.pointer, "/s/k");
    }
}
