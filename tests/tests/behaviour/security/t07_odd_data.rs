//! One user's data is odd: too large, no text, too deep, no number.

use iam_testing::fault::{Fault, Rule};
use serde_json::json;

use crate::stage::Stage;
use crate::stage::made_up::session_of;

const TIMES: usize = 1000;
const ODD: &str = "ory_st_of-the-odd-one";
const ODD_ID: &str = "22222222-2222-4222-8222-222222222222";

/// Whoami answers the odd one's token with these traits.
fn traits_are(stage: &Stage, traits: &str) {
    let kratos = &stage.proxies("customer").kratos_public;
    kratos.heal();
    let odd = Rule::on("GET", "/sessions/whoami").when(|request| request.header("x-session-token") == Some(ODD));
    let regular = session_of(ODD_ID, |session| {
        session["identity"]["traits"] = json!("ODD");
        session["identity"]["metadata_public"] = json!({ "roles": ["a"] });
    });
    let Fault::Respond { body, .. } = regular else { panic!("a session is a response") };
    let body = str::from_utf8(&body).unwrap().replacen("\"ODD\"", traits, 1);
    kratos.fault(odd, Fault::json(200, body));
}

/// The odd one asks many times, and others in between; how often the odd one was let in.
async fn ask(stage: &Stage, case: &str) -> usize {
    let mut let_in = 0;
    for time in 0..TIMES {
        let answer = stage.get("/customer/a-or-b").bearer(ODD).send().await;
        match answer.status {
            200 => {
                assert_eq!(answer.json()["id"], ODD_ID, "{case}");
                let_in += 1;
            }
            503 => assert_eq!(answer.code(), "upstream_unavailable", "{case}"),
            _ => panic!("{case}: {answer:?}"),
        }
        if time % 50 == 0 {
            let other = stage.get("/customer/a-or-b").token_of("customer", "a").expect(200).await;
            assert_eq!(other.json()["id"], stage.account("customer", "a").identity.id, "{case}");
            stage.get("/customer/a-or-b").token_of("customer", "plain").expect(403).await;
        }
        if time % 100 == 0 {
            stage.proxies("customer").kratos_public.clear();
            stage.events().await;
        }
    }
    let_in
}

#[tokio::test]
async fn traits_that_no_parser_likes_are_the_odd_ones_own_matter() {
    let stage = Stage::new().await;
    let deep = format!("{}{}", r#"{"a":"#.repeat(200), "1".to_owned() + &"}".repeat(200));
    for (case, traits) in
        [("a lone surrogate", r#"{"name":"\ud800"}"#), ("200 levels", &*deep), ("no number of ours", r#"{"n":1e999}"#)]
    {
        traits_are(&stage, traits);
        assert_eq!(ask(&stage, case).await, TIMES, "{case}: nobody needs the traits here");
        // Where the application asks for them, they are unreadable, and for this one alone.
        let answer = stage.get("/customer/traits").bearer(ODD).expect(503).await;
        assert_eq!(answer.code(), "upstream_unavailable", "{case}");
        stage.get("/customer/traits").token_of("customer", "a").expect(200).await;
    }
}

#[tokio::test]
async fn an_answer_of_three_mebibytes_is_unavailable_for_the_odd_one_alone() {
    let stage = Stage::plan().set("customer.http.max_retries", 0).start().await;
    traits_are(&stage, &format!(r#"{{"essay":"{}"}}"#, "x".repeat(3 << 20)));
    assert_eq!(ask(&stage, "3 MiB").await, 0);
    stage.events().await;
    stage.get("/customer/me").bearer(ODD).expect(503).await;
    assert_eq!(stage.event().await, ("unavailable", Some("upstream")));
}

#[tokio::test]
async fn an_odd_answer_is_not_remembered() {
    let stage = Stage::plan().cached().start().await;
    for odd in [r#"{"a":"#, "\u{1}", ""] {
        traits_are(&stage, odd);
        stage.get("/customer/me").bearer(ODD).expect(503).await;
    }
    traits_are(&stage, "{}");
    stage.get("/customer/me").bearer(ODD).expect(200).await;
}
