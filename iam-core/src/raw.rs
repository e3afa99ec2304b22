//! JSON of users and administrators, kept as text until somebody asks.
//!
//! Never read through `serde_json::Value`: that honours the library's private
//! raw-value key, which a user can write.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::{ErrorKind, IamError, Product, UpstreamFault};

/// The `roles` of a JSON object: a list of strings, or none at all. One entry
/// of another type makes the whole list unreadable.
pub(crate) fn roles_in(json: &RawValue) -> Vec<String> {
    #[derive(Deserialize)]
    struct Roles {
        roles: Option<Vec<String>>,
    }
    // An array would do for a struct of one field; roles are named, never positional.
    if !json.get().starts_with('{') {
        return Vec::new();
    }
    serde_json::from_str::<Roles>(json.get()).ok().and_then(|found| found.roles).unwrap_or_default()
}

pub(crate) fn parse<T: DeserializeOwned>(
    json: Option<&RawValue>,
    tenant: &'static str,
    what: &'static str,
) -> Result<T, IamError> {
    // The decoder's own error quotes the value, so it is dropped.
    serde_json::from_str(json.map_or("null", RawValue::get))
        .map_err(|_| IamError::new(tenant, Product::Kratos, ErrorKind::Unavailable(UpstreamFault::Unreadable(what))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(json: &str) -> Vec<String> {
        roles_in(&RawValue::from_string(json.to_owned()).unwrap())
    }

    #[test]
    fn roles_are_a_list_of_strings_or_none() {
        assert_eq!(roles(r#"{"roles":["a","b c"],"x":{"roles":["z"]}}"#), ["a", "b c"]);
        for none in [
            "null",
            "{}",
            "[]",
            r#"[["admin"]]"#,
            r#""admin""#,
            r#"{"roles":null}"#,
            r#"{"roles":"admin"}"#,
            r#"{"roles":{"0":"admin"}}"#,
            r#"{"roles":["admin",1]}"#,
            r#"{"roles":["admin",null]}"#,
            r#"{"roles":[],"roles":["admin"]}"#,
            r#"{"Roles":["admin"]}"#,
        ] {
            assert_eq!(roles(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn a41_private_keys_of_the_decoder_are_ordinary_keys() {
        assert_eq!(roles(r#"{"roles":{"$serde_json::private::RawValue":"[\"admin\"]"}}"#), [""; 0]);
        assert_eq!(roles(r#"{"$serde_json::private::RawValue":"{\"roles\":[\"admin\"]}"}"#), [""; 0]);
    }
}
