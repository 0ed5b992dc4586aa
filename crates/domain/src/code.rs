//! The codes of the lists that are data: they are stable, their labels are not.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the code as it is; whether a list holds it is the list's to say.
            pub fn new(code: impl Into<String>) -> Self {
                Self(code.into())
            }

            /// The code.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

codes! {
    /// A region of GB/T 2260 (`210726`) or a functional zone of the registry's own (`binhai`).
    RegionCode;
    /// A department (`development_reform`).
    DepartmentCode;
    /// An owning group (`water_supply`).
    GroupCode;
    /// A funding channel (`special_bond`).
    ChannelCode;
    /// A task area (`urban_rural`).
    AreaCode;
}
