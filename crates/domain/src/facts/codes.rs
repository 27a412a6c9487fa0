//! How stable codes are declared: each once, with its name and its message in both languages. Every crate that
//! refuses something declares its codes so; a test of the command-line crate walks over all of them.

/// A code and its messages, for anything that lists codes without knowing their type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// The code as clients see it, in lower snake case; it never changes.
    pub name: &'static str,
    /// The message in Chinese.
    pub zh: &'static str,
    /// The message in English.
    pub en: &'static str,
}

/// Declares an enum of codes: `Variant "name" "中文" "english";`. With `method: Type;` in front, each variant also
/// has a value of that type in brackets, which the method returns: `Variant(404) "name" "中文" "english";`.
#[macro_export]
macro_rules! codes {
    (
        $(#[$about:meta])*
        $vis:vis enum $list:ident;
        $(#[$method_about:meta])*
        $method:ident: $type:ty;
        $($variant:ident($value:expr) $name:literal $zh:literal $en:literal;)+
    ) => {
        $crate::codes! { $(#[$about])* $vis enum $list; $($variant $name $zh $en;)+ }

        impl $list {
            $(#[$method_about])*
            $vis fn $method(self) -> $type {
                match self { $(Self::$variant => $value),+ }
            }
        }
    };
    (
        $(#[$about:meta])*
        $vis:vis enum $list:ident;
        $($variant:ident $name:literal $zh:literal $en:literal;)+
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "each variant is described by its English message")]
        $vis enum $list { $($variant),+ }

        impl $list {
            /// Every code.
            #[allow(dead_code, reason = "some lists are walked over by tests alone")]
            $vis const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every code with its messages, in the order of the variants.
            $vis const MESSAGES: &'static [$crate::facts::codes::Message] =
                &[$($crate::facts::codes::Message { name: $name, zh: $zh, en: $en }),+];

            /// The code as clients see it; it never changes.
            $vis fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The message in Chinese.
            $vis fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),+ }
            }

            /// The message in English.
            $vis fn en(self) -> &'static str {
                match self { $(Self::$variant => $en),+ }
            }
        }
    };
}
