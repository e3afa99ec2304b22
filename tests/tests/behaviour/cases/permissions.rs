//! The object that is checked, and what counts as an answer.

use iam_testing::fault::{Fault, Rule};

use crate::stage::{Stage, Verdict};

fn check() -> Rule {
    Rule::on("GET", "/relation-tuples/check")
}

fn keto_answers(stage: &Stage, fault: Fault) {
    stage.proxies("dealer").keto_read.heal();
    stage.proxies("dealer").keto_read.clear();
    stage.proxies("dealer").keto_read.fault(check(), fault);
}

#[tokio::test]
async fn a24_the_object_checked_is_the_one_that_the_handler_gets() {
    let stage = Stage::new().await;
    let longest = "x".repeat(1000);
    for (sent, id, checked) in [
        ("a%23owner", "a#owner", "listings%3Aa%23owner"),
        ("a%3Ab", "a:b", "listings%3Aa%3Ab"),
        ("a:b", "a:b", "listings%3Aa%3Ab"),
        ("a%40b", "a@b", "listings%3Aa%40b"),
        ("a%2Fb", "a/b", "listings%3Aa%2Fb"),
        ("a%252Fb", "a%2Fb", "listings%3Aa%252Fb"),
        ("a+b", "a+b", "listings%3Aa%2Bb"),
        ("a%20b", "a b", "listings%3Aa+b"),
        ("a&relation=view", "a&relation=view", "listings%3Aa%26relation%3Dview"),
        ("%C3%A4", "ä", "listings%3A%C3%A4"),
        (&longest, &longest, &format!("listings%3A{longest}")),
    ] {
        keto_answers(&stage, Fault::json(200, r#"{"allowed":true}"#));
        let ask = stage.get(&format!("/dealer/listings/{sent}")).token_of("dealer", "plain");
        let seen = ask.ends(sent, Verdict::allowed()).await;
        assert_eq!(seen.answer.text(), id, "{sent}");
        let asked = stage.proxies("dealer").keto_read.requests();
        assert_eq!(asked.len(), 1, "{sent}");
        let (_, query) = asked[0].target.split_once('?').unwrap();
        let objects: Vec<_> = query.split('&').filter(|pair| pair.starts_with("object=")).collect();
        assert_eq!(objects, [format!("object={checked}")], "{sent}: encoded once, by itself");
        assert_eq!(query.matches("relation=").count(), 1, "{sent}");
    }
}

#[tokio::test]
async fn a24_an_id_that_cannot_be_one_is_checked_nowhere() {
    let stage = Stage::new().await;
    let too_long = "x".repeat(4096);
    keto_answers(&stage, Fault::json(200, r#"{"allowed":true}"#));
    for sent in ["%00", "a%0Ab", "a%0D%0Ab", "%7F", "a%C2%85b", "%FF", "a%C3", &too_long] {
        let ask = stage.get(&format!("/dealer/listings/{sent}")).token_of("dealer", "a");
        ask.ends(sent, Verdict::bad_parameter()).await;
    }
    let token = &stage.account("dealer", "a").session.token;
    for dots in ["%2e%2e", "..", "%2E", "."] {
        let request = format!(
            "GET /dealer/listings/{dots} HTTP/1.1\r\nhost: app\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
        );
        assert_eq!(stage.raw(request.as_bytes()).await, 400, "{dots}");
        assert_eq!(stage.event().await, ("denied", Some("bad_parameter")), "{dots}");
    }
    // Without a credential nobody learns that the id is a bad one.
    for sent in ["%00", "%FF", &too_long] {
        let ask = stage.get(&format!("/dealer/listings/{sent}"));
        ask.ends(sent, Verdict::unauthenticated("missing")).await;
    }
    // An empty segment matches no route, or is a bad parameter: the framework's own choice.
    let empty = stage.get("/dealer/listings/").token_of("dealer", "a").send().await;
    assert!([400, 404].contains(&empty.status), "{empty:?}");
    assert!(stage.proxies("dealer").keto_read.requests().is_empty(), "nothing is checked for any of them");
}

#[tokio::test]
async fn a42_denied_is_an_answer_and_another_403_is_none() {
    let stage = Stage::new().await;
    for (row, says, meant) in [
        ("403 of Keto's own", Fault::json(403, r#"{"allowed":false}"#), Verdict::forbidden("permission")),
        ("403 of a proxy", Fault::Html(403), Verdict::unavailable()),
        ("200 with a denial", Fault::json(200, r#"{"allowed":false}"#), Verdict::forbidden("permission")),
        ("200 with a grant", Fault::json(200, r#"{"allowed":true}"#), Verdict::allowed()),
        ("403 in JSON about something else", Fault::json(403, r#"{"error":{"code":403}}"#), Verdict::unavailable()),
        ("403 with a grant", Fault::json(403, r#"{"allowed":true}"#), Verdict::unavailable()),
        ("403 and nothing", Fault::Status(403), Verdict::unavailable()),
        ("200 without a word", Fault::json(200, "{}"), Verdict::unavailable()),
        ("200 with null", Fault::json(200, r#"{"allowed":null}"#), Verdict::unavailable()),
        ("200 with text", Fault::json(200, r#"{"allowed":"true"}"#), Verdict::unavailable()),
        ("204", Fault::Status(204), Verdict::unavailable()),
        ("404 of another server", Fault::Html(404), Verdict::unavailable()),
    ] {
        keto_answers(&stage, says);
        stage.get("/dealer/listings/42").token_of("dealer", "a").ends(row, meant).await;
    }
}

#[tokio::test]
async fn a30_of_stacked_demands_none_is_swallowed_by_another_ones_or() {
    let stage = Stage::new().await;
    for (who, meant) in [
        ("plain", Verdict::forbidden("role")),
        ("a", Verdict::forbidden("role")),
        ("b", Verdict::forbidden("role")),
        ("ab", Verdict::allowed()),
    ] {
        let ask = stage.get("/customer/demands/stacked").token_of("customer", who);
        ask.ends(who, meant).await;
    }
}
