//! Markdown as a document of blocks; text of the program's is escaped where it isn't Markdown itself.

/// A document under way.
#[derive(Default)]
pub(super) struct Document {
    blocks: Vec<String>,
}

/// A table; cells are plain text.
pub(super) struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new<'a>(
        head: impl IntoIterator<Item = &'a str>,
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Self {
        Self { head: head.into_iter().map(str::to_owned).collect(), rows: rows.into_iter().collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Document {
    pub(super) fn heading(&mut self, level: usize, title: &str) {
        self.blocks.push(format!("{} {}", "#".repeat(level), escape(title)));
    }

    /// What is Markdown already.
    pub(super) fn markdown(&mut self, text: &str) {
        if !text.is_empty() {
            self.blocks.push(text.to_owned());
        }
    }

    /// A picture in a file beside the document. Names of views are plain words: no path needs escaping.
    pub(super) fn image(&mut self, alternative: &str, path: &str) {
        self.blocks.push(format!("![{}]({path})", escape(alternative)));
    }

    /// A code block; its fence is longer than any run of backticks in it.
    pub(super) fn fence(&mut self, language: &str, text: &str) {
        let mut fence = "```".to_owned();
        while text.contains(&fence) {
            fence.push('`');
        }
        self.blocks.push(format!("{fence}{language}\n{}\n{fence}", text.trim_end()));
    }

    pub(super) fn table(&mut self, table: &Table) {
        let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
        let mut lines = vec![row(table.head.iter().map(|c| escape(c)).collect())];
        lines.push(row(table.head.iter().map(|_| "---".to_owned()).collect()));
        lines.extend(table.rows.iter().map(|cells| row(cells.iter().map(|c| escape(c)).collect())));
        self.blocks.push(lines.join("\n"));
    }

    pub(super) fn finish(self) -> String {
        let mut text = self.blocks.join("\n\n");
        text.push('\n');
        text
    }
}

/// Plain text for Markdown with tables and HTML (GitHub's). Placeholders of a template (`{{ … }}`) become code:
/// a `$` in them would start a formula on some hosts, and would show its backslash in others.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside, after)) = placeholder(rest) {
        prose(before, &mut out);
        out.push('`');
        // tables end a cell at a bar even within code
        out.push_str(&inside.replace('|', "\\|"));
        out.push('`');
        rest = after;
    }
    prose(rest, &mut out);
    out
}

/// The first `{{ … }}` on one line without a backtick, with what is before and after.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("{{")?;
    let end = start + text[start..].find("}}")? + 2;
    let inside = &text[start..end];
    (!inside.contains(|c: char| c == '`' || c.is_control())).then(|| (&text[..start], inside, &text[end..]))
}

fn prose(text: &str, out: &mut String) {
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let within_word = before.is_alphanumeric() && chars.peek().is_some_and(|next| next.is_alphanumeric());
        match c {
            // within a word it stands for itself
            '_' if within_word => out.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
        before = c;
    }
}
