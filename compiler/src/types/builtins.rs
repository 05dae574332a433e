//! Built-in functions: their names, parameters and results. evaluation carries them out.

use super::ty::Ty;

/// How a built-in's result follows from its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Always this type.
    Fixed,
    /// The type of the first argument.
    First,
    /// The element type of the first argument, as a list of it.
    Elements,
    /// A list of the values of the first argument.
    Values,
    /// The first argument's elements' elements.
    Flattened,
    /// What both arguments have in common.
    Joined,
}

macro_rules! builtins {
    ($($id:ident $name:literal ($($param:literal : $want:ident),*) $(optional $optional:literal)? => $shape:ident $result:ident $doc:literal;)*) => {
        /// A built-in function.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Builtin { $(#[doc = $doc] $id,)* }

        impl Builtin {
            /// All of them.
            pub const ALL: &[Builtin] = &[$(Builtin::$id,)*];

            /// Its name.
            pub const fn name(self) -> &'static str { match self { $(Builtin::$id => $name,)* } }

            /// One line.
            pub const fn doc(self) -> &'static str { match self { $(Builtin::$id => $doc,)* } }

            /// Names of its parameters and what each takes.
            pub const fn params(self) -> &'static [(&'static str, Want)] {
                match self { $(Builtin::$id => &[$(($param, Want::$want)),*],)* }
            }

            /// How many of its last parameters may be left out.
            pub const fn optional(self) -> usize { match self { $(Builtin::$id => 0 $(+ $optional)?,)* } }

            /// How its result follows from its arguments, and the type where it is fixed.
            pub fn result(self) -> (Shape, Ty) {
                match self { $(Builtin::$id => (Shape::$shape, Want::$result.ty()),)* }
            }

            /// The function with this name.
            pub fn parse(name: &str) -> Option<Builtin> {
                Self::ALL.iter().copied().find(|b| b.name() == name)
            }
        }
    };
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Want {
    Str,
    Int,
    Float,
    Data,
    Bool,
    Secret,
    PodField,
    /// The word of a signal.
    Signal,
    /// The tag of a language.
    Language,
    /// A list of anything.
    List,
    /// A list of strings.
    Strings,
    /// A list of ints.
    Ints,
    /// A record or map.
    Map,
    /// A list, map or string.
    Container,
    /// A number or quantity.
    Number,
    /// Anything that can be written as text.
    Printable,
    /// Anything.
    Any,
}

impl Want {
    /// The type that is expected, where it is one; [`Ty::Error`] where several are taken.
    pub fn ty(self) -> Ty {
        match self {
            Want::Str => Ty::string(),
            Want::Int => Ty::Int(None),
            Want::Float => Ty::Float,
            Want::Data => Ty::Data,
            Want::Bool => Ty::Bool,
            Want::Secret => Ty::Secret,
            Want::PodField => Ty::PodField,
            Want::Signal => Ty::words(super::attributes::SIGNALS),
            Want::Language => Ty::words(super::embedded::TAGS),
            Want::Strings => Ty::list(Ty::string()),
            Want::Ints => Ty::list(Ty::Int(None)),
            Want::List | Want::Map | Want::Container | Want::Number | Want::Printable | Want::Any => Ty::Error,
        }
    }

    /// Whether an argument of this type is taken.
    pub fn takes(self, ty: &Ty) -> bool {
        match self {
            Want::List => matches!(ty, Ty::List(_) | Ty::Data | Ty::Error),
            Want::Map => matches!(ty, Ty::Map(_) | Ty::Record(_) | Ty::Data | Ty::Error),
            Want::Container => {
                matches!(ty, Ty::List(_) | Ty::Map(_) | Ty::Record(_) | Ty::Data | Ty::Error) || ty.is_text()
            }
            Want::Number => matches!(ty, Ty::Int(_) | Ty::Float | Ty::Quantity(..) | Ty::Data | Ty::Error),
            Want::Printable => ty.is_printable(),
            Want::Any => true,
            fixed => ty.fits(&fixed.ty()),
        }
    }

    /// In words, for messages.
    pub const fn words(self) -> &'static str {
        match self {
            Want::Str => "a string",
            Want::Int => "an int",
            Want::Float => "a float",
            Want::Data => "data",
            Want::Bool => "a bool",
            Want::Secret => "a secret",
            Want::PodField => "a field of the pod",
            Want::Signal => "a signal",
            Want::Language => "the tag of a language",
            Want::List => "a list",
            Want::Strings => "a list of strings",
            Want::Ints => "a list of ints",
            Want::Map => "a record or map",
            Want::Container => "a list, map or string",
            Want::Number => "a number or quantity",
            Want::Printable => "a value that can be written as text",
            Want::Any => "anything",
        }
    }
}

builtins! {
    Len "len" ("of": Container) => Fixed Int "How many elements, entries or characters.";
    Join "join" ("strings": Strings, "separator": Str) => Fixed Str "The strings in a row, with the separator between.";
    Split "split" ("text": Str, "separator": Str) => Fixed Strings "The pieces of the text between the separators.";
    Lower "lower" ("text": Str) => Fixed Str "In lower case.";
    Upper "upper" ("text": Str) => Fixed Str "In upper case.";
    Trim "trim" ("text": Str) => Fixed Str "Without white space at both ends.";
    Replace "replace" ("text": Str, "old": Str, "new": Str) => Fixed Str "Each `old` replaced by `new`.";
    StartsWith "starts_with" ("text": Str, "prefix": Str) => Fixed Bool "Whether the text starts so.";
    EndsWith "ends_with" ("text": Str, "suffix": Str) => Fixed Bool "Whether the text ends so.";
    Contains "contains" ("in": Container, "what": Any) => Fixed Bool "Whether it is an element, a key or a part.";
    Parses "parses" ("text": Str, "as": Language) => Fixed Bool "Whether the text is well-formed in a language of tagged strings.";
    Keys "keys" ("of": Map) => Fixed Strings "The keys in order.";
    Values "values" ("of": Map) => Values Any "The values in order.";
    Sort "sort" ("list": List) => First Any "Sorted: numbers by size, strings by code point.";
    Unique "unique" ("list": List) => First Any "Without repetitions; the first of each stays.";
    Reverse "reverse" ("list": List) => First Any "From the end.";
    Flatten "flatten" ("lists": List) => Flattened Any "The elements of the elements.";
    Range "range" ("count": Int) => Fixed Ints "0 to count - 1; at most 10 000.";
    Sum "sum" ("numbers": List) => Elements Any "The sum of numbers or quantities.";
    Min "min" ("a": Number, "b": Number) => Joined Any "The lesser.";
    Max "max" ("a": Number, "b": Number) => Joined Any "The greater.";
    Floor "floor" ("number": Number) => Fixed Int "The greatest int that is not above.";
    Ceil "ceil" ("number": Number) => Fixed Int "The least int that is not below.";
    String "string" ("value": Printable) => Fixed Str "As text.";
    Int "int" ("value": Printable) => Fixed Int "As an int.";
    Float "float" ("value": Number) => Fixed Float "As a float.";
    Quote "quote" ("text": Str) => Fixed Str "As a JSON string, with its quotes.";
    JsonText "json_text" ("value": Data) => Fixed Str "As one line of JSON.";
    Merge "merge" ("under": Map, "over": Map) => Joined Any "Both, deep; `over` wins; lists are replaced.";
    Secret "secret" ("name": Str, "key": Str) optional 1 => Fixed Secret "A Kubernetes Secret, or one key of it, by name.";
    Field "field" ("path": Str) => Fixed PodField "A field of the pod, known when it runs: `metadata.name`.";
    Block "block" ("name": Str, "label": Any, "body": Any) optional 2 => Fixed Data "A block, for `blocks(…)`.";
    Attr "attr" ("name": Str, "value": Data) => Fixed Data "An attribute of a block.";
    Expr "expr" ("text": Str) => Fixed Data "An expression in a block's language, written without quotes.";
    Reachable "reachable" ("from": Any, "to": Any) => Fixed Bool "Whether flows lead from one component to the other, in the direction of connections.";
    Path "path" ("from": Any, "signal": Signal) => Fixed Bool "Whether every way of this signal from the component ends in a store.";
}
