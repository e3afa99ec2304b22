//! Policies as values: what stands behind one is no handler, and is guarded as one.

use serde_json::{Value, json};

use super::{Framework, WebHost};
use crate::Here;
use crate::stage::{Stage, USUAL, Verdict, cases};

cases! { USUAL, a_service_is_reached_by_whom_its_policy_lets_in:
    nested:         "/admin/files/one";
    beside:         "/admin/beside/one";
    wrapped:        "/admin/wrapped/one";
    below_a_layer:  "/admin/layered/files/one";
}

async fn a_service_is_reached_by_whom_its_policy_lets_in(stage: &Stage, path: &str) {
    stage.get(path).ends("nobody", Verdict::unauthenticated("missing")).await;
    let foreign = stage.get(path).token_of("dealer", "a");
    foreign.ends("another tenant's", Verdict::unauthenticated("rejected_by_tenant")).await;
    stage.get(path).token_of("admin", "b").ends("another role", Verdict::forbidden("role")).await;
    let seen = stage.get(path).token_of("admin", "a").ends("let in", Verdict::allowed()).await;
    let id = &stage.account("admin", "a").identity.id;
    let meant = json!({ "kind": "user", "id": id, "tenant": "admin" });
    let told: Value = serde_json::from_slice(&seen.answer.body).unwrap();
    assert_eq!((&told["principal"], &told["in_scope"]), (&meant, &json!(id)));
    assert_eq!(seen.answer.header("cache-control"), Some("private, no-store"));
}

cases! { USUAL, nothing_below_the_path_is_told_to_strangers:
    nested_itself:                "/admin/files";
    nested_with_a_slash:          "/admin/files/";
    below_nested:                 "/admin/files/two";
    deep_below_nested:            "/admin/files/one/three";
    beside_itself:                "/admin/beside";
    beside_with_a_slash:          "/admin/beside/";
    below_beside:                 "/admin/beside/two";
    deep_below_beside:            "/admin/beside/one/three";
    below_a_layer_itself:         "/admin/layered/files";
    below_a_layer_with_a_slash:   "/admin/layered/files/";
    below_nested_below_a_layer:   "/admin/layered/files/two";
    deep_below_nested_below_a_layer: "/admin/layered/files/one/three";
}

async fn nothing_below_the_path_is_told_to_strangers(stage: &Stage, path: &str) {
    for method in ["GET", "POST", "DELETE", "OPTIONS", "PURGE"] {
        stage.ask(method, path).ends(method, Verdict::unauthenticated("missing")).await;
    }
    stage.ask("HEAD", path).expect(401).await;
    stage.get(path).token_of("admin", "a").expect(404).await;
}

#[tokio::test]
async fn a_path_that_only_begins_alike_is_no_services() {
    let stage = Stage::new().await;
    stage.get("/admin/filesystem").expect(404).await;
}

cases! { USUAL, of_two_policies_the_nearer_one_decides:
    about_what_is_there:  "/admin/files/private/one";
    about_its_root:       "/admin/files/private";
    about_what_is_not:    "/admin/files/private/x";
}

async fn of_two_policies_the_nearer_one_decides(stage: &Stage, path: &str) {
    stage.get(path).token_of("admin", "a").ends("the outer one's role", Verdict::forbidden("role")).await;
}

#[tokio::test]
async fn who_meets_both_of_two_policies_is_let_in_and_no_spelling_leads_around_one() {
    let stage = Stage::new().await;
    stage.get("/admin/files/private/one").token_of("admin", "ab").expect(200).await;
    let spelt = stage.get("/admin/files/%70rivate/one").token_of("admin", "a").send().await;
    assert_eq!(spelt.status, if Here::FRAMEWORK == Framework::Actix { 403 } else { 404 });
}

const DENIED: fn() -> Verdict = || Verdict::forbidden("permission");

cases! { USUAL, a_permission_is_checked_on_the_parameter_of_the_path_around:
    nested:              "a", "/dealer/listings/42/files/one",     Verdict::allowed();
    nested_in_anothers:  "a", "/dealer/listings/43/files/one",     DENIED();
    nested_for_another:  "b", "/dealer/listings/42/files/one",     DENIED();
    beside:              "a", "/dealer/beside/42/one",             Verdict::allowed();
    beside_in_anothers:  "a", "/dealer/beside/43/one",             DENIED();
    in_escapes:          "a", "/dealer/listings/%34%32/files/one", Verdict::allowed();
    an_encoded_slash:    "a", "/dealer/listings/4%2F2/files/one",  DENIED();
    a_nul:               "a", "/dealer/listings/%00/files/one",    Verdict::bad_parameter();
    no_text:             "a", "/dealer/beside/%ff/one",            Verdict::bad_parameter();
}

async fn a_permission_is_checked_on_the_parameter_of_the_path_around(
    stage: &Stage,
    who: &str,
    path: &str,
    meant: Verdict,
) {
    stage.get(path).token_of("dealer", who).ends(who, meant).await;
}

#[tokio::test]
async fn a_machine_reaches_a_service_by_its_scopes() {
    let stage = Stage::new().await;
    let path = "/dealer/robots/one";
    let seen = stage.get(path).machine("reader").ends(path, Verdict::allowed()).await;
    let told: Value = serde_json::from_slice(&seen.answer.body).unwrap();
    assert_eq!(told["principal"]["kind"], "machine");
    let user = stage.get(path).token_of("dealer", "a");
    user.ends(path, Verdict::unauthenticated("inactive")).await;
}

#[tokio::test]
async fn an_event_names_the_path_of_the_service() {
    let stage = Stage::new().await;
    let seen = stage.get("/admin/files/one").ends("refused", Verdict::unauthenticated("missing")).await;
    assert_eq!(seen.decision.route.as_deref(), Some("/admin/files/.."));
    let seen = stage.get("/admin/layered/files/one").token_of("admin", "a").ends("let in", Verdict::allowed()).await;
    assert_eq!(seen.decision.route.as_deref(), Some("/admin/layered/files/.."));
}

cases! { USUAL, a_principal_of_somebody_elses_making_is_taken_away:
    nested: "/customer/root/one";
    beside: "/customer/beside/one";
}

async fn a_principal_of_somebody_elses_making_is_taken_away(stage: &Stage, path: &str) {
    stage.get("/admin/remember").token_of("admin", "ab").ends("kept", Verdict::allowed()).await;
    let seen = stage.get(path).ends("nobody", Verdict::allowed()).await;
    let told: Value = serde_json::from_slice(&seen.answer.body).unwrap();
    assert_eq!((&told["principal"], &told["in_scope"]), (&Value::Null, &Value::Null));
    let mine = stage.get(path).token_of("customer", "a").ends("a user", Verdict::allowed()).await;
    let told: Value = serde_json::from_slice(&mine.answer.body).unwrap();
    assert_eq!(told["principal"]["tenant"], "customer");
}

#[tokio::test]
async fn layers_stand_on_both_sides_of_a_service_too() {
    let stage = Stage::new().await;
    let path = "/admin/layered/files/one";
    let refused = stage.get(path).expect(401).await;
    assert_eq!((refused.header("x-outer"), refused.header("x-inner")), (Some("seen"), None));
    let let_in = stage.get(path).token_of("admin", "a").expect(200).await;
    assert_eq!((let_in.header("x-outer"), let_in.header("x-inner")), (Some("seen"), Some("user")));
}

#[tokio::test]
async fn a_route_comes_before_the_service_around_it() {
    let stage = Stage::new().await;
    let route = stage.get("/customer/root/route").expect(200).await;
    assert_eq!(route.text(), "open");
}
