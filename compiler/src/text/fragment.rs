//! The part of an address that leads to a heading.

/// The fragment that hosts of documents give a heading: lower case, blanks as dashes, other signs left out.
pub fn fragment(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}
