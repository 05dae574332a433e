//! `obs.lock`: the digests of images, in a file beside the program. Whoever can ask the registries writes it; the
//! compiler asks nobody.

use crate::db::{self, Db, FileText, SourceFile};
use crate::diagnostics::{Code, Diagnostic};
use crate::text::{Span, TextRange};
use smol_str::SmolStr;

/// The name of the file.
const LOCK: &str = "obs.lock";

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    /// The first line of each image, in the order of the file.
    pub entries: Vec<Locked>,
    /// Lines that can't be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// `registry.example.com/shop:1.0 sha256:…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The image with its tag, as programs name it.
    pub image: SmolStr,
    /// `sha256:` and 64 hexadecimal digits.
    pub digest: SmolStr,
    /// The place of the line.
    pub span: Span,
}

/// Where the lock of the program at a path would be: in the same folder.
pub fn lock_path(entry: &str) -> String {
    entry.rsplit_once('/').map_or_else(|| LOCK.to_owned(), |(folder, _)| format!("{folder}/{LOCK}"))
}

/// The lock of the program that starts at a file; `None` where it has none.
#[salsa::tracked]
pub fn lock(db: &dyn Db, entry: SourceFile) -> Option<Lock> {
    let file = db::file_by_path(db, &lock_path(entry.path(db)))?;
    match file.text(db) {
        FileText::Text(text) => Some(read(text, file.id(db))),
        FileText::Missing => None,
        // what can't be read is told as it is of a source
        _ => Some(Lock { entries: Vec::new(), diagnostics: db::syntax_errors(db, file).clone() }),
    }
}

fn read(text: &str, file: crate::text::FileId) -> Lock {
    let mut out = Lock::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        let at = start + line.len() - line.trim_start().len();
        start += line.len();
        if words.is_empty() || words.starts_with('#') {
            continue;
        }
        // sources are far below 4 GiB
        let range = TextRange::new(at as u32, (at + words.len()) as u32);
        out.line(words, Span { file, item: 0, range });
    }
    out
}

impl Lock {
    fn line(&mut self, line: &str, span: Span) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [image, digest] = words.as_slice() else { return self.unread(line, span) };
        if image.contains('@') || !is_digest(digest) {
            return self.unread(line, span);
        }
        if let Some(first) = self.entries.iter().find(|e| e.image == *image) {
            let message = format!("`{image}` has a digest already");
            let diagnostic = Diagnostic::new(Code::OBS1010, span, message).label(first.span, "here");
            return self.diagnostics.push(diagnostic.help("remove one of the two lines"));
        }
        self.entries.push(Locked { image: (*image).into(), digest: (*digest).into(), span });
    }

    fn unread(&mut self, line: &str, span: Span) {
        let message = format!("`{line}` is no image with its digest");
        let help = "write a line as `registry.example.com/shop:1.0 sha256:…`, with 64 hexadecimal digits";
        self.diagnostics.push(Diagnostic::new(Code::OBS1010, span, message).help(help));
    }
}

/// `sha256:` and 64 hexadecimal digits.
pub fn is_digest(text: &str) -> bool {
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    text.strip_prefix("sha256:").is_some_and(|digits| digits.len() == 64 && digits.chars().all(hex))
}
