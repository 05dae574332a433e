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

            /// Whether the program may say that it lives with it. Of errors only one: what looks like a credential may
            /// open nothing, and only the author knows.
            pub fn is_waivable(self) -> bool { self.severity() != Severity::Error || self == Code::OBS5118 }

            /// Whether it is about text and syntax (`OBS00…`).
            pub fn is_syntax(self) -> bool { self.id().starts_with("OBS00") }

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
    // files, names, imports
    OBS1001 Error "missing-file" "a file that isn't there or can't be read";
    OBS1002 Error "outside-project" "an import that leads out of the project";
    OBS1003 Error "import-cycle" "files that import each other in a circle";
    OBS1004 Error "unknown-import" "a name that the imported file doesn't have";
    OBS1005 Error "duplicate-name" "two things with one name";
    OBS1006 Error "nested-group" "a namespace or layer within another";
    OBS1007 Error "bad-name" "a component's name that can't be a Kubernetes name";
    OBS1008 Error "no-namespace" "a deployed component outside of any namespace";
    OBS1009 Error "unknown-profile" "a profile that doesn't exist";
    OBS1010 Error "bad-lock" "a line of `obs.lock` that can't be read";
    // types and values
    OBS2101 Error "type-mismatch" "a value of another type than is expected";
    OBS2102 Error "unknown-name" "a name that means nothing here";
    OBS2103 Error "bad-unit" "a number whose unit doesn't fit or is open";
    OBS2104 Error "unknown-kind" "a kind that doesn't exist or isn't imported";
    OBS2105 Error "unknown-type" "a type or protocol that doesn't exist";
    OBS2106 Error "unknown-field" "a field, option, parameter or file that doesn't exist";
    OBS2107 Error "missing-field" "a field or parameter that must be given";
    OBS2108 Error "out-of-range" "a value outside of what its type allows";
    OBS2109 Error "secret-leak" "a secret where secrets can't be kept";
    OBS2110 Error "bad-call" "a call with wrong arguments";
    OBS2111 Error "duplicate-entry" "an entry that is set twice";
    OBS2112 Error "recursion" "something that is defined through itself";
    OBS2113 Error "bad-match" "a match that leaves something out, or an arm that is never reached";
    OBS2114 Error "embedded-language" "a query or pattern within a string that can't be parsed";
    OBS2115 Error "too-early" "a use of something that isn't known yet where it stands";
    OBS2116 Error "evaluation" "a value that can't be computed";
    OBS2117 Error "unknown-component" "a component that doesn't exist";
    OBS2118 Error "assertion" "an assertion of the program that doesn't hold";
    // flows, signals, ports
    OBS3101 Error "no-common-protocol" "a flow between components that share no protocol";
    OBS3102 Error "ambiguous-protocol" "a flow whose protocol can't be inferred";
    OBS3103 Error "not-spoken" "a flow whose subject doesn't speak its protocol";
    OBS3104 Error "not-accepted" "a flow whose object doesn't accept its protocol";
    OBS3105 Error "no-common-signal" "a flow that no signal fits";
    OBS3106 Error "duplicate-flow" "a flow that is declared twice";
    OBS3107 Error "push-loop" "data that is pushed in a circle";
    OBS3108 Error "lost-signal" "a signal that reaches no store";
    OBS3109 Warning "unread-store" "a store that nothing reads";
    OBS3110 Info "converted-signal" "a signal that is kept only as another one";
    OBS3111 Error "closed-port" "a flow to a port that isn't open";
    OBS3112 Error "port-taken" "two ports of one pod with one number";
    OBS3113 Error "unknown-port" "a port that the kind doesn't have";
    OBS3114 Warning "unheard-alerts" "alerts that reach no one";
    OBS3115 Warning "pushed-to-replicas" "a push into replicas that are de-duplicated behind them";
    OBS3116 Warning "ungathered-metric" "an alert or a dashboard whose metric nothing collects";
    // scaling, availability, storage
    OBS4101 Error "outside-bounds" "a number of instances outside of the autoscaler's bounds";
    OBS4102 Warning "no-tolerance" "a ring of two, which survives the loss of none";
    OBS4103 Error "unshared-state" "several instances whose state isn't in a place that all reach";
    OBS4104 Warning "no-capacity" "more replicas of what does the same work again";
    OBS4105 Error "unsafe-scale-down" "an autoscaler that takes more from a store than it can lose";
    OBS4106 Error "unscalable" "a number of instances for what has none";
    OBS4107 Warning "incomplete-scale" "a scale that leaves out a profile";
    OBS4108 Info "inexpressible-rule" "a scaling rule that Kubernetes has no word for";
    OBS4109 Warning "singleton" "a single instance on the path of what is promised to be available";
    OBS4110 Warning "blocked-drain" "a disruption budget that lets no instance go";
    OBS4111 Warning "no-room" "data that outgrows the place it is kept in";
    OBS4112 Warning "retention-gap" "a long-term store that forgets sooner than the short-term one";
    OBS4113 Warning "backup-gap" "a store without a backup where others have one";
    OBS4114 Warning "empty-backup" "a backup of what isn't kept";
    OBS4115 Warning "lost-with-its-pod" "data that is to be kept, on a folder that is lost with its pod";
    OBS4116 Warning "shared-node" "more instances than nodes, of which some are lost together";
    OBS4120 Error "scaler" "an autoscaler that is to be carried out by what can't";
    OBS4121 Error "load-curve" "a load curve that can't be read";
    OBS4122 Warning "overload" "a component that the declared load needs more of than it has";
    // exposure, hygiene
    OBS5101 Warning "open-door" "a component that everyone outside gets into";
    OBS5102 Info "crossed-boundary" "a flow out of an isolated namespace";
    OBS5103 Warning "unused-waiver" "a waiver of something that isn't found";
    OBS5104 Error "bad-waiver" "a waiver without a reason, or of a code that doesn't exist";
    OBS5105 Warning "expired-waiver" "a waiver whose last day is over";
    OBS5106 Error "duplicate-host" "a public address that leads to two components";
    OBS5107 Warning "no-tls" "a public address without TLS";
    OBS5108 Warning "unused-component" "a component that takes part in no flow";
    OBS5109 Warning "unused-import" "an import that isn't used";
    OBS5110 Warning "unused-param" "a parameter that its kind doesn't read";
    OBS5111 Warning "floating-image" "an image whose content changes under its name";
    OBS5112 Warning "deprecated" "a use of what is deprecated";
    OBS5113 Error "unasked-login" "a login that the ingress controller can't be told to ask for";
    OBS5114 Warning "stale-lock" "an image in `obs.lock` that nothing runs";
    OBS5115 Warning "unlocked-image" "an image that runs and isn't in `obs.lock`";
    OBS5116 Error "forbidden-pod" "a pod that the Pod Security level of its namespace forbids";
    OBS5117 Warning "weakened-namespace" "a component in a namespace that is open for another's sake";
    OBS5118 Error "literal-credential" "a password, a token or a key in plain text";
    OBS5119 Warning "broad-rights" "rights on the Kubernetes API that nobody named, or that read secrets";
    // what is emitted
    OBS6101 Error "file-content" "content that a file's format can't hold";
    OBS6102 Error "unknown-kubernetes-field" "a patch or object that Kubernetes' types don't have";
    OBS6103 Error "patch-without-target" "a patch of an object that isn't emitted";
    OBS6104 Error "incomplete-object" "an object without a usable apiVersion, kind or name";
    OBS6105 Error "object-twice" "an object that is emitted already";
    OBS6106 Error "immovable" "a difference between profiles in what Kubernetes never changes";
    OBS6107 Error "not-under-target" "something that the target can't hold";
}
