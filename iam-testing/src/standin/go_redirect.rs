//! What Go's `http.Redirect` writes into the body of a redirect, for whoever does not follow it.

use axum::response::Response;
use http::{HeaderValue, header};

/// The answer to a GET, with a link in it if it is a redirect.
pub(super) fn linked(mut response: Response) -> Response {
    let target = response.headers().get(header::LOCATION).filter(|_| response.status().is_redirection());
    let Some(target) = target.and_then(|target| target.to_str().ok()) else { return response };
    let text = response.status().canonical_reason().unwrap_or_default();
    let body = format!("<a href=\"{}\">{text}</a>.\n\n", escaped(target));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.remove(header::CONTENT_LENGTH);
    *response.body_mut() = body.into();
    response
}

fn escaped(text: &str) -> String {
    let signs = [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&#34;"), ('\'', "&#39;")];
    signs.iter().fold(text.to_owned(), |text, (sign, entity)| text.replace(*sign, entity))
}
