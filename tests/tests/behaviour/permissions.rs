//! Permissions: what Keto is asked, and in which place of the order.

use iam_core::service::{Subject, Tuple};
use iam_core::{ErrorKind, IdentityId};
use iam_testing::fault::{Fault, Rule};

use crate::Tenants;
use crate::stage::{Stage, Verdict};

#[tokio::test]
async fn a_permission_is_ketos_to_give() {
    let stage = Stage::new().await;
    let denied = || Verdict::forbidden("permission");
    for (who, path, meant) in [
        ("a", "/dealer/listings/42", Verdict::allowed()),
        ("a", "/dealer/listings/43", denied()),
        ("b", "/dealer/listings/42", denied()),
        ("a", "/dealer/listings/42/both", Verdict::allowed()),
        ("a", "/dealer/listings/43/both", denied()),
        ("a", "/dealer/listings/42/computed", Verdict::allowed()),
        ("b", "/dealer/listings/42/computed", denied()),
        ("a", "/nested/listings/42", Verdict::allowed()),
        ("b", "/nested/listings/42", denied()),
    ] {
        stage.get(path).token_of("dealer", who).ends(&format!("{who} at {path}"), meant).await;
    }
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

#[tokio::test]
async fn the_order_is_credential_session_role_parameter_permission() {
    let stage = Stage::new().await;
    let bad = "/dealer/listings/%ff";
    stage.get(bad).ends("nobody", Verdict::unauthenticated("missing")).await;
    stage.get(bad).bearer("ory_st_x").ends("rejected", Verdict::unauthenticated("rejected_by_tenant")).await;
    let machine = stage.get("/dealer/partner/listings/%ff").machine("stranger");
    machine.ends("not a machine", Verdict::forbidden("not_a_machine")).await;
    stage.get(bad).token_of("dealer", "b").ends("a user", Verdict::bad_parameter()).await;
    assert!(stage.proxies("dealer").keto_read.requests().is_empty());

    for odd in ["%00", "a%0ab", "%1b[31m", &"x".repeat(2_000)] {
        let ask = stage.get(&format!("/dealer/listings/{odd}")).token_of("dealer", "a");
        ask.ends(odd, Verdict::bad_parameter()).await;
    }
    let ask = stage.get("/dealer/listings/none/computed").token_of("dealer", "a");
    ask.ends("the function gives none", Verdict::bad_parameter()).await;
    let ask = stage.get("/dealer/listings/panic/computed").token_of("dealer", "a");
    ask.ends("the function panics", Verdict::unavailable()).await;
    assert!(stage.proxies("dealer").keto_read.requests().is_empty());
    stage.get("/dealer/listings/42").token_of("dealer", "a").ends("and all goes on", Verdict::allowed()).await;
}

#[tokio::test]
async fn keto_is_asked_about_exactly_what_the_handler_gets() {
    const UUID: &str = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    let stage = Stage::new().await;
    for (path, id) in [
        ("listings/a%2Fb", "a/b"),
        ("listings/a%20b", "a b"),
        ("listings/a%2541", "a%41"),
        ("listings/%C3%A9", "\u{e9}"),
        ("listings/a+b", "a+b"),
        ("demands/number/42", "42"),
        ("demands/number/%34%32", "42"),
        ("demands/number/0", "0"),
        ("demands/number/18446744073709551615", "18446744073709551615"),
        (&format!("demands/uuid/{UUID}"), UUID),
        (&format!("demands/uuid/{}", UUID.replace('-', "%2D").replace('b', "%62")), UUID),
    ] {
        let keto = &stage.proxies("dealer").keto_read;
        keto.clear();
        keto.fault(Rule::on("GET", "/relation-tuples/check"), Fault::json(200, r#"{"allowed":true}"#));
        let ask = stage.get(&format!("/dealer/{path}")).token_of("dealer", "a");
        let seen = ask.ends(path, Verdict::allowed()).await;
        assert_eq!(seen.answer.text(), id);
        let requests = keto.requests();
        let [asked] = &requests[..] else { panic!("{path}: one question: {requests:?}") };
        let url = reqwest::Url::parse(&format!("http://keto{}", asked.target)).unwrap();
        let asked: Vec<_> = url.query_pairs().map(|(name, value)| format!("{name}={value}")).collect();
        let user = &stage.account("dealer", "a").identity.id;
        let meant = format!("namespace=listings object=listings:{id} relation=edit subject_id=user:{user}");
        assert_eq!(asked.join(" "), meant);
        keto.heal();
    }
}

#[tokio::test]
async fn an_id_of_a_type_is_taken_in_one_spelling() {
    let stage = Stage::new().await;
    let keto = &stage.proxies("dealer").keto_read;
    keto.fault(Rule::on("GET", "/relation-tuples/check"), Fault::json(200, r#"{"allowed":true}"#));
    let ask = |path: &str| stage.get(&format!("/dealer/demands/{path}"));
    for path in [
        "number/042",
        "number/%3042",
        "number/00",
        "number/+42",
        "number/%2B42",
        "number/-0",
        "number/%2042",
        "number/42%20",
        "number/4%00",
        "number/%2534",
        "number/%D9%A4%D9%A2",
        "number/0x2a",
        "number/18446744073709551616",
        "number/forty-two",
        "uuid/6BA7B810-9DAD-11D1-80B4-00C04FD430C8",
        "uuid/6ba7b810-9dad-11d1-80b4-00c04fd430c%38%20",
        "uuid/6ba7b810-9dad-11d1-80b4-00c04fd4%33%30%43%38",
        "uuid/6ba7b8109dad11d180b400c04fd430c8",
        "uuid/%7B6ba7b810-9dad-11d1-80b4-00c04fd430c8%7D",
        "uuid/urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "uuid/42",
    ] {
        ask(path).ends(path, Verdict::unauthenticated("missing")).await;
        ask(path).token_of("dealer", "a").ends(path, Verdict::bad_parameter()).await;
    }
    assert!(keto.requests().is_empty(), "{:?}", keto.requests());
    ask("number/42").token_of("dealer", "a").ends("a number", Verdict::allowed()).await;
}

#[tokio::test]
async fn only_ketos_own_words_allow_or_deny() {
    let stage = Stage::new().await;
    let keto = &stage.proxies("dealer").keto_read;
    for (row, fault, meant) in [
        ("allowed", Fault::json(200, r#"{"allowed":true}"#), Verdict::allowed()),
        ("a 200 that denies", Fault::json(200, r#"{"allowed":false}"#), Verdict::forbidden("permission")),
        ("a 403 that denies", Fault::json(403, r#"{"allowed":false}"#), Verdict::forbidden("permission")),
        ("a 403 that allows", Fault::json(403, r#"{"allowed":true}"#), Verdict::unavailable()),
        ("a firewall's 403", Fault::Html(403), Verdict::unavailable()),
        ("another 403", Fault::json(403, r#"{"error":{"code":403}}"#), Verdict::unavailable()),
        ("no answer in it", Fault::json(200, "{}"), Verdict::unavailable()),
        ("a text", Fault::json(200, r#"{"allowed":"true"}"#), Verdict::unavailable()),
        ("null", Fault::json(200, r#"{"allowed":null}"#), Verdict::unavailable()),
        ("an unknown namespace", Fault::json(404, r#"{"error":{"code":404}}"#), Verdict::unavailable()),
        ("an unknown relation", Fault::json(400, r#"{"error":{"code":400}}"#), Verdict::unavailable()),
    ] {
        keto.fault(Rule::on("GET", "/relation-tuples/check"), fault);
        stage.get("/dealer/listings/42").token_of("dealer", "a").ends(row, meant).await;
        keto.heal();
    }
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
