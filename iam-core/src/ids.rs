//! Ids of Ory's objects, as callers may send them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(Option<Uuid>);

        impl $name {
            /// Takes any text; text that is no UUID names nobody.
            #[must_use]
            pub fn new(text: &str) -> Self {
                Self(Uuid::try_parse(text).ok())
            }

            /// The UUID, unless the text was none.
            #[must_use]
            pub fn uuid(&self) -> Option<Uuid> {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(Some(id))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(|text| Self::new(&text))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.0 {
                    Some(id) => id.hyphenated().fmt(f),
                    None => f.write_str("(no id)"),
                }
            }
        }
    };
}

id! {
    /// The id of an identity. Text that is no UUID is kept as "names nobody":
    /// calls with it answer "not found" and send nothing, so that a path
    /// parameter of this type turns every odd id into the same 404.
    ///
    /// ```
    /// use iam_core::IdentityId;
    ///
    /// assert!(IdentityId::new("../sessions").uuid().is_none());
    /// ```
    IdentityId
}

id! {
    /// The id of a session; odd text as in [`IdentityId`].
    SessionId
}
