//! One page that stands alone: all views under all profiles as pictures to pan, zoom and search, with what the program
//! says of each box and each line. No network, no library: the script is `page.js`, its data JSON within the page.

mod data;

use crate::graph::Stack;
use crate::text::{Sources, xml_escape};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What a page shows first.
#[derive(Debug, Clone, Copy)]
pub struct First<'a> {
    /// The view's name.
    pub view: &'a str,
    /// The profile, by its stack's index.
    pub profile: usize,
}

/// The page of a program, with all its stacks; `None` where there is no view of that name.
pub fn page(stacks: &[Stack], first: First<'_>, sources: &impl Sources) -> Option<String> {
    let data = data::of(stacks, first, sources)?;
    let json = in_script(&serde_json::to_string(&data).unwrap_or_default());
    let parts = [("{title}", xml_escape(&data.title)), ("{style}", STYLE.to_owned()), ("{data}", json)];
    let mut out = String::new();
    let mut rest = PAGE;
    // one pass: what is put in is not looked at again
    for (name, text) in parts.into_iter().chain([("{script}", SCRIPT.to_owned())]) {
        if let Some((before, after)) = rest.split_once(name) {
            out.extend([before, text.as_str()]);
            rest = after;
        }
    }
    Some(out + rest)
}

/// JSON for a script element: no `</script>` and no `<!--` can stand in it. These signs occur within strings only.
fn in_script(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out
}
