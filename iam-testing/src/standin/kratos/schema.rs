//! The one identity schema of the stand-in: `email` names the user, every
//! other trait is free, so that users can write any trait themselves, as the
//! usual Ory schemas allow.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use url::Url;

/// The id of the only schema.
pub(super) const ID: &str = "default";

/// Why traits do not fit the schema; one field is to blame, if any.
#[derive(Clone, Debug)]
pub(super) enum Violation {
    /// Not an object at all.
    NotAnObject,
    /// A required trait is missing.
    Missing,
    /// The trait `email` is no address.
    NotAnEmail(String),
}

impl Violation {
    /// The validator's text, which is all that admin answers tell.
    pub(super) fn text(&self) -> String {
        match self {
            Self::NotAnObject => "I[#/traits] S[#/properties/traits/type] expected object".into(),
            Self::Missing => "I[#/traits] S[#/properties/traits/required] missing properties: \"email\"".into(),
            Self::NotAnEmail(found) => format!(
                "I[#/traits/email] S[#/properties/traits/properties/email/format] {found} is not valid \"email\""
            ),
        }
    }
}

/// The login identifier in `traits`, normalised as Kratos does.
///
/// # Errors
/// What the schema does not allow. Nothing but `email` is decoded, so depth,
/// size and odd escapes elsewhere do not matter.
pub(super) fn identifier(traits: &RawValue) -> Result<String, Violation> {
    #[derive(Deserialize)]
    struct Known<'a> {
        #[serde(borrow)]
        email: Option<&'a RawValue>,
    }
    let known: Known<'_> = match traits.get().starts_with('{') {
        true => serde_json::from_str(traits.get()).map_err(|_| Violation::NotAnObject)?,
        false => return Err(Violation::NotAnObject),
    };
    let raw = known.email.ok_or(Violation::Missing)?.get();
    let email: String = serde_json::from_str(raw).map_err(|_| Violation::NotAnEmail(raw.to_owned()))?;
    let valid = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !email.contains(char::is_whitespace));
    if valid { Ok(normalise(&email)) } else { Err(Violation::NotAnEmail(raw.to_owned())) }
}

/// Identifiers are compared without case.
pub(super) fn normalise(identifier: &str) -> String {
    identifier.trim().to_lowercase()
}

/// Where the schema can be read.
pub(super) fn url(public_url: &Url) -> String {
    let base = public_url.as_str().trim_end_matches('/');
    format!("{base}/schemas/{}", encoded_id())
}

/// The id as it stands in paths.
pub(super) fn encoded_id() -> String {
    URL_SAFE_NO_PAD.encode(ID)
}

/// The JSON schema that [`identifier`] enforces.
pub(crate) fn document() -> Value {
    json!({
        "$id": "https://schemas.invalid/default.schema.json",
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Person",
        "type": "object",
        "properties": {
            "traits": {
                "type": "object",
                "properties": {
                    "email": {
                        "type": "string",
                        "format": "email",
                        "title": "E-Mail",
                        "ory.sh/kratos": {
                            "credentials": {"password": {"identifier": true}},
                            "verification": {"via": "email"},
                            "recovery": {"via": "email"},
                        },
                    },
                    "name": {"title": "Name"},
                    "roles": {"title": "Roles"},
                },
                "required": ["email"],
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<String> {
        identifier(&RawValue::from_string(text.into()).unwrap()).ok()
    }

    #[test]
    fn odd_neighbours_do_not_hide_the_email() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        let odd = format!(r#"{{"x":"\ud800","n":1e999,"d":{deep},"email":"A@Example.org"}}"#);
        assert_eq!(of(&odd).as_deref(), Some("a@example.org"));
    }

    #[test]
    fn traits_without_an_address_are_refused() {
        for traits in ["{}", r#"{"email":7}"#, r#"{"email":"x"}"#, "[]", "null"] {
            assert_eq!(of(traits), None, "{traits}");
        }
    }
}
