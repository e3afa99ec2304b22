//! The object that is checked, and what counts as an answer.

use iam_testing::fault::{Fault, Rule};

use crate::stage::{Stage, USUAL, Verdict, cases};

fn check() -> Rule {
    Rule::on("GET", "/relation-tuples/check")
}

fn keto_answers(stage: &Stage, fault: Fault) {
    stage.proxies("dealer").keto_read.fault(check(), fault);
}

// Of each row: the last segment of the path, the id that the handler gets, and what Keto is asked about.
cases! { USUAL, a24_the_object_checked_is_the_one_that_the_handler_gets:
    a_subject_set:         "a%23owner",       "a#owner",         "listings%3Aa%23owner";
    an_escaped_colon:      "a%3Ab",           "a:b",             "listings%3Aa%3Ab";
    a_colon:               "a:b",             "a:b",             "listings%3Aa%3Ab";
    an_at_sign:            "a%40b",           "a@b",             "listings%3Aa%40b";
    an_escaped_slash:      "a%2Fb",           "a/b",             "listings%3Aa%2Fb";
    a_slash_escaped_twice: "a%252Fb",         "a%2Fb",           "listings%3Aa%252Fb";
    a_plus:                "a+b",             "a+b",             "listings%3Aa%2Bb";
    a_blank:               "a%20b",           "a b",             "listings%3Aa+b";
    a_parameter_of_ketos:  "a&relation=view", "a&relation=view", "listings%3Aa%26relation%3Dview";
    an_umlaut:             "%C3%A4",          "ä",               "listings%3A%C3%A4";
    the_longest:           &"x".repeat(1000), &"x".repeat(1000), &format!("listings%3A{}", "x".repeat(1000));
}

async fn a24_the_object_checked_is_the_one_that_the_handler_gets(stage: &Stage, sent: &str, id: &str, checked: &str) {
    keto_answers(stage, Fault::json(200, r#"{"allowed":true}"#));
    let ask = stage.get(&format!("/dealer/listings/{sent}")).token_of("dealer", "plain");
    let seen = ask.ends("asked", Verdict::allowed()).await;
    assert_eq!(seen.answer.text(), id);
    let asked = stage.proxies("dealer").keto_read.requests();
    assert_eq!(asked.len(), 1);
    let (_, query) = asked[0].target.split_once('?').unwrap();
    let objects: Vec<_> = query.split('&').filter(|pair| pair.starts_with("object=")).collect();
    assert_eq!(objects, [format!("object={checked}")], "encoded once, by itself");
    assert_eq!(query.matches("relation=").count(), 1);
}

cases! { USUAL, a24_an_id_that_cannot_be_one_is_checked_nowhere:
    a_nul:                  "%00";
    a_line_feed:            "a%0Ab";
    a_carriage_return:      "a%0D%0Ab";
    a_delete_character:     "%7F";
    a_next_line_character:  "a%C2%85b";
    no_text:                "%FF";
    a_cut_character:        "a%C3";
    too_long:               &"x".repeat(4096);
}

async fn a24_an_id_that_cannot_be_one_is_checked_nowhere(stage: &Stage, sent: &str) {
    keto_answers(stage, Fault::json(200, r#"{"allowed":true}"#));
    let ask = || stage.get(&format!("/dealer/listings/{sent}"));
    ask().token_of("dealer", "a").ends("a user", Verdict::bad_parameter()).await;
    // Without a credential nobody learns that the id is a bad one.
    ask().ends("nobody", Verdict::unauthenticated("missing")).await;
    assert!(stage.proxies("dealer").keto_read.requests().is_empty());
}

cases! { USUAL, a24_dots_are_no_id_and_checked_nowhere:
    two_in_escapes: "%2e%2e";
    two:            "..";
    one_in_escapes: "%2E";
    one:            ".";
}

async fn a24_dots_are_no_id_and_checked_nowhere(stage: &Stage, dots: &str) {
    keto_answers(stage, Fault::json(200, r#"{"allowed":true}"#));
    let token = &stage.account("dealer", "a").session.token;
    let request = format!(
        "GET /dealer/listings/{dots} HTTP/1.1\r\nhost: app\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
    );
    assert_eq!(stage.raw(request.as_bytes()).await, 400);
    assert_eq!(stage.event().await, ("denied", Some("bad_parameter")));
    assert!(stage.proxies("dealer").keto_read.requests().is_empty());
}

#[tokio::test]
async fn a24_an_empty_id_is_checked_nowhere() {
    let stage = Stage::new().await;
    keto_answers(&stage, Fault::json(200, r#"{"allowed":true}"#));
    // It matches no route, or is a bad parameter: the framework's own choice.
    let empty = stage.get("/dealer/listings/").token_of("dealer", "a").send().await;
    assert!([400, 404].contains(&empty.status), "{empty:?}");
    assert!(stage.proxies("dealer").keto_read.requests().is_empty());
}

cases! { USUAL, a42_denied_is_an_answer_and_another_403_is_none:
    a_403_of_ketos_own:          Fault::json(403, r#"{"allowed":false}"#), Verdict::forbidden("permission");
    a_403_of_a_proxy:            Fault::Html(403),                         Verdict::unavailable();
    a_200_with_a_denial:         Fault::json(200, r#"{"allowed":false}"#), Verdict::forbidden("permission");
    a_200_with_a_grant:          Fault::json(200, r#"{"allowed":true}"#),  Verdict::allowed();
    a_403_about_something_else:  Fault::json(403, r#"{"error":{"code":403}}"#), Verdict::unavailable();
    a_403_with_a_grant:          Fault::json(403, r#"{"allowed":true}"#),  Verdict::unavailable();
    a_403_and_nothing:           Fault::Status(403),                       Verdict::unavailable();
    a_200_without_a_word:        Fault::json(200, "{}"),                   Verdict::unavailable();
    a_200_with_null:             Fault::json(200, r#"{"allowed":null}"#),  Verdict::unavailable();
    a_200_with_text:             Fault::json(200, r#"{"allowed":"true"}"#), Verdict::unavailable();
    a_204:                       Fault::Status(204),                       Verdict::unavailable();
    a_404_of_another_server:     Fault::Html(404),                         Verdict::unavailable();
}

async fn a42_denied_is_an_answer_and_another_403_is_none(stage: &Stage, says: Fault, meant: Verdict) {
    keto_answers(stage, says);
    stage.get("/dealer/listings/42").token_of("dealer", "a").ends("asked", meant).await;
}

cases! { USUAL, a30_of_stacked_demands_none_is_swallowed_by_another_ones_or:
    no_role:    "plain", Verdict::forbidden("role");
    a_alone:    "a",     Verdict::forbidden("role");
    b_alone:    "b",     Verdict::forbidden("role");
    both_roles: "ab",    Verdict::allowed();
}

async fn a30_of_stacked_demands_none_is_swallowed_by_another_ones_or(stage: &Stage, who: &str, meant: Verdict) {
    stage.get("/customer/demands/stacked").token_of("customer", who).ends(who, meant).await;
}
