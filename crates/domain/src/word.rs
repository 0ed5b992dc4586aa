//! Closed sets of words: one spelling for database, API and files, one label in each language.

/// Declares an enum whose variants have one word and two labels each.
///
/// The word is a plain token (`tt`): a `literal` comes out wrapped, and utoipa passes it over.
///
/// It gives `ALL`, `as_str`, `label`, `FromStr` (by word or label; error: the unknown one), `Display`, serde by the
/// word and an OpenAPI schema that lists the words.
#[macro_export]
macro_rules! words {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$vdoc:meta])* $variant:ident = $word:tt, $zh:literal, $en:literal;)*
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
                use $crate::lang::Lang;
                let is_meant = |word: &Self| {
                    [word.as_str(), word.label(Lang::Zh), word.label(Lang::En)].contains(&text)
                };
                Self::ALL.iter().copied().find(is_meant).ok_or_else(|| {
                    let known = |word: &Self| format!("{} ({word})", word.label(Lang::Zh));
                    $crate::fault::Why::UnknownCode {
                        list: $crate::word::list_name(stringify!($name)),
                        given: text.chars().take(60).collect(),
                        nearest: Self::ALL.iter().map(known).collect(),
                    }
                })
            }
        }
    };
}

pub use crate::words;

/// The name under which the words of a type are listed for callers.
pub fn list_name(type_name: &'static str) -> &'static str {
    match type_name {
        "Stage" => "stages",
        "Filing" => "filings",
        "Need" => "needs",
        "FilingAction" => "filing_actions",
        "ProjectKind" => "kinds",
        "Nature" => "natures",
        "ApprovalMode" => "approval_modes",
        "MatterKind" => "matters",
        "MatterState" => "matter_states",
        "FundingStatus" => "funding_statuses",
        "PppPhase" => "ppp_phases",
        "Role" => "roles",
        other => other,
    }
}
