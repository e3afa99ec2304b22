//! Unknown routes and wrong methods: 404 for both, a page unless JSON is asked for.

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde_json::json;

use crate::standin::herodot::success;

pub(super) async fn not_found(headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("application/json") {
        let error =
            json!({"error": {"code": 404, "message": "Not Found", "reason": "The requested route does not exist."}});
        return success(StatusCode::NOT_FOUND, &error);
    }
    let page = "<!doctype html>\n<html><head><title>404 - Route not found</title></head><body><h1>404 - Route not found</h1></body></html>\n";
    (StatusCode::NOT_FOUND, Html(page)).into_response()
}
