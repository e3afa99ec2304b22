//! One user's data is odd: too large, no text, too deep, no number.

use iam_testing::fault::{Fault, Rule};
use serde_json::json;

use crate::stage::made_up::session_of;
use crate::stage::{Shared, Stage, cases};

const TIMES: usize = 1000;
const ODD: &str = "ory_st_of-the-odd-one";
const ODD_ID: &str = "22222222-2222-4222-8222-222222222222";

/// Whoami answers the odd one's token with these traits.
fn traits_are(stage: &Stage, traits: &str) {
    traits_are_of(stage, ODD, traits);
}

fn traits_are_of(stage: &Stage, token: &'static str, traits: &str) {
    let kratos = &stage.proxies("customer").kratos_public;
    kratos.heal();
    let odd = Rule::on("GET", "/sessions/whoami").when(move |request| request.header("x-session-token") == Some(token));
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

/// Of its own: a row takes a while.
static PATIENT: Shared = Shared::new(|| Box::pin(Stage::new()));

cases! { PATIENT, traits_that_no_parser_likes_are_the_odd_ones_own_matter:
    a_lone_surrogate:    r#"{"name":"\ud800"}"#;
    two_hundred_levels:  &format!("{}1{}", r#"{"a":"#.repeat(200), "}".repeat(200));
    no_number_of_ours:   r#"{"n":1e999}"#;
}

async fn traits_that_no_parser_likes_are_the_odd_ones_own_matter(stage: &Stage, traits: &str) {
    traits_are(stage, traits);
    assert_eq!(ask(stage, "odd traits").await, TIMES, "nobody needs the traits here");
    // Where the application asks for them, they are unreadable, and for this one alone.
    let answer = stage.get("/customer/traits").bearer(ODD).expect(503).await;
    assert_eq!(answer.code(), "upstream_unavailable");
    stage.get("/customer/traits").token_of("customer", "a").expect(200).await;
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

static CACHED: Shared = Shared::new(|| Box::pin(Stage::plan().cached().start()));

cases! { CACHED, an_odd_answer_is_not_remembered:
    cut:               r#"{"a":"#, "ory_st_cut";
    a_control_character: "\u{1}",  "ory_st_control-character";
    nothing:           "",         "ory_st_nothing";
}

/// The token is the row's own: at its end it is remembered as good.
async fn an_odd_answer_is_not_remembered(stage: &Stage, traits: &str, token: &'static str) {
    traits_are_of(stage, token, traits);
    stage.get("/customer/me").bearer(token).expect(503).await;
    traits_are_of(stage, token, "{}");
    stage.get("/customer/me").bearer(token).expect(200).await;
}
