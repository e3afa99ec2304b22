//! The trail: one event a decision, whatever came of it, and nothing secret in any.

use iam_testing::fault::Rule;
use serde_json::json;

use crate::stage::made_up::token_of_reader;
use crate::stage::{Stage, USUAL, Verdict, cases};

cases! { USUAL, public_routes_and_unknown_ones_decide_nothing:
    public:                 "/open",        200;
    public_for_whoever:     "/nobody",      200;
    foreign:                "/foreign",     200;
    public_inside_a_nest:   "/nested/open", 200;
    unknown:                "/nowhere",     404;
}

async fn public_routes_and_unknown_ones_decide_nothing(stage: &Stage, path: &str, status: u16) {
    let answer = stage.get(path).token_of("dealer", "a").expect(status).await;
    assert!(path != "/nobody" || answer.text() == "true", "a credential makes nobody known on a public route");
    assert!(stage.events().await.is_empty());
    assert_eq!(stage.whoamis("dealer"), 0);
}

cases! { USUAL, an_event_names_the_matched_route_and_not_the_path:
    with_a_parameter: "/dealer/listings/42?token=secret", "/dealer/listings/{id}";
    nested:           "/nested/listings/42",              "/nested/listings/{id}";
    a_nests_root:     "/nested",                          "/nested";
}

async fn an_event_names_the_matched_route_and_not_the_path(stage: &Stage, path: &str, route: &str) {
    stage.get(path).send().await;
    let events = stage.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].route.as_deref(), Some(route));
}

#[tokio::test]
async fn no_event_holds_a_credential_or_a_trait() {
    let stage = Stage::new().await;
    let account = stage.account("customer", "plain");
    let machine = stage.tenant("dealer").machine("reader").token.clone().unwrap();
    let api_key = stage.tenant("customer").project.api_key().unwrap();
    let customer = format!("/admin/customers/{}", account.identity.id);
    stage.get("/customer/me").cookie_of("customer", "plain").send().await;
    stage.get("/customer/me").token_of("customer", "plain").send().await;
    stage.get("/customer/me").token_of("customer", "plain").cookie_of("customer", "plain").send().await;
    stage.get("/admin/me").token_of("customer", "plain").send().await;
    stage.get("/dealer/partner/write").bearer(&machine).send().await;
    stage.get(&customer).token_of("admin", "support").send().await;
    let events = stage.events().await;
    assert_eq!(events.len(), 7);
    let trail = serde_json::to_string(&events).unwrap() + &format!("{events:?}");
    let secrets =
        [&*account.session.token, &account.browser.cookie_value, &machine, api_key, "Plain", "@customer.test"];
    for secret in secrets {
        assert!(!trail.contains(secret), "{secret} stands in {trail}");
    }
}

#[tokio::test]
async fn control_and_direction_characters_of_others_are_escaped() {
    let stage = Stage::plan().set("dealer.machine_clients", "any").start().await;
    let client = "x\n\u{1b}[31mroot\u{202e}\u{2028}";
    let fault = token_of_reader(|token| (token["client_id"], token["sub"]) = (json!(client), json!(client)));
    stage.proxies("dealer").hydra_admin.fault(Rule::any(), fault);
    let seen = stage.get("/dealer/partner/read").bearer("ory_at_x").ends("odd", Verdict::allowed()).await;
    let actor = seen.decision.actor.unwrap();
    assert!(actor.chars().all(|c| c.is_ascii_graphic() || c == ' '), "{actor:?}");
    assert!(actor.starts_with('x') && actor.contains("root"), "{actor:?}");
}

#[tokio::test]
async fn the_decision_comes_before_what_the_handler_does() {
    let stage = Stage::new().await;
    let customer = format!("/admin/customers/{}", stage.account("customer", "plain").identity.id);
    stage.get(&customer).token_of("admin", "support").expect(200).await;
    let names: Vec<_> = stage.events().await.iter().map(|event| event.name).collect();
    assert_eq!(names, ["decision", "identity.get"]);
}
