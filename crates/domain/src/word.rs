//! Closed sets of words: one spelling for database, API and files, one label in each language.

/// Declares an enum whose variants have one word and two labels each.
///
/// It gives `ALL`, `as_str`, `label`, `FromStr` (error: the unknown word), `Display`, serde by the
/// word and an OpenAPI schema that lists the words.
macro_rules! words {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$vdoc:meta])* $variant:ident = $word:literal, $zh:literal, $en:literal;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every word, in the list's own order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The one spelling.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What people read.
            pub const fn label(self, lang: $crate::lang::Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$variant, $crate::lang::Lang::Zh) => $zh,
                      (Self::$variant, $crate::lang::Lang::En) => $en,)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::fault::Why;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|word| word.as_str() == text)
                    .ok_or_else(|| $crate::fault::Why::UnknownCode {
                        list: stringify!($name),
                        given: text.to_owned(),
                        nearest: Self::ALL.iter().map(|word| word.as_str().to_owned()).collect(),
                    })
            }
        }
    };
}

pub(crate) use words;
