//! A machine is a client that we know, with a token of its own: not a user's
//! token in a client's hand, and not any client that could register itself.

use iam_testing::client::{NewClient, SeededClient};
use iam_testing::fault::Rule;
use iam_testing::seed::{OneOf, Seed};
use serde_json::{Value, json};

use super::token_with;
use crate::stage::{Stage, USUAL, cases};

/// Routes for machines: bare, by a permission alone, by a role.
const MACHINE_ROUTES: [&str; 3] = ["/dealer/machine", "/dealer/partner/listings/42", "/dealer/partner/read"];

/// A token of this row's own, of which introspection says that.
fn introspected(stage: &Stage, changes: &Value) -> String {
    let hydra = &stage.proxies("dealer").hydra_admin;
    hydra.heal();
    hydra.fault(Rule::on("POST", "/admin/oauth2/introspect"), token_with(changes));
    format!("ory_at_{}", uuid::Uuid::new_v4())
}

/// A client that users grant something to.
async fn app_of(stage: &Stage, id: &str) -> SeededClient {
    let client = NewClient::new(id)
        .grant("authorization_code")
        .redirect_uri("https://app.dealer.test/back")
        .scope("openid")
        .scope("inventory:read")
        .scope("platform:admin")
        .audience("https://api.dealer.test");
    stage.tenant("dealer").client.create_client(client).await.unwrap()
}

/// Refused on every route for machines, and Keto is not even asked.
async fn is_no_machine(stage: &Stage, token: &str, case: &str) {
    stage.events().await;
    for route in MACHINE_ROUTES {
        let answer = stage.get(route).bearer(token).expect(403).await;
        assert_eq!(answer.code(), "forbidden", "{case} at {route}");
        assert_eq!(stage.event().await, ("denied", Some("not_a_machine")), "{case} at {route}");
    }
    let asked = stage.proxies("dealer").keto_read.count(|_| true);
    assert_eq!(asked, 0, "{case}");
}

// Nor where the client itself would be a machine, with a token of its own.
cases! { a_token_that_a_user_granted_is_no_machine_whatever_its_scopes:
    where_another_client_is_listed: OneOf::Listed(vec!["reader".into()]);
    where_the_client_is_listed:     OneOf::Listed(vec!["an-app".into()]);
    where_any_client_is_a_machine:  OneOf::ANY;
}

async fn a_token_that_a_user_granted_is_no_machine_whatever_its_scopes(machines: OneOf) {
    let change = |seed: &mut Seed| seed.tenants.get_mut("dealer").unwrap().machine_clients = Some(machines);
    let stage = Stage::plan().start_seeded(change).await;
    let dealer = stage.tenant("dealer");
    let (app, subject) = (app_of(&stage, "an-app").await, &stage.account("dealer", "a").identity.id);
    for scopes in [&["openid"][..], &["openid", "inventory:read", "platform:admin"]] {
        let tokens = dealer.client.delegated_token(&app, subject, scopes).await.unwrap();
        is_no_machine(&stage, &tokens.access_token, &format!("{scopes:?}")).await;
    }
    // Nor does a user who names himself after a machine become one.
    let tokens = dealer.client.delegated_token(&app, "reader", &["inventory:read"]).await.unwrap();
    is_no_machine(&stage, &tokens.access_token, "a subject that is called as a machine").await;
}

#[tokio::test]
async fn a_client_that_nobody_listed_is_no_machine_whatever_its_scopes() {
    let stage = Stage::new().await;
    let stranger = stage.tenant("dealer").machine("stranger").token.clone().unwrap();
    is_no_machine(&stage, &stranger, "known to Hydra, unknown to us").await;

    let newcomer = NewClient::new("newcomer").grant("client_credentials").scope("platform:admin");
    let newcomer = newcomer.audience("https://api.dealer.test");
    let ory = &stage.tenant("dealer").client;
    let newcomer = ory.create_client(newcomer).await.unwrap();
    let token = ory.client_credentials(&newcomer, &["platform:admin"]).await.unwrap();
    is_no_machine(&stage, &token, "registered itself").await;

    // On the same routes, one of ours.
    stage.get("/dealer/machine").machine("reader").expect(200).await;
    stage.get("/dealer/partner/read").machine("reader").expect(200).await;
}

cases! { USUAL, a_token_without_an_owner_is_nobodys:
    an_empty_subject: json!({ "sub": "" });
    no_subject:       json!({ "sub": null });
    an_empty_client:  json!({ "client_id": "" });
    no_client:        json!({ "client_id": null });
    neither:          json!({ "sub": "", "client_id": "" });
}

async fn a_token_without_an_owner_is_nobodys(stage: &Stage, changes: Value) {
    let token = introspected(stage, &changes);
    for route in MACHINE_ROUTES {
        assert_eq!(stage.get(route).bearer(&token).expect(401).await.code(), "unauthenticated", "{route}");
        assert_eq!(stage.event().await, ("denied", Some("no_subject")), "{route}");
    }
    let token = introspected(stage, &json!({}));
    stage.get("/dealer/machine").bearer(&token).expect(200).await;
}

cases! { USUAL, a_machines_name_as_the_subject_of_another_client_is_no_machine:
    of_a_stranger:        json!({ "sub": "reader", "client_id": "stranger" });
    of_another_machine:   json!({ "sub": "writer", "client_id": "reader" });
    in_capital_letters:   json!({ "sub": "READER" });
    with_a_blank:         json!({ "sub": "reader " });
}

async fn a_machines_name_as_the_subject_of_another_client_is_no_machine(stage: &Stage, changes: Value) {
    let token = introspected(stage, &changes);
    is_no_machine(stage, &token, "made up").await;
}

#[tokio::test]
async fn a_machine_is_no_user_who_granted_something() {
    let stage = Stage::new().await;
    let token = introspected(&stage, &json!({ "scope": "profile orders" }));
    stage.get("/dealer/delegated").bearer(&token).expect(403).await;
    assert_eq!(stage.event().await, ("denied", Some("not_a_delegate")));
    introspected(&stage, &json!({ "scope": "profile orders", "sub": "a-user" }));
    let answer = stage.get("/dealer/delegated").bearer(&token).expect(200).await;
    assert_eq!(answer.json()["id"], "a-user");
}
