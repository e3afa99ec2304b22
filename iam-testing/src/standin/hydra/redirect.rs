//! Redirects of the browser flow.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use url::Url;

use super::HydraConfig;
use super::error::{OAuthError, unstored};

/// 302 to a page of the application or back into the flow; 303 to a client, which nobody is to keep. Hydra keeps
/// these apart.
pub(super) fn to(status: StatusCode, url: &Url, cookies: impl IntoIterator<Item = Option<HeaderValue>>) -> Response {
    let mut response = (status, [(header::LOCATION, url.as_str())]).into_response();
    if status == StatusCode::SEE_OTHER {
        unstored(response.headers_mut());
    }
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// One of the application's pages, with a parameter.
pub(super) fn page(config: &HydraConfig, name: &str, parameter: Option<(&str, &str)>) -> Url {
    let mut url = config.ui_url.clone();
    let path = format!("{}/{name}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    if let Some((key, value)) = parameter {
        url.query_pairs_mut().append_pair(key, value);
    }
    url
}

/// An error that no client can be told: the error page shows it.
pub(super) fn error_page(config: &HydraConfig, error: &OAuthError) -> Response {
    to(StatusCode::FOUND, &with_error(page(config, "error", None), error), [])
}

/// An error for the client, at its redirect URL (RFC 6749, section 4.1.2.1).
pub(super) fn client_error(redirect_uri: &Url, state: &str, error: &OAuthError) -> Response {
    let mut url = with_error(redirect_uri.clone(), error);
    url.query_pairs_mut().append_pair("state", state);
    to(StatusCode::SEE_OTHER, &url, [])
}

fn with_error(mut url: Url, error: &OAuthError) -> Url {
    url.query_pairs_mut().append_pair("error", &error.code).append_pair("error_description", &error.description);
    url
}

/// The URL with one query parameter set, whatever it was before.
pub(super) fn with_parameter(url: &Url, key: &str, value: &str) -> Url {
    let kept: Vec<(String, String)> =
        url.query_pairs().filter(|(have, _)| have != key).map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
    let mut url = url.clone();
    url.query_pairs_mut().clear().extend_pairs(kept).append_pair(key, value);
    url
}
