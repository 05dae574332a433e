//! The registry: every code, its severity and its one-line summary. Pages are in `pages/CODE.md`.
//!
//! Numbers are never used again. Ranges: 00xx text and syntax, 10xx names and imports, 21xx types and
//! values, 31xx flows, signals and ports, 41xx scaling, availability and storage, 51xx exposure and hygiene,
//! 61xx what is emitted.

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The program has no meaning or can't work: nothing is built.
    Error,
    /// It works, and will hurt.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// `error`, `warning`, `info`.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }
    }
}

macro_rules! codes {
    ($($id:ident $severity:ident $name:literal $summary:literal;)*) => {
        /// A diagnostic's stable code. The registry in `codes.rs` is the only list of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $summary] $id,)* }

        impl Code {
            /// All codes, in order.
            pub const ALL: &[Code] = &[$(Code::$id,)*];

            /// `OBS2104`.
            pub const fn id(self) -> &'static str { match self { $(Code::$id => stringify!($id),)* } }

            /// A short name in kebab case: `unknown-kind`.
            pub const fn name(self) -> &'static str { match self { $(Code::$id => $name,)* } }

            /// One line.
            pub const fn summary(self) -> &'static str { match self { $(Code::$id => $summary,)* } }

            /// The severity it has of itself.
            pub const fn severity(self) -> Severity { match self { $(Code::$id => Severity::$severity,)* } }

            /// Its page in Markdown: what it means, why it matters, wrong and right examples.
            pub const fn page(self) -> &'static str {
                match self { $(Code::$id => include_str!(concat!("pages/", stringify!($id), ".md")),)* }
            }

            /// The code with this id.
            pub fn parse(id: &str) -> Option<Code> { Self::ALL.iter().copied().find(|c| c.id().eq_ignore_ascii_case(id)) }
        }
    };
}

codes! {
    // text and syntax
    OBS0001 Error "syntax" "something that the grammar doesn't know";
    OBS0002 Error "missing-close" "a bracket or brace that is never closed";
    OBS0003 Error "nesting-too-deep" "nesting deeper than the limit";
    OBS0004 Error "encoding" "a file that is not UTF-8";
    OBS0005 Error "file-too-large" "a file over the size limit";
    OBS0006 Warning "hidden-characters" "control or bidirectional characters that change how source is read";
    OBS0007 Error "bad-string" "an escape, interpolation or quote that can't be read";
}
