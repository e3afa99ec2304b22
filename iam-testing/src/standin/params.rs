//! Form-urlencoded parameters, of a query or a body, in order and with repetitions.

use url::form_urlencoded;

pub(super) struct Params(Vec<(String, String)>);

impl Params {
    pub(super) fn parse(text: impl AsRef<[u8]>) -> Params {
        Params(form_urlencoded::parse(text.as_ref()).into_owned().collect())
    }

    pub(super) fn of(pairs: Vec<(String, String)>) -> Params {
        Params(pairs)
    }

    pub(super) fn first(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The first value, or nothing at all.
    pub(super) fn text(&self, key: &str) -> &str {
        self.first(key).unwrap_or_default()
    }

    pub(super) fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
