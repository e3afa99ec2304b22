//! Routers that cannot work as mounted: the same source on every framework.

use crate::prelude::*;
use crate::{Routes, Tenants};

#[tenant("admin")]
async fn here() -> &'static str {
    "here"
}

#[tenant("admin")]
async fn there() -> &'static str {
    "there"
}

policy! { Anybody: tenant("admin") }

/// Two handlers that get into each other's way, or one that no request can reach, by the name of the row.
pub fn routes(row: &str, [router, nested]: [Routes; 2]) -> Routes {
    match row {
        "twice" => {
            let router = router.route("/x", get(here));
            router.route("/x", get(there))
        }
        "twice_by_merging" => {
            let router = router.route("/x/{id}", get(here).post(here));
            router.merge(nested.route("/x/{id}", get(there)))
        }
        "other_names" => {
            let router = router.route("/x/{id}", get(here));
            router.route("/x/{name}", post(there))
        }
        "other_names_nested" => {
            let router = router.route("/x/{id}/y", get(here));
            router.nest("/x/{name}", nested.route("/y", get(there)))
        }
        "two_fallbacks" => {
            let router = router.fallback(here);
            router.fallback(there)
        }
        "no_end_of_a_parameter" => router.route("/x", get(here)).route("/x/{id", get(there)),
        "no_name_of_a_parameter" => router.route("/x", get(here)).route("/x/{}", get(there)),
        "both_at_once" => router.route("/a", get(here)).route("/a", get(there)).route("/x/{id", get(there)),
        _ => {
            let files = nested.route("/{id}", get(here)).fallback(there);
            let router = router.route("/x", get(here).post(there)).route("/x/{id}", get(here));
            router.route("/x/{id}/y", get(here).head(there).any(there)).nest("/files", files).fallback(there)
        }
    }
}
