//! Query languages within strings, parsed when compiled. The parsers are libraries; a tag is a language, not
//! a product.

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
    promql_parser::parser::parse(text).map(drop)
}

fn regular_expression(text: &str) -> Result<(), String> {
    // Rust's and RE2's syntax agree on what configs of this field use
    regex::Regex::new(text).map(drop).map_err(|e| e.to_string().lines().last().unwrap_or_default().to_owned())
}
