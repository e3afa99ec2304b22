use std::path::PathBuf;

use super::{Client, Tls};
use crate::Product;
use crate::config::HttpSettings;

/// The clients of a tenant could not be built. Start-up errors; nothing was sent.
///
/// Shows no secret: neither a token nor the user info of a proxy URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientBuildError {
    /// The file of further certificate authorities cannot be used.
    #[error("`tenants.{tenant}.tls.ca_file`: `{path}` {problem}", path = path.display())]
    CaFile {
        /// Whose configuration.
        tenant: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// An `https` URL is configured, but nothing would be trusted.
    #[error(
        "tenant `{tenant}` uses https, but this machine has no trusted certificate authorities; \
         install its `ca-certificates` or set `tenants.{tenant}.tls.ca_file`"
    )]
    NothingTrusted {
        /// Whose configuration.
        tenant: &'static str,
    },
    /// A token holds characters that no HTTP header can carry.
    #[error("a token for {product} of tenant `{tenant}` holds characters that no HTTP header can carry")]
    Token {
        /// Whose configuration.
        tenant: &'static str,
        /// The server that the token is for.
        product: Product,
    },
    /// The proxy is no http or https URL.
    #[error("`tenants.{tenant}.http.proxy_url` names no usable proxy; it takes an http or https URL")]
    Proxy {
        /// Whose configuration.
        tenant: &'static str,
    },
    /// The TLS library refused its settings.
    #[error("TLS for tenant `{tenant}` could not be set up")]
    Tls {
        /// Whose configuration.
        tenant: &'static str,
    },
    /// The HTTP library refused its settings.
    #[error("the HTTP client for {product} of tenant `{tenant}` could not be set up")]
    Client {
        /// Whose configuration.
        tenant: &'static str,
        /// The server that the client is for.
        product: Product,
    },
}

impl Client {
    /// A client with a pool of its own; opens no connection yet.
    pub(crate) fn new(
        tenant: &'static str,
        product: Product,
        settings: &HttpSettings,
        tls: &Tls,
    ) -> Result<Self, ClientBuildError> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.config())
            .redirect(reqwest::redirect::Policy::none())
            // Repetition is decided by `Client::send`, inside its deadline.
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .connect_timeout(settings.connect_timeout)
            .pool_max_idle_per_host(settings.pool_max_idle);
        if let Some(url) = &settings.proxy {
            // The library passes over schemes that it does not know, and the
            // calls would go out directly.
            let proxy = Some(url).filter(|url| matches!(url.scheme(), "http" | "https"));
            let proxy = proxy.and_then(|url| reqwest::Proxy::all(url.clone()).ok());
            builder = builder.proxy(proxy.ok_or(ClientBuildError::Proxy { tenant })?);
        }
        let http = builder.build().map_err(|_| ClientBuildError::Client { tenant, product })?;
        Ok(Self::over(http, tenant, product, settings))
    }
}
