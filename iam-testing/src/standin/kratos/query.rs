//! Query strings, read as Go reads them: repeated keys, order kept.

use axum::extract::FromRequestParts;
use http::request::Parts;
use uuid::Uuid;

use super::wire::ApiError;

/// The pairs of a query string or of a form.
#[derive(Clone, Debug, Default)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    pub(super) fn parse(text: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// The first value of `key`, unless it is empty.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let first = self.iter().find(|(k, _)| *k == key);
        first.map(|(_, v)| v).filter(|v| !v.is_empty())
    }

    pub(super) fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.all(key).next().is_some()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// `true` and `1`, and the rest of what Go's `ParseBool` takes for true.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.get(key).is_some_and(is_true)
    }

    /// An optional boolean; 400 for a text that is none.
    pub(super) fn tristate(&self, key: &str) -> Result<Option<bool>, ApiError> {
        match self.get(key) {
            None => Ok(None),
            Some(v) if is_true(v) => Ok(Some(true)),
            Some("0" | "f" | "F" | "false" | "FALSE" | "False") => Ok(Some(false)),
            Some(_) => Err(ApiError::unreadable(format!("could not parse parameter {key}"))),
        }
    }

    /// The id under `key`. Text that is no UUID names nothing, so it becomes
    /// the nil id, which no flow has (`x/uuid.go`).
    pub(super) fn id(&self, key: &str) -> Uuid {
        self.get(key).map(id_or_nil).unwrap_or_default()
    }

    /// A relative URL to `path` with `changes` laid over these pairs, keys
    /// sorted as Go's `url.Values.Encode` sorts them.
    pub(super) fn link(&self, path: &str, changes: &[(&str, String)]) -> String {
        let mut pairs: Vec<(&str, &str)> = self
            .iter()
            .filter(|(k, _)| !changes.iter().any(|(c, _)| c == k))
            .chain(changes.iter().map(|(k, v)| (*k, v.as_str())))
            .collect();
        pairs.sort_by_key(|(k, _)| *k);
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("{path}?{query}")
    }
}

/// The UUID in `text`, or the nil one.
pub(super) fn id_or_nil(text: &str) -> Uuid {
    Uuid::try_parse(text).unwrap_or_default()
}

/// The UUID in `text`, or the 400 that session routes answer.
pub(super) fn id_or_400(text: &str) -> Result<Uuid, ApiError> {
    Uuid::try_parse(text).map_err(|e| ApiError::unreadable(e.to_string()))
}

fn is_true(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "true" | "TRUE" | "True")
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default().as_bytes()))
    }
}
