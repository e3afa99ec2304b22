//! Handlers that carry their route: the same policies, at the paths they name.

use super::WebHost;
use crate::Here;
use crate::stage::{Stage, USUAL, Verdict, cases};

const DENIED: fn() -> Verdict = || Verdict::forbidden("permission");
const REJECTED: fn() -> Verdict = || Verdict::unauthenticated("rejected_by_tenant");

cases! { USUAL, each_method_has_its_handler_and_its_policy:
    get:                        "GET",     "/admin/mounted/me",       "admin",  "plain", Verdict::allowed();
    get_of_another_tenant:      "GET",     "/admin/mounted/me",       "dealer", "plain", REJECTED();
    post:                       "POST",    "/admin/mounted/me",       "admin",  "a",     Verdict::allowed();
    post_with_another_role:     "POST",    "/admin/mounted/me",       "admin",  "b",     Verdict::forbidden("role");
    put:                        "PUT",     "/dealer/mounted/42",      "dealer", "a",     Verdict::allowed();
    put_to_anothers:            "PUT",     "/dealer/mounted/43",      "dealer", "a",     DENIED();
    patch_without_the_role:     "PATCH",   "/dealer/mounted/42",      "dealer", "a",     Verdict::forbidden("role");
    delete:                     "DELETE",  "/dealer/mounted/east/42", "dealer", "a",     Verdict::allowed();
    delete_by_the_wrong_id:     "DELETE",  "/dealer/mounted/42/43",   "dealer", "a",     DENIED();
    trace:                      "TRACE",   "/admin/mounted/traced",   "admin",  "plain", Verdict::allowed();
    trace_of_another_tenant:    "TRACE",   "/admin/mounted/traced",   "dealer", "plain", REJECTED();
    options:                    "OPTIONS", "/admin/mounted/options",  "admin",  "plain", Verdict::allowed();
}

async fn each_method_has_its_handler_and_its_policy(
    stage: &Stage,
    method: &str,
    path: &str,
    tenant: &str,
    who: &str,
    meant: Verdict,
) {
    stage.ask(method, path).ends("nobody", Verdict::unauthenticated("missing")).await;
    let seen = stage.ask(method, path).token_of(tenant, who).ends(who, meant).await;
    assert!(seen.decision.route.is_some_and(|route| route.contains("/mounted/")));
}

#[tokio::test]
async fn a_head_of_its_own_is_guarded() {
    let stage = Stage::new().await;
    stage.ask("HEAD", "/admin/mounted/head").expect(401).await;
    let answer = stage.ask("HEAD", "/admin/mounted/head").token_of("admin", "plain").expect(200).await;
    assert_eq!(answer.header("x-heads"), Some("two"));
}

#[tokio::test]
async fn a_public_handler_of_a_block_has_its_route() {
    let stage = Stage::new().await;
    assert_eq!(stage.get("/mounted/open").expect(200).await.text(), "open");
    stage.ask("POST", "/mounted/open").expect(405).await;
}

cases! { USUAL, a_handler_is_mounted_below_a_prefix_and_at_a_second_place:
    its_own_place:                    "GET",  "/admin/mounted/below/twice";
    a_second_place:                   "GET",  "/admin/mounted/below/elsewhere";
    a_second_place_by_another_method: "POST", "/admin/mounted/below/elsewhere";
}

async fn a_handler_is_mounted_below_a_prefix_and_at_a_second_place(stage: &Stage, method: &str, path: &str) {
    stage.ask(method, path).ends("nobody", Verdict::unauthenticated("missing")).await;
    let seen = stage.ask(method, path).token_of("admin", "plain").ends("a user", Verdict::allowed()).await;
    assert_eq!(seen.answer.text(), "twice");
}

#[tokio::test]
async fn a_handler_below_a_prefix_is_not_beside_it() {
    let stage = Stage::new().await;
    stage.get("/twice").token_of("admin", "plain").expect(404).await;
}

#[test]
fn the_access_matrix_shows_them() {
    let text = Here::access_matrix().to_string();
    for line in [
        "GET /admin/mounted/me admin: session",
        "POST /admin/mounted/me admin: session, role a",
        "PATCH /dealer/mounted/{id} dealer: session, role b, permission listings#edit@listings:{id}",
        "! GET /mounted/open PUBLIC",
        "GET /admin/mounted/below/twice admin: session",
    ] {
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert!(text.lines().any(|shown| words(shown) == words(line)), "{line} is missing:\n{text}");
    }
}
