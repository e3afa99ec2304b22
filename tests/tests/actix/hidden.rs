//! Of two paths that match one request, this framework asks the one first that was mounted first: start-up refuses
//! what that hides.

use iam_actix::prelude::*;

use crate::Tenants;
use crate::stage::{Stage, USUAL, cases};

#[tenant("admin")]
async fn found() -> &'static str {
    "found"
}

policy! { Anybody: tenant("admin") }

type Mounting = fn(Router<Tenants>, Router<Tenants>) -> Router<Tenants>;

cases! { USUAL, a_route_that_another_one_hides_is_refused:
    fixed_text:        |router, _| router.route("/x/{id}", get(found)).route("/x/me", post(found)),
                       "POST /x/me", "`GET /x/{id}`";
    a_longer_path:     |router, _| router.route("/x/{rest}*", get(found)).route("/x/{a}/{b}", get(found)),
                       "GET /x/{a}/{b}", "`GET /x/{rest}*`";
    an_expression:     |router, _| router.route(r"/x/{id:\d+}", get(found)).route("/x/42", get(found)),
                       "GET /x/42", r"`GET /x/{id:\d+}`";
    a_nested_fallback: |router, nested| router.nest_guarded("/x", Anybody, service).nest("/x/y", nested.fallback(found)),
                       "* /x/y/(fallback)", "`* /x/..`";
    a_service:         |router, _| router.nest_guarded("/x/{a}", Anybody, service).nest_guarded("/x/{b}", Anybody, service),
                       "* /x/{b}/..", "`* /x/{a}/..`";
}

fn service() -> actix_web::Resource {
    actix_web::web::resource("").to(async || "served")
}

async fn a_route_that_another_one_hides_is_refused(stage: &Stage, mount: Mounting, hidden: &str, by: &str) {
    let said = mount(Router::new(&stage.iam), Router::new(&stage.iam)).verify().unwrap_err().to_string();
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(said.contains(&format!("  {hidden}: no request is left for this")) && said.contains(by), "{said}");
}

cases! { USUAL, a_route_that_comes_before_what_it_is_part_of_passes:
    fixed_text:    |router, _| router.route("/x/me", post(found)).route("/x/{id}", get(found));
    an_expression: |router, _| router.route(r"/x/{id:\d+}", get(found)).route("/x/{name}", get(found));
    a_service:     |router, _| router.nest_guarded("/x", Anybody, service).nest_guarded("/x/{b}", Anybody, service);
    a_fallback:    |router, nested| router.fallback(found).nest("/x/y", nested.fallback(found));
}

async fn a_route_that_comes_before_what_it_is_part_of_passes(stage: &Stage, mount: Mounting) {
    mount(Router::new(&stage.iam), Router::new(&stage.iam)).verify().unwrap();
}
