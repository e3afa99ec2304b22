//! Permissions: what Keto is asked, and in which place of the order.

use iam_core::service::{Subject, Tuple};
use iam_core::{ErrorKind, IdentityId};
use iam_testing::fault::{Fault, Rule};

use crate::Tenants;
use crate::stage::{Stage, USUAL, Verdict, cases};

const DENIED: fn() -> Verdict = || Verdict::forbidden("permission");

cases! { USUAL, a_permission_is_ketos_to_give:
    an_owner:                 "a", "/dealer/listings/42",          Verdict::allowed();
    of_another_listing:       "a", "/dealer/listings/43",          DENIED();
    somebody_else:            "b", "/dealer/listings/42",          DENIED();
    two_permissions:          "a", "/dealer/listings/42/both",     Verdict::allowed();
    neither_of_two:           "a", "/dealer/listings/43/both",     DENIED();
    a_computed_object:        "a", "/dealer/listings/42/computed", Verdict::allowed();
    a_computed_object_denied: "b", "/dealer/listings/42/computed", DENIED();
    nested:                   "a", "/nested/listings/42",          Verdict::allowed();
    nested_denied:            "b", "/nested/listings/42",          DENIED();
}

async fn a_permission_is_ketos_to_give(stage: &Stage, who: &str, path: &str, meant: Verdict) {
    stage.get(path).token_of("dealer", who).ends(who, meant).await;
}

#[tokio::test]
async fn every_permission_counts() {
    let stage = Stage::new().await;
    let user = format!("user:{}", stage.account("dealer", "b").identity.id);
    let ory = &stage.tenant("dealer").client;
    let both = || stage.get("/dealer/listings/7/both").token_of("dealer", "b");
    for (have, relation) in [("view", "view"), ("edit", "edit")] {
        ory.create_tuple("listings", "listings:7", relation, &user).await.unwrap();
        let other = if have == "view" { Verdict::forbidden("permission") } else { Verdict::allowed() };
        both().ends(&format!("up to {have}"), other).await;
    }
    ory.delete_tuple("listings", "listings:7", "view", &user).await.unwrap();
    both().ends("edit alone", Verdict::forbidden("permission")).await;
    stage.get("/dealer/listings/7").token_of("dealer", "b").ends("edit is enough", Verdict::allowed()).await;
}

#[tokio::test]
async fn users_and_machines_are_different_subjects() {
    let stage = Stage::new().await;
    let ory = &stage.tenant("dealer").client;
    let ask = || stage.get("/dealer/partner/listings/42").machine("reader");
    ory.create_tuple("listings", "listings:42", "edit", "user:reader").await.unwrap();
    ask().ends("a user called as the client", Verdict::forbidden("permission")).await;
    ory.create_tuple("listings", "listings:42", "edit", "client:reader").await.unwrap();
    ask().ends("the client itself", Verdict::allowed()).await;
    let user = stage.get("/dealer/listings/42").token_of("dealer", "b");
    user.ends("nobody else", Verdict::forbidden("permission")).await;
}

const BAD: &str = "/dealer/listings/%ff";

#[tokio::test]
async fn the_order_is_credential_session_role_parameter_permission() {
    let stage = Stage::new().await;
    stage.get(BAD).ends("nobody", Verdict::unauthenticated("missing")).await;
    stage.get(BAD).bearer("ory_st_x").ends("rejected", Verdict::unauthenticated("rejected_by_tenant")).await;
    let machine = stage.get("/dealer/partner/listings/%ff").machine("stranger");
    machine.ends("not a machine", Verdict::forbidden("not_a_machine")).await;
    stage.get(BAD).token_of("dealer", "b").ends("a user", Verdict::bad_parameter()).await;
    assert!(stage.proxies("dealer").keto_read.requests().is_empty());
}

cases! { USUAL, about_some_parameters_keto_is_not_asked:
    bytes_that_are_no_text: BAD,                                                Verdict::bad_parameter();
    a_nul:                  "/dealer/listings/%00",                             Verdict::bad_parameter();
    a_line_feed:            "/dealer/listings/a%0ab",                           Verdict::bad_parameter();
    an_escape_sequence:     "/dealer/listings/%1b[31m",                         Verdict::bad_parameter();
    too_long:               &format!("/dealer/listings/{}", "x".repeat(2_000)), Verdict::bad_parameter();
    a_function_gives_none:  "/dealer/listings/none/computed",                   Verdict::bad_parameter();
    a_function_panics:      "/dealer/listings/panic/computed",                  Verdict::unavailable();
}

async fn about_some_parameters_keto_is_not_asked(stage: &Stage, path: &str, meant: Verdict) {
    stage.get(path).token_of("dealer", "a").ends("asked", meant).await;
    assert!(stage.proxies("dealer").keto_read.requests().is_empty());
    stage.get("/dealer/listings/42").token_of("dealer", "a").ends("and all goes on", Verdict::allowed()).await;
}

const UUID: &str = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";

cases! { USUAL, keto_is_asked_about_exactly_what_the_handler_gets:
    an_encoded_slash:        "listings/a%2Fb",                                "a/b";
    an_encoded_blank:        "listings/a%20b",                                "a b";
    a_letter_encoded_twice:  "listings/a%2541",                               "a%41";
    an_accent:               "listings/%C3%A9",                               "\u{e9}";
    a_plus:                  "listings/a+b",                                  "a+b";
    a_number:                "demands/number/42",                             "42";
    a_number_in_escapes:     "demands/number/%34%32",                         "42";
    zero:                    "demands/number/0",                              "0";
    the_largest_number:      "demands/number/18446744073709551615",           "18446744073709551615";
    a_uuid:                  "demands/uuid/6ba7b810-9dad-11d1-80b4-00c04fd430c8", UUID;
    a_uuid_in_escapes:       "demands/uuid/6%62a7%62810%2D9dad%2D11d1%2D80%624%2D00c04fd430c8", UUID;
}

async fn keto_is_asked_about_exactly_what_the_handler_gets(stage: &Stage, path: &str, id: &str) {
    let keto = &stage.proxies("dealer").keto_read;
    keto.fault(Rule::on("GET", "/relation-tuples/check"), Fault::json(200, r#"{"allowed":true}"#));
    let ask = stage.get(&format!("/dealer/{path}")).token_of("dealer", "a");
    let seen = ask.ends(path, Verdict::allowed()).await;
    assert_eq!(seen.answer.text(), id);
    let requests = keto.requests();
    let [asked] = &requests[..] else { panic!("one question: {requests:?}") };
    let url = reqwest::Url::parse(&format!("http://keto{}", asked.target)).unwrap();
    let asked: Vec<_> = url.query_pairs().map(|(name, value)| format!("{name}={value}")).collect();
    let user = &stage.account("dealer", "a").identity.id;
    let meant = format!("namespace=listings object=listings:{id} relation=edit subject_id=user:{user}");
    assert_eq!(asked.join(" "), meant);
}

cases! { USUAL, an_id_of_a_type_is_taken_in_one_spelling:
    a_leading_zero:              "number/042";
    an_escaped_leading_zero:     "number/%3042";
    two_zeros:                   "number/00";
    a_plus:                      "number/+42";
    an_escaped_plus:             "number/%2B42";
    a_minus:                     "number/-0";
    a_blank_before:              "number/%2042";
    a_blank_behind:              "number/42%20";
    a_nul:                       "number/4%00";
    an_escape_in_an_escape:      "number/%2534";
    other_digits:                "number/%D9%A4%D9%A2";
    hexadecimal:                 "number/0x2a";
    too_large_by_one:            "number/18446744073709551616";
    in_words:                    "number/forty-two";
    capital_letters:             "uuid/6BA7B810-9DAD-11D1-80B4-00C04FD430C8";
    a_uuid_and_a_blank:          "uuid/6ba7b810-9dad-11d1-80b4-00c04fd430c%38%20";
    an_escaped_capital_letter:   "uuid/6ba7b810-9dad-11d1-80b4-00c04fd4%33%30%43%38";
    no_dashes:                   "uuid/6ba7b8109dad11d180b400c04fd430c8";
    braces:                      "uuid/%7B6ba7b810-9dad-11d1-80b4-00c04fd430c8%7D";
    a_urn:                       "uuid/urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    a_number_for_a_uuid:         "uuid/42";
}

async fn an_id_of_a_type_is_taken_in_one_spelling(stage: &Stage, path: &str) {
    let keto = &stage.proxies("dealer").keto_read;
    keto.fault(Rule::on("GET", "/relation-tuples/check"), Fault::json(200, r#"{"allowed":true}"#));
    let ask = |path: &str| stage.get(&format!("/dealer/demands/{path}"));
    ask(path).ends(path, Verdict::unauthenticated("missing")).await;
    ask(path).token_of("dealer", "a").ends(path, Verdict::bad_parameter()).await;
    assert!(keto.requests().is_empty(), "{:?}", keto.requests());
    ask("number/42").token_of("dealer", "a").ends("a number", Verdict::allowed()).await;
}

cases! { USUAL, only_ketos_own_words_allow_or_deny:
    allowed:             Fault::json(200, r#"{"allowed":true}"#),              Verdict::allowed();
    a_200_that_denies: Fault::json(200, r#"{"allowed":false}"#),             Verdict::forbidden("permission");
    a_403_that_denies:   Fault::json(403, r#"{"allowed":false}"#),             Verdict::forbidden("permission");
    a_403_that_allows:   Fault::json(403, r#"{"allowed":true}"#),              Verdict::unavailable();
    a_firewalls_403:     Fault::Html(403),                                     Verdict::unavailable();
    another_403:         Fault::json(403, r#"{"error":{"code":403}}"#),        Verdict::unavailable();
    no_answer_in_it:     Fault::json(200, "{}"),                               Verdict::unavailable();
    a_text:              Fault::json(200, r#"{"allowed":"true"}"#),            Verdict::unavailable();
    null:                Fault::json(200, r#"{"allowed":null}"#),              Verdict::unavailable();
    an_unknown_namespace: Fault::json(404, r#"{"error":{"code":404}}"#),        Verdict::unavailable();
    an_unknown_relation: Fault::json(400, r#"{"error":{"code":400}}"#),        Verdict::unavailable();
}

async fn only_ketos_own_words_allow_or_deny(stage: &Stage, said: Fault, meant: Verdict) {
    stage.proxies("dealer").keto_read.fault(Rule::on("GET", "/relation-tuples/check"), said);
    stage.get("/dealer/listings/42").token_of("dealer", "a").ends("asked", meant).await;
}

#[tokio::test]
async fn a_denial_never_hides_that_another_check_could_not_be_made() {
    let stage = Stage::new().await;
    let keto = &stage.proxies("dealer").keto_read;
    keto.fault(Rule::any().when(|request| request.target.contains("relation=view")), Fault::Status(500));
    let ask = stage.get("/dealer/listings/42/both").token_of("dealer", "b");
    ask.ends("denied and failed", Verdict::unavailable()).await;
    let ask = stage.get("/dealer/listings/42/both").token_of("dealer", "a");
    ask.ends("allowed and failed", Verdict::unavailable()).await;
}

#[tokio::test]
async fn what_the_application_grants_holds_until_it_revokes_it() {
    let stage = Stage::new().await;
    let user = IdentityId::new(&stage.account("dealer", "b").identity.id);
    let tuple = Tuple::new("listings", "listings:9", "edit", Subject::User(user));
    let permissions = stage.iam.tenant(Tenants::Dealer).permissions();
    let ask = || stage.get("/dealer/listings/9").token_of("dealer", "b");
    ask().ends("before", Verdict::forbidden("permission")).await;
    permissions.grant(&tuple).await.unwrap();
    permissions.grant(&tuple).await.unwrap();
    assert!(permissions.check(&tuple).await.unwrap());
    ask().expect(200).await;
    permissions.revoke(&tuple).await.unwrap();
    permissions.revoke(&tuple).await.unwrap();
    ask().expect(403).await;
    let events = stage.events().await;
    let changes: Vec<_> = events.iter().filter(|event| event.name.starts_with("permission.")).collect();
    let names: Vec<_> = changes.iter().map(|event| event.name).collect();
    assert_eq!(names, ["permission.grant", "permission.grant", "permission.revoke", "permission.revoke"]);
    let target = format!("listings:listings:9#edit@user:{user}", user = stage.account("dealer", "b").identity.id);
    assert!(changes.iter().all(|event| event.target.as_deref() == Some(&*target)), "{changes:?}");

    let unknown = Tuple::new("nowhere", "x", "edit", Subject::Id("user:x".into()));
    assert_eq!(permissions.grant(&unknown).await.unwrap_err().kind(), ErrorKind::Invalid("namespace"));
}
