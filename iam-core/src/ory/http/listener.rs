use http::HeaderValue;
use http::header::InvalidHeaderValue;
use url::Url;

use crate::Product;
use crate::config::Endpoint;

use super::ClientBuildError;

/// One port of a server: its base URL and this service's credential there.
pub(crate) struct Listener {
    pub(super) url: Url,
    pub(super) authorization: Option<HeaderValue>,
}

impl Listener {
    /// A listener that is asked with this service's own token, if it has one.
    pub(crate) fn new(endpoint: &Endpoint, tenant: &'static str, product: Product) -> Result<Self, ClientBuildError> {
        let authorization = endpoint
            .token
            .as_ref()
            .map(|token| sensitive(format!("Bearer {}", token.expose()).as_bytes()))
            .transpose()
            .map_err(|_| ClientBuildError::Token { tenant, product })?;
        Ok(Self { url: endpoint.url.clone(), authorization })
    }

    /// A listener whose calls each bring a credential of their own: a token of
    /// this service beside it would be a second one.
    pub(crate) fn without_token(endpoint: &Endpoint) -> Self {
        Self { url: endpoint.url.clone(), authorization: None }
    }
}

/// A header value that `Debug` does not show and compression does not index.
pub(crate) fn sensitive(value: &[u8]) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_bytes(value)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_not_shown() {
        let endpoint =
            Endpoint { url: "https://ory.example/".parse().unwrap(), token: Some(crate::Secret::new("canary")) };
        let listener = Listener::new(&endpoint, "customer", Product::Kratos).unwrap();
        let value = listener.authorization.unwrap();
        assert_eq!(value.as_bytes(), b"Bearer canary");
        assert_eq!(format!("{value:?}"), "Sensitive");
        assert!(Listener::without_token(&endpoint).authorization.is_none());
    }
}
