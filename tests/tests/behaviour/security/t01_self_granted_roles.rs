//! Users can write their own traits: a role that stands there is no role.

use iam_testing::client::{NativeSession, NewIdentity};
use serde_json::{Value, json};

use super::super::WebHost;
use crate::Here;
use crate::stage::{Stage, USUAL, cases};

const ROLE_ROUTES: [&str; 2] = ["/customer/a-or-b", "/customer/a-and-b"];

/// Somebody who registers with roles in the traits, and then writes them there once more.
async fn self_made(stage: &Stage) -> NativeSession {
    let ory = &stage.tenant("customer").client;
    let Value::Object(traits) = json!({ "roles": ["a", "b"] }) else { unreachable!() };
    let (_, session) = ory.register("mallory@customer.test", "a mallory pass phrase 1", traits).await.unwrap();
    let traits = json!({ "email": "mallory@customer.test", "roles": ["a", "b", "platform:admin"] });
    ory.update_traits(&session, traits).await.unwrap();
    session
}

#[tokio::test]
async fn roles_in_traits_open_nothing() {
    let stage = Stage::new().await;
    let session = self_made(&stage).await;
    let traits = stage.get("/customer/traits").bearer(&session.token).expect(200).await;
    assert_eq!(traits.json()["roles"], json!(["a", "b", "platform:admin"]), "the attack was carried out");
    stage.events().await;
    for route in ROLE_ROUTES {
        assert_eq!(stage.get(route).bearer(&session.token).expect(403).await.code(), "forbidden", "{route}");
        assert_eq!(stage.event().await, ("denied", Some("role")), "{route}");
    }
}

#[tokio::test]
async fn only_the_dangerous_switch_lets_them_count_and_only_at_its_tenant() {
    let stage = Stage::plan().set("customer.dangerously_trust_traits_roles", true).start().await;
    let session = self_made(&stage).await;
    for route in ROLE_ROUTES {
        stage.get(route).bearer(&session.token).expect(200).await;
    }
    let admins = &stage.tenant("admin").client;
    let eve = NewIdentity::new("eve@admin.test").trait_("roles", json!(["a", "b", "platform:admin"]));
    let eve = admins.login(&admins.create_identity(eve).await.unwrap()).await.unwrap();
    for route in ["/admin/a-or-b", "/admin/customers/x"] {
        stage.get(route).bearer(&eve.token).expect(403).await;
    }

    let matrix = stage.iam.annotate(Here::access_matrix());
    let noted = |path: &str| {
        let row = matrix.rows.iter().find(|row| row.path == path).unwrap();
        row.stands_out() && row.to_string().contains("traits give roles")
    };
    assert!(noted("/customer/a-or-b") && noted("/customer/a-and-b"), "{matrix}");
    assert!(!noted("/admin/a-or-b") && !noted("/customer/me"), "{matrix}");
}

cases! { USUAL, metadata_without_a_list_of_roles_gives_none_whatever_the_traits_say:
    null:            json!(null);
    nothing:         json!({});
    roles_null:      json!({ "roles": null });
    no_role:         json!({ "roles": [] });
    a_text:          json!({ "roles": "a" });
    an_object:       json!({ "roles": { "0": "a" } });
    a_null_in_a_list: json!({ "roles": ["a", null] });
    a_capital_letter: json!({ "Roles": ["a"] });
}

async fn metadata_without_a_list_of_roles_gives_none_whatever_the_traits_say(stage: &Stage, metadata: Value) {
    let ory = &stage.tenant("customer").client;
    let identity = NewIdentity::new(format!("nobody-{}@customer.test", uuid::Uuid::new_v4()));
    let identity = identity.trait_("roles", json!(["a", "b"])).metadata_public(metadata);
    let session = ory.login(&ory.create_identity(identity).await.unwrap()).await.unwrap();
    stage.get("/customer/me").bearer(&session.token).expect(200).await;
    stage.events().await;
    stage.get("/customer/a-or-b").bearer(&session.token).expect(403).await;
    assert_eq!(stage.event().await, ("denied", Some("role")));
}
